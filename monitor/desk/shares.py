"""How much those who only read may search where everybody may: each their own share of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.access import Mode
from monitor.core.quota import Bucket, Rate, take

if TYPE_CHECKING:
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

HOUR = 3_600.0

REMEMBERED = 5_000
"""People whose share is known; who was longest silent has theirs back."""


class Shares:
    """Belongs to the thread of the store, as all of the desk."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._buckets: dict[str, Bucket] = {}

    def wait(self, caller: Caller) -> float | None:
        """Take one search from the caller's share; for how many seconds they have to wait, None if they need not."""
        office = self._office
        if office.access is not Mode.OPEN or not office.limited(caller):
            return None
        most = office.limits.searches
        verdict = take(
            self._buckets.pop(caller.person, None), Rate(most, HOUR / most), office.clock().timestamp()
        )
        while len(self._buckets) >= REMEMBERED:
            del self._buckets[next(iter(self._buckets))]
        self._buckets[caller.person] = verdict.bucket
        return None if verdict.granted else verdict.wait
