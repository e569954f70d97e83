import asyncio

import pytest

from db.memory import MemoryStore
from monitor.core.errors import StoreError
from monitor.core.model import (
    DeliveryState,
    Destination,
    Later,
    Level,
    Refused,
    Unknown,
)
from monitor.core.pacing import Rates
from monitor.deliver import Deliver
from tests.build import CHAT, GROUP, NOW
from tests.fakes import FakeMessenger, FixedClock, inline
from tests.pump import Outbox

OTHER = Destination("telegram", "43")


async def test_what_is_owed_is_sent_and_settled():
    messenger = FakeMessenger()
    outbox = Outbox(messenger)
    outbox.owe(CHAT, GROUP)
    assert await outbox.pump.tick() == 2
    await outbox.settle()
    assert sorted(str(c.delivery.destination) for c in messenger.handed) == ["telegram:-1001", "telegram:42"]
    assert outbox.store.status().sent == 2
    assert outbox.pump.ticked_at == NOW


async def test_one_send_in_flight_per_destination_and_in_order():
    messenger = FakeMessenger()
    messenger.gate = asyncio.Event()
    outbox = Outbox(messenger)
    for _ in range(3):
        outbox.owe(CHAT, OTHER)
    await outbox.pump.tick()
    await outbox.settle()
    assert messenger.most_flying == 2
    messenger.gate.set()
    await outbox.pump.drain()
    assert [c.delivery.card for c in messenger.handed if c.delivery.destination == CHAT] == [1, 2, 3]
    assert messenger.most_flying == 2


async def test_a_flash_overtakes_what_waits():
    messenger = FakeMessenger()
    outbox = Outbox(messenger)
    outbox.owe(CHAT, level=Level.INFO)
    outbox.owe(CHAT, level=Level.FLASH)
    await outbox.pump.drain()
    assert [c.delivery.card for c in messenger.handed] == [2, 1]


async def test_the_width_bounds_the_sends_in_flight():
    messenger = FakeMessenger()
    messenger.gate = asyncio.Event()
    outbox = Outbox(messenger, width=1)
    outbox.owe(CHAT, OTHER)
    assert await outbox.pump.tick() == 1
    assert await outbox.pump.tick() == 0
    messenger.gate.set()
    await outbox.pump.drain()
    assert outbox.store.status().sent == 2


@pytest.mark.parametrize(
    ("receipt", "state_after", "suspended"),
    [
        pytest.param(Later(60.0, "down"), DeliveryState.OWED, False, id="later"),
        pytest.param(Unknown("broke"), DeliveryState.OWED, False, id="unknown"),
        pytest.param(Refused("bad"), DeliveryState.DEAD, False, id="refused"),
        pytest.param(Refused("blocked", suspend=True), DeliveryState.DEAD, True, id="suspended"),
    ],
)
async def test_receipts_reach_the_store_and_the_log(receipt, state_after, suspended, caplog):
    outbox = Outbox(FakeMessenger(receipt))
    outbox.owe(CHAT)
    await outbox.pump.tick()
    await outbox.settle()
    status = outbox.store.status()
    assert (status.dead_count == 1) == (state_after is DeliveryState.DEAD)
    assert (CHAT in status.suspended) == suspended
    assert receipt.reason in caplog.text
    await outbox.pump.stop(0)


async def test_an_unknown_send_is_repeated_once_marked():
    messenger = FakeMessenger(Unknown("broke"))
    outbox = Outbox(messenger)
    outbox.owe(CHAT)
    await outbox.pump.drain()
    outbox.clock.forward(3600)
    await outbox.pump.drain()
    assert [c.delivery.repeat for c in messenger.handed] == [False, True]
    assert outbox.store.status().sent == 1


async def test_a_destination_rests_between_two_messages_while_others_go_on():
    messenger = FakeMessenger()
    outbox = Outbox(messenger, rates=Rates(chat=0.02))
    for _ in range(2):
        outbox.owe(CHAT, OTHER)
    await outbox.pump.tick()
    await outbox.settle()
    assert len(messenger.handed) == 2  # both chats rest now
    await outbox.pump.drain()
    assert outbox.store.status().sent == 4


async def test_sends_keep_the_overall_gap():
    loop = asyncio.get_running_loop()
    outbox = Outbox(FakeMessenger(), rates=Rates(per_second=8))
    outbox.owe(CHAT, GROUP, OTHER, Destination("telegram", "44"))
    started = loop.time()
    await outbox.pump.drain()
    assert loop.time() - started >= 0.12


async def test_what_is_owed_by_a_messenger_that_this_run_lacks_waits_and_says_why(caplog):
    outbox = Outbox(FakeMessenger())
    outbox.owe(Destination("pigeon", "1"))
    await outbox.pump.drain()
    status = outbox.store.status()
    assert (status.dead_count, status.owed, dict(status.suspended)) == (0, 1, {})
    assert "no pigeon in this run" in caplog.text


async def test_a_bug_in_a_messenger_leaves_the_row_to_its_lease(caplog):
    messenger = FakeMessenger(RuntimeError("bug"))
    outbox = Outbox(messenger)
    outbox.owe(CHAT)
    await outbox.pump.tick()
    await outbox.settle()
    assert "delivery not settled" in caplog.text
    outbox.clock.forward(121)
    await outbox.pump.drain()
    assert [c.delivery.repeat for c in messenger.handed] == [False, True]


async def test_stopping_waits_for_sends_and_then_cancels_them():
    messenger = FakeMessenger()
    messenger.gate = asyncio.Event()
    outbox = Outbox(messenger)
    outbox.owe(CHAT)
    await outbox.pump.tick()
    await outbox.settle()
    await outbox.pump.stop(0.01)
    assert outbox.store.status().sent == 0
    assert outbox.store.recover(NOW) == 1


async def test_once_told_to_stop_it_begins_no_more_sends():
    messenger = FakeMessenger()
    messenger.gate = asyncio.Event()
    outbox = Outbox(messenger)
    outbox.owe(CHAT)
    outbox.owe(CHAT)
    await outbox.pump.tick()
    await outbox.settle()
    stopping = asyncio.create_task(outbox.pump.stop(5))
    await outbox.settle()
    messenger.gate.set()
    await stopping
    await outbox.settle()  # the end of a send wakes the pump, which must not claim again
    assert await outbox.pump.tick() == 0
    assert (outbox.store.status().sent, outbox.store.status().owed) == (1, 1)
    assert outbox.store.recover(NOW) == 0  # nothing was in flight, so nothing will be marked as a repeat


class BrokenStore(MemoryStore):
    """A store that cannot be used just now."""

    claims = 0

    def claim(self, *_, **__):
        self.claims += 1
        message = "the disk is full"
        raise StoreError(message)


async def test_a_wake_while_the_store_is_unusable_is_logged_and_survived(caplog):
    store = BrokenStore()
    pump = Deliver(store=store, messengers={}, offload=inline, clock=FixedClock())
    pump.wake()
    pump.wake()
    for _ in range(5):
        await asyncio.sleep(0)
    assert store.claims == 1
    assert "the disk is full" in caplog.text
