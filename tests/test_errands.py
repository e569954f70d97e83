"""Rules put in force from a chat, over real files: whole or not at all, whoever else writes there."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from db.memory import MemoryStore
from monitor.core.decide import Policy
from monitor.core.errors import StoreError
from monitor.core.model import Copy, Failed, FeedUrl, Story
from monitor.deliver import Deliver
from monitor.errands import Runner
from monitor.ingest import Ingest
from monitor.outside import Outside
from monitor.poll import Poll
from monitor.rulebook import Library
from monitor.rulebook.reading import version_of
from monitor.settings import Settings
from monitor.upkeep import Upkeep
from monitor.watchlist import Watchlist
from tests.build import NOW, batch, page, story
from tests.errands import RULES
from tests.fakes import FakeFetch, FakeParse, FixedClock, inline

CHANGED = RULES.replace("'film'", "'song'")
FEED_URL = FeedUrl("https://news.example/rss.xml")


class FakeCopies:
    """`ports.Copies`."""

    def __init__(self) -> None:
        self.trouble = ""

    def make(self, now: object) -> Copy:
        if self.trouble:
            raise StoreError(self.trouble)
        return Copy(f"copy of {now}", 1, {})

    def newest(self, until: object) -> None:
        """None was made yet."""


class House:
    """An upkeep over a real rules file, and the errands that go through it."""

    def __init__(self, folder: Path, outside: Outside) -> None:
        self.path = folder / "rules.yaml"
        self.path.write_text(RULES, "utf-8")
        self.library = Library(self.path)
        self.store = MemoryStore()
        self.clock = FixedClock()
        self.fetch = FakeFetch(Example=[page(body=b"1"), Failed(FEED_URL, "down")])
        self.copies = FakeCopies()
        book, matcher = (lambda: self.library.book), (lambda: self.library.matcher)
        ingest = Ingest(self.store, matcher, Policy(), self.clock, lambda: 0.0, book=book)
        watchlist = Watchlist(book)
        poll = Poll(
            store=self.store,
            feeds=watchlist.feeds,
            fetch=self.fetch,
            parse=FakeParse({b"1": batch(story("One"), story("Two"))}),
            ingest=ingest,
            offload=inline,
            clock=self.clock,
            on_done=lambda _: None,
        )
        self.upkeep = Upkeep(
            library=self.library,
            store=self.store,
            offload=inline,
            clock=self.clock,
            watchlist=watchlist,
            ingest=ingest,
            poll=poll,
            deliver=Deliver(store=self.store, messengers={}, offload=inline, clock=self.clock),
            jitter=lambda: 0.0,
            spread=False,
        )
        self.errands = Runner(
            library=self.library,
            upkeep=lambda: self.upkeep,
            outside=outside,
            copies=self.copies,
            store=self.store,
            offload=inline,
            clock=self.clock,
        )

    @property
    def version(self) -> str:
        return version_of(self.path.read_bytes())


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    outside = Outside(Settings(), version="1", clock=FixedClock())
    made = House(tmp_path, outside)
    await made.upkeep.begin()
    yield made
    await outside.close()


async def test_a_new_text_comes_into_force_with_who_wrote_it(house: House) -> None:
    put = await house.errands.put_rules(CHANGED, instead_of=house.version, by="telegram:42")
    assert (put.problem, put.stale, put.version) == ("", False, house.library.book.version)
    assert house.path.read_text("utf-8") == house.errands.rules() == CHANGED
    newest, first = house.store.books(9)
    assert (newest.by, newest.note, first.by) == ("telegram:42", "rules ~border", "file")
    await house.upkeep.reload()
    assert len(house.store.books(9)) == 2


async def test_a_file_that_is_another_one_by_then_stays(house: House) -> None:
    before = house.version
    house.path.write_text(RULES + "# mine\n", "utf-8")
    put = await house.errands.put_rules(CHANGED, instead_of=before, by="telegram:42")
    assert put.stale
    assert house.path.read_text("utf-8") == RULES + "# mine\n"


async def test_two_who_write_at_once_do_not_lose_each_other(house: House) -> None:
    before = house.version
    both = await asyncio.gather(
        *(house.errands.put_rules(f"{CHANGED}# {n}\n", instead_of=before, by=f"telegram:{n}") for n in (1, 2))
    )
    assert sorted(put.stale for put in both) == [False, True]
    assert house.path.read_text("utf-8").endswith("# 1\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("rules: [", "rules.yaml:1:", id="no YAML"),
        pytest.param(
            RULES.replace("A story at the border", "A story"), "does not match", id="a failing example"
        ),
    ],
)
async def test_a_text_that_is_not_in_order_never_reaches_the_file(
    house: House, text: str, problem: str
) -> None:
    put = await house.errands.put_rules(text, instead_of=house.version, by="telegram:42")
    assert problem in put.problem
    assert put.version == house.library.book.version
    assert house.path.read_text("utf-8") == RULES
    assert len(house.store.books(9)) == 1


async def test_a_file_that_cannot_be_replaced_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> tuple[int, str]:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    put = await house.errands.put_rules(CHANGED, instead_of=house.version, by="telegram:42")
    assert "the file cannot be replaced (Read-only file system)" in put.problem
    assert "mount the folder, not the file" in put.problem
    assert house.path.read_text("utf-8") == RULES


async def test_the_rights_of_the_file_stay(house: House) -> None:
    house.path.chmod(0o640)
    await house.errands.put_rules(CHANGED, instead_of=house.version, by="telegram:42")
    assert stat.S_IMODE(house.path.stat().st_mode) == 0o640


async def test_a_reload_is_done_whether_or_not_the_file_was_seen_to_change(house: House) -> None:
    assert (await house.errands.reload("telegram:42")).version == house.version
    house.path.write_text(CHANGED, "utf-8")
    assert (await house.errands.reload("telegram:42")).problem == ""
    assert [book.by for book in house.store.books(9)] == ["telegram:42", "file"]
    house.path.write_text("rules: [", "utf-8")
    put = await house.errands.reload("telegram:42")
    assert "rules.yaml:1:" in put.problem
    assert put.version == version_of(CHANGED.encode())


async def test_a_feed_is_polled_now_and_tells_how_many_stories_were_new(house: House) -> None:
    house.store.save_state(next(iter(house.store.feed_states())))
    assert await house.errands.poll(FEED_URL) == 2
    assert await house.errands.poll(FEED_URL) is None
    assert await house.errands.poll(FeedUrl("https://never.example/")) is None
    assert house.fetch.asked == ["Example"] * 2


async def test_a_poll_in_flight_is_waited_for(house: House) -> None:
    house.fetch.gate = asyncio.Event()
    assert await house.upkeep.poll.tick() == 1
    asking = asyncio.create_task(house.errands.poll(FEED_URL))
    await asyncio.sleep(0)
    house.fetch.gate.set()
    assert await asking == 2
    assert house.fetch.asked == ["Example"]


async def test_a_poll_that_broke_or_was_stopped_gives_nothing(house: House) -> None:
    house.fetch.answers["Example"] = [RuntimeError("a bug")]
    assert await house.errands.poll(FEED_URL) is None
    house.fetch.gate = asyncio.Event()
    asking = asyncio.create_task(house.errands.poll(FEED_URL))
    for _ in range(9):
        await asyncio.sleep(0)
    assert house.fetch.asked == ["Example"] * 2
    await house.upkeep.poll.stop()
    assert await asking is None
    assert await house.errands.poll(FEED_URL) is None


async def test_a_copy_is_made_and_status_knows_of_it(house: House) -> None:
    made = await house.errands.back_up()
    assert made.file == f"copy of {NOW}"
    assert NOW in house.store.status().beats.values()
    house.copies.trouble = "the disk is full"
    with pytest.raises(StoreError, match="disk is full"):
        await house.errands.back_up()


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:9/", "http://[::1]/", "file:///etc/passwd", "no address at all"]
)
async def test_addresses_out_of_a_chat_meet_the_guard(house: House, address: str) -> None:
    sighting = await house.errands.look(address)
    assert not sighting.feeds
    assert sighting.reason
    read = await house.errands.read(address)
    assert not isinstance(read, Story)
    assert read
