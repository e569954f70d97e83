"""What buttons carry goes out as keys that nobody can forge or take to another chat."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import open_store
from db.memory import MemoryStore
from monitor.chat.message import Button, Message
from monitor.chat.presses import BYTES, PATIENCE, Keys, Unusable
from monitor.core.errors import StoreError
from tests.build import NOW
from tests.fakes import FixedClock, inline

HERE, THERE = 7, -1001
LONG = "find:0::" + " OR ".join(f"망명{n}" for n in range(400))
MESSAGE = Message(
    "x", buttons=((Button("Why", "why:1"), Button("Open", url="https://e.example")), (Button("Next", LONG),))
)


@dataclass
class Counting(MemoryStore):
    """A store that counts what it keeps, and whose disk is full while `broken`."""

    kept: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False

    def __post_init__(self) -> None:
        MemoryStore.__init__(self)

    def button_secret(self, fresh: str) -> str:
        self._check()
        return super().button_secret(fresh)

    def keep_buttons(self, buttons: Mapping[str, str], now: datetime) -> None:
        self._check()
        self.kept.append(dict(buttons))
        super().keep_buttons(buttons, now)

    def button(self, key: str) -> str | None:
        self._check()
        return super().button(key)

    def _check(self) -> None:
        if self.broken:
            message = "the disk is full"
            raise StoreError(message)


def keys(store: MemoryStore, clock: FixedClock | None = None) -> Keys:
    return Keys(store, inline, clock or FixedClock())


def sent(message: Message) -> list[str]:
    return [b.data for row in message.buttons for b in row if b.data is not None]


async def test_what_goes_out_is_short_and_comes_back_whole() -> None:
    one = keys(MemoryStore())

    sealed = await one.seal(MESSAGE, HERE)

    assert [len(each) for each in sent(sealed)] == [24, 24]
    assert [await one.open(each, (HERE,)) for each in sent(sealed)] == ["why:1", LONG]
    assert sealed.buttons[0][1] == MESSAGE.buttons[0][1]
    assert "why" not in "".join(sent(sealed))


async def test_a_message_without_data_is_left_as_it_is() -> None:
    store = Counting()
    plain = Message("x", buttons=((Button("Open", url="https://e.example"),),))

    assert await keys(store).seal(plain, HERE) is plain
    assert store.kept == []


async def test_a_key_of_another_chat_opens_nothing() -> None:
    one = keys(MemoryStore())
    here, there = sent(await one.seal(MESSAGE, HERE)), sent(await one.seal(MESSAGE, THERE))

    assert here[0] != there[0]
    assert here[0][:12] == there[0][:12], "the same data is kept once"
    assert await one.open(here[0], (THERE,)) is Unusable.FOREIGN
    assert await one.open(there[0][:12] + here[0][12:], (THERE,)) is Unusable.FOREIGN
    assert await one.open(there[0], (HERE, THERE)) == "why:1"


async def test_a_channel_is_known_by_its_name_too() -> None:
    one = keys(MemoryStore())
    (why, _) = sent(await one.seal(MESSAGE, "@News"))

    assert await one.open(why, (THERE, "@news")) == "why:1"


async def test_a_key_of_another_bot_opens_nothing() -> None:
    (why, _) = sent(await keys(MemoryStore()).seal(MESSAGE, HERE))

    assert await keys(MemoryStore()).open(why, (HERE,)) is Unusable.FOREIGN


@given(st.text(max_size=70))
def test_nothing_that_somebody_makes_up_opens_anything(written: str) -> None:
    store = MemoryStore()
    one = keys(store)
    asyncio.run(one.seal(MESSAGE, HERE))

    assert asyncio.run(one.open(written, (HERE,))) is Unusable.FOREIGN


@pytest.mark.parametrize("at", range(24))
async def test_one_changed_character_opens_nothing(at: int) -> None:
    one = keys(MemoryStore())
    (why, _) = sent(await one.seal(MESSAGE, HERE))
    changed = why[:at] + ("A" if why[at] != "A" else "B") + why[at + 1 :]

    assert await one.open(changed, (HERE,)) is Unusable.FOREIGN
    assert BYTES * 8 >= 64, "too many to try"


async def test_buttons_work_after_a_restart(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path}/a.db"
    store = open_store(where, now=NOW)
    (why, _) = sent(await Keys(store, inline, FixedClock()).seal(MESSAGE, HERE))
    store.close()

    again = open_store(where, now=NOW)
    assert await Keys(again, inline, FixedClock()).open(why, (HERE,)) == "why:1"
    again.close()


async def test_a_button_expires_kindly() -> None:
    clock = FixedClock()
    one = keys(MemoryStore(), clock)
    (why, _) = sent(await one.seal(MESSAGE, HERE))
    clock.forward(timedelta(days=89).total_seconds())
    await one.tend()
    assert await one.open(why, (HERE,)) == "why:1"
    clock.forward(timedelta(days=2).total_seconds())
    await one.tend()

    assert await one.open(why, (HERE,)) is Unusable.EXPIRED


async def test_an_alert_to_many_chats_is_kept_once_a_day() -> None:
    clock, store = FixedClock(), Counting()
    one = keys(store, clock)
    for chat in range(100):
        await one.seal(MESSAGE, chat)
    assert [len(each) for each in store.kept] == [2]
    clock.forward(timedelta(days=2).total_seconds())
    await one.seal(MESSAGE, HERE)

    assert len(store.kept) == 2


async def test_a_button_goes_out_while_the_disk_is_full_and_is_kept_afterwards() -> None:
    store = Counting()
    one = keys(store)
    await one.seal(Message("y", buttons=((Button("Other", "why:2"),),)), HERE)
    store.broken = True
    (why, _) = sent(await one.seal(MESSAGE, HERE))

    assert await one.open(why, (HERE,)) == "why:1", "it is remembered"
    store.broken = False
    await one.tend()
    assert await keys(store).open(why, (HERE,)) == "why:1"
    await one.tend()
    assert len(store.kept) == 2


async def test_without_a_secret_a_message_goes_out_without_such_buttons() -> None:
    store = Counting(broken=True)
    one = keys(store)

    sealed = await one.seal(MESSAGE, HERE)

    assert sealed.buttons == ((MESSAGE.buttons[0][1],),)
    with pytest.raises(StoreError):
        await one.open("x" * 24, (HERE,))


async def test_a_database_that_does_not_answer_holds_no_message_up() -> None:
    assert PATIENCE <= 5
    store, stuck = MemoryStore(), asyncio.Event()

    async def busy(work, /, *args, **kwargs):
        if work.__name__ != "button_secret":
            await stuck.wait()
        return work(*args, **kwargs)

    one = Keys(store, busy, FixedClock(), patience=0.01)
    (why, _) = sent(await one.seal(MESSAGE, HERE))
    assert len(why) == 24
    stuck.set()
    await one.tend()
    assert await one.open(why, (HERE,)) == "why:1"


async def test_what_is_remembered_is_bounded() -> None:
    store = Counting()
    one = Keys(store, inline, FixedClock(), most=5)
    for number in range(20):
        await one.seal(Message("x", buttons=((Button("Why", f"why:{number}"),),)), HERE)
    assert len(one._kept) == 5
    store.broken = True
    for number in range(20, 40):
        await one.seal(Message("x", buttons=((Button("Why", f"why:{number}"),),)), HERE)

    assert len(one._waiting) == 5
