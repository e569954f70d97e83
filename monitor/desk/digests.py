"""Digests of a chat: what is gathered for it, when that comes, and what stood in the last ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.model import DigestWish, Level, Preferences
from monitor.desk.answers import ALL, Caller, Forbidden, Target, UnknownRule
from monitor.desk.names import nearest, same
from monitor.desk.office import Office, place
from monitor.desk.wishes import selectors

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from monitor.core.model import CardView, Digest, Schedule, Waiting

PAGE = 10
"""Cards on one page of what stood in a digest."""


@dataclass(frozen=True, slots=True)
class Digests:
    """What is gathered for a chat."""

    target: Target | None
    wishes: tuple[DigestWish, ...]
    waiting: tuple[Waiting, ...]
    zone: ZoneInfo | None  # None: nobody chose one
    follows: bool  # whether anything is subscribed there
    changed: DigestWish | None = None  # what was just asked for
    let_go: int = 0  # cards that come now because of it


@dataclass(frozen=True, slots=True)
class SentNow:
    """What was gathered comes now, out of turn."""

    target: Target | None
    cards: int
    wishes: tuple[DigestWish, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of the cards of a digest or summary."""

    digest: Digest
    page: int
    pages: int
    cards: tuple[CardView, ...]


@dataclass(frozen=True, slots=True)
class NoDigest:
    """There is none of that number for this chat."""

    number: int


class DigestDesk:
    """The questions about them."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def digests(self, caller: Caller, target: Target | None = None) -> Digests | Forbidden:
        """What is gathered for a chat, and when it comes."""
        if refusal := self._office.refusal(Action.READ, caller, target):
            return refusal
        return self._told(caller, target)

    def set(
        self,
        caller: Caller,
        schedule: Schedule | None,
        selector: str,
        zone: ZoneInfo,
        target: Target | None = None,
    ) -> Digests | UnknownRule | Forbidden:
        """Gather what a selector means by a schedule; without one it comes at once.

        `zone` is the reader's; it becomes the chat's where nobody chose one. "all" without a schedule ends every
        digest; what was gathered and is waited for no longer comes now.
        """
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        store, where = self._office.store, place(caller, target)
        known = (*selectors(self._office.book()), *(f"level:{level.word}" for level in Level))
        meant = same(selector, known)
        if meant is None:
            offered = tuple(dict.fromkeys(known[1:]))
            return UnknownRule(selector, nearest(selector, known), offered)
        wish = DigestWish(where, meant, schedule)
        if schedule is not None:
            if store.preferences(where).zone is None:
                store.prefer(where, Preferences(zone=zone))
            store.set_digest(wish)
        elif meant == ALL:
            store.drop_digests(where, None)
        else:
            store.set_digest(wish)
            if not any(each.schedule for each in store.digests(where)):
                store.drop_digests(where, None)
        return self._told(caller, target, wish)

    def send(self, caller: Caller, target: Target | None = None) -> SentNow | Forbidden:
        """Let what was gathered come now."""
        if refusal := self._office.refusal(Action.FOLLOW, caller, target):
            return refusal
        store, where = self._office.store, place(caller, target)
        count = store.send_digest(where, self._office.clock())
        return SentNow(target, count, store.digests(where))

    def listed(self, caller: Caller, number: int, page: int) -> Listed | NoDigest | Forbidden:
        """What stood in a digest of the caller's chat, page by page; those that its messages only counted, too."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        store = self._office.store
        digest = store.digest(number)
        if digest is None or digest.destination != caller.here:
            return NoDigest(number)
        pages = max(-(-len(digest.cards) // PAGE), 1)
        shown = min(max(page, 1), pages)
        numbers = digest.cards[(shown - 1) * PAGE : shown * PAGE]
        views = (store.card(each, caller.here) for each in numbers)
        return Listed(digest, shown, pages, tuple(view for view in views if view is not None))

    def _told(self, caller: Caller, target: Target | None, changed: DigestWish | None = None) -> Digests:
        store, where = self._office.store, place(caller, target)
        wishes, waiting = store.digests(where), store.waiting(where, self._office.clock())
        asked = {each.schedule for each in wishes} | {None}
        return Digests(
            target,
            wishes,
            tuple(each for each in waiting if each.schedule in asked),
            store.preferences(where).zone,
            bool(store.subscriptions(where)),
            changed,
            sum(each.cards for each in waiting if each.schedule not in asked),
        )


__all__ = ["DigestDesk", "Digests", "Listed", "NoDigest", "SentNow"]
