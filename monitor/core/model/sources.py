"""Feeds: what rules.yaml says of one, and what polling has taught us about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

FeedUrl = NewType("FeedUrl", str)
"""A feed's address as rules.yaml writes it: its identity for ever, whatever it redirects to."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of rules.yaml."""

    url: FeedUrl
    name: str
    lang: str | None = None  # primary language tag (BCP 47) of its stories: "en", "ko", "ru"
    tags: tuple[str, ...] = ()
    tier: str | None = None  # kind of source: official, wire, national, local, state, social
    every: int | None = None  # fixed interval in seconds; None lets the cadence choose
    floor: int | None = None  # seconds; never asked more often than this, however busy it is
    weight: float = 1.0  # how much sooner than others it should be asked: interval ~ 1/sqrt(weight x rate)
    zone: str | None = None  # IANA time zone of its dates that name none, e.g. "Asia/Seoul"
    full_text: bool = False  # fetch the article of every new story, not only of those that match
    headers: tuple[tuple[str, str], ...] = ()  # more request headers, sent to the feed's own host only
    proxy: str | None = None  # http or https URL, instead of the common one


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave to make the next request conditional (RFC 9110 section 8.8), kept byte-exact.

    Header bytes are kept as latin-1 text, so that what goes out is what came in.
    """

    etag: str | None = None
    last_modified: str | None = None
    url: str | None = None  # that issued them (RFC 9110 section 8.8.1); None: the feed's own address

    def __bool__(self) -> bool:
        """Whether there is any."""
        return self.etag is not None or self.last_modified is not None


@dataclass(frozen=True, slots=True)
class Move:
    """A permanent redirect (301, 308) that has not proved itself yet."""

    to: str
    since: datetime  # when it was first seen, with a page that parsed
    times: int = 1  # polls in a row that led there


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a feed posts, as learnt from its stories, and what it says of that itself.

    Counts are as of `until` and lose half their weight in two weeks from then on; polls without news change nothing.
    """

    since: datetime | None = None  # first observation
    until: datetime | None = None  # latest observation that is counted
    posts: float = 0.0  # decayed number of posts seen
    span: float = 0.0  # decayed seconds observed
    hours: tuple[float, ...] = ()  # decayed posts per hour of the day, UTC (24); empty before the first
    days: tuple[
        float, ...
    ] = ()  # decayed posts per day of the week, UTC (7, Monday first); empty before the first
    last_post: datetime | None = None  # when the newest story came
    room: int = 0  # how many items its page holds
    ttl: int | None = None  # seconds, from the page
    skip_hours: tuple[int, ...] = ()  # hours (UTC) in which the feed asks not to be polled
    skip_days: tuple[int, ...] = ()  # days so, Monday 0
    least: int = 0  # seconds that server and feed asked for at the last success (max-age, ttl)


@dataclass(frozen=True, slots=True)
class Vigil:
    """What watching for lost stories has noticed of a feed; None where nothing is amiss."""

    gap_at: datetime | None = None  # a page held no known item: items were probably lost
    gaps: int = 0  # how often, in all
    strange: int = 0  # pages in a row that held no known item
    silent_since: datetime | None = None  # quiet far beyond its own rhythm
    endless_since: datetime | None = None  # new ids at every poll: capped and summarised
    dead_since: datetime | None = None  # failing for days, or gone
    today: int = 0  # new stories of `day`
    day: str = ""  # ISO date in UTC
    left_out: int = 0  # of those of `day`, matched but not stored: over the cap of an endless feed


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling knows of one feed; kept in the store."""

    url: FeedUrl
    name: str
    validators: Validators = Validators()
    body_digest: str | None = None  # of the last body that was parsed and stored; equal bytes need no parsing
    next_poll_at: datetime | None = None  # None: never again (the server said 410 Gone)
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None  # 200 that parsed, or 304
    failures: int = 0  # in a row
    failing_since: datetime | None = None  # the first of that row; None after a success
    last_error: str | None = None  # in words for people; None after a success
    seen_before: bool = False  # whether a page of it was ever stored: the first one raises no alert
    reason: str = ""  # why next_poll_at is what it is, in words for people
    address: str | None = (
        None  # where it is asked for since a permanent move proved itself; None: its own url
    )
    move: Move | None = None
    rhythm: Rhythm = Rhythm()
    vigil: Vigil = Vigil()
    hub: str | None = None  # WebSub hub that the feed names
    topic: str | None = None  # and the address that it is subscribed under
    paused_since: datetime | None = None  # an editor keeps it from being polled, until it is resumed
