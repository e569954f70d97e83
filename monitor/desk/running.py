"""What keeps Tocsin running, asked for in a chat: taking up the rules file, copying the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.access import Action

if TYPE_CHECKING:
    from monitor.desk.answers import Caller, Forbidden
    from monitor.desk.office import Office
    from monitor.ports import Errands


class RunningDesk:
    """For admins, and in the record."""

    def __init__(self, office: Office, errands: Errands) -> None:
        self._office = office
        self.errands = errands

    def may_run(self, caller: Caller) -> Forbidden | None:
        """None if the caller may do such things."""
        return self._office.refusal(Action.RUN, caller)

    def note(self, caller: Caller, kind: str, detail: str) -> None:
        """It was done."""
        self._office.note(caller, kind, detail)
