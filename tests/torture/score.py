"""What was served, held against what arrived: nothing lost, nothing doubled in silence."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from db import open_reader
from monitor.chat.cards import REPEAT
from monitor.core.model import DeliveryState
from tests.flow.site import Item

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

    from tests.botapi import Chat
    from tests.flow.process import Stage

LETTERS = "abdefgiklmnoprstuvz"


@dataclass
class Score:
    """The figures of one run, and what went wrong, a line each."""

    rounds: int = 0
    killed_amid: int = 0  # sends in flight at all kills together
    faults: int = 0  # sends whose answer a fault made unclear
    wanted: int = 0  # stories times chats
    arrived: int = 0  # of those, told at least once
    given_up: int = 0  # of those, not told but listed with a reason
    doubled: int = 0  # copies beyond the first
    lost: list[str] = field(default_factory=list)  # neither told nor listed
    unmarked: list[str] = field(
        default_factory=list
    )  # copies beyond the first that do not say that they may be
    doubled_once: list[str] = field(default_factory=list)  # copies where each is wanted at most once
    broken: list[str] = field(default_factory=list)  # rounds after which the database was not whole
    rejected: list[str] = field(default_factory=list)  # requests that Telegram does not know

    @property
    def excused(self) -> int:
        """How many copies there may be: one for each send of which nobody could know."""
        return self.killed_amid + self.faults

    def line(self) -> str:
        """The figures in words."""
        return (
            f"{self.rounds} kills amid {self.killed_amid} sends, {self.faults} sends made unclear: "
            f"{self.wanted} alerts wanted, {self.arrived} arrived, {self.given_up} given up and listed, "
            f"{len(self.lost)} lost, {self.doubled} copies of which {len(self.unmarked)} unmarked"
        )


def story(dice: random.Random, number: int) -> Item:
    """A story like no other: its first word names it."""
    words = ["".join(dice.choices(LETTERS, k=9)) for _ in range(7)]
    return Item(f"x{number}x {' '.join(words)} flood")


def in_flight(stage: Stage) -> int:
    """How many sends a bot that was killed had begun and not settled."""
    with closing(open_reader(str(stage.database))) as store:
        return len(store.outbox(1000, [DeliveryState.SENDING]))


def fault_of(stage: Stage) -> str | None:
    """What SQLite finds wrong in the database, or None."""
    with closing(sqlite3.connect(f"file:{stage.database}?mode=ro", uri=True)) as link:
        found: str = link.execute("pragma integrity_check").fetchone()[0]
    return None if found == "ok" else found


def settle(
    score: Score, stage: Stage, stories: Sequence[Item], chats: Sequence[Chat], once: Sequence[Chat]
) -> None:
    """Fill in what became of every story in every chat, `once` among them."""
    names = {item.title.split()[0] for item in stories}
    listed = dead(stage, names)
    for chat in chats:
        told: Counter[str] = Counter()
        for message in chat.messages:
            for name in names.intersection(message.text.split()):
                told[name] += 1
                if told[name] > 1 and REPEAT not in message.text:
                    score.unmarked.append(f"{name} in {chat.id}")
        score.wanted += len(names)
        score.arrived += len(told)
        score.doubled += told.total() - len(told)
        for name in sorted(names - told.keys()):
            if (str(chat.id), name) in listed:
                score.given_up += 1
            else:
                score.lost.append(f"{name} in {chat.id}")
        if chat in once:
            score.doubled_once += [f"{name} in {chat.id}" for name, count in told.items() if count > 1]
    score.rejected = [f"{request.method}: {request.description}" for request in stage.api.rejected]


def dead(stage: Stage, names: set[str]) -> set[tuple[str, str]]:
    """Chat and name of all that was given up, and has a reason."""
    with closing(open_reader(str(stage.database))) as store:
        return {
            (entry.delivery.destination.address, name)
            for entry in store.outbox(100_000, [DeliveryState.DEAD])
            if entry.delivery.reason and (view := store.card(entry.delivery.card)) is not None
            for name in names.intersection(view.stories[0].story.title.split())
        }
