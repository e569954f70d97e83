"""The terminal as a chat: alerts are drawn, commands answered, and one does not garble the other."""

from __future__ import annotations

import asyncio
import io
import threading
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from db.memory import MemoryStore
from monitor.chat import cards
from monitor.chat.message import Message
from monitor.core.access import Mode
from monitor.core.errors import StoreError
from monitor.core.model import Claimed, Kept, Kind, Level, Outcome, Owed, Sent
from monitor.desk import Desk
from monitor.terminal.lines import typed
from monitor.terminal.messenger import TerminalMessenger
from monitor.terminal.prompt import HERE, PROMPT, Prompt
from monitor.terminal.screen import Screen
from tests.build import FEED, NOW, book, card, hit, rule, state, story
from tests.errands import FakeErrands
from tests.fakes import FixedClock, inline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.core.model import CardView, Destination, RuleId

RULES = book(rule("defection", "defector", Level.FLASH))


class Typist:
    """Types the lines it was given, then ends the input; keeps the prompts it saw."""

    def __init__(self, *lines: str | Exception) -> None:
        self.lines = list(lines)
        self.prompts: list[str] = []

    def __call__(self, prompt: str) -> str:
        self.prompts.append(prompt)
        line = self.lines.pop(0) if self.lines else EOFError()
        if isinstance(line, Exception):
            raise line
        return line


class BrokenStore(MemoryStore):
    """A store that cannot list cards."""

    def cards(
        self,
        limit: int,
        before: int | None = None,
        rule: RuleId | None = None,
        viewer: Destination | None = None,
    ) -> tuple[CardView, ...]:
        message = "the disk is gone"
        raise StoreError(message)


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.sync_feeds([FEED], NOW)
    return made


def with_cards(store: MemoryStore, count: int) -> None:
    """So many cards, each owed to the terminal."""
    numbers = range(1, count + 1)
    link = "https://news.example/1"
    kept = tuple(Kept(story(f"A defector {n}", url=link), (hit("defection"),), n) for n in numbers)
    owed = tuple(Owed(n, HERE, Kind.ALERT, Level.ALERT) for n in numbers)
    store.save(Outcome(state(), NOW, kept, tuple(card(n) for n in numbers), owed))


def desk_over(store: MemoryStore) -> Desk:
    clock = FixedClock()
    return Desk(
        store=store,
        book=lambda: RULES,
        access=Mode.CLOSED,
        clock=clock,
        rules_problem=lambda: None,
        errands=FakeErrands(),
    )


async def typing(store: MemoryStore, *lines: str | Exception) -> str:
    """All that is on the screen after these lines were typed."""
    out = io.StringIO()
    typist = Typist(*lines)
    await asyncio.wait_for(Prompt(Screen(out), desk=desk_over(store), offload=inline, read=typist).run(), 5)
    assert set(typist.prompts) == {PROMPT}
    return out.getvalue()


def selectors(store: MemoryStore) -> Sequence[str]:
    return [each.selector for each in store.subscriptions(HERE)]


async def test_commands_are_answered_as_in_the_chat(store: MemoryStore) -> None:
    drawn = await typing(store, "/subscribe all", "/subs")
    assert "Subscribed" in drawn
    assert selectors(store) == ["all"]


@pytest.mark.parametrize("line", ["subscribe defection", "  /SUBSCRIBE   defection ", "/Subscribe defection"])
async def test_the_slash_and_the_case_may_be_left_out(store: MemoryStore, line: str) -> None:
    await typing(store, line)
    assert selectors(store) == ["defection"]


async def test_an_empty_line_asks_nothing(store: MemoryStore) -> None:
    assert await typing(store, "", "   ", "/") == ""


@pytest.mark.parametrize("last", ["/quit", "exit", EOFError(), OSError("no terminal any more")])
async def test_it_ends_when_told(store: MemoryStore, last: str | Exception) -> None:
    await typing(store, last, "/subscribe all")
    assert not selectors(store)


async def test_keys_that_are_no_text_are_passed_over(store: MemoryStore) -> None:
    garbled = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    await typing(store, garbled, "/subscribe all")
    assert selectors(store) == ["all"]


async def test_a_bug_costs_one_answer(caplog: pytest.LogCaptureFixture) -> None:
    drawn = await typing(BrokenStore(), "/latest", "/help")
    assert "went wrong" in drawn
    assert "/subscribe" in drawn
    assert "the disk is gone" in caplog.text


async def test_what_a_button_would_do_can_be_typed(store: MemoryStore) -> None:
    with_cards(store, 5)
    (older,) = [line for line in (await typing(store, "/latest 3")).splitlines() if "older:" in line]
    assert older.startswith("/latest 3 older:")
    drawn = await typing(store, older)
    assert ("#2\n" in drawn, "#1\n" in drawn, "#3\n" in drawn) == (True, True, False)


def alert(claimed: Claimed) -> Message:
    return cards.alert(claimed, UTC, NOW, {})


async def test_an_alert_is_drawn_as_the_chat_would_show_it(store: MemoryStore) -> None:
    with_cards(store, 1)
    out = io.StringIO()
    [claim] = store.claim(NOW, 60.0, 5)
    assert await TerminalMessenger(Screen(out), words=alert).deliver(claim) == Sent()
    drawn = out.getvalue()
    assert "A defector 1 <https://news.example/1>" in drawn
    assert "/why 1  Open: https://news.example/1" in drawn
    assert all(line.startswith("┃ ") for line in drawn.splitlines() if line)


async def test_an_update_says_that_it_is_one(store: MemoryStore) -> None:
    with_cards(store, 1)
    [claim] = store.claim(NOW, 60.0, 5)
    out = io.StringIO()
    update = replace(claim, delivery=replace(claim.delivery, kind=Kind.UPDATE))
    await TerminalMessenger(Screen(out), words=alert).deliver(update)
    assert out.getvalue().startswith("card 1, now:\n")


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


async def test_an_alert_makes_its_place_above_what_is_being_typed(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    out = Tty()
    screen = Screen(out)
    reading, go_on = threading.Event(), threading.Event()

    def read(prompt: str) -> str:
        reading.set()
        go_on.wait(5)
        raise EOFError

    running = asyncio.create_task(Prompt(screen, desk=desk_over(store), offload=inline, read=read).run())
    await asyncio.to_thread(reading.wait, 5)
    screen.alert(Message("ring"))
    go_on.set()
    await running
    drawn = out.getvalue()
    assert drawn.startswith("\r\x1b[K")
    assert drawn.endswith("\n\n" + PROMPT + typed())
    screen.show(Message("later"))
    assert out.getvalue().endswith("later\n\n")
