"""News sitemaps are feeds; other sitemaps are refused with the mend."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl
from monitor.feeds.parse import STORY_LIMIT, parse

FEED = Feed(FeedUrl("https://news.example/news.xml"), "News")
NEWS = "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
HEAD = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' {NEWS}>"


def url(number: int, title: str = "Title", date: str = "2026-09-27T19:00:00+09:00", lang: str = "ko") -> str:
    return (
        f"<url><loc> https://news.example/{number} </loc><lastmod>2026-09-28</lastmod><news:news><news:publication>"
        f"<news:name>Ilbo</news:name><news:language>{lang}</news:language></news:publication>"
        f"<news:publication_date>{date}</news:publication_date><news:title>{title}</news:title></news:news>"
        "<image:image xmlns:image='urn:i'><image:loc>https://i.example/x</image:loc><image:title>No</image:title>"
        "</image:image></url>"
    )


def batch(raw: bytes | str) -> Batch:
    found = parse(FEED, raw.encode() if isinstance(raw, str) else raw, None, FEED.url)
    assert isinstance(found, Batch), found.reason
    return found


def reason(raw: str) -> str:
    found = parse(FEED, raw.encode(), "application/xml", FEED.url)
    assert isinstance(found, Failed)
    return found.reason


def test_a_news_sitemap_is_read_whole() -> None:
    found = batch(
        f"<?xml version='1.0'?><!-- made --> {HEAD}{url(1, 'A &amp;lt; <![CDATA[& B]]>')}{url(2)}</urlset>"
    )
    first, second = found.stories
    assert (first.key, first.url, first.title) == (
        "https://news.example/1",
        "https://news.example/1",
        "A &lt; & B",
    )
    assert first.published == datetime(2026, 9, 27, 10, tzinfo=UTC)
    assert (first.lang, found.lang, found.title) == ("ko", "ko", "Ilbo")
    assert second.key == "https://news.example/2"
    assert found.warnings == ()


def test_namespaces_do_not_matter_and_dates_follow_the_language() -> None:
    page = (
        "<urlset><url><loc>https://a.example/1</loc><n:news xmlns:n='urn:wrong'><n:publication><n:language>ru"
        "</n:language></n:publication><n:publication_date>2026-09-27 13:00</n:publication_date><n:title>t</n:title>"
        "</n:news></url></urlset>"
    )
    (story,) = batch(page).stories
    assert (story.title, story.published) == ("t", datetime(2026, 9, 27, 10, tzinfo=UTC))


def test_languages_of_several_kinds_are_those_of_the_stories() -> None:
    found = batch(f"{HEAD}{url(1, lang='ko')}{url(2, lang='ru')}</urlset>")
    assert found.lang is None
    assert [story.lang for story in found.stories] == ["ko", "ru"]


def test_a_broken_one_is_read_as_far_as_possible() -> None:
    found = batch(f"{HEAD}{url(1)}{url(2)}<url><loc>https://news.example/3")
    assert [story.key for story in found.stories] == ["https://news.example/1", "https://news.example/2"]
    assert "not well-formed" in found.warnings[0]


def test_addresses_without_title_are_told() -> None:
    found = batch(f"{HEAD}{url(1)}<url><loc>https://news.example/2</loc></url></urlset>")
    assert len(found.stories) == 1
    assert found.warnings == ("1 addresses come without a title and were left out",)


def test_an_empty_news_sitemap_is_an_empty_batch() -> None:
    assert batch(f"{HEAD}</urlset>").stories == ()


def test_of_many_the_newest_are_read() -> None:
    many = [url(n, date=f"2026-09-{1 + n // 60:02}T10:{n % 60:02}:00Z") for n in range(STORY_LIMIT + 3)]
    found = batch(HEAD + "".join(many) + "</urlset>")
    assert [story.url for story in found.stories[:1]] == ["https://news.example/3"]
    assert len(found.stories) == STORY_LIMIT


def test_a_packed_one_needs_no_header() -> None:
    assert len(batch(gzip.compress(f"{HEAD}{url(1)}</urlset>".encode())).stories) == 1


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>https://a.example</loc></url></urlset>",
            "a sitemap without news",
            id="addresses only",
        ),
        pytest.param("<urlset/>", "a sitemap without news", id="nothing"),
        pytest.param(
            "<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap>"
            "<sitemap><loc>https://a.example/2.xml</loc></sitemap></sitemapindex>",
            "a sitemap index; put one of the sitemaps that it names into rules.yaml: "
            "https://a.example/1.xml, https://a.example/2.xml",
            id="index",
        ),
        pytest.param(
            "<sitemapindex>" + "<sitemap><loc>https://a.example</loc></sitemap>" * 9 + "</sitemapindex>",
            "https://a.example and 6 more",
            id="long index",
        ),
        pytest.param("<sitemapindex/>", "names into rules.yaml: none", id="empty index"),
        pytest.param(
            "<!DOCTYPE urlset [<!ENTITY a 'bomb'>]><urlset><url><loc>&a;</loc></url></urlset>",
            "without news",
            id="entity",
        ),
    ],
)
def test_others_are_refused_with_the_mend(page: str, told: str) -> None:
    words = reason(page)
    assert told in words
    assert "rules.yaml" in words


def test_bombs_of_entities_and_of_texts_are_not_read() -> None:
    entities = "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(20))
    bomb = f"<!DOCTYPE urlset [<!ENTITY a0 'x'>{entities}]>{HEAD}{url(1, '&a20;')}</urlset>"
    assert "without news" in reason(bomb)
    assert len(batch(f"{HEAD}{url(1, 'x' * 1_000_000)}</urlset>").stories[0].title) <= 1000
