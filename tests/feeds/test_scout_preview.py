"""What is told of a feed before anybody relies on it: its kind and its language."""

from __future__ import annotations

import pytest

from monitor.core.model import Failed, Fetched, Page, Story
from monitor.feeds.fulltext import PAGE_LIMIT, ArticleReader, extract_titled
from monitor.feeds.scout import guess, kind_of
from tests.build import page as a_page
from tests.build import story
from tests.fakes import FixedClock


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        pytest.param(b'<?xml version="1.0"?><!-- a <b> --><rss version="2.0">', "RSS", id="rss"),
        pytest.param(b"\xef\xbb\xbf <rdf:RDF>", "RSS", id="rdf"),
        pytest.param(b'<feed xmlns="http://www.w3.org/2005/Atom">', "Atom", id="atom"),
        pytest.param(b'<atom:feed xmlns:atom="x">', "Atom", id="atom with a prefix"),
        pytest.param(b'\n{"version": "https://jsonfeed.org/version/1.1"}', "JSON Feed", id="json"),
        pytest.param(b"<urlset>", "sitemap", id="sitemap"),
        pytest.param(b"<!DOCTYPE html><html>", "", id="a page"),
        pytest.param(b"nothing", "", id="no element"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_the_kind_of_a_feed_is_seen_at_its_beginning(body: bytes, kind: str) -> None:
    assert kind_of(body) == kind


@pytest.mark.parametrize(
    ("titles", "lang"),
    [
        pytest.param(["북한 노동자", "총영사관 진입 U.S."], "ko", id="Korean"),
        pytest.param(["Рабочий попросил убежища", "UN"], "ru", id="Russian"),
        pytest.param(["A worker asks for asylum"], "en", id="English"),
        pytest.param(["망명 asylum"], None, id="as much of one as of the other"),
        pytest.param(["2026"], None, id="no letters"),
        pytest.param([], None, id="no stories"),
    ],
)
def test_the_language_is_guessed_by_the_script(titles: list[str], lang: str | None) -> None:
    assert guess([story(title) for title in titles]) == lang


LONG = "<p>" + "A sentence of an article about a defector who came to the consulate at night. " * 20 + "</p>"


@pytest.mark.parametrize(
    ("page", "title"),
    [
        pytest.param(f"<title>A &amp; B</title><body><article>{LONG}</article>", "A & B", id="title"),
        pytest.param(
            f'<head><meta property="og:title" content="Graph"><title>B</title></head><body>{LONG}',
            "Graph",
            id="og",
        ),
        pytest.param(f"<html><head></head><body><article>{LONG}</article></body></html>", "", id="no title"),
    ],
)
def test_an_article_is_read_with_its_title(page: str, title: str) -> None:
    read = extract_titled(page.encode(), "text/html; charset=utf-8")
    assert read is not None
    first, _, text = read.partition("\n")
    assert first == title
    assert text.startswith("A sentence of an article")


def test_a_page_with_neither_gives_nothing() -> None:
    assert extract_titled(b"<html></html>", None) is None


class Site:
    """A page getter and a worker in one."""

    def __init__(self, answer: Fetched, read: object) -> None:
        self.answer = answer
        self.read = read
        self.asked: list[str] = []

    async def page(self, url: str, /) -> Fetched:
        self.asked.append(url)
        return self.answer

    async def run(self, work: object, page: bytes, content_type: str | None, /) -> object:
        del work, page, content_type
        return self.read

    async def article(self, address: str) -> Story | str:
        reader = ArticleReader(page=self.page, run=self.run, clock=FixedClock())
        return await reader.read(address)


HTML = a_page(body=b"<html>", content_type="text/html")


async def test_an_article_out_of_a_chat_is_read_as_a_story() -> None:
    site = Site(HTML, "A title\nIts text")
    read = await site.article("paper.example/1")
    assert isinstance(read, Story)
    assert (read.title, read.text, read.url, read.source) == (
        "A title",
        "Its text",
        "https://paper.example/1",
        "paper.example",
    )
    assert site.asked == ["https://paper.example/1"]


@pytest.mark.parametrize(
    ("address", "answer", "read", "expected"),
    [
        pytest.param("no address", HTML, "x", "this is no web address", id="no address"),
        pytest.param(
            "a.example", Failed(HTML.feed, "the server said 503"), "x", "the server said 503", id="failed"
        ),
        pytest.param("a.example", a_page(content_type="image/png"), "x", "no web page", id="a picture"),
        pytest.param("a.example", a_page(body=b"x" * (PAGE_LIMIT + 1)), "x", "no web page", id="too large"),
        pytest.param("a.example", HTML, None, "no article on this page", id="nothing to read"),
        pytest.param("a.example", HTML, TimeoutError(), "no article on this page", id="a lost worker"),
    ],
)
async def test_an_address_without_an_article_says_why(
    address: str, answer: Page | Failed, read: object, expected: str
) -> None:
    told = await Site(answer, read).article(address)
    assert isinstance(told, str)
    assert expected in told
