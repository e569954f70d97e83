"""Who was let in and by whom, what was changed, and what a reader waits for alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.core.access import Role
from monitor.core.language import Query
from monitor.core.model.alerts import Destination, Subscription
from monitor.core.model.rules import Level, Rule, RuleId

WATCH = "watch-"
"""What the id of a personal rule begins with; its number follows. No rule of rules.yaml may be called so."""


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody holds; `who` is a person ("telegram:42") or a group whose members may read there."""

    who: str
    role: Role
    name: str  # as people know them
    by: str  # who gave it, for example "telegram:7"
    at: datetime


@dataclass(frozen=True, slots=True)
class Invite:
    """A code that lets one person in, once. Only its digest is ever kept."""

    digest: str  # SHA-256 of the code, in hexadecimal
    role: Role
    until: datetime
    by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Redeemed:
    """A code was good, and is used up now."""

    grant: Grant
    before: Role | None  # what they held until now; a code never takes a higher role away


@dataclass(frozen=True, slots=True)
class Spent:
    """A code that once was good: `used`, or else expired."""

    used: bool


@dataclass(frozen=True, slots=True)
class Deed:
    """Something was changed: one line of the audit trail, which only ever grows."""

    at: datetime
    by: str  # "telegram:42", "terminal:", or "bot" for itself
    name: str  # of that person, as people know them
    kind: str  # a word: grant, revoke, invite, rules, feed, setting, backup, watch
    detail: str  # one line for people; never a secret
    number: int = 0  # of ours, growing; given by the store


@dataclass(frozen=True, slots=True)
class Watch:
    """A personal rule: one chat waits for what a query matches, and nobody else sees anything of it."""

    number: int  # as people know it; given by the store, never used twice
    destination: Destination
    query: str  # in the language of the rules, without patterns
    by: str
    since: datetime
    ended: datetime | None = None  # its cards stay visible where they were told

    @property
    def id(self) -> RuleId:
        """Its name among the rules."""
        return RuleId(f"{WATCH}{self.number}")

    @property
    def subscription(self) -> Subscription:
        """Its chat waits for it; nobody else can."""
        return Subscription(self.destination, self.id, self.since, self.by)

    def rule(self, match: Query) -> Rule:
        """The rule for the matcher; `match` is its query, parsed."""
        return Rule(self.id, match, level=Level.ALERT, name=self.query)


def personal(rule: str) -> bool:
    """Whether a rule's id is that of a personal rule."""
    return rule.startswith(WATCH) and rule[len(WATCH) :].isdecimal()
