"""`outbox` on the command line: what waits, what was given up, and how it is owed again."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.core.model import (
    Card,
    Destination,
    DigestWish,
    Every,
    FeedState,
    Gathered,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    Refused,
    Schedule,
    Unknown,
)
from tests.build import CHAT, FEED, GROUP, hit, story
from tests.cli.bench import Bench, Keyboard

if TYPE_CHECKING:
    from monitor.core.model import Receipt
    from monitor.ports import Store

LEASE = 60.0


@pytest.fixture(name="bench")
def fixture_bench(desk: Keyboard) -> Bench:
    """A database with three alerts: one given up, one that may have arrived and was, one that waits."""
    bench = Bench(desk)
    bench.write()
    now = datetime.now(UTC)
    with closing(bench.store()) as store:
        store.sync_feeds([FEED], now)
        for number, place in enumerate((CHAT, GROUP, CHAT), start=1):
            owe(store, number, place, now - timedelta(hours=2))
        settle(store, CHAT, Refused("text is \x1b[31mtoo long"), now)
        settle(store, GROUP, Unknown("broke"), now)
        settle(store, GROUP, Unknown("broke again"), now + timedelta(minutes=1))
    return bench


def owe(store: Store, number: int, place: Destination, at: datetime) -> None:
    state = FeedState(FEED.url, FEED.name, next_poll_at=at, seen_before=True)
    kept = Kept(story(f"story {number}"), (hit("refuge"),), number, "new")
    alert = Owed(number, place, Kind.ALERT, Level.ALERT)
    store.save(Outcome(state, at, (kept,), (Card(number, Level.ALERT, at),), (alert,)))


def settle(store: Store, place: Destination, receipt: Receipt, now: datetime) -> None:
    others = frozenset({CHAT, GROUP} - {place})
    (claimed,) = store.claim(now, LEASE, 9, others)
    assert store.settle(claimed.delivery.id, claimed.delivery.attempt, receipt, now)


def test_it_lists_what_did_not_arrive_with_age_and_reason(bench: Bench) -> None:
    answer = bench.ask("outbox")
    assert answer.exit_code == 0
    first, second, *notes, third, reason = answer.stdout.splitlines()
    assert first.startswith("3  owed for 2 h  alert of card #3 to telegram:42")
    assert second.startswith("2  dead for ")
    assert second.endswith("alert of card #2 to telegram:-1001, tried 2 times")
    assert notes == ["    broke again", "    it may have arrived: goes out as a repeat"]
    assert third.endswith("alert of card #1 to telegram:42")
    assert reason == "    text is [31mtoo long"


def test_what_is_listed_can_be_chosen(bench: Bench) -> None:
    assert [each["id"] for each in bench.json("outbox", "list")] == [3, 2, 1]
    assert [each["id"] for each in bench.json("outbox", "list", "--state", "dead")] == [2, 1]
    assert [each["id"] for each in bench.json("outbox", "list", "--to", "telegram:42", "--limit", "1")] == [3]
    (told,) = bench.json("outbox", "list", "--to", "telegram:-1001")
    assert told | {"owed_at": 0, "settled_at": 0} == {
        "id": 2,
        "card": 2,
        "destination": "telegram:-1001",
        "kind": "alert",
        "digest": None,
        "part": 1,
        "parts": 1,
        "level": "alert",
        "state": "dead",
        "attempts": 2,
        "owed_at": 0,
        "settled_at": 0,
        "not_before": None,
        "repeat": True,
        "reason": "broke again",
        "suspended": None,
        "at_most_once": False,
    }


def test_digests_are_named_by_their_number_and_part(bench: Bench) -> None:
    now = datetime.now(UTC)
    with closing(bench.store()) as store:
        store.set_digest(DigestWish(GROUP, "all", Schedule(Every.HOUR)))
        state = FeedState(FEED.url, FEED.name, next_poll_at=now, seen_before=True)
        for number in range(10, 21):
            kept = Kept(story(f"story {number}"), (hit("refuge"),), number, "new")
            waits = Gathered(number, GROUP, Level.INFO, Schedule(Every.HOUR))
            cards = (Card(number, Level.INFO, now),)
            store.save(Outcome(state, now, (kept,), cards, gathered=(waits,)))
        store.send_digest(GROUP, now)
    second, first, *_ = bench.ask("outbox").stdout.splitlines()
    assert second.endswith("digest 1 (2/2) to telegram:-1001")
    assert first.endswith("digest 1 (1/2) to telegram:-1001")
    told = bench.json("outbox", "list")[0]
    assert (told["kind"], told["digest"], told["part"], told["parts"]) == ("digest", 1, 2, 2)


def test_one_is_owed_again(bench: Bench) -> None:
    assert bench.ask("outbox", "requeue", "1").stdout == "1 owed again; the bot sends them when it runs\n"
    assert [each["state"] for each in bench.json("outbox", "list")] == ["owed", "dead", "owed"]
    again = bench.ask("outbox", "requeue", "1")
    assert again.exit_code == 1
    assert "no alert 1 was given up" in again.stderr


def test_all_are_owed_again(bench: Bench) -> None:
    assert bench.ask("outbox", "requeue", "all").stdout.startswith("2 owed again")
    assert bench.ask("outbox", "requeue", "all").stdout.startswith("0 owed again")
    assert bench.ask("outbox", "list", "--state", "dead").stderr == "none\n"


def test_while_the_bot_runs_it_says_why_nothing_can_be_owed_again(bench: Bench) -> None:
    with closing(bench.store()):
        assert len(bench.json("outbox", "list")) == 3
        for wish in (["requeue", "all"], ["once", "telegram:42"]):
            answer = bench.ask("outbox", *wish)
            assert answer.exit_code == 1
            assert "the bot runs, and it alone writes to its database: stop it" in answer.stderr
    assert len(bench.json("outbox", "list", "--state", "dead")) == 2


def test_a_chat_is_sent_to_once_until_that_is_taken_back(bench: Bench) -> None:
    assert (
        bench.ask("outbox", "once", "telegram:42").stdout == "telegram:42: each alert is sent at most once\n"
    )
    assert bench.ask("outbox", "once", "telegram:42").stdout.endswith(", as before\n")
    assert bench.ask("outbox", "once").stdout == "telegram:42\n"
    assert {each["id"]: each["at_most_once"] for each in bench.json("outbox", "list")} == {
        3: True,
        2: False,
        1: True,
    }
    assert "repeated, marked" in bench.ask("outbox", "once", "telegram:42", "--off").stdout
    assert bench.ask("outbox", "once").stdout == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["requeue", "some"], "neither a number", id="no number"),
        pytest.param(["requeue", "9" * 19], "neither a number", id="too large"),
        pytest.param(["once", "42"], "no destination", id="no messenger"),
        pytest.param(["list", "--to", "telegram:1/x"], "no destination", id="no topic"),
        pytest.param(["list", "--state", "lost"], "lost", id="no state"),
    ],
)
def test_misuse_is_told(bench: Bench, arguments: list[str], says: str) -> None:
    answer = bench.ask("outbox", *arguments)
    assert answer.exit_code == 2
    assert says in answer.stderr


def test_without_a_database_none_is_made(desk: Keyboard) -> None:
    answer = desk.run("outbox", "requeue", "all")
    assert answer.exit_code == 1
    assert "no database yet" in answer.stderr
    assert not (desk.folder / "db").exists()
