"""Feeds from a chat: found, looked at, added; one in full, paused, resumed, asked now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.chat.message import Message
from monitor.core.access import Place, Rights, Role
from monitor.core.model import FeedUrl, Found, Grant, Preview, RuleBook, Shown, Sighting, Vigil
from monitor.rulebook import read
from tests.build import FEED, NOW, minutes, state
from tests.errands import RULES
from tests.frontdesk import PERSON, World, data

EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))
SITE = "https://paper.example/"
ONE = Preview(
    "https://paper.example/rss",
    "The Paper",
    20,
    lang="ko",
    titles=("A", "B"),
    newest=minutes(-5),
    kind="RSS",
    shown=(Shown("Newest of all", minutes(-5)), Shown("Without a date", None)),
)
TWO = Preview("https://paper.example/sport", "Sport", 0)


@pytest.fixture
def world() -> World:
    made = World(book=read(RULES, "rules.yaml"))

    def take_over(book: RuleBook) -> None:
        made.book = book
        made.store.sync_feeds(book.feeds, NOW)

    made.errands.take_over = take_over
    made.errands.sightings = {
        SITE: Sighting(SITE, (ONE,)),
        "https://paper.example/rss": Sighting(ONE.url, (ONE,), is_feed=True),
        "https://two.example/": Sighting(
            "https://two.example/", (ONE, TWO), named=(Found("https://two.example/3", "", "RSS"),)
        ),
        "https://silent.example/": Sighting("https://silent.example/", (TWO,)),
        "https://known.example/": Sighting("x", (replace(ONE, url="https://news.example/rss.xml"),)),
        "https://names.example/": Sighting("x", (replace(ONE, url="not an address"),)),
    }
    return made


async def test_a_feed_is_found_shown_and_added(world: World) -> None:
    shown: list[Message] = []

    told = await world.work(f"addfeed {SITE} tier:national tags:seoul,daily", EDITOR, shown)

    assert [each.text for each in shown] == ["Looking at https://paper.example/ …"]
    assert "Draft 1: feeds +1" in told.text
    assert (
        '+  - {url: "https://paper.example/rss", name: "The Paper", lang: ko, tags: [seoul, daily], tier: national}'
    ) in told.text
    assert "RSS · 20 stories · the newest 5 min ago" in told.text
    assert "Its language seems to be ko" in told.text
    assert "• 09:55 UTC: Newest of all" in told.text
    assert "• no date: Without a date" in told.text
    assert data(told) == ["apply:1", "undraft:1"]

    done = await world.press_work("apply:1", EDITOR)

    assert "asked for the first time within minutes" in done.text
    assert world.book.feeds[-1].name == "The Paper"
    assert {each.url for each in world.store.due_feeds(NOW, 9)} == {FEED.url, ONE.url}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("", "Which address?", id="nothing"),
        pytest.param("a b", "Which address?", id="two words"),
        pytest.param("https://gone.example/", "the server does not answer", id="no feed"),
        pytest.param("https://known.example/", "lists The Paper already", id="known"),
        pytest.param("https://names.example/", "That cannot stand in rules.yaml", id="refused by the schema"),
        pytest.param(f"{SITE} lang:klingon", "That cannot stand in rules.yaml", id="no such language"),
        pytest.param("https://silent.example/", "⚠ It has no stories at present.", id="empty"),
        pytest.param(f'{SITE} name:"My paper" lang:ru', 'name: "My paper", lang: ru', id="own name"),
    ],
)
async def test_what_is_found_is_told(world: World, line: str, expected: str) -> None:
    assert expected in (await world.work(f"addfeed {line}", EDITOR)).text
    assert world.errands.text == RULES


async def test_of_several_feeds_one_is_chosen(world: World) -> None:
    told = await world.work('addfeed https://two.example/ tier:local name:"A b"', EDITOR)
    assert "several feeds" in told.text
    assert "https://two.example/3" in told.text
    first = 'addfeed:https://paper.example/rss tier:local name:"A b"'
    assert data(told)[0] == first
    chosen = await world.press_work(first, EDITOR)
    assert 'name: "A b", lang: ko, tier: local' in chosen.text


async def test_a_feed_without_dates_is_told(world: World) -> None:
    world.errands.sightings[SITE] = Sighting(SITE, (replace(ONE, newest=None),))
    assert "have no dates" in (await world.work(f"addfeed {SITE}", EDITOR)).text


async def test_a_file_that_is_not_in_order_takes_no_feed(world: World) -> None:
    world.errands.text = "rules: ["
    told = await world.work(f"addfeed {SITE}", EDITOR)
    assert "cannot be used as it is at present" in told.text


async def test_the_right_to_edit_may_go_while_a_site_is_looked_at(world: World) -> None:
    world.store.grant(Grant(PERSON.person, Role.EDITOR, "Ann", "telegram:7", NOW))
    look = world.errands.look

    async def slow(address: str) -> Sighting:
        world.store.revoke(PERSON.person)
        return await look(address)

    object.__setattr__(world.errands, "look", slow)
    told = await world.work(f"addfeed {SITE}", PERSON)
    assert "Draft" not in told.text
    assert world.store.drafts() == ()


async def test_several_feeds_of_one_name_are_told_apart(world: World) -> None:
    more = '  - {url: "https://a.example/1", name: Paper one}\n  - {url: "https://a.example/2", name: Paper two}\n'
    world.book = read(RULES.replace("rules:\n", more + "rules:\n", 1), "x")
    world.store.sync_feeds(world.book.feeds, NOW)
    assert (
        "Several feeds are called like “paper”: Paper one, Paper two"
        in (await world.work("feed paper", EDITOR)).text
    )
    assert "3 · Paper two" in (await world.work("feed two", EDITOR)).text
    assert "2 · Paper one" in (await world.work("feed 2", EDITOR)).text
    assert "2 · Paper one" in (await world.work("feed https://a.example/1", EDITOR)).text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("feed", "Which feed?", id="nothing"),
        pytest.param("feed exampel", "Did you mean Example?", id="misspelt"),
        pytest.param("feed 2", "There is no feed “2”", id="no such number"),
        pytest.param("feed 0", "There is no feed “0”", id="zero"),
        pytest.param("feed zebra", "There is no feed “zebra”. /feeds lists them", id="unknown"),
        pytest.param("feed zebra pause", "There is no feed “zebra”", id="cannot be paused"),
        pytest.param("feed zebra check", "There is no feed “zebra”", id="cannot be asked"),
        pytest.param("feed 1", "1 · Example\nhttps://news.example/rss.xml", id="one"),
        pytest.param("feed 1", "It was not asked yet.\nIt is due now.", id="never asked"),
        pytest.param("feed pause", "There is no feed “pause”", id="a wish without a feed"),
    ],
)
async def test_a_feed_is_named_as_people_do(world: World, line: str, expected: str) -> None:
    assert expected in (await world.work(line, EDITOR)).text


async def test_how_a_feed_does_is_told(world: World) -> None:
    bad = state(
        last_poll_at=minutes(-3),
        last_success_at=minutes(-90),
        next_poll_at=minutes(12),
        failures=4,
        last_error="the server said 503",
        reason="in 15 min: it failed 4 times",
        vigil=Vigil(silent_since=minutes(-90)),
    )
    world.store.save_state(bad)
    told = (await world.work("feed 1", EDITOR)).text
    assert "Asked last 3 min ago." in told
    assert "Failing: the server said 503" in told
    assert "That was 4 times in a row." in told
    assert "Read last 90 min ago." in told
    assert "in 15 min, next 10:12, because it failed 4 times" in told
    world.store.save_state(replace(bad, last_poll_at=None))
    assert "Next: 10:12 UTC." in (await world.work("feed 1", EDITOR)).text
    world.store.save_state(replace(bad, next_poll_at=None, reason="the server said 410 Gone"))
    assert "It is asked no more: the server said 410 Gone" in (await world.work("feed 1", EDITOR)).text


async def test_a_paused_feed_is_told_wherever_feeds_are(world: World) -> None:
    world.clock.forward(3600)
    told = await world.work("feed Example pause", EDITOR)
    assert told.text.startswith("Example is paused.\n\n1 · Example\n")
    assert next(told.text[mark.start : mark.end] for mark in told.marks) == "Example"
    assert data(told) == [f"feed:check:{FEED.url}", f"feed:resume:{FEED.url}"]
    assert world.store.due_feeds(world.clock(), 9) == ()
    assert "was paused already" in (await world.work("feed 1 pause", EDITOR)).text
    owner = replace(PERSON, rights=Rights(Place.PRIVATE, owner=True))
    assert "⏸ Example: paused just now" in world.say("feeds", owner).text
    assert "1 paused" in world.say("status", owner).text
    assert "due" not in world.say("status", owner).text

    back = await world.press_work(f"feed:resume:{FEED.url}", EDITOR)

    assert back.text.startswith("Example is asked again.")
    assert world.store.due_feeds(world.clock(), 9)
    assert "was not paused" in (await world.work("feed 1 resume", EDITOR)).text
    assert [deed.detail for deed in world.store.audited(9)] == ["resumed Example", "paused Example"]


@pytest.mark.parametrize(
    ("new", "error", "expected"),
    [
        pytest.param(3, None, "It answered: 3 new stories.", id="news"),
        pytest.param(None, None, "It answered, and has nothing new.", id="nothing new"),
        pytest.param(None, "the server said 503", "It could not be read.", id="failing"),
    ],
)
async def test_a_feed_is_asked_now(world: World, new: int | None, error: str | None, expected: str) -> None:
    world.errands.new_stories = new
    world.store.save_state(state(last_error=error, failures=1 if error else 0))
    told = await world.press_work(f"feed:check:{FEED.url}", EDITOR)
    assert told.text.startswith(expected)
    assert world.errands.asked == [FEED.url]


async def test_a_feed_that_went_while_it_was_asked(world: World) -> None:
    poll = world.errands.poll

    async def emptied(feed: FeedUrl) -> int | None:
        world.book = RuleBook()
        return await poll(feed)

    object.__setattr__(world.errands, "poll", emptied)
    assert "lists this feed no more" in (await world.work("feed 1 check", EDITOR)).text


async def test_a_feed_that_was_never_polled_here_is_shown(world: World) -> None:
    world.book = replace(
        world.book, feeds=(*world.book.feeds, replace(FEED, url=FeedUrl("https://n.example/"), name="New"))
    )
    assert "It was not asked yet." in (await world.work("feed New", EDITOR)).text


async def test_old_news_are_dated(world: World) -> None:
    world.store.save_state(state(last_poll_at=NOW - timedelta(days=3)))
    assert "Asked last 3 d ago." in (await world.press_work(f"feed:{FEED.url}", EDITOR)).text
