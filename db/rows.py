"""Rows to models and back: pure, and shared by every store that keeps rows.

Times are text of one fixed width in UTC, so that they sort as they follow each other; see `migrations.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from monitor.core.model import (
    Card,
    Delivery,
    DeliveryState,
    Destination,
    DigestWish,
    Entry,
    Evidence,
    FeedState,
    FeedUrl,
    Gathered,
    Hit,
    KeptBook,
    Kind,
    Level,
    Mute,
    MuteKind,
    Notice,
    Preferences,
    Push,
    QuietHours,
    RuleId,
    Schedule,
    Story,
    StoryKey,
    StoryMark,
    Subscription,
)
from monitor.core.pacing import Pace
from monitor.core.text import canonical_url, fingerprint, title_words

Values = tuple[str | int | None, ...]
"""What is bound to the parameters of one statement."""


class Row(Protocol):
    """One row of an answer, read by column name."""

    def __getitem__(self, column: str, /) -> Any:  # noqa: ANN401 - a column's type is known by its schema only
        """The value of a column."""
        ...


def to_text(moment: datetime) -> str:
    """A moment as it is stored; raises ValueError if it is not aware."""
    if moment.tzinfo is None:
        message = f"a time without a zone: {moment!r}"
        raise ValueError(message)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def maybe_text(moment: datetime | None) -> str | None:
    """A moment as it is stored, or None."""
    return None if moment is None else to_text(moment)


def to_time(text: str) -> datetime:
    """The moment that `to_text` wrote."""
    return datetime.fromisoformat(text)


def maybe_time(text: str | None) -> datetime | None:
    """The moment that `maybe_text` wrote."""
    return None if text is None else to_time(text)


def by_name(states: Iterable[FeedState]) -> tuple[FeedState, ...]:
    """Feeds in the order in which people look for them; the address decides between equal names."""
    return tuple(sorted(states, key=lambda s: (s.name.casefold(), s.url)))


def story_values(story: Story) -> Values:
    """A story, in the order of the columns from key to tier."""
    return (
        story.key,
        story.title,
        story.url,
        story.summary,
        story.text,
        story.author,
        maybe_text(story.published),
        story.lang,
        story.source,
        json.dumps(story.tags, ensure_ascii=False),
        story.tier,
    )


def story_of(row: Row) -> Story:
    """A row of `stories`, with its feed's address as `feed` and what `story_notes` says as `doubt`."""
    return Story(
        feed=FeedUrl(row["feed"]),
        key=StoryKey(row["key"]),
        title=row["title"],
        url=row["url"],
        summary=row["summary"],
        text=row["text"],
        author=row["author"],
        published=maybe_time(row["published_at"]),
        lang=row["lang"],
        source=row["source"],
        tags=tuple(json.loads(row["tags"])),
        tier=row["tier"],
        doubt=row["doubt"] or "",
    )


def notice_of(row: Row) -> Notice:
    """A row of `notices`, with its feed's address as `feed`."""
    return Notice(row["id"], FeedUrl(row["feed"]), row["text"], to_time(row["at"]))


def mark_values(story: Story) -> Values:
    """What grouping compares: canonical_url, fingerprint, words."""
    return (
        canonical_url(story.url) if story.url else None,
        fingerprint(story.title),
        words_text(title_words(story.title)),
    )


def hit_values(hit: Hit) -> Values:
    """A hit: rule, level, evidence."""
    evidence = [
        {
            "clause": e.clause,
            "term": e.term,
            "field": e.field,
            "start": e.start,
            "end": e.end,
            "surface": e.surface,
        }
        for e in hit.evidence
    ]
    return hit.rule, int(hit.level), json.dumps(evidence, ensure_ascii=False)


def hit_of(row: Row) -> Hit:
    """A row of `hits`."""
    evidence = tuple(Evidence(**each) for each in json.loads(row["evidence"]))
    return Hit(RuleId(row["rule"]), Level(row["level"]), evidence)


def card_of(row: Row) -> Card:
    """A row of `cards`."""
    return Card(row["number"], Level(row["level"]), to_time(row["opened_at"]))


def words_text(words: Iterable[str]) -> str:
    """The words of a title as they are stored."""
    return json.dumps(sorted(words), ensure_ascii=False)


def mark_of(row: Row) -> StoryMark:
    """A row of `card_stories`, with its feed's address as `feed` and its date as `published_at`."""
    return StoryMark(
        feed=FeedUrl(row["feed"]),
        canonical_url=row["canonical_url"],
        fingerprint=row["fingerprint"],
        words=frozenset(json.loads(row["words"])),
        published=maybe_time(row["published_at"]),
    )


@lru_cache(maxsize=4096)
def destination_of(written: str) -> Destination:
    """A column `destination`; remembered, as the clerk reads the same few for every card."""
    return Destination.read(written)


def subscription_values(subscription: Subscription) -> Values:
    """A subscription: destination, selector, since, asked_by, title."""
    return (
        str(subscription.destination),
        subscription.selector,
        to_text(subscription.since),
        subscription.by,
        subscription.title,
    )


def subscription_of(row: Row) -> Subscription:
    """A row of `subscriptions`."""
    return Subscription(
        destination=destination_of(row["destination"]),
        selector=row["selector"],
        since=to_time(row["since"]),
        by=row["asked_by"],
        title=row["title"],
    )


def delivery_of(row: Row) -> Delivery:
    """A row of `outbox`."""
    return Delivery(
        id=row["id"],
        card=row["card"],
        destination=destination_of(row["destination"]),
        kind=Kind(row["kind"]),
        level=Level(row["level"]),
        state=DeliveryState(row["state"]),
        attempt=row["attempt"],
        not_before=maybe_time(row["not_before"]),
        repeat=bool(row["repeat"]),
        message=row["message"],
        reason=row["reason"],
        digest=row["digest"],
        part=row["part"],
        parts=row["parts"],
    )


def entry_of(row: Row) -> Entry:
    """A row of `outbox`, with the reason for which its destination is suspended as `held`, and `repeats`."""
    return Entry(
        delivery_of(row),
        to_time(row["owed_at"]),
        maybe_time(row["settled_at"]),
        row["held"] or "",
        bool(row["repeats"]),
    )


def book_of(row: Row) -> KeptBook:
    """A row of `rulebooks`, without its text."""
    return KeptBook(row["version"], to_time(row["loaded_at"]), row["changed_by"], row["note"])


def push_of(row: Row) -> Push:
    """A row of `pushes`, with its feed's address as `feed`."""
    return Push(
        feed=FeedUrl(row["feed"]),
        hub=row["hub"],
        topic=row["topic"],
        token=row["token"],
        secret=row["secret"],
        asked_at=to_time(row["asked_at"]),
        until=maybe_time(row["until_at"]),
        failures=row["failures"],
        ending=bool(row["ending"]),
    )


def mute_values(mute: Mute) -> Values:
    """A mute: destination, kind, value, until_at, asked_by."""
    return str(mute.destination), mute.kind, mute.value, to_text(mute.until), mute.by


def mute_of(row: Row) -> Mute:
    """A row of `mutes`."""
    where = destination_of(row["destination"])
    return Mute(where, MuteKind(row["kind"]), row["value"], to_time(row["until_at"]), row["asked_by"])


def quiet_values(quiet: QuietHours) -> Values:
    """Quiet hours: destination, begins, ends, zone, excepted."""
    excepted = json.dumps(sorted(map(int, quiet.excepted)))
    return str(quiet.destination), f"{quiet.begins:%H:%M}", f"{quiet.ends:%H:%M}", quiet.zone.key, excepted


def quiet_of(row: Row) -> QuietHours:
    """A row of `quiet_hours`."""
    return QuietHours(
        destination_of(row["destination"]),
        time.fromisoformat(row["begins"]),
        time.fromisoformat(row["ends"]),
        ZoneInfo(row["zone"]),
        frozenset(map(Level, json.loads(row["excepted"]))),
    )


def schedule_text(schedule: Schedule | None) -> str:
    """A schedule as it is stored; empty for a cap."""
    return "" if schedule is None else str(schedule)


def digest_wish_of(row: Row) -> DigestWish:
    """A row of `digest_wishes`."""
    where = destination_of(row["destination"])
    return DigestWish(where, row["selector"], Schedule.read(row["schedule"] or ""))


def gathered_of(row: Row) -> Gathered:
    """A row of `gathered`."""
    where = destination_of(row["destination"])
    return Gathered(row["card"], where, Level(row["level"]), Schedule.read(row["schedule"]))


def preferences_values(chosen: Preferences) -> Values:
    """What was chosen: zone, silent, protected, preview, cap."""
    return (
        None if chosen.zone is None else chosen.zone.key,
        None if chosen.silent is None else json.dumps(sorted(chosen.silent)),
        None if chosen.protected is None else int(chosen.protected),
        None if chosen.preview is None else int(chosen.preview),
        chosen.cap,
    )


def preferences_of(row: Row) -> Preferences:
    """A row of `preferences`."""
    return Preferences(
        None if row["zone"] is None else ZoneInfo(row["zone"]),
        None if row["silent"] is None else frozenset(json.loads(row["silent"])),
        None if row["protected"] is None else bool(row["protected"]),
        None if row["preview"] is None else bool(row["preview"]),
        row["cap"],
    )


def pace_values(pace: Pace) -> Values:
    """A learnt pace, in the order of the columns."""
    return pace.name, to_text(pace.asked_at), to_text(pace.until), round(pace.heat * 1000)


def pace_of(row: Row) -> Pace:
    """The pace that `pace_values` wrote."""
    return Pace(row["name"], to_time(row["asked_at"]), to_time(row["until_at"]), row["heat"] / 1000)
