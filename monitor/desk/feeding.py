"""Single feeds: how one does, pausing it, polling it now, adding one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.core.model import FeedState
from monitor.desk.names import nearest, same

if TYPE_CHECKING:
    from monitor.core.model import Feed, FeedUrl
    from monitor.desk.answers import Caller, Forbidden
    from monitor.desk.office import Office
    from monitor.ports import Errands

FRUITFUL = timedelta(days=30)
"""How far back the hits of a feed are counted."""


@dataclass(frozen=True, slots=True)
class OneFeed:
    """One feed in full."""

    number: int  # its place in rules.yaml, from 1
    feed: Feed
    state: FeedState
    hits: int  # stories of the last 30 days that a rule hit


@dataclass(frozen=True, slots=True)
class UnknownFeed:
    """No feed is called so, or several are."""

    asked: str
    nearest: str | None
    several: tuple[str, ...]  # names that hold what was asked
    total: int


@dataclass(frozen=True, slots=True)
class Paused:
    """A feed was paused or resumed."""

    one: OneFeed
    paused: bool  # as it is now
    new: bool  # it was not so before


class FeedingDesk:
    """Editors look after feeds; what everybody may know of them stands in /feeds."""

    def __init__(self, office: Office, errands: Errands) -> None:
        self._office = office
        self.errands = errands

    def may_edit(self, caller: Caller) -> Forbidden | None:
        """None if the caller may look after feeds."""
        return self._office.refusal(Action.EDIT, caller)

    def listed(self, url: str) -> bool:
        """Whether rules.yaml lists a feed of that address."""
        return any(feed.url == url for feed in self._office.book().feeds)

    def one(self, caller: Caller, asked: str) -> OneFeed | UnknownFeed | Forbidden:
        """A feed by its name, its number in rules.yaml, its address, or a part of its name that no other has."""
        if refusal := self._office.refusal(Action.EDIT, caller):
            return refusal
        feeds = self._office.book().feeds
        feed = _named(feeds, asked)
        if not isinstance(feed, tuple):
            return self._described(feed)
        names = [each.name for each in feeds]
        return UnknownFeed(asked, nearest(asked, names), tuple(each.name for each in feed), len(feeds))

    def pause(self, caller: Caller, asked: str) -> Paused | UnknownFeed | Forbidden:
        """Keep a feed from being polled until it is resumed."""
        one = self.one(caller, asked)
        if not isinstance(one, OneFeed):
            return one
        new = self._office.store.pause_feed(one.feed.url, self._office.clock())
        if new:
            self._office.note(caller, "feed", f"paused {one.feed.name}")
        return Paused(self._described(one.feed), paused=True, new=new)

    def resume(self, caller: Caller, asked: str) -> Paused | UnknownFeed | Forbidden:
        """Poll it again."""
        one = self.one(caller, asked)
        if not isinstance(one, OneFeed):
            return one
        new = self._office.store.resume_feed(one.feed.url)
        if new:
            self._office.note(caller, "feed", f"resumed {one.feed.name}")
        return Paused(self._described(one.feed), paused=False, new=new)

    def again(self, url: FeedUrl) -> OneFeed | None:
        """A feed after it was polled; None if rules.yaml lists it no more."""
        feed = next((feed for feed in self._office.book().feeds if feed.url == url), None)
        return None if feed is None else self._described(feed)

    def _described(self, feed: Feed) -> OneFeed:
        store, feeds = self._office.store, self._office.book().feeds
        state = next(
            (each for each in store.feed_states() if each.url == feed.url), FeedState(feed.url, feed.name)
        )
        hits = store.hits_of_feeds(self._office.clock() - FRUITFUL).get(feed.url, 0)
        return OneFeed(feeds.index(feed) + 1, feed, state, hits)


def _named(feeds: tuple[Feed, ...], asked: str) -> Feed | tuple[Feed, ...]:
    """The feed that was meant, or those that may have been."""
    written = asked.strip().removeprefix("#")
    if written.isascii() and written.isdecimal() and len(written) < len(str(len(feeds))) + 1:
        return feeds[int(written) - 1] if 0 < int(written) <= len(feeds) else ()
    names = {feed.name: feed for feed in reversed(feeds)} | {feed.url: feed for feed in feeds}
    meant = same(written, names)
    if meant is not None:
        return names[meant]
    holding = tuple(feed for feed in feeds if written and written.casefold() in feed.name.casefold())
    return holding[0] if len(holding) == 1 else holding


__all__ = ["FeedingDesk", "OneFeed", "Paused", "UnknownFeed"]
