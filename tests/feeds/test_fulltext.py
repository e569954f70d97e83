"""The article behind a story: its text alone, asked for once, within bounds, read in a worker."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.model import Failed, Feed, FeedUrl, Page, Story, StoryKey
from monitor.feeds import fulltext
from monitor.feeds.fulltext import AN_HOUR, ArticleReader, extract
from monitor.feeds.workers import Workers
from tests.build import NOW
from tests.fakes import FixedClock, inline
from tests.feeds.answering_site import fetcher, ok

FEED = Feed(FeedUrl("https://news.example/rss"), "News")
STORY = Story(FEED.url, StoryKey("1"), "망명", "https://news.example/1", summary="짧다.")
WORDS = "북한 노동자가 블라디보스토크 주재 미국 총영사관에 들어가 망명을 신청했다고 관계자가 {} 밝혔다."
PARAGRAPHS = "".join(f"<p>{WORDS.format(n)}</p>" for n in range(6))
ARTICLE = (
    "<html><head><title>T</title></head><body><nav><ul><li><a href='/'>Home</a></li></ul></nav>"
    f"<article><h1>망명</h1>{PARAGRAPHS}</article><script>alert(1)</script>"
    "<footer>Copyright</footer></body></html>"
)


class Pages:
    """A fake of `GetPage`: gives the same article at every address, and keeps what was asked."""

    def __init__(self, body: bytes = ARTICLE.encode(), kind: str | None = "text/html; charset=utf-8") -> None:
        self.body = body
        self.kind = kind
        self.asked: list[str] = []
        self.fails = False

    async def __call__(self, url: str) -> Page | Failed:
        self.asked.append(url)
        await asyncio.sleep(0)
        if self.fails:
            return Failed(FeedUrl(url), "down")
        return Page(FeedUrl(url), url, self.body, "digest", self.kind)


@pytest.fixture
def clock():
    return FixedClock(NOW)


def reader(pages, clock):
    return ArticleReader(page=pages, run=inline, clock=clock)


def numbered(number):
    return replace(STORY, key=StoryKey(str(number)), url=f"https://news.example/{number}")


class TestExtracting:
    @pytest.mark.parametrize(
        ("encoding", "content_type", "head"),
        [
            pytest.param("utf-8", "text/html; charset=utf-8", "", id="served"),
            pytest.param("cp949", "text/html; charset=EUC-KR", "", id="served-korean"),
            pytest.param("cp949", "text/html", '<meta charset="euc-kr">', id="declared-korean"),
            pytest.param("utf-8", None, "", id="silent"),
        ],
    )
    def test_the_text_is_the_articles_alone(self, encoding, content_type, head):
        text = extract(ARTICLE.replace("<title>", f"{head}<title>").encode(encoding), content_type)
        assert text is not None
        assert [WORDS.format(n) in text for n in range(6)] == [True] * 6
        assert not [word for word in ("Home", "Copyright", "alert", "<p>") if word in text]

    @pytest.mark.parametrize(
        "page",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"\x00\xff" * 100, id="bytes"),
            pytest.param(b"<html></html>", id="no-words"),
            pytest.param(b"<div>" * 20_000, id="deep"),
        ],
    )
    def test_a_page_without_an_article_has_none(self, page):
        assert extract(page, "text/html") is None

    def test_no_control_character_comes_out(self):
        text = extract(ARTICLE.replace("노동자가", "노동&#27;[2J자가\x07").encode(), "text/html")
        assert text
        assert not set(text) & set(map(chr, (*range(9), *range(11, 32), 127)))


class TestAsking:
    async def test_the_article_is_given(self, clock):
        pages = Pages()
        text = await reader(pages, clock)(FEED, STORY)
        assert text is not None
        assert WORDS.format(0) in text
        assert pages.asked == ["https://news.example/1"]

    @pytest.mark.parametrize(
        "story",
        [
            pytest.param(replace(STORY, url=None), id="without-address"),
            pytest.param(replace(STORY, text="x" * fulltext.ENOUGH), id="complete-in-the-feed"),
            pytest.param(
                replace(STORY, url="https://news.google.com/rss/articles/CBMiXkFVX3lxTFBReTJhSkR"),
                id="only-google-knows",
            ),
        ],
    )
    async def test_what_needs_no_article_is_not_asked_for(self, clock, story):
        pages = Pages()
        assert await reader(pages, clock)(FEED, story) is None
        assert pages.asked == []

    async def test_no_address_is_asked_twice(self, clock):
        pages = Pages()
        pages.fails = True
        read = reader(pages, clock)
        assert await read(FEED, STORY) is None
        pages.fails = False
        assert await read(FEED, STORY) is None
        assert len(pages.asked) == 1

    async def test_a_feed_has_so_many_an_hour_and_others_have_theirs(self, clock):
        pages = Pages()
        read = reader(pages, clock)
        found = [await read(FEED, numbered(n)) for n in range(AN_HOUR + 5)]
        assert [text is not None for text in found] == [True] * AN_HOUR + [False] * 5
        assert await read(Feed(FeedUrl("https://b.example/"), "B"), numbered(1000))
        clock.now += timedelta(hours=1)
        assert await read(FEED, numbered(2000))

    @pytest.mark.parametrize(
        "pages",
        [
            pytest.param(Pages(kind="application/pdf"), id="pdf"),
            pytest.param(Pages(body=b"x" * (fulltext.PAGE_LIMIT + 1)), id="too-large"),
            pytest.param(Pages(body=b"<html><p>short</p></html>"), id="shorter-than-the-feed"),
        ],
    )
    async def test_what_is_no_better_is_not_taken(self, clock, pages):
        assert await reader(pages, clock)(FEED, replace(STORY, summary="x" * 50)) is None

    async def test_a_redirect_of_an_aggregator_is_not_asked_for_itself(self, clock):
        pages = Pages()
        link = "http://www.bing.com/news/apiclick.aspx?tid=1&url=https%3a%2f%2fnews.example%2f9"
        assert await reader(pages, clock)(FEED, replace(STORY, url=link))
        assert pages.asked == ["https://news.example/9"]


async def test_it_works_over_the_real_fetching_and_workers(site, clock):
    site.answers = {"/1": ok(ARTICLE.encode(), "Content-Type: text/html; charset=utf-8")}
    workers = Workers(workers=1)
    try:
        async with fetcher() as here:
            read = ArticleReader(page=here.page, run=workers.run, clock=clock)
            text = await read(FEED, replace(STORY, url=site.url("/1")))
    finally:
        await workers.close()
    assert text is not None
    assert WORDS.format(5) in text


async def test_a_page_that_holds_up_its_worker_has_no_text(clock):
    workers = Workers(workers=1, deadline=0.2)
    pages = Pages()

    async def run(work, /, *args):
        return await workers.run(time.sleep, 30)

    try:
        assert await ArticleReader(page=pages, run=run, clock=clock)(FEED, STORY) is None
    finally:
        await workers.close()
    assert pages.asked
