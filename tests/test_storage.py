"""The chores around the database: room on its disk, backups on time, old stories let go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

import pytest

from db import open_store
from db.promises import ON_A_PAGE
from monitor.core.errors import StoreError
from monitor.core.health import ailments
from monitor.core.model import Copy
from monitor.settings import Settings
from monitor.storage import PORTION, Storage
from tests.build import FEED, NOW, minutes
from tests.contract.outcomes import kept, outcome
from tests.fakes import FixedClock, P, T, inline

FLOOR = 100_000_000


class FakeCopies:
    """`ports.Copies`: keeps when copies were made; with `broken` none can be."""

    def __init__(self) -> None:
        self.made: list[datetime] = []
        self.tried = 0
        self.broken = False

    def make(self, now: datetime) -> Copy:
        self.tried += 1
        if self.broken:
            message = "no room for a copy"
            raise StoreError(message)
        self.made.append(now)
        return Copy("a.db", 1, {"hits": 0})

    def newest(self, until: datetime) -> datetime | None:
        return max((made for made in self.made if made <= until), default=None)


class Cellar:
    """A storage over a store in memory, with a disk whose free space is told."""

    def __init__(self, **wishes) -> None:
        self.store = open_store("memory:", now=NOW)
        self.store.sync_feeds([FEED], NOW)
        self.clock = FixedClock()
        self.copies = FakeCopies()
        self.free: int | OSError = 10 * FLOOR
        self.full = False
        self.storage = Storage(
            store=self.store,
            copies=self.copies,
            offload=self._offload,
            clock=self.clock,
            free=self._free,
            **wishes,
        )

    async def _offload(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        if self.full:
            message = "no space left"
            raise StoreError(message)
        return await inline(work, *args, **kwargs)

    def _free(self) -> int:
        if isinstance(self.free, OSError):
            raise self.free
        return self.free

    def unwell(self) -> list[str]:
        """What the status says of the disk and of backups."""
        self.store.beat("poll", self.clock())
        self.store.beat("deliver", self.clock())
        return [each.partition(":")[0] for each in ailments(self.store.status(), self.clock())]


async def test_polling_pauses_before_the_disk_is_full_and_goes_on_by_itself(caplog):
    caplog.set_level(logging.INFO)
    cellar = Cellar(floor=FLOOR)
    assert await cellar.storage.look()
    assert cellar.unwell() == []
    cellar.free = FLOOR - 1
    for _ in range(20):
        assert not await cellar.storage.look()
        assert cellar.unwell() == ["disk"]
        cellar.clock.forward(5)
    cellar.free = FLOOR + 1  # not enough yet: it would flutter
    assert not await cellar.storage.look()
    cellar.free = FLOOR * 2
    assert await cellar.storage.look()
    cellar.clock.forward(60)
    assert cellar.unwell() == []
    assert [(record.levelname, record.message.split(":")[0]) for record in caplog.records] == [
        ("ERROR", "only 100.0 MB are free on the database's disk, FREE_SPACE_FLOOR is 100.0 MB"),
        ("WARNING", "200.0 MB are free again"),
    ]


async def test_a_full_disk_that_cannot_be_written_any_more_is_no_second_trouble():
    cellar = Cellar(floor=FLOOR)
    cellar.full = True
    cellar.free = 0
    assert not await cellar.storage.look()
    cellar.free = 10 * FLOOR
    assert await cellar.storage.look()


async def test_without_a_floor_the_disk_is_not_asked_and_one_that_does_not_answer_stops_nothing():
    cellar = Cellar()
    cellar.free = 0
    assert await cellar.storage.look()
    cellar = Cellar(floor=FLOOR)
    cellar.free = OSError(5, "Input/output error")
    assert await cellar.storage.look()


async def test_backups_are_made_on_time_and_the_last_run_counts():
    cellar = Cellar(every=3600)
    assert [await cellar.storage.back_up() for _ in range(2)] == [True, False]
    cellar.clock.forward(3599)
    assert not await cellar.storage.back_up()
    cellar.clock.forward(1)
    assert await cellar.storage.back_up()
    assert cellar.copies.made == [NOW, minutes(60)]


async def test_a_clock_that_was_ahead_does_not_keep_backups_from_being_made():
    cellar = Cellar(every=3600)
    cellar.copies.made = [minutes(5_000)]
    assert [await cellar.storage.back_up() for _ in range(3)] == [True, False, False]


async def test_no_backup_is_made_where_none_is_wished():
    cellar = Cellar()
    await cellar.storage.chores()
    assert cellar.copies.tried == 0


async def test_a_backup_that_cannot_be_made_is_told_of_and_tried_again_in_an_hour(caplog):
    cellar = Cellar(every=86_400)
    cellar.copies.broken = True
    for _ in range(60):
        assert not await cellar.storage.back_up()
        cellar.clock.forward(59)
    assert cellar.copies.tried == 1
    assert cellar.unwell() == ["backup"]
    assert [record.message for record in caplog.records] == [
        "no backup, next try in an hour: no room for a copy"
    ]
    cellar.copies.broken = False
    cellar.clock.forward(60)
    assert await cellar.storage.back_up()
    assert cellar.unwell() == []


async def test_old_stories_go_in_portions_and_then_it_rests():
    cellar = Cellar(keep_days=30)
    count = 2 * PORTION + 5
    cellar.store.save(outcome(*(kept(f"old {n}") for n in range(count)), kept("hit", "r")))
    cellar.store.save(outcome(*(kept(f"later {n}") for n in range(ON_A_PAGE)), at=minutes(1)))
    cellar.clock.now = minutes(60 * 24 * 30)
    assert await cellar.storage.sweep() == 0  # not a moment too early
    cellar.clock.forward(30)
    assert await cellar.storage.sweep() == 0  # the walk has just ended
    cellar.clock.forward(6 * 3600)
    assert await cellar.storage.sweep() == count
    assert cellar.store.status().stories == ON_A_PAGE + 1
    assert cellar.store.status().hits == 1


async def test_stories_stay_for_ever_where_no_age_is_wished():
    cellar = Cellar()
    cellar.store.save(outcome(*(kept(f"old {n}") for n in range(ON_A_PAGE + 5))))
    cellar.clock.forward(10**8)
    await cellar.storage.chores()
    assert cellar.store.status().stories == ON_A_PAGE + 5


async def test_the_settings_decide(tmp_path):
    cellar = Cellar()
    settings = Settings(
        database=tmp_path / "a.db", free_space_floor=10**18, backup_every=60.0, keep_stories=1
    )
    storage = Storage.of(
        settings, store=cellar.store, copies=cellar.copies, offload=inline, clock=cellar.clock
    )
    assert not await storage.look()
    await storage.chores()
    assert cellar.copies.made == [NOW]


@pytest.mark.parametrize("beat", ["disk", "no backup"])
def test_what_was_long_ago_is_no_ailment_any_more(beat):
    cellar = Cellar()
    cellar.store.beat(beat, NOW)
    cellar.clock.forward(3600)
    cellar.store.beat("backup", cellar.clock())
    assert cellar.unwell() == []
