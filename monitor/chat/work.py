"""Work that takes its time: a command's answer in steps, so that nobody waits without knowing why.

A command that cannot answer at once returns a generator. Each of its steps runs in the thread that owns the
store, and between two of them everybody else has their turn. What it yields is either a message that shows how
far it came, which takes the place of the one before, or something to be awaited outside that thread; what it
returns is the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.chat.message import Message
from monitor.chat.tongue import speaking

if TYPE_CHECKING:
    from monitor.ports import Offload


@dataclass(frozen=True, slots=True)
class Abroad:
    """Something to be awaited in the event loop; the generator gets what it gives, or what it raises."""

    errand: Callable[[], Awaitable[object]]


Steps = Generator[Message | Abroad, Any, Message]
"""Progress and errands, and at the end the answer."""


@dataclass(frozen=True, slots=True)
class Work:
    """A command that is under way, in the language of whoever waits for it."""

    steps: Steps
    language: str

    async def finish(self, offload: Offload, show: Callable[[Message], Awaitable[None]]) -> Message:
        """Do all of it; `show` is given what stands in for the answer until then. Raises what a step raises."""
        given: object = None
        failed: Exception | None = None
        while True:
            told = await offload(self._step, given, failed)
            given, failed = None, None
            if isinstance(told, _Done):
                return told.answer
            if isinstance(told, Message):
                await show(told)
                continue
            try:
                given = await told.errand()
            except Exception as error:  # noqa: BLE001 - the generator is told, and says what it means
                failed = error

    def _step(self, given: object, failed: Exception | None) -> Message | Abroad | _Done:
        with speaking(self.language):
            try:
                return self.steps.send(given) if failed is None else self.steps.throw(failed)
            except StopIteration as end:
                return _Done(end.value)


@dataclass(frozen=True, slots=True)
class _Done:
    answer: Message
