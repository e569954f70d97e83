"""One body fetched by a process of its own, for `bombs`: prints what it cost, as JSON.

python -m benchmarks.one_fetch URL PLACE

Nothing else is imported or made here, so that the peak of memory is the fetcher's own. Linux only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Fetched, Page
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList


async def fetch_one(url: str, place: str) -> None:
    """Fetch a plain page, then the one to be measured."""
    async with Fetcher(
        version="0", clock=lambda: datetime.now(UTC), allow=AllowList.read("127.0.0.0/8"), gap=0
    ) as fetcher:
        await ask(fetcher, f"{url}/plain")
        forget_peak()
        before, started = memory("VmRSS"), time.monotonic()
        answer = await ask(fetcher, f"{url}/{place}")
        seconds = time.monotonic() - started
        grown = memory("VmHWM") - before
    found = {"seconds": seconds, "bytes": grown, "digest": None, "became": type(answer).__name__}
    if isinstance(answer, Page):
        found |= {
            "digest": hashlib.sha256(answer.body).hexdigest(),
            "became": f"read, {len(answer.body):,} B",
        }
    elif isinstance(answer, Failed):
        found["became"] = answer.reason
    print(json.dumps(found))


async def ask(fetcher: Fetcher, url: str) -> Fetched:
    return await fetcher(Feed(FeedUrl(url), "x"), FeedState(FeedUrl(url), "x"))


def forget_peak() -> None:
    """Let the peak of memory count from here."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")


def memory(which: str, process: int | str = "self") -> int:
    """A process's resident memory (VmRSS) or its peak (VmHWM) in bytes; 0 if it is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
            if line.startswith(which + ":"):
                return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    asyncio.run(fetch_one(*sys.argv[1:]))
