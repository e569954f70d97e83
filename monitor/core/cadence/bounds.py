"""Who says how often a feed may be asked: the operator, rules.yaml, the server, the feed itself."""

from __future__ import annotations

from monitor.core.cadence.pace import DAY, Pace
from monitor.core.cadence.profile import Bounds
from monitor.core.cadence.words import spell
from monitor.core.model import Feed, FeedState


def floor_of(feed: Feed, pace: Pace) -> int:
    """The operator's least interval for this feed, in seconds."""
    return max(pace.floor, feed.floor or 0)


def least_of(feed: Feed, state: FeedState, pace: Pace) -> int:
    """The least interval for this feed; longer for a server that makes every poll cost it the whole page."""
    floor = floor_of(feed, pace)
    return max(floor, pace.blind) if state.seen_before and not state.validators else floor


def bounds_of(feed: Feed, state: FeedState, pace: Pace) -> Bounds:
    """The bounds of the interval after a success; with `every` they are one and the same.

    HTTP freshness (max-age, Expires) binds everybody: who asks sooner gets the copy of a cache. What the document
    says of itself (ttl) and the care for servers without validators give way to an interval that rules.yaml fixes.
    """
    rhythm = state.rhythm
    if feed.every is not None:
        floor = floor_of(feed, pace)
        wishes = [
            (feed.every, "it is fixed in rules.yaml"),
            (floor, f"rules.yaml asks for {spell(feed.every)}, the floor is higher"),
            (
                min(rhythm.least, DAY),
                f"rules.yaml asks for {spell(feed.every)}, the server's max-age is higher",
            ),
        ]
        least, why = max(wishes, key=lambda wish: wish[0])
        return Bounds(least, least, why)
    wishes = [
        (floor_of(feed, pace), "the floor"),
        (least_of(feed, state, pace), "the server gives no validators"),
        (min(rhythm.least, DAY), "the server's max-age"),
        (min(rhythm.ttl or 0, DAY), "the feed's ttl"),
    ]
    least, why = max(wishes, key=lambda wish: wish[0])
    return Bounds(least, max(least, pace.ceiling), why)
