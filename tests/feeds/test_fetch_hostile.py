"""Fetching from servers that are broken, hostile or not there: each ends in words, none in a crash."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.core.model import Feed, FeedState, FeedUrl, Page
from monitor.feeds.wire import public
from tests.feeds.answering_site import BODY, Script, Site, fetcher, ok, reason, silent, to

PEM = Path(__file__).parent.parent / "data" / "feeds" / "self-signed.pem"


async def test_a_bomb_and_a_giant_are_dropped_half_way(site: Site) -> None:
    site.answers["/bomb"] = ok(gzip.compress(bytes(50_000_000), 1), "Content-Encoding: gzip")
    site.answers["/giant"] = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(bytes(100_000))
            await writer.drain()

    site.answers["/endless"] = endless
    assert await reason(site.url("/bomb")) == "the page unpacks to more than 20 MB"
    assert await reason(site.url("/giant")) == "the page is larger than 20 MB"
    assert await reason(site.url("/endless")) == "the page is larger than 20 MB"


async def drip(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)


async def endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X: y\r\n" * 1000)
        await writer.drain()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(drip, "took longer than 0.1 s", id="slow drip"),
        pytest.param(endless_headers, "headers are too large", id="endless headers"),
        pytest.param(ok(BODY, "X: " + "y" * 9000), "headers are too large", id="a huge header"),
        pytest.param(b"SMTP ready\r\n\r\n", "not proper HTTP", id="another protocol"),
        pytest.param(b"", "took longer|fell silent", id="no word"),
    ],
)
async def test_hostile_answers_end_in_words(site: Site, answer: bytes | Script, told: str) -> None:
    site.answers["/f"] = answer
    words = await reason(site.url("/f"), deadline=0.1)
    assert any(part in words for part in told.split("|"))


async def test_silence_is_told_from_slowness(site: Site) -> None:
    site.answers["/f"] = silent
    assert "fell silent" in await reason(site.url("/f"), silence=0.05)


async def test_broken_connections_end_in_words(site: Site) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def break_off(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n<rss>")
        await writer.drain()

    site.answers |= {"/hang": hang_up, "/break": break_off}
    assert await reason(site.url("/hang")) == "the server broke the connection off"
    assert await reason(site.url("/break")) == "the page broke off before its end"


async def test_unreachable_servers_end_in_words(site: Site) -> None:
    async def unknown(host: str) -> list[str]:
        raise OSError(host)

    async def nowhere(_: str) -> list[str]:
        return []

    dead = await asyncio.start_server(site.serve, "127.0.0.1", 0)
    port = dead.sockets[0].getsockname()[1]
    dead.close()
    await dead.wait_closed()
    assert "refuses connections" in await reason(f"http://127.0.0.1:{port}/")
    assert "host name is not known" in await reason("http://nowhere.example/", lookup=unknown)
    assert "host name is not known" in await reason("http://nowhere.example/", lookup=nowhere)
    assert "proxy cannot be reached" in await reason("http://a.example/", proxy=f"http://127.0.0.1:{port}")


async def test_bad_certificates_fail_the_feed() -> None:
    here = Site(answers={"/": ok()})
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PEM)
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert "certificate is not valid (self-signed" in await reason(f"https://127.0.0.1:{port}/")
    assert here.requests == []


async def test_plain_http_behind_https_is_a_tls_fault() -> None:
    async def plain(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(ok())
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert "no secure connection" in await reason(f"https://127.0.0.1:{port}/")


async def test_who_breaks_off_is_not_asked_again_at_once(site: Site) -> None:
    async def hang_up(writer: asyncio.StreamWriter) -> None:
        writer.close()

    site.answers["/hang"] = hang_up
    assert await reason(site.url("/hang")) == "the server broke the connection off"
    assert len(site.requests) == 1


async def test_an_old_connection_that_breaks_may_be_replaced_once(site: Site) -> None:
    async def moved_and_gone(writer: asyncio.StreamWriter) -> None:
        writer.close()

    site.answers |= {"/a": to("/b"), "/b": moved_and_gone}
    assert await reason(site.url("/a")) == "the server broke the connection off"
    assert [request.split(b" ")[1] for request in site.requests] == [b"/a", b"/b", b"/b"]


async def test_an_unknown_name_is_looked_up_once() -> None:
    asked: list[str] = []

    async def unknown(host: str) -> list[str]:
        asked.append(host)
        raise OSError(host)

    assert "is not known" in await reason("http://nowhere.example/", lookup=unknown)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("peer", "outside"),
    [
        pytest.param(("8.8.8.8", 80), True, id="public"),
        pytest.param(("2606:4700:4700::1111", 443, 0, 0), True, id="public, IPv6"),
        pytest.param(("10.0.0.1", 80), False, id="private"),
        pytest.param(None, False, id="gone"),
    ],
)
def test_a_server_outside_is_known_by_its_address(peer: object, outside: bool) -> None:
    transport = SimpleNamespace(get_extra_info=lambda _: peer)
    assert public(SimpleNamespace(connection=SimpleNamespace(transport=transport))) is outside
    assert public(SimpleNamespace(connection=None)) is False


async def test_large_pages_are_read_a_few_at_a_time_and_all_arrive(site: Site) -> None:
    large = b"<rss/>" + b" " * 2_500_000
    site.answers |= {f"/{n}": ok(large) for n in range(12)}
    feeds = [Feed(FeedUrl(site.url(f"/{n}", f"host{n}.example")), "x") for n in range(12)]

    async def here(_: str) -> list[str]:
        return ["127.0.0.1"]

    async with fetcher(lookup=here) as fetch_it:
        answers = await asyncio.gather(*(fetch_it(feed, FeedState(feed.url, "x")) for feed in feeds))
    assert all(isinstance(answer, Page) and answer.body == large for answer in answers)
