"""Outlets of rules.yaml, what is sent to them, and a service on loopback that takes it or does not."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from monitor.chat.message import Button, Message, Style, Writer
from monitor.core.model import (
    CardStory,
    CardView,
    Claimed,
    Delivery,
    DeliveryState,
    Destination,
    Kind,
    Level,
    Outlet,
)
from tests.build import NOW, book, card, hit, minutes, rule, story

if TYPE_CHECKING:
    from typing import Self

WORDS = (
    Writer()
    .line("🔴 FLASH · Refuge at a mission", Style.BOLD)
    .add("Defector <b>enters</b> & asks", Style.UNDERLINE, url="https://news.example/1?a=1&b=2")
    .line()
    .line("Example · 10:00")
    .add("card #17")
    .message(((Button("Why?", "why:17"), Button("Open", url="https://news.example/1?a=1&b=2")),))
)
BOOK = book(rule("defection", "defector", Level.FLASH))


def listed(*outlets: Outlet) -> Any:
    """Gives a book with these destinations."""
    made = book(rule("defection", "defector", Level.FLASH), destinations=outlets)
    return lambda: made


def claimed(
    messenger: str,
    name: str,
    *,
    kind: Kind = Kind.ALERT,
    number: int = 17,
    attempt: int = 1,
    repeat: bool = False,
) -> Claimed:
    """A claimed delivery of a card with two stories."""
    where = Destination(messenger, name)
    delivery = Delivery(
        number, number, where, kind, Level.FLASH, DeliveryState.SENDING, attempt, repeat=repeat
    )
    stories = (
        CardStory(
            story("A defector & <friend>", url="https://news.example/1?a=1&b=2"), NOW, (hit("defection"),)
        ),
        CardStory(story("Another", url="https://other.example/2"), minutes(1), (hit("border"),)),
    )
    return Claimed(delivery, CardView(card(number, Level.FLASH), stories))


def words(claimed: Claimed) -> Message:
    """The same for all, but for the mark of a repeat."""
    return replace(WORDS, text=f"{WORDS.text}\n(a repeat)") if claimed.delivery.repeat else WORDS


@dataclass
class Service:
    """Something that is notified over HTTP; answers with `status`, once `gate` is open."""

    status: int = 200
    got: list[dict[str, Any]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    hangs_up: bool = False

    def __post_init__(self) -> None:
        service = self
        self.gate.set()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append(json.loads(body))
                service.gate.wait(10)
                if service.hangs_up:
                    self.close_connection = True
                    return
                self.send_response(service.status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def address(self) -> str:
        """For Apprise, with a password and a token in it."""
        return f"json://ann:s3cretpassword@127.0.0.1:{self._server.server_port}/hook/t0ken-of-hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
