from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.core.model import FeedState, Rhythm, Vigil
from monitor.core.vigil import (
    ENDLESS,
    ENDLESS_PAGES,
    PORTION,
    Sounding,
    news,
    outage_since,
    patience,
    remarks,
    room,
    unread,
    usual_gap,
    watched,
)
from tests.build import NOW, minutes, state

DAILY = Rhythm(since=minutes(-90_000), until=NOW, posts=10.0, span=864_000.0, last_post=NOW)
"""A story a day."""
HOURLY = replace(DAILY, span=36_000.0)
TODAY = NOW.date().isoformat()


def seen(fresh: int, known: int, before: Vigil | None = None, **fields: Any) -> Vigil:
    return watched(state(vigil=before or Vigil(), **fields), NOW, fresh=fresh, known=known)


@pytest.mark.parametrize(
    ("fresh", "known", "seen_before", "gap"),
    [
        pytest.param(5, 0, True, True, id="none is known"),
        pytest.param(5, 1, True, False, id="one is known"),
        pytest.param(5, 0, False, False, id="the first page ever"),
        pytest.param(1, 0, True, False, id="a page of one shows only the newest"),
        pytest.param(0, 0, True, False, id="an empty page"),
    ],
)
def test_a_page_without_a_known_story_is_a_gap(fresh, known, seen_before, gap):
    vigil = seen(fresh, known, seen_before=seen_before)
    assert (vigil.gap_at, vigil.gaps) == ((NOW, 1) if gap else (None, 0))


def test_gaps_are_counted_and_the_last_one_stays():
    again = seen(5, 0, Vigil(gap_at=minutes(-60), gaps=2))
    assert (again.gap_at, again.gaps) == (NOW, 3)
    assert (seen(5, 1, again).gap_at, seen(5, 1, again).gaps) == (NOW, 3)


@pytest.mark.parametrize(
    ("before", "fresh", "known", "endless"),
    [
        pytest.param(Vigil(day=TODAY, today=ENDLESS - 10), 20, 0, True, id="more than a thousand a day"),
        pytest.param(Vigil(day=TODAY, today=ENDLESS - 20), 20, 0, False, id="a thousand"),
        pytest.param(Vigil(day="2026-09-26", today=ENDLESS), 20, 0, False, id="most of them yesterday"),
        pytest.param(Vigil(day=TODAY, today=ENDLESS), 20, 1, False, id="many, but some are known"),
        pytest.param(Vigil(strange=ENDLESS_PAGES - 1), 8, 0, True, id="page after page"),
        pytest.param(Vigil(strange=ENDLESS_PAGES - 2), 8, 0, False, id="not yet page after page"),
        pytest.param(Vigil(endless_since=minutes(-9)), 8, 0, True, id="it stays"),
        pytest.param(Vigil(endless_since=minutes(-9)), 8, 3, False, id="until a known story comes"),
        pytest.param(Vigil(endless_since=minutes(-9)), 0, 0, True, id="an unchanged page says nothing"),
    ],
)
def test_a_feed_that_never_ends(before, fresh, known, endless):
    vigil = seen(fresh, known, before)
    assert (vigil.endless_since is not None) is endless
    if endless:
        assert vigil.gaps == 0


def test_a_new_day_begins_with_nothing():
    vigil = seen(3, 1, Vigil(day="2026-09-26", today=50, left_out=40))
    assert (vigil.day, vigil.today, vigil.left_out) == (TODAY, 3, 0)
    assert seen(3, 1, replace(vigil, left_out=2)).left_out == 2


@pytest.mark.parametrize(
    ("vigil", "fresh", "expected"),
    [
        pytest.param(Vigil(today=5_000), 500, None, id="a healthy feed has no bound"),
        pytest.param(Vigil(endless_since=NOW, today=50), 50, PORTION, id="a portion of each page"),
        pytest.param(
            Vigil(endless_since=NOW, today=ENDLESS + 20), 30, 10, id="the rest of the day's thousand"
        ),
        pytest.param(
            Vigil(endless_since=NOW, today=ENDLESS + 70, left_out=60),
            30,
            20,
            id="what was left out does not count",
        ),
        pytest.param(Vigil(endless_since=NOW, today=9_000), 30, 0, id="none"),
    ],
)
def test_how_much_of_an_endless_feed_is_stored(vigil, fresh, expected):
    assert room(vigil, fresh) == expected


@pytest.mark.parametrize(
    ("rhythm", "days", "silent"),
    [
        pytest.param(DAILY, 9.9, False, id="a daily one after nine days"),
        pytest.param(DAILY, 10, True, id="a daily one after ten"),
        pytest.param(HOURLY, 2.9, False, id="an hourly one after less than three days"),
        pytest.param(HOURLY, 3, True, id="an hourly one after three"),
        pytest.param(replace(HOURLY, posts=2.0), 300, False, id="too little is known of it"),
        pytest.param(Rhythm(), 300, False, id="nothing is known of it"),
        pytest.param(replace(HOURLY, last_post=None), 300, False, id="no story has a date"),
    ],
)
def test_silence_is_ten_times_the_usual_gap_and_three_days(rhythm, days, silent):
    now = NOW + timedelta(days=days)
    vigil = watched(state(rhythm=rhythm), now, fresh=0, known=0)
    assert vigil.silent_since == (now if silent else None)


def test_silence_lasts_until_something_new_comes():
    later = NOW + timedelta(days=5)
    silent = state(rhythm=HOURLY, vigil=Vigil(silent_since=minutes(1)))
    assert watched(silent, later, fresh=0, known=7).silent_since == minutes(1)
    assert watched(silent, later, fresh=1, known=7).silent_since is None


@pytest.mark.parametrize(
    ("failing_for", "failures", "silent"),
    [
        pytest.param(24, 3, True, id="a day"),
        pytest.param(23, 9, False, id="less than a day"),
        pytest.param(240, 2, False, id="a day, but we were not there to ask"),
    ],
)
def test_a_feed_unread_for_a_day_counts_as_silent(failing_for, failures, silent):
    failing = state(failures=failures, failing_since=NOW - timedelta(hours=failing_for))
    assert unread(failing, NOW).silent_since == (NOW if silent else None)


def test_unread_is_said_once():
    failing = state(failures=9, failing_since=minutes(-9_000), vigil=Vigil(silent_since=minutes(-60)))
    assert unread(failing, NOW).silent_since == minutes(-60)
    assert unread(state(), NOW) == Vigil()


def turned(old: Vigil, new: Vigil, **fields: Any) -> str:
    """What is said of a change."""
    return " | ".join(news(state(vigil=old), replace(state(vigil=new), **fields)))


DEAD, SILENT, LASTING = Vigil(dead_since=NOW), Vigil(silent_since=NOW), Vigil(endless_since=NOW, today=1_234)


@pytest.mark.parametrize(
    ("old", "new", "fields", "said"),
    [
        pytest.param(Vigil(), DEAD, {"last_error": "404"}, "is dead: 404; it is asked once", id="dead"),
        pytest.param(Vigil(), DEAD, {"next_poll_at": None}, "it is not asked again", id="gone"),
        pytest.param(DEAD, Vigil(), {}, "lives", id="alive"),
        pytest.param(
            Vigil(),
            replace(SILENT, silent_since=NOW + timedelta(days=4)),
            {"rhythm": HOURLY},
            "nothing new for 4 d, where a story came every 60 min",
            id="silent",
        ),
        pytest.param(
            Vigil(),
            SILENT,
            {"failing_since": minutes(-1500), "last_error": "500"},
            "not be read for 25 h (500)",
            id="unread",
        ),
        pytest.param(
            Vigil(), SILENT, {"failing_since": minutes(-1500)}, "(no reason known)", id="unread, unsaid"
        ),
        pytest.param(Vigil(), SILENT, {}, "nothing new came", id="silent, of unknown rhythm"),
        pytest.param(SILENT, Vigil(), {}, "speaks again", id="speaks"),
        pytest.param(SILENT, replace(DEAD, silent_since=NOW), {}, "is dead", id="silent, then dead"),
        pytest.param(
            Vigil(), LASTING, {}, "endless: page after page holds only new stories, 1,234", id="endless"
        ),
        pytest.param(LASTING, Vigil(), {}, "endless no more", id="ended"),
        pytest.param(Vigil(), Vigil(gap_at=NOW), {}, "has a gap", id="a gap"),
        pytest.param(
            Vigil(gap_at=minutes(-11_000)), Vigil(gap_at=NOW), {}, "has a gap", id="a gap after a week"
        ),
    ],
)
def test_what_changed_is_told(old, new, fields, said):
    told = turned(old, new, **fields)
    assert said in told
    assert told.startswith("Example ")
    assert "https://" not in told


@pytest.mark.parametrize(
    "vigil",
    [
        pytest.param(Vigil(), id="nothing"),
        pytest.param(DEAD, id="dead"),
        pytest.param(SILENT, id="silent"),
        pytest.param(LASTING, id="endless"),
        pytest.param(Vigil(gap_at=NOW, gaps=1), id="a gap"),
    ],
)
def test_what_stays_is_not_told_again(vigil):
    assert turned(vigil, replace(vigil, today=vigil.today + 5)) == ""


def test_another_gap_of_the_week_is_not_told():
    assert turned(Vigil(gap_at=minutes(-60)), Vigil(gap_at=NOW)) == ""


@pytest.mark.parametrize(
    ("known", "said"),
    [
        pytest.param(state(), [], id="all is well"),
        pytest.param(
            state(vigil=Vigil(dead_since=minutes(-600))), ["dead for 10 h: asked once in a while"], id="dead"
        ),
        pytest.param(state(vigil=DEAD, next_poll_at=None), [], id="gone is said elsewhere"),
        pytest.param(state(vigil=SILENT), ["silent: nothing new came"], id="silent"),
        pytest.param(
            state(vigil=replace(LASTING, left_out=200)),
            ["endless: page after page of new stories, 1,234 today, 200 of them not stored"],
            id="endless",
        ),
        pytest.param(
            state(vigil=LASTING),
            ["endless: page after page of new stories, 1,234 today"],
            id="endless, all stored",
        ),
        pytest.param(
            state(vigil=Vigil(gap_at=minutes(-60), gaps=1)),
            ["a gap 60 min ago: stories were probably lost between two polls"],
            id="a gap",
        ),
        pytest.param(
            state(vigil=Vigil(gap_at=minutes(-60), gaps=4)),
            ["a gap 60 min ago, 4 times in all: stories were probably lost between two polls"],
            id="gaps",
        ),
        pytest.param(state(vigil=Vigil(gap_at=minutes(-11_000), gaps=4)), [], id="an old gap"),
    ],
)
def test_what_is_amiss(known: FeedState, said: list[str]):
    assert list(remarks(known, NOW)) == said


def test_the_usual_gap():
    assert usual_gap(state(rhythm=HOURLY)) == 3_600
    assert usual_gap(state()) is None


def heard(*tries: tuple[float, str, bool | None]) -> list[Sounding]:
    """Tries: seconds from NOW, host, whether anything was heard."""
    return [Sounding(NOW + timedelta(seconds=at), host, told) for at, host, told in tries]


@pytest.mark.parametrize(
    ("tries", "hosts", "since"),
    [
        pytest.param([], 9, None, id="nothing was tried"),
        pytest.param([(-9, "a", False), (-8, "b", False)], 9, None, id="two hosts of many: perhaps theirs"),
        pytest.param([(-9, "a", False), (-8, "b", False), (-7, "c", False)], 9, -9, id="three in a row"),
        pytest.param([(-9, "a", False), (-8, "a", False), (-7, "a", False)], 9, None, id="one host thrice"),
        pytest.param([(-9, "a", False)], 1, -9, id="the only one there is"),
        pytest.param(
            [(-9, "x", True), (-5, "a", False), (-4, "b", False), (-3, "c", False)],
            9,
            -5,
            id="since it was quiet",
        ),
        pytest.param(
            [(-9, "a", False), (-8, "b", False), (-7, "c", False), (-1, "d", True)],
            9,
            None,
            id="somebody answered",
        ),
        pytest.param(
            [(-3, "a", None), (-2, "b", None), (-1, "c", None)], 9, None, id="failures that say nothing"
        ),
        pytest.param([(-n, f"h{n}", None) for n in range(12, 0, -1)], 99, -12, id="everything fails at once"),
        pytest.param(
            [(-90 - n, f"h{n}", None) for n in range(12, 0, -1)],
            99,
            None,
            id="all of it longer than a minute ago",
        ),
        pytest.param(
            [(-n, f"h{n}", n % 3 == 0) for n in range(12, 0, -1)], 99, -11, id="most cannot be reached"
        ),
        pytest.param(
            [(-n, f"h{n}", n % 2 == 0) for n in range(12, 0, -1)], 99, None, id="half cannot be reached"
        ),
        pytest.param(
            [(-n, f"h{n}", None if n % 3 else True) for n in range(12, 0, -1)],
            99,
            None,
            id="most fail, some answer",
        ),
    ],
)
def test_our_own_network_is_down(tries, hosts, since):
    found = outage_since(heard(*tries), NOW, hosts)
    assert found == (None if since is None else NOW + timedelta(seconds=since))


@pytest.mark.parametrize(
    ("excuses", "seconds"),
    [
        pytest.param(1, 60, id="soon"),
        pytest.param(3, 240, id="ever later"),
        pytest.param(9, 900, id="at most the floor"),
        pytest.param(2_000, 900, id="for ever"),
    ],
)
def test_how_long_an_excused_feed_waits(excuses, seconds):
    assert patience(excuses, 900) == seconds
    assert patience(excuses, 1) == 60
