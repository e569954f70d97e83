"""What pacing learnt, and where was sent last: kept across restarts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from db import open_store
from monitor.core.model import Destination, Later, Receipt, Refused, Sent
from monitor.core.pacing import Pace
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, minutes
from tests.contract.outcomes import opened

LONG = Pace("telegram:42", NOW, NOW + timedelta(seconds=43_838), 1.25)
ALL = Pace("telegram", NOW, minutes(1), 2.0)
TOPIC = Destination("telegram", "-1001", 7)


def test_what_was_learnt_comes_back_by_name(store: Store) -> None:
    assert store.paces() == ()
    store.keep_pace(LONG)
    store.keep_pace(ALL)
    assert store.paces() == (ALL, LONG)
    store.keep_pace(Pace("telegram", minutes(1), minutes(3), 3.0))
    assert store.paces() == (Pace("telegram", minutes(1), minutes(3), 3.0), LONG)


@pytest.mark.parametrize(
    ("cold", "left"),
    [
        pytest.param(Pace(LONG.name, NOW, NOW, 0.0), (), id="cold and no wait"),
        pytest.param(Pace(LONG.name, NOW, NOW, 0.001), (Pace(LONG.name, NOW, NOW, 0.001),), id="still warm"),
    ],
)
def test_what_is_over_is_forgotten(store: Store, cold: Pace, left: tuple[Pace, ...]) -> None:
    store.keep_pace(LONG)
    store.keep_pace(cold)
    assert store.paces() == left


def test_what_others_taught_is_forgotten_a_day_after_it_ended(store: Store) -> None:
    store.keep_pace(ALL)
    later = Pace("telegram:1", minutes(60 * 24), minutes(60 * 25), 1.0)
    store.keep_pace(later)
    assert store.paces() == (ALL, later)
    last = Pace("telegram:1", minutes(60 * 24 + 2), minutes(60 * 25), 1.0)
    store.keep_pace(last)
    assert store.paces() == (last,)


def test_it_survives_a_restart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    store = open_store(url, now=NOW)
    store.keep_pace(LONG)
    store.close()
    store = open_store(url, now=minutes(5))
    assert store.paces() == (LONG,)
    store.close()


def test_the_last_sends_are_told_by_chat(store: Store) -> None:
    assert store.last_sends(NOW) == {}
    places = (CHAT, GROUP, TOPIC, Destination("telegram", "43"), Destination("telegram", "44"))
    store.save(opened(1, *places))
    ends: dict[Destination, tuple[float, Receipt]] = {
        CHAT: (1, Sent("1")),
        GROUP: (2, Sent("2")),
        TOPIC: (3, Refused("no")),
        places[3]: (4, Later(9.0, "flood", counts=False)),
    }
    while claimed := store.claim(NOW, 60.0, 9, frozenset({places[4]})):
        for claim in claimed:
            at, receipt = ends[claim.delivery.destination]
            store.settle(claim.delivery.id, claim.delivery.attempt, receipt, minutes(at))
    assert store.last_sends(NOW) == {CHAT: minutes(1), GROUP: minutes(3)}
    assert store.last_sends(minutes(2)) == {GROUP: minutes(3)}
    assert store.last_sends(minutes(4)) == {}
