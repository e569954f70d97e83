"""Where flash alerts are repeated that nobody acknowledges: chosen, ended, and watched over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action, Refusal
from monitor.core.escalation import remaining, sensible
from monitor.core.model import Destination, Escalation
from monitor.desk.answers import Forbidden
from monitor.desk.office import place

if TYPE_CHECKING:
    from monitor.desk.answers import Caller, Target
    from monitor.desk.office import Office
    from monitor.ports import Clock, Store

LOOKED_BACK = timedelta(days=2)
"""Alerts older than that when we first see them ring nobody out of bed any more."""


@dataclass(frozen=True, slots=True)
class Escalates:
    """How it stands for a chat; None if nothing is repeated."""

    escalation: Escalation | None
    target: Target | None  # the chat it is about; None for the one the caller speaks in
    covered: bool  # whether its flash alerts are repeated by what was chosen for the whole chat


@dataclass(frozen=True, slots=True)
class SamePlace:
    """Alerts cannot be repeated where they come to already."""


@dataclass(frozen=True, slots=True)
class NotSensible:
    """Nobody can wait so short or so long."""


class EscalationDesk:
    """The part of the desk that knows where unanswered alerts go."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def shown(self, caller: Caller, target: Target | None = None) -> Escalates | Forbidden:
        """How it stands."""
        if refusal := self._office.refusal(Action.READ, caller, target):
            return refusal
        return self._stands(place(caller, target), target)

    def begin(
        self, caller: Caller, to: Target, after: timedelta, target: Target | None = None
    ) -> Escalates | SamePlace | NotSensible | Forbidden:
        """Repeat unacknowledged flash alerts of the caller's chat, or of `target`, in the chat `to`.

        Both have to be administered by the caller; what comes to them alone is theirs.
        """
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        if refusal := self._unreachable(caller, to):
            return refusal
        source = place(caller, target)
        if to.destination == source:
            return SamePlace()
        if not sensible(after):
            return NotSensible()
        title = target.title if target else caller.title
        seconds, now = int(after.total_seconds()), self._office.clock()
        wish = Escalation(source, to.destination, seconds, now, caller.person, title, to.title)
        self._office.store.set_escalation(source, wish)
        return self._stands(source, target)

    def end(self, caller: Caller, target: Target | None = None) -> Escalates | Forbidden:
        """Repeat nothing any more."""
        if refusal := self._office.refusal(Action.LEAVE, caller, target):
            return refusal
        self._office.store.set_escalation(place(caller, target), None)
        return self._stands(place(caller, target), target)

    def _unreachable(self, caller: Caller, to: Target) -> Forbidden | None:
        """Why nothing may be sent to that chat by the caller's wish."""
        if str(to.destination) == caller.person:
            return None if to.may_post else Forbidden(Refusal.CANNOT_POST, to)
        return self._office.refusal(Action.FOLLOW, caller, to)

    def _stands(self, source: Destination, target: Target | None) -> Escalates:
        own = self._office.store.escalation(source)
        if own is not None or source.topic is None:
            return Escalates(own, target, covered=False)
        whole = self._office.store.escalation(Destination(source.messenger, source.address))
        return Escalates(whole, target, covered=whole is not None)


class EscalationWatch:
    """Repeats what nobody acknowledged in time. Synchronous: runs in the thread of the store.

    How long an alert waits is measured by a clock that never jumps, from the first look at it; only what happened
    before this process began is told by the date.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._ends: dict[
            tuple[int, Destination, int], float
        ] = {}  # by card, chat, wait: seconds of that clock
        self._oldest = clock()  # of the alerts that wait, by date

    def look(self, seconds: float) -> int:
        """Repeat those whose time is over at `seconds` of a clock that never jumps; how many. Raises StoreError."""
        now = self._clock()
        waiting = self._store.unanswered(min(now, self._oldest) - LOOKED_BACK)
        ends: dict[tuple[int, Destination, int], float] = {}
        count = 0
        for each in waiting:
            key = (each.card, each.source, each.escalation.after)
            left = remaining(each.sent_at, each.escalation.after, now)
            end = self._ends.get(key, seconds + left)
            if seconds < end:
                ends[key] = end
            else:
                count += self._store.escalate(each, now)
        self._ends = ends
        self._oldest = min((each.sent_at for each in waiting), default=now)
        return count


__all__ = ["Escalates", "EscalationDesk", "EscalationWatch", "NotSensible", "SamePlace"]
