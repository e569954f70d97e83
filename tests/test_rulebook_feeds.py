"""Options of a feed in rules.yaml: what they mean, and what is refused, where, and with which mend."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.core.errors import Mistake, RulesError
from monitor.core.model import Feed, FeedUrl
from monitor.feeds.variables import filled
from monitor.rulebook import read
from monitor.rulebook.edit import add_feeds

URL = "https://example.org/r"
RULES = "\nrules:\n  - {id: rain, match: rain}\n"


def one(options: str, url: str = URL) -> Feed:
    (feed,) = read(f'feeds:\n  - {{url: "{url}", {options}}}{RULES}', "rules.yaml").feeds
    return feed


def mistakes(options: str, url: str = URL) -> tuple[Mistake, ...]:
    with pytest.raises(RulesError) as caught:
        one(options, url)
    return caught.value.mistakes


def test_every_option_arrives() -> None:
    feed = one(
        "floor: 30m, weight: 2.5, zone: Asia/Seoul, full_text: true, "
        "headers: {X-Api-Key: '${FEED_KEY}', Accept-Language: ko}, proxy: 'http://proxy.lan:3128'"
    )
    assert feed == Feed(
        FeedUrl(URL),
        "example.org",
        floor=1800,
        weight=2.5,
        zone="Asia/Seoul",
        full_text=True,
        headers=(("X-Api-Key", "${FEED_KEY}"), ("Accept-Language", "ko")),
        proxy="http://proxy.lan:3128",
    )


def test_options_left_out_change_nothing() -> None:
    assert one("lang: ko") == Feed(FeedUrl(URL), "example.org", "ko")


def test_a_secret_stays_in_the_environment_until_it_is_used() -> None:
    feed = one("headers: {Authorization: 'Bearer ${FEED_TOKEN}'}, proxy: '${FEED_PROXY}'")
    assert "s3cret" not in repr(feed)
    assert filled(feed.headers[0][1], {"FEED_TOKEN": "s3cret"}) == "Bearer s3cret"
    assert filled(feed.proxy or "", {"FEED_PROXY": "http://u:p@proxy.lan"}) == "http://u:p@proxy.lan"


@pytest.mark.parametrize(
    ("options", "column", "message", "hint"),
    [
        pytest.param("weight: heavy", 44, "not a weight", "1 is usual", id="weight-a-word"),
        pytest.param("weight: 0", 44, "too small", "from 0.01 to 100", id="weight-nothing"),
        pytest.param("weight: 1000", 44, "too large", "from 0.01 to 100", id="weight-too-much"),
        pytest.param("weight: -1", 44, "not a weight", "from 0.01 to 100", id="weight-negative"),
        pytest.param("weight: 1e3", 44, "not a weight", "from 0.01 to 100", id="weight-exponent"),
        pytest.param("floor: soon", 43, "not an interval", "10m", id="floor-a-word"),
        pytest.param("every: 10m, floor: 5m", 55, "beside `every`", "Remove one", id="floor-beside-every"),
        pytest.param("zone: KST", 42, "not a time zone", "Write Asia/Seoul", id="zone-abbreviation"),
        pytest.param("zone: asia/seul", 42, "not a time zone", "Write Asia/Seoul", id="zone-misspelt"),
        pytest.param("zone: '+03:00'", 42, "not a time zone", "Write Europe/Moscow", id="zone-offset"),
        pytest.param("zone: ../../etc/passwd", 42, "not a time zone", "IANA", id="zone-a-path"),
        pytest.param("full_text: yes", 47, "neither true nor false", "Write true", id="full-text-yes"),
        pytest.param("fulltext: true", 36, "not known here", "full_text", id="full-text-misspelt"),
        pytest.param("timezone: Asia/Seoul", 36, "not known here", "zone", id="zone-by-another-name"),
        pytest.param("headers: X-A", 45, "a name with a value", "X-Api-Key", id="headers-a-text"),
        pytest.param("headers: [X-A]", 45, "a name with a value", "X-Api-Key", id="headers-a-list"),
        pytest.param("headers: {Host: a.example}", 46, "`Host` cannot be set", "Remove", id="header-host"),
        pytest.param("headers: {Cookie: a=b}", 46, "cookies are never sent", "Remove", id="header-cookie"),
        pytest.param("headers: {Referer: a}", 46, "where we come from", "Remove", id="header-referer"),
        pytest.param(
            "headers: {If-None-Match: a}", 46, "what the server gave", "Remove", id="header-validator"
        ),
        pytest.param(
            "headers: {Proxy-Authorization: '${FEED_A}'}", 46, "cannot be set", "Remove", id="header-proxy"
        ),
        pytest.param("headers: {'X Y': a}", 46, "a header's name", "letters", id="header-name-with-a-space"),
        pytest.param("headers: {X-A: Привет}", 51, "plain ASCII", "Percent-encode", id="header-not-ascii"),
        pytest.param('headers: {X-A: "a\\r\\nHost: b"}', 51, "one line", "Percent", id="header-of-two-lines"),
        pytest.param("headers: {X-A: [a]}", 51, "one text belongs", "one text", id="header-value-a-list"),
        pytest.param("headers: {X-A: }", 46, "missing", "remove", id="header-value-nothing"),
        pytest.param("headers: {X-A: a, x-a: b}", 45, "stands here twice", "Keep one", id="header-twice"),
        pytest.param(
            "headers: {X-A: '${HOME}'}", 51, "begin with FEED_", "FEED_HOME", id="variable-that-is-no-feeds"
        ),
        pytest.param("headers: {X-A: '${FEED_A'}", 51, "not closed", "${FEED_KEY}", id="variable-not-closed"),
        pytest.param(
            "headers: {X-Api-Key: abc}",
            45,
            "looks like a secret",
            "${FEED_X_API_KEY}",
            id="secret-in-the-file",
        ),
        pytest.param(
            "proxy: proxy.lan", 43, "http:// or https://", "http://proxy.lan", id="proxy-without-scheme"
        ),
        pytest.param(
            "proxy: 'socks5://a:1'", 43, "http:// or https://", "http://", id="proxy-of-another-kind"
        ),
        pytest.param(
            "proxy: 'http://u:p@a.lan'", 43, "a password", "${FEED_PROXY}", id="proxy-with-a-password"
        ),
        pytest.param(
            "proxy: '${TELEGRAM_BOT_TOKEN}'", 43, "FEED_", "Set FEED_", id="proxy-of-a-secret-of-ours"
        ),
    ],
)
def test_what_cannot_be_is_told_with_its_place_and_mend(
    options: str, column: int, message: str, hint: str
) -> None:
    (found,) = mistakes(options)
    assert (found.line, found.column) == (2, column)
    assert message in found.message
    assert hint in found.hint


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("Authorization: 'Bearer ${FEED_TOKEN}'", id="authorization"),
        pytest.param("X-Whatever: '${FEED_TOKEN}'", id="a-variable"),
    ],
)
def test_no_secret_travels_openly(header: str) -> None:
    (found,) = mistakes(f"headers: {{{header}}}", "http://example.org/rss")
    assert "would travel openly" in found.message
    assert one(f"headers: {{{header}}}").headers


def test_too_many_headers_are_refused() -> None:
    (found,) = mistakes(f"headers: {{{', '.join(f'X-{n}: a' for n in range(21))}}}")
    assert "21 headers are too many" in found.message


@pytest.mark.parametrize(
    ("options", "url"),
    [
        pytest.param("headers: {Authorization: Bearer-abc123}", URL, id="header"),
        pytest.param("proxy: 'http://me:abc123@proxy.lan'", URL, id="proxy"),
        pytest.param("lang: ko", "https://me:abc123@example.org/r", id="address"),
    ],
)
def test_a_secret_in_the_file_is_not_repeated_by_the_report(options: str, url: str) -> None:
    with pytest.raises(RulesError) as caught:
        one(options, url)
    assert "abc123" not in str(caught.value)
    assert "Secrets do not belong into this file" in str(caught.value)


FULL = Feed(
    FeedUrl("https://new.example/rss"),
    "New: {one}",
    "ko",
    ("wire",),
    "national",
    None,
    1800,
    0.25,
    "Asia/Seoul",
    full_text=True,
    headers=(("X-Api-Key", "${FEED_KEY}"), ("Accept-Language", 'ko, "x"')),
    proxy="${FEED_PROXY}",
)


def test_a_feed_is_written_into_the_file_with_all_its_options(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(f'feeds:\n  - url: "{URL}"  # mine{RULES}', "utf-8")
    assert add_feeds(path, [FULL]).added == (FULL,)
    text = path.read_text("utf-8")
    assert "# mine" in text
    assert read(text, "rules.yaml").feeds[1] == FULL


def test_the_published_schema_names_every_option() -> None:
    published = json.loads((Path(__file__).parent.parent / "docs/rules.schema.json").read_text("utf-8"))
    options = published["$defs"]["FeedEntry"]["properties"]
    fields = set(Feed.__dataclass_fields__)
    assert set(options) == fields
