"""Looking names up in threads of our own: what hangs there holds up nothing else."""

from __future__ import annotations

import asyncio
import socket
import threading

import pytest

from monitor.core.model import Failed
from monitor.feeds.lookup import Lookups, ask_system
from tests.feeds.answering_site import Site, fetch, ok


class Names:
    """A resolver that keeps some names waiting until it is told to go on."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.go_on = threading.Event()

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        if host.startswith("hangs"):
            self.go_on.wait(5)
        if host.startswith("unknown"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        if host.startswith("odd"):
            message = "label too long"
            raise UnicodeError(message)
        return ["192.0.2.1"]


async def test_names_that_hang_do_not_hold_up_others() -> None:
    names = Names()
    lookups = Lookups(3, names)
    hanging = [asyncio.create_task(lookups(f"hangs{n}.example")) for n in range(2)]
    await asyncio.sleep(0)
    assert await lookups("quick.example") == ["192.0.2.1"]
    assert not any(task.done() for task in hanging)
    names.go_on.set()
    assert await asyncio.gather(*hanging) == [["192.0.2.1"]] * 2
    lookups.close()


async def test_there_are_only_so_many_threads() -> None:
    names = Names()
    lookups = Lookups(2, names)
    before = threading.active_count()
    tasks = [asyncio.create_task(lookups(f"hangs{n}.example")) for n in range(5)]
    await asyncio.sleep(0.005)
    assert threading.active_count() <= before + 2
    names.go_on.set()
    await asyncio.gather(*tasks)
    lookups.close()


async def test_a_name_is_asked_for_once_by_all_who_wait_for_it() -> None:
    names = Names()
    lookups = Lookups(2, names)
    tasks = [asyncio.create_task(lookups("hangs.example")) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    names.go_on.set()
    assert await asyncio.gather(*tasks[1:]) == [["192.0.2.1"]] * 2
    assert names.asked == ["hangs.example"]
    assert await lookups("hangs.example")
    assert len(names.asked) == 2  # nothing is remembered: an answer is good for one use
    lookups.close()


@pytest.mark.parametrize("host", ["unknown.example", "odd.example"])
async def test_names_that_are_not_known_raise_oserror(host: str) -> None:
    lookups = Lookups(1, Names())
    with pytest.raises(OSError, match=r"unknown|too long"):
        await lookups(host)
    lookups.close()


def test_the_system_knows_our_own_host() -> None:
    assert "127.0.0.1" in ask_system("127.0.0.1")


@pytest.mark.parametrize(
    ("error", "told", "offline"),
    [
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "again"), "cannot be looked up now", True, id="again"),
        pytest.param(socket.gaierror(socket.EAI_NONAME, "none"), "is not known", False, id="no such name"),
    ],
)
async def test_trouble_of_our_own_network_is_told_from_the_feeds(
    error: OSError, told: str, offline: bool
) -> None:
    async def lookup(_: str) -> list[str]:
        raise error

    answer = await fetch("http://news.example/", lookup=lookup)
    assert isinstance(answer, Failed)
    assert told in answer.reason
    assert answer.offline is offline


async def test_a_lookup_that_hangs_ends_with_the_patience_for_connections() -> None:
    async def lookup(_: str) -> list[str]:
        await asyncio.sleep(5)
        return []

    answer = await fetch("http://news.example/", lookup=lookup, connect=0.01)
    assert isinstance(answer, Failed)
    assert answer.offline


async def test_no_lookup_is_made_for_a_connection_that_is_open(site: Site) -> None:
    asked: list[str] = []

    async def lookup(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    site.answers |= {
        "/a": ok(b"", "Location: /b", status="302 Found"),
        "/b": ok(),
    }
    await fetch(site.url("/a", "news.example"), lookup=lookup)
    assert asked == ["news.example"]
