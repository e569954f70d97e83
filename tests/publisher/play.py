"""Plays the days of a card: a publisher here, a poller there; killed once, restarted once, and then judged."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from db import open_store
from monitor.core.model import Destination, Subscription
from tests.publisher.card import Evidence
from tests.publisher.clock import SharedClock
from tests.publisher.poller import CLOCK
from tests.publisher.scripts import DAY, FEEDS, REMOVED_AFTER, SCRIPTS, plain
from tests.publisher.server import Publisher

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
PEM = ROOT / "tests" / "data" / "feeds" / "self-signed.pem"
START = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)  # a Thursday: Saturday comes early
READERS = 3
CROWD_TIME = 1200.0

RULES = "rules:\n  - {id: nothing, level: info, match: unheard}\n"


class PollerFailed(Exception):
    """The poller did not end as it should; its log is the text."""


@dataclass(frozen=True)
class Stage:
    """A folder with the clock, the rules, the database and the logs of the pollers."""

    folder: Path
    pause: float = 0.0  # real seconds between two requests to a host that the pollers are told to keep
    robots: bool = False

    def prepare(self, readers: int) -> SharedClock:
        """An empty database, but for those who wait for alerts, and the clock at the start."""
        with closing(open_store(str(self.folder / "tocsin.db"), now=START)) as store:
            for number in range(readers):
                here = Destination("telegram", str(1 + number))
                store.subscribe(Subscription(here, "all", START, "telegram:1", f"Reader {number}"))
        return SharedClock.made(self.folder / CLOCK, START)

    def write_rules(self, urls: Iterable[str]) -> None:
        """The feeds to be read."""
        lines = "".join(f'  - {{url: "{url}", name: "Feed {number}"}}\n' for number, url in enumerate(urls))
        (self.folder / "rules.yaml").write_text(f"feeds:\n{lines}{RULES}", "utf-8")

    def start(self, run: int, until: float, hosts: Iterable[str]) -> subprocess.Popen[bytes]:
        """Begin to poll, in a process of its own."""
        kept = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")
        }
        settings = {
            "DATABASE": str(self.folder / "tocsin.db"),
            "RULES": str(self.folder / "rules.yaml"),
            "ALLOW_HOSTS": ",".join(sorted(set(hosts))),
            "HOST_GAP": str(self.pause),
            "ROBOTS": "yes" if self.robots else "no",
            "CONTACT": "https://card.example/about",
            "SSL_CERT_FILE": str(PEM),
            "PYTHONUTF8": "1",
        }
        with self.log(run).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.publisher.poller", str(self.folder), str(until)],
                cwd=ROOT,
                env=kept | settings,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def log(self, run: int) -> Path:
        """Where a poller writes."""
        return self.folder / f"poller-{run}.log"

    async def poll(self, site: Publisher, until: float, hosts: Iterable[str], *, dies: bool = False) -> None:
        """Poll until a time of the clock; with `dies`, until the publisher kills the poller."""
        process = self.start(site.run, until, hosts)
        if dies:
            site.kill = process.kill
        try:
            await asyncio.to_thread(process.wait)
        finally:
            site.kill = None
            process.kill()
            code = process.wait()
        if code != (-signal.SIGKILL if dies else 0):
            tail = self.log(site.run).read_text("utf-8")[-3000:]
            message = f"the poller ended with {code}:\n{tail}"
            raise PollerFailed(message)
        site.run += 1


async def card(folder: Path, *, days: float, crowd: int, pause: float) -> Evidence:
    """Play everything and give what was seen."""
    (folder / "days").mkdir()
    (folder / "crowd").mkdir()
    stage = Stage(folder / "days", pause=pause, robots=True)
    site, many = await asyncio.gather(_days(stage, days), _crowd(Stage(folder / "crowd"), crowd))
    return Evidence(
        log=site.log,
        start=site.start,
        end=site.start + days * DAY,
        hosts=True,
        runs=site.run - 1,
        killed=True,
        removed_at=site.start + REMOVED_AFTER * DAY,
        crowd=many.log,
        shared=READERS,
        pause=pause,
    )


async def _days(stage: Stage, days: float) -> Publisher:
    clock = stage.prepare(READERS)
    hosts = {feed.site for feed in FEEDS} | {"other07.example", "new17.example"}
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(PEM)
    async with Publisher(SCRIPTS, lambda: clock.at, tls=tls) as site:
        urls: dict[int, list[str]] = {feed.line: [] for feed in FEEDS}
        for feed in FEEDS:
            urls[feed.line].append(site.url(feed.site, feed.path) + feed.fragment)
        stage.write_rules(url for each in urls.values() for url in each)
        end = site.start + days * DAY
        await stage.poll(site, end, hosts, dies=True)
        await stage.poll(site, site.start + REMOVED_AFTER * DAY, hosts)
        del urls[27]
        stage.write_rules(url for each in urls.values() for url in each)
        await stage.poll(site, end, hosts)
    clock.close()
    return site


async def _crowd(stage: Stage, count: int) -> Publisher:
    clock = stage.prepare(0)
    paths = [f"/24/{number}" for number in range(count)]
    hosts = [f"crowd{number}.example" for number in range(count)]
    async with Publisher(dict.fromkeys(paths, plain), lambda: clock.at) as site:
        stage.write_rules(site.url(host, path) for host, path in zip(hosts, paths, strict=True))
        await stage.poll(site, site.start + CROWD_TIME, hosts)
    clock.close()
    return site
