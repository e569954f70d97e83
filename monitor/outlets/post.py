"""The only home of Apprise: one notification to one address, in a thread of its own, with a time limit.

Apprise blocks, answers yes or no, and logs what went wrong, addresses and payloads among it. So its loggers are
cut off from ours: what it says is gathered per send, and leaves here only without secrets.
"""

from __future__ import annotations

import asyncio
import logging
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.outlets.addresses import hidden

if TYPE_CHECKING:
    from collections.abc import Iterator

LOGGERS = ("apprise", "requests", "urllib3", "markdown", "MARKDOWN")
"""What Apprise says something by, and what it uses; some of them tell addresses, at DEBUG."""

MOST_LINES = 50
"""Lines that are kept of one send."""

SHOWN = 160
"""Characters of a reason that people see."""

RAISED = "Socket Exception: "
"""How Apprise begins to tell of an exception."""

_CAUSE = re.compile(r"\[Errno -?\d+\] [^'\")]+|Read timed out|Connection aborted")


class BusyError(Exception):
    """The send before this one still hangs; nothing was sent."""


class SlowError(Exception):
    """It took too long; whether it arrived, nobody knows."""


class AddressError(Exception):
    """Apprise cannot read the address."""


class MissingError(Exception):
    """Apprise itself cannot be loaded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a send."""

    taken: bool
    said: str = ""  # what the library said of it, secrets among it: for judging, never to be shown
    shown: str = ""  # the same in short, without secrets


class Post:
    """Sends by Apprise; one send at a time for each name."""

    def __init__(self, patience: float) -> None:
        """`patience` is seconds for one send."""
        self._patience = patience
        self._threads: dict[str, threading.Thread] = {}

    async def send(self, name: str, address: str, title: str, body: str) -> Answer:
        """Send, and wait for the answer. Raises BusyError, SlowError, AddressError, MissingError.

        A thread cannot be killed: one that hangs is left alone, and blocks its own name until it ends.
        """
        before = self._threads.get(name)
        if before is not None and before.is_alive():
            raise BusyError
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Answer] = loop.create_future()

        def tell(answer: Answer | BaseException) -> None:
            if answered.done():
                return  # too late: nobody waits any more
            if isinstance(answer, BaseException):
                answered.set_exception(answer)
            else:
                answered.set_result(answer)

        def work() -> None:
            answer: Answer | BaseException
            try:
                answer = notify(address, title, body)
            except Exception as error:  # noqa: BLE001 - the border of the thread: whoever waits hears of it
                answer = _wrapped(error, address)
            with suppress(
                RuntimeError
            ):  # the loop is closed: Tocsin stops; the store marks this send as a repeat
                loop.call_soon_threadsafe(tell, answer)

        # A daemon, and not of a pool: a service that hangs must not keep the process from ending.
        thread = self._threads[name] = threading.Thread(target=work, name=f"outlet {name}", daemon=True)
        thread.start()
        try:
            async with asyncio.timeout(self._patience):
                return await answered
        except TimeoutError:
            raise SlowError from None


def notify(address: str, title: str, body: str) -> Answer:
    """One notification, in this thread. Raises AddressError, MissingError."""
    with _gathered() as said:
        try:
            # Imported here: it takes half a second and many megabytes, which only those pay who use it.
            import apprise  # noqa: PLC0415
        except ImportError as error:
            raise MissingError from error
        asset = apprise.AppriseAsset(
            app_id="Tocsin", app_desc="Tocsin", storage_mode="memory", async_mode=False
        )
        service = apprise.Apprise.instantiate(address, asset=asset)
        if not isinstance(service, apprise.NotifyBase):
            raise AddressError
        if "overflow=" not in address:
            service.overflow_mode = apprise.OverflowMode.SPLIT  # all of a long text, in as many as it takes
        taken = service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT)
    # Only these lines: at DEBUG the payload is told too, whose words are a stranger's.
    lines = [line for level, line in said if level >= logging.WARNING or line.startswith(RAISED)]
    return Answer(bool(taken), "\n".join(lines), _short(lines, address))


def _short(lines: list[str], address: str) -> str:
    """What was said, for people; of a nest of exceptions only the innermost."""
    told = [
        found[0] if line.startswith(RAISED) and (found := _CAUSE.search(line)) else line.removeprefix(RAISED)
        for line in lines
    ]
    return hidden("; ".join(told), address)[:SHOWN]


def _wrapped(error: Exception, address: str) -> AddressError | MissingError | Answer:
    if isinstance(error, (AddressError, MissingError)):
        return error
    words = f"{type(error).__name__}: {error}"
    return Answer(taken=False, said=words, shown=hidden(words, address)[:SHOWN])


class _Gatherer(logging.Handler):
    """Keeps what is said in one thread."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[tuple[int, str]] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, if it is ours and there is room."""
        if record.thread == self._thread and len(self.said) < MOST_LINES:
            self.said.append((record.levelno, record.getMessage()))


@contextmanager
def _gathered() -> Iterator[list[tuple[int, str]]]:
    """What the libraries say in this thread while it lasts; none of it goes to the log of the process."""
    gatherer = _Gatherer()
    loggers = [logging.getLogger(name) for name in LOGGERS]
    for logger in loggers:
        logger.propagate = False
        logger.addHandler(gatherer)
    loggers[0].setLevel(logging.DEBUG)  # only there the words of an exception stand
    try:
        yield gatherer.said
    finally:
        for logger in loggers:
            logger.removeHandler(gatherer)


__all__ = ["AddressError", "Answer", "BusyError", "MissingError", "Post", "SlowError", "notify"]
