"""Whose fault is it that nothing came: the feed's, or our own network's? Keeps what was heard lately."""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from monitor.core.model import Failed, FeedUrl, Fetched
from monitor.core.vigil import Sounding, outage_since

log = logging.getLogger(__name__)

REMEMBERED = 1_000
"""Tries that are kept; more than a minute holds in an outage."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a try means for the feed.

    `fetched` is the answer, as an offline one only if our own network is to blame; `excuses` how often running it
    was; `freed` the feeds that were excused in an outage that has just ended.
    """

    fetched: Fetched
    excuses: int = 0
    freed: tuple[FeedUrl, ...] = ()


class Network:
    """Listens to all polls. `down_since` tells since when nothing can be reached, None while all is well.

    A feed that cannot be reached is excused as long as nobody else was heard after it failed: only who is alone in
    it has a fault of his own.
    """

    def __init__(self) -> None:
        self._soundings: deque[Sounding] = deque(maxlen=REMEMBERED)
        self._excused: dict[FeedUrl, tuple[int, datetime]] = {}
        self._heard_at: datetime | None = None
        self.down_since: datetime | None = None

    def judge(self, feed: FeedUrl, fetched: Fetched, now: datetime, hosts: int) -> Verdict:
        """Take a try into account; `hosts` is how many feeds are asked at all."""
        failed = isinstance(fetched, Failed) and fetched.status is None
        unreached = isinstance(fetched, Failed) and fetched.offline
        heard = False if unreached else None if failed else True
        self._soundings.append(Sounding(now, urlsplit(feed).hostname or "", heard))
        was_down = self.down_since
        if was_down is not None or not heard:  # an answer alone begins no outage
            self.down_since = outage_since(self._soundings, now, hosts)
        if heard:
            self._heard_at = now
            self._excused.pop(feed, None)
        if self.down_since is not None and was_down is None:
            log.warning("nothing can be reached: our own network is down, no feed is blamed for it")
        freed: tuple[FeedUrl, ...] = ()
        if self.down_since is None and was_down is not None:
            freed = tuple(self._excused)
            self._excused = {}
            log.warning("the network is back, after %s", now - was_down)
        if not isinstance(fetched, Failed) or heard:
            return Verdict(fetched, freed=freed)
        return self._failed(feed, fetched, now, freed)

    def _failed(self, feed: FeedUrl, fetched: Failed, now: datetime, freed: tuple[FeedUrl, ...]) -> Verdict:
        """A failure without an answer: excused, or charged to the feed."""
        if self.down_since is None and not fetched.offline:
            return Verdict(fetched, freed=freed)
        excuses, since = self._excused.get(feed, (0, now))
        others = self._heard_at is not None and self._heard_at > since
        if self.down_since is None and excuses and others:
            del self._excused[feed]
            return Verdict(replace(fetched, offline=False), freed=freed)
        self._excused[feed] = (excuses + 1, now)
        return Verdict(replace(fetched, offline=True), excuses + 1, freed)
