"""Mutes and quiet hours, and what they hold back, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from db.memory.outbox import Outbox
from db.memory.people import there
from db.promises import chat_of, inside
from monitor.core.model import Destination, Kind, Level, Mute, MuteKind, Outcome, QuietHours
from monitor.core.quiet import held_until


class Wishing:
    """The part of the store that keeps what people wish for themselves."""

    _outbox: Outbox

    def __init__(self) -> None:
        self._mutes: dict[tuple[Destination, MuteKind, str], Mute] = {}
        self._quiet: dict[Destination, QuietHours] = {}
        self._hushed: dict[tuple[int, Destination], str] = {}

    def mute(self, mute: Mute) -> None:
        """See `Store.mute`."""
        key = (mute.destination, mute.kind, mute.value)
        self._mutes.pop(key, None)
        self._mutes[key] = mute

    def unmute(self, destination: Destination, kind: MuteKind | None, value: str, now: datetime) -> int:
        """See `Store.unmute`."""
        self._mutes = {key: mute for key, mute in self._mutes.items() if mute.until > now}
        gone = [
            key for key in self._mutes if key[0] == destination and (kind is None or key[1:] == (kind, value))
        ]
        for key in gone:
            del self._mutes[key]
        return len(gone)

    def mutes(self, destination: Destination, now: datetime) -> tuple[Mute, ...]:
        """See `Store.mutes`."""
        theirs = (m for m in self._mutes.values() if m.destination == destination and m.until > now)
        return tuple(sorted(theirs, key=lambda mute: mute.until))

    def set_quiet(self, destination: Destination, quiet: QuietHours | None, now: datetime) -> int:
        """See `Store.set_quiet`."""
        self._quiet.pop(destination, None)
        if quiet is not None:
            self._quiet[destination] = quiet
        return self._outbox.hold_anew(
            destination, lambda level: None if quiet is None else held_until(quiet, level, now)
        )

    def _hold_due(self, now: datetime) -> None:
        """What is due in somebody's quiet hours waits on: owed before them, or not sent in between."""
        for quiet in self._quiet.values():
            self._outbox.hold_due(quiet.destination, partial(_until, quiet, now), now)

    def quiet(self, destination: Destination) -> QuietHours | None:
        """See `Store.quiet`."""
        return self._quiet.get(destination)

    def held(self, destination: Destination, now: datetime) -> int:
        """See `Store.held`."""
        return self._outbox.held(destination, now)

    def hushed(self, destination: Destination, cards: Iterable[int]) -> Mapping[int, str]:
        """See `Store.hushed`."""
        wanted = set(cards)
        return {
            card: why
            for (card, where), why in self._hushed.items()
            if where == destination and card in wanted
        }

    def _keep_wishes(self, outcome: Outcome) -> None:
        """What an outcome holds back, after its deliveries were put into the outbox. Harmless to repeat."""
        for owed in outcome.deliveries:
            if owed.kind is Kind.ALERT:
                self._hushed.pop((owed.card, owed.destination), None)
            self._outbox.hold(owed)
        for each in outcome.hushed:
            if each.destination not in self._outbox.told(each.card):
                self._hushed[each.card, each.destination] = each.why

    def _move_wishes(self, old: Destination, new: Destination) -> None:
        """What lies under a chat and its topics goes to another; what lies there already stays."""
        chat = chat_of(old)
        for mute in [each for each in self._mutes.values() if inside(each.destination, chat)]:
            del self._mutes[mute.destination, mute.kind, mute.value]
            moved = replace(mute, destination=there(mute.destination, new))
            self._mutes.setdefault((moved.destination, mute.kind, mute.value), moved)
        for place in [each for each in self._quiet if inside(each, chat)]:
            quiet = replace(self._quiet.pop(place), destination=there(place, new))
            self._quiet.setdefault(quiet.destination, quiet)
        for card, place in [each for each in self._hushed if inside(each[1], chat)]:
            self._hushed.setdefault((card, there(place, new)), self._hushed.pop((card, place)))


def _until(quiet: QuietHours, now: datetime, level: Level) -> datetime | None:
    return held_until(quiet, level, now)
