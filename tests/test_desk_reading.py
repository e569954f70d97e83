from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from db.memory import MemoryStore
from monitor.core.access import Mode
from monitor.core.model import Portion, StoredStory
from monitor.desk import answers as a
from monitor.desk import looking, past
from tests.build import GROUP, NOW, URL, state, story
from tests.fakes import FixedClock
from tests.frontdesk import ADMIN, MEMBER, OWNER, PERSON, World

if TYPE_CHECKING:
    from monitor.core.match import Plan
    from monitor.core.model import Destination


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


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
    world.card(2, "defection-at-mission")
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

    page = found(world.desk().past.search(PERSON, " defector\tconsulate "))

    assert titles(page) == ["Defector leaves consulate", "Defectors reach the consulate"]
    assert (page.older, page.back_to, page.first) == (None, None, True)
    assert {e.surface for e in page.finds[1].evidence} == {"Defectors", "consulate"}


def test_pages_of_a_search_join_without_gap_or_repeat(world: World) -> None:
    told = [f"Defector {n}" for n in range(12)]
    world.stories(*told)
    seen: list[str] = []
    cursor: int | None = None

    for size in (5, 5, 2):
        page = found(world.desk().past.search(PERSON, "defector", cursor))
        assert len(page.finds) == size
        seen += titles(page)
        cursor = page.older

    assert cursor is None
    assert seen == told[::-1]


def test_an_exactly_full_page_is_the_last(world: World) -> None:
    world.stories(*(f"Defector {n}" for n in range(past.PAGE)))

    assert found(world.desk().past.search(PERSON, "defector")).older is None


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
    told = world.desk().past.search(PERSON, query)

    assert isinstance(told, a.QueryMistake)
    assert says in told.error.message
    assert 0 <= told.error.position <= told.error.end <= len(told.error.query)


class ManyStories(MemoryStore):
    """A store whose plan helps nothing: every story is a candidate."""

    def portion(
        self,
        plan: Plan,
        before: int | None,
        limit: int,
        now: datetime | None = None,
        viewer: Destination | None = None,
    ) -> Portion:
        del plan, now, viewer
        top = (before or 25_001) - 1
        numbers = range(top, max(top - limit, 0), -1)
        stories = tuple(StoredStory(n, story("A needle" if n == 4_000 else "hay"), NOW) for n in numbers)
        return Portion(stories, numbers[-1] if numbers and numbers[-1] > 1 else None)


def test_a_long_search_stops_says_how_far_it_came_and_goes_on_from_there() -> None:
    desk = World(ManyStories()).desk()

    first = found(desk.past.search(PERSON, "needle"))
    second = found(desk.past.search(PERSON, "needle", first.older))

    assert first.finds == ()
    assert first.older is not None
    assert 4_000 < first.older <= 25_000 - looking.SCAN + 1
    assert first.back_to == NOW
    assert titles(second) == ["A needle"]
    assert (second.older, second.back_to, second.first) == (None, None, False)


class Hurrying(FixedClock):
    """Every look takes its time."""

    def __call__(self) -> datetime:
        self.forward(0.4)
        return self.now


def test_a_slow_search_lets_others_work() -> None:
    page = found(World(ManyStories(), clock=Hurrying()).desk().past.search(PERSON, "needle"))

    assert page.older is not None
    assert page.older > 24_000


def test_slow_counting_goes_step_by_step_and_gives_up_in_the_end() -> None:
    counted = list(World(ManyStories(), clock=Hurrying()).desk().past.count(PERSON, "hay OR needle"))

    assert [each.done for each in counted] == [*[False] * (len(counted) - 1), True]
    assert len(counted) > 1
    assert counted[-1].more
    assert counted[-1].number < past.MOST_COUNTED


def test_a_count_is_exact_up_to_a_bound() -> None:
    desk = World(ManyStories()).desk()

    assert list(desk.past.count(PERSON, "needle")) == [a.Counted(1, more=False)]
    assert list(desk.past.count(PERSON, "hay")) == [a.Counted(past.MOST_COUNTED, more=True)]
    assert list(desk.past.count(PERSON, "(")) == []
    assert list(World(ManyStories()).desk(Mode.CLOSED).past.count(PERSON, "hay")) == []


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
    world.hold_back(GROUP)
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
    assert world.desk().names() == {"defection-at-mission": "Refuge at a mission"}
