"""Which feeds a page names: read from any page, in linear time, and nothing that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Found
from monitor.feeds.discovery import MOST_FOUND, discover, hint, usual_places

PAGE = "https://news.example/world/index.html"
LINK = '<link rel="alternate" type="application/rss+xml" title="News" href="/rss.xml">'


def urls(page, url=PAGE):
    return [found.url for found in discover(page if isinstance(page, bytes) else page.encode(), url)]


@pytest.mark.parametrize(
    ("page", "found"),
    [
        pytest.param(LINK, Found("https://news.example/rss.xml", "News", "RSS"), id="rss"),
        pytest.param(
            "<LINK REL='ALTERNATE' TYPE='application/atom+xml; charset=utf-8' HREF='atom' TITLE='A &amp; B'/>",
            Found("https://news.example/world/atom", "A & B", "Atom"),
            id="capitals-and-references",
        ),
        pytest.param(
            "<link rel=alternate type=application/feed+json href=//cdn.example/feed.json>",
            Found("https://cdn.example/feed.json", "", "JSON Feed"),
            id="without-quotes",
        ),
        pytest.param(
            '<base href="https://b.example/x/"><link rel="feed" href="f?a=1&amp;b=2#top">',
            Found("https://b.example/x/f?a=1&b=2", "", "RSS"),
            id="base-and-rel-feed",
        ),
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" title="Asia > Korea" href="feed:https://a.example/r">',
            Found("https://a.example/r", "Asia > Korea", "RSS"),
            id="feed-scheme-and-bracket-in-the-title",
        ),
        pytest.param(
            '<link href="/rss"\n  title="뉴스"\n  type="text/xml"\n  rel="home alternate">',
            Found("https://news.example/rss", "뉴스", "RSS"),
            id="vague-type-and-feeds-address",
        ),
        pytest.param(
            '<html><body><p>x</p><a class="i" href="/rss/politics.xml"><img></a>',
            Found("https://news.example/rss/politics.xml", "", "RSS"),
            id="plain-link-where-nothing-is-named",
        ),
    ],
)
def test_a_feed_is_found(page, found):
    assert discover(page.encode(), PAGE) == (found,)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(f"<!-- {LINK} -->", id="comment"),
        pytest.param(f"<script>var a = '{LINK}';</script>", id="script"),
        pytest.param(f"<SCRIPT src=x>{LINK}</Script >", id="script-in-capitals"),
        pytest.param(f"<script>{LINK}", id="script-without-end"),
        pytest.param('<link rel="stylesheet" type="text/css" href="/feed.css">', id="style-sheet"),
        pytest.param('<link rel="alternate" hreflang="ko" href="/ko/feed">', id="other-language"),
        pytest.param(
            '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">', id="wordpress-api"
        ),
        pytest.param(
            '<link rel="alternate" type="text/xml+oembed" href="https://news.example/oembed?url=x">',
            id="oembed",
        ),
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" href="javascript:x()">', id="script-address"
        ),
        pytest.param(
            '<link rel="alternate" type="application/rss+xml" href="http://u:p@a.example/">', id="login"
        ),
        pytest.param('<link rel="alternate" type="application/rss+xml">', id="no-address"),
        pytest.param('<a href="https://other.example/rss">', id="plain-link-to-another-site"),
        pytest.param('<a href="/about/feedback">', id="feedback"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_feed_is_not_found(page):
    assert urls(page) == []


def test_named_feeds_come_before_comments_and_hide_plain_links():
    page = LINK.replace("/rss.xml", "/comments/feed").replace("News", "Comments") + LINK + '<a href="/rss2">'
    assert urls(page) == ["https://news.example/rss.xml", "https://news.example/comments/feed"]


def test_a_feed_named_twice_is_found_once_and_very_many_are_cut():
    assert urls(LINK + LINK) == ["https://news.example/rss.xml"]
    assert len(urls("".join(LINK.replace("rss.xml", f"rss{n}.xml") for n in range(100)))) == MOST_FOUND


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        pytest.param("cp949", '<meta charset="euc-kr">', id="korean"),
        pytest.param(
            "cp1251",
            '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
            id="russian",
        ),
        pytest.param("utf-8-sig", "", id="byte-order-mark"),
        pytest.param("utf-8", '<meta charset="unicode_escape">', id="no-character-set-of-the-web"),
        pytest.param("utf-16", "", id="utf-16"),
    ],
)
def test_titles_are_read_in_the_pages_character_set(encoding, declared):
    title = "Новости" if encoding == "cp1251" else "뉴스"
    page = f"{declared}{LINK.replace('News', title)}".encode(encoding)
    assert discover(page, PAGE)[0].title == title


@pytest.mark.parametrize(
    "page",
    [
        pytest.param('<a "' * 250_000, id="quotes-that-never-close"),
        pytest.param('<link a="b" ' * 90_000, id="tags-that-never-close"),
        pytest.param("<script>" * 130_000, id="scripts"),
        pytest.param("<!--" * 250_000, id="comments"),
        pytest.param("<link rel='" * 90_000, id="values-that-never-close"),
        pytest.param(f"<a {'x' * 1_000_000}>", id="one-long-name"),
        pytest.param(f"<a {'x=y ' * 250_000}>", id="many-attributes"),
        pytest.param("<a href=/rss/1>" * 70_000, id="many-links"),
    ],
)
def test_no_page_is_read_more_than_once(page):
    # In quadratic time each would take minutes; the suite's patience is the bound.
    assert len(urls(page)) <= 1


@given(st.text(alphabet=st.sampled_from("<link arel=ternhfypcio/+xm\"'>!-&;#\x00가"), max_size=300))
def test_nothing_makes_it_raise(text):
    assert all(url.startswith("http") for url in urls(text.encode("utf-8", "replace")))


def test_the_hint_ends_a_sentence_about_a_page_that_is_no_feed():
    assert hint(LINK.encode(), PAGE) == (
        "; it names this feed: https://news.example/rss.xml, put that into rules.yaml"
    )
    assert "(and 1 more)" in hint((LINK + LINK.replace("rss", "atom")).encode(), PAGE)
    assert hint(b"<html>", PAGE) == ""


def test_the_usual_places_are_on_the_site_itself():
    places = usual_places("https://news.example:8443/a/b?c=d")
    assert places[0] == "https://news.example:8443/feed/"
    assert all(place.startswith("https://news.example:8443/") for place in places)
