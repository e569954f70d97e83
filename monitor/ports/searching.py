"""What the store keeps of the past, for those who search it and count it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from monitor.core.match import Plan
from monitor.core.model import Destination, Portion, RuleId, Rung, StoredStory, Struck


class Searching(Protocol):
    """The part of the store that is asked about the past; it changes nothing.

    What became of a story is told as the chat `viewer` may know it: hits of personal rules are left out for others.
    """

    def portion(
        self,
        plan: Plan,
        before: int | None,
        limit: int,
        now: datetime | None = None,
        viewer: Destination | None = None,
    ) -> Portion:
        """Up to `limit` stories that could match, newest stored first, only ids below `before`.

        A superset of what the matcher will accept. The work is bounded, too: there may be fewer stories, even
        none, although more follow. `now` is what ages in the plan count from; without it they restrict nothing.
        """

    def best(
        self, plan: Plan, limit: int, now: datetime | None = None, viewer: Destination | None = None
    ) -> tuple[StoredStory, ...]:
        """Up to `limit` stories that could match, those first that say most of what is looked for.

        Only the newest many thousand that could match are weighed. A plan without words gives the newest.
        """

    def words_like(self, begins: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Index words that begin so, and how many stories hold each; the first `limit` in their order."""

    def hits_since(
        self, since: datetime, rule: RuleId | None = None, viewer: Destination | None = None
    ) -> tuple[Struck, ...]:
        """Hits of stories stored at or after `since`, oldest first; of all rules or of one."""

    def alerts_since(self, since: datetime, rule: RuleId | None = None) -> tuple[Rung, ...]:
        """First alerts of cards that went out at or after `since`, oldest first; of cards that hit one rule, or any."""

    def stories_on(self, card: int, viewer: Destination | None = None) -> tuple[StoredStory, ...]:
        """The stories on a card, first seen first, without those that only hit personal rules of others."""
