"""Redirect links of news searches: the publisher's address where it can be known, a stable one elsewhere."""

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Batch, Feed, FeedUrl
from monitor.core.text import canonical_url
from monitor.feeds.aggregators import direct, is_opaque, unwrapped
from monitor.feeds.parse import parse

STORY = "https://www.example.org/world/story.html?id=7"


def token(*fields):
    """An article's token as Google News made them until 2024: a number, then texts."""
    message = b"\x08\x13" + b"".join(tag + size(text) + text.encode() for tag, text in fields)
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def size(text):
    length = len(text.encode())
    return bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])


def google(token, path="rss/articles"):
    return f"https://news.google.com/{path}/{token}?oc=5&hl=ko&gl=KR&ceid=KR:ko"


LONG = "https://www.example.org/" + "a" * 300
OPAQUE = token((b"\x22", "AU_yqLMFtHkGKJGc3W9kmRlYsZf0yXuE2oPQ"))


@pytest.mark.parametrize(
    ("link", "found"),
    [
        pytest.param(google(token((b"\x22", STORY))), STORY, id="google-news"),
        pytest.param(google(token((b"\x22", STORY)) + "=="), STORY, id="google-news-padded"),
        pytest.param(google(token((b"\x22", LONG))), LONG, id="google-news-long-address"),
        pytest.param(
            google(token((b"\x22", STORY), (b"\xd2\x01", "https://amp.example.org/s"))),
            STORY,
            id="google-news-with-amp",
        ),
        pytest.param(google(token((b"\x22", STORY)), "articles"), STORY, id="google-news-page"),
        pytest.param(google(token((b"\x22", STORY)), "__i/rss/rd/articles"), STORY, id="google-news-of-2020"),
        pytest.param(google(token((b"\x22", STORY)), "read"), STORY, id="google-news-read"),
        pytest.param(
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&tid=12BE&url="
            + quote(STORY, safe="")
            + "&c=17&mkt=ko-kr",
            STORY,
            id="bing-news",
        ),
        pytest.param(
            f"https://www.bing.com:443/news/apiclick.aspx?url={quote(STORY, safe='')}",
            STORY,
            id="bing-with-a-port",
        ),
        pytest.param(
            "https://www.bing.com/ck/a?!&&p=1&u=a1" + base64.urlsafe_b64encode(STORY.encode()).decode(),
            STORY,
            id="bing-search",
        ),
        pytest.param(
            f"https://www.google.com/url?rct=j&sa=t&url={STORY}&ct=ga&usg=x", STORY, id="google-alert"
        ),
        pytest.param(
            f"https://www.google.co.kr/url?q={quote(STORY, safe='')}", STORY, id="google-of-a-country"
        ),
        pytest.param(
            "http://www.bing.com/news/apiclick.aspx?url="
            + quote(f"https://www.google.com/url?url={quote(STORY, safe='')}", safe=""),
            STORY,
            id="one-inside-the-other",
        ),
    ],
)
def test_the_publishers_address_is_read_from_the_link(link, found):
    assert direct(link) == found
    assert unwrapped(link) == found
    assert not is_opaque(link)


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(STORY, id="no-redirect"),
        pytest.param("https://www.bing.com/news/search?q=x", id="another-page-of-bing"),
        pytest.param("https://news.google.com/rss/search?q=x&hl=ko", id="a-search"),
        pytest.param(
            "https://news.google.com.evil.example/rss/articles/" + token((b"\x22", STORY)), id="another-host"
        ),
        pytest.param("https://notbing.com/news/apiclick.aspx?url=https://a.example/", id="another-name"),
        pytest.param("http://www.bing.com/news/apiclick.aspx?url=javascript:alert(1)", id="a-script"),
        pytest.param("http://www.bing.com/news/apiclick.aspx?url=https://u:p@a.example/", id="a-login"),
        pytest.param("http://www.bing.com/news/apiclick.aspx?url=", id="nothing"),
        pytest.param("http://www.bing.com/news/apiclick.aspx", id="no-query"),
        pytest.param("https://www.bing.com/ck/a?u=a1%%%", id="no-base64"),
        pytest.param("https://news.google.com/rss/articles/" + "A" * 5000, id="too-long"),
        pytest.param("http://[::1", id="no-address"),
        pytest.param("", id="empty"),
    ],
)
def test_any_other_link_stays_as_it_is(link):
    assert direct(link) is None
    assert unwrapped(link) == link


def test_a_link_that_only_google_can_resolve_is_the_same_whoever_asks():
    one = f"https://news.google.com/rss/articles/{OPAQUE}?oc=5"
    assert direct(one) is None
    assert is_opaque(one)
    assert unwrapped(one) == unwrapped(google(OPAQUE)) == f"https://news.google.com/rss/articles/{OPAQUE}"


def test_bings_links_of_two_polls_are_one_story():
    first = f"http://www.bing.com/news/apiclick.aspx?tid=AAA&url={quote(STORY, safe='')}&c=1"
    second = f"http://www.bing.com/news/apiclick.aspx?tid=BBB&url={quote(STORY, safe='')}&c=2"
    assert unwrapped(first) == unwrapped(second)


@given(st.binary(max_size=200))
def test_no_token_makes_it_raise_or_invent(data):
    found = direct(
        "https://news.google.com/rss/articles/" + base64.urlsafe_b64encode(data).decode() + "AAAAAAAA"
    )
    assert found is None or canonical_url(found)


@given(st.text(max_size=100))
def test_no_text_makes_it_raise(text):
    assert unwrapped(text) == text
    assert direct(f"https://www.google.com/url?url={text}") is None or text


def bing(tid):
    query = f"ref=FexRss&amp;tid={tid}&amp;url={quote(STORY, safe='')}&amp;c={tid}"
    return (
        "<rss version='2.0'><channel><title>x - BingNews</title>"
        f"<item><title>One</title><link>http://www.bing.com/news/apiclick.aspx?{query}</link></item></channel></rss>"
    )


def news(guid, token, region):
    link = f"https://news.google.com/rss/articles/{token}?oc=5&amp;hl={region}"
    return (
        "<rss version='2.0'><channel><title>x - Google News</title>"
        f"<item><title>One - Example</title><link>{link}</link>{guid}</item></channel></rss>"
    )


@pytest.mark.parametrize(
    ("first", "second", "url"),
    [
        pytest.param(bing("1"), bing("2"), STORY, id="bing"),
        pytest.param(
            news("", token((b"\x22", STORY)), "ko"),
            news("", token((b"\x22", STORY)), "en"),
            STORY,
            id="google",
        ),
        pytest.param(
            news("", OPAQUE, "ko"),
            news("", OPAQUE, "en"),
            f"https://news.google.com/rss/articles/{OPAQUE}",
            id="google-opaque",
        ),
        pytest.param(
            news(f"<guid isPermaLink='false'>{OPAQUE}</guid>", OPAQUE, "ko"),
            news(f"<guid isPermaLink='false'>{OPAQUE}</guid>", OPAQUE, "en"),
            f"https://news.google.com/rss/articles/{OPAQUE}",
            id="google-with-guid",
        ),
    ],
)
def test_a_story_of_a_search_has_one_key_and_the_publishers_address(first, second, url):
    feed = Feed(FeedUrl("https://search.example/rss"), "Search")
    batches = [parse(feed, page.encode(), "text/xml", feed.url) for page in (first, second)]
    stories = [batch.stories[0] for batch in batches if isinstance(batch, Batch)]
    assert [story.url for story in stories] == [url, url]
    assert stories[0].key == stories[1].key
