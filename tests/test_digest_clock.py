"""From a page to a digest, through changes of the clocks and clocks that jump: nothing is lost, nothing comes twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from db import open_store
from monitor.core.digest import last_moment
from monitor.core.model import Kind, Level, Schedule, Sent
from monitor.ports import Store
from tests.test_nights import House

LONGEST = {
    "hourly": timedelta(hours=1),
    "daily 08:00": timedelta(hours=25),
    "weekly Wed 08:00": timedelta(hours=169),
}
TITLES = {Level.FLASH: "consulate", Level.ALERT: "border", Level.INFO: "rain"}
STEP = timedelta(minutes=50)


@dataclass
class Reader:
    """Who reads what a House sends; notes when each story was polled and told, by a clock that never jumps."""

    house: House
    lived: timedelta = timedelta()
    polled: dict[int, timedelta] = field(default_factory=dict)
    told: dict[int, timedelta] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)
    digests: list[datetime] = field(default_factory=list)
    kinds: Counter[Kind] = field(default_factory=Counter)

    def live(self, step: timedelta) -> None:
        self.house.clock.now += step
        self.lived += step

    def poll(self, number: int, level: Level) -> None:
        self.house.poll(TITLES[level], number)
        self.polled[number], self.levels[number] = self.lived, level

    def read(self) -> None:
        """Take all that is due."""
        store, now = self.house.store, self.house.clock()
        while claimed := store.claim(now, 60, 1):
            (each,) = claimed
            assert store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), now)
            cards = each.digest.digest.cards if each.digest else (each.delivery.card,)
            if each.delivery.part > 1:
                cards = ()
            for card in cards:
                view = store.card(card)
                assert view is not None
                number = int(view.stories[0].story.title.split()[-1])
                assert number not in self.told, "told twice"
                self.told[number] = self.lived
            self.kinds[each.delivery.kind] += 1
            if each.delivery.kind is Kind.DIGEST and each.delivery.part == 1:
                self.digests.append(now)


@pytest.fixture(name="store", params=["memory", "sqlite"])
def fixture_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/a.db"
    store = open_store(url, now=datetime(2026, 3, 27, tzinfo=UTC))
    yield store
    store.close()


ZONES = [
    pytest.param("Europe/Berlin", "2026-03-27T12:00+00:00", id="clocks-go-forward"),
    pytest.param("America/New_York", "2026-10-30T12:00+00:00", id="clocks-go-back"),
    pytest.param("Asia/Seoul", "2026-06-01T12:00+00:00", id="clocks-stay"),
]


@pytest.mark.parametrize(("zone", "begin"), ZONES)
@pytest.mark.parametrize("schedule", list(LONGEST))
def test_each_period_has_exactly_one_digest_with_all_that_came_in_it(
    store: Store, zone: str, begin: str, schedule: str
) -> None:
    random = Random(schedule)  # noqa: S311 - a test's choice
    house = House(store, datetime.fromisoformat(begin))
    reader = Reader(house)
    house.say("/subscribe all")
    house.say(f"/settings zone {zone}")
    house.say(f"/digest {schedule}")
    planned, moments = Schedule.read(schedule), []
    assert planned is not None
    for number in range(120):
        if random.random() < 0.3:
            reader.poll(number, Level.INFO)
            moments.append(house.clock())
        reader.live(STEP * random.random())
        reader.read()
    for _ in range(2 * 169):
        reader.live(timedelta(minutes=30))
        reader.read()

    assert reader.told.keys() == reader.polled.keys()
    periods = [last_moment(planned, ZoneInfo(zone), at) for at in reader.digests]
    assert len(set(periods)) == len(periods)
    assert set(periods) == {
        min(period for period in periods if period > at) for at in moments
    }  # none without news
    assert all(at - period <= STEP for at, period in zip(reader.digests, periods, strict=True))


@pytest.mark.parametrize(("zone", "begin"), ZONES)
@pytest.mark.parametrize("schedule", list(LONGEST))
@pytest.mark.parametrize("jump", [-1, 1], ids=["clock-set-back", "clock-set-forward"])
def test_all_that_is_gathered_comes_once_and_in_time_though_the_clock_jumps(
    store: Store, zone: str, begin: str, schedule: str, jump: int
) -> None:
    random = Random(jump)  # noqa: S311 - a test's choice
    house = House(store, datetime.fromisoformat(begin))
    reader = Reader(house)
    house.say("/subscribe all")
    house.say(f"/settings zone {zone}")
    house.say(f"/digest {schedule}")
    for number in range(80):
        if number in (20, 50):
            house.clock.now += timedelta(days=jump)
        reader.poll(number, random.choice(list(Level)))
        reader.live(STEP * random.random())
        reader.read()
    for _ in range(2 * 169):
        reader.live(timedelta(minutes=30))
        reader.read()

    assert reader.told.keys() == reader.polled.keys()
    waited = {number: reader.told[number] - reader.polled[number] for number in reader.polled}
    # a period that was under way when the clock was set begins anew: its cards wait for two at most
    longest = LONGEST[schedule] * 2 + 2 * STEP
    assert max(waited.values()) <= longest
    assert all(waited[number] <= STEP for number, level in reader.levels.items() if level is Level.FLASH)


def test_a_digest_does_not_ring_at_night_and_a_flash_does(store: Store) -> None:
    house = House(store, datetime(2026, 3, 27, 20, tzinfo=UTC))
    reader = Reader(house)
    for line in (
        "/subscribe all",
        "/settings zone UTC",
        "/digest hourly",
        "/quiet 22:00-07:00 UTC except flash",
    ):
        house.say(line)
    for number in range(11):
        reader.poll(number, Level.FLASH if number == 5 else Level.INFO)
        reader.live(timedelta(hours=1))
        reader.read()
    assert reader.kinds[Kind.DIGEST] == 10
    by_night = [at for at in reader.digests if at.hour >= 22 or at.hour < 7]
    assert by_night == []
    assert reader.told[5] - reader.polled[5] == timedelta(hours=1)


def test_switching_a_digest_off_lets_go_what_was_gathered(store: Store) -> None:
    house = House(store, datetime(2026, 3, 27, 12, tzinfo=UTC))
    reader = Reader(house)
    for line in ("/subscribe all", "/digest weekly Mon 08:00"):
        house.say(line)
    for number in range(3):
        reader.poll(number, Level.INFO)
    reader.read()
    assert reader.told == {}
    assert "3 gathered cards come now." in house.say("/digest off")
    reader.read()
    assert sorted(reader.told) == [0, 1, 2]
    reader.poll(3, Level.INFO)
    reader.read()
    assert reader.kinds == {Kind.DIGEST: 1, Kind.ALERT: 1}


def test_a_flood_is_capped_and_summed_up(store: Store) -> None:
    house = House(store, datetime(2026, 3, 27, 12, tzinfo=UTC))
    for line in ("/subscribe all", "/settings cap 5"):
        house.say(line)
    told: set[int] = set()
    kinds: list[Kind] = []
    for number in range(60):
        house.poll("consulate" if number % 20 == 19 else "border", number)
        house.clock.forward(30)
        while claimed := store.claim(house.clock(), 60, 1):
            (each,) = claimed
            assert store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), house.clock())
            kinds.append(each.delivery.kind)
            told |= set(each.digest.digest.cards) if each.digest else {each.delivery.card}
    house.clock.forward(3600)
    (summary,) = store.claim(house.clock(), 60, 1)
    assert summary.digest is not None
    assert Counter(kinds) == {Kind.ALERT: 8}  # five, and three that are flash
    assert told | set(summary.digest.digest.cards) == set(range(1, 61))
