"""Inline mode: stories to be cited in any chat, for those who may read."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from monitor.chat.inline import BUTTON, NEWEST, Offered, offer
from monitor.chat.message import utf16
from monitor.core.access import Mode
from monitor.core.model import Kept, Outcome
from tests.build import NOW, state, story
from tests.chat.telegram_world import ANN, BOB, chatting, until
from tests.frontdesk import PERSON, World

if TYPE_CHECKING:
    from tests.botapi.server import BotApi


@pytest.fixture(name="world")
def fixture_world() -> World:
    world = World()
    told = story(
        "Defector enters consulate",
        url="https://news.example/1",
        summary="A defector asked for asylum there on Monday.",
        published=NOW,
    )
    world.store.save(Outcome(state(), NOW, (Kept(told),)))
    return world


def offered(world: World, query: str, place: str = "", mode: Mode = Mode.OPEN) -> Offered:
    return offer(world.desk(mode), PERSON, query, place, UTC)


def test_a_citation_has_title_outlet_time_link_and_excerpt(world: World) -> None:
    (cited,) = offered(world, "defector asylum").stories

    assert cited.title == "Defector enters consulate"
    assert cited.message.text == (
        "Defector enters consulate\n"
        "Example · 10:00 UTC\n\n"
        "A defector asked for asylum there on Monday.\n\n"
        "https://news.example/1"
    )
    assert cited.below.startswith("Example · 10:00 UTC A defector asked")
    assert cited.url == "https://news.example/1"


def test_a_story_without_a_usable_link_is_cited_without_one(world: World) -> None:
    world.store.save(Outcome(state(), NOW, (Kept(story("Film", url="javascript:alert(1)")),)))

    (cited,) = offered(world, "film").stories

    assert cited.url is None
    assert "javascript" not in cited.message.text


def test_more_comes_page_by_page(world: World) -> None:
    world.stories(*(f"Film {n}" for n in range(12)))
    seen: list[str] = []
    place = ""
    while True:
        page = offered(world, "film", place)
        seen += [each.title for each in page.stories]
        place = page.further
        if not place:
            break

    assert seen == [f"Film {n}" for n in range(11, -1, -1)]


def test_while_nothing_is_typed_the_newest_cards_are_offered(world: World) -> None:
    for number in range(1, 9):
        world.card(number)

    first = offered(world, " ")
    second = offered(world, "", first.further)

    assert [each.number for each in first.stories] == [f"c{n}" for n in range(8, 8 - NEWEST, -1)]
    assert [each.number for each in second.stories] == ["c3", "c2", "c1"]
    assert first.button == "Type a query, as for /search"


@pytest.mark.parametrize("query", ["defector", ""])
def test_others_get_nothing_but_a_way_to_ask(world: World, query: str) -> None:
    world.card(1)

    assert offered(world, query, mode=Mode.CLOSED) == Offered(button="Ask for access in private")


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("(defector", "I cannot read this query yet: help", id="half typed"),
        pytest.param("zebra", "Nothing found: search in private", id="nothing found"),
    ],
)
def test_what_finds_nothing_says_so(world: World, query: str, says: str) -> None:
    told = offered(world, query)

    assert told == Offered(button=says)
    assert utf16(told.button) <= BUTTON


@pytest.mark.parametrize("place", ["x", "-1", "9" * 40, "٣"])
def test_a_forged_place_is_the_first_page(world: World, place: str) -> None:
    assert offered(world, "defector", place) == offered(world, "defector")


async def test_an_answer_is_kept_for_the_one_who_asked(api: BotApi, world: World) -> None:
    async with chatting(api, world.store):
        number = await api.asks_inline(api.people[ANN], "defector")
        await until(lambda: api.inline_answers[number] is not None)

    answer = api.inline_answers[number]
    assert answer is not None
    assert answer["is_personal"]
    assert answer["results"][0]["input_message_content"]["message_text"].startswith(
        "Defector enters consulate"
    )


async def test_a_closed_bot_gives_its_owners_results_and_others_a_button(api: BotApi, world: World) -> None:
    api.private(BOB, "Bob")
    async with chatting(api, world.store, access=Mode.CLOSED, owners=(ANN,)):
        numbers = [await api.asks_inline(api.people[who], "defector") for who in (ANN, BOB)]
        await until(lambda: None not in [api.inline_answers[each] for each in numbers])

    ours, theirs = (api.inline_answers[each] or {} for each in numbers)
    assert len(ours["results"]) == 1
    assert theirs["results"] == []
    assert theirs["button"]["start_parameter"] == "inline"
