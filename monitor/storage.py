"""Keeps the database safe: room on its disk, backups on time, and old stories that nobody was told of let go."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from monitor.core.errors import StoreError
from monitor.core.health import BEAT, COPIED, NOT_COPIED, SHORT
from monitor.ports import Clock, Copies, Offload, Store
from monitor.settings import Settings

log = logging.getLogger(__name__)

AGAIN = 1.1
"""Polling goes on when there is this much more than the floor, so that it does not flutter."""

RETRY = timedelta(hours=1)
"""Until a backup that could not be made is tried again."""

PORTION = 50
"""Stories that are looked at in one transaction when old ones go; alerts need not wait longer than for these."""

PORTIONS = 100
"""Of them in one go."""

REST = timedelta(hours=6)
"""From the end of a walk through old stories to the next one."""


class Storage:
    """The chores around the database; `enough` says whether polling may go on."""

    def __init__(
        self,
        *,
        store: Store,
        copies: Copies,
        offload: Offload,
        clock: Clock,
        free: Callable[[], int],
        floor: int = 0,
        every: float | None = None,
        keep_days: int | None = None,
    ) -> None:
        """`free` tells the bytes that are free on the database's disk, `floor` is how many must stay so (0: any).

        `every` is seconds between two backups, None for none; `keep_days` how long stories without hits stay, None
        for ever.
        """
        self._store = store
        self._copies = copies
        self._offload = offload
        self._clock = clock
        self._free = free
        self._floor = floor
        self._every = None if every is None else timedelta(seconds=every)
        self._keep = None if keep_days is None else timedelta(days=keep_days)
        self._told_at: datetime | None = None  # when the database last heard that there is too little room
        self._failed_at: datetime | None = None  # when a backup could not be made
        self._swept_at: datetime | None = None  # when the last walk through old stories ended
        self._after = 0  # where the walk through old stories is
        self.enough = True

    @classmethod
    def of(
        cls, settings: Settings, *, store: Store, copies: Copies, offload: Offload, clock: Clock
    ) -> Storage:
        """As the settings wish."""
        folder = settings.database.parent
        return cls(
            store=store,
            copies=copies,
            offload=offload,
            clock=clock,
            free=lambda: shutil.disk_usage(folder).free,
            floor=settings.free_space_floor,
            every=settings.backup_every,
            keep_days=settings.keep_stories,
        )

    async def look(self) -> bool:
        """See whether there is room on the disk; says so once when that changes. Returns `enough`."""
        if not self._floor:
            return True
        try:
            free = self._free()
        except OSError as error:  # a disk that cannot be asked is no reason to stop
            log.warning("free space cannot be read: %s", error.strerror)
            return self.enough
        now = self._clock()
        if self.enough and free < self._floor:
            self.enough = False
            log.error(
                "only %.1f MB are free on the database's disk, FREE_SPACE_FLOOR is %.1f MB: polling pauses, commands "
                "and deliveries go on; make room",
                free / 1e6,
                self._floor / 1e6,
            )
        elif not self.enough and free >= self._floor * AGAIN:
            self.enough = True
            self._told_at = None
            log.warning("%.1f MB are free again: polling goes on", free / 1e6)
        if not self.enough and not _within(self._told_at, now, timedelta(seconds=BEAT)):
            with suppress(StoreError):  # the disk may be full by now, and the log has said why
                await self._offload(self._store.beat, SHORT, now)
            self._told_at = now
        return self.enough

    async def chores(self) -> None:
        """Make a backup if it is time, and let a few old stories go. Raises StoreError."""
        await self.back_up()
        await self.sweep()

    async def back_up(self) -> bool:
        """Make a backup if the last one is old; whether one was made."""
        now = self._clock()
        if self._every is None or _within(self._failed_at, now, RETRY):
            return False
        newest = await asyncio.to_thread(self._copies.newest, now)
        if _within(newest, now, self._every):
            return False
        try:
            made = await asyncio.to_thread(self._copies.make, now)
        except StoreError as trouble:
            self._failed_at = now
            log.error("no backup, next try in an hour: %s", trouble)  # noqa: TRY400  # the message says it all
            await self._offload(self._store.beat, NOT_COPIED, now)
            return False
        self._failed_at = None
        log.info("backup made file=%s mb=%.1f hits=%d", made.file, made.size / 1e6, made.rows["hits"])
        await self._offload(self._store.beat, COPIED, now)
        return True

    async def sweep(self) -> int:
        """Go on with the walk through old stories, in portions between which others have their turn; how many went."""
        now = self._clock()
        if self._keep is None or _within(self._swept_at, now, REST):
            return 0
        removed = 0
        for _ in range(PORTIONS):
            swept = await self._offload(self._store.sweep, now - self._keep, self._after, PORTION)
            removed += swept.removed
            self._after = swept.last or 0
            if swept.last is None:
                self._swept_at = now
                break
        if removed:
            log.info("old stories removed=%d", removed)
        return removed


def _within(at: datetime | None, now: datetime, span: timedelta) -> bool:
    """Whether something was less than `span` ago; a time in the future is that of a clock that was wrong."""
    return at is not None and timedelta() <= now - at < span
