"""/stats: figures in words, and a picture drawn by a process of its own."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, date
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from monitor.chat.charts import Chart, Panel, largest
from monitor.chat.drawing import draw
from monitor.chat.message import CAPTION_LIMIT, utf16
from monitor.chat.pictures import drawn
from monitor.chat.statistics import in_words
from monitor.core.access import Mode, Place, Rights
from monitor.core.model import Card, Kept, Kind, Level, Outcome, Owed, RuleId, Sent
from monitor.desk.answers import Caller, Forbidden
from monitor.desk.statistics import Stats, latency
from tests.build import CHAT, hit, minutes, state, story
from tests.frontdesk import PERSON, World, data

TERMINAL = Caller("terminal:", "you", Rights(Place.TERMINAL, owner=True), CHAT, "here")


@pytest.fixture(name="world")
def fixture_world() -> World:
    """Hits of two rules on two days, and two alerts: after 10 and after 130 minutes."""
    world = World()
    for number, (rule, at, published) in enumerate(
        (("border", -3_000.0, -3_010.0), ("border", 0.0, -10.0), ("defection-at-mission", 0.0, -120.0)),
        start=1,
    ):
        kept = Kept(
            story(f"Story {number}", published=minutes(published), source=f"Outlet {number % 2}"),
            (hit(rule),),
            number,
            "new",
        )
        owed = (Owed(number, CHAT, Kind.ALERT, Level.ALERT),) if number > 1 else ()
        world.store.save(
            Outcome(state(), minutes(at), (kept,), (Card(number, Level.ALERT, minutes(at)),), owed)
        )
    for at in (0.0, 10.0):
        (claimed,) = world.store.claim(minutes(at), 60, 1)
        world.store.settle(claimed.delivery.id, claimed.delivery.attempt, Sent("1"), minutes(at))
    world.clock.now = minutes(20)
    return world


def figures(world: World, rule: str | None = None, days: int = 7, zone: str = "UTC") -> Stats:
    told = world.desk().statistics.stats(PERSON, rule, days, ZoneInfo(zone))
    assert isinstance(told, Stats)
    return told


def test_hits_by_day_rule_and_source(world: World) -> None:
    told = figures(world)

    assert told.days[-1] == date(2026, 9, 27)
    assert dict(told.hits) == {"border": (0, 0, 0, 0, 1, 0, 1), "defection-at-mission": (0, 0, 0, 0, 0, 0, 1)}
    assert (told.total, told.cards) == (3, 3)
    assert told.sources == (("Outlet 1", 2), ("Outlet 0", 1))


def test_days_are_those_of_the_readers_calendar(world: World) -> None:
    assert figures(world, zone="Asia/Seoul").hits[RuleId("border")] == (0, 0, 0, 0, 1, 0, 1)
    assert figures(world, zone="Pacific/Kiritimati").days[-1] == date(2026, 9, 28)


def test_one_rule_alone(world: World) -> None:
    told = figures(world, "BORDER", 1)

    assert dict(told.hits) == {"border": (1,)}
    assert told.latency is not None
    assert told.latency.seconds == (600.0,)


@pytest.mark.parametrize(
    ("seconds", "median", "p90"),
    [([5.0], 5, 5), ([4.0, 2.0], 2, 4), ([float(n) for n in range(1, 11)], 5, 9), ([-3.0], 0, 0)],
)
def test_median_and_ninth_decile_are_values_that_occurred(
    seconds: list[float], median: float, p90: float
) -> None:
    told = latency(seconds)

    assert told is not None
    assert (told.median, told.p90) == (median, p90)
    assert latency([]) is None


def test_the_figures_in_words(world: World) -> None:
    told = world.say("/stats", TERMINAL)

    assert told.text == (
        "All rules, last 7 days\n"
        "3 hits on 3 cards\n"
        "• border: 2\n"
        "• Refuge at a mission: 1\n"
        "Most on 27 Sep: 2\n"
        "Sources: Outlet 1 2, Outlet 0 1\n"
        "From publication to alert: half within 10 min, nine of ten within 2 h (2 alerts)"
    )
    assert data(told) == ["stats:30:", "stats:90:"]
    assert told.attachment is None


async def test_in_a_chat_the_same_as_the_caption_of_a_picture(world: World) -> None:
    told = await world.work("/stats border 2d")
    again = await world.press_work("stats:7:border")

    for each in (told, again):
        assert each.attachment is not None
        assert each.attachment.picture
        assert isinstance(each.attachment.content, bytes)
        assert each.attachment.content.startswith(b"\x89PNG")
        assert utf16(each.text) <= CAPTION_LIMIT
    assert told.text.startswith("border, last 2 days\n1 hit on 1 card\n")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("/stats nobody", "There is no rule “nobody”", id="unknown rule"),
        pytest.param("/stats border other 7d", "/stats [RULE] [7d]", id="too much"),
        pytest.param("/stats 9999d", "up to 366 days", id="too long"),
        pytest.param("/stats 0d", "up to 366 days", id="no day"),
    ],
)
def test_what_cannot_be_counted_says_how_to_ask(world: World, line: str, says: str) -> None:
    assert says in world.say(line).text


def test_no_hits_say_where_to_look() -> None:
    told = World().say("/stats 2w")

    assert "All rules, last 14 days\n0 hits on 0 cards" in told.text
    assert "/status" in told.text


def test_strangers_get_no_figures(world: World) -> None:
    assert isinstance(world.desk(Mode.CLOSED).statistics.stats(PERSON, None, 7, UTC), Forbidden)


def test_many_rules_are_counted_and_the_caption_still_fits() -> None:
    days = tuple(date(2026, 9, n) for n in range(1, 29))
    hits = {RuleId(f"rule-{n}-" + "x" * 60): tuple(range(28)) for n in range(30)}
    sources = tuple((f"Source {n} " + "y" * 80, 9) for n in range(30))

    told = in_words(Stats(None, days, hits, 9, sources, latency([90.0]), {}), {})

    assert "… and 24 more rules" in told.text
    assert utf16(told.text) <= CAPTION_LIMIT


SERIES = tuple((f"rule {n}", (n, 1)) for n in range(9))


def test_the_largest_series_are_drawn_alone_and_the_others_together() -> None:
    assert largest(SERIES, 9, "others") == SERIES
    assert largest(SERIES, 3, "others") == (*SERIES[:2], ("others", (35, 7)))


def chart(days: int = 7, nothing: str = "nothing yet") -> Chart:
    names = ("연합뉴스", "РИА Новости", "KCNA $x_1$ Watch and a very long name of an outlet")
    series = tuple((name, tuple((n + at) % 5 for n in range(days))) for at, name in enumerate(names))
    return Chart(
        "모든 규칙: 최근 7일",
        tuple(f"{n + 1} сент." for n in range(days)),
        series,
        Panel("Sources", names, (3, 2, 1)),
        Panel("От публикации до сигнала", (), ()),
        nothing,
    )


def test_a_chart_is_handed_over_as_json() -> None:
    assert Chart.read(chart().written()) == chart()


@pytest.mark.filterwarnings("error:Glyph")
@pytest.mark.parametrize("days", [1, 7, 90, 366])
def test_a_picture_for_a_phone_in_three_scripts_without_a_missing_letter(days: int) -> None:
    picture = draw(chart(days))

    shown = Image.open(io.BytesIO(picture))
    assert shown.size == (1000, 800)
    assert len(picture) < 100_000
    assert len(shown.convert("L").getcolors() or ()) > 10


def test_a_chart_without_anything_is_drawn_too() -> None:
    empty = Chart("none", ("1 Sep",), (), Panel("a", (), ()), Panel("b", (), ()), "nothing yet")

    assert draw(empty).startswith(b"\x89PNG")


async def test_a_picture_is_drawn_elsewhere() -> None:
    picture = await drawn(chart())

    assert picture is not None
    assert picture.startswith(b"\x89PNG")


async def test_without_a_picture_the_words_remain(caplog: pytest.LogCaptureFixture) -> None:
    assert await drawn(chart(), module="monitor.chat.nothing_of_that_name") is None
    assert "could not be drawn" in caplog.text


async def test_a_picture_that_takes_too_long_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    assert await drawn(chart(), patience=0.001) is None
    assert "not drawn within" in caplog.text


def test_the_plotting_library_is_not_in_our_own_process() -> None:
    asked = "import sys, monitor.chat.table; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0
