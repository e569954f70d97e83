"""Personal rules, in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from db.memory.outbox import Outbox
from db.memory.people import there
from db.promises import chat_of, inside
from monitor.core.model import Destination, RuleId, Watch


class Watching:
    """The part of the store that keeps them."""

    _outbox: Outbox

    def __init__(self) -> None:
        super().__init__()
        self._watches: dict[int, Watch] = {}

    def add_watch(self, destination: Destination, query: str, by: str, now: datetime) -> Watch:
        """See `Store.add_watch`."""
        self._outbox.suspended.pop(destination, None)
        watch = Watch(len(self._watches) + 1, destination, query, by, now)
        self._watches[watch.number] = watch
        return watch

    def end_watch(self, destination: Destination, number: int, now: datetime) -> bool:
        """See `Store.end_watch`."""
        watch = self._watches.get(number)
        if watch is None or watch.destination != destination or watch.ended is not None:
            return False
        self._watches[number] = replace(watch, ended=now)
        return True

    def watches(self, destination: Destination | None = None) -> tuple[Watch, ...]:
        """See `Store.watches`."""
        return tuple(
            each
            for each in self._watches.values()
            if each.ended is None and destination in (None, each.destination)
        )

    def _rules_of(self, viewer: Destination | None) -> frozenset[RuleId]:
        """The personal rules of a destination, also those that ended; none for nobody."""
        return frozenset(each.id for each in self._watches.values() if each.destination == viewer)

    def _move_watches(self, old: Destination, new: Destination) -> None:
        """Those of a chat and its topics follow it."""
        for number, each in self._watches.items():
            if inside(each.destination, chat_of(old)):
                self._watches[number] = replace(each, destination=there(each.destination, chat_of(new)))
