from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.chat import cards, reports, wording
from monitor.chat.finding import shown_cards
from monitor.chat.message import TEXT_LIMIT, Message, Style, utf16
from monitor.chat.pages import Way
from monitor.chat.phrases import DATA_LIMIT, dated, linkable, moment, opens
from monitor.core.errors import QueryError
from monitor.core.model import (
    Card,
    CardStory,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Evidence,
    Hit,
    Kind,
    Level,
    RuleId,
    Story,
)
from monitor.desk.answers import Latest, Why
from tests.build import NOW, minutes, story

RULE = RuleId("defection-at-mission")
NAMES = {RULE: "Somebody seeks refuge at a mission"}
SEOUL = ZoneInfo("Asia/Seoul")
TITLE = "North Korean defector enters U.S. consulate in Vladivostok"
SUMMARY = (
    "A man from a logging camp entered the compound on Monday. " * 9
    + "He asked for asylum there. "
    + "More. " * 99
)


def found(text: str, surface: str, field: str = "title", clause: str = "@seeks_refuge") -> Evidence:
    start = text.index(surface)
    return Evidence(clause, surface.lower(), field, start, start + len(surface), surface)


def carried(told: Story, *evidence: Evidence, rule: RuleId = RULE, level: Level = Level.FLASH) -> CardStory:
    return CardStory(told, NOW, (Hit(rule, level, evidence),))


def claimed(*stories: CardStory, repeat: bool = False, level: Level = Level.FLASH) -> Claimed:
    delivery = Delivery(
        1, 17, Destination("telegram", "42"), Kind.ALERT, level, DeliveryState.SENDING, 1, repeat=repeat
    )
    return Claimed(delivery, CardView(Card(17, level, NOW), stories))


MODEL = carried(
    story(TITLE, url="https://e.example/a", summary=SUMMARY, published=minutes(-12)),
    found(TITLE, "defector"),
    found(SUMMARY, "asylum", "summary"),
)


def styled(message: Message, style: Style) -> list[str]:
    return [message.text[m.start : m.end] for m in message.marks if m.style is style]


def alert(*stories: CardStory, repeat: bool = False, level: Level = Level.FLASH) -> Message:
    return cards.alert(claimed(*stories, repeat=repeat, level=level), SEOUL, NOW, NAMES)


def test_an_alert_on_one_look() -> None:
    told = alert(MODEL)
    lines = told.text.splitlines()

    assert lines[0] == "🔴 FLASH · Somebody seeks refuge at a mission"
    assert lines[1] == TITLE
    assert lines[2] == "Example · 18:48 KST (12 min old)"
    assert lines[4].startswith("…")
    assert "He asked for asylum there." in lines[4]
    assert lines[-1] == "defection-at-mission · card #17"
    assert styled(told, Style.LINK) == [TITLE]
    assert styled(told, Style.BOLD) == [lines[0], "defector", "asylum"]
    assert [[(b.text, b.data or b.url) for b in row] for row in told.buttons] == [
        [
            ("Why?", "why:17"),
            ("Open", "https://e.example/a"),
            ("Mute…", "muting:17"),
            ("✔ Seen", "ack:17"),
        ],
        [("👍", "vote:17:1"), ("👎", "vote:17:0"), ("More from it", 'more:source:"Example"')],
    ]


def test_a_repeat_says_so_and_nothing_else_does() -> None:
    assert cards.REPEAT in alert(MODEL, repeat=True).text
    assert cards.REPEAT not in alert(MODEL).text


@pytest.mark.parametrize(
    ("level", "silent", "begins"),
    [
        pytest.param(Level.FLASH, False, "🔴 FLASH", id="flash"),
        pytest.param(Level.ALERT, False, "🟠 ALERT", id="alert"),
        pytest.param(Level.INFO, True, "🔵 INFO", id="info-makes-no-sound"),
    ],
)
def test_levels(level: Level, silent: bool, begins: str) -> None:
    told = alert(replace(MODEL, hits=(Hit(RULE, level, ()),)), level=level)

    assert told.text.startswith(begins)
    assert told.silent == silent


def test_other_outlets_are_named_with_links() -> None:
    korean = carried(story("탈북 남성, 총영사관 진입", url="https://k.example/1", source="연합뉴스"))
    told = alert(MODEL, korean, carried(story("", source="", url=None)))

    assert "Also:\n• 연합뉴스: 탈북 남성, 총영사관 진입\n• another feed: (no title)" in told.text
    assert "탈북 남성, 총영사관 진입" in styled(told, Style.LINK)


def test_many_outlets_are_counted() -> None:
    assert "… and 4 more reports" in alert(MODEL, *[MODEL] * 9).text


def test_the_highest_rule_names_the_card_and_all_are_listed_below() -> None:
    both = CardStory(MODEL.story, NOW, (Hit(RuleId("watch"), Level.INFO, ()), Hit(RULE, Level.FLASH, ())))

    lines = alert(both).text.splitlines()
    assert lines[0] == "🔴 FLASH · Somebody seeks refuge at a mission"
    assert lines[-1] == f"{RULE}, watch · card #17"


@pytest.mark.parametrize(
    ("told", "line"),
    [
        pytest.param(story(""), "(no title)", id="no-title"),
        pytest.param(story("\u202e \u200b"), "(no title)", id="nothing-to-see"),
        pytest.param(story("a\u202eb\nc"), "ab c", id="hostile-title"),
    ],
)
def test_a_title_is_always_there(told: Story, line: str) -> None:
    assert alert(carried(told)).text.splitlines()[1] == line


@pytest.mark.parametrize(
    ("title", "summary", "shown"),
    [
        pytest.param("A title", "", False, id="none"),
        pytest.param("A title", "A  title", False, id="the-title-again"),
        pytest.param("A title", "Something else", True, id="news"),
    ],
)
def test_a_summary_is_shown_if_it_says_more(title: str, summary: str, shown: bool) -> None:
    told = alert(carried(story(title, summary=summary)))

    assert (len(told.text.splitlines()) > 5) == shown


@pytest.mark.parametrize(
    ("url", "link", "button"),
    [
        pytest.param("https://e.example/a", True, True, id="https"),
        pytest.param("http://127.0.0.1:8000/a", True, True, id="loopback-address"),
        pytest.param("http://localhost/a", True, False, id="telegram-refuses-hosts-without-a-dot"),
        pytest.param("tg://resolve?domain=x", False, False, id="other-scheme"),
        pytest.param("javascript:alert(1)", False, False, id="script"),
        pytest.param("https://e.example/" + "a" * 3000, False, False, id="too-long"),
        pytest.param("https://e.example/a b", False, False, id="with-a-space"),
        pytest.param("http://[broken", False, False, id="broken"),
        pytest.param("https:///path", False, False, id="no-host"),
        pytest.param(None, False, False, id="none"),
    ],
)
def test_only_links_that_work_leave(url: str | None, link: bool, button: bool) -> None:
    told = alert(carried(story("A title", url=url)))

    assert bool(styled(told, Style.LINK)) == link == (url is not None and linkable(url))
    assert ("Open" in [b.text for row in told.buttons for b in row]) == button == bool(opens("Open", url))


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        pytest.param(minutes(-5), "18:55 KST (5 min old)", id="minutes"),
        pytest.param(NOW, "19:00 KST", id="now"),
        pytest.param(minutes(-11 * 60), "08:00 KST (11 h old)", id="hours"),
        pytest.param(minutes(-20 * 60), "26 Sep 23:00 KST (20 h old)", id="yesterday-on-the-readers-clock"),
        pytest.param(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "2 Mar 10:00 KST", id="months"),
        pytest.param(datetime(2004, 10, 29, tzinfo=UTC), "29 Oct 2004", id="years"),
        pytest.param(minutes(30), "19:30 KST", id="a-publisher-whose-clock-runs-ahead"),
        pytest.param(None, "seen 19:00 KST, no usable date in the feed", id="no-date"),
        pytest.param(NOW + timedelta(days=400), "seen 19:00 KST, no usable date in the feed", id="next-year"),
    ],
)
def test_when_it_was_published(at: datetime | None, shown: str) -> None:
    assert dated(story(published=at), NOW, SEOUL, NOW) == shown


def test_a_zone_without_a_name_is_told_by_its_offset() -> None:
    assert moment(NOW, ZoneInfo("America/Sao_Paulo"), NOW) == "07:00 -03"


def test_why_tells_clause_by_clause_what_stands_where() -> None:
    title = "Северокорейский перебежчик укрылся в генконсульстве"
    evidence = (
        Evidence("@north_korean NEAR/15 @mission", "северокорейский", "title", 0, 15, "Северокорейский"),
        found(title, "перебежчик"),
    )
    told = cards.why(Why(claimed(carried(story(title), *evidence)).view), UTC, NOW, NAMES)

    assert styled(told, Style.CODE) == ["@north_korean NEAR/15 @mission", "@seeks_refuge"]
    assert "“северокорейский” as “Северокорейский” in the title: " in told.text
    assert "“перебежчик” in the title: " in told.text
    assert {"Северокорейский", "перебежчик", RULE} <= set(styled(told, Style.BOLD))
    assert "/subs" in told.text.splitlines()[-1]


def test_why_shows_the_story_that_made_each_rule_match() -> None:
    other = carried(
        story("Embassy stormed", summary="x"), found("Embassy stormed", "Embassy"), rule=RuleId("missions")
    )
    told = cards.why(Why(claimed(MODEL, other).view), UTC, NOW, NAMES)

    assert "missions\nin: Embassy stormed\n" in told.text
    assert "Embassy" in styled(told, Style.BOLD)


def test_why_counts_what_it_does_not_show() -> None:
    places = [found(TITLE, "defector")._replace(clause=f"c{n % 14}") for n in range(14 * 5)]
    told = cards.why(Why(claimed(carried(story(TITLE), *places)).view), UTC, NOW, NAMES)

    assert "… and 2 more places" in told.text
    left = re.search(r"… and (\d+) more clauses", told.text)
    assert left is not None
    assert told.text.count("✓") + int(left[1]) == 14


@pytest.mark.parametrize(
    ("query", "start", "end", "picture"),
    [
        pytest.param("a AND b OR c", 8, 10, "a AND b OR c\n        ^^", id="latin"),
        pytest.param("망명 AND OR", 7, 9, "망명 AND OR\n         ^^", id="hangul-takes-two-columns"),
        pytest.param("(a", 2, 2, "(a\n  ^", id="at-the-end"),
        pytest.param("", 0, 0, "\n^", id="empty"),
        pytest.param("a\u202eb )", 4, 5, "a\ufffdb )\n    ^", id="hostile"),
        pytest.param("x" * 90 + "!" + "y" * 90, 90, 91, f"…{'x' * 24}!{'y' * 12}…\n{' ' * 25}^", id="long"),
        pytest.param("x" * 90, 0, 90, f"{'x' * 40}…\n{'^' * 40}", id="all-of-it"),
    ],
)
def test_a_mistake_in_a_query_is_pointed_at(query: str, start: int, end: int, picture: str) -> None:
    told = wording.query_mistake(QueryError("wrong", query=query, position=start, end=end, hint="Mend it."))

    assert styled(told, Style.CODE) == [picture]
    assert f"wrong (at character {start + 1})\nMend it.\n/help search" in told.text


def test_pages_of_a_list() -> None:
    items = list(range(31))

    assert [reports.paged(items, page)[1:] for page in (-1, 0, 1, 3, 99)] == [
        (1, 3), (1, 3), (1, 3), (3, 3), (3, 3),
    ]  # fmt: skip
    assert list(reports.paged(items, 3)[0]) == [30]
    assert reports.paged([], 1) == ([], 1, 1)


def fits(message: Message) -> None:
    """What every messenger takes: length, marks on text, short callback data, text that can be encoded."""
    assert 0 < utf16(message.text) <= TEXT_LIMIT
    assert message.text == message.text.strip()
    message.text.encode()
    assert len(message.marks) <= 100
    for mark in message.marks:
        assert 0 <= mark.start < mark.end <= len(message.text)
        assert (mark.url is not None) == (mark.style is Style.LINK)
    for button in (b for row in message.buttons for b in row):
        assert button.text
        assert (button.data is None) != (button.url is None)
        assert len((button.data or "").encode()) <= DATA_LIMIT
        assert button.typed.startswith("/") == (button.data is not None)


ANY = st.one_of(
    st.text(st.characters(), max_size=60),
    st.sampled_from(["", "가" * 100_000, "😀" * 5_000, "&<>" * 3_000, " \n" * 9_000, "\u202e" * 9_000]),
)
ANY_EVIDENCE = st.builds(
    Evidence,
    ANY,
    ANY,
    st.sampled_from(["title", "summary", "text", "source", "tags", "nowhere"]),
    st.integers(-3, 12_000),
    st.integers(-3, 12_000),
    ANY,
)
ANY_URL = st.one_of(st.none(), st.just("https://e.example/"), ANY)
ANY_STORY = st.builds(
    Story,
    feed=st.just("u"),
    key=st.just("k"),
    title=ANY,
    url=ANY_URL,
    summary=ANY,
    text=ANY,
    source=ANY,
    published=st.one_of(st.none(), st.datetimes(timezones=st.just(UTC))),
)
ANY_HIT = st.builds(
    Hit,
    st.sampled_from([RULE, RuleId("r" * 300), RuleId("가" * 99)]),
    st.sampled_from(Level),
    st.lists(ANY_EVIDENCE, max_size=30).map(tuple),
)
ANY_CARD_STORY = st.builds(
    CardStory, ANY_STORY, st.just(NOW), st.lists(ANY_HIT, min_size=1, max_size=4).map(tuple)
)


@given(st.lists(ANY_CARD_STORY, min_size=1, max_size=9), st.booleans(), ANY)
def test_whatever_a_feed_carries_the_card_fits_and_its_last_line_survives(
    stories: list[CardStory], repeat: bool, name: str
) -> None:
    given_card = claimed(*stories, repeat=repeat)

    told = cards.alert(given_card, SEOUL, NOW, {RULE: name})

    fits(told)
    assert told.text.endswith("card #17")
    assert (cards.REPEAT in told.text.splitlines()) == repeat
    for listing in (
        cards.why(Why(given_card.view), SEOUL, NOW, {RULE: name}),
        shown_cards(Latest((given_card.view,) * 10, "r" * 200, 3), 10, Way(), SEOUL, NOW),
    ):
        fits(listing)
        assert "/" in "".join(listing.text.splitlines()[-2:]), "the next step was cut off"


@given(ANY, st.data())
def test_whatever_is_wrong_with_a_query_the_message_fits(query: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(query)))
    end = data.draw(st.integers(start, len(query)))

    fits(
        wording.query_mistake(QueryError(query or "wrong", query=query, position=start, end=end, hint=query))
    )
