"""Atom feeds of alerts: what a feed reader finds in them, and what happens to the file."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import feedparser
import pytest

from monitor.core.errors import SettingsError
from monitor.core.model import ATOM, Kind, Later, Outlet, Receipt, Refused, RuleId, Sent
from monitor.outlets.atom import MOST, Item, entry
from monitor.outlets.feeds import AtomMessenger
from monitor.outlets.serving import outlet_feeds
from tests.build import NOW
from tests.fakes import FixedClock
from tests.outlets.outlet_world import claimed, listed, words

ARCHIVE = Outlet("archive", ("all",), atom="alerts.xml")
SPACE = "{http://www.w3.org/2005/Atom}"


class Desk:
    """A messenger into a folder, and what a reader finds there."""

    def __init__(self, folder: Path, root: str = "") -> None:
        self.file = folder / "atom" / "alerts.xml"
        self.clock = FixedClock()
        self.messenger = AtomMessenger(
            book=listed(ARCHIVE),
            folder=folder / "atom",
            words=words,
            clock=self.clock,
            names=lambda: {RuleId("defection"): "Refuge at a mission"},
            root=root,
        )

    async def tell(self, number: int = 17, name: str = "archive", **fields: Any) -> Receipt:
        return await self.messenger.deliver(claimed(ATOM, name, number=number, **fields))

    def read(self) -> Any:
        found = feedparser.parse(self.file.read_bytes())
        assert not found.bozo, found.get("bozo_exception")
        assert found.version == "atom10"
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def test_a_reader_finds_the_alert_with_its_rules_and_links(desk: Desk) -> None:
    assert isinstance(await desk.tell(), Sent)
    found = desk.read()
    assert found.feed.title == "Tocsin: archive"
    assert found.feed.author == "Tocsin"
    assert found.feed.id.startswith("urn:uuid:")
    assert found.feed.updated == "2026-09-27T10:00:00Z"
    [one] = found.entries
    assert one.title == "[flash] A defector & <friend>"
    assert one.published == "2026-09-27T10:00:00Z"
    assert one.link == "https://news.example/1?a=1&b=2"
    assert [(each.rel, each.href) for each in one.links] == [
        ("alternate", "https://news.example/1?a=1&b=2"),
        ("related", "https://other.example/2"),
    ]
    root = ET.fromstring(desk.file.read_bytes())  # noqa: S314 - ours; our own reading of feeds passes categories over
    assert [(each.get("term"), each.get("label")) for each in root.iter(f"{SPACE}category")] == [
        ("defection", "Refuge at a mission"),
        ("border", "border"),
        ("flash", None),
    ]
    assert one.summary == "defection: A; border: A"
    assert one.content[0].type == "text/html"
    assert "Defector &lt;b&gt;enters&lt;/b&gt; &amp; asks" in one.content[0].value


async def test_the_file_is_what_rfc_4287_asks_for(desk: Desk) -> None:
    await desk.tell()
    root = ET.fromstring(desk.file.read_bytes())  # noqa: S314 - ours
    assert root.tag == f"{SPACE}feed"
    for part in (root, root.find(f"{SPACE}entry")):
        assert part is not None
        assert all(len(part.findall(f"{SPACE}{name}")) == 1 for name in ("id", "title", "updated"))
    assert root.find(f"{SPACE}author/{SPACE}name") is not None


async def test_an_update_takes_the_place_of_its_entry_and_comes_first(desk: Desk) -> None:
    sent = await desk.tell(1)
    await desk.tell(2)
    before = desk.read()
    desk.clock.forward(60)
    assert await desk.tell(1, kind=Kind.UPDATE) == sent
    after = desk.read()
    assert [each.id for each in after.entries] == [each.id for each in reversed(before.entries)]
    assert after.entries[0].updated == "2026-09-27T10:01:00Z"
    assert after.feed.id == before.feed.id


async def test_a_repeat_doubles_nothing(desk: Desk) -> None:
    await desk.tell(1)
    await desk.tell(1, repeat=True, attempt=2)
    [one] = desk.read().entries
    assert "repeat" not in one.content[0].value  # there is nothing to be marked


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.UPDATE])
async def test_every_kind_is_carried(desk: Desk, kind: Kind) -> None:
    assert isinstance(await desk.tell(kind=kind), Sent)
    assert len(desk.read().entries) == 1


async def test_only_the_newest_stay(desk: Desk) -> None:
    for number in range(1, MOST + 6):
        await desk.tell(number)
    found = desk.read()
    assert len(found.entries) == MOST
    assert len({each.id for each in found.entries}) == MOST


async def test_ids_are_the_same_after_the_file_was_lost(desk: Desk) -> None:
    await desk.tell()
    [before] = desk.read().entries
    desk.file.unlink()
    await desk.tell()
    [after] = desk.read().entries
    assert before.id == after.id


async def test_the_file_is_replaced_as_a_whole_and_anybody_may_read_it(desk: Desk) -> None:
    await desk.tell(1)
    with desk.file.open("rb") as reader:
        old = reader.read(10)
        await desk.tell(2)
        rest = reader.read()
    assert (old + rest).endswith(b"</feed>\n")
    assert [each.name for each in desk.file.parent.iterdir()] == ["alerts.xml"]
    assert desk.file.stat().st_mode & 0o777 == 0o644


async def test_a_file_of_somebody_else_is_left_alone(desk: Desk) -> None:
    desk.file.parent.mkdir()
    desk.file.write_text("<rss/>", "utf-8")
    receipt = await desk.tell()
    assert isinstance(receipt, Later)
    assert "is not a feed of Tocsin's; move it away" in receipt.reason
    assert desk.file.read_text("utf-8") == "<rss/>"


async def test_what_cannot_be_written_waits(desk: Desk) -> None:
    desk.file.mkdir(parents=True)
    receipt = await desk.tell()
    assert isinstance(receipt, Later)
    assert receipt.reason == f"{desk.file} cannot be written (Is a directory)"


async def test_what_is_not_text_waits(desk: Desk) -> None:
    desk.file.parent.mkdir()
    desk.file.write_bytes(b"\xff\xfe")
    receipt = await desk.tell()
    assert isinstance(receipt, Later)
    assert "it is not UTF-8 text" in receipt.reason


async def test_what_is_not_listed_any_more_is_refused_visibly(desk: Desk) -> None:
    assert await desk.tell(name="gone") == Refused("rules.yaml lists no destination gone any more")


HOSTILE = "</entry>\n<entry><id>x</id>]]><![CDATA[ & \x00\x0b\x1b\ud800\ufffe <script> \u202e \"' \r\n\t"


def test_hostile_words_stay_words_on_one_line() -> None:
    item = Item(
        "urn:uuid:x",
        HOSTILE,
        NOW,
        None,
        [(HOSTILE, HOSTILE)],
        [(HOSTILE, HOSTILE)],
        HOSTILE,
        HOSTILE,
        HOSTILE,
    )
    line = entry(item)
    assert "\n" not in line
    found = ET.fromstring(line)  # noqa: S314 - ours
    assert found.findtext("title") == HOSTILE.translate(dict.fromkeys([0, 0x0B, 0x1B, 0xD800, 0xFFFE]))
    assert [each.tag for each in found] == [
        "id",
        "title",
        "updated",
        "link",
        "category",
        "category",
        "summary",
        "content",
    ]


async def test_a_feed_says_where_it_can_be_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path, root="https://me.example")
    await desk.tell()
    found = desk.read()
    assert [(each.rel, each.href) for each in found.feed.links] == [("self", "https://me.example/alerts.xml")]


async def asked(port: int, request: str) -> tuple[str, dict[str, str], bytes]:
    """What a server answers: status line, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{request}\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    data = await reader.read()
    writer.close()
    head, _, body = data.partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    return status, {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}, body


async def test_feeds_are_served_and_nothing_else(desk: Desk) -> None:
    desk.file.parent.mkdir()
    (desk.file.parent / "secret.xml").write_text("secret", "utf-8")
    async with outlet_feeds(("127.0.0.1", 0), listed(ARCHIVE), desk.file.parent) as door:
        assert (await asked(door.port, "GET /alerts.xml HTTP/1.1"))[0] == "HTTP/1.1 404 Not Found"
        await desk.tell()
        status, headers, body = await asked(door.port, "GET /alerts.xml HTTP/1.1")
        assert status == "HTTP/1.1 200 OK"
        assert body == desk.file.read_bytes()
        assert headers["content-type"] == "application/atom+xml; charset=utf-8"
        again = f"GET /alerts.xml HTTP/1.1\r\nIf-None-Match: {headers['etag']}"
        assert (await asked(door.port, again))[0] == "HTTP/1.1 304 Not Modified"
        head, _, nothing = await asked(door.port, "HEAD /alerts.xml HTTP/1.1")
        assert (head, nothing) == ("HTTP/1.1 200 OK", b"")
        for path in ("/secret.xml", "/../secret.xml", "/%2e%2e/secret.xml", "/", "//alerts.xml"):
            assert "404" in (await asked(door.port, f"GET {path} HTTP/1.1"))[0]
        assert "405" in (await asked(door.port, "DELETE /alerts.xml HTTP/1.1"))[0]


async def test_a_port_that_is_taken_is_said_with_its_mend(desk: Desk) -> None:
    async with outlet_feeds(("127.0.0.1", 0), listed(ARCHIVE), desk.file.parent) as door:
        with pytest.raises(SettingsError, match=r"ATOM_LISTEN: .*name another port"):
            async with outlet_feeds(("127.0.0.1", door.port), listed(ARCHIVE), desk.file.parent):
                pass  # not reached
