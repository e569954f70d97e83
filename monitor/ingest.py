"""One page in, one saved outcome out: facts, decision, transaction. Runs in the thread that owns the store."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from monitor.core import vigil
from monitor.core.cadence import after_poll, balanced
from monitor.core.decide import Arrival, Policy, decide, decide_article
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
    RuleBook,
    Story,
    Unchanged,
)
from monitor.ports import Clock, Store

log = logging.getLogger(__name__)

_EXAMPLE = re.compile(r", such as .*| \(\d+ times\)")
"""What differs between two warnings of one kind."""

_KINDS = 40
"""Kinds of oddities that are remembered of a feed; who has more of them is told of no longer."""


class Ingest:
    """The clerk: the only one who saves what polling brought."""

    def __init__(
        self,
        store: Store,
        matcher: Callable[[], Matcher],
        policy: Policy,
        clock: Clock,
        jitter: Callable[[], float],
        *,
        book: Callable[[], RuleBook] = RuleBook,
    ) -> None:
        """`book` gives the rules of the matcher: their tags, and the entities that a mute may name."""
        self._store = store
        self._matcher = matcher
        self._wanted = policy
        self._policy = policy
        self._clock = clock
        self._jitter = jitter
        self._book = book
        self._odd: dict[FeedUrl, set[str]] = {}

    def balance(self, feeds: Iterable[Feed]) -> None:
        """Share the budget of polls among the feeds anew, as far as their rhythms are known by now."""
        states = {state.url: state for state in self._store.feed_states()}
        known = [(feed, states[feed.url]) for feed in feeds if feed.url in states]
        self._policy = replace(self._wanted, pace=balanced(self._wanted.pace, known, self._clock()))

    def page(self, feed: Feed, page: Page, batch: Batch) -> Outcome:
        """Decide on a page and save the outcome in one transaction; raises StoreError if it cannot be saved."""
        now = self._clock()
        facts = self._store.facts_for(feed.url, batch.stories, now - WINDOW)
        outcome = decide(
            Arrival(feed, page, batch, now, self._jitter()),
            facts,
            self._matcher(),
            self._policy,
            self._book(),
        )
        self._store.save(outcome)
        hits = sum(1 for kept in outcome.stories if kept.hits)
        alerts = sum(1 for owed in outcome.deliveries if owed.kind is Kind.ALERT)
        log.info(
            "polled feed=%s stories=%d new=%d hits=%d alerts=%d edited=%d",
            feed.name,
            len(batch.stories) + batch.known,
            len(outcome.stories),
            hits,
            alerts,
            len(outcome.edits),
        )
        self._tell(feed, batch.warnings)
        for notice in outcome.notices:
            log.warning("noticed feed=%s: %s", feed.name, notice)
        return outcome

    def article(self, feed: Feed, story: Story, text: str) -> Outcome | None:
        """Save the text of a story's own page, and what it means; None if the story is not stored."""
        now = self._clock()
        facts = self._store.facts_for(feed.url, (story,), now - WINDOW)
        stored = facts.known.get(story.key)
        if stored is None:
            return None
        outcome = decide_article(stored, text, now, facts, self._matcher(), book=self._book())
        self._store.save(outcome)
        log.info("article feed=%s characters=%d alerts=%d", feed.name, len(text), len(outcome.deliveries))
        return outcome

    def nothing(
        self,
        feed: Feed,
        state: FeedState,
        fetched: Unchanged | RetryLater | Gone | Failed,
        *,
        excuses: int = 0,
    ) -> FeedState:
        """Save what a poll without a new page taught; `state` is what the poll began with.

        `excuses` counts how often running the feed was not read through the fault of our own network.
        """
        now = self._clock()
        pace = self._policy.pace
        before = state
        if isinstance(fetched, Unchanged):
            state = replace(state, vigil=vigil.watched(state, now, fresh=0, known=0))
        after = after_poll(feed, state, fetched, now=now, jitter=self._jitter(), pace=pace)
        if excuses:
            soon = now + timedelta(seconds=vigil.patience(excuses, pace.floor))
            after = replace(after, next_poll_at=max(soon, after.next_poll_at or soon))
        elif not isinstance(fetched, Unchanged):
            after = replace(after, vigil=vigil.unread(after, now))
        notices = vigil.news(before, after)
        self._store.save_state(after, notices, now)
        for notice in notices:
            log.warning("noticed feed=%s: %s", feed.name, notice)
        if isinstance(fetched, Unchanged):
            log.info("unchanged feed=%s", feed.name)
        elif excuses:
            log.info("not reached feed=%s reason=%s", feed.name, fetched.reason)
        else:
            # The first failure is news; a feed that stays broken is listed in /status and not repeated in the log.
            level = logging.WARNING if after.failures == 1 or after.next_poll_at is None else logging.INFO
            log.log(level, "failed feed=%s failures=%d reason=%s", feed.name, after.failures, fetched.reason)
        return after

    def _tell(self, feed: Feed, warnings: tuple[str, ...]) -> None:
        """Log what is odd about a page: loudly the first time, else for those who look."""
        known = self._odd.setdefault(feed.url, set())
        for warning in warnings:
            kind = _EXAMPLE.sub("", warning)
            log.log(
                logging.DEBUG if kind in known or len(known) >= _KINDS else logging.WARNING,
                "odd feed=%s warning=%s",
                feed.name,
                warning,
            )
            if len(known) < _KINDS:
                known.add(kind)
