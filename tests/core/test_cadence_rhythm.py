from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest

from monitor.core.cadence import (
    DAY,
    HOUR,
    Pace,
    after_poll,
    balanced,
    expected_posts,
    explain,
    first_poll,
    most_starts,
    rate,
    scale,
)
from monitor.core.cadence.words import busy_hours, spell_range, spell_rate
from monitor.core.model import Feed, FeedState, FeedUrl, Rhythm, Unchanged, Validators, Vigil
from tests.build import FEED, NOW, URL, batch, minutes, page, state, story

PACE = Pace(floor=60, blind=60, mean=3600)
MONDAY = datetime(2026, 9, 28, tzinfo=UTC)
ETAG = Validators('"1"')
ZONE = timezone(timedelta(hours=2))


def posts(*times, **fields):
    return tuple(story(str(n), published=time, **fields) for n, time in enumerate(times))


def seen(stories, *, before=None, now=NOW, **more) -> FeedState:
    given = batch(*stories, **more)
    return after_poll(
        FEED, before or state(), page(), now=now, jitter=0.5, pace=PACE, batch=given, fresh=stories
    )


def steady(
    per_day: float, *, hours: range = range(24), days: range = range(7), until=NOW, **fields
) -> Rhythm:
    """A feed that was watched for long and posts so often, in these hours and days only."""
    count = per_day * 20
    return replace(
        Rhythm(
            since=until - timedelta(days=99),
            until=until,
            posts=count,
            span=20.0 * DAY,
            hours=tuple(count / len(hours) if hour in hours else 0.0 for hour in range(24)),
            days=tuple(count / len(days) if day in days else 0.0 for day in range(7)),
        ),
        **fields,
    )


def unchanged(rhythm: Rhythm, *, now=NOW, jitter=0.5, pace=PACE, feed=FEED, **fields) -> FeedState:
    known = state(rhythm=rhythm, validators=ETAG, **fields)
    return after_poll(feed, known, Unchanged(URL), now=now, jitter=jitter, pace=pace)


def wait(after, now=NOW):
    assert after.next_poll_at is not None
    return (after.next_poll_at - now).total_seconds()


def per_day(rhythm, now=NOW):
    return rate(rhythm, now) * DAY


def test_a_first_page_gives_a_first_estimate_and_pinned_items_do_not_spoil_it():
    often = posts(*(minutes(-30 * n) for n in range(1, 21)))
    plain = seen(often).rhythm
    assert per_day(plain) == pytest.approx(40, rel=0.25)
    pinned = seen((*often, *posts(NOW - timedelta(days=900), NOW - timedelta(days=400)))).rhythm
    assert per_day(pinned) == pytest.approx(per_day(plain), rel=0.2)
    assert (plain.last_post, plain.room) == (minutes(-30), 20)


def test_dates_that_cannot_be_true_teach_nothing():
    for stories in (posts(minutes(90)), posts(None), posts(minutes(-5), doubt="in 1970")):
        rhythm = seen(stories).rhythm
        assert (rhythm.posts, rhythm.last_post, rhythm.until) == (0, None, NOW)
        assert per_day(rhythm) == pytest.approx(4)


def test_posts_are_counted_at_their_dates_and_forgotten_by_half_in_two_weeks():
    first = seen(())
    later = NOW + timedelta(hours=5)  # 15:00 on a Sunday
    second = seen(posts(minutes(60), minutes(65)), before=first, now=later).rhythm
    assert (second.posts, second.hours[11], second.days[6]) == (2, 2, 2)
    assert second.last_post == minutes(65)
    assert second.span == pytest.approx(5 * HOUR, rel=0.01)
    half = seen(
        posts(later + timedelta(days=14)),
        before=state(rhythm=second, last_success_at=later + timedelta(days=13)),
        now=later + timedelta(days=14),
    ).rhythm
    assert half.hours[11] == pytest.approx(1)
    assert half.posts == pytest.approx(2)


@pytest.mark.parametrize(
    "stories",
    [
        pytest.param(posts(None), id="no date"),
        pytest.param(posts(minutes(-700)), id="dated before the last poll"),
        pytest.param(posts(minutes(700)), id="dated after this one"),
        pytest.param(posts(minutes(30), doubt="?"), id="in doubt"),
    ],
)
def test_a_post_without_a_date_to_trust_is_spread_over_the_time_between_the_polls(stories):
    later = minutes(240)
    rhythm = seen(stories, before=seen(()), now=later).rhythm
    assert rhythm.hours[10:14] == pytest.approx((0.25,) * 4)
    assert (sum(rhythm.hours), rhythm.posts, rhythm.last_post) == (1, 1, later)
    soon = seen(stories, before=seen(()), now=minutes(2)).rhythm
    assert soon.hours[10] == 1


def test_a_post_after_a_long_silence_is_spread_over_the_last_day():
    rhythm = seen(posts(None), before=seen(()), now=NOW + timedelta(days=9)).rhythm
    assert rhythm.hours == pytest.approx((1 / 24,) * 24, abs=1e-3)


def test_polls_without_news_change_nothing_and_lower_the_rate():
    known = steady(10)
    for after in (unchanged(known), seen((), before=state(rhythm=known, last_success_at=minutes(-9)))):
        assert replace(after.rhythm, room=0) == known
    assert per_day(known, NOW + timedelta(days=14)) < 0.6 * per_day(known)


def test_an_endless_feed_teaches_no_rhythm():
    known = steady(10)
    before = state(rhythm=known, last_success_at=minutes(-9), vigil=Vigil(endless_since=NOW))
    assert seen(posts(minutes(-3)), before=before).rhythm.posts == known.posts


def test_the_interval_follows_the_root_of_weight_and_rate():
    slow, quick = (wait(unchanged(steady(rate))) for rate in (4, 36))
    assert slow / quick == pytest.approx(3, rel=0.02)
    heavy = wait(unchanged(steady(4), feed=Feed(URL, "Example", weight=4.0)))
    assert slow / heavy == pytest.approx(2, rel=0.02)


def test_a_feed_is_asked_when_it_posts_and_not_in_its_night():
    office = steady(30, hours=range(8, 18), days=range(5), until=MONDAY)
    night = unchanged(office, now=MONDAY + timedelta(hours=22))
    noon = unchanged(office, now=MONDAY + timedelta(hours=12))
    assert wait(night, MONDAY + timedelta(hours=22)) > 4 * wait(noon, MONDAY + timedelta(hours=12))
    weekend = wait(unchanged(office, now=MONDAY - timedelta(hours=12)), MONDAY - timedelta(hours=12))
    assert weekend > 2 * wait(noon, MONDAY + timedelta(hours=12))


def test_no_feed_is_slower_than_four_mean_intervals_or_a_day():
    dead = steady(0.001)
    assert wait(unchanged(dead)) == pytest.approx(4 * 3600)
    assert wait(unchanged(dead, pace=Pace(mean=DAY)), NOW) == pytest.approx(DAY)


def test_a_short_page_is_asked_before_it_rolls_over():
    quick = steady(480)
    slow = Pace(floor=60, mean=3 * HOUR)
    assert wait(unchanged(replace(quick, room=10), pace=slow)) == pytest.approx(900, rel=0.05)
    assert wait(unchanged(replace(quick, room=500), pace=slow)) > 950


def test_after_a_gap_the_feed_is_asked_at_the_floor_and_then_twice_as_often_for_a_week():
    calm = steady(4)
    now = unchanged(calm, vigil=Vigil(gap_at=NOW))
    assert wait(now) == 60
    assert "lost" in now.reason
    soon = wait(unchanged(calm, vigil=Vigil(gap_at=minutes(-60))))
    late = wait(unchanged(calm, vigil=Vigil(gap_at=NOW - timedelta(days=8))))
    endless = wait(unchanged(calm, vigil=Vigil(gap_at=minutes(-60), endless_since=minutes(-9))))
    assert (late / soon, endless) == pytest.approx((2, late))


@pytest.mark.parametrize(
    ("skip", "now", "until"),
    [
        pytest.param({"skip_hours": (10, 11)}, NOW, minutes(120), id="the hours in which it is"),
        pytest.param({"skip_hours": (11,)}, NOW, minutes(120), id="the hour at which it would be asked"),
        pytest.param(
            {"skip_days": (5, 6)},
            datetime(2026, 9, 25, 23, 40, tzinfo=UTC),
            datetime(2026, 9, 28, 0, 0, tzinfo=UTC),
            id="a weekend",
        ),
    ],
)
def test_hours_and_days_in_which_a_feed_will_not_be_asked_are_passed_over(skip, now, until):
    after = unchanged(steady(4, **skip), now=now, pace=Pace(floor=900, mean=2 * HOUR), jitter=0.0)
    assert after.next_poll_at is not None
    assert after.next_poll_at >= until
    assert after.next_poll_at < until + timedelta(hours=9)


def test_a_feed_that_will_never_be_asked_is_asked_all_the_same():
    after = unchanged(steady(4, skip_hours=tuple(range(24))))
    assert wait(after) <= 3 * DAY
    gap = unchanged(steady(4, skip_hours=(10,)), vigil=Vigil(gap_at=NOW))
    assert gap.next_poll_at == minutes(60)


def test_what_a_page_says_of_itself_is_kept_for_the_polls_that_bring_none():
    rhythm = seen((), ttl=7200, skip_hours=frozenset({3, 1}), skip_days=frozenset({6})).rhythm
    assert (rhythm.ttl, rhythm.skip_hours, rhythm.skip_days) == (7200, (1, 3), (6,))


def many(*rhythms: Rhythm, **fields) -> list[tuple[Feed, FeedState]]:
    made = []
    for number, rhythm in enumerate(rhythms):
        feed = Feed(FeedUrl(f"https://{number}.example/"), str(number))
        filled = {"validators": ETAG, "next_poll_at": NOW, "rhythm": rhythm, **fields}
        made.append((feed, FeedState(feed.url, feed.name, **filled)))
    return made


def polls_a_day(known, pace: Pace) -> float:
    total = 0
    for feed, before in known:
        now, after = NOW, before
        while now < NOW + timedelta(days=7):
            after = after_poll(feed, after, Unchanged(feed.url), now=now, jitter=0.5, pace=pace)
            assert after.next_poll_at is not None
            now = after.next_poll_at
            total += 1
    return total / 7


@pytest.mark.parametrize(
    ("pace", "expected"),
    [
        pytest.param(Pace(floor=60, mean=HOUR), 4 * 24, id="a mean interval"),
        pytest.param(Pace(floor=900, mean=HOUR), 4 * 24, id="with a floor that some reach"),
        pytest.param(Pace(floor=60, per_hour=8), 8 * 24, id="requests an hour"),
        pytest.param(Pace(floor=60, mean=HOUR, per_hour=9999), 4 * 24, id="both: the slower one"),
    ],
)
def test_all_feeds_together_keep_to_the_budget(pace, expected):
    known = many(steady(200, hours=range(6, 20)), steady(20), steady(3, days=range(5)), steady(0.3))
    # The rates fall in the quiet week that is tried here, and some of the budget is not used therefore.
    assert polls_a_day(known, balanced(pace, known, NOW)) == pytest.approx(expected, rel=0.12)


def test_a_budget_that_no_interval_can_meet_ends_at_the_bounds():
    known = many(steady(20))
    assert wait(unchanged(steady(20), pace=balanced(Pace(floor=60, per_hour=1e-3), known, NOW))) == DAY
    assert wait(unchanged(steady(20), pace=balanced(Pace(floor=60, mean=1), known, NOW))) == pytest.approx(60)


def test_feeds_that_are_not_asked_have_no_share_of_the_budget():
    known = many(steady(20), steady(5))
    dead = many(steady(3), vigil=Vigil(dead_since=NOW)) + many(steady(3), next_poll_at=None)
    assert balanced(PACE, known + dead, NOW) == balanced(PACE, known, NOW)
    assert balanced(PACE, dead, NOW) == PACE


def test_the_profile_of_all_feeds_fills_in_for_those_of_which_little_is_known():
    morning = steady(20, hours=range(4, 8))
    pace = balanced(PACE, many(morning, morning, Rhythm()), NOW)
    assert pace.hours[5] > 2
    assert sum(pace.hours) == pytest.approx(24)
    assert balanced(PACE, many(Rhythm()), NOW).hours == PACE.hours
    early = NOW.replace(hour=4)
    assert wait(unchanged(Rhythm(), now=early, pace=pace), early) < wait(unchanged(Rhythm(), pace=pace))


def test_without_feeds_any_constant_will_do():
    assert scale((), 1.0, 5.0) < 5.0


@pytest.mark.parametrize("count", [20, 500, 3000])
def test_first_polls_of_many_feeds_are_spread(count):
    times = [first_poll(number, count, NOW, 0.7) for number in range(count)]
    seconds = [(time - NOW).total_seconds() for time in times]
    assert min(seconds) >= 0
    assert max(seconds) <= 900
    assert times == sorted(times)
    busiest = max(sum(at <= other < at + 1 for other in seconds) for at in seconds)
    assert busiest <= max(1, 3 * count / 900)
    assert all(later > before for before, later in pairwise(seconds))


def test_a_few_new_feeds_are_asked_at_once():
    assert {first_poll(number, 3, NOW, 0.9) for number in range(3)} == {NOW}


def test_after_a_break_polls_begin_no_faster_than_twice_the_usual():
    assert most_starts(20, Pace()) == 3
    assert most_starts(5000, Pace(mean=1800)) == 6


def test_how_many_posts_silence_has_cost():
    office = steady(24, hours=range(8, 20), until=MONDAY)
    whole = expected_posts(office, MONDAY, MONDAY + timedelta(days=1), PACE)
    assert whole == pytest.approx(24, rel=0.1)
    night = expected_posts(office, MONDAY, MONDAY + timedelta(hours=6.5), PACE)
    assert night < 1
    assert expected_posts(Rhythm(), MONDAY, MONDAY + timedelta(days=1), PACE) == pytest.approx(4)


def test_a_learnt_interval_explains_itself():
    after = unchanged(steady(14, hours=range(8, 19)))
    assert "it posts about 14 stories a day, most between " in after.reason
    assert explain(after, NOW, UTC).startswith("every ")
    assert f", next {after.next_poll_at:%H:%M}, because it posts about 14 stories a day" in explain(
        after, NOW, UTC
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param(
            {"reason": "every 5 min: it is fixed in rules.yaml"},
            "every 5 min, next 12:00, because it is fixed in rules.yaml",
            id="in the reader's zone",
        ),
        pytest.param(
            {"reason": "every 5 min: so", "next_poll_at": NOW + timedelta(days=1)},
            "every 5 min, next 2026-09-28 12:00, because so",
            id="with its day if it is another one",
        ),
        pytest.param({"reason": "try 2 in 5 min"}, "try 2 in 5 min; next 12:00", id="after a failure"),
        pytest.param({"reason": "never again: gone", "next_poll_at": None}, "never again: gone", id="never"),
        pytest.param({"reason": ""}, "", id="not asked yet"),
    ],
)
def test_the_next_poll_is_told_to_people(fields, expected):
    assert explain(state(**fields), NOW, ZONE) == expected


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [(240, 1320, "4-22 min"), (2700, 10800, "45 min-3 h"), (900, 905, "15 min")],
)
def test_a_range_is_told_in_one_unit_if_it_can(least, most, words):
    assert spell_range(least, most) == words


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (14 / DAY, "about 14 stories a day"),
        (0.5 / DAY, "about 4 stories a week"),
        (0.01 / DAY, "hardly ever"),
    ],
)
def test_a_rate_is_told_by_the_day_or_the_week(rate, words):
    assert spell_rate(rate) == words


def test_the_busy_hours_are_told_across_midnight_and_only_if_there_are_any():
    night = [1.0 if hour in {22, 23, 0, 1} else 0.01 for hour in range(24)]
    assert busy_hours(night) == (22, 1)
    assert busy_hours([1.0] * 24) is None
