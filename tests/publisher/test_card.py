"""The card itself: who is rude loses points, and who was not seen gets none."""

from __future__ import annotations

import asyncio

import pytest

from tests.publisher.card import Evidence
from tests.publisher.log import Log
from tests.publisher.scripts import FEEDS, SCRIPTS
from tests.publisher.server import Publisher
from tests.publisher.verdict import CARD, Mark, judged, printed, score

MINUTE = 60.0
WALL = [feed for feed in FEEDS if feed.host != "localhost" and feed.line != 30 and "#" not in feed.path]


def test_the_card_has_thirty_lines_and_a_hundred_points() -> None:
    assert [line.number for line in CARD] == list(range(1, 31))
    assert sum(line.points for line in CARD) == 100


def test_who_was_not_seen_gets_no_points() -> None:
    marks = judged(Evidence(Log(), 0.0, 0.0, hosts=False))
    assert sum(mark.said.startswith("not seen") for mark in marks) >= 25
    assert score([mark for mark in marks if mark.said.startswith("not seen")]) == 0
    assert printed(marks).endswith(f"{score(marks)}/100")


class Rude:
    """A reader without manners: every minute, unconditionally, over new connections, with all it knows of itself."""

    def __init__(self, site: Publisher) -> None:
        self.site = site

    async def ask(self, path: str, method: str = "GET") -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
        lines = (f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "User-Agent: reader", "Cookie: id=1",
                 "Referer: https://reader.example/", "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
                 "Connection: close", "", "")  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()


@pytest.fixture
async def rude() -> list[Mark]:
    now = 1_772_704_800.0
    async with Publisher(SCRIPTS, lambda: now, hosts=False) as site:
        reader = Rude(site)
        for _ in range(15):
            await asyncio.gather(*(reader.ask(feed.path) for feed in WALL))
            await reader.ask("/28/icon.png", "HEAD")
            now += MINUTE
        return judged(Evidence(site.log, site.start, now, hosts=False))


async def test_a_rude_reader_loses_the_points_that_it_should(rude: list[Mark]) -> None:
    lost = {mark.line.number for mark in rude if not mark.earned and not mark.said.startswith("not seen")}
    assert lost >= {1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 20, 21, 22, 23, 28, 29}
    assert score(rude) <= 12, printed(rude)
