"""Is the running bot well? One pure judgement over the store's figures, for `status` and health checks."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.cadence import spell
from monitor.core.model import StoreStatus

HEARTS = ("poll", "deliver")
"""The parts of the process that must beat."""

NETWORK = "network"
"""Beats while our own network carries anything."""

BEAT = 15
"""Seconds between two beats."""

SILENT = timedelta(seconds=90)
"""A heart that did not beat for this long has stopped."""

STALLED = timedelta(minutes=15)
"""An alert that has waited for this long is a stall, whatever the reason."""


def ailments(status: StoreStatus, now: datetime) -> tuple[str, ...]:
    """What is wrong, in words for people; empty if all is well."""
    found = []
    for heart in HEARTS:
        beat = status.beats.get(heart)
        if beat is None:
            found.append(f"{heart}: it never started on this database")
        elif now - beat > SILENT:
            found.append(f"{heart}: no sign of life for {spell((now - beat).total_seconds())}")
    heard, polled = status.beats.get(NETWORK), status.beats.get(HEARTS[0])
    if heard is not None and polled is not None and polled - heard > SILENT:
        lost = spell((polled - heard).total_seconds())
        found.append(
            f"network: nothing was reached for {lost}, so no feed is to blame: look at our own line and DNS"
        )
    if status.oldest_owed_at is not None and now - status.oldest_owed_at > STALLED:
        waited = spell((now - status.oldest_owed_at).total_seconds())
        found.append(f"delivery: {status.owed} waiting, the oldest for {waited}")
    return tuple(found)
