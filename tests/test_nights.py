"""From a page to the messenger through nights, mutes and clocks that jump: nothing is lost, nobody is woken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from db import open_store
from monitor.core.access import Mode
from monitor.core.decide import Policy
from monitor.core.match import compile_book
from monitor.core.model import Level, RuleBook, Sent
from monitor.desk import Desk
from monitor.ingest import Ingest
from monitor.ports import Store
from tests.build import FEED, batch, book, page, rule, story
from tests.errands import FakeErrands
from tests.fakes import FixedClock
from tests.frontdesk import PERSON, answer

BOOK = book(
    rule("border", "border"),
    rule("mission", "consulate", Level.FLASH),
    rule("weather", "rain", Level.INFO),
)


class House:
    """Clerk, desk and store around one clock."""

    def __init__(self, store: Store, begin: datetime) -> None:
        self.clock = FixedClock(begin)
        self.store = store
        self.book: RuleBook = BOOK
        self.matcher = compile_book(BOOK)
        store.sync_feeds([FEED], begin)
        policy = Policy(alert_on_first_poll=True)
        self.ingest = Ingest(
            store, lambda: self.matcher, policy, self.clock, lambda: 0.0, book=lambda: self.book
        )
        self.desk = Desk(
            store=store,
            book=lambda: self.book,
            access=Mode.OPEN,
            clock=self.clock,
            rules_problem=lambda: None,
            errands=FakeErrands(),
        )

    def say(self, line: str) -> str:
        name, _, arguments = line.partition(" ")
        return answer(self.desk, PERSON, name, arguments, zone=UTC).text

    def poll(self, title: str, number: int) -> None:
        fresh = story(f"{title} {number}", url=f"https://e.example/{number}", source="Example")
        self.ingest.page(FEED, page(digest=str(number)), batch(fresh))

    def send(self) -> list[tuple[Level, str]]:
        """Send what is due, one after the other: level and title."""
        out = []
        while claimed := self.store.claim(self.clock(), 60, 1):
            (each,) = claimed
            assert self.store.settle(each.delivery.id, each.delivery.attempt, Sent("m"), self.clock())
            out.append((each.delivery.level, each.view.stories[0].story.title))
        return out


@pytest.fixture(name="store", params=["memory", "sqlite"])
def fixture_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/a.db"
    store = open_store(url, now=datetime(2026, 3, 27, tzinfo=UTC))
    yield store
    store.close()


@pytest.mark.parametrize(
    ("zone", "begin"),
    [
        pytest.param("Europe/Berlin", "2026-03-27T12:00+00:00", id="clocks-go-forward"),
        pytest.param("America/New_York", "2026-10-30T12:00+00:00", id="clocks-go-back"),
        pytest.param("Asia/Seoul", "2026-06-01T12:00+00:00", id="clocks-stay"),
    ],
)
@pytest.mark.parametrize("jump", [-1, 0, 1], ids=["clock-set-back", "clock-right", "clock-set-forward"])
def test_every_held_alert_comes_out_in_order_and_none_at_night(
    store: Store, zone: str, begin: str, jump: int
) -> None:
    random = Random(jump)  # noqa: S311 - a test's choice
    house = House(store, datetime.fromisoformat(begin))
    house.say("/subscribe all")
    house.say(f"/quiet 22:00-07:00 {zone} except flash")
    titles = {Level.FLASH: "consulate", Level.ALERT: "border", Level.INFO: "rain"}
    polled: list[tuple[Level, str]] = []
    sent: list[tuple[Level, str]] = []
    for number in range(60):
        house.clock.now += timedelta(minutes=random.randint(20, 160))
        if number in (20, 40):
            house.clock.now += timedelta(days=jump)
        level = random.choice(list(titles))
        house.poll(titles[level], number)
        polled.append((level, f"{titles[level]} {number}"))
        went = house.send()
        hour = house.clock.now.astimezone(ZoneInfo(zone)).hour
        if hour >= 22 or hour < 7:
            assert all(level is Level.FLASH for level, _ in went)
        sent += went
    for _ in range(9):
        house.clock.now += timedelta(hours=12)
        sent += house.send()

    assert sorted(sent) == sorted(polled)
    for level in Level:
        assert [each for each in sent if each[0] is level] == [each for each in polled if each[0] is level]


def test_a_mute_keeps_quiet_stores_and_ends(store: Store) -> None:
    house = House(store, datetime(2026, 3, 27, 12, tzinfo=UTC))
    house.say("/subscribe level:alert")
    house.say('/mute "source:example -consulate" for 2h')

    house.poll("border", 1)
    house.poll("consulate", 2)
    house.poll("rain", 3)

    assert house.send() == [(Level.FLASH, "consulate 2")]
    assert house.say("/latest").count("🔇") == 1
    house.clock.now += timedelta(hours=2)
    house.poll("border", 4)
    assert house.send() == [(Level.ALERT, "border 4")]
    assert "Nothing is muted" in house.say("/mute")


def test_a_tag_follows_the_rules_as_they_are_reloaded(store: Store) -> None:
    house = House(store, datetime(2026, 3, 27, 12, tzinfo=UTC))
    tagged = replace(BOOK, rules=tuple(replace(each, tags=("east",)) for each in BOOK.rules))
    house.book = tagged
    house.say("/subscribe tag:east")
    house.book = BOOK
    house.poll("border", 1)
    assert house.send() == []

    house.book = tagged
    house.poll("border", 2)

    assert house.send() == [(Level.ALERT, "border 2")]
