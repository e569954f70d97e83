"""Why a feed is asked when it is, for people."""

from __future__ import annotations

from datetime import datetime, tzinfo

from monitor.core.model import FeedState


def explain(state: FeedState, now: datetime, zone: tzinfo) -> str:
    """`every 4-22 min, next 10:42, because it posts about 14 stories a day, most between 08 and 19 UTC`.

    The next poll is told in the reader's zone, with its day if that is another one than today.
    """
    if state.next_poll_at is None or not state.reason:
        return state.reason
    due = state.next_poll_at.astimezone(zone)
    told = f"{due:%H:%M}" if due.date() == now.astimezone(zone).date() else f"{due:%Y-%m-%d %H:%M}"
    when, colon, why = state.reason.partition(": ")
    return (
        f"{when}, next {told}, because {why}"
        if colon and when.startswith(("every", "in "))
        else f"{state.reason}; next {told}"
    )
