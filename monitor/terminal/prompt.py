"""A prompt that asks the desk: the same commands as in the chat, while alerts go on being printed.

Reading a line blocks, so it happens in a thread of its own, which ends with the process. The thread asks for
the next line only after the answer to the last one is on the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.chat import commands
from monitor.chat.message import Message
from monitor.core.access import Place, Rights
from monitor.core.model import Destination, Subscription
from monitor.desk.answers import Caller
from monitor.terminal.completion import completions
from monitor.terminal.lines import line_reader, typed
from monitor.terminal.saving import saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime, tzinfo

    from monitor.desk import Desk
    from monitor.ports import Offload, Store
    from monitor.terminal.screen import Screen

log = logging.getLogger(__name__)

PROMPT = "tocsin> "
ENDS = frozenset({"quit", "exit"})

HERE = Destination("terminal")
"""The terminal as a destination."""

SITTER = Caller(
    person="terminal:",
    name="you",
    rights=Rights(Place.TERMINAL, owner=True, chat_admin=True),
    here=HERE,
    title="this terminal",
)
"""Whoever sits at the terminal owns the process anyway."""

SORRY = Message("Sorry, that went wrong here; it is in the log.")


def sit_down(store: Store, now: datetime) -> None:
    """Whoever starts Tocsin without a token wants to see alerts: the terminal is subscribed to all, the first time."""
    if not store.subscriptions(HERE):
        store.subscribe(Subscription(HERE, "all", now, SITTER.person, SITTER.title))
    store.resume(HERE)


class Prompt:
    """Reads commands, lets the desk answer, draws the answers; until the end of input or /quit."""

    def __init__(
        self,
        screen: Screen,
        *,
        desk: Desk,
        offload: Offload,
        zone: tzinfo = UTC,
        read: Callable[[str], str] | None = None,
        history: Path | None = None,
    ) -> None:
        """Times are told in `zone`. `read` shows a prompt and returns a line, or raises EOFError.

        Without it lines are read from the terminal; `history` is the file where they are kept, None for nowhere.
        """
        self._screen = screen
        self._desk = desk
        self._offload = offload
        self._zone = zone
        self._read = read or line_reader(self.complete, history)
        self._waiting = False  # the prompt stands on the screen

    async def run(self) -> None:
        """Talk until there is nothing more to read."""
        self._screen.make_way(self._aside)
        while (line := await self._next_line()) is not None:
            name, _, arguments = line.strip().removeprefix("/").partition(" ")
            if name.lower() in ENDS:
                return
            if name:
                self._screen.show(saved(await self._answer(name.lower(), arguments.strip()), Path.cwd()))

    def complete(self, line: str) -> list[str]:
        """What a begun line may become; in any thread."""
        return completions(line, (*commands.COMMANDS, *ENDS), self._desk.office.book())

    async def _answer(self, name: str, arguments: str) -> Message:
        try:
            told = await self._offload(commands.begin, self._desk, SITTER, name, arguments, zone=self._zone)
            return told if isinstance(told, Message) else await told.finish(self._offload, self._show)
        except Exception:  # the border of the process: one bug must not end the conversation
            log.exception("/%s failed", name)
            return SORRY

    async def _show(self, progress: Message) -> None:
        self._screen.show(progress)

    async def _next_line(self) -> str | None:
        """The next line, None at the end of input."""
        loop = asyncio.get_running_loop()
        coming: asyncio.Future[str | None] = loop.create_future()

        def give(line: str | None) -> None:
            if not coming.done():
                coming.set_result(line)

        def wait() -> None:
            line: str | None = None
            try:
                line = self._read(PROMPT)
            except UnicodeDecodeError:
                line = ""  # keys that are no text
            except (EOFError, OSError):
                pass  # Ctrl-D, or the terminal went away
            with contextlib.suppress(RuntimeError):  # the loop was closed while nobody typed
                loop.call_soon_threadsafe(give, line)

        self._waiting = True
        # A daemon, not a pool's thread: nobody can wake it from its reading, and the process must be able to
        # end.
        threading.Thread(target=wait, name="prompt", daemon=True).start()
        try:
            return await coming
        finally:
            self._waiting = False

    @contextlib.contextmanager
    def _aside(self) -> Iterator[None]:
        """Take the prompt away, with what was typed so far, and put it back after something was drawn."""
        if not self._waiting or not self._screen.rich:
            yield
            return
        self._screen.raw("\r\x1b[K")
        yield
        self._screen.raw(PROMPT + typed())
