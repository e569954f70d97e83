"""What the chat says where no command could answer: something went wrong, or nothing was asked."""

from __future__ import annotations

from monitor.chat.message import Message
from monitor.chat.tongue import ENGLISH, known, speaking, tr


def sorry(language: str | None) -> Message:
    """A bug of ours, or a store that cannot be used."""
    with speaking(_meant(language)):
        return Message(
            tr("Sorry, that went wrong here; it is in the log of this bot. Please try again later.")
        )


def pointer(language: str | None) -> Message:
    """Somebody wrote something that is no command."""
    with speaking(_meant(language)):
        told = tr(
            "I understand commands only: /help lists them, /search finds stories, /latest shows alerts."
        )
        return Message(told)


def ask_again(language: str | None) -> Message:
    """Telegram does not answer."""
    with speaking(_meant(language)):
        return Message(tr("Telegram does not tell me who may do that here. Please try again in a minute."))


def busy(language: str | None) -> Message:
    """Somebody asks for more work while one is under way for them."""
    with speaking(_meant(language)):
        return Message(tr("I am still busy with what you asked before. Please wait for that answer first."))


def expired(language: str | None) -> str:
    """A button whose meaning is not kept any more."""
    with speaking(_meant(language)):
        return tr("This button is too old: it worked for 90 days. Please type the command, /help lists them.")


def foreign(language: str | None) -> str:
    """A button that we did not make for this chat, or of an older version."""
    with speaking(_meant(language)):
        return tr("This button is no longer known here. Please type the command, /help lists them.")


def in_private(language: str | None) -> str:
    """The answer to a reader of a channel went to them alone."""
    with speaking(_meant(language)):
        return tr("I wrote it to you in private.")


def _meant(language: str | None) -> str:
    return known(language or "") or ENGLISH
