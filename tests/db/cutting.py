"""Power cuts: a database and its write-ahead log as a disk may hold them when the lights go out, at any write.

What is recorded is a bot at work: stories hit, alerts are claimed, sent and settled. With synchronous FULL a commit
is on the disk when it returns, so at a cut the disk holds the log up to some write, that write torn perhaps; and
while a checkpoint runs, the whole log and some of the pages that it copies.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from db.sqlite import SqliteStore
from monitor.core.model import Destination, Kind, Sent
from tests.build import CHAT, FEED, GROUP, NOW, minutes
from tests.contract.outcomes import LEASE, grown, opened

HEADER = 32
"""Bytes before the first frame of a write-ahead log (https://www.sqlite.org/fileformat.html#walformat)."""

PAGE = 4096
FRAME = 24 + PAGE
CHATS = (CHAT, GROUP, Destination("telegram", "-1002", 7))

Alert = tuple[int, Destination]
"""Which card, to whom."""


@dataclass(slots=True)
class Recording:
    """A bot at work, and at which length of its log what was true."""

    base: bytes = b""  # the database before
    log: bytes = b""
    done: bytes = b""  # the database after a checkpoint
    saved: list[tuple[int, Alert]] = field(default_factory=list)  # owed since
    sent: list[tuple[int, Alert]] = field(
        default_factory=list
    )  # sent at the earliest then: its claim was committed
    settled: list[tuple[int, Alert]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Disk:
    """What a disk holds after a cut."""

    name: str
    base: bytes
    log: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What was wrong after a cut; all empty if the promise held."""

    damage: str = ""
    lost: frozenset[Alert] = frozenset()  # owed by what was committed, and never sent
    unmarked: frozenset[Alert] = frozenset()  # sent before the cut and again after it, without the mark
    needless: frozenset[Alert] = frozenset()  # sent again although its receipt was committed
    work: int = 0  # committed saves that are missing, or uncommitted ones that are there
    marked: int = 0  # sent again, marked: what was in flight

    @property
    def well(self) -> bool:
        """Whether the promise held."""
        return not (self.damage or self.lost or self.unmarked or self.needless or self.work)


def record(folder: Path, seed: int, cards: int) -> Recording:
    """Have a bot work on `cards` cards; the log is kept whole, as if no checkpoint had come."""
    chance = random.Random(seed)  # noqa: S311 - a seeded test
    path = folder / "recorded.db"
    store = SqliteStore.open(path, NOW)
    store.sync_feeds([FEED], NOW)
    store._link.run("pragma wal_checkpoint(truncate)")
    store._link.run("pragma wal_autocheckpoint = 0")
    made = Recording(base=path.read_bytes())
    log = path.with_name("recorded.db-wal")
    for number in range(1, cards + 1):
        to = chance.sample(CHATS, chance.randint(1, len(CHATS)))
        store.save(opened(number, *to, at=minutes(number)))
        made.saved += [(log.stat().st_size, (number, each)) for each in to]
        if chance.random() < 0.3:
            store.save(grown(number, f"more of {number}", at=minutes(number), to=to[0]))
        for _ in range(chance.randint(0, 3)):
            for claimed in store.claim(minutes(number), LEASE, chance.randint(1, 3)):
                delivery = claimed.delivery
                alert = (delivery.card, delivery.destination)
                if delivery.kind is Kind.ALERT:
                    made.sent.append((log.stat().st_size, alert))
                store.settle(delivery.id, delivery.attempt, Sent(str(delivery.id)), minutes(number))
                if delivery.kind is Kind.ALERT:
                    made.settled.append((log.stat().st_size, alert))
    made.log = log.read_bytes()
    store._link.run("pragma wal_checkpoint(truncate)")
    made.done = path.read_bytes()
    store.close()
    return made


def cuts(made: Recording, seed: int, count: int) -> Iterator[tuple[int, Disk]]:
    """Cuts with the length of the log that is whole on them: four fifths in the log, one in the checkpoint."""
    chance = random.Random(seed)  # noqa: S311 - a seeded test
    frames = (len(made.log) - HEADER) // FRAME
    pages = [
        at for at in range(0, len(made.done), PAGE) if made.done[at : at + PAGE] != made.base[at : at + PAGE]
    ]
    for number in range(count):
        if number % 5 == 4:
            written = chance.randint(0, len(pages))
            yield len(made.log), Disk(f"checkpoint, {written} pages", _pages(made, pages[:written]), made.log)
            continue
        length = HEADER + FRAME * chance.randint(0, frames)
        torn = min(chance.choice((0, 0, 1, 23, 24, 600, FRAME - 1)), len(made.log) - length)
        yield length, Disk(f"log, {length} bytes and {torn} torn", made.base, made.log[: length + torn])


def _pages(made: Recording, written: list[int]) -> bytes:
    """The database with some pages of the checkpoint written."""
    end = max((at + PAGE for at in written), default=0)
    disk = bytearray(made.base.ljust(end, b"\0"))
    for at in written:
        disk[at : at + PAGE] = made.done[at : at + PAGE]
    return bytes(disk)


def after(made: Recording, length: int, disk: Disk, folder: Path) -> Found:
    """Start the bot on what the disk holds, have it send what it owes, and compare with what was promised."""
    path = folder / "cut.db"
    path.write_bytes(disk.base)
    path.with_name("cut.db-wal").write_bytes(disk.log)
    store = SqliteStore.open(path, NOW)
    try:
        found = [row["integrity_check"] for row in store._link.all("pragma integrity_check")]
        if found != ["ok"]:
            return Found(damage="; ".join(found))
        owed = {alert for at, alert in made.saved if at <= length}
        there = {number for number, _ in owed}
        work = store.status().cards - len(there)
        now = minutes(60 * 24)
        store.recover(now)
        again: dict[Alert, bool] = {}
        while claimed := store.claim(now, LEASE, 10):
            for each in claimed:
                if each.delivery.kind is Kind.ALERT:
                    again[each.delivery.card, each.delivery.destination] = each.delivery.repeat
                store.settle(each.delivery.id, each.delivery.attempt, Sent(str(each.delivery.id)), now)
        sent = {alert for at, alert in made.sent if at <= length}
        settled = {alert for at, alert in made.settled if at <= length}
        return Found(
            lost=frozenset(owed - sent - again.keys()),
            unmarked=frozenset(alert for alert in sent & again.keys() if not again[alert]),
            needless=frozenset(settled & again.keys()),
            work=work,
            marked=sum(again.values()),
        )
    finally:
        store.close()
        for file in folder.glob("cut.db*"):
            file.unlink()
