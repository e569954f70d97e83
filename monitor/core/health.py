"""Is the running bot well? One pure judgement over the store's figures, for `status` and health checks."""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.core.cadence import spell
from monitor.core.model import StoreStatus
from monitor.core.phrase import phrase

HEARTS = ("poll", "deliver")
"""The parts of the process that must beat."""

NETWORK = "network"
"""Beats while our own network carries anything."""

SHORT = "disk"
"""Beats while there is less free space than FREE_SPACE_FLOOR."""

COPIED = "backup"
"""Beat when a scheduled backup was made."""

NOT_COPIED = "no backup"
"""Beat when one could not be made."""

RIVAL = "rival"
"""Beats while another program takes this bot's messages at Telegram."""

BEAT = 15
"""Seconds between two beats."""

SILENT = timedelta(seconds=90)
"""A heart that did not beat for this long has stopped."""

STALLED = timedelta(minutes=15)
"""An alert that has waited for this long is a stall, whatever the reason."""


def ailments(status: StoreStatus, now: datetime) -> tuple[str, ...]:
    """What is wrong, in words for people; empty if all is well."""
    found: list[str] = []
    for heart in HEARTS:
        beat = status.beats.get(heart)
        if beat is None:
            found.append(phrase("{heart}: it never started on this database", heart=heart))
        elif now - beat > SILENT:
            silence = spell((now - beat).total_seconds())
            found.append(phrase("{heart}: no sign of life for {span}", heart=heart, span=silence))
    heard, polled = status.beats.get(NETWORK), status.beats.get(HEARTS[0])
    if heard is not None and polled is not None and polled - heard > SILENT:
        lost = spell((polled - heard).total_seconds())
        found.append(
            phrase(
                "network: nothing was reached for {span}, so no feed is to blame: look at our own line and DNS",
                span=lost,
            )
        )
    rival = status.beats.get(RIVAL)
    if rival is not None and now - rival <= SILENT:
        found.append(
            phrase(
                "telegram: another program takes this bot's messages; stop one of the two, they share a token"
            )
        )
    short = status.beats.get(SHORT)
    if short is not None and (polled is None or polled - short <= timedelta(seconds=2 * BEAT)):
        found.append(phrase("disk: hardly any space is free, so polling pauses until there is room"))
    failed, copied = status.beats.get(NOT_COPIED), status.beats.get(COPIED)
    if failed is not None and (copied is None or failed > copied):
        found.append(phrase("backup: the last one could not be made; the log says why"))
    if status.oldest_owed_at is not None and now - status.oldest_owed_at > STALLED:
        waited = spell((now - status.oldest_owed_at).total_seconds())
        found.append(phrase("delivery: {n} waiting, the oldest for {span}", n=status.owed, span=waited))
    return tuple(found)
