"""/search and /latest: pages, counts, marked words, and advice where nothing is found."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chat.finding import nothing, shown
from monitor.chat.message import TEXT_LIMIT, Message, Style, utf16
from monitor.chat.pages import LONGEST, Stop, Way, typed_way
from monitor.core.access import Place, Rights, Role
from monitor.core.model import Hushed, Kept, Outcome, StoredStory
from monitor.desk.advice import Less, Meant, Nothing
from monitor.desk.answers import Counted, Find, Found
from monitor.desk.past import MOST_COUNTED
from tests.build import CHAT, NOW, hit, state, story
from tests.fakes import FixedClock
from tests.frontdesk import PERSON, World, code, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))


@pytest.fixture(name="world")
def fixture_world() -> World:
    return World()


def button(message: Message | None, text: str) -> str:
    """What the button with this text sends."""
    assert message is not None
    return next(b.data or "" for row in message.buttons for b in row if b.text == text)


def texts(message: Message) -> list[str]:
    return [b.text for row in message.buttons for b in row]


def bold(message: Message) -> list[str]:
    return [message.text[m.start : m.end] for m in message.marks if m.style is Style.BOLD]


def numbers(message: Message | None) -> list[int]:
    assert message is not None
    return [int(n) for n in re.findall(r"Story (\d+) at", message.text)]


def test_a_page_says_how_many_there_are_and_which_these_are(world: World) -> None:
    for number in range(1, 13):
        world.card(number)

    first = world.say("/search border")

    assert first.text.startswith("“border”: 12 stories, newest first\n1 to 5\n")
    assert numbers(first) == [12, 11, 10, 9, 8]
    assert not first.replaces


def test_pages_are_turned_in_both_directions_in_the_same_message(world: World) -> None:
    for number in range(1, 13):
        world.card(number)
    first = world.say("/search border")

    second = world.press(button(first, "Older ▶"))
    third = world.press(button(second, "Older ▶"))
    back = world.press(button(third, "◀ Newer"))
    begin = world.press(button(back, "◀ Newer"))

    assert [numbers(page) for page in (second, third, back, begin)] == [
        [7, 6, 5, 4, 3],
        [2, 1],
        [7, 6, 5, 4, 3],
        [12, 11, 10, 9, 8],
    ]
    assert all(page is not None and page.replaces for page in (second, third, back, begin))
    assert second is not None
    assert "6 to 10" in second.text
    assert third is not None
    assert "11 to 12" in third.text
    assert "Older ▶" not in texts(third)
    assert begin is not None
    assert replace(begin, replaces=False) == first


def test_new_stories_shift_no_page(world: World) -> None:
    for number in range(1, 8):
        world.card(number)
    first = world.say("/search border")
    world.card(8)

    assert numbers(world.press(button(first, "Older ▶"))) == [2, 1]


def test_a_page_can_be_typed(world: World) -> None:
    for number in range(1, 13):
        world.card(number)
    first = world.say("/search border")
    typed = next(b.typed for row in first.buttons for b in row if b.text == "Older ▶")

    assert numbers(world.say(typed)) == [7, 6, 5, 4, 3]
    assert "to 10" not in world.say(typed).text


def test_few_finds_are_all(world: World) -> None:
    world.stories("Defector in Vladivostok", "A film")

    told = world.say("/search defector")

    assert told.text.startswith("“defector”: 1 story, newest first")
    assert told.text.endswith("That is all.")
    assert bold(told)[1:] == ["Defector"]


@pytest.mark.parametrize(
    ("title", "query", "found"),
    [
        pytest.param("Consulates were closed", "consulate", "Consulates", id="latin"),
        pytest.param("Перебежчика видели во Владивостоке", "перебежчик", "Перебежчика", id="cyrillic"),
        pytest.param("주 오사카 한국총영사관과 협의", "총영사관", "총영사관", id="hangul"),
    ],
)
def test_the_words_that_matched_are_marked_in_every_script(
    world: World, title: str, query: str, found: str
) -> None:
    hay = "어제 시장에서 사과를 샀다. " * 40
    world.store.save(Outcome(state(), NOW, (Kept(story("x", text=f"{hay}{title} {hay}")),)))

    told = world.say(f"/search {query}")

    assert bold(told)[1:] == [found]
    assert "…" in told.text


def test_the_best_come_first_where_that_is_asked_for(world: World) -> None:
    world.stories("asylum asylum asylum", *(f"a story {n} about other things and asylum" for n in range(9)))

    best = world.say("/search asylum sort:best")
    second = world.press(button(best, "Older ▶"))

    assert best.text.startswith("“asylum”: 10 stories, best first\n1 to 5\n\n▪ asylum asylum asylum")
    assert second is not None
    assert "6 to 10" in second.text
    assert button(best, "Newest first") == "find:::asylum"
    assert button(world.say("/search asylum"), "Best first") == "find:::asylum sort:best"


def test_the_order_within_quotes_is_a_word(world: World) -> None:
    world.stories("The sort:best of all")

    assert "1 story" in world.say('/search "sort:best"').text


@pytest.mark.parametrize(
    ("line", "caret", "says"),
    [
        pytest.param("/search defector sort:oldest", 9, "there is no order oldest", id="unknown"),
        pytest.param("/search sort: defector", 0, "sort: needs an order", id="empty"),
        pytest.param("/search sort:best (defector", 10, "", id="a mistake elsewhere keeps its place"),
    ],
)
def test_a_mistake_is_pointed_at(world: World, line: str, caret: int, says: str) -> None:
    told = world.say(line)

    assert says in told.text
    assert code(told)[0].splitlines()[1].index("^") == caret


def test_what_can_be_done_with_a_query(world: World) -> None:
    world.stories("Defector in Vladivostok")

    reader, editor = world.say("/search defector"), world.say("/search defector", EDITOR)

    assert texts(reader) == ["Best first", "Export"]
    assert texts(editor) == ["Best first", "Save as rule", "Export"]
    assert data(editor)[1:] == ["addrule:defector", "export:csv::defector"]


class Ticking(FixedClock):
    """Every look takes its time."""

    def __call__(self) -> datetime:
        self.forward(0.03)
        return self.now


async def test_many_finds_are_counted_up_to_a_bound_while_others_have_their_turn(world: World) -> None:
    world.stories(*(f"Defector {n}" for n in range(MOST_COUNTED + 20)))
    world.clock = Ticking()

    shown_meanwhile: list[Message] = []
    told = await world.work("/search defector", shown=shown_meanwhile)

    assert f"more than {MOST_COUNTED} stories" in told.text
    assert button(told, "Older ▶").startswith(f"find:{MOST_COUNTED}+:")
    assert shown_meanwhile == []


def test_a_word_that_no_story_has_brings_the_nearest(world: World) -> None:
    world.stories("Consulates closed", "Перебежчика видели")

    latin = world.say("/search consulat closed")
    cyrillic = world.say("/search перебещик")

    assert "No story has “consulat”; some have “Consulates”." in latin.text
    assert "1 story" in (world.press(data(latin)[0]) or latin).text
    assert "“Перебежчика”" in cyrillic.text


def test_the_strictest_clause_is_named_and_left_out_by_a_button(world: World) -> None:
    world.stories("Defector in Vladivostok", "Defector in Seoul")

    told = world.say("/search defector vladivostok zebra")

    assert "Without “zebra”: at least 1 story." in told.text
    pressed = world.press(data(told)[0])
    assert pressed is not None
    assert "Defector in Vladivostok" in pressed.text


def test_other_dates_are_offered_first(world: World) -> None:
    world.stories("Defector in Vladivostok")

    told = world.say("/search defector before:2001-01-01")

    assert "With other dates than “before:2001-01-01”: at least 1 story." in told.text
    assert data(told) == ["find:::defector"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("/search zebra", id="no words alike"),
        pytest.param("/search -film zebra", id="what is left would be everything"),
        pytest.param("/search 얼룩말", id="hangul"),
        pytest.param("/search zeb", id="short"),
        pytest.param('/search "zebra crossing"', id="phrase"),
        pytest.param("/search zebra*", id="prefix"),
    ],
)
def test_nothing_found_always_says_what_to_try(world: World, line: str) -> None:
    world.stories("Defector in Vladivostok")

    told = world.say(line)

    assert told.text.startswith("Nothing found")
    assert "OR between words" in told.text
    assert "/latest" in told.text


def test_muted_cards_are_found_where_they_were_muted(world: World) -> None:
    world.card(1)
    outcome = Outcome(
        state(),
        NOW,
        (Kept(story("Quiet one", key="q"), (hit("border"),), 1, "x"),),
        hushed=(Hushed(1, CHAT, "rule border"),),
    )
    world.store.save(outcome)

    told = world.say("/search is:muted")

    assert "Quiet one" in told.text
    assert (
        "Nothing found"
        in world.say("/search is:muted", replace(PERSON, here=replace(CHAT, address="7"))).text
    )


def test_searching_needs_a_query(world: World) -> None:
    assert "What shall I look for?" in world.say("/search").text
    assert "/search QUERY" in world.say("/search older:5").text


def test_cards_are_turned_in_the_same_message(world: World) -> None:
    for number in range(1, 8):
        world.card(number)
    first = world.say("/latest 3 border")

    second = world.press(button(first, "Older ▶"))
    back = world.press(button(second, "◀ Newer"))

    assert (numbers(first), numbers(second), numbers(back)) == ([7, 6, 5], [4, 3, 2], [7, 6, 5])
    assert second is not None
    assert second.replaces
    assert "more than a number and a rule" in world.say("/latest 3 4").text


def page(answer: Found, way: Way | None = None, counted: Counted | None = None) -> Message:
    return shown(answer, way or Way(), counted or Counted(9, more=False), turned=False, zone=UTC, now=NOW)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        pytest.param(Found("q", (), 9, NOW), "Searched back to 2026-09-27 so far", id="stopped early"),
        pytest.param(Found("q", (), None, first=False), "Nothing older.", id="nothing more"),
    ],
)
def test_a_page_is_honest_about_how_far_it_came(answer: Found, says: str) -> None:
    assert says in page(answer).text


def test_what_no_button_can_carry_is_a_line_to_send() -> None:
    find = Find(StoredStory(4, story("A"), NOW), ())
    long = "망명 OR " * 900 + "defector"

    told = page(Found(long, (find,), 4))

    assert any(each.endswith("older:4") or each.startswith("/search") for each in code(told))
    assert "Older ▶" not in texts(told)


def test_a_way_is_written_and_read_back() -> None:
    way = Way().on(900, 5).on(850, 3)

    assert (way.before, way.after, way.back().before, way.back().back().before) == (850, 8, 900, None)
    assert Way.read(str(way)) == way
    assert Way.read("x.900-5.-1.9-") == Way((Stop(900, 5),))


def test_a_long_way_forgets_its_begin() -> None:
    way = Way()
    for below in range(2_000, 1_000, -10):
        way = way.on(below, 5)

    assert len(way.stops) == LONGEST
    assert len(str(way)) < 1_000


@pytest.mark.parametrize(
    ("typed", "rest", "before"),
    [("a b", "a b", None), ("a older:12", "a", 12), ("older:x", "older:x", None), (" older:3 ", "", 3)],
)
def test_a_typed_page(typed: str, rest: str, before: int | None) -> None:
    arguments, way = typed_way(typed)

    assert (arguments, way.before) == (rest, before)


@given(st.text(max_size=900), st.text(max_size=200), st.integers(0, 10**6), st.booleans())
def test_whatever_is_searched_the_page_fits(query: str, title: str, number: int, more: bool) -> None:
    finds = tuple(Find(StoredStory(n, story(title * 9), NOW, (), n), ()) for n in range(1, 6))

    told = page(Found(query, finds, 4), counted=Counted(number, more=more))
    empty = nothing(Nothing(query, (Meant(title, query, query),), (Less(query, title, number, dates=more),)))

    for each in (told, empty):
        assert 0 < utf16(each.text) <= TEXT_LIMIT
        assert all(0 <= m.start < m.end <= len(each.text) for m in each.marks)
