"""What a claimed delivery says, in the language, on the clock and in the manner of its chat. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.chat import digests
from monitor.chat.cards import alert
from monitor.chat.tongue import ENGLISH, speaking
from monitor.core.model import DIGESTS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, tzinfo

    from monitor.chat.message import Message
    from monitor.core.model import Claimed, RuleId


def telling(
    claimed: Claimed,
    zone: tzinfo,
    now: datetime,
    names: Mapping[RuleId, str],
    *,
    language: str = ENGLISH,
) -> Message:
    """The message for a delivery of any kind.

    `zone` and `language` are those of whoever runs Tocsin, for chats that chose none; `names` says in words what a
    rule waits for.
    """
    manner = claimed.manner
    part = claimed.digest
    with speaking(manner.language or language):
        if part is None:
            message = alert(claimed, manner.zone or zone, now, names)
        else:
            message = digests.worded(claimed, part, manner.zone or zone, now, names)
    sound = DIGESTS if part else claimed.view.card.level.word
    preview = manner.preview and part is None
    return replace(message, silent=sound in manner.silent, protected=manner.protected, preview=preview)


__all__ = ["telling"]
