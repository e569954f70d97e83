"""Who was let in and as what: roles, invitations, and the trail of what was changed."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action, Mode, Place, Role
from monitor.core.model import Deed, Destination, Grant, Invite, Redeemed, Spent
from monitor.desk.answers import Forbidden
from monitor.desk.office import group_of

if TYPE_CHECKING:
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

GOOD_FOR = timedelta(days=2)
"""How long an invitation is good unless told otherwise."""

LONGEST = timedelta(days=30)

CODE_BYTES = 24
"""Of randomness: 32 characters of those that a deep link may carry (at most 64 of A-Z a-z 0-9 _ -)."""

MOST_INVITES = 50
"""Invitations that may be open at a time."""

DEEDS = 10
"""Lines of the audit trail in one answer."""

BOT = "bot"
"""Who makes the code for the first owner."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a role is given to or taken from: "telegram:42", or a group by its id."""

    who: str
    name: str

    @property
    def chat(self) -> Destination:
        """Their chat: that of a person is private."""
        return Destination.read(self.who)


@dataclass(frozen=True, slots=True)
class Invited:
    """A code that lets one person in."""

    code: str
    role: Role
    until: datetime


@dataclass(frozen=True, slots=True)
class TooHigh:
    """One gives and takes only roles below one's own; owners any."""

    role: Role


@dataclass(frozen=True, slots=True)
class TooMany:
    """So many invitations are open already."""

    most: int


@dataclass(frozen=True, slots=True)
class Granted:
    """Somebody holds a role now; `before` is what they held."""

    person: Person
    role: Role
    before: Role | None


@dataclass(frozen=True, slots=True)
class Revoked:
    """Somebody holds no role any more; `role` is what they held, None if nothing."""

    person: Person
    role: Role | None
    ended: int  # subscriptions and personal rules of their private chat that ended with it


@dataclass(frozen=True, slots=True)
class LastOwner:
    """Somebody has to own the bot."""


@dataclass(frozen=True, slots=True)
class Held:
    """Who holds what, and how many invitations are open."""

    grants: tuple[Grant, ...]
    invites: tuple[Invite, ...]


@dataclass(frozen=True, slots=True)
class Trail:
    """What was changed, the newest first."""

    deeds: tuple[Deed, ...]
    older: int | None  # ask for those before this number


class RolesDesk:
    """Lets people in, and tells who changed what."""

    def __init__(self, office: Office, *, owned: bool = True) -> None:
        """`owned` says whether the setting OWNERS names anybody."""
        self._office = office
        self._owned = owned

    def invite(
        self, caller: Caller, role: Role, good_for: timedelta = GOOD_FOR
    ) -> Invited | TooHigh | TooMany | Forbidden:
        """Make a code that gives one person a role, once, within that time."""
        if refusal := self._refusal(caller, role):
            return refusal
        now = self._office.clock()
        if len(self._office.store.invites(now)) >= MOST_INVITES:
            return TooMany(MOST_INVITES)
        made = self._code(role, now + min(good_for, LONGEST), caller.person)
        self._office.note(caller, "invite", f"an invitation for one {role}")
        return made

    def claim(self) -> Invited | None:
        """A code for the first owner, in place of the last one; None if somebody owns the bot."""
        store, now = self._office.store, self._office.clock()
        if self._owned or any(each.role is Role.OWNER for each in store.grants()):
            return None
        for each in store.invites(now):
            if each.by == BOT:
                store.drop_invite(each.digest)
        return self._code(Role.OWNER, now + GOOD_FOR, BOT)

    def redeem(self, caller: Caller, code: str) -> Redeemed | Spent | None:
        """Use a code up, in a private chat; None if there is no such code."""
        if caller.rights.place is not Place.PRIVATE or caller.rights.anonymous:
            return None
        store, now = self._office.store, self._office.clock()
        told = store.redeem(_digest(code), caller.person, caller.name, now)
        if isinstance(told, Redeemed):
            self._office.note(
                caller, "grant", f"came in as {told.grant.role} by an invitation of {told.grant.by}"
            )
        return told

    def grant(self, caller: Caller, person: Person, role: Role) -> Granted | TooHigh | LastOwner | Forbidden:
        """Give somebody a role, in place of what they hold."""
        store = self._office.store
        before = store.role(person.who)
        if refusal := self._refusal(caller, role, before):
            return refusal
        if self._is_last(person.who) and role is not Role.OWNER:
            return LastOwner()
        store.grant(Grant(person.who, role, person.name, caller.person, self._office.clock()))
        self._office.note(caller, "grant", f"{_called(person)} is {role} now")
        return Granted(person, role, before)

    def revoke(self, caller: Caller, person: Person) -> Revoked | TooHigh | LastOwner | Forbidden:
        """Take somebody's role away. Unless the bot is open, nothing comes to their private chat any more."""
        store = self._office.store
        before = store.role(person.who)
        if refusal := self._refusal(caller, before or Role.READER):
            return refusal
        if self._is_last(person.who):
            return LastOwner()
        if store.revoke(person.who) is None:
            return Revoked(person, None, 0)
        ended = 0
        if self._office.access is not Mode.OPEN:
            ended = store.unsubscribe(person.chat, None)
            for watch in store.watches(person.chat):
                ended += store.end_watch(person.chat, watch.number, self._office.clock())
        self._office.note(caller, "revoke", f"{_called(person)} is no longer {before}")
        return Revoked(person, before, ended)

    def let_in(self, caller: Caller, *, let: bool = True) -> Granted | Revoked | Forbidden:
        """Everybody in the caller's group may read there, or no longer; said in that group by one of its admins."""
        seen = replace(caller, rights=replace(self._office.rights(caller), place=Place.PRIVATE))
        if refusal := self._office.refusal(Action.GRANT, seen) or self._office.refusal(Action.LEAVE, caller):
            return refusal
        store, group = self._office.store, Person(group_of(caller), caller.title)
        before = store.role(group.who)
        if let:
            store.grant(Grant(group.who, Role.READER, group.name, caller.person, self._office.clock()))
            self._office.note(caller, "grant", f"everybody in {_called(group)} may read there")
            return Granted(group, Role.READER, before)
        if store.revoke(group.who) is not None:
            self._office.note(caller, "revoke", f"people in {_called(group)} may no longer read there")
        return Revoked(group, before, 0)

    def held(self, caller: Caller) -> Held | Forbidden:
        """Who holds what."""
        if refusal := self._office.refusal(Action.GRANT, caller):
            return refusal
        store = self._office.store
        return Held(store.grants(), store.invites(self._office.clock()))

    def audit(self, caller: Caller, count: int = DEEDS, before: int | None = None) -> Trail | Forbidden:
        """Who changed what, the newest first."""
        if refusal := self._office.refusal(Action.GRANT, caller):
            return refusal
        wanted = min(max(count, 1), 2 * DEEDS)
        deeds = self._office.store.audited(wanted + 1, before)
        return Trail(deeds[:wanted], deeds[wanted - 1].number if len(deeds) > wanted else None)

    def _code(self, role: Role, until: datetime, by: str) -> Invited:
        code = secrets.token_urlsafe(CODE_BYTES)
        self._office.store.keep_invite(Invite(_digest(code), role, until, by, self._office.clock()))
        return Invited(code, role, until)

    def _refusal(self, caller: Caller, *roles: Role | None) -> Forbidden | TooHigh | None:
        """Why the caller may not give, or take, these roles."""
        if refusal := self._office.refusal(Action.GRANT, caller):
            return refusal
        own = self._office.role(caller)
        high = [role for role in roles if role is not None and role.reaches(Role.ADMIN)]
        return TooHigh(high[0]) if high and own is not Role.OWNER else None

    def _is_last(self, who: str) -> bool:
        """Whether nobody would own the bot without them."""
        owners = {each.who for each in self._office.store.grants() if each.role is Role.OWNER}
        return not self._owned and owners == {who}


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def _called(person: Person) -> str:
    return f"{person.name} ({person.who})" if person.name else person.who
