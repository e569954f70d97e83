"""Watching for stories that were lost, and for feeds that can no longer be trusted to bring any. Pure.

- A **gap**: a page of a feed known before holds no story known before. What stood between was probably lost.
- **Silence**: nothing new for ten times the feed's own usual gap and at least three days, though the feed is read;
  or no answer of it for a day.
- An **endless** feed: page after page without a known story, a dozen of them or a thousand stories a day. All are
  still matched, and what hits is kept and told; only the storing of the rest is bounded, because a generator of
  ids would fill any disk and bury the search in noise, and such a story can have no second chance: nobody asked
  for it.
- Our own network is **down**: nothing could be reached, so no feed is to blame.

`watched` and `unread` bring a feed's vigil up to date after a poll, `news` puts what changed into words, once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor.core.cadence import spell
from monitor.core.model import FeedState, Vigil
from monitor.core.phrase import phrase

LEAST = 2
"""Stories on a page from which it tells anything that none is known: a page of one shows only the newest."""

ENDLESS = 1_000
"""New stories of a day from which a feed whose pages never hold a known one counts as endless; and how many of
them are stored in a day without a hit."""

ENDLESS_PAGES = 12
"""... or as many pages in a row without a known story: after each gap the next page is asked for as soon as may be."""

PORTION = 100
"""Stories without a hit that are stored of one page of an endless feed."""

SILENT_GAPS = 10
"""Times its usual gap for which a feed may be quiet."""

SILENT_LEAST = timedelta(days=3)
"""A feed that was quiet for less is never called silent."""

RHYTHM_LEAST = 3.0
"""Stories that must have been seen before a feed has a usual gap."""

UNREAD = timedelta(days=1)
"""A feed that could not be read for this long is called silent, too."""

UNREAD_TRIES = 3
"""... if it was tried at least so often."""

GAP_TOLD = timedelta(days=7)
"""A gap is news again when the last one is this long ago."""

HEARING = timedelta(minutes=1)
"""How far back tries count when it is judged whether our own network is down."""

UNHEARD_HOSTS = 3
"""Hosts that cannot be reached in a row make an outage (fewer where fewer are asked at all)."""

ENOUGH_TRIES = 10
"""... or more than half of the hosts tried within HEARING, if there are so many."""

RETRY = 60.0
"""Seconds before the first new try in an outage; each further one waits twice as long."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """One try to reach a host.

    `heard`: True if anything answered, False if nothing could be reached at all, None for a failure that says
    neither (a timeout, a refused connection).
    """

    at: datetime
    host: str
    heard: bool | None


def watched(state: FeedState, now: datetime, *, fresh: int, known: int) -> Vigil:
    """The vigil after a page, or after the word that nothing changed (0 fresh ones).

    `state` is as before this poll; `fresh` counts the page's new stories, `known` its known ones, cut items
    included.
    """
    old = state.vigil
    day = now.astimezone(UTC).date().isoformat()
    same_day = old.day == day
    vigil = replace(
        old,
        day=day,
        today=(old.today if same_day else 0) + fresh,
        left_out=old.left_out if same_day else 0,
    )
    if fresh or known:
        strange = state.seen_before and not known and fresh >= LEAST
        row = old.strange + 1 if strange else 0
        endless = strange and (old.endless_since is not None or vigil.today > ENDLESS or row >= ENDLESS_PAGES)
        vigil = replace(vigil, strange=row, endless_since=(old.endless_since or now) if endless else None)
        if strange and not endless:
            vigil = replace(vigil, gap_at=now, gaps=old.gaps + 1)
    if fresh or not _quiet(state, now):
        return replace(vigil, silent_since=None)
    return replace(vigil, silent_since=old.silent_since or now)


def unread(state: FeedState, now: datetime) -> Vigil:
    """The vigil of a feed that failed; `state` is as after this poll."""
    vigil, since = state.vigil, state.failing_since
    if vigil.silent_since is None and since is not None and state.failures >= UNREAD_TRIES:
        return replace(vigil, silent_since=now) if now - since >= UNREAD else vigil
    return vigil


def room(vigil: Vigil, fresh: int) -> int | None:
    """How many of a page's `fresh` stories may be stored without a hit; None: all. `vigil` counts them already."""
    if vigil.endless_since is None:
        return None
    stored = vigil.today - fresh - vigil.left_out
    return max(min(PORTION, ENDLESS - stored), 0)


def usual_gap(state: FeedState) -> float | None:
    """Seconds between two of the feed's stories as far as is known."""
    rhythm = state.rhythm
    return rhythm.span / rhythm.posts if rhythm.posts >= RHYTHM_LEAST and rhythm.span > 0 else None


def _quiet(state: FeedState, now: datetime) -> bool:
    """Whether nothing came for much longer than usual."""
    gap, last = usual_gap(state), state.rhythm.last_post
    if gap is None or last is None:
        return False
    return now - last >= max(SILENT_LEAST, timedelta(seconds=SILENT_GAPS * gap))


def news(before: FeedState, after: FeedState) -> tuple[str, ...]:
    """What has changed that those who run Tocsin should hear of, each change once, in words without addresses."""
    old, new = before.vigil, after.vigil
    told: list[str] = []
    if new.dead_since is not None and old.dead_since is None:
        then = "it is not asked again" if after.next_poll_at is None else "it is asked once in a while"
        told.append(f"{after.name} is dead: {after.last_error or 'it cannot be read'}; {then}")
    elif new.dead_since is None and old.dead_since is not None:
        told.append(f"{after.name} lives: it can be read again")
    elif new.silent_since is not None and old.silent_since is None:
        told.append(f"{after.name} is silent: {_silence(after, new.silent_since)}")
    elif new.silent_since is None and old.silent_since is not None:
        told.append(f"{after.name} speaks again")
    if new.endless_since is not None and old.endless_since is None:
        told.append(
            f"{after.name} is endless: page after page holds only new stories, {new.today:,} of them today. All are "
            f"matched; of those that no rule wants at most {ENDLESS:,} a day are stored"
        )
    elif new.endless_since is None and old.endless_since is not None:
        told.append(f"{after.name} is endless no more: its pages hold known stories again")
    if new.gap_at != old.gap_at and new.gap_at is not None:
        recent = old.gap_at is not None and new.gap_at - old.gap_at < GAP_TOLD
        if not recent:
            told.append(
                f"{after.name} has a gap: its page held no story known before, so some in between were probably "
                "lost; it is asked more often now"
            )
    return tuple(told)


def remarks(state: FeedState, now: datetime) -> tuple[str, ...]:
    """What is amiss with a feed at the moment, beside its last error, in words for people."""
    vigil = state.vigil
    found: list[str] = []
    if vigil.dead_since is not None and state.next_poll_at is not None:
        found.append(phrase("dead for {span}: asked once in a while", span=_since(vigil.dead_since, now)))
    elif vigil.silent_since is not None:
        found.append(phrase("silent: {why}", why=_silence(state, now)))
    if vigil.endless_since is not None:
        found.append(_endless(vigil.today, vigil.left_out))
    if gapped(state, now) and vigil.gap_at is not None:
        ago = _since(vigil.gap_at, now)
        found.append(
            phrase(
                "a gap {span} ago, {times} times in all: stories were probably lost between two polls",
                span=ago,
                times=vigil.gaps,
            )
            if vigil.gaps > 1
            else phrase("a gap {span} ago: stories were probably lost between two polls", span=ago)
        )
    return tuple(found)


def _since(at: datetime, now: datetime) -> str:
    return spell((now - at).total_seconds())


def _endless(today: int, left_out: int) -> str:
    if not left_out:
        return phrase("endless: page after page of new stories, {today} today", today=f"{today:,}")
    return phrase(
        "endless: page after page of new stories, {today} today, {left_out} of them not stored",
        today=f"{today:,}",
        left_out=f"{left_out:,}",
    )


def gapped(state: FeedState, now: datetime) -> bool:
    """Whether stories of the feed were probably lost of late."""
    at = state.vigil.gap_at
    return at is not None and now - at < GAP_TOLD


def _silence(state: FeedState, now: datetime) -> str:
    if state.failing_since is not None:
        waited = _since(state.failing_since, now)
        if not state.last_error:
            return phrase("it could not be read for {span} (no reason known)", span=waited)
        return phrase("it could not be read for {span} ({error})", span=waited, error=state.last_error)
    gap, last = usual_gap(state), state.rhythm.last_post
    if gap is None or last is None:
        return phrase("nothing new came")
    return phrase(
        "nothing new for {span}, where a story came every {gap} before",
        span=_since(last, now),
        gap=spell(gap),
    )


def outage_since(soundings: Sequence[Sounding], now: datetime, hosts: int) -> datetime | None:
    """Since when our own network is down, as far as `soundings` (oldest first) show it; None if it is not.

    It is down if nobody was heard since and some hosts could not be reached (all of them, where only one or two
    are asked at all: `hosts` counts those); if most of the hosts of the last minute could not be reached; or if
    many were tried in that minute and everything failed at once.
    """
    lost: list[Sounding] = []
    for sounding in reversed(soundings):
        if sounding.heard:
            break
        if sounding.heard is False:
            lost.append(sounding)
    if lost and len({each.host for each in lost}) >= min(UNHEARD_HOSTS, hosts):
        return lost[-1].at
    recent = [each for each in soundings if now - each.at <= HEARING]
    tried = {each.host for each in recent}
    if len(tried) < ENOUGH_TRIES:
        return None
    heard = {each.host for each in recent if each.heard}
    unreached = {each.host for each in recent if each.heard is False} - heard
    if heard and 2 * len(unreached) <= len(tried):
        return None
    return min(each.at for each in recent if not each.heard)


def patience(excuses: int, floor: float) -> float:
    """Seconds after which a feed is tried again that our own network kept from being read `excuses` times running."""
    return min(RETRY * 2.0 ** min(excuses - 1, 20), max(floor, RETRY))
