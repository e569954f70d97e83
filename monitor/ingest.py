"""One page in, one saved outcome out: facts, decision, transaction. Runs in the thread that owns the store."""

from __future__ import annotations

import logging
from collections.abc import Callable

from monitor.core.cadence import after_poll
from monitor.core.decide import Arrival, Policy, decide
from monitor.core.group import WINDOW
from monitor.core.match import Matcher
from monitor.core.model import (
    Batch,
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Gone,
    Kind,
    Outcome,
    Page,
    RetryLater,
    Unchanged,
)
from monitor.ports import Clock, Store

log = logging.getLogger(__name__)


class Ingest:
    """The clerk: the only one who saves what polling brought."""

    def __init__(
        self,
        store: Store,
        matcher: Callable[[], Matcher],
        policy: Policy,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self._store = store
        self._matcher = matcher
        self._policy = policy
        self._clock = clock
        self._jitter = jitter
        self._odd: dict[FeedUrl, tuple[str, ...]] = {}

    def page(self, feed: Feed, page: Page, batch: Batch) -> Outcome:
        """Decide on a page and save the outcome in one transaction; raises StoreError if it cannot be saved."""
        now = self._clock()
        keys = [story.key for story in batch.stories]
        facts = self._store.facts_for(feed.url, keys, now - WINDOW)
        outcome = decide(
            Arrival(feed, page, batch, now, self._jitter()), facts, self._matcher(), self._policy
        )
        self._store.save(outcome)
        hits = sum(1 for kept in outcome.stories if kept.hits)
        alerts = sum(1 for owed in outcome.deliveries if owed.kind is Kind.ALERT)
        log.info(
            "polled feed=%s stories=%d new=%d hits=%d alerts=%d",
            feed.name,
            len(batch.stories),
            len(outcome.stories),
            hits,
            alerts,
        )
        self._tell(feed, batch.warnings)
        return outcome

    def _tell(self, feed: Feed, warnings: tuple[str, ...]) -> None:
        """Log what is odd about a page: loudly when it is another oddity than last time, else for those who look."""
        level = logging.DEBUG if self._odd.get(feed.url) == warnings else logging.WARNING
        self._odd[feed.url] = warnings
        for warning in warnings:
            log.log(level, "odd feed=%s warning=%s", feed.name, warning)

    def nothing(
        self, feed: Feed, state: FeedState, fetched: Unchanged | RetryLater | Gone | Failed
    ) -> FeedState:
        """Save what a poll without a new page taught; `state` is what the poll began with."""
        now = self._clock()
        after = after_poll(feed, state, fetched, now=now, jitter=self._jitter(), pace=self._policy.pace)
        self._store.save_state(after)
        if isinstance(fetched, Unchanged):
            log.info("unchanged feed=%s", feed.name)
        else:
            # The first failure is news; a feed that stays broken is listed in /status and not repeated in the log.
            level = logging.WARNING if after.failures == 1 or after.next_poll_at is None else logging.INFO
            log.log(level, "failed feed=%s failures=%d reason=%s", feed.name, after.failures, fetched.reason)
        return after
