"""Who asked us for patience, and where we sent last, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from db.memory.outbox import Outbox
from db.promises import PACE_AGE
from monitor.core.model import Destination
from monitor.core.pacing import Pace


class Pacing:
    """The part of the store that keeps pacing."""

    _outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        self._paces: dict[str, Pace] = {}

    def paces(self) -> tuple[Pace, ...]:
        """See `Store.paces`."""
        return tuple(self._paces[name] for name in sorted(self._paces))

    def keep_pace(self, pace: Pace) -> None:
        """See `Store.keep_pace`."""
        young = pace.asked_at - PACE_AGE
        self._paces = {
            name: kept for name, kept in self._paces.items() if name != pace.name and kept.until >= young
        }
        if not pace.over:
            self._paces[pace.name] = pace

    def last_sends(self, since: datetime) -> Mapping[Destination, datetime]:
        """See `Store.last_sends`."""
        return self._outbox.last_sends(since)
