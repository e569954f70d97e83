"""A bot at work while its disk is full, its database is held by another program, or cannot be written.

The disk is made full by SQLite's own limit of pages (the error is the same), the file system read-only by the
connection's switch for it, and the database is locked by another process that holds a transaction open.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType

from db.sqlite import SqliteStore
from monitor.core.errors import StoreError
from monitor.core.model import Claimed, Destination, Sent
from tests.build import CHAT, FEED, GROUP, NOW, minutes
from tests.contract.outcomes import LEASE, opened

LOCK = """
import sqlite3, sys
link = sqlite3.connect(sys.argv[1], isolation_level=None)
link.execute("begin immediate")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def full(store: SqliteStore) -> Iterator[None]:
    """Not a page more than there are."""
    link = store._link
    link.run(f"pragma max_page_count = {link.number('pragma page_count')}")
    try:
        yield
    finally:
        link.run("pragma max_page_count = 1073741823")


@contextmanager
def read_only(store: SqliteStore) -> Iterator[None]:
    """Nothing may be written."""
    store._link.run("pragma query_only = on")
    try:
        yield
    finally:
        store._link.run("pragma query_only = off")


@contextmanager
def locked(store: SqliteStore) -> Iterator[None]:
    """Another process is in the midst of a transaction."""
    command = [sys.executable, "-c", LOCK, str(store._link.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            other.kill()


HARDSHIPS: Mapping[str, Callable[[SqliteStore], AbstractContextManager[None]]] = MappingProxyType(
    {"disk full": full, "read-only file system": read_only, "database locked": locked}
)


@dataclass(slots=True)
class Work:
    """What became of it."""

    saved: int = 0
    refused: Counter[str] = field(default_factory=Counter)  # what the database said, without its path
    sends: Counter[tuple[int, Destination]] = field(default_factory=Counter)
    marked: int = 0  # sent again, marked
    unmarked: int = 0  # sent again without the mark
    slowest: float = 0.0  # seconds until a question was answered or a change refused
    lost: int = 0
    whole: bool = False


class Bot:
    """Saves one card after the other and sends what is owed; what is refused is tried again, as polling does."""

    def __init__(self, folder: Path, busy: float) -> None:
        self.store = SqliteStore.open(folder / "hard.db", NOW)
        self.store.sync_feeds([FEED], NOW)
        self.store._link.run(f"pragma busy_timeout = {int(busy * 1000)}")
        self.work = Work()

    def round(self) -> None:
        """One poll, one tick of delivery, one question."""
        work, store, number = self.work, self.store, self.work.saved + 1
        now = minutes(number)
        if self._tried(lambda: store.save(opened(number, CHAT, GROUP, at=now))):
            work.saved = number
        claimed: list[Claimed] = []
        self._tried(lambda: claimed.extend(store.claim(now, LEASE, 10)))
        self.send(claimed, now)
        self._timed(lambda: store.card(number))  # a question must never fail

    def send(self, claimed: Iterable[Claimed], now: datetime) -> None:
        """Send what was claimed, and write the receipts as far as that can be done."""
        for each in claimed:
            delivery = each.delivery
            alert = (delivery.card, delivery.destination)
            if alert in self.work.sends:
                self.work.marked += delivery.repeat
                self.work.unmarked += not delivery.repeat
            self.work.sends[alert] += 1
            self._tried(
                partial(self.store.settle, delivery.id, delivery.attempt, Sent(str(delivery.id)), now)
            )

    def _tried(self, change: Callable[[], object]) -> bool:
        """Whether a change was made."""
        try:
            self._timed(change)
        except StoreError as refused:
            self.work.refused[str(refused).replace(str(self.store._link.path), "it")] += 1
            return False
        return True

    def _timed(self, what: Callable[[], object]) -> None:
        begun = time.monotonic()
        try:
            what()
        finally:
            self.work.slowest = max(self.work.slowest, time.monotonic() - begun)

    def end(self) -> Work:
        """Send what is owed, count, and let go."""
        later = minutes(60 * 24 * 365)
        while claimed := self.store.claim(later, LEASE, 10):
            self.send(claimed, later)
        work, status = self.work, self.store.status()
        owed = {(number, to) for number in range(1, work.saved + 1) for to in (CHAT, GROUP)}
        work.lost = len(owed - work.sends.keys()) + abs(status.cards - work.saved) + status.owed
        checked = self.store._link.all("pragma integrity_check")
        work.whole = [row["integrity_check"] for row in checked] == ["ok"]
        self.store.close()
        return work


def endure(
    folder: Path, hardship: str, seconds: float, *, least: int = 1, busy: float = 5.0, pause: float = 0.0
) -> Work:
    """Work for a while, for `seconds` and `least` rounds under a hardship, and for a while again; send what is owed.

    `busy` is how long a statement waits for another program, in seconds, `pause` the time between two rounds.
    """
    bot = Bot(folder, busy)
    for _ in range(30):
        bot.round()
    bot.store.save(opened(31, CHAT, GROUP, at=minutes(31)))
    bot.work.saved = 31
    claimed = bot.store.claim(minutes(31), LEASE, 10)  # these sends are in flight when it begins
    with HARDSHIPS[hardship](bot.store):
        bot.send(claimed, minutes(31))
        ends = time.monotonic() + seconds
        while least > 0 or time.monotonic() < ends:
            least -= 1
            bot.round()
            time.sleep(pause)
    for _ in range(30):
        bot.round()
    return bot.end()
