"""Fetching over real sockets: what goes out byte by byte, and what comes of every proper answer."""

from __future__ import annotations

import gzip

import pytest

from monitor.core.model import Failed, FeedUrl, Gone, Page, RetryLater, Unchanged, Validators
from monitor.feeds.fetch import agent
from tests.feeds.answering_site import BODY, NONE, Site, fetch, ok, reason, to


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
        "accept": b"application/atom+xml, application/rss+xml, application/feed+json, "
        b"application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, "
        b"text/html;q=0.2, */*;q=0.1",
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


@pytest.mark.parametrize(
    ("readers", "told"),
    [
        pytest.param(0, "Tocsin/1 (+https://a.b)", id="nobody"),
        pytest.param(1, "Tocsin/1 (+https://a.b)", id="not shared"),
        pytest.param(12, "Tocsin/1 (+https://a.b; 12 subscribers)", id="shared"),
    ],
)
def test_the_user_agent_tells_for_how_many_it_asks(readers: int, told: str) -> None:
    assert agent("1", "https://a.b", readers) == told


async def test_readers_are_counted_by_feed(site: Site) -> None:
    site.answers["/f"] = ok()
    await fetch(site.url("/f"), readers=lambda feed: 3 if feed == site.url("/f") else 0)
    assert site.headers()["user-agent"] == b"Tocsin/1.2 (3 subscribers)"


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


async def test_a_redirects_target_sees_no_validators_but_its_own(site: Site) -> None:
    site.answers["/old"] = to("/new#x", "302 Found")
    site.answers["/new"] = ok(BODY, 'ETag: "of the target"')
    page = await fetch(site.url("/old"), Validators('"of the feed"'))
    assert isinstance(page, Page)
    assert page.feed == site.url("/old")
    assert page.url == site.url("/new")
    assert page.moved_to is None
    assert page.validators == Validators('"of the target"', None, site.url("/new"))
    assert site.headers(0)["if-none-match"] == b'"of the feed"'
    assert "if-none-match" not in site.headers(1)
    assert "referer" not in site.headers(1)

    site.answers["/new"] = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    assert isinstance(await fetch(site.url("/old"), page.validators), Unchanged)
    assert "if-none-match" not in site.headers(2)
    assert site.headers(3)["if-none-match"] == b'"of the target"'


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [
        pytest.param("301 Moved Permanently", "308 Permanent Redirect", True, id="permanent all the way"),
        pytest.param("301 Moved Permanently", "302 Found", False, id="then temporary"),
        pytest.param("307 Temporary Redirect", "301 Moved Permanently", False, id="temporary first"),
    ],
)
async def test_a_feed_has_moved_only_if_the_whole_way_says_so(
    site: Site, first: str, second: str, moved: bool
) -> None:
    site.answers |= {"/a": to("/b", first), "/b": to("/c", second), "/c": ok()}
    page = await fetch(site.url("/a"))
    assert isinstance(page, Page)
    assert page.moved_to == (site.url("/c") if moved else None)
    again = await fetch(site.url("/a"), digest=page.digest)
    assert isinstance(again, Unchanged)
    assert again.moved_to == page.moved_to


async def test_a_feed_that_has_moved_is_asked_where_it_is(site: Site) -> None:
    site.answers["/new"] = ok(BODY, 'ETag: "1"')
    url = f"http://me:pw@127.0.0.1:{site.port}/old"
    kept = Validators('"0"', None, site.url("/new"))
    page = await fetch(url, kept, address=site.url("/new"))
    assert isinstance(page, Page)
    assert (page.feed, page.url, page.moved_to) == (url, site.url("/new"), None)
    assert page.validators == Validators('"1"', None, site.url("/new"))
    assert len(site.requests) == 1
    assert site.headers()["if-none-match"] == b'"0"'
    assert "authorization" in site.headers()  # the same site


async def test_validators_of_before_a_move_are_not_shown_after_it(site: Site) -> None:
    site.answers["/new"] = ok()
    await fetch(site.url("/old"), Validators('"of the old address"'), address=site.url("/new"))
    assert "if-none-match" not in site.headers()


async def test_a_page_without_validators_drops_those_of_before(site: Site) -> None:
    site.answers["/f"] = ok()
    page = await fetch(site.url("/f"), Validators('"1"', "then"))
    assert isinstance(page, Page)
    assert page.validators == NONE


async def test_gone_behind_a_temporary_redirect_is_no_last_word(site: Site) -> None:
    site.answers |= {"/t": to("/gone"), "/p": to("/gone", "301 Moved"), "/gone": ok(b"", status="410 Gone")}
    answer = await fetch(site.url("/t"))
    assert isinstance(answer, Failed)
    assert answer.status == 410
    assert isinstance(await fetch(site.url("/p")), Gone)


async def test_a_failure_tells_its_status(site: Site) -> None:
    site.answers["/f"] = ok(b"", status="403 Forbidden")
    answer = await fetch(site.url("/f"))
    assert isinstance(answer, Failed)
    assert (answer.status, answer.offline) == (403, False)


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
