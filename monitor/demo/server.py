"""A feed server on loopback for the demo: bundled feeds, with validators, as a good publisher serves them.

One of the feeds is rebuilt at every request (its `lastBuildDate` changes, its items do not), as many real ones
are: a second poll then gets a new page without anything new in it.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from types import TracebackType
from typing import Self

from monitor.core.model import Feed, FeedUrl
from monitor.ports import Clock

AGO = re.compile(r"\{\{(\d+) (min|h) ago\}\}")
REBUILT = "far-east-ru.xml"
LIST = (
    ("world-en.xml", "World news (demo)", "en"),
    ("far-east-ru.xml", "Дальний Восток (demo)", "ru"),
    ("peninsula-ko.xml", "한반도 소식 (demo)", "ko"),
)


def bundled(now: datetime) -> dict[str, bytes]:
    """The bundled feeds by file name, their samples dated relative to `now`."""

    def dated(match: re.Match[str]) -> str:
        size = timedelta(hours=1) if match[2] == "h" else timedelta(minutes=1)
        return format_datetime(now - int(match[1]) * size)

    folder = files("monitor.demo") / "feeds"
    return {
        found.name: AGO.sub(dated, found.read_text("utf-8")).encode()
        for found in folder.iterdir()
        if found.name.endswith(".xml")
    }


class FeedServer:
    """Serves the bundled feeds on a free port of 127.0.0.1 while the `with` block runs."""

    def __init__(self, clock: Clock) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(bundled(clock()), clock))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    @property
    def url(self) -> str:
        """Where it serves; add `/name.xml`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def feeds(self, every: int) -> tuple[Feed, ...]:
        """The bundled feeds as rules.yaml would list them, polled every so many seconds."""
        return tuple(
            Feed(FeedUrl(f"{self.url}/{file}"), name, lang, ("demo",), every=every)
            for file, name, lang in LIST
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(feeds: Mapping[str, bytes], clock: Clock) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.lstrip("/")
            body = feeds.get(name)
            if body is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            if name == REBUILT:
                stamp = clock().isoformat()
                body = body.replace(
                    b"</language>", f"</language><lastBuildDate>{stamp}</lastBuildDate>".encode()
                )
            etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
            fresh = self.headers.get("If-None-Match") == etag
            self.send_response(HTTPStatus.NOT_MODIFIED if fresh else HTTPStatus.OK)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/rss+xml; charset=utf-8")
            self.send_header("Content-Length", "0" if fresh else str(len(body)))
            self.end_headers()
            if not fresh:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name that http.server uses
            """Say nothing: the demo prints its polls itself."""

    return Handler
