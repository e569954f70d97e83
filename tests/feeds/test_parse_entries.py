"""Single entries: identity, text, links, dates."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.model import Batch, Feed, FeedUrl, Story
from monitor.feeds.entries import SUMMARY_LIMIT, TEXT_LIMIT, TITLE_LIMIT, moment_of
from monitor.feeds.parse import parse

URL = FeedUrl("https://news.example/feed.xml")


def read(*items: str, lang: str | None = None) -> Batch:
    body = (
        "<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/' "
        "xmlns:media='http://search.yahoo.com/mrss/' xmlns:yandex='http://news.yandex.ru' "
        "xmlns:prism='http://prismstandard.org/namespaces/basic/2.0/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'><channel>"
        + "".join(f"<item>{item}</item>" for item in items)
        + "</channel></rss>"
    )
    found = parse(Feed(URL, "News", lang), body.encode(), None, URL)
    assert isinstance(found, Batch)
    return found


def story(item: str, lang: str | None = None) -> Story:
    (only,) = read(item, lang=lang).stories
    return only


@pytest.mark.parametrize(
    ("item", "key"),
    [
        pytest.param("<guid> tag:x,1 </guid><link>https://a.example/1</link>", "tag:x,1", id="guid"),
        pytest.param(
            "<title>t</title><link>HTTPS://A.example:443/1/?utm_source=x#y</link>",
            "https://a.example/1",
            id="link",
        ),
        pytest.param("<title>t</title><link>mailto:a@b.c</link>", None, id="no link that counts"),
        pytest.param("<description>only a text</description>", None, id="only a text"),
        pytest.param(f"<guid>{'x' * 400}</guid>", None, id="a giant guid"),
        pytest.param("<guid>a\x01b</guid>", "a\ufffdb", id="a guid that cannot be stored"),
    ],
)
def test_the_key_is_guid_or_link_or_fingerprint(item: str, key: str | None) -> None:
    found = story(item).key
    if key is None:
        assert found.startswith("id:" if "guid" in item else "fp:")
        assert len(found) == 3 + 32
    else:
        assert found == key


def test_a_fingerprint_tells_titles_and_dates_apart_and_nothing_else() -> None:
    monday, sunday = (
        "<pubDate>28 Sep 2026 10:00:00 GMT</pubDate>",
        "<pubDate>27 Sep 2026 10:00:00 GMT</pubDate>",
    )
    keys = [
        story(f"<title>North Korean defector</title>{monday}").key,
        story(f"<title>NORTH  Korean defector</title>{monday}<description>more</description>").key,
        story(f"<title>North Korean defector</title>{sunday}").key,
        story(f"<title>South Korean defector</title>{monday}").key,
    ]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


def test_mere_repetitions_are_left_out_and_told() -> None:
    item = "<guid>1</guid><title>t</title><link>https://a.example/1</link>"
    found = read(item, item, item)
    assert [one.key for one in found.stories] == ["1"]
    assert found.warnings == ("an entry repeats another one and was left out (2 times)",)


def test_a_reused_id_stays_with_the_oldest_whatever_comes_on_top() -> None:
    items = [f"<guid>site</guid><title>t{n}</title><link>https://a.example/{n}</link>" for n in range(4)]
    alone = {one.title: one.key for one in read(items[0]).stories}
    two = {one.title: one.key for one in read(items[1], items[0]).stories}
    three = {one.title: one.key for one in read(items[2], items[1], items[0]).stories}
    assert alone["t0"] == two["t0"] == three["t0"] == "site"
    assert two["t1"] == three["t1"] != "site"
    assert len(set(three.values())) == 3


def test_dates_decide_which_is_the_oldest() -> None:
    items = [
        f"<guid>x</guid><title>t{day}</title><pubDate>{day} Sep 2026 10:00:00 GMT</pubDate>"
        for day in (25, 27, 26)
    ]
    assert [one.key == "x" for one in read(*items).stories] == [True, False, False]


def test_an_entry_that_says_nothing_is_left_out_and_told() -> None:
    found = read("", "<category>x</category>", "<title>t</title>")
    assert [one.title for one in found.stories] == ["t"]
    assert found.warnings == ("an entry says nothing and was left out (2 times)",)


@pytest.mark.parametrize(
    ("link", "url"),
    [
        pytest.param(
            "<link>https://a.example/1?b=2&amp;c=3</link>", "https://a.example/1?b=2&c=3", id="absolute"
        ),
        pytest.param("<link> /x/1\n</link>", "https://news.example/x/1", id="relative"),
        pytest.param("<link>//b.example/1</link>", "https://b.example/1", id="without scheme"),
        pytest.param("<guid>https://a.example/1</guid>", "https://a.example/1", id="guid as link"),
        pytest.param("<guid isPermaLink='false'>https://a.example/1</guid>", None, id="guid that is no link"),
        pytest.param("<guid>12345</guid>", None, id="guid that is a number"),
        pytest.param("<link>javascript:alert(1)</link>", None, id="script"),
        pytest.param("<link>data:text/html,x</link>", None, id="data"),
        pytest.param("<link>http://[</link>", None, id="nonsense"),
        pytest.param("<link>https://user:pw@a.example/</link>", None, id="login"),
        pytest.param(
            '<link>https://a.example/a b"&lt;i&gt;</link>', "https://a.example/a%20b%22%3Ci%3E", id="unsafe"
        ),
        pytest.param("<link>https://a.example/뉴스</link>", "https://a.example/뉴스", id="Korean"),
        pytest.param("", None, id="none"),
        pytest.param("<link/><guid>https://a.example/1</guid>", "https://a.example/1", id="empty link, guid"),
        pytest.param("<enclosure url='/1.mp3'/>", "https://news.example/1.mp3", id="a file"),
        pytest.param(
            "<media:content url='https://a.example/1.mp4'/>", "https://a.example/1.mp4", id="a film"
        ),
        pytest.param(
            "<link>https://f.example/~r/1</link><feedburner:origLink>https://a.example/1</feedburner:origLink>",
            "https://a.example/1",
            id="behind a click counter",
        ),
        pytest.param(
            "<link>https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://a.example/1&amp;ct=ga</link>",
            "https://a.example/1",
            id="behind Google's",
        ),
        pytest.param("<author><url>https://a.example/me</url></author>", None, id="its author's"),
    ],
)
def test_links_are_absolute_web_addresses_or_none(link: str, url: str | None) -> None:
    assert story(f"<title>t</title>{link}").url == url


def test_the_text_of_an_entry_stands_once() -> None:
    html = "&lt;p&gt;Hello &amp;amp; &lt;b&gt;bye&lt;/b&gt;&lt;/p&gt;"
    both = f"<description>{html}</description><content:encoded>{html}</content:encoded>"
    other = f"<description>short</description><content:encoded>{html}</content:encoded>"
    alone = f"<content:encoded>{html}</content:encoded>"
    assert (story(both).summary, story(both).text) == ("Hello & bye", "")
    assert (story(alone).summary, story(alone).text) == ("Hello & bye", "")
    assert (story(other).summary, story(other).text) == ("short", "Hello & bye")


def test_russian_outlets_carry_the_whole_text_in_an_element_of_their_own() -> None:
    found = story("<description>кратко</description><yandex:full-text>весь текст</yandex:full-text>")
    assert (found.summary, found.text) == ("кратко", "весь текст")


def test_the_title_is_the_entry_s_and_not_that_of_a_picture_in_it() -> None:
    picture = "<media:group><media:title>Photo &amp;lt;1&amp;gt;</media:title></media:group>"
    assert story(f"<title>News</title>{picture}").title == "News"
    assert story(f"{picture}<title>News</title>").title == "News"


def test_a_long_lone_text_is_the_body() -> None:
    long = "word " * 5000
    found = story(f"<title>t</title><description>{long}</description>")
    assert (found.summary, found.text) == ("", long.strip())


def test_texts_are_cut_to_their_limits() -> None:
    found = story(
        f"<title>{'t' * 3000}</title><description>{'s' * 20_000}</description>"
        f"<content:encoded>{'c' * 300_000}</content:encoded>"
    )
    assert (len(found.title), len(found.summary), len(found.text)) == (TITLE_LIMIT, SUMMARY_LIMIT, TEXT_LIMIT)
    assert found.title.endswith("t…")


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        pytest.param("AT&amp;amp;T &lt;i&gt;wins&lt;/i&gt;", "AT&T wins", id="markup"),
        pytest.param("1 &lt; 2", "1 < 2", id="a sign, no markup"),
        pytest.param("<![CDATA[<b>Bold</b> &amp; plain]]>", "Bold & plain", id="cdata"),
        pytest.param("  two \n words ", "two\nwords", id="white space"),
    ],
)
def test_titles_are_what_a_reader_sees(title: str, seen: str) -> None:
    assert story(f"<title>{title}</title>").title == seen


@pytest.mark.parametrize(
    ("written", "lang", "hour"),
    [
        pytest.param("Sun, 27 Sep 2026 19:00:00 +0900", None, 10, id="standard"),
        pytest.param("Sun,27 Sep 2026 19:00:00 +0900", None, 10, id="Segye"),
        pytest.param("27 09 2026 19:00:00 +0900", None, 10, id="Nocut"),
        pytest.param("2026년 9월 27일 19:00", None, 10, id="Korean words"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 KST", None, 10, id="KST"),
        pytest.param("Sun, 27 Sep 2026 13:00:00 MSK", None, 10, id="MSK"),
        pytest.param("2026-09-27 19:00:00", "ko", 10, id="no zone in a Korean feed"),
        pytest.param("2026-09-27 13:00:00", "ru", 10, id="no zone in a Russian feed"),
        pytest.param("2026-09-27 10:00:00", "en", 10, id="no zone elsewhere"),
        pytest.param("2026-09-27T10:00Z", None, 10, id="left to feedparser"),
        pytest.param("Sun, 27 Sep 2026 19:00:00 XXT", None, None, id="unknown zone"),
        pytest.param("2026년 구월", None, None, id="silently misread by feedparser"),
        pytest.param("soon", None, None, id="nonsense"),
    ],
)
def test_dates_are_right_or_none(written: str, lang: str | None, hour: int | None) -> None:
    published = story(f"<title>t</title><pubDate>{written}</pubDate>", lang).published
    assert published == (None if hour is None else datetime(2026, 9, 27, hour, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        pytest.param("soon", "a date could not be read, such as 'soon'", id="unreadable"),
        pytest.param("01 Jan 1970 00:00:00 GMT", "before 1990", id="the beginning of time"),
        pytest.param("2026-09-27 10:00:00", "no time zone and was read as UTC", id="no zone"),
    ],
)
def test_odd_dates_are_told(written: str, told: str) -> None:
    (warning,) = read(f"<title>t</title><pubDate>{written}</pubDate>").warnings
    assert told in warning


def test_rules_yaml_knows_the_zone_best() -> None:
    item = "<item><title>t</title><pubDate>2026-09-27 20:00</pubDate></item>"
    body = f"<rss version='2.0'><channel>{item}</channel></rss>"
    found = parse(Feed(URL, "News", "ru", zone="Asia/Vladivostok"), body.encode(), None, URL)
    assert isinstance(found, Batch)
    assert found.stories[0].published == datetime(2026, 9, 27, 10, tzinfo=UTC)
    assert "read as Asia/Vladivostok" in found.warnings[0]


@pytest.mark.parametrize(
    "dates",
    [
        pytest.param(
            "<pubDate>soon</pubDate><dc:date>2026-09-27T10:00:00Z</dc:date>", id="the second can be read"
        ),
        pytest.param(
            "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate><dc:date>2026-09-27T10:00:00Z</dc:date>",
            id="the second can be true",
        ),
        pytest.param("<prism:publicationDate>2026-09-27T10:00:00Z</prism:publicationDate>", id="an odd name"),
        pytest.param("<dc:date>2026년 9월 27일 19:00</dc:date>", id="Dublin Core in Korean"),
    ],
)
def test_of_several_dates_the_first_good_one_counts(dates: str) -> None:
    found = story(f"<title>t</title>{dates}")
    assert found.published == datetime(2026, 9, 27, 10, tzinfo=UTC)
    assert found.doubt == ""


def test_a_date_that_cannot_be_true_is_marked() -> None:
    found = story("<title>t</title><pubDate>01 Jan 1970 00:00:00 GMT</pubDate>")
    assert found.published is None
    assert found.doubt == "the feed's date '01 Jan 1970 00:00:00 GMT' lies before 1990"
    assert story("<title>t</title><pubDate>soon</pubDate>").doubt == ""


def test_a_missing_date_is_nothing_odd() -> None:
    found = read("<title>t</title>")
    assert found.stories[0].published is None
    assert found.warnings == ()


def test_authors_are_plain_and_short() -> None:
    assert (
        story("<title>t</title><author>a@b.c (Kim &lt;b&gt;Min&lt;/b&gt;)</author>").author
        == "a@b.c (Kim Min)"
    )
    assert len(story(f"<title>t</title><author>{'x' * 5000}</author>").author or "") == 200
    assert story("<title>t</title><author> </author>").author is None


def test_the_language_of_rules_yaml_wins() -> None:
    assert story("<title>t</title>", "ru").lang == "ru"
    assert story("<title>t</title>").lang is None


def test_relative_atom_links_count_from_xml_base_or_the_page() -> None:
    def only(attributes: str) -> str | None:
        body = (
            f"<feed xmlns='http://www.w3.org/2005/Atom' {attributes}><link href='https://site.example/'/>"
            "<entry><title>t</title><link href='a/1'/></entry></feed>"
        )
        found = parse(Feed(URL, "News"), body.encode(), None, "https://cdn.example/feeds/all.xml")
        assert isinstance(found, Batch)
        return found.stories[0].url

    assert only("xml:base='https://base.example/x/'") == "https://base.example/x/a/1"
    assert only("") == "https://cdn.example/feeds/a/1"


def test_a_date_beyond_all_calendars_is_none() -> None:
    assert moment_of({"published_parsed": (99_999, 1, 1, 0, 0, 0, 0, 1, 0)}) is None
    assert moment_of({}) is None
