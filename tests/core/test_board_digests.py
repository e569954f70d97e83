"""Who is told of a card at once, and for whom it is gathered."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from monitor.core.board import Board
from monitor.core.model import (
    DigestWish,
    Every,
    Facts,
    Gathered,
    Hit,
    Hushed,
    Kind,
    Level,
    Mute,
    MuteKind,
    RecentCard,
    Schedule,
)
from tests.build import CHAT, GROUP, NOW, book, card, facts, hit, minutes, story, subscription

HOURLY = Schedule(Every.HOUR)
DAILY = Schedule(Every.DAY, time(8))
ALL_DAILY = (DigestWish(CHAT, "all", DAILY),)
WAITS = Gathered(1, CHAT, Level.ALERT, DAILY)
CAPPED = Gathered(1, CHAT, Level.ALERT, None)


def board(*gathered: Gathered, told: bool = False, **given: object) -> Board:
    """A board with card 1, perhaps told or gathered."""
    known = RecentCard(
        card(), frozenset(), (), frozenset({CHAT}) if told else frozenset(), gathered=frozenset(gathered)
    )
    filled: Facts = replace(facts(known), **given)  # type: ignore[arg-type]  # names are checked by the dataclass
    return Board(filled, book(), NOW)


def owe(on: Board, *hits: Hit) -> list[tuple[Kind, Level]]:
    on.owe(1, hits or (hit(),), story())
    return [(each.kind, each.level) for each in on.owed()]


def test_what_is_wanted_in_a_digest_is_gathered_and_owes_nothing() -> None:
    on = board(digests=ALL_DAILY)
    assert owe(on) == []
    assert on.gathered() == (WAITS,)


def test_another_chat_is_told_at_once() -> None:
    on = board(digests=ALL_DAILY, subscriptions=(subscription(CHAT), subscription(GROUP)))
    assert owe(on) == [(Kind.ALERT, Level.ALERT)]
    assert [each.destination for each in on.owed()] == [GROUP]
    assert [each.destination for each in on.gathered()] == [CHAT]


def test_what_is_to_come_at_once_brings_the_card_at_once() -> None:
    on = board(digests=ALL_DAILY)
    assert owe(on, hit("r"), hit("q", Level.FLASH)) == [(Kind.ALERT, Level.FLASH)]
    assert on.gathered() == ()


def test_a_later_hit_at_once_of_the_same_page_takes_the_card_out_of_the_digest() -> None:
    on = board(digests=ALL_DAILY)
    assert owe(on) == []
    assert owe(on, hit("q", Level.FLASH)) == [(Kind.ALERT, Level.FLASH)]
    assert on.gathered() == ()


def test_the_highest_level_says_with_which_digest_a_card_comes() -> None:
    wishes = (*ALL_DAILY, DigestWish(CHAT, "level:info", HOURLY))
    on = board(digests=wishes)
    assert owe(on, hit("q", Level.INFO), hit("r")) == []
    assert on.gathered() == (WAITS,)


def test_a_card_is_gathered_once() -> None:
    on = board(WAITS, digests=ALL_DAILY)
    assert owe(on) == []
    assert on.gathered() == ()
    other = board(digests=ALL_DAILY)
    owe(other)
    owe(other, hit("q"))
    assert other.gathered() == (WAITS,)


def test_what_somebody_was_told_of_is_updated_whatever_they_want_now() -> None:
    on = board(told=True, digests=ALL_DAILY)
    assert owe(on) == [(Kind.UPDATE, Level.ALERT)]
    assert on.gathered() == ()


@pytest.mark.parametrize(
    ("known", "level", "rings"),
    [
        pytest.param(WAITS, Level.ALERT, True, id="a-digest-does-not-keep-it-from-ringing"),
        pytest.param(CAPPED, Level.ALERT, False, id="a-cap-does"),
        pytest.param(CAPPED, Level.FLASH, True, id="but-not-if-it-is-more-urgent"),
        pytest.param(replace(CAPPED, destination=GROUP), Level.ALERT, True, id="a-cap-of-another-chat"),
    ],
)
def test_what_comes_at_once_of_a_card_that_was_gathered(known: Gathered, level: Level, rings: bool) -> None:
    assert owe(board(known), hit("r", level)) == ([(Kind.ALERT, level)] if rings else [])


def test_what_is_gathered_is_not_hushed() -> None:
    mute = Mute(CHAT, MuteKind.RULE, "q", minutes(60))
    on = board(digests=ALL_DAILY, mutes=(mute,))
    on.owe(1, (hit("q"),), story())
    assert on.hushed() == (Hushed(1, CHAT, "rule q"),)
    owe(on)
    assert (on.hushed(), on.gathered()) == ((), (WAITS,))
