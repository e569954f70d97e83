"""An alert that nobody acknowledges is repeated once, after N minutes and not before, whatever the clock does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.memory import MemoryStore
from monitor.core.model import Acknowledged, Destination, Escalation, Kind, Level, Sent
from monitor.desk.escalation import EscalationWatch
from tests.build import CHAT, FEED, NOW, hit
from tests.contract.outcomes import opened
from tests.fakes import FixedClock

NIGHT = Destination("telegram", "99")
WISH = Escalation(CHAT, NIGHT, 900, NOW, "telegram:42", "Newsroom", "Night desk")


class Night:
    """A chat with an escalation after 15 minutes, and a flash alert that was sent there at NOW."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.store.sync_feeds([FEED], NOW)
        self.store.set_escalation(CHAT, WISH)
        self.clock = FixedClock()
        self.seconds = 1000.0
        self.watch = EscalationWatch(self.store, self.clock)
        self.send(1)

    def send(self, number: int) -> None:
        opening = opened(number, CHAT, level=Level.FLASH, at=self.clock())
        stories = tuple(replace(each, hits=(hit("r", Level.FLASH),)) for each in opening.stories)
        self.store.save(replace(opening, stories=stories))
        (claimed,) = self.store.claim(self.clock(), 60, 1)
        assert self.store.settle(claimed.delivery.id, 1, Sent(f"m{number}"), self.clock())

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
        self.clock.forward(seconds)

    def look(self) -> int:
        return self.watch.look(self.seconds)

    def restart(self) -> None:
        """Another process: its steady clock begins anywhere."""
        self.seconds = 5.0
        self.watch = EscalationWatch(self.store, self.clock)

    def acknowledge(self) -> None:
        self.store.acknowledge(Acknowledged(1, CHAT, "telegram:42", "Ann", self.clock()))

    def repeated(self) -> list[int]:
        owed = self.store.outbox(10)
        return [each.delivery.card for each in owed if each.delivery.kind is Kind.ESCALATION]


def test_it_is_repeated_after_its_time_and_once() -> None:
    night = Night()
    counts = []
    for _ in range(40):
        counts.append(night.look())
        night.passes(60)

    assert counts == [0] * 15 + [1] + [0] * 24
    assert night.repeated() == [1]


def test_acknowledged_in_time_it_never_is() -> None:
    night = Night()
    night.look()
    night.passes(899)
    assert night.look() == 0
    night.acknowledge()
    night.passes(10_000)

    assert night.look() == 0
    assert night.repeated() == []


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(days=400)])
def test_a_jump_of_the_clock_makes_it_neither_early_nor_late(jump: timedelta) -> None:
    night = Night()
    night.look()
    night.clock.forward(jump.total_seconds())
    night.passes(899)
    assert night.look() == 0
    night.passes(1)

    assert night.look() == 1


def test_what_a_restart_interrupts_goes_on() -> None:
    night = Night()
    night.look()
    night.passes(600)
    night.restart()
    assert night.look() == 0
    night.passes(299)
    assert night.look() == 0
    night.passes(1)

    assert night.look() == 1


def test_what_ended_while_nobody_ran_is_repeated_at_once() -> None:
    night = Night()
    night.passes(5_000)
    night.restart()

    assert night.look() == 1


def test_a_clock_set_back_while_nobody_ran_lets_it_wait_its_time_anew() -> None:
    night = Night()
    night.clock.forward(-86_400)
    night.restart()
    assert night.look() == 0
    night.passes(900)

    assert night.look() == 1


def test_another_time_to_wait_begins_anew() -> None:
    night = Night()
    night.look()
    night.store.set_escalation(CHAT, replace(WISH, after=60))
    night.passes(61)

    assert night.look() == 1


def test_each_alert_has_its_own_time() -> None:
    night = Night()
    night.look()
    night.passes(300)
    night.send(2)
    night.look()
    night.passes(600)
    assert night.look() == 1
    night.passes(300)

    assert night.look() == 1
    assert sorted(night.repeated()) == [1, 2]


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(-(10**6), 10**6), st.booleans()), max_size=12))
def test_in_one_process_nothing_comes_early_and_everything_comes(steps: list[tuple[int, int, bool]]) -> None:
    night = Night()
    night.look()
    begun = night.seconds
    for passes, jump, looks in steps:
        night.passes(passes)
        night.clock.forward(jump)
        if looks and night.look():
            assert night.seconds - begun >= 900
    night.passes(900)
    night.look()

    assert night.repeated() == [1]
