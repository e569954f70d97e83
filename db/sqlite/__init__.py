"""The store in one SQLite file: every method is one transaction over the functions of this package.

`connection` opens the file and draws the border of errors; `lock` makes one process its owner; `schema` asks
whose it is; `polling`, `publishers`, `notices`, `ingest`, `editions`, `outbox`, `people`, `cards`, `search`,
`books`, `wishes` and `figures` each know some tables.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from db.sqlite import (
    books,
    cards,
    digests,
    editions,
    figures,
    ingest,
    notices,
    outbox,
    people,
    polling,
    publishers,
    responding,
    schema,
    search,
    wishes,
)
from db.sqlite.admission import Admission
from db.sqlite.buttons import Buttons
from db.sqlite.connection import Connection
from db.sqlite.digests import Digesting
from db.sqlite.drafting import Drafting
from db.sqlite.lock import Lock
from db.sqlite.pacing import Pacing
from db.sqlite.preferences import Preferring
from db.sqlite.responding import Responding
from db.sqlite.retention import Sweeping
from db.sqlite.searching import Searching, candidates
from db.sqlite.speaking import Speaking
from db.sqlite.watching import Watching, rules_of
from db.sqlite.wishes import Wishing
from monitor.core.discretion import shown, shown_story
from monitor.core.errors import StoreError
from monitor.core.match.plan import Plan
from monitor.core.model import (
    CardView,
    Claimed,
    DeliveryState,
    Destination,
    Entry,
    Facts,
    Feed,
    FeedState,
    FeedUrl,
    KeptBook,
    Notice,
    Outcome,
    Push,
    Receipt,
    RuleId,
    StoredStory,
    StoreStatus,
    Story,
    Subscription,
    Version,
)


class SqliteStore(
    Buttons,
    Digesting,
    Preferring,
    Admission,
    Watching,
    Drafting,
    Pacing,
    Searching,
    Responding,
    Speaking,
    Sweeping,
    Wishing,
):
    """The `Store` port over one SQLite file; what each method promises stands there.

    Belongs to the thread that opened it. Every method raises StoreError if the database cannot be used.
    """

    def __init__(self, link: Connection, lock: Lock | None = None) -> None:
        self._link = link
        self._lock = lock
        self._memo: ingest.Memo = {}

    @classmethod
    def open(cls, path: Path, now: datetime) -> SqliteStore:
        """Own the database at `path`, made if it is not there, brought up to date if it is old.

        Raises StoreLocked, StoreNewer, StoreDamaged, or StoreError if the file cannot be made or opened.
        """
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = Lock(path, now)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            return cls._opened(path, lock)
        except OSError as error:
            lock.let_go()
            raise _unusable(path, error) from error
        except BaseException:
            lock.let_go()
            raise

    @classmethod
    def _opened(cls, path: Path, lock: Lock) -> SqliteStore:
        link = Connection(path)
        try:
            schema.prepare(link)
            with link.writing():
                search.refresh(link)
        except BaseException:
            link.close()
            raise
        return cls(link, lock)

    @classmethod
    def read(cls, path: Path) -> SqliteStore:
        """Read the database at `path` beside a running bot; what would write raises StoreError.

        Raises StoreError if there is no database yet, and as `open` does.
        """
        if not path.is_file():
            message = f"no database yet at {path}: start the bot or run `python bot.py once`."
            raise StoreError(message)
        link = Connection(path, reader=True)
        try:
            schema.accept(link)
        except BaseException:
            link.close()
            raise
        return cls(link)

    def sync_feeds(
        self, feeds: Sequence[Feed], now: datetime, first: Callable[[int, int], datetime] | None = None
    ) -> None:
        """See `Store.sync_feeds`."""
        with self._link.writing():
            polling.sync(self._link, feeds, first or (lambda _index, _count: now))

    def due_feeds(self, now: datetime, limit: int) -> tuple[FeedState, ...]:
        """See `Store.due_feeds`."""
        with self._link.reading():
            return polling.due(self._link, now, limit)

    def feed_states(self) -> tuple[FeedState, ...]:
        """See `Store.feed_states`."""
        with self._link.reading():
            return polling.listed(self._link)

    def hasten(self, feed: FeedUrl, at: datetime) -> bool:
        """See `Store.hasten`."""
        with self._link.writing():
            return polling.hasten(self._link, feed, at)

    def rewind(self, now: datetime) -> int:
        """See `Store.rewind`."""
        with self._link.writing():
            return polling.rewind(self._link, now)

    def seen_items(self, feed: FeedUrl) -> frozenset[str]:
        """See `Store.seen_items`."""
        with self._link.reading():
            return polling.items(self._link, feed)

    def facts_for(self, feed: FeedUrl, stories: Sequence[Story], cards_since: datetime) -> Facts:
        """See `Store.facts_for`."""
        with self._link.reading():
            return ingest.facts(self._link, feed, stories, cards_since, self._memo)

    def save(self, outcome: Outcome) -> None:
        """See `Store.save`; raises KeyError for a feed never synced, ValueError for a self-contradiction."""
        with self._link.writing():
            ingest.save(self._link, outcome, self._memo)

    def save_state(self, state: FeedState, noticed: Sequence[str] = (), now: datetime | None = None) -> None:
        """See `Store.save_state`; raises KeyError for a feed never synced."""
        with self._link.writing():
            feed_id = polling.learn(self._link, state)
            if now is not None:
                notices.add(self._link, feed_id, noticed, now)

    def untold(self, limit: int) -> tuple[Notice, ...]:
        """See `Store.untold`."""
        with self._link.reading():
            return notices.untold(self._link, limit)

    def told(self, notice: int, now: datetime) -> None:
        """See `Store.told`."""
        with self._link.writing():
            notices.told(self._link, notice, now)

    def versions(self, story: int) -> tuple[Version, ...]:
        """See `Store.versions`."""
        with self._link.reading():
            return editions.versions(self._link, story)

    def hits_of_feeds(self, since: datetime) -> Mapping[FeedUrl, int]:
        """See `Store.hits_of_feeds`."""
        with self._link.reading():
            return figures.hits_of_feeds(self._link, since)

    def robots(self, origin: str) -> tuple[datetime, str] | None:
        """See `Store.robots`."""
        with self._link.reading():
            return publishers.robots(self._link, origin)

    def keep_robots(self, origin: str, text: str, now: datetime) -> None:
        """See `Store.keep_robots`."""
        with self._link.writing():
            publishers.keep_robots(self._link, origin, text, now)

    def claim(
        self, now: datetime, lease: float, limit: int, resting: frozenset[Destination] = frozenset()
    ) -> tuple[Claimed, ...]:
        """See `Store.claim`."""
        with self._link.writing():
            digests.make_due(self._link, now)
            wishes.hold_due(self._link, now)
            for card in digests.hold_over(self._link, now):
                self._memo.pop(card, None)
            claims = outbox.claim(self._link, now, lease, limit, resting)
            return responding.told(self._link, digests.told(self._link, claims))

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """See `Store.settle`."""
        with self._link.writing():
            return outbox.settle(self._link, delivery, attempt, receipt, now)

    def recover(self, now: datetime) -> int:
        """See `Store.recover`."""
        with self._link.writing():
            return outbox.recover(self._link, now)

    def outbox(
        self, limit: int, states: Collection[DeliveryState] = (), destination: Destination | None = None
    ) -> tuple[Entry, ...]:
        """See `Store.outbox`."""
        with self._link.reading():
            return outbox.entries(self._link, limit, states, destination)

    def requeue(self, delivery: int | None, now: datetime) -> int:
        """See `Store.requeue`."""
        with self._link.writing():
            return outbox.requeue(self._link, delivery, now)

    def send_once(self, destination: Destination, *, once: bool) -> bool:
        """See `Store.send_once`."""
        with self._link.writing():
            return people.send_once(self._link, destination, once=once)

    def sends_once(self) -> frozenset[Destination]:
        """See `Store.sends_once`."""
        with self._link.reading():
            return people.sends_once(self._link)

    def move_destination(self, old: Destination, new: Destination) -> int:
        """See `Store.move_destination`."""
        with self._link.writing():
            self._memo.clear()
            outbox.move(self._link, old, new)
            responding.move(self._link, old, new)
            return people.move(self._link, old, new)

    def pushes(self) -> tuple[Push, ...]:
        """See `Store.pushes`."""
        with self._link.reading():
            return publishers.pushes(self._link)

    def save_push(self, push: Push) -> None:
        """See `Store.save_push`; raises KeyError for a feed never synced."""
        with self._link.writing():
            publishers.save_push(self._link, push)

    def drop_push(self, feed: FeedUrl) -> None:
        """See `Store.drop_push`."""
        with self._link.writing():
            publishers.drop_push(self._link, feed)

    def subscribe(self, subscription: Subscription) -> bool:
        """See `Store.subscribe`."""
        with self._link.writing():
            return people.subscribe(self._link, subscription)

    def unsubscribe(self, destination: Destination, selector: str | None) -> int:
        """See `Store.unsubscribe`."""
        with self._link.writing():
            return people.unsubscribe(self._link, destination, selector)

    def subscriptions(self, destination: Destination | None = None) -> tuple[Subscription, ...]:
        """See `Store.subscriptions`."""
        with self._link.reading():
            return people.subscriptions(self._link, destination)

    def held_back(self, destination: Destination) -> str | None:
        """See `Store.held_back`."""
        with self._link.border():
            return people.held_back(self._link, destination)

    def resume(self, destination: Destination) -> bool:
        """See `Store.resume`."""
        with self._link.writing():
            return people.resume(self._link, destination)

    def cards(
        self,
        limit: int,
        before: int | None = None,
        rule: RuleId | None = None,
        viewer: Destination | None = None,
    ) -> tuple[CardView, ...]:
        """See `Store.cards`."""
        with self._link.reading():
            return cards.newest(self._link, limit, before, rule, mine=rules_of(self._link, viewer))

    def card(self, number: int, viewer: Destination | None = None) -> CardView | None:
        """See `Store.card`."""
        with self._link.reading():
            view = cards.views(self._link, (number,)).get(number)
            return None if view is None else shown(view, rules_of(self._link, viewer))

    def candidates(
        self, plan: Plan, before: int | None = None, viewer: Destination | None = None
    ) -> Iterator[StoredStory]:
        """See `Store.candidates`."""
        with self._link.reading():
            mine = rules_of(self._link, viewer)
        return (shown_story(each, mine) for each in candidates(self._link, plan, before))

    def stories_since(self, since: datetime) -> int:
        """See `Store.stories_since`."""
        with self._link.reading():
            return figures.stories_since(self._link, since)

    def keep_book(self, version: str, text: str, by: str, now: datetime, note: str = "") -> bool:
        """See `Store.keep_book`."""
        with self._link.writing():
            return books.keep(self._link, KeptBook(version, now, by, note), text)

    def books(self, limit: int) -> tuple[KeptBook, ...]:
        """See `Store.books`."""
        with self._link.reading():
            return books.newest_first(self._link, limit)

    def book_text(self, version: str) -> str | None:
        """See `Store.book_text`."""
        with self._link.reading():
            return books.text(self._link, version)

    def status(self) -> StoreStatus:
        """See `Store.status`."""
        with self._link.reading():
            return figures.status(self._link)

    def beat(self, heart: str, now: datetime) -> None:
        """See `Store.beat`."""
        with self._link.writing():
            figures.beat(self._link, heart, now)

    def close(self) -> None:
        """See `Store.close`; closing twice is harmless."""
        self._link.close()
        if self._lock is not None:
            self._lock.let_go()


def _unusable(path: Path, error: OSError) -> StoreError:
    """What to say when the system refuses the file."""
    return StoreError(
        f"cannot use {path}: {error.strerror} ({error.filename}). Check the rights of the folder, "
        "or name another file in DATABASE."
    )
