"""The parts of the store that keep what buttons carry, and what readers do with an alert."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from monitor.core.model import (
    Acknowledged,
    CardView,
    Destination,
    Escalation,
    Feedback,
    RuleId,
    Unanswered,
    Vote,
)


class Responding(Protocol):
    """Each method is one transaction, as everywhere in the store."""

    def button_secret(self, fresh: str) -> str:
        """The secret from which the keys of buttons are derived (chat); `fresh` becomes it if there is none yet."""

    def keep_buttons(self, buttons: Mapping[str, str], now: datetime) -> None:
        """Keep by key what buttons carry that are about to be sent (chat); those there already count as new again."""

    def button(self, key: str) -> str | None:
        """What a button carries; None if it is not kept (any more) (chat)."""

    def drop_buttons(self, before: datetime) -> int:
        """Forget those that were last sent before then (chat); how many."""

    def card_of_message(self, destination: Destination, message: str) -> int | None:
        """The card that a sent message tells of, by the messenger's id of it (chat).

        Found whatever topic of the chat the destination names: ids are the chat's.
        """

    def acknowledge(self, acknowledged: Acknowledged) -> Acknowledged:
        """Somebody saw a card (desk); gives who was the first in that chat.

        The messages there that carry the card are owed an update, to say so. What would be repeated elsewhere for
        want of it, and was not sent yet, is not; where an alert was repeated, both chats know.
        """

    def acknowledged(self, chat: Destination, cards: Iterable[int]) -> Mapping[int, Acknowledged]:
        """Which of the cards somebody there has acknowledged (desk)."""

    def vote(self, vote: Vote) -> bool:
        """Keep what somebody thinks of a card, in place of what they thought before; whether that is new (desk)."""

    def feedback(self, rule: RuleId | None, since: datetime) -> Mapping[RuleId, Feedback]:
        """How the cards of one rule, or of every rule, were judged at or after `since` (desk).

        A rule without a judged card is left out; so are personal rules, unless one is asked for by name.
        """

    def judged(self, rule: RuleId, limit: int) -> tuple[tuple[CardView, bool], ...]:
        """The newest cards of a rule that were judged, newest first, and whether they were useful (desk).

        Without what personal rules of others found on them.
        """

    def set_escalation(self, source: Destination, escalation: Escalation | None) -> None:
        """Repeat its unacknowledged flash alerts elsewhere, or never (desk)."""

    def escalation(self, source: Destination) -> Escalation | None:
        """What was chosen for it (desk)."""

    def unanswered(self, since: datetime) -> tuple[Unanswered, ...]:
        """Flash alerts sent at or after `since` that are to be repeated unless acknowledged, oldest first (desk).

        Each card once for each place where it was sent. Those repeated already are left out.
        """

    def escalate(self, unanswered: Unanswered, now: datetime) -> bool:
        """Owe its repetition at the other destination, once (desk); False if it was acknowledged meanwhile."""

    def fall_back(self, chat: Destination, *, on: bool) -> None:
        """What is for a closed or deleted topic of a chat goes to its general one, or waits again (desk)."""

    def falls_back(self, chat: Destination) -> bool:
        """Whether it does (desk)."""
