from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from db.memory import MemoryStore
from monitor.core.access import Mode, Place, Refusal, Rights
from monitor.core.model import (
    Card,
    Destination,
    Kept,
    Kind,
    Level,
    Outcome,
    Owed,
    Refused,
    RuleBook,
    StoredStory,
)
from monitor.desk import Desk, past
from monitor.desk import answers as a
from tests.build import CHAT, FEED, GROUP, NOW, URL, book, hit, rule, state, story, subscription
from tests.fakes import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOK = book(
    rule("defection-at-mission", "defector consulate", Level.FLASH),
    rule("border", "border", Level.INFO),
)
PERSON = a.Caller("telegram:42", "Ann", Rights(Place.PRIVATE), CHAT, "Ann")
OWNER = replace(PERSON, rights=Rights(Place.PRIVATE, owner=True))
MEMBER = a.Caller("telegram:43", "Bo", Rights(Place.GROUP), GROUP, "Newsroom")
ADMIN = replace(MEMBER, rights=Rights(Place.GROUP, chat_admin=True))
CHANNEL = a.Target(Destination("telegram", "-1009"), "Channel", admin=True, may_post=True)


@dataclass
class World:
    """A desk with its surroundings."""

    store: MemoryStore
    clock: FixedClock = field(default_factory=FixedClock)
    book: RuleBook = BOOK
    problem: str | None = None

    def desk(self, access: Mode = Mode.OPEN) -> Desk:
        return Desk(
            store=self.store,
            book=lambda: self.book,
            access=access,
            clock=self.clock,
            rules_problem=lambda: self.problem,
        )

    def card(self, number: int, rule_id: str = "defection-at-mission", *owed: Destination) -> None:
        """A story on a card of its own."""
        kept = Kept(story(f"Story {number}"), (hit(rule_id),), number, "new")
        owing = tuple(Owed(number, where, Kind.ALERT, Level.ALERT) for where in owed)
        self.store.save(Outcome(state(), NOW, (kept,), (Card(number, Level.ALERT, NOW),), owing))

    def stories(self, *titles: str) -> None:
        self.store.save(Outcome(state(), self.clock(), tuple(Kept(story(title)) for title in titles)))


@pytest.fixture(name="world")
def fixture_world() -> World:
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    return World(store)


def test_a_subscription_is_kept_with_who_asked(world: World) -> None:
    told = world.desk().subscribe(PERSON, "border")

    assert told == a.Subscribed("border", BOOK.rules[1], None, new=True, covered=False, taste=())
    (kept,) = world.store.subscriptions(CHAT)
    assert (kept.selector, kept.since, kept.by, kept.title) == ("border", NOW, "telegram:42", "Ann")


def test_subscribing_again_changes_nothing(world: World) -> None:
    world.desk().subscribe(PERSON, "border")

    told = world.desk().subscribe(PERSON, "border")

    assert isinstance(told, a.Subscribed)
    assert not told.new
    assert len(world.store.subscriptions()) == 1


def test_a_new_subscriber_gets_a_taste_of_that_rule(world: World) -> None:
    for number in range(1, 6):
        world.card(number)
    world.card(6, "border")

    told = world.desk().subscribe(PERSON, "defection-at-mission")

    assert isinstance(told, a.Subscribed)
    assert [card.card.number for card in told.taste] == [5, 4, 3]


def test_who_gets_all_already_is_told(world: World) -> None:
    world.desk().subscribe(PERSON, "all")

    told = world.desk().subscribe(PERSON, "border")

    assert isinstance(told, a.Subscribed)
    assert told.covered


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        pytest.param("All", "all", id="all-with-a-capital"),
        pytest.param("Border", "border", id="a-rule-with-a-capital"),
        pytest.param("DEFECTION-AT-MISSION", "defection-at-mission", id="shouted"),
    ],
)
def test_case_does_not_matter(world: World, asked: str, meant: str) -> None:
    world.desk().subscribe(PERSON, asked)

    assert [each.selector for each in world.store.subscriptions()] == [meant]


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        pytest.param("defecton-at-mision", "defection-at-mission", id="misspelt"),
        pytest.param("boarder", "border", id="one-letter-too-many"),
        pytest.param("mission", "defection-at-mission", id="a-part-of-it"),
        pytest.param("alll", "all", id="all"),
        pytest.param("weather", None, id="nothing-like-it"),
        pytest.param("망명" * 5000, None, id="very-long"),
        pytest.param("", None, id="empty"),
    ],
)
def test_an_unknown_rule_is_answered_with_the_nearest(world: World, asked: str, nearest: str | None) -> None:
    known = ("defection-at-mission", "border")

    assert world.desk().subscribe(PERSON, asked) == a.UnknownRule(asked, nearest, known)
    assert world.store.subscriptions() == ()


def test_ending_one_subscription_leaves_the_others(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    desk.subscribe(PERSON, "defection-at-mission")

    assert desk.unsubscribe(PERSON, "Border") == a.Unsubscribed("border", None, 1, ("defection-at-mission",))


def test_ending_all_ends_everything(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    desk.subscribe(PERSON, "all")

    assert desk.unsubscribe(PERSON, "all") == a.Unsubscribed("all", None, 2, ())
    assert world.store.subscriptions() == ()


def test_a_subscription_to_a_rule_that_is_gone_can_be_seen_and_ended(world: World) -> None:
    desk = world.desk()
    desk.subscribe(PERSON, "border")
    world.book = book(BOOK.rules[0])

    listed = desk.subscriptions(PERSON)
    ended = desk.unsubscribe(PERSON, "border")

    assert listed == a.Subscriptions((a.Followed("border", NOW, None, lost=True),), None, None)
    assert isinstance(ended, a.Unsubscribed)


@pytest.mark.parametrize(
    ("have", "asked", "nearest"),
    [
        pytest.param(["border"], "boarder", "border", id="misspelt"),
        pytest.param(["border"], "defection-at-mission", None, id="another-rule"),
        pytest.param([], "all", None, id="nothing-at-all"),
    ],
)
def test_what_is_not_subscribed_cannot_be_ended(
    world: World, have: list[str], asked: str, nearest: str | None
) -> None:
    for selector in have:
        world.desk().subscribe(PERSON, selector)

    told = world.desk().unsubscribe(PERSON, asked)

    assert told == a.NotSubscribed(asked, nearest, tuple(have), None)
    assert len(world.store.subscriptions()) == len(have)


def test_a_channel_is_run_from_a_private_chat(world: World) -> None:
    desk = world.desk()

    desk.subscribe(PERSON, "border", CHANNEL)
    listed = desk.subscriptions(PERSON, CHANNEL)
    ended = desk.unsubscribe(PERSON, "border", CHANNEL)

    assert isinstance(listed, a.Subscriptions)
    assert [each.selector for each in listed.followed] == ["border"]
    assert isinstance(ended, a.Unsubscribed)
    assert world.store.subscriptions(CHAT) == ()


@pytest.mark.parametrize(
    ("caller", "target", "mode", "reason"),
    [
        pytest.param(PERSON, None, Mode.CLOSED, Refusal.STRANGER, id="closed"),
        pytest.param(MEMBER, None, Mode.OPEN, Refusal.NOT_ADMIN, id="member-of-a-group"),
        pytest.param(ADMIN, CHANNEL, Mode.OPEN, Refusal.PRIVATE_ONLY, id="channel-from-a-group"),
        pytest.param(
            PERSON, replace(CHANNEL, admin=False), Mode.OPEN, Refusal.NOT_ADMIN_THERE, id="not-its-admin"
        ),
        pytest.param(
            PERSON, replace(CHANNEL, may_post=False), Mode.OPEN, Refusal.CANNOT_POST, id="no-right-to-post"
        ),
    ],
)
def test_nothing_changes_for_those_who_may_not(
    world: World, caller: a.Caller, target: a.Target | None, mode: Mode, reason: Refusal
) -> None:
    assert world.desk(mode).subscribe(caller, "all", target) == a.Forbidden(reason, target)
    assert world.store.subscriptions() == ()


def test_a_closed_bot_tells_strangers_nothing(world: World) -> None:
    world.card(1)
    desk = world.desk(Mode.CLOSED)
    stranger = a.Forbidden(Refusal.STRANGER)

    assert [
        desk.allowed(PERSON),
        desk.start(PERSON),
        desk.subscribe(PERSON, "all"),
        desk.unsubscribe(PERSON, "all"),
        desk.subscriptions(PERSON),
        desk.latest(PERSON, 5),
        desk.search(PERSON, "story"),
        desk.why(PERSON, 1),
        desk.rules(PERSON),
        desk.rule(PERSON, "border"),
        desk.feeds(PERSON),
        desk.status(PERSON),
    ] == [stranger] * 12


def hold_back(world: World, where: Destination) -> None:
    """A send that was refused for the whole destination."""
    world.store.subscribe(subscription(where))
    world.card(1, "border", where)
    (claimed,) = world.store.claim(NOW, 60, 1)
    world.store.settle(claimed.delivery.id, claimed.delivery.attempt, Refused("blocked", suspend=True), NOW)


def test_start_lets_held_back_alerts_go_on(world: World) -> None:
    hold_back(world, CHAT)
    before = world.desk().subscriptions(PERSON)

    first, second = world.desk().start(PERSON), world.desk().start(PERSON)

    assert isinstance(before, a.Subscriptions)
    assert before.held == "blocked"
    assert first == a.Welcome(rules=2, feeds=1, subscriptions=1, resumed=True, may_follow=True)
    assert second == a.Welcome(rules=2, feeds=1, subscriptions=1, resumed=False, may_follow=True)


def test_start_by_a_member_of_a_group_changes_nothing(world: World) -> None:
    hold_back(world, GROUP)

    told = world.desk().start(MEMBER)

    assert isinstance(told, a.Welcome)
    assert not told.resumed
    assert world.store.status().suspended == {GROUP: "blocked"}


def test_a_chat_that_let_the_bot_in_again_is_resumed(world: World) -> None:
    hold_back(world, GROUP)

    assert [world.desk().resume(GROUP), world.desk().resume(GROUP)] == [True, False]


def test_the_latest_cards_page_by_page(world: World) -> None:
    for number in range(1, 6):
        world.card(number)
    desk = world.desk()

    def page(before: int | None) -> tuple[list[int], int | None]:
        told = desk.latest(PERSON, 2, before=before)
        assert isinstance(told, a.Latest)
        return [card.card.number for card in told.cards], told.older

    assert [page(None), page(4), page(2)] == [([5, 4], 4), ([3, 2], 2), ([1], None)]


@pytest.mark.parametrize(("count", "shown"), [(-3, 1), (0, 1), (3, 3), (10**18, 10)])
def test_the_count_of_cards_has_bounds(world: World, count: int, shown: int) -> None:
    for number in range(1, 13):
        world.card(number)

    told = world.desk().latest(PERSON, count)

    assert isinstance(told, a.Latest)
    assert len(told.cards) == shown


def test_the_latest_cards_of_one_rule(world: World) -> None:
    world.card(1, "border")
    world.card(2)
    world.card(3, "gone-since")
    desk = world.desk()

    def numbers(asked: str) -> list[int]:
        told = desk.latest(PERSON, 5, asked)
        assert isinstance(told, a.Latest)
        return [card.card.number for card in told.cards]

    assert [numbers(asked) for asked in ("Border", "all", "gone-since")] == [[1], [3, 2, 1], [3]]
    assert desk.latest(PERSON, 5, "boarder") == a.UnknownRule(
        "boarder", "border", ("defection-at-mission", "border")
    )


def found(told: object) -> a.Found:
    assert isinstance(told, a.Found)
    return told


def titles(page: a.Found) -> list[str]:
    return [find.stored.story.title for find in page.finds]


def test_a_search_finds_what_a_rule_would_newest_first_with_evidence(world: World) -> None:
    world.stories("Defectors reach the consulate", "A consulate opens", "Defector leaves consulate")

    page = found(world.desk().search(PERSON, " defector\tconsulate "))

    assert titles(page) == ["Defector leaves consulate", "Defectors reach the consulate"]
    assert (page.older, page.back_to, page.first) == (None, None, True)
    assert {e.surface for e in page.finds[1].evidence} == {"Defectors", "consulate"}


def test_pages_of_a_search_join_without_gap_or_repeat(world: World) -> None:
    told = [f"Defector {n}" for n in range(12)]
    world.stories(*told)
    seen: list[str] = []
    cursor: int | None = None

    for size in (5, 5, 2):
        page = found(world.desk().search(PERSON, "defector", cursor))
        assert len(page.finds) == size
        seen += titles(page)
        cursor = page.older

    assert cursor is None
    assert seen == told[::-1]


def test_an_exactly_full_page_is_the_last(world: World) -> None:
    world.stories(*(f"Defector {n}" for n in range(past.PAGE)))

    assert found(world.desk().search(PERSON, "defector")).older is None


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("a AND b OR c", "", id="ambiguous"),
        pytest.param("(defector", "", id="unclosed"),
        pytest.param("", "", id="empty"),
        pytest.param("@nobody", "nobody", id="unknown-entity"),
        pytest.param("x " * 600, "longer than 1000 characters", id="too-long"),
    ],
)
def test_a_mistake_in_a_query_is_an_answer(world: World, query: str, says: str) -> None:
    told = world.desk().search(PERSON, query)

    assert isinstance(told, a.QueryMistake)
    assert says in told.error.message
    assert 0 <= told.error.position <= told.error.end <= len(told.error.query)


class ManyStories(MemoryStore):
    """A store whose plan helps nothing: every story is a candidate."""

    def candidates(self, plan: object, before: int | None = None) -> Iterator[StoredStory]:
        for number in range(before - 1 if before else 25_000, 0, -1):
            yield StoredStory(number, story("A needle" if number == 4_000 else "hay"), NOW)


def test_a_long_search_stops_says_how_far_it_came_and_goes_on_from_there() -> None:
    desk = World(ManyStories()).desk()

    first = found(desk.search(PERSON, "needle"))
    second = found(desk.search(PERSON, "needle", first.older))

    assert (first.finds, first.older, first.back_to) == ((), 25_000 - past.SCAN + 1, NOW)
    assert titles(second) == ["A needle"]
    assert (second.older, second.back_to, second.first) == (None, None, False)


def test_a_slow_search_lets_others_work() -> None:
    world = World(ManyStories())

    class Hurrying(FixedClock):
        def __call__(self) -> object:  # type: ignore[override]
            self.forward(0.6)
            return self.now

    world.clock = Hurrying()

    page = found(world.desk().search(PERSON, "needle"))

    assert page.older == 25_000 - 2 * past.STRIDE + 1


def test_why_shows_the_card(world: World) -> None:
    world.card(1)

    told = world.desk().why(PERSON, 1)

    assert isinstance(told, a.Why)
    assert told.card == world.store.card(1)


def test_why_of_a_card_that_is_not_there_names_the_newest(world: World) -> None:
    assert world.desk().why(PERSON, 7) == a.NoCard(7, None)
    world.card(1)
    assert world.desk().why(PERSON, 7) == a.NoCard(7, 1)


def test_the_rules_tell_what_comes_here(world: World) -> None:
    world.desk().subscribe(PERSON, "border")
    world.problem = "rules.yaml:3:1: wrong"

    told, elsewhere = world.desk().rules(PERSON), world.desk().rules(MEMBER)

    assert isinstance(told, a.Rules)
    assert isinstance(elsewhere, a.Rules)
    assert [line.subscribed for line in told.lines] == [False, True]
    assert [line.subscribed for line in elsewhere.lines] == [False, False]
    assert told.problem


def test_one_rule_with_its_newest_card(world: World) -> None:
    world.card(1, "border")
    desk = world.desk()

    told = desk.rule(PERSON, "BORDER")

    assert isinstance(told, a.OneRule)
    assert (told.line.rule.id, told.last) == ("border", world.store.card(1))
    unused = desk.rule(PERSON, "defection-at-mission")
    assert isinstance(unused, a.OneRule)
    assert unused.last is None
    assert isinstance(desk.rule(PERSON, "boarder"), a.UnknownRule)


SECRET = "https://news.example/rss.xml?key=SECRET"


def troubled(world: World) -> World:
    """Everything that may go wrong did, and each report holds something private."""
    hold_back(world, GROUP)
    world.store.save_state(
        state(
            last_poll_at=NOW - timedelta(minutes=9),
            last_error=f"{SECRET} answered 404",
            failures=3,
            next_poll_at=NOW - timedelta(minutes=4),
        )
    )
    world.problem = "/etc/SECRET/rules.yaml:3:1: wrong"
    return world


@pytest.mark.parametrize("caller", [PERSON, ADMIN, replace(ADMIN, rights=replace(ADMIN.rights, owner=True))])
def test_only_counts_leave_for_those_who_may_not_see_more(world: World, caller: a.Caller) -> None:
    desk = troubled(world).desk()

    told = desk.status(caller)

    assert isinstance(told, a.Status)
    assert (told.feeds.total, told.feeds.failing, told.suspended_count, told.problem) == (1, 1, 1, True)
    for answer in (told, desk.feeds(caller)):
        assert "SECRET" not in repr(answer)
        assert str(URL) not in repr(answer)
        assert GROUP.address not in repr(answer)


def test_owners_see_the_details(world: World) -> None:
    told = troubled(world).desk().status(OWNER)

    assert isinstance(told, a.Status)
    assert told.feeds.states[0].last_error == f"{SECRET} answered 404"
    assert told.suspended == ((GROUP, "blocked"),)
    assert told.report == "/etc/SECRET/rules.yaml:3:1: wrong"
    assert (told.lag, told.overdue, told.last_poll_at) == (240, 1, NOW - timedelta(minutes=9))


def test_a_quiet_start_has_no_lag(world: World) -> None:
    world.store.save_state(state(next_poll_at=None))

    told = world.desk().status(OWNER)

    assert isinstance(told, a.Status)
    assert (told.lag, told.overdue, told.last_poll_at) == (0, 0, None)
    assert (told.feeds.unpolled, told.feeds.ended, told.problem, told.report) == (1, 1, False, "")


def test_names_are_those_that_rules_have(world: World) -> None:
    world.book = book(replace(BOOK.rules[0], name="Refuge at a mission"), BOOK.rules[1])

    assert world.desk().names() == {"defection-at-mission": "Refuge at a mission"}
