"""Pacing in the pump: chats rest, refusals teach, the urgent overtakes, and a restart forgets nothing."""

from __future__ import annotations

import asyncio

import pytest

from monitor.core.model import Destination, Flood, Later, Level, Receipt, Sent
from monitor.core.pacing import TELEGRAM, Rates
from monitor.deliver import AHEAD
from monitor.pacer import FEW, Pacer, due
from tests.build import CHAT, GROUP, NOW
from tests.fakes import FakeMessenger
from tests.pump import Outbox

OTHER = Destination("telegram", "43")
SLOW = Rates(chat=1.0, group=3.0)


def flood(seconds: float, who: Flood = Flood.CHAT) -> Later:
    return Later(seconds, "Telegram asks to wait", counts=False, flood=who)


def outbox(*receipts: Receipt, rates: Rates = SLOW) -> Outbox:
    return Outbox(FakeMessenger(*receipts), rates=rates, steered=True)


async def test_topics_of_a_chat_share_its_rest():
    box = outbox()
    topics = [Destination("telegram", "-1001", number) for number in (1, 2)]
    for topic in topics:
        box.owe(topic)
    assert await box.after(0) == [(1, "telegram:-1001/1")]
    assert await box.after(2.9) == []
    assert await box.after(0.2) == [(2, "telegram:-1001/2")]


async def test_edits_count_as_messages():
    box = outbox()
    card = box.owe(CHAT)
    assert len(await box.after(0)) == 1
    box.owe_update(card, CHAT)
    assert await box.after(0.9) == []
    assert await box.after(0.2) == [(card, "telegram:42")]


async def test_a_refused_chat_waits_alone_and_its_order_stays():
    box = outbox(flood(60))
    for _ in range(3):
        box.owe(CHAT)
    assert await box.after(0) == [(1, "telegram:42")]
    box.owe(OTHER)
    assert await box.after(1) == [(4, "telegram:43")]
    assert await box.after(58.5) == []
    assert await box.after(1) == [(1, "telegram:42")]
    assert await box.after(1.5) == []  # it goes at half the speed now
    assert await box.after(0.6) == [(2, "telegram:42")]


async def test_waits_grow_while_a_chat_is_refused_again_and_again():
    box = outbox(*[flood(5.0)] * 3)
    box.owe(CHAT)
    sent_at = [second for second in range(60) if await box.after(min(second, 1))]
    assert sent_at[:2] == [0, 5]
    assert sent_at[2] - sent_at[1] in {10, 11}
    assert sent_at[3] - sent_at[2] in {20, 21}
    assert box.store.status().sent == 1


async def test_a_long_wait_survives_a_restart():
    box = outbox(flood(43_838))
    box.owe(CHAT)
    box.owe(CHAT)
    assert await box.after(0) == [(1, "telegram:42")]
    box.owe(OTHER)
    for passed in (10, 43_800):
        await box.pump.stop(0)
        box.pump = box.another()
        assert [card for card, to in await box.after(passed) if to == "telegram:42"] == []
    await box.pump.stop(0)
    box.pump = box.another()
    assert await box.after(40) == [(1, "telegram:42")]


async def test_what_was_sent_just_before_a_restart_counts():
    box = outbox(rates=TELEGRAM)
    for _ in range(2):
        box.owe(GROUP)
    assert await box.after(0) == [(1, "telegram:-1001")]
    box.pump = box.another()
    assert await box.after(2.9) == []
    assert await box.after(0.2) == [(2, "telegram:-1001")]


async def test_a_chat_that_cooled_down_is_forgotten():
    box = outbox(flood(2))
    for _ in range(30):
        box.owe(CHAT)
    await box.after(0)
    assert [pace.name for pace in box.store.paces()] == ["telegram:42"]
    for _ in range(25):
        await box.after(5)
    assert box.store.paces() == ()


async def test_several_refused_chats_hold_all_and_a_restart_keeps_that():
    box = outbox(flood(30), flood(40), flood(50))
    for number in range(3):
        box.owe(Destination("telegram", str(number)))
    assert len(await box.after(0)) == 3
    box.owe(CHAT)
    box.owe(Destination("terminal"))
    assert await box.after(1) == [(5, "terminal:")]
    box.pump = box.another()
    assert await box.after(38) == []
    assert sorted(await box.after(2)) == [(1, "telegram:0"), (2, "telegram:1"), (4, "telegram:42")]


async def test_what_waits_for_its_turn_when_all_are_held_is_put_back_untried():
    box = outbox(flood(60, Flood.BOT), rates=Rates(per_second=1))
    for number in range(3):
        box.owe(Destination("telegram", str(number)))
    assert await box.after(0) == [(1, "telegram:0")]
    await asyncio.sleep(1.1)  # the turn of the others would come
    assert len(box.messenger.handed) == 1
    assert await box.after(59) == []
    box.pump = box.another()
    handed = await box.after(2)
    assert handed[0] == (1, "telegram:0")
    assert box.messenger.handed[-1].delivery.attempt == 1
    assert not box.messenger.handed[-1].delivery.repeat
    await box.pump.stop(0)


async def test_a_flash_overtakes_a_thousand_infos():
    messenger = FakeMessenger()
    box = Outbox(messenger, rates=Rates(per_second=200))
    for number in range(1000):
        box.owe(Destination("telegram", str(1000 + number)), level=Level.INFO)
    await box.pump.tick()
    while len(messenger.handed) < 20:  # noqa: ASYNC110 - what is waited for has no event
        await asyncio.sleep(0.001)
    before = len(messenger.handed)
    flash = box.owe(CHAT, level=Level.FLASH)
    box.pump.wake()
    while flash not in {each.delivery.card for each in messenger.handed}:  # noqa: ASYNC110 - as above
        await asyncio.sleep(0.001)
    behind = [each.delivery.card for each in messenger.handed].index(flash) - before
    assert behind <= AHEAD + FEW + 2
    await box.pump.stop(0)


async def test_a_slow_chat_takes_no_turn_of_others():
    messenger = FakeMessenger(flood(43_838))
    box = Outbox(messenger, rates=Rates(per_second=500))
    box.owe(CHAT)
    await box.pump.tick()
    await box.settle()
    for number in range(100):
        box.owe(CHAT)
        box.owe(Destination("telegram", str(1000 + number)))
    async with asyncio.timeout(10):
        await box.pump.drain()
    assert (box.store.status().sent, box.store.status().owed) == (100, 101)


@pytest.mark.parametrize(
    ("wait", "after"),
    [pytest.param(60.0, 59.0, id="long"), pytest.param(0.5, 0.0, id="short")],
)
def test_what_is_put_back_is_due_before_its_chat_is(wait, after):
    assert due(wait) == after


def test_an_unknown_messenger_is_paced_by_its_refusals_alone():
    pacer, mail = Pacer({"telegram": TELEGRAM}), Destination("mail", "ann@news.example")
    number = pacer.start(mail, 5.0)
    assert pacer.answered(mail, number, Sent(), 5.0, NOW) == (Sent(), ())
    assert pacer.resting(5.0) == frozenset()
    pacer.answered(mail, number, flood(9), 6.0, NOW)
    assert pacer.resting(7.0) == {mail}
    assert pacer.next_ready(7.0) == 15.0
