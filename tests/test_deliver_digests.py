"""Digests through the pump: after alerts, part by part, each repeated and settled alone."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from monitor.core.model import (
    Card,
    DeliveryState,
    DigestWish,
    Every,
    Gathered,
    Kept,
    Kind,
    Level,
    Outcome,
    Refused,
    Schedule,
    Sent,
    Unknown,
)
from tests.build import CHAT, NOW, hit, minutes, state, story
from tests.fakes import FakeMessenger
from tests.frontdesk import OWNER, World
from tests.pump import Outbox

HOURLY = Schedule(Every.HOUR)


def gather(outbox: Outbox, count: int) -> None:
    """So many cards that wait for the full hour."""
    outbox.store.set_digest(DigestWish(CHAT, "all", HOURLY))
    for _ in range(count):
        outbox.cards += 1
        number = outbox.cards
        kept = Kept(story(f"Story {number}"), (hit(),), number)
        what = Outcome(state(), NOW, (kept,), (Card(number, Level.INFO, NOW),))
        outbox.store.save(replace(what, gathered=(Gathered(number, CHAT, Level.INFO, HOURLY),)))


def sent(messenger: FakeMessenger) -> list[tuple[Kind, int]]:
    return [(each.delivery.kind, each.delivery.part) for each in messenger.handed]


async def test_a_digest_comes_part_by_part_after_what_is_owed_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "monitor.deliver")
    messenger = FakeMessenger()
    outbox = Outbox(messenger)
    gather(outbox, 25)
    outbox.clock.now = minutes(60)
    outbox.owe(CHAT, level=Level.INFO)

    await outbox.pump.drain()

    digest = Kind.DIGEST
    assert sent(messenger) == [(Kind.ALERT, 1), (digest, 1), (digest, 2), (digest, 3)]
    assert "sent alert card=26 to=telegram:42" in caplog.text
    assert "sent digest number=1 part=2/3 to=telegram:42" in caplog.text


async def test_a_split_of_five_whose_third_part_fails_sends_each_once_in_order() -> None:
    messenger = FakeMessenger(Sent("1"), Sent("2"), Unknown("the connection broke"))
    outbox = Outbox(messenger)
    gather(outbox, 45)
    outbox.clock.now = minutes(60)
    await outbox.pump.drain()
    assert [part for _, part in sent(messenger)] == [1, 2, 3]

    outbox.clock.forward(15)
    await outbox.pump.drain()

    assert [part for _, part in sent(messenger)] == [1, 2, 3, 3, 4, 5]
    assert [each.delivery.repeat for each in messenger.handed] == [False, False, False, True, False, False]
    assert outbox.store.status().sent == 5


async def test_a_split_of_five_whose_third_part_is_refused_sends_the_others_and_lists_it() -> None:
    messenger = FakeMessenger(Sent("1"), Sent("2"), Refused("bad entities"))
    outbox = Outbox(messenger)
    gather(outbox, 45)
    outbox.clock.now = minutes(60)

    await outbox.pump.drain()

    assert [part for _, part in sent(messenger)] == [1, 2, 3, 4, 5]
    (dead,) = outbox.store.outbox(10, [DeliveryState.DEAD])
    assert (dead.delivery.about, dead.delivery.reason) == ("digest 1 (3/5)", "bad entities")


def test_the_status_names_a_part_that_was_given_up() -> None:
    world = World()
    world.store.set_digest(DigestWish(CHAT, "all", HOURLY))
    for number in range(1, 12):
        world.card(number)
        waits = (Gathered(number, CHAT, Level.ALERT, HOURLY),)
        world.store.save(replace(Outcome(state(), NOW), gathered=waits))
    (part,) = world.store.claim(minutes(60), 60, 1)
    world.store.settle(part.delivery.id, 1, Refused("bad entities"), minutes(60))
    world.say("/settings cap 1")
    for number in (12, 13):
        world.card(number, "border", CHAT)
    for minute in (61, 121):
        while claims := world.store.claim(minutes(minute), 60, 1):
            world.store.settle(claims[0].delivery.id, 1, Refused("no"), minutes(minute))
    told = world.say("/status", OWNER).text
    assert "digest 1, part 2 of 2 to telegram:42" in told
    assert "summary 2 to telegram:42" in told
