"""Who is there: people, bots, and what each is in a chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.botapi.description import Description

ANONYMOUS = 1087968824
"""GroupAnonymousBot: the sender that Telegram shows when an administrator hides behind the group."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user account, of a person or of a bot."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False

    def json(self) -> dict[str, Any]:
        """The account as the API shows it."""
        shown: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            shown["username"] = self.username
        if self.language_code:
            shown["language_code"] = self.language_code
        return shown


TYPES = {
    "creator": "ChatMemberOwner",
    "administrator": "ChatMemberAdministrator",
    "member": "ChatMemberMember",
    "restricted": "ChatMemberRestricted",
    "left": "ChatMemberLeft",
    "kicked": "ChatMemberBanned",
}


@dataclass(frozen=True, slots=True)
class Member:
    """What an account is in a chat. `rights`: what an administrator may, or a restricted member still may."""

    status: str = "member"
    rights: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        if self.status not in TYPES:
            message = f"{self.status!r} is none of {', '.join(TYPES)}"
            raise ValueError(message)

    @property
    def present(self) -> bool:
        """Whether it is in the chat at all."""
        return self.status not in {"left", "kicked"}

    @property
    def manages(self) -> bool:
        """Whether it is an administrator or the owner."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether it has a right that has to be given."""
        return self.status == "creator" or right in self.rights

    def json(self, person: Person) -> dict[str, Any]:
        """The membership as the API shows it; what the description demands is filled in."""
        shown: dict[str, Any] = {"status": self.status, "user": person.json()}
        for name, wanted in Description.load().types[TYPES[self.status]].items():
            if wanted.notation == "Boolean" and (wanted.required or name in self.rights):
                shown[name] = name in self.rights or name == "is_member"
            elif wanted.required and wanted.notation == "Integer":
                shown[name] = 0
        return shown


OWNER = Member("creator")
LEFT = Member("left")
KICKED = Member("kicked")


def administrator(*rights: str) -> Member:
    """An administrator with these rights (`can_post_messages`, `can_delete_messages`, ...)."""
    return Member("administrator", frozenset({"can_manage_chat", *rights}))


def restricted(*rights: str) -> Member:
    """A member who may do only this (`can_send_messages`, ...)."""
    return Member("restricted", frozenset(rights))
