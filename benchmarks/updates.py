"""10,000 random updates, valid by the Bot API description: none may break the bot or change what it must not."""

from __future__ import annotations

import asyncio
import logging
import os
import warnings
from collections.abc import Iterator

from benchmarks.figures import Figure
from tests.chat.bombardment import bombard

COUNT = 10_000
SEED = 6


def run() -> Iterator[Figure]:
    """All of them, one by one, over a loopback server."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")  # of the library, about fields that are none of ours
    report = asyncio.run(bombard(int(os.environ.get("TOCSIN_UPDATES", COUNT)), SEED))
    print(
        f"updates: {report.sent} sent, {report.answers} answers, {report.by_owner} changes by the owner, "
        f"{report.unreadable} that the library cannot read"
    )
    yield Figure("updates: unhandled exceptions", len(report.errors), "of all", 0, errors=report.errors)
    changed = report.unauthorised
    yield Figure("updates: changes without authorisation", len(changed), "of all", 0, errors=changed)
