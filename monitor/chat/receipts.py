"""What an error of the Bot API means for a delivery: the table of the library's errors, in one place.

| server                               | receipt                                        |
| ------------------------------------ | ---------------------------------------------- |
| 429                                  | Later, not counted as an attempt; pacing slows |
| 401, 404: wrong token or server      | Later, not counted                             |
| 403: blocked, kicked, deactivated    | Refused, the destination is suspended          |
| 400: no such chat, no right, no topic| Refused, the destination is suspended          |
| 400: not modified                    | Sent                                           |
| 400: anything else                   | Refused, this message only                     |
| it never left this machine           | Later                                          |
| 5xx, broken line, time out           | Unknown: it may have arrived (an edit: Later)  |
"""

from __future__ import annotations

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from monitor.chat.connection import FloodError, never_left, reason
from monitor.core.model import Flood, Later, Receipt, Refused, Sent, Unknown
from monitor.core.pacing import FIRST_WAIT

NO_TOPIC = ("topic_closed", "topic_deleted", "topic closed", "topic deleted", "message thread not found")
"""Words of a 400 that say that a forum topic is closed or gone, while its chat can be reached."""

UNREACHABLE = (
    *NO_TOPIC,
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_admin_required",
    "chat_write_forbidden",
    "chat_restricted",
    "not a member",
    "group chat was deactivated",
    "group chat was upgraded",
    "chat is not a forum",
)
"""Words of a 400 that say that the whole destination is out of reach."""

MARKUP = ("entit", "button", "keyboard", "reply markup", "wrong http url", "parse")
"""Words of a 400 that blame the marks or the buttons, not the text."""

NOT_MODIFIED = "not modified"
"""Words of a 400 that say that the message reads as it should already."""

LONGEST_WAIT = 300.0
"""Seconds; a wait that we choose ourselves grows up to this."""

TOKEN_WAIT = 60.0
"""Seconds until the next send after the server did not know our token."""


def growing(first: float, times: int) -> float:
    """`first` seconds, doubled with each time before, bounded."""
    return float(min(LONGEST_WAIT, first * 2 ** min(max(times, 0), 10)))


def receipt(
    error: TelegramError, *, token: str, attempt: int, message: str | None, flood: Flood = Flood.CHAT
) -> Receipt:
    """What `error` means for a send.

    `attempt` is the number of this send, from 1; `message` is the id of the message that was to be edited, if it was
    an edit; `flood` says who has to wait after a 429. How waits grow while 429 follow each other is for pacing.
    """
    why = reason(error, token)
    if isinstance(error, FloodError):
        return Later(error.after or FIRST_WAIT, why, counts=False, flood=flood)
    if isinstance(error, InvalidToken):
        return Later(TOKEN_WAIT, f"{why}: check TELEGRAM_BOT_TOKEN", counts=False)
    if isinstance(error, Forbidden):
        return Refused(why, suspend=True)
    if isinstance(error, BadRequest):
        return _bad_request(why, message)
    if never_left(error) or message is not None:  # an edit may be repeated without harm
        return Later(growing(5.0, attempt - 1), why)
    return Unknown(why)


def blames_markup(error: TelegramError) -> bool:
    """Whether the server refused the marks or buttons of a message, so that its plain text may still pass.

    That an edit changes nothing is told in words that name the reply markup, too.
    """
    said = error.message.lower()
    return isinstance(error, BadRequest) and NOT_MODIFIED not in said and any(word in said for word in MARKUP)


def blames_topic(error: TelegramError) -> bool:
    """Whether only the topic cannot be written to."""
    return isinstance(error, BadRequest) and any(word in error.message.lower() for word in NO_TOPIC)


def _bad_request(why: str, message: str | None) -> Receipt:
    said = why.lower()
    if message is not None and (NOT_MODIFIED in said or "message to edit not found" in said):
        return Sent(message)  # it reads as it should, or somebody deleted it: nothing is left to do
    return Refused(why, suspend=any(word in said for word in UNREACHABLE))
