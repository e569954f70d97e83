"""Fetching over real sockets: what goes out byte by byte, and what comes of every kind of answer."""

from __future__ import annotations

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.core.model import (
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Fetched,
    Gone,
    Page,
    RetryLater,
    Unchanged,
    Validators,
)
from monitor.feeds.fetch import Fetcher, agent
from monitor.feeds.guard import AllowList

BODY = b"<rss version='2.0'><channel/></rss>"
NOW = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
PEM = Path(__file__).parent.parent / "data" / "feeds" / "self-signed.pem"
LOOPBACK = AllowList.read("127.0.0.0/8")

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Site:
    """A server that answers each path with the bytes, or by the script, that the test gives it."""

    answers: dict[str, bytes | Script] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                request = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(request)
                answer = self.answers[request.split(b" ")[1].decode()]
                if callable(answer):
                    await answer(writer)
                    break
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def headers(self, at: int = -1) -> dict[str, bytes]:
        lines = self.requests[at].split(b"\r\n")[1:-2]
        return {name.decode().lower(): value for name, _, value in (line.partition(b": ") for line in lines)}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    here = Site()
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = server.sockets[0].getsockname()[1]
    async with server:
        yield here


def ok(body: bytes = BODY, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def to(location: str, status: str = "302 Found") -> bytes:
    return ok(b"moved", f"Location: {location}", status=status)


NONE = Validators()


async def fetch(
    url: str, validators: Validators = NONE, digest: str | None = None, **options: Any
) -> Fetched:
    settings: dict[str, Any] = {"version": "1.2", "clock": lambda: NOW, "allow": LOOPBACK} | options
    feed = Feed(FeedUrl(url), "Example")
    async with Fetcher(**settings) as fetcher:
        return await fetcher(feed, FeedState(feed.url, feed.name, validators, digest))


async def reason(url: str, **options: Any) -> str:
    answer = await fetch(url, **options)
    assert isinstance(answer, Failed)
    return answer.reason


async def test_a_page_comes_with_all_that_was_said_of_it(site: Site) -> None:
    said = (
        'ETag: W/"a,b"',
        "Last-Modified: odd, 31 Foo",
        "Cache-Control: max-age=90",
        "Content-Type: a/b; x",
    )
    site.answers["/f?q=%20"] = ok(BODY, *said)
    page = await fetch(site.url("/f?q=%20#part"))
    assert isinstance(page, Page)
    assert page.url == site.url("/f?q=%20")
    assert (page.body, page.content_type, page.max_age) == (BODY, "a/b; x", 90)
    assert page.validators == Validators('W/"a,b"', "odd, 31 Foo")
    assert len(page.digest) == 32


async def test_a_request_is_honest_and_carries_nothing_else(site: Site) -> None:
    site.answers["/f"] = ok()
    await fetch(site.url("/f#secret"), contact="me@example.org")
    assert site.requests[0].startswith(b"GET /f HTTP/1.1\r\n")
    assert site.headers() == {
        "host": f"127.0.0.1:{site.port}".encode(),
        "user-agent": b"Tocsin/1.2 (+mailto:me@example.org)",
        "accept": b"application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
        b"application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1",
        "accept-encoding": b"gzip, deflate",
    }


@pytest.mark.parametrize(
    ("contact", "product"),
    [
        pytest.param("", "Tocsin/1", id="nobody"),
        pytest.param("https://example.org/bot", "Tocsin/1 (+https://example.org/bot)", id="address"),
        pytest.param("a@b.c", "Tocsin/1 (+mailto:a@b.c)", id="mail"),
        pytest.param("x)\r\nEvil: 1 я", "Tocsin/1 (+xEvil:1)", id="nothing that breaks the header"),
    ],
)
def test_the_user_agent_names_whom_to_talk_to(contact: str, product: str) -> None:
    assert agent("1", contact) == product


async def test_validators_go_out_as_they_came_in(site: Site) -> None:
    site.answers["/f"] = (
        b'HTTP/1.1 200 OK\r\nETag: W/"\xd1\x8f"\r\nLast-Modified: x  y\r\nContent-Length: 0\r\n\r\n'
    )
    first = await fetch(site.url("/f"))
    assert isinstance(first, Page)
    await fetch(site.url("/f"), first.validators)
    assert site.headers()["if-none-match"] == b'W/"\xd1\x8f"'
    assert site.headers()["if-modified-since"] == b"x  y"


async def test_a_304_is_no_page_and_may_renew_validators(site: Site) -> None:
    kept = Validators('"1"', "then")
    site.answers["/same"] = b"HTTP/1.1 304 Not Modified\r\nCache-Control: max-age=60\r\n\r\n"
    site.answers["/new"] = b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n'
    url = site.url("/same")
    assert await fetch(url, kept) == Unchanged(FeedUrl(url), None, 60)
    assert await fetch(site.url("/new"), kept) == Unchanged(
        FeedUrl(site.url("/new")), Validators('"2"', "then")
    )


async def test_a_304_that_nobody_asked_for_is_a_failure(site: Site) -> None:
    site.answers["/f"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert "304" in await reason(site.url("/f"))


async def test_the_very_bytes_of_last_time_are_no_page(site: Site) -> None:
    site.answers["/f"] = ok(BODY, 'ETag: "3"')
    page = await fetch(site.url("/f"))
    assert isinstance(page, Page)
    again = await fetch(site.url("/f"), digest=page.digest)
    assert again == Unchanged(page.feed, Validators('"3"'), None)


async def test_a_redirect_is_followed_and_its_target_never_sees_our_validators(site: Site) -> None:
    site.answers["/old"] = to("/new#x", "301 Moved Permanently")
    site.answers["/new"] = ok(BODY, 'ETag: "of the target"')
    page = await fetch(site.url("/old"), Validators('"of the feed"'))
    assert isinstance(page, Page)
    assert page.feed == site.url("/old")
    assert page.url == site.url("/new")
    assert page.validators == NONE  # they would be shown to the wrong address next time
    assert site.headers(0)["if-none-match"] == b'"of the feed"'
    assert "if-none-match" not in site.headers(1)
    assert "referer" not in site.headers(1)


async def test_cookies_are_never_given_back(site: Site) -> None:
    site.answers["/a"] = ok(b"", "Location: /b", "Set-Cookie: id=1; Path=/", status="307 Temporary Redirect")
    site.answers["/b"] = ok()
    assert isinstance(await fetch(site.url("/a")), Page)
    assert "cookie" not in site.headers()


@pytest.mark.parametrize(
    ("location", "told"),
    [
        pytest.param("/f", "in a circle", id="to itself"),
        pytest.param("ftp://127.0.0.1/", "ftp: is not http", id="another scheme"),
        pytest.param("file:///etc/passwd", "file: is not http", id="a file"),
        pytest.param("http://10.0.0.1/", "10.0.0.1 is a private", id="a private address"),
        pytest.param("http://0x0a000001/", "10.0.0.1 is a private", id="a private address in disguise"),
        pytest.param("http://[::ffff:10.0.0.1]/", "10.0.0.1 is a private", id="a private address, wrapped"),
        pytest.param("http://[", "not well formed", id="nonsense"),
        pytest.param("http://a:99999/", "not well formed", id="no such port"),
    ],
)
async def test_bad_redirects_end_the_matter_after_one_request(site: Site, location: str, told: str) -> None:
    site.answers["/f"] = to(location)
    assert told in await reason(site.url("/f"))
    assert len(site.requests) == 1


async def test_five_redirects_are_followed_and_not_six(site: Site) -> None:
    site.answers |= {f"/{n}": to(f"/{n + 1}") for n in range(6)} | {"/6": ok()}
    assert isinstance(await fetch(site.url("/1")), Page)
    assert "more than 5 times" in await reason(site.url("/0"))


async def test_a_login_is_for_its_own_site_only(site: Site) -> None:
    site.answers["/f"] = to("/g")
    site.answers["/g"] = to(f"http://evil:pw@localhost:{site.port}/h")
    site.answers["/h"] = ok()

    async def here(_: str) -> list[str]:
        return ["127.0.0.1"]

    page = await fetch(f"http://me:pw@127.0.0.1:{site.port}/f", lookup=here)
    assert isinstance(page, Page)
    assert page.url == site.url("/h", "localhost")
    assert ["authorization" in site.headers(n) for n in range(3)] == [True, True, False]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        pytest.param(ok(b"", "Retry-After: 7", status="429 Slow"), (RetryLater, 7.0), id="seconds"),
        pytest.param(
            ok(b"", "Retry-After: Sun, 27 Sep 2026 10:00:09 GMT", status="503 Busy"),
            (RetryLater, 9.0),
            id="date",
        ),
        pytest.param(ok(b"", status="429 Slow"), (RetryLater, None), id="no word how long"),
        pytest.param(ok(b"", status="410 Gone"), (Gone, None), id="gone"),
        pytest.param(ok(b"", status="404 Not Found"), (Failed, None), id="not found"),
        pytest.param(ok(b"", status="302 Found"), (Failed, None), id="a redirect to nowhere"),
    ],
)
async def test_refusals_are_values(site: Site, answer: bytes, expected: tuple[type, float | None]) -> None:
    site.answers["/f"] = answer
    got = await fetch(site.url("/f"))
    assert (type(got), getattr(got, "after", None)) == expected


async def test_packed_pages_are_unpacked_and_others_refused(site: Site) -> None:
    site.answers["/gz"] = ok(gzip.compress(BODY), "Content-Encoding: gzip")
    page = await fetch(site.url("/gz"))
    assert isinstance(page, Page)
    assert page.body == BODY
    for path, how in (("/br", "br"), ("/zstd", "zstd"), ("/nested", "gzip, gzip")):
        site.answers[path] = ok(b"x" * 100, f"Content-Encoding: {how}")
        assert "packed the page" in await reason(site.url(path))


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


async def silent(writer: asyncio.StreamWriter) -> None:
    await writer.drain()
    await asyncio.sleep(5)


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


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "017700000001", "[::1]", "[::ffff:127.0.0.1]", "0"],
)
async def test_a_private_address_is_refused_before_a_packet_leaves(site: Site, host: str) -> None:
    assert "ALLOW_HOSTS" in await reason(site.url(host=host), allow=None)
    assert site.connections == 0


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param(["127.0.0.1"], id="private"),
        pytest.param(["8.8.8.8", "127.0.0.1"], id="public and private"),
        pytest.param(["::ffff:127.0.0.1"], id="wrapped"),
        pytest.param(["fe80::1%1"], id="link-local"),
    ],
)
async def test_a_name_is_refused_if_any_of_its_addresses_is(site: Site, addresses: list[str]) -> None:
    async def lookup(_: str) -> list[str]:
        return addresses

    assert "ALLOW_HOSTS" in await reason(site.url(host="news.example"), allow=None, lookup=lookup)
    assert site.connections == 0


async def test_a_name_is_looked_up_once_and_cannot_change_its_mind(site: Site) -> None:
    asked: list[str] = []

    async def rebinding(host: str) -> list[str]:
        asked.append(host)
        return ["127.0.0.1" if len(asked) == 1 else "10.0.0.1"]

    site.answers["/"] = ok()
    assert isinstance(await fetch(site.url(host="news.example"), lookup=rebinding), Page)
    assert asked == ["news.example"]
    assert site.headers()["host"] == f"news.example:{site.port}".encode()


async def test_a_host_may_be_allowed_by_name(site: Site) -> None:
    async def lookup(_: str) -> list[str]:
        return ["127.0.0.1"]

    site.answers["/"] = ok()
    url = site.url(host="nas.home")
    assert isinstance(await fetch(url, allow=AllowList.read("nas.home"), lookup=lookup), Page)
    assert "ALLOW_HOSTS" in await reason(url, allow=AllowList.read("other.home"), lookup=lookup)


async def test_the_system_knows_our_own_host(site: Site) -> None:
    site.answers["/"] = ok()
    assert isinstance(await fetch(site.url(host="localhost"), allow=AllowList.read("localhost")), Page)
    assert "ALLOW_HOSTS" in await reason(site.url(host="localhost"), allow=None)


async def test_a_proxy_gets_every_request(site: Site) -> None:
    site.answers["http://news.example/f"] = ok()
    page = await fetch("http://news.example/f", proxy=site.url(), allow=None)
    assert isinstance(page, Page)
    assert site.requests[0].startswith(b"GET http://news.example/f HTTP/1.1")
    assert "ALLOW_HOSTS" in await reason("http://10.0.0.1/", proxy=site.url(), allow=None)


async def test_a_host_hears_one_request_at_a_time_on_one_connection(site: Site) -> None:
    busy = 0
    most = 0
    site.answers = {f"/{n}": ok() for n in range(5)}

    async def lookup(_: str) -> list[str]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.002)
        busy -= 1
        return ["127.0.0.1"]

    feeds = [Feed(FeedUrl(site.url(f"/{n}", "news.example")), "x") for n in range(5)]
    async with Fetcher(version="1", clock=lambda: NOW, allow=LOOPBACK, lookup=lookup) as fetcher:
        answers = await asyncio.gather(*(fetcher(feed, FeedState(feed.url, "x")) for feed in feeds))
    assert all(isinstance(answer, Page) for answer in answers)
    assert (most, site.connections) == (1, 1)


async def test_the_overall_limit_holds_over_many_hosts(site: Site) -> None:
    busy = 0
    most = 0
    site.answers["/"] = ok()

    async def lookup(_: str) -> list[str]:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.002)
        busy -= 1
        return ["127.0.0.1"]

    feeds = [Feed(FeedUrl(site.url(host=f"host{n}.example")), "x") for n in range(6)]
    async with Fetcher(version="1", clock=lambda: NOW, allow=LOOPBACK, lookup=lookup, limit=2) as fetcher:
        await asyncio.gather(*(fetcher(feed, FeedState(feed.url, "x")) for feed in feeds))
    assert most == 2


async def test_waiting_for_a_busy_host_does_not_use_up_the_deadline(site: Site) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.03)
        writer.write(ok())
        await writer.drain()

    site.answers["/"] = slow
    feed = Feed(FeedUrl(site.url()), "x")
    async with Fetcher(version="1", clock=lambda: NOW, allow=LOOPBACK, deadline=0.2) as fetcher:
        answers = await asyncio.gather(*(fetcher(feed, FeedState(feed.url, "x")) for _ in range(10)))
    assert all(isinstance(answer, Page) for answer in answers)


async def test_a_cancelled_fetch_leaves_the_host_free(site: Site) -> None:
    asked = asyncio.Event()

    async def slow(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await silent(writer)

    site.answers |= {"/slow": slow, "/": ok()}
    async with Fetcher(version="1", clock=lambda: NOW, allow=LOOPBACK) as fetcher:
        first = Feed(FeedUrl(site.url("/slow")), "x")
        task = asyncio.create_task(fetcher(first, FeedState(first.url, "x")))
        await asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        feed = Feed(FeedUrl(site.url()), "x")
        assert isinstance(await fetcher(feed, FeedState(feed.url, "x")), Page)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("ftp://example.org/", "ftp: is not http", id="scheme"),
        pytest.param("example.org/feed", "is not http", id="no scheme"),
        pytest.param("http:///feed", "is not http", id="no host"),
        pytest.param("http://[1/", "not well formed", id="brackets"),
        pytest.param("http://" + "a" * 300 + ".example/", "host name|not well formed", id="label too long"),
    ],
)
async def test_addresses_that_cannot_be_asked_end_in_words(url: str, told: str) -> None:
    words = await reason(url)
    assert any(part in words for part in told.split("|"))


async def test_addresses_are_quoted_where_they_have_to_be(site: Site) -> None:
    site.answers["/%EB%89%B4%EC%8A%A4%20x"] = ok()
    assert isinstance(await fetch(site.url("/뉴스 x")), Page)
    site.answers["/a%2Fb/../%zz"] = to("/새")
    site.answers["/%EC%83%88"] = ok()
    assert isinstance(await fetch(site.url("/a%2Fb/../%zz")), Page)
