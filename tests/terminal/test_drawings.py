"""What the workbench found, drawn on a terminal and without one."""

from __future__ import annotations

import io
import re
from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.core.authoring.coverage import coverage
from monitor.core.authoring.nearmiss import NearMisses
from monitor.core.authoring.trial import Raised, assess
from monitor.core.match import compile_query
from monitor.core.match.explain import explain
from monitor.core.model import Entity, Feed, FeedState, FeedUrl, KeptBook, RuleBook, RuleId, StoredStory
from monitor.desk.workbench import Missed, Misses
from monitor.terminal.explained import draw_explanation
from monitor.terminal.ledger import draw_coverage, draw_diff, draw_history
from monitor.terminal.plot import BLOCKS, HEIGHT, MOST_COLUMNS, columns
from monitor.terminal.progress import progress
from monitor.terminal.screen import Screen
from monitor.terminal.trials import draw_misses, draw_story, draw_trial
from tests.build import FEED, NOW, minutes, rule, story

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.core.model import Story

CODES = re.compile(r"\x1b\[[0-9;]*m")
ENTITIES = {"mission": Entity("mission", {"en": ("consulate",), "ko": ("영사관",)})}


class Tty(io.StringIO):
    """A terminal that keeps what was drawn."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Tty:
    """A colour terminal of 100 columns, whatever the tests run in."""
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    return Tty()


def plain(draw: Callable[[Screen], None]) -> list[str]:
    """What is drawn without a terminal, line by line."""
    out = io.StringIO()
    draw(Screen(out))
    return out.getvalue().splitlines()


def explained(match: str, title: str, unless: str | None = None, text: str = "") -> list[str]:
    told = explain(rule("r", match, unless=unless), ENTITIES, story(title, text=text))
    return plain(lambda screen: draw_explanation(screen, told, title))


@pytest.mark.parametrize(
    ("match", "title", "lines"),
    [
        pytest.param(
            "a1 NEAR/2 b1", "a1 x x x b1", ["  ✗ within 2 words: both there, but 4 words apart"], id="far"
        ),
        pytest.param(
            "a1 ONEAR/2 b1",
            "b1 a1",
            ["  ✗ within 2 words, in this order: both there, but in the other order"],
            id="turned",
        ),
        pytest.param(
            "a1 NEAR/s b1",
            "A1 is here. There is b1.",
            ["  ✗ in one sentence: both there, but 5 words apart"],
            id="sentence",
        ),
        pytest.param("2of(a1, b1, c1)", "a1", ["  ✗ at least 2 of 3", "    ✓ a1  “a1” (title 1)"], id="some"),
        pytest.param("a1 -b1", "a1 b1", ["    ✗ -b1  found “b1” (title 4)"], id="excluded"),
        pytest.param("a1 -b1", "a1", ["    ✓ -b1  "], id="not excluded"),
        pytest.param(
            "(a1 b1) OR (c1 d1) OR (e1 f1 g1)",
            "d1",
            ["  ✗ one of 3", "    ✗ a1 b1  2 clauses short", "    ✗ all 2 of", "      ✗ c1  not found"],
            id="alternatives",
        ),
        pytest.param(
            "(a1 b1) OR (c1 d1)", "d1 b1", ["    ✗ c1 d1  fails by c1"], id="an alternative as close"
        ),
        pytest.param("a1", "a1 " * 6, ["“a1” (title 10) and 2 more"], id="many places"),
        pytest.param("a1", "", ["r does not hit: (no title)"], id="no title"),
    ],
)
def test_each_clause_is_drawn_with_what_became_of_it(match, title, lines) -> None:
    drawn = "\n".join(explained(match, title))
    for line in lines:
        assert line in drawn


def test_sides_in_two_fields_are_said_to_be_so() -> None:
    assert any("but never in one field" in line for line in explained("a1 NEAR b1", "a1", text="b1"))


def test_an_explanation_has_colours_on_a_terminal(terminal: Tty) -> None:
    told = explain(rule("r", "@mission b1", unless="film"), ENTITIES, story("Consulates, film"))
    draw_explanation(Screen(terminal), told, "Consulates, \x1b[2Jfilm")
    drawn = terminal.getvalue()
    assert "\x1b[32m✓" in drawn
    assert "\x1b[31m✗" in drawn
    assert "\x1b[2J" not in drawn
    assert "unless" in drawn


def days(*counts: int) -> list[tuple[date, int]]:
    return [(date(2026, 9, 1) + timedelta(days=n), count) for n, count in enumerate(counts)]


def test_a_plot_shows_the_highest_day_full_and_every_hit_somehow() -> None:
    lines = columns(days(0, 1, 400, 200))
    assert len(lines) == HEIGHT + 1
    assert lines[0] == "400 ┤    █"
    assert lines[HEIGHT - 1] == "  0 ┤  ▁ █ █"
    assert lines[1] == "    ┤    █"
    assert lines[2] == "    ┤    █ █"
    assert lines[-1].split() == ["01", "Sep", "04", "Sep"]


def test_a_plot_without_hits_is_empty() -> None:
    assert not set("".join(columns(days(0, 0)))) & set(BLOCKS[1:])


def test_many_days_share_columns_and_the_plot_says_so() -> None:
    lines = columns(days(*[1] * 150))
    assert max(map(len, lines)) <= MOST_COLUMNS + 10
    assert lines[-1].strip() == "a column is 3 days"
    assert lines[0].startswith("3 ┤█")
    assert lines[0].count("█") == 50


def raised(number: int, of: Story, *others: str) -> Raised:
    found = compile_query(rule("r", "@mission").match, ENTITIES).evidence(of)
    assert found is not None
    return Raised(StoredStory(number, of, minutes(-number)), found, tuple(map(RuleId, others)))


def draw(screen: Screen, *hits: Raised) -> None:
    others = {RuleId("other"): 4}
    since = NOW - timedelta(days=3)
    draw_trial(
        screen,
        assess("@mission", hits, since=since, until=NOW, stories=40, others=others, zone=UTC),
        UTC,
    )


def test_a_backtest_is_told_in_plain_lines_without_a_terminal() -> None:
    one, two = (
        raised(1, story("Consulates open"), "other"),
        raised(2, story("News", text="The 영사관에서 " * 3)),
    )
    assert plain(lambda screen: draw(screen, one, two)) == [
        "2 hits in 40 stories, 2026-09-24 to 2026-09-27: @mission",
        "2026-09-27 2",
        "newest",
        "  09-27 09:59  #1  Example: Consulates open",
        "  09-27 09:58  #2  Example: News",
        "      The 영사관에서 The 영사관에서 The 영사관에서",
        "also hit by",
        "other  1  50% of these  25% of its 4",
        "noise to expect",
        "  0.67 a day, 4.7 a week, 50 in 1,000 stories; worst day 27 Sep with 2",
        "  2 different titles in 2 hits; 50% rest on one piece of evidence",
        "  busiest source: Example with 100%",
    ]


def test_a_backtest_on_a_terminal_has_a_plot_and_marks(terminal: Tty) -> None:
    terminal_screen = Screen(terminal)
    draw(terminal_screen, raised(1, story("New consulates \x1b[2J open", source="")))
    drawn = terminal.getvalue()
    assert "\x1b[1;33mconsulates" in drawn
    assert "\x1b[2J" not in drawn
    assert "┤" in drawn
    assert "no other rule hits any of them" in drawn
    assert "busiest source: (no name)" in CODES.sub("", drawn)


class AsciiTty(Tty):
    """A terminal of letters without blocks."""

    encoding = "ascii"


@pytest.mark.usefixtures("terminal")
def test_where_blocks_cannot_be_shown_days_are_listed() -> None:
    out = AsciiTty()
    draw(Screen(out), raised(1, story("Consulate")))
    assert "2026-09-27 1" in out.getvalue()
    assert "┤" not in out.getvalue()


def test_a_story_without_a_title_is_shown_as_such() -> None:
    stored = StoredStory(7, story(""), NOW)
    assert plain(lambda screen: draw_story(screen, stored, (), UTC)) == [
        "  09-27 10:00  #7  Example: (no title)"
    ]


@pytest.mark.parametrize(
    ("match", "unless", "title", "line"),
    [
        pytest.param("a1 b1", None, "a1", "r lacks b1", id="lacks"),
        pytest.param("a1 -b1", None, "a1 b1", "r excluded by -b1: “b1” (title 4)", id="excluded"),
        pytest.param("a1", "b1", "a1 b1", "r its unless keeps it away: “b1” (title 4)", id="unless"),
        pytest.param(
            "a1 NEAR/1 b1", None, "a1 x b1", "r both there, but 2 words apart: a1 NEAR/1 b1", id="far"
        ),
    ],
)
def test_a_near_miss_says_what_keeps_it_away(match, unless, title, line) -> None:
    (miss,) = NearMisses([rule("r", match, unless=unless)], {}).of(story(title))
    misses = Misses(
        NOW,
        ((RuleId("r"), 1),),
        (Missed(StoredStory(1, story(title), NOW), miss),),
        ((miss.rule, miss.clause, 1),),
    )
    drawn = plain(lambda screen: draw_misses(screen, misses, UTC))
    assert drawn[-1].strip() == line
    assert drawn[1] == "r  1"


def test_without_near_misses_only_the_counts_are_shown() -> None:
    misses = Misses(NOW, ((RuleId("r"), 0),), (), ())
    assert plain(lambda screen: draw_misses(screen, misses, UTC)) == [
        "just missed since 2026-09-27, by one clause",
        "r  0",
    ]


def feed(lang: str | None, tier: str | None) -> Feed:
    return Feed(FeedUrl(f"https://{lang}.{tier}"), "F", lang=lang, tier=tier)


def test_coverage_says_where_a_rule_is_blind_and_why() -> None:
    feeds = (feed("en", "wire"), feed("ko", "wire"), feed("ru", "wire"), feed(None, None))
    states = {
        f.url: FeedState(f.url, "F", next_poll_at=None if f.lang == "ko" else NOW, failures=9) for f in feeds
    }
    book = RuleBook(feeds, ENTITIES, (rule("one", "@mission"), rule("two", "tier:wire @mission.en lang:en")))
    drawn = plain(lambda screen: draw_coverage(screen, coverage(book, states)))
    assert drawn[:4] == [
        "one  en  failing  -",
        "one  ko  gone  -",
        "one  ru  no form  -",
        "one  ?  -  failing",
    ]
    assert "blind one in en: its feeds fail" in drawn
    assert "blind one in ko: its feeds are gone for good" in drawn
    assert "blind one in ru: no form of @mission" in drawn
    assert "blind two in feeds without a language: kept out by tier:wire" in drawn


def test_coverage_counts_the_live_feeds(terminal: Tty) -> None:
    other = Feed(FeedUrl("https://other.example"), "O", lang="en", tier="wire")
    states = {other.url: FeedState(other.url, "O", next_poll_at=NOW, failures=9)}
    book = RuleBook((feed("en", "wire"), other), {}, (rule("one", "a1"),))
    draw_coverage(Screen(terminal), coverage(book, states))
    assert "1 of 2" in terminal.getvalue()
    assert "no rule is blind" in terminal.getvalue()


def test_a_language_without_any_feed_is_said_to_have_none() -> None:
    book = RuleBook((FEED,), ENTITIES, (rule("one", "@mission"),))
    drawn = plain(lambda screen: draw_coverage(screen, coverage(book, {})))
    assert "blind one in ko: no feed" in drawn
    assert "no feed was polled yet: all count as live" in drawn


def test_history_is_a_table_of_versions() -> None:
    books = [KeptBook("v2", NOW, "telegram:42", "rules +a\x1b[2J"), KeptBook("v1", minutes(-60), "file", "")]
    assert plain(lambda screen: draw_history(screen, books, UTC)) == [
        "v2  2026-09-27 10:00  telegram:42  rules +a[2J",
        "v1  2026-09-27 09:00  file",
    ]


def test_a_diff_is_coloured_on_a_terminal(terminal: Tty) -> None:
    draw_diff(Screen(terminal), ["--- a", "+++ b", "@@ -1 +1 @@", "-old", "+new", " same"])
    lines = terminal.getvalue().splitlines()
    assert lines == [
        "\x1b[1m--- a\x1b[0m",
        "\x1b[1m+++ b\x1b[0m",
        "\x1b[36m@@ -1 +1 @@\x1b[0m",
        "\x1b[31m-old\x1b[0m",
        "\x1b[32m+new\x1b[0m",
        " same",
    ]


def test_progress_is_drawn_where_somebody_watches_and_goes_away(terminal: Tty) -> None:
    with progress("reading", terminal) as advance:
        advance(0.5)
    assert "reading" in terminal.getvalue()
    assert terminal.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h", "\x1b[1A"))


def test_progress_is_silent_elsewhere() -> None:
    out = io.StringIO()
    with progress("reading", out) as advance:
        advance(0.5)
    assert out.getvalue() == ""
