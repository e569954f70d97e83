"""Keeps the pace of every chat while the process runs: `monitor.core.pacing` applied to what is sent and answered.

It holds values and no clock: `now` is seconds on a clock that never jumps, `date` the same moment for the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from monitor.core.model import Destination, Flood, Later, Receipt, Sent
from monitor.core.pacing import Line, Pace, Place, Rates, chat_of, is_group, kept, restored

FEW = 4
"""Messages waiting for their turn on a line: with no more than these, it takes further ones."""


SLACK = 1.0
"""Seconds by which a delivery that was put back is due before its chat is: else a younger one could overtake it."""


def due(wait: float) -> float:
    """After how many seconds a delivery is due whose chat waits for `wait` seconds."""
    return max(wait - SLACK, 0.0)


class Pacer:
    """Which chats rest, and until when."""

    def __init__(self, rates: Mapping[str, Rates]) -> None:
        """`rates` by Destination.messenger; one that is not named is paced by its refusals alone."""
        self._rates = rates
        self._places: dict[Destination, Place] = {}
        self._lines: dict[str, Line] = {}
        self._waiting: Counter[str] = Counter()
        self._flying: set[Destination] = set()
        self._kept: set[str] = set()

    def remember(
        self, paces: Iterable[Pace], sends: Mapping[Destination, datetime], now: float, date: datetime
    ) -> None:
        """Go on as the process before left it: what it learnt, and when it sent last to a chat."""
        for chat, at in sends.items():
            ago = now - max((date - at).total_seconds(), 0.0)
            self._places[chat] = self._place(chat).sent(ago, accepted=False)
            line = self._line(chat.messenger)
            if line.per_second is not None:
                self._lines[chat.messenger] = replace(line, held=max(line.held, ago + 1.0))
        for pace in paces:
            self._kept.add(pace.name)
            ready, heat = restored(pace, now, date)
            if ":" in pace.name:
                chat = Destination.read(pace.name)
                place = self._place(chat)
                self._places[chat] = replace(place, ready=max(ready, place.ready), heat=heat)
            else:
                line = self._line(pace.name)
                self._lines[pace.name] = replace(line, held=max(ready, line.held), heat=heat)

    def resting(self, now: float) -> frozenset[Destination]:
        """Where nothing may be sent now: chats, and whole messengers (as destinations without address)."""
        self._places = {chat: place for chat, place in self._places.items() if not place.idle(now)}
        places = {chat for chat, place in self._places.items() if place.ready > now}
        lines = {
            Destination(name) for name, line in self._lines.items() if line.held > now or self.full(name)
        }
        return frozenset(places | lines | self._flying)

    def full(self, messenger: str) -> bool:
        """Whether enough messages wait for their turn."""
        return self._waiting[messenger] > FEW

    def next_ready(self, now: float) -> float | None:
        """When the next chat or messenger stops resting."""
        moments = [line.held for line in self._lines.values()]
        moments += [p.ready for chat, p in self._places.items() if not self.full(chat.messenger)]
        return min((moment for moment in moments if moment > now), default=None)

    def queue(self, destination: Destination) -> None:
        """A message was claimed and waits for its turn."""
        self._flying.add(chat_of(destination))
        self._waiting[destination.messenger] += 1

    def opens(self, messenger: str, now: float) -> float:
        """When the next message may go out by a messenger."""
        return self._line(messenger).opens(now)

    def start(self, destination: Destination, now: float) -> int:
        """The message goes out; gives its number."""
        self._waiting[destination.messenger] -= 1
        line = self._lines[destination.messenger] = self._line(destination.messenger).started(now)
        return line.last

    def leave(self, destination: Destination) -> None:
        """The message gives up its turn."""
        self._waiting[destination.messenger] -= 1

    def done(self, destination: Destination) -> None:
        """The chat has nothing in flight any more."""
        self._flying.discard(chat_of(destination))

    def answered(
        self, destination: Destination, number: int, receipt: Receipt, now: float, date: datetime
    ) -> tuple[Receipt, tuple[Pace, ...]]:
        """The answer to a message: the receipt with the wait that we choose, and what is to be kept of it."""
        chat, messenger = chat_of(destination), destination.messenger
        accepted, before = isinstance(receipt, Sent), self._line(messenger)
        line = before.landed(now, number, accepted=accepted)
        place = self._place(chat).sent(now, accepted=accepted)
        flood = receipt.flood if isinstance(receipt, Later) else None
        if isinstance(receipt, Later) and flood is Flood.CHAT:
            place = place.flooded(now, receipt.after)
            line = line.chat_flooded(now, str(chat), receipt.after)
            receipt = replace(receipt, after=due(place.ready - now))
        elif isinstance(receipt, Later) and flood is Flood.BOT:
            line = line.flooded(now, receipt.after)
            receipt = replace(receipt, after=due(line.held - now))
        self._places[chat], self._lines[messenger] = place, line
        learnt = [
            kept(name, ready if news else now, heat, now, date)
            for name, ready, heat, news in (
                (str(chat), place.ready, place.heat, flood is Flood.CHAT),
                (messenger, line.held, line.heat, line.held != before.held),
            )
            if self._keeps(name, news=news, heat=heat.now(now))
        ]
        return receipt, tuple(learnt)

    def _keeps(self, name: str, *, news: bool, heat: float) -> bool:
        """Whether the store is to hear of it: something new, or that it cooled down."""
        if news:
            self._kept.add(name)
            return True
        if heat or name not in self._kept:
            return False
        self._kept.discard(name)
        return True

    def _place(self, chat: Destination) -> Place:
        """What is known of a chat."""
        found = self._places.get(chat)
        if found is not None:
            return found
        rates = self._rates.get(chat.messenger, Rates())
        return Place(rates.group if is_group(chat) else rates.chat)

    def _line(self, messenger: str) -> Line:
        """What is known of a messenger."""
        return self._lines.get(messenger) or Line(self._rates.get(messenger, Rates()).per_second)
