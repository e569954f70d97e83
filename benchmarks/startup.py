"""Start-up to the first poll, and the memory of the running bot at rest, with 100 feeds and Telegram connected.

The bot runs as its users run it (`python bot.py run`) against a feed server and a Bot API server on loopback.
Memory is the proportional set size of the bot and all its children, after the first polls are stored and the
parser processes had time to go away.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.figures import Figure

ROOT = Path(__file__).parent.parent
FEEDS = 100
REST = 45.0
"""Seconds after the last first poll until memory is read."""

BOT_API = """
import asyncio, sys
from tests.botapi import BotApi
async def main():
    async with BotApi(token="1:bench") as api:
        print(api.url, flush=True)
        await asyncio.Event().wait()
asyncio.run(main())
"""


class Feeds:
    """Serves any path as a feed of ten items; knows when it was asked first, and how many feeds were asked for."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.paths: set[str] = set()

    def document(self, path: str) -> bytes:
        """The feed at a path."""
        self.first = self.first or time.monotonic()
        self.paths.add(path)
        items = "".join(
            f"<item><title>Story {i} of {path}</title><guid>{path}-{i}</guid>"
            f"<link>http://127.0.0.1{path}/{i}</link><description>{'Nothing to see here. ' * 20}</description></item>"
            for i in range(10)
        )
        return f'<rss version="2.0"><channel><title>{path}</title>{items}</channel></rss>'.encode()


@contextmanager
def feed_server(feeds: Feeds) -> Iterator[str]:
    """A feed server on loopback; gives its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = feeds.document(self.path)
            self.send_response(200)
            self.send_header("ETag", '"1"')
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run() -> list[Figure]:
    """Measure; takes about a minute."""
    feeds = Feeds()
    with feed_server(feeds) as url, tempfile.TemporaryDirectory() as folder, bot_api() as api:
        rules = Path(folder) / "rules.yaml"
        lines = [f'  - {{url: "{url}/{i}", name: Feed {i}, lang: en, every: 1h}}' for i in range(FEEDS)]
        rules.write_text("feeds:\n" + "\n".join(lines) + "\nrules:\n  - {id: r, match: consulate}\n", "utf-8")
        environ = os.environ | {
            "TELEGRAM_BOT_TOKEN": "1:bench",
            "TELEGRAM_API_URL": api,
            "OWNERS": "42",
            "RULES": str(rules),
            "DATABASE": str(Path(folder) / "bench.db"),
            "ALLOW_HOSTS": "127.0.0.0/8",
            "LOG_LEVEL": "warning",
        }
        started = time.monotonic()
        bot = subprocess.Popen([sys.executable, "bot.py", "run"], cwd=ROOT, env=environ)
        try:
            while len(feeds.paths) < FEEDS and time.monotonic() - started < 60 and bot.poll() is None:
                time.sleep(0.01)
            time.sleep(REST)
            memory = sum(pss(pid) for pid in family(bot.pid))
        finally:
            bot.terminate()
            bot.wait(15)
    first = (feeds.first or float("inf")) - started
    return [
        Figure("start-up to first poll", first, "s", 2.0),
        Figure(f"memory at rest, {len(feeds.paths)} feeds polled", memory / 1e6, "MB", 120.0),
    ]


@contextmanager
def bot_api() -> Iterator[str]:
    """Our loopback Bot API server in a process of its own; gives its address."""
    server = subprocess.Popen([sys.executable, "-c", BOT_API], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()


def family(pid: int) -> list[int]:
    """A process and all its descendants (Linux)."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def pss(pid: int) -> int:
    """Proportional set size in bytes: shared pages count in part (Linux)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
