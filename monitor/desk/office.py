"""What all parts of the desk share: the store, the rules in force, the time, and the one question of rights."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.core.access import Action, Mode, Place, Role, may
from monitor.core.model import Deed, Destination
from monitor.desk.answers import Caller, Forbidden, Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.core.access import Rights
    from monitor.core.model import RuleBook
    from monitor.ports import Clock, Store


@dataclass(frozen=True, slots=True)
class Limits:
    """What those may have who only read; editors know what they do."""

    subscriptions: int = 50  # of one chat, where the bot is open to everybody
    watches: int = 10  # personal rules of one chat
    searches: int = 60  # of one person in an hour, where the bot is open to everybody


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
    limits: Limits = Limits()

    def refusal(self, action: Action, caller: Caller, target: Target | None = None) -> Forbidden | None:
        """None if the caller may do that, in the chat they speak in or in `target`."""
        reason = may(action, self.rights(caller), self.access, target.reach if target else None)
        return None if reason is None else Forbidden(reason, target)

    def rights(self, caller: Caller) -> Rights:
        """What is known of the caller, with the role that they were granted.

        Nobody can see who an anonymous admin is, so they are no more than a reader; and so is, in a group that
        was let in, everybody who was granted nothing.
        """
        rights = caller.rights
        if rights.owner or rights.role is not None:
            return rights
        role = None if rights.anonymous else self.store.role(caller.person)
        if role is None and rights.place is Place.GROUP and self.store.role(group_of(caller)) is not None:
            role = Role.READER
        return replace(rights, role=role)

    def role(self, caller: Caller) -> Role | None:
        """The role that counts; None for somebody who was not let in."""
        return self.rights(caller).role_in(self.access)

    def limited(self, caller: Caller) -> bool:
        """Whether the caller only reads, so that `limits` hold for them."""
        role = self.role(caller)
        return role is None or not role.reaches(Role.EDITOR)

    def note(self, caller: Caller, kind: str, detail: str) -> None:
        """Write into the audit trail that the caller changed something; `detail` is one line, without secrets."""
        self.store.audit(Deed(self.clock(), caller.person, caller.name, kind, detail))


def place(caller: Caller, target: Target | None) -> Destination:
    """The chat that a question is about."""
    return target.destination if target else caller.here


def group_of(caller: Caller) -> str:
    """The chat that the caller speaks in, without its topic, as roles are kept under it."""
    return str(replace(caller.here, topic=None))
