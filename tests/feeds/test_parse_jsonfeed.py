"""JSON Feed: the same promises as for XML, by a reader of our own."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl
from monitor.feeds.parse import parse

FEED = Feed(FeedUrl("https://news.example/feed.json"), "News")


def body(*items: Any, version: str = "1.1", **top: Any) -> bytes:
    feed = {"version": f"https://jsonfeed.org/version/{version}", "title": "A", "items": list(items)} | top
    return json.dumps(feed, ensure_ascii=False).encode()


def batch(raw: bytes, content_type: str | None = None, feed: Feed = FEED) -> Batch:
    found = parse(feed, raw, content_type, feed.url)
    assert isinstance(found, Batch), found.reason
    assert found == parse(feed, raw, content_type, feed.url)
    return found


def reason(raw: bytes) -> str:
    found = parse(FEED, raw, "application/feed+json", FEED.url)
    assert isinstance(found, Failed)
    return found.reason


def test_a_feed_is_read_whole() -> None:
    found = batch(
        body(
            {
                "id": "https://news.example/1",
                "url": "/1",
                "external_url": "https://other.example/",
                "title": "북한 <b>병사</b>",
                "content_html": "<p>Long &amp; <b>bold</b></p>",
                "summary": "1 < 2",
                "date_published": "2026-09-27T19:00:00+09:00",
                "date_modified": "2026-09-28T19:00:00+09:00",
                "authors": [{"name": "Kim"}, {"name": "Lee"}, {"url": "https://x.example"}],
                "language": "ko-KR",
            },
            language="en",
            home_page_url="https://news.example/",
            feed_url="https://news.example/feed.json",
            hubs=[
                {"type": "rssCloud", "url": "https://no.example"},
                {"type": "WebSub", "url": "https://hub.example/"},
            ],
        )
    )
    (story,) = found.stories
    assert (story.key, story.url) == ("https://news.example/1", "https://news.example/1")
    assert story.title == "북한 <b>병사</b>"  # titles are plain text (section "items")
    assert (story.summary, story.text) == ("1 < 2", "Long & bold")
    assert story.published == datetime(2026, 9, 27, 10, tzinfo=UTC)
    assert story.author == "Kim, Lee"
    assert (found.title, found.link, found.lang) == ("A", "https://news.example/", "en")
    assert (found.hub, found.topic) == ("https://hub.example/", "https://news.example/feed.json")
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("item", "key", "url"),
    [
        pytest.param({"id": 17, "content_text": "x"}, "17", None, id="number"),
        pytest.param({"id": 1.50, "content_text": "x"}, "1.5", None, id="fraction"),
        pytest.param({"url": "https://a.example/1/?utm_source=x"}, "https://a.example/1", None, id="no id"),
        pytest.param({"id": None, "external_url": "https://b.example/"}, "https://b.example/", None, id="link blog"),
        pytest.param({"id": "a", "attachments": [{"url": "https://a.example"}]}, "a", "https://a.example", id="file"),
        pytest.param({"id": ["a"], "title": {"x": 1}, "content_text": "t"}, None, None, id="wrong types"),
    ],
)  # fmt: skip
def test_keys_and_links_follow_the_same_rules(item: dict[str, Any], key: str | None, url: str | None) -> None:
    (story,) = batch(body(item)).stories
    assert story.key == key if key else story.key.startswith("fp:")
    if url:
        assert story.url == url


def test_version_1_authors_and_plain_texts() -> None:
    item = {"id": "1", "content_text": "a <b> c\n\nd", "author": {"name": "Park"}}
    (story,) = batch(body(item, {}, version="1")).stories
    assert (story.author, story.summary, story.text) == ("Park", "a <b> c\nd", "")
    (story,) = batch(body({"id": "1", "title": "t"}, authors=[{"name": "All"}])).stories
    assert story.author == "All"


def test_a_korean_feed_without_zones_is_read_in_korean_time() -> None:
    (story,) = batch(body({"id": "1", "date_published": "2026-09-27T19:00:00"}, language="ko")).stories
    assert story.published == datetime(2026, 9, 27, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"\xef\xbb\xbf" + body({"id": "1", "title": "é"}), id="byte order mark"),
        pytest.param(body({"id": "1", "title": "é"}).decode().encode("utf-16"), id="utf-16"),
        pytest.param(body({"id": "1", "title": "é"}).decode().encode("utf-16-le"), id="utf-16 without mark"),
        pytest.param(b"\n  " + body({"id": "1", "title": "é"}), id="blanks before it"),
        pytest.param(
            json.dumps({"items": [{"id": "1", "title": "é", "content_text": ""}]}).encode(), id="no version"
        ),
    ],
)
def test_it_is_known_by_its_content(raw: bytes) -> None:
    assert [story.title for story in batch(raw, "text/plain").stories] == ["é"]


def test_entries_that_repeat_or_say_nothing_are_told() -> None:
    found = batch(body({"id": "1"}, {"id": "1"}, {}, "text", None))
    assert [story.key for story in found.stories] == ["1"]
    assert found.warnings == (
        "2 items are no JSON objects and were left out",
        "an entry says nothing and was left out",
        "an entry repeats another one and was left out",
    )


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        pytest.param(body({"id": "1"})[:-3], "looks like JSON, but it is broken", id="cut"),
        pytest.param(b'{"a":' * 100_000, "nested too deep", id="nesting"),
        pytest.param(b"[" * 100_000, "nested too deep", id="lists in lists"),
        pytest.param(b'[{"id": "1", "content_text": "x"}]', "no JSON Feed", id="a list"),
        pytest.param(b'{"items": [{"id": 1}]}', "no JSON Feed", id="other JSON with items"),
        pytest.param(b'{"items": 5}', "no JSON Feed", id="items of another kind"),
        pytest.param(
            b'{"version": "https://jsonfeed.org/version/1", "items": {}}', "without items", id="no list"
        ),
    ],
)
def test_what_is_no_feed_is_named(raw: bytes, told: str) -> None:
    assert told in reason(raw)


def test_numbers_and_surrogates_of_any_size_are_survived() -> None:
    raw = b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": ' + b"9" * 50_000
    found = batch(raw + b', "title": "\\ud800x", "url": "https://a.example/\\udfff", "x": [NaN, 1e999]}]}')
    assert found.stories[0].key.startswith("id:")
    assert (found.stories[0].title, found.stories[0].url) == ("\ufffdx", None)
