"""Whatever is done, in whatever order: the store in memory and the one in SQLite answer alike."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from db import open_store
from monitor.core.match.plan import Everything
from monitor.core.model import (
    Claimed,
    Destination,
    DigestWish,
    Edit,
    Every,
    Gathered,
    Kept,
    Kind,
    Later,
    Level,
    Move,
    Owed,
    Preferences,
    Receipt,
    Refused,
    Rhythm,
    RuleId,
    Schedule,
    Sent,
    Unknown,
    Validators,
    Vigil,
)
from monitor.ports import Store
from tests.build import CHAT, FEED, GROUP, NOW, URL, card, hit, minutes, state, story, subscription
from tests.contract.outcomes import LEASE, outcome

T = TypeVar("T")

PLACES = st.sampled_from([CHAT, GROUP, Destination("telegram", "-1001", 7)])
LEVELS = st.sampled_from(list(Level))
KEYS = st.integers(1, 12).map(lambda i: f"story {i}")
RULES = st.lists(st.sampled_from(["r", "q"]), unique=True)
CARDS = st.integers(1, 4)
KINDS = st.sampled_from([Kind.ALERT, Kind.UPDATE, Kind.ESCALATION])
DELIVERIES = st.lists(st.builds(Owed, CARDS, PLACES, KINDS, LEVELS), max_size=4)
SCHEDULES = st.sampled_from([None, Schedule(Every.HOUR), Schedule(Every.DAY, time(10, 1))])
GATHERED = st.lists(st.builds(Gathered, CARDS, PLACES, LEVELS, SCHEDULES), max_size=2)
RECEIPTS = st.one_of(
    st.builds(Sent, st.sampled_from(["m1", "m2", None])),
    st.builds(Later, st.integers(0, 300), st.just("later"), st.booleans()),
    st.builds(Unknown, st.just("unknown")),
    st.builds(Refused, st.sampled_from(["no", "gone"]), st.booleans()),
)

EDITS = st.tuples(st.sampled_from(["", "edited"]), st.booleans(), st.booleans())


@st.composite
def stories(draw: st.DrawFn) -> Kept:
    """A story that may be new, may hit, and may be on a card."""
    hits = tuple(hit(each, draw(LEVELS)) for each in draw(RULES))
    return Kept(story(draw(KEYS)), hits, draw(CARDS) if hits else None)


class TwoStores(RuleBasedStateMachine):
    """Every step is done to both stores; their answers, and all that can be seen of them, are the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.memory: Store = open_store("memory:", now=NOW)
        self.sqlite: Store = open_store(f"{self.folder.name}/a.db", now=NOW)
        self.now = NOW
        self.claimed: list[Claimed] = []
        self.both(lambda s: s.sync_feeds([FEED], NOW))

    def teardown(self) -> None:
        """Leave nothing behind."""
        self.sqlite.close()
        self.folder.cleanup()

    def both(self, ask: Callable[[Store], T]) -> T:
        """Ask both stores the same; the answer they agree on."""
        answers: list[T | type[Exception]] = []
        for store in (self.memory, self.sqlite):
            try:
                answers.append(ask(store))
            except (KeyError, ValueError) as error:
                answers.append(type(error))
        assert answers[0] == answers[1]
        return answers[0]  # type: ignore[return-value]  # an error's type only where the caller ignores the answer

    @rule(
        kept=st.lists(stories(), max_size=3),
        cards=st.lists(st.tuples(CARDS, LEVELS), max_size=2),
        owed=DELIVERIES,
        gathered=GATHERED,
    )
    def save(
        self, kept: list[Kept], cards: list[tuple[int, Level]], owed: list[Owed], gathered: list[Gathered]
    ) -> None:
        """Some of these break the promise that their cards exist."""
        new = [card(n, level) for n, level in cards]
        what = replace(outcome(*kept, cards=new, owe=owed, at=self.now), gathered=tuple(gathered))
        self.both(lambda s: s.save(what))

    @rule(kept=stories(), place=PLACES, kind=KINDS)
    def grow(self, kept: Kept, place: Destination, kind: Kind) -> None:
        """A story on a card, and somebody is told."""
        number = kept.card or 1
        what = outcome(kept, cards=[card(number)], owe=[Owed(number, place, kind, Level.ALERT)], at=self.now)
        self.both(lambda s: s.save(what))

    @rule(which=st.integers(1, 14), kept=stories(), key=st.integers(1, 12), more=EDITS)
    def edit(self, which: int, kept: Kept, key: int, more: tuple[str, bool, bool]) -> None:
        """A story in a new version, on the card that it is on, perhaps under a new key."""
        there = [each for each in self.both(lambda s: list(s.candidates(Everything()))) if each.id == which]
        card_number = there[0].card if there else None
        title, keep, article = more
        renamed = story(f"story {key}", key=f"renamed {which} {key}", summary=title, doubt=title)
        edit = Edit(which, renamed, kept.hits, card_number, title, keep=keep, article=article)
        what = outcome(edits=(edit,), items=(f"d{key}",), notices=(title,), at=self.now)
        self.both(lambda s: s.save(what))

    @rule(due=st.integers(-200, 200), polled=st.integers(-200, 200), failures=st.integers(0, 1))
    def learn(self, due: int, polled: int, failures: int) -> None:
        """A poll that ended without a page, some of them by a clock that is ahead."""
        vigil = Vigil(gap_at=self.now, gaps=failures, day="2026-09-27")
        rhythm = Rhythm(since=NOW, posts=1.5, hours=(0.0, 2.5), skip_days=(6,), ttl=60)
        after = state(
            next_poll_at=self.now + timedelta(seconds=due),
            last_poll_at=self.now + timedelta(seconds=polled),
            failures=failures,
            validators=Validators('"1"', None, "https://other.example/"),
            move=Move("https://new.example/", NOW, 2) if due > 0 else None,
            address="https://new.example/" if due < 0 else None,
            failing_since=NOW if failures else None,
            hub="https://hub.example/",
            topic="https://topic.example/",
            vigil=vigil,
            rhythm=rhythm,
        )
        self.both(lambda s: s.save_state(after, ("noticed",), self.now))

    @rule(seconds=st.integers(-300, 300))
    def hasten(self, seconds: int) -> None:
        """A hub calls."""
        self.both(lambda s: s.hasten(URL, self.now + timedelta(seconds=seconds)))

    @rule(seconds=st.integers(0, 300))
    def rewind(self, seconds: int) -> None:
        """The clock is set back."""
        self.both(lambda s: s.rewind(self.now - timedelta(seconds=seconds)))

    @rule(notice=st.integers(1, 3))
    def told(self, notice: int) -> None:
        """The owners hear."""
        self.both(lambda s: s.told(notice, self.now))

    @rule(place=PLACES, selector=st.sampled_from(["all", "r"]), schedule=SCHEDULES)
    def set_digest(self, place: Destination, selector: str, schedule: Schedule | None) -> None:
        """Somebody wants a digest, or something at once."""
        self.both(lambda s: s.set_digest(DigestWish(place, selector, schedule)))

    @rule(place=PLACES, selector=st.sampled_from(["all", "r", None]))
    def drop_digests(self, place: Destination, selector: str | None) -> None:
        """Somebody wants all of it at once."""
        self.both(lambda s: s.drop_digests(place, selector))

    @rule(place=PLACES, cap=st.sampled_from([None, 0, 1]), protected=st.sampled_from([None, True]))
    def prefer(self, place: Destination, cap: int | None, protected: bool | None) -> None:
        """Somebody wants fewer alerts."""
        self.both(lambda s: s.prefer(place, Preferences(cap=cap, protected=protected)))

    @rule(place=PLACES)
    def send_digest(self, place: Destination) -> None:
        """Somebody wants it now."""
        self.both(lambda s: s.send_digest(place, self.now))

    @rule(new=PLACES, old=PLACES)
    def move(self, old: Destination, new: Destination) -> None:
        """A group becomes a supergroup."""
        if old.topic is None and old != new:
            self.both(lambda s: s.move_destination(old, replace(new, topic=None)))

    @rule(seconds=st.one_of(st.integers(0, 200), st.sampled_from([3600, 86400, -1800, -86400])))
    def wait(self, seconds: int) -> None:
        """Time goes by, or the clock is set."""
        self.now += timedelta(seconds=seconds)

    @rule(limit=st.integers(0, 4), resting=st.frozensets(PLACES, max_size=1))
    def claim(self, limit: int, resting: frozenset[Destination]) -> None:
        """Take some."""
        self.claimed += self.both(lambda s: s.claim(self.now, LEASE, limit, resting))

    @rule(receipt=RECEIPTS, which=st.integers(0, 5))
    def settle(self, receipt: Receipt, which: int) -> None:
        """Answer one of the last claims, perhaps late, perhaps twice."""
        if len(self.claimed) > which:
            delivery = self.claimed[-1 - which].delivery
            self.both(lambda s: s.settle(delivery.id, delivery.attempt, receipt, self.now))

    @rule()
    def recover(self) -> None:
        """As after a crash."""
        self.both(lambda s: s.recover(self.now))

    @rule(place=PLACES, selector=st.sampled_from(["all", "r"]))
    def subscribe(self, place: Destination, selector: str) -> None:
        """Somebody wants to hear."""
        self.both(lambda s: s.subscribe(subscription(place, selector)))

    @rule(place=PLACES, selector=st.sampled_from([None, "all", "r"]))
    def unsubscribe(self, place: Destination, selector: str | None) -> None:
        """Somebody has heard enough."""
        self.both(lambda s: s.unsubscribe(place, selector))

    @rule(place=PLACES)
    def resume(self, place: Destination) -> None:
        """Somebody is back."""
        self.both(lambda s: s.resume(place))

    @rule(version=st.sampled_from(["v1", "v2"]), by=st.sampled_from(["file", "telegram:42"]))
    def keep_book(self, version: str, by: str) -> None:
        """The rules were changed, or loaded again."""
        self.both(lambda s: s.keep_book(version, f"rules: {version}", by, self.now, "note"))

    @invariant()
    def alike(self) -> None:
        """All that can be asked has one answer."""
        keys = [story(f"story {i}") for i in range(1, 13)]
        since: datetime = minutes(1)
        self.both(lambda s: s.facts_for(URL, keys, since))
        self.both(lambda s: s.status())
        self.both(lambda s: s.outbox(100))
        self.both(lambda s: [s.waiting(each, self.now) for each in (CHAT, GROUP)])
        self.both(lambda s: [(s.preferences(each), s.digests(each)) for each in (CHAT, GROUP)])
        self.both(lambda s: [s.digest(each) for each in range(1, 4)])
        self.both(lambda s: (s.cards(10), s.cards(2, 4, RuleId("r")), s.subscriptions()))
        self.both(lambda s: list(s.candidates(Everything())))
        self.both(lambda s: (s.seen_items(URL), s.untold(5), s.hits_of_feeds(since), s.feed_states()))
        self.both(lambda s: [s.versions(each) for each in range(1, 15)])
        self.both(lambda s: (s.books(3), s.book_text("v1"), s.stories_since(since)))


TestTwoStores = TwoStores.TestCase
TestTwoStores.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
