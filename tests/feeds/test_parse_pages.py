"""Whole pages: feeds of every dialect, and all that is no feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.core.model import Batch, Failed, Feed, FeedUrl
from monitor.feeds.parse import STORY_LIMIT, parse

DATA = Path(__file__).parent.parent / "data" / "feeds"
FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News", tags=("wire",), tier="wire")
KOREAN = replace(FEED, lang="ko")


def batch(body: bytes | str, content_type: str | None = None, feed: Feed = FEED) -> Batch:
    raw = body.encode() if isinstance(body, str) else body
    found = parse(feed, raw, content_type, feed.url)
    assert isinstance(found, Batch), found.reason
    assert found == parse(feed, raw, content_type, feed.url)
    return found


def rss(items: str, channel: str = "") -> str:
    return f"<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{channel}{items}</channel></rss>"


def reason(body: bytes | str) -> str:
    found = parse(FEED, body.encode() if isinstance(body, str) else body, None, FEED.url)
    assert isinstance(found, Failed)
    return found.reason


def test_an_atom_page_is_read_whole() -> None:
    found = batch((DATA / "full.atom").read_bytes())
    assert (found.title, found.link) == ("Example Feed", "http://example.org/")
    first = found.stories[0]
    assert first.key == "urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a"
    assert first.title == "Atom-Powered Robots Run Amok"
    assert first.url == "http://example.org/2003/12/13/atom03"
    assert (first.summary, first.text) == ("Some text.", "content with type")
    assert first.author == "John Doe"
    assert first.published == datetime(2003, 12, 13, 17, 17, 51, tzinfo=UTC)
    assert (first.feed, first.source, first.tags, first.tier) == (FEED.url, "News", ("wire",), "wire")
    assert found.warnings == ()


def test_an_rdf_page_is_read_whole() -> None:
    (story,) = batch((DATA / "sample-rdf.xml").read_bytes()).stories
    assert story.key == story.url == "http://www.rdf-test.org/News/2013/20130615"
    assert story.published == datetime(2013, 6, 15, tzinfo=UTC)
    assert story.summary == "lorem ipsum ..."
    assert story.lang == "en"


def test_items_that_share_an_id_but_not_a_date_are_different_stories() -> None:
    found = batch((DATA / "sample-rss-nodate.xml").read_bytes())
    assert found.ttl == 1800 * 60
    keys = [story.key for story in found.stories]
    assert len(set(keys)) == 3
    assert keys[2] == "unique string per item"  # the oldest: August
    assert all(key.startswith("unique string per item#") for key in keys[:2])


def test_items_without_any_id_get_keys_of_their_titles() -> None:
    found = batch((DATA / "missing-guid.xml").read_bytes())
    assert [story.title for story in found.stories] == ["foo", "bar"]
    assert all(story.key.startswith("fp:") for story in found.stories)
    assert len({story.key for story in found.stories}) == 2


def test_relative_links_count_from_the_site_and_odd_guids_are_no_links() -> None:
    (story,) = batch((DATA / "relative.rss").read_bytes()).stories
    assert story.url == "https://news.example/blog/post/1"
    assert story.key == "7bd204c6-1655-4c27-aeee-53f933c5395f"
    assert story.summary == "one two three"
    assert story.text == "<script>evil</script> content"  # its type says that these are letters


def test_text_is_decoded_once_and_never_markup_again() -> None:
    (story,) = batch((DATA / "doesnt-escape-html.xml").read_bytes()).stories
    assert story.summary == "<script>alert(1);</script>"


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "euc-kr", "cp949"])
def test_korean_pages_are_right_in_every_charset(charset: str) -> None:
    declared = "euc-kr" if charset == "cp949" else charset
    title = "북한 똠방각하 망명" if charset != "euc-kr" else "북한 병사 망명"
    page = f"<?xml version='1.0' encoding='{declared}'?>" + rss(f"<item><title>{title}</title></item>")
    found = batch(page.encode(charset))
    assert found.stories[0].title == title
    assert found.warnings == ()
    if charset != "utf-16":
        bare = rss(f"<item><title>{title}</title></item>").encode(charset)
        assert batch(bare, f"application/xml; charset={declared}").stories[0].title == title


def test_russian_pages_are_right_in_old_charsets() -> None:
    for charset in ("koi8-r", "windows-1251"):
        page = f"<?xml version='1.0' encoding='{charset}'?>" + rss("<item><title>Перебежчик</title></item>")
        assert batch(page.encode(charset)).stories[0].title == "Перебежчик"


def test_a_wrong_charset_is_survived_and_told() -> None:
    page = "<?xml version='1.0' encoding='utf-8'?>" + rss("<item><title>café</title></item>")
    found = batch(page.encode("latin-1"))
    assert found.stories[0].title == "café"
    assert "character set" in found.warnings[0]


def test_broken_xml_is_read_as_far_as_possible_and_told() -> None:
    found = batch("<rss version='2.0'><channel><item><title>Fish & chips</title></item><item><title>Cut of")
    assert [story.title for story in found.stories] == ["Fish & chips"]
    assert "not well-formed XML" in found.warnings[0]


def test_what_the_feed_says_of_itself() -> None:
    channel = (
        "<title>A &lt;b&gt;B&lt;/b&gt;</title><link>/site</link><language>ko-KR</language><ttl>60</ttl>"
        "<atom:link rel='hub' href='https://hub.example/'/>"
    )
    found = batch(rss("<item><title>x</title></item>", channel))
    assert (found.title, found.link, found.lang) == ("A B", "https://news.example/site", "ko")
    assert (found.ttl, found.hub) == (3600, "https://hub.example/")
    assert found.stories[0].lang == "ko"
    assert batch(rss("", channel), feed=replace(FEED, lang="ru")).lang == "ko"


@pytest.mark.parametrize("ttl", ["0", "-5", "1.5", "soon", "", "9" * 5000])
def test_a_ttl_without_sense_is_none(ttl: str) -> None:
    assert batch(rss("", f"<ttl>{ttl}</ttl>")).ttl is None


def test_a_ttl_of_years_is_a_month() -> None:
    assert batch(rss("", "<ttl>9999999</ttl>")).ttl == 30 * 86_400


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<rss version='2.0'><channel><title>x</title></channel></rss>", id="rss"),
        pytest.param("<rss/>", id="bare rss"),
        pytest.param("<feed xmlns='http://www.w3.org/2005/Atom'/>", id="atom"),
        pytest.param("\ufeff<?xml version='1.0'?><!-- a --><!DOCTYPE rss><rss version='0.91'/>", id="prolog"),
    ],
)
def test_a_feed_without_entries_is_an_empty_batch(page: str) -> None:
    assert batch(page).stories == ()


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param("", "page is empty", id="nothing"),
        pytest.param(" \n ", "page is empty", id="blank"),
        pytest.param(
            "<!DOCTYPE html><html><body>Hi</body></html>", "this is a web page, not a feed", id="html"
        ),
        pytest.param("<!-- x -->\n<HTML>", "this is a web page, not a feed", id="old html"),
        pytest.param(
            "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "web page", id="xhtml"
        ),
        pytest.param('{"a": 1}', "this is JSON", id="json"),
        pytest.param(
            '{"version": "https://jsonfeed.org/version/1.1"}', "this is a JSON Feed", id="json feed"
        ),
        pytest.param("Not Found", "this is plain text", id="text"),
        pytest.param(bytes(range(256)) * 8, "this is not text", id="binary"),
        pytest.param("<note><to>x</to></note>", "this is XML (<note>), but no feed", id="other xml"),
        pytest.param(
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap", id="sitemap"
        ),
        pytest.param("<opml version='2.0'/>", "list of feeds (OPML)", id="opml"),
        pytest.param("<rss version='2.0'><channel><title>x &", "broken XML", id="cut before any entry"),
        pytest.param("<?a?>" * 900, "plain text", id="nothing but instructions"),
    ],
)
def test_what_is_no_feed_is_named_with_the_mend(page: bytes | str, told: str) -> None:
    words = reason(page)
    assert told in words
    assert "rules.yaml" in words or "feeds import" in words or "out of order" in words or "publisher" in words


def test_a_web_page_s_content_type_does_not_matter_if_it_is_a_feed() -> None:
    found = batch(rss("<item><title>x</title></item>"), "text/html; charset=utf-8")
    assert len(found.stories) == 1
    assert found.warnings == ()


def test_of_an_archive_the_newest_are_read() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    dates = [datetime.fromtimestamp(first + 3600 * n, UTC) for n in range(STORY_LIMIT + 5)]
    items = [
        f"<item><title>t{n}</title><pubDate>{d:%d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for n, d in enumerate(dates)
    ]
    found = batch(rss("".join(items)))
    assert [story.title for story in found.stories] == [f"t{n}" for n in range(5, STORY_LIMIT + 5)]
    assert found.warnings == (f"the page has {STORY_LIMIT + 5} entries, {STORY_LIMIT} of them were read",)
    undated = batch(rss("".join([*items, "<item><title>x</title></item>"])))
    assert [story.title for story in undated.stories] == [f"t{n}" for n in range(STORY_LIMIT)]


def test_the_tag_bombs_of_html_cost_nothing() -> None:
    page = rss(
        f'<item><title>x</title><description>&lt;p style="{"a:b;" * 50_000}"&gt;y</description></item>'
    )
    assert batch(page).stories[0].summary == "y"


@pytest.mark.parametrize(
    "reference", ["&#55555555;", "&#x7FFFFFFFF;", "&#" + "9" * 5000 + ";", "&#1114112;", "&#xD83D;"]
)
def test_references_to_no_character_cost_only_themselves(reference: str) -> None:
    found = batch(rss(f"<item><title>a{reference}b &#128512;&#x01F600; &</title></item>"))
    assert found.stories[0].title == "ab \U0001f600\U0001f600 &"


GML = "http://www.opengis.net/gml"


def test_a_place_that_trips_feedparser_costs_only_itself() -> None:
    item = f"<item><title>x</title><gml:posList xmlns:gml='{GML}'>1 2</gml:posList></item>"
    assert [story.title for story in batch(rss(item)).stories] == ["x"]


def test_a_page_that_trips_feedparser_is_a_failure_in_words() -> None:
    item = f"<item><title>x</title><g:posList xmlns:g='{GML}'>1 2</g:posList></item>"
    assert "its publisher has to mend that (KeyError)" in reason(rss(item))


def test_a_page_that_is_the_name_of_a_file_is_not_that_file() -> None:
    assert "this is plain text" in reason(str(DATA / "full.atom"))


def test_the_feed_s_own_address_and_its_pauses() -> None:
    channel = (
        "<atom:link rel='self' href='/feed.xml'/><skipHours><!-- <hour>5</hour> --><hour>0</hour><hour> 23 </hour>"
        "<hour>24</hour></skipHours><skipDays><day>Saturday</day><day>SUN</day><day>Caturday</day></skipDays>"
    )
    found = batch(rss("<item><title>x</title></item>", channel))
    assert found.topic == "https://news.example/feed.xml"
    assert found.skip_hours == {0, 23}
    assert found.skip_days == {5, 6}


@pytest.mark.parametrize(
    "channel",
    [
        pytest.param(
            "<skipHours>" + "".join(f"<hour>{n}</hour>" for n in range(24)) + "</skipHours>", id="all hours"
        ),
        pytest.param("<skipHours><hour>x</hour></skipHours><skipDays/>", id="nonsense"),
        pytest.param(
            "<item><title>a</title><description><![CDATA[<skipHours><hour>1</hour></skipHours>]]></description></item>",
            id="quoted in an item",
        ),
        pytest.param("<skipHours><hour>1</hour>", id="never closed"),
        pytest.param("<skipDays>" + "x" * 9000 + "<day>Monday</day></skipDays>", id="endless"),
    ],
)
def test_pauses_without_sense_are_none(channel: str) -> None:
    found = batch(rss("<item><title>x</title></item>", channel))
    assert (found.skip_hours, found.skip_days) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("channel", "ttl"),
    [
        pytest.param("<sy:updatePeriod> Hourly </sy:updatePeriod>", 3600, id="hourly"),
        pytest.param("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 21_600,
                     id="four a day"),
        pytest.param("<sy:updatePeriod>yearly</sy:updatePeriod>", 30 * 86_400, id="yearly"),
        pytest.param("<sy:updatePeriod>often</sy:updatePeriod>", None, id="no such period"),
        pytest.param("<sy:updateFrequency>4</sy:updateFrequency>", None, id="of what"),
        pytest.param("<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 300, id="ttl says it plainly"),
    ],
)  # fmt: skip
def test_the_syndication_module_tells_how_often(channel: str, ttl: int | None) -> None:
    page = rss("<item><title>x</title></item>", channel)
    page = page.replace("<rss ", "<rss xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' ")
    assert batch(page).ttl == ttl


def test_a_web_page_tells_the_feed_that_it_names() -> None:
    page = "<!DOCTYPE html><html><head><link rel='alternate' type='application/rss+xml' href='/rss'></head></html>"
    assert "https://news.example/rss" in reason(page)


def test_a_feed_that_a_program_takes_for_a_web_page_is_read_all_the_same() -> None:
    page = f"<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x.dtd'>{rss('<item><title>x</title></item>')}"
    assert batch(page).stories[0].title == "x"
