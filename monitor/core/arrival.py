"""Replaces dates that cannot be true by the time of first sight. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from monitor.core.model import Story

TOLERANCE = timedelta(minutes=10)
"""How far a publisher's clock may be ahead of ours: more is a wrong zone, an announcement or a mistake."""


def plausible(story: Story, now: datetime) -> Story:
    """The story as it is first stored at `now`, with a date that can be true.

    A date in the future becomes `now`, and so does one that the parser found impossible (before 1990): those
    are marked in `doubt`. A story without a date, or with one that nobody could read, stays without.
    """
    published = story.published
    if published is None:
        return replace(story, published=now) if story.doubt else story
    if published <= now + TOLERANCE:
        return story
    told = f"{published:%Y-%m-%d %H:%M} UTC lay in the future when the story was first seen"
    return replace(story, published=now, doubt=f"the feed's date {told}")
