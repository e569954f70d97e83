"""By hand: `python -m tests.publisher` scores Tocsin, `python -m tests.publisher serve` any other feed reader."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.publisher.card import Evidence
from tests.publisher.play import PollerFailed, card
from tests.publisher.scripts import DAY, FEEDS, SCRIPTS
from tests.publisher.server import Publisher
from tests.publisher.verdict import judged, printed, score


def say(text: str) -> None:
    """Print, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def play(times: int, days: float, crowd: int, pause: float) -> int:
    """Score Tocsin so many times; the exit code is 0 if every card is full."""
    scores: list[int] = []
    for number in range(times):
        with tempfile.TemporaryDirectory() as folder:
            began = time.monotonic()
            try:
                marks = judged(asyncio.run(card(Path(folder), days=days, crowd=crowd, pause=pause)))
            except PollerFailed as failure:
                say(str(failure))
                return 2
            say(printed(marks))
            say(f"card {number + 1} of {times}, {days:g} days in {time.monotonic() - began:.0f} s\n")
            scores.append(score(marks))
    say(" ".join(f"{points}/100" for points in scores))
    return 0 if min(scores) == 100 else 1


async def serve(address: str, port: int, hours: float | None, readers: int) -> None:
    """Serve at one address until told to stop, or for some hours; then print the card."""
    site = Publisher(SCRIPTS, time.time, address=address, port=port, hosts=False)
    async with site:
        say("Read these feeds, then come back with Ctrl-C:")
        for feed in FEEDS:
            if feed.host != "localhost":
                say(site.url("", feed.path) + feed.fragment)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(hours * 3600 if hours is not None else 10 * 365 * DAY)
    say(printed(judged(Evidence(site.log, site.start, time.time(), hosts=False, shared=readers))))


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.publisher", description=__doc__)
    commands = parser.add_subparsers(dest="command")
    parser.add_argument("--times", type=int, default=2, help="cards to fill (2)")
    parser.add_argument(
        "--days", type=float, default=5.0, help="days that each of them lasts, by the steered clock (5)"
    )
    parser.add_argument(
        "--crowd", type=int, default=1800, help="feeds that start at once, for line 24 (1800)"
    )
    parser.add_argument(
        "--pause", type=float, default=0.25, help="real seconds between requests to a host (0.25)"
    )
    server = commands.add_parser("serve", help="only serve, and judge whoever comes")
    server.add_argument("--address", default="127.0.0.1")
    server.add_argument("--port", type=int, default=8077)
    server.add_argument("--hours", type=float, help="end by itself after so many hours")
    server.add_argument(
        "--readers", type=int, default=0, help="how many people share the feeds in that reader"
    )
    given = parser.parse_args()
    if given.command == "serve":
        with suppress(KeyboardInterrupt):
            asyncio.run(serve(given.address, given.port, given.hours, given.readers))
        return 0
    return play(given.times, given.days, given.crowd, given.pause)


if __name__ == "__main__":
    sys.exit(main())
