"""WebSub subscriptions: hubs that promise to tell us when a feed has news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.model.sources import FeedUrl


@dataclass(frozen=True, slots=True)
class Push:
    """A subscription of one feed at its hub (W3C WebSub section 5), from the moment it is asked for."""

    feed: FeedUrl
    hub: str  # that the feed names
    topic: str  # the feed's own address, as it names it: what the hub knows it under
    token: str  # the unguessable end of our callback's address
    secret: str  # signs what the hub sends
    asked_at: datetime  # when the hub was last asked
    until: datetime | None = None  # end of the lease; None until the hub has verified that we want it
    failures: int = 0  # how often it was asked since it last agreed
    ending: bool = False  # whether it was asked to end
