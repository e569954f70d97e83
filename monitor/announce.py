"""Tells those who run Tocsin, once, what was noticed of the feeds: a gap, silence, a death, a return."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from monitor.ports import Clock, Offload, Store

log = logging.getLogger(__name__)

AT_ONCE = 10
"""Notices in one message; should more have come together, the rest follows in the next."""


class Announcer:
    """`tell` brings lines to the owners and says whether that is settled; if not, it is tried again."""

    def __init__(
        self,
        *,
        store: Store,
        offload: Offload,
        clock: Clock,
        tell: Callable[[Sequence[str]], Awaitable[bool]],
    ) -> None:
        self._store = store
        self._offload = offload
        self._clock = clock
        self._tell = tell

    async def tick(self) -> int:
        """Tell what is still to be told; how many notices that were. Raises StoreError."""
        waiting = await self._offload(self._store.untold, AT_ONCE)
        if not waiting or not await self._tell([notice.text for notice in waiting]):
            return 0
        await self._offload(self._store.told, waiting[-1].id, self._clock())
        return len(waiting)
