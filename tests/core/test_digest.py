"""When a digest is due, what it lists, and what comes at once: with a virtual clock, through changes of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core import digest
from monitor.core.digest import Ranked
from monitor.core.model import (
    DAYS,
    DigestWish,
    Every,
    Kind,
    Level,
    Manner,
    Preferences,
    Schedule,
)
from tests.build import CHAT, NOW, hit, minutes

BERLIN, NEW_YORK, SEOUL = map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Asia/Seoul"))
ZONES = st.sampled_from(
    [BERLIN, NEW_YORK, SEOUL, ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe"), UTC]
)
SCHEDULES = st.one_of(
    st.just(Schedule(Every.HOUR)),
    st.builds(Schedule, st.just(Every.DAY), st.builds(time, st.integers(0, 23), st.integers(0, 59))),
    st.builds(
        Schedule,
        st.just(Every.WEEK),
        st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        st.integers(0, 6),
    ),
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - the zone follows
DAILY = Schedule(Every.DAY, time(8))
LONGEST = {Every.HOUR: timedelta(hours=1.5), Every.DAY: timedelta(hours=25), Every.WEEK: timedelta(hours=169)}


@pytest.mark.parametrize(
    ("written", "schedule", "shown"),
    [
        pytest.param("hourly", Schedule(Every.HOUR), "hourly", id="hourly"),
        pytest.param(" HOURLY ", Schedule(Every.HOUR), "hourly", id="capitals"),
        pytest.param("daily 8:05", Schedule(Every.DAY, time(8, 5)), "daily 08:05", id="daily"),
        pytest.param(
            "weekly  monday 08:00", Schedule(Every.WEEK, time(8), 0), "weekly Mon 08:00", id="weekday"
        ),
        pytest.param(
            "weekly SUN 23:59", Schedule(Every.WEEK, time(23, 59), 6), "weekly Sun 23:59", id="sunday"
        ),
    ],
)
def test_a_schedule_is_read_as_people_write_it(written: str, schedule: Schedule, shown: str) -> None:
    assert Schedule.read(written) == schedule
    assert str(schedule) == shown
    assert Schedule.read(shown) == schedule


@pytest.mark.parametrize(
    "written", ["", "daily", "daily 25:00", "daily 08:60", "weekly 08:00", "weekly Foo 08:00"]
)
def test_what_is_no_schedule_is_none(written: str) -> None:
    assert Schedule.read(written) is None


def test_the_days_of_a_schedule_are_those_of_the_calendar() -> None:
    assert [f"{date(2026, 9, 28) + timedelta(days=count):%a}" for count in range(7)] == list(DAYS)


@given(SCHEDULES, ZONES, MOMENTS)
def test_moments_follow_each_other_without_a_gap(schedule: Schedule, zone: ZoneInfo, now: datetime) -> None:
    after, before = digest.next_moment(schedule, zone, now), digest.last_moment(schedule, zone, now)
    assert before <= now < after
    assert after - before <= LONGEST[schedule.every]
    assert digest.last_moment(schedule, zone, after) == after
    if schedule.every is not Every.HOUR:
        assert digest.next_moment(schedule, zone, before) == after


@given(SCHEDULES, ZONES, MOMENTS)
def test_a_moment_is_what_the_clock_of_the_chat_shows(
    schedule: Schedule, zone: ZoneInfo, now: datetime
) -> None:
    local = digest.next_moment(schedule, zone, now).astimezone(zone)
    if schedule.every is Every.HOUR:
        assert (local.minute, local.second) in {(0, 0), (30, 0)}
        return
    wall = datetime.combine(local.date(), schedule.at, zone)
    assert wall.astimezone(UTC) == local.astimezone(UTC)
    if schedule.every is Every.WEEK:
        assert local.weekday() == schedule.day


@pytest.mark.parametrize(
    ("zone", "since", "due"),
    [
        pytest.param(BERLIN, "2026-03-28T12:00", "2026-03-29T06:00", id="clocks-go-forward"),
        pytest.param(NEW_YORK, "2026-11-01T00:00", "2026-11-01T13:00", id="clocks-go-back"),
        pytest.param(SEOUL, "2026-06-01T12:00", "2026-06-01T23:00", id="clocks-stay"),
    ],
)
def test_eight_is_eight_whatever_the_clocks_do(zone: ZoneInfo, since: str, due: str) -> None:
    begun = datetime.fromisoformat(since).replace(tzinfo=UTC)
    assert digest.next_moment(DAILY, zone, begun) == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_a_time_that_is_left_out_or_comes_twice_counts_once() -> None:
    half_past_two = Schedule(Every.DAY, time(2, 30))
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    first = digest.next_moment(half_past_two, BERLIN, spring)
    assert first == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert digest.next_moment(half_past_two, BERLIN, first) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    twice = digest.next_moment(half_past_two, BERLIN, autumn)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert digest.next_moment(half_past_two, BERLIN, twice) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_summary_comes_an_hour_after_the_first_that_was_held_back() -> None:
    assert digest.due(None, UTC, NOW, None, minutes(5)) == minutes(60)


def test_a_moment_that_had_its_digest_has_no_second_one() -> None:
    eight = datetime(2026, 9, 28, 8, tzinfo=UTC)
    a_little_earlier = eight - timedelta(minutes=5)
    assert digest.due(DAILY, UTC, a_little_earlier, eight, a_little_earlier) == eight + timedelta(days=1)
    assert digest.due(DAILY, UTC, eight, eight, eight) == eight + timedelta(days=1)
    assert digest.due(DAILY, UTC, a_little_earlier, None, a_little_earlier) == eight


def test_the_digests_of_a_clock_that_was_wrong_do_not_count() -> None:
    begun = datetime(2026, 9, 27, 9, tzinfo=UTC)
    tomorrow = datetime(2026, 9, 28, 8, tzinfo=UTC)
    assert digest.due(DAILY, UTC, begun, tomorrow, begun) == tomorrow


def test_cards_of_a_level_and_a_rule_stand_together_newest_first() -> None:
    cards = [
        Ranked(1, Level.INFO, "weather"),
        Ranked(2, Level.ALERT, "mission"),
        Ranked(3, Level.INFO, "border"),
        Ranked(4, Level.FLASH, "border"),
        Ranked(5, Level.INFO, "weather"),
        Ranked(6, Level.ALERT, "border"),
    ]
    assert digest.arranged(cards) == (4, 6, 2, 3, 5, 1)


def test_the_newest_of_the_highest_levels_are_listed_if_there_are_too_many() -> None:
    many = [Ranked(number, Level.INFO, "b" if number % 2 else "a") for number in range(1, 70)]
    order = digest.arranged([*many, Ranked(70, Level.ALERT, "z")])
    assert order[0] == 70
    assert set(order[1:50]) == set(range(21, 70))
    assert sorted(order) == list(range(1, 71))
    assert digest.listed(Kind.DIGEST, 70) == 50
    assert digest.listed(Kind.SUMMARY, 70) == 5
    assert digest.listed(Kind.SUMMARY, 3) == 3


def test_a_list_is_cut_into_messages() -> None:
    parts = digest.parts(tuple(range(1, 26)), 23)
    assert [len(each) for each in parts] == [10, 10, 3]
    assert sum(parts, ()) == tuple(range(1, 24))


def wish(selector: str, schedule: Schedule | None = DAILY) -> DigestWish:
    return DigestWish(CHAT, selector, schedule)


@pytest.mark.parametrize(
    ("wishes", "level", "waits"),
    [
        pytest.param((), Level.INFO, False, id="nothing-wished"),
        pytest.param((wish("all"),), Level.INFO, True, id="all"),
        pytest.param((wish("all"),), Level.FLASH, False, id="flash-never-in-all"),
        pytest.param((wish("tag:east"),), Level.FLASH, False, id="flash-never-by-tag"),
        pytest.param((wish("level:flash"),), Level.FLASH, True, id="flash-if-its-level-is-named"),
        pytest.param((wish("r"),), Level.FLASH, True, id="flash-if-its-rule-is-named"),
        pytest.param((wish("level:info"),), Level.ALERT, False, id="a-level-alone"),
        pytest.param((wish("level:info"),), Level.INFO, True, id="its-level"),
        pytest.param((wish("tag:east"),), Level.INFO, True, id="its-tag"),
        pytest.param((wish("tag:west"),), Level.INFO, False, id="another-tag"),
        pytest.param((wish("all"), wish("r", None)), Level.INFO, False, id="the-rule-is-closest"),
        pytest.param((wish("all", None), wish("tag:east")), Level.INFO, True, id="a-tag-before-all"),
        pytest.param((wish("level:info", None), wish("all")), Level.INFO, False, id="a-level-before-all"),
        pytest.param(
            (wish("level:info"), wish("tag:east", None)), Level.INFO, False, id="a-tag-before-a-level"
        ),
    ],
)
def test_the_closest_wish_says_whether_a_hit_waits(
    wishes: tuple[DigestWish, ...], level: Level, waits: bool
) -> None:
    assert digest.gathered(wishes, hit("r", level), ("east", "north")) == (DAILY if waits else None)


def test_a_topic_does_as_its_chat_where_it_chose_nothing() -> None:
    chats = Preferences(zone=SEOUL, silent=frozenset(), protected=True, cap=5)
    own = Preferences(zone=BERLIN, cap=0, preview=False)
    assert own.over(chats) == Preferences(BERLIN, frozenset(), protected=True, preview=False, cap=0)


def test_info_is_silent_unless_a_chat_wishes_otherwise() -> None:
    assert Manner.of(Preferences(), None) == Manner()
    assert Manner().silent == {"info"}
    chosen = Manner.of(Preferences(SEOUL, frozenset({"alert"}), protected=True, preview=True), "ko")
    assert chosen == Manner(SEOUL, frozenset({"alert"}), protected=True, preview=True, language="ko")
