"""What all parts of the desk share: the store, the rules in force, the time, and the one question of rights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.access import Action, may
from monitor.desk.answers import Caller, Forbidden, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.core.access import Mode
    from monitor.core.model import Destination, RuleBook
    from monitor.ports import Clock, Store


@dataclass(frozen=True, slots=True)
class Office:
    """The surroundings of the desk.

    `book` gives the rules in force; `rules_problem` the report of a failed reload since, or None.
    """

    store: Store
    book: Callable[[], RuleBook]
    access: Mode
    clock: Clock
    rules_problem: Callable[[], str | None]

    def refusal(self, action: Action, caller: Caller, target: Target | None = None) -> Forbidden | None:
        """None if the caller may do that, in the chat they speak in or in `target`."""
        reason = may(action, caller.rights, self.access, target.reach if target else None)
        return None if reason is None else Forbidden(reason, target)


def place(caller: Caller, target: Target | None) -> Destination:
    """The chat that a question is about."""
    return target.destination if target else caller.here
