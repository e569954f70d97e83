from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from monitor.chat import reports, wording
from monitor.chat.message import TEXT_LIMIT, Message, utf16
from monitor.chat.phrases import DATA_LIMIT
from monitor.chat.ruling import rule_in_full
from monitor.core.model import (
    DeadLetter,
    Delivery,
    DeliveryState,
    Destination,
    Examples,
    FeedState,
    FeedUrl,
    Kind,
    Level,
    RuleId,
    StoreStatus,
    Vigil,
)
from monitor.desk.answers import (
    Followed,
    NotSubscribed,
    RuleLine,
    Rules,
    Subscribed,
    Subscriptions,
    UnknownRule,
    Unsubscribed,
)
from monitor.desk.editing import Written
from monitor.desk.figures import feeds, status
from tests.build import NOW, book, minutes, rule, state
from tests.frontdesk import CHANNEL, World, data

LONG = "긴 이름 😀 " * 200
MANY = 60
RULE = replace(
    rule("r" * 300, "망명 OR " * 99 + "defector", Level.FLASH, unless="film"),
    name=LONG,
    examples=Examples((LONG,)),
)
WORST_FEED = FeedState(
    FeedUrl("https://u"),
    LONG,
    last_error=LONG,
    failures=9,
    next_poll_at=minutes(-9),
    last_poll_at=minutes(-99),
    reason=LONG,
    vigil=Vigil(gap_at=NOW, gaps=10**9, silent_since=NOW, endless_since=NOW, today=10**9, left_out=10**9),
)
WORST = StoreStatus(
    feeds=(WORST_FEED,) * MANY,
    owed=10**9,
    oldest_owed_at=minutes(-999),
    dead=(
        DeadLetter(
            Delivery(
                1, 1, Destination("telegram", LONG), Kind.ALERT, Level.INFO, DeliveryState.DEAD, reason=LONG
            ),
            NOW,
        ),
    )
    * 20,
    dead_count=20,
    suspended={Destination("telegram", f"{n} {LONG}"): LONG for n in range(MANY)},
)
NAMES = tuple(f"{n}-{'name' * 30}" for n in range(MANY))

WORST_CASES = [
    pytest.param(
        reports.subscriptions(
            Subscriptions((Followed("r" * 300, NOW, RULE, lost=True),) * MANY, None, LONG), UTC, NOW
        ),
        "/unsubscribe RULE ends one",
        id="subscriptions",
    ),
    pytest.param(
        reports.rules(Rules((RuleLine(RULE, subscribed=False),) * MANY, "v", problem=True), 2),
        "/subscribe RULE brings one",
        id="rules",
    ),
    pytest.param(
        rule_in_full(Written(RuleLine(RULE, subscribed=False), LONG * 9, "v", None, may_edit=False), NOW),
        "/subscribe r",
        id="rule",
    ),
    pytest.param(
        reports.feeds(feeds((WORST_FEED,) * MANY, NOW, detailed=True), 2, UTC, NOW),
        "/status tells",
        id="feeds",
    ),
    pytest.param(
        reports.status(status(WORST, book(), NOW, f"{LONG}\n" * 99, detailed=True), UTC, NOW),
        "/feeds tells",
        id="status",
    ),
    pytest.param(
        wording.unknown_rule(UnknownRule(LONG, NAMES[0], NAMES), offer="/rules"), "/rules", id="unknown"
    ),
    pytest.param(
        wording.not_subscribed(NotSubscribed(LONG, NAMES[0], NAMES, None)),
        "Subscribed: ",
        id="not-subscribed",
    ),
    pytest.param(
        wording.unsubscribed(Unsubscribed("r" * 300, None, 1, NAMES)), "/unsubscribe all", id="unsubscribed"
    ),
    pytest.param(
        wording.subscribed(Subscribed("r" * 300, RULE, None, new=True, covered=True, taste=()), NOW),
        "/subs lists",
        id="subscribed",
    ),
]


@pytest.mark.parametrize(("told", "last"), WORST_CASES)
def test_whatever_the_names_the_answer_fits_and_its_end_survives(told: Message, last: str) -> None:
    assert utf16(told.text) <= TEXT_LIMIT
    assert last in told.text.splitlines()[-1]
    assert all(0 <= m.start < m.end <= len(told.text) for m in told.marks)
    assert all(len(sent.encode()) <= DATA_LIMIT for sent in data(told))


@pytest.mark.parametrize(
    ("known", "line"),
    [
        pytest.param(state(), "… Example: not asked yet", id="new"),
        pytest.param(
            state(last_poll_at=NOW, last_success_at=minutes(-5)), "✓ Example: read 5 min ago", id="well"
        ),
        pytest.param(
            state(last_poll_at=NOW, last_error="404", failures=1),
            "⚠ Example: failing 1 time in a row: 404",
            id="1",
        ),
        pytest.param(
            state(last_poll_at=NOW, last_error="429", failures=0),
            "⚠ Example: failing now: 429",
            id="patience",
        ),
        pytest.param(
            state(last_poll_at=NOW, next_poll_at=None, reason="410 Gone"), "⏹ Example: 410 Gone", id="ended"
        ),
    ],
)
def test_how_a_feed_does(known: FeedState, line: str) -> None:
    assert line in reports.feeds(feeds((known,), NOW, detailed=True), 1, UTC, NOW).text.splitlines()


@pytest.mark.parametrize(
    ("known", "counts"),
    [
        pytest.param(
            (state(last_poll_at=NOW), state(last_poll_at=NOW)), "2 feeds, none failing", id="all-well"
        ),
        pytest.param(
            (state(last_error="x", last_poll_at=NOW), state(), state(next_poll_at=None, last_poll_at=NOW)),
            "3 feeds, 1 failing, 1 not asked yet, 1 ended by the publisher",
            id="troubles",
        ),
    ],
)
def test_feeds_in_counts(known: tuple[FeedState, ...], counts: str) -> None:
    assert reports.feeds(feeds(known, NOW, detailed=False), 1, UTC, NOW).text.splitlines()[0] == counts


def test_a_feed_says_when_it_is_asked_and_what_is_amiss() -> None:
    known = state(
        last_poll_at=NOW,
        last_success_at=NOW,
        next_poll_at=minutes(42),
        reason="every 4-22 min: it posts about 14 stories a day",
        vigil=Vigil(gap_at=minutes(-60), gaps=1),
    )
    told = reports.feeds(feeds((known,), NOW, detailed=True), 1, UTC, NOW).text.splitlines()
    assert told[0] == "1 feed, 1 with a gap"
    assert told[2:4] == [
        "   ⚠ a gap 60 min ago: stories were probably lost between two polls",
        "   every 4-22 min, next 10:42, because it posts about 14 stories a day",
    ]
    status_told = reports.status(
        status(StoreStatus(feeds=(known,)), book(), NOW, None, detailed=True), UTC, NOW
    )
    assert "   ⚠ a gap 60 min ago" in status_told.text


@pytest.mark.parametrize(
    ("vigil", "counts"),
    [
        pytest.param(Vigil(dead_since=NOW, silent_since=NOW), "1 feed, 1 dead", id="dead"),
        pytest.param(Vigil(silent_since=NOW), "1 feed, 1 silent", id="silent"),
        pytest.param(Vigil(endless_since=NOW), "1 feed, 1 endless", id="endless"),
    ],
)
def test_what_is_amiss_is_counted_for_everybody(vigil: Vigil, counts: str) -> None:
    known = state(last_poll_at=NOW, vigil=vigil)
    assert reports.feeds(feeds((known,), NOW, detailed=False), 1, UTC, NOW).text.splitlines()[0] == counts


def test_feeds_are_turned_page_by_page() -> None:
    told = reports.feeds(feeds((WORST_FEED,) * 40, NOW, detailed=True), 2, UTC, NOW)

    assert "Page 2 of 3" in told.text
    assert data(told) == ["feeds:1", "feeds:3"]


def test_failing_feeds_beyond_a_few_are_counted() -> None:
    told = reports.status(status(WORST, book(), NOW, None, detailed=True), UTC, NOW)

    assert f"… and {MANY - 3} more: /feeds" in told.text


def test_rules_that_could_not_be_loaded_are_told() -> None:
    lines = (RuleLine(rule("r", "x"), subscribed=True),)

    assert "last good rules" in reports.rules(Rules(lines, "v", problem=True), 1).text
    assert "last good rules" not in reports.rules(Rules(lines, "v", problem=False), 1).text


def test_a_subscription_whose_rule_is_gone_says_so() -> None:
    gone = Followed(RuleId("old"), NOW, None, lost=True)

    told = reports.subscriptions(Subscriptions((gone,), CHANNEL, None), UTC, NOW)

    assert "• old, since 10:00 UTC - no longer in rules.yaml" in told.text


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        pytest.param(["/subscribe border", "/subscribe border"], "nothing changed", id="again"),
        pytest.param(["/subscribe all", "/subscribe border"], "gets all rules anyway", id="covered"),
        pytest.param(
            ["/subscribe defection-at-mission"], "🔴 FLASH, Refuge at a mission", id="level-and-name"
        ),
        pytest.param(
            ["/subscribe border", "/subscribe all", "/unsubscribe border"],
            "Still coming: all",
            id="what-is-left",
        ),
        pytest.param(["/subscribe border", "/unsubscribe border"], "Nothing else comes", id="nothing-left"),
        pytest.param(["/subscribe border", "/unsubscribe boarder"], "/unsubscribe border", id="misspelt"),
        pytest.param(
            ["/subscribe border", "/unsubscribe weather"], "Subscribed: border", id="not-subscribed"
        ),
        pytest.param(["/subscribe border", "/start"], "1 subscription: /subs", id="start-again"),
        pytest.param(["/help weather"], "There is no command", id="help-for-nothing"),
        pytest.param(["/help latset"], "Did you mean /latest", id="help-misspelt"),
    ],
)
def test_what_is_said_after(lines: list[str], says: str) -> None:
    world = World()

    told = [world.say(line) for line in lines]

    assert says in told[-1].text
    assert "/" in told[-1].text.splitlines()[-1] or "Subscribed: " in told[-1].text
