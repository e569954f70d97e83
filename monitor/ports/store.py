"""The store: where everything is kept. What the chat keeps stands in its parts beside this file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from monitor.core.match import Plan
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
    Mute,
    MuteKind,
    Notice,
    Outcome,
    Push,
    QuietHours,
    Receipt,
    RuleId,
    StoredStory,
    StoreStatus,
    Story,
    Subscription,
    Swept,
    Version,
)
from monitor.core.pacing import Pace
from monitor.ports.admission import Admission, Watching
from monitor.ports.digesting import Digesting
from monitor.ports.drafting import Drafting, Pausing
from monitor.ports.responding import Responding
from monitor.ports.searching import Searching
from monitor.ports.speaking import Speaking


class Store(Admission, Watching, Digesting, Drafting, Pausing, Searching, Responding, Speaking, Protocol):
    """Where everything is kept. Synchronous, owned by one thread; every method is one transaction.

    Any method raises StoreError if the database cannot be used; none leaves half a change behind.
    """

    def sync_feeds(
        self, feeds: Sequence[Feed], now: datetime, first: Callable[[int, int], datetime] | None = None
    ) -> None:
        """Make the known feeds those of rules.yaml (bot, on load).

        New ones become due at `now`, or the i-th of n at `first(i, n)`; known ones keep their state and take the
        new name; ones no longer listed are no longer due but keep their stories, and come back with their state if
        they are listed again.
        """

    def due_feeds(self, now: datetime, limit: int) -> tuple[FeedState, ...]:
        """Listed feeds with `next_poll_at <= now`, longest overdue first (poll)."""

    def feed_states(self) -> tuple[FeedState, ...]:
        """All listed feeds, by name (desk)."""

    def hasten(self, feed: FeedUrl, at: datetime) -> bool:
        """Make a feed due at `at` if it would be later (poll, WebSub); whether that changed anything.

        Never one that is failing (its server asked for patience), gone, or not listed.
        """

    def rewind(self, now: datetime) -> int:
        """After the clock was set back (poll): feeds polled in what is now the future wait their interval from now.

        Returns how many.
        """

    def seen_items(self, feed: FeedUrl) -> frozenset[str]:
        """Digests of the items of the last page saved (poll): all of them were decided."""

    def facts_for(self, feed: FeedUrl, stories: Sequence[Story], cards_since: datetime) -> Facts:
        """The one question of the clerk (ingest): what is known of the feed and of the stories of its page.

        Cards count that gained a story at or after `cards_since`; `known` is asked for all keys that the stories
        may have (`identity.candidates`). Of a feed never seen before no story is known. Subscriptions of suspended
        destinations are left out. Raises KeyError for a feed never synced.
        """

    def save(self, outcome: Outcome) -> None:
        """Make one decision true, whole or not at all (ingest).

        Saving the same outcome twice changes nothing more. An edit replaces what is stored under its id; what was
        there is kept as a version, and hits of rules that no longer match stay. An ALERT owed twice stays one; an
        UPDATE that was already sent becomes owed again; one still waiting stays as it is.
        """

    def save_state(self, state: FeedState, noticed: Sequence[str] = (), now: datetime | None = None) -> None:
        """Keep what a poll without a page taught (ingest), and with `now` what is to be told of it."""

    def untold(self, limit: int) -> tuple[Notice, ...]:
        """What those who run Tocsin have not heard yet, oldest first (bot)."""

    def told(self, notice: int, now: datetime) -> None:
        """They have heard it, and all before it (bot)."""

    def versions(self, story: int) -> tuple[Version, ...]:
        """A story as it stood before its edits, newest first; the first and the newest few (desk)."""

    def hits_of_feeds(self, since: datetime) -> Mapping[FeedUrl, int]:
        """How many stories that hit came from each feed since; feeds without any may be left out (bot)."""

    def robots(self, origin: str) -> tuple[datetime, str] | None:
        """When a site's robots.txt was asked for last, and what it said (fetch)."""

    def keep_robots(self, origin: str, text: str, now: datetime) -> None:
        """Keep it (fetch)."""

    def pushes(self) -> tuple[Push, ...]:
        """Subscriptions at WebSub hubs (WebSub, at start)."""

    def save_push(self, push: Push) -> None:
        """Keep one, in place of the feed's last (WebSub). Raises KeyError for a feed never synced."""

    def drop_push(self, feed: FeedUrl) -> None:
        """Forget the feed's (WebSub)."""

    def claim(
        self, now: datetime, lease: float, limit: int, resting: frozenset[Destination] = frozenset()
    ) -> tuple[Claimed, ...]:
        """Take deliveries that are owed and due (deliver): highest level first, then oldest first.

        None for the `resting` destinations: pacing lets them breathe. There, one without a topic stands for the whole
        chat, one without an address for all chats of its messenger.

        At most one per chat, whatever its topics, and none for a chat that has one in flight, nor for a suspended
        destination; an UPDATE waits until its ALERT was sent. A failed send that waits to be tried again holds back
        what comes after it in its chat, unless that is of a higher level. Each becomes SENDING with attempt + 1,
        under a lease of `lease` seconds. A row whose lease ran out is claimed again, as a repeat.
        """

    def settle(self, delivery: int, attempt: int, receipt: Receipt, now: datetime) -> bool:
        """Record what became of a claimed send (deliver).

        Sent -> SENT; Later -> OWED, not before now + after, and where it does not count the attempt is given
        back; Unknown -> OWED as a repeat, once, after a pause, then DEAD; Refused -> DEAD, and with `suspend`
        the destination is suspended and its other deliveries stay owed. Where sends are not repeated
        (`send_once`), Unknown -> DEAD at once. False, and nothing changed, if
        `attempt` is not the current one: somebody else holds it (a fence against late answers).
        """

    def paces(self) -> tuple[Pace, ...]:
        """What messengers taught by asking for patience, by name (deliver, at start)."""

    def keep_pace(self, pace: Pace) -> None:
        """Keep it in place of what was kept under its name; nothing if it is over (deliver).

        What is over for a day under any other name is forgotten.
        """

    def last_sends(self, since: datetime) -> Mapping[Destination, datetime]:
        """Chats (without topics) where a send ended at or after `since`, and when the newest did (deliver)."""

    def recover(self, now: datetime) -> int:
        """After a crash (bot, at start): what was SENDING becomes OWED as a repeat. Returns how many were SENDING.

        An alert to a destination where sends are not repeated becomes DEAD instead.
        """

    def outbox(
        self, limit: int, states: Collection[DeliveryState] = (), destination: Destination | None = None
    ) -> tuple[Entry, ...]:
        """The newest deliveries, newest first, in some states or in all (command line).

        With a `destination` that names no topic: of the chat and all its topics.
        """

    def requeue(self, delivery: int | None, now: datetime) -> int:
        """Owe again what is DEAD, one delivery or all for None (command line). Returns how many.

        One of which nobody knows whether it arrived goes out as a repeat.
        """

    def send_once(self, destination: Destination, *, once: bool) -> bool:
        """Repeat no send to a destination, or do so again (command line); whether that changed anything.

        Where sends are not repeated, an alert of which nobody knows whether it arrived is DEAD with that reason.
        """

    def sends_once(self) -> frozenset[Destination]:
        """Where sends are not repeated (command line)."""

    def move_destination(self, old: Destination, new: Destination) -> int:
        """A chat has a new address (chat): all that lies under the old one, and under its topics, moves there.

        Subscriptions, suspensions, what is owed and where cards were told; what the new one has already stays. The
        messages that were sent remain in the old chat: they are not updated any more. Harmless to repeat. Returns
        how many subscriptions moved.
        """

    def subscribe(self, subscription: Subscription) -> bool:
        """Add it (desk); lifts a suspension of its destination. False if it was there already."""

    def unsubscribe(self, destination: Destination, selector: str | None) -> int:
        """Remove one selector, or all for None (desk); owed deliveries stay owed. Returns how many went."""

    def subscriptions(self, destination: Destination | None = None) -> tuple[Subscription, ...]:
        """Those of one destination, or all, oldest first (desk)."""

    def held_back(self, destination: Destination) -> str | None:
        """Why nothing can be delivered to a destination; None if that is not so (desk)."""

    def resume(self, destination: Destination) -> bool:
        """Lift the suspension of a destination and, if it names no topic, of all its topics (desk, on /start).

        False if there was none.
        """

    def mute(self, mute: Mute) -> None:
        """Tell a destination nothing of it until then (desk), in place of an equal one that ends at another time."""

    def unmute(self, destination: Destination, kind: MuteKind | None, value: str, now: datetime) -> int:
        """End one mute, or all for None (desk). Returns how many went that had not ended."""

    def mutes(self, destination: Destination, now: datetime) -> tuple[Mute, ...]:
        """Those that have not ended, the next to end first (desk)."""

    def set_quiet(self, destination: Destination, quiet: QuietHours | None, now: datetime) -> int:
        """Hold alerts in these hours from now on, or never (desk); those that wait unsent already, too.

        Returns how many are held now.
        """

    def quiet(self, destination: Destination) -> QuietHours | None:
        """Its quiet hours (desk)."""

    def held(self, destination: Destination, now: datetime) -> int:
        """How many alerts wait for the end of quiet hours (desk)."""

    def hushed(self, destination: Destination, cards: Iterable[int]) -> Mapping[int, str]:
        """Of which of the cards a destination was not told because it had muted them, and which mute it was (desk)."""

    def cards(
        self,
        limit: int,
        before: int | None = None,
        rule: RuleId | None = None,
        viewer: Destination | None = None,
    ) -> tuple[CardView, ...]:
        """Newest cards first (desk); only numbers below `before`; only cards with a hit of `rule`.

        What personal rules found is left out (`core.discretion`), but for those of the chat `viewer`.
        """

    def card(self, number: int, viewer: Destination | None = None) -> CardView | None:
        """One card (desk), as far as it is any business of `viewer`, or else of everybody."""

    def candidates(
        self, plan: Plan, before: int | None = None, viewer: Destination | None = None
    ) -> Iterator[StoredStory]:
        """Stories that could match (desk): a superset of what the matcher will accept, newest stored first.

        Only ids below `before`. Lazily read, so that a caller who has enough stops for free. What personal rules
        found is not said of them, but for those of the chat `viewer`.
        """

    def stories_since(self, since: datetime) -> int:
        """How many stories were news at or after `since` (workbench).

        A story was news at its own date, unless it has none or one later than when it was stored.
        """

    def keep_book(self, version: str, text: str, by: str, now: datetime, note: str = "") -> bool:
        """Keep the text of a rules file that is in force from `now` on (bot, on start and on each good reload).

        `by` is "file" or who changed it; `note` says in words what is different. False, and nothing changed, if
        the newest one kept has the same version.
        """

    def books(self, limit: int) -> tuple[KeptBook, ...]:
        """The newest rules files kept, newest first (workbench)."""

    def book_text(self, version: str) -> str | None:
        """The text of a rules file kept, byte for byte as UTF-8; None if that version never was (workbench)."""

    def sweep(self, before: datetime, after: int, limit: int) -> Swept:
        """Let old stories go (storage): of those seen before `before`, look at the next `limit` above id `after`.

        Never one that hit, that stands on a card, or that is among the last 500 of its feed, which its page may
        still carry.
        """

    def status(self) -> StoreStatus:
        """The store in figures (desk)."""

    def beat(self, heart: str, now: datetime) -> None:
        """A part of the process shows that it lives (schedule)."""

    def close(self) -> None:
        """Let go of the database."""
