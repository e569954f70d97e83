"""Changes of the rules file that somebody asked for in a chat, until they are applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DraftKind(StrEnum):
    """What shall be changed."""

    ADD_RULE = "add rule"
    EDIT_RULE = "edit rule"
    ADD_FEED = "add feed"
    PUT_BACK = "put back"


@dataclass(frozen=True, slots=True)
class Draft:
    """One change that waits to be applied.

    It keeps what was wished, not the text that would come of it: whoever applies it makes the text anew from the
    file of version `base`, and if the file is another one by then, shows the change again.
    """

    number: int  # how people call it; 0 until the store has given one
    kind: DraftKind
    subject: str  # the rule's id, the feed's address, or the version to be put back
    fields: tuple[tuple[str, str], ...]  # key of rules.yaml -> what was written; empty text: remove the key
    base: str  # version of the file that it was made from
    by: str  # person: "telegram:42"
    name: str  # of that person, for people
    made_at: datetime
