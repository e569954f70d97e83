"""How messages come to a chat: its zone, what makes no sound, caps, and the rest of what it may choose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.model import Manner, Preferences
from monitor.desk.answers import Caller, Forbidden, Target
from monitor.desk.office import Office, place

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.core.model import Destination, DigestWish, QuietHours


@dataclass(frozen=True, slots=True)
class Chosen:
    """All that a chat chose, with our own choice for the rest."""

    target: Target | None
    manner: Manner
    cap: int  # 0: none
    once: bool
    quiet: QuietHours | None
    digests: tuple[DigestWish, ...]
    language: str  # in which it is answered


class PreferencesDesk:
    """The questions about it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def zone(self, caller: Caller) -> ZoneInfo | None:
        """On whose clock times are told in the caller's chat; None if nobody chose."""
        return self._zone(caller.here)

    def chosen(self, caller: Caller, target: Target | None = None) -> Chosen | Forbidden:
        """All of it."""
        if refusal := self._office.refusal(Action.READ, caller, target):
            return refusal
        return self._told(caller, target)

    def prefer(self, caller: Caller, wish: Preferences, target: Target | None = None) -> Chosen | Forbidden:
        """Choose what is not None in `wish`. Another zone is that of quiet hours and digests, too."""
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        store, where = self._office.store, place(caller, target)
        store.prefer(where, wish)
        quiet = store.quiet(where)
        if wish.zone is not None and quiet is not None:
            store.set_quiet(where, replace(quiet, zone=wish.zone), self._office.clock())
        return self._told(caller, target)

    def send_once(self, caller: Caller, target: Target | None = None, *, once: bool) -> Chosen | Forbidden:
        """Repeat nothing there of which nobody knows whether it arrived; or do so again."""
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        self._office.store.send_once(place(caller, target), once=once)
        return self._told(caller, target)

    def speak(self, caller: Caller, language: str | None, target: Target | None = None) -> Chosen | Forbidden:
        """Speak this language there; None: that of whoever asks."""
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        self._office.store.set_language(place(caller, target), language)
        return self._told(caller, target)

    def _told(self, caller: Caller, target: Target | None) -> Chosen:
        store, where = self._office.store, place(caller, target)
        chosen, language = store.preferences(where), store.language(where)
        return Chosen(
            target,
            replace(Manner.of(chosen, language), zone=self._zone(where)),
            chosen.cap or 0,
            where in store.sends_once(),
            store.quiet(where),
            store.digests(where),
            language or ("" if target else caller.language),
        )

    def _zone(self, where: Destination) -> ZoneInfo | None:
        """What was chosen, else that of its quiet hours."""
        store = self._office.store
        quiet = store.quiet(where)
        return store.preferences(where).zone or (None if quiet is None else quiet.zone)


__all__ = ["Chosen", "PreferencesDesk"]
