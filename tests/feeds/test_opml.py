"""Feed lists of other programs: read whatever state they are in, written so that others can read them."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.model import Feed, FeedUrl
from monitor.feeds import opml

LISTS = Path(__file__).parent.parent / "data" / "opml"


def outlines(*attributes):
    return "<opml><body>" + "".join(f"<outline {each}/>" for each in attributes) + "</body></opml>"


def one(attributes):
    (feed,) = opml.read(outlines(attributes)).feeds
    return feed


class TestReading:
    @pytest.mark.parametrize(("name", "count"), [("Indonesia.opml", 4), ("Russia.opml", 13)])
    def test_real_lists_give_every_feed(self, name, count):
        found = opml.read(opml.decode((LISTS / name).read_bytes()))
        assert len(found.feeds) == count
        assert found.skipped == ()

    def test_quotes_inside_an_attribute_belong_to_it(self):
        text = (LISTS / "Russia.opml").read_text("utf-8")
        with pytest.raises(ET.ParseError):
            ET.fromstring(text)  # noqa: S314 - our own file
        names = {str(feed.url): feed.name for feed in opml.read(text).feeds}
        assert opml.read(text).fault == "line 19 is not well-formed XML (invalid token)"
        assert names["https://www.kommersant.ru/RSS/main.xml"] == 'Газета "Коммерсантъ". Главное'

    @pytest.mark.parametrize(
        ("attributes", "feed"),
        [
            pytest.param(
                'text="A" xmlUrl="https://a.example/x?a=1&amp;b=2"',
                Feed(FeedUrl("https://a.example/x?a=1&b=2"), "A"),
                id="references-decoded",
            ),
            pytest.param(
                "TEXT='A' XMLURL='https://a.example/'",
                Feed(FeedUrl("https://a.example/"), "A"),
                id="capitals",
            ),
            pytest.param(
                'text="A"xmlUrl="https://a.example/"', Feed(FeedUrl("https://a.example/"), "A"), id="no-space"
            ),
            pytest.param(
                'text="a > b" xmlUrl = "https://a.example/"',
                Feed(FeedUrl("https://a.example/"), "a > b"),
                id="bracket-in-a-value",
            ),
            pytest.param(
                'text="T" title="Title" xmlUrl="https://a.example/"',
                Feed(FeedUrl("https://a.example/"), "Title"),
                id="title-before-text",
            ),
            pytest.param(
                'xmlUrl="https://a.example/"', Feed(FeedUrl("https://a.example/"), "a.example"), id="no-name"
            ),
            pytest.param(
                'text="A" language="ru-RU" xmlUrl="https://a.example/"',
                Feed(FeedUrl("https://a.example/"), "A", "ru"),
                id="language",
            ),
            pytest.param(
                'text="A" language="Klingon (old)" xmlUrl="https://a.example/"',
                Feed(FeedUrl("https://a.example/"), "A"),
                id="no-language",
            ),
            pytest.param(
                'text="A" category="/World/Asia &amp; Pacific,wire,wire,//" xmlUrl="https://a.example/"',
                Feed(FeedUrl("https://a.example/"), "A", None, ("World-Asia-Pacific", "wire")),
                id="categories-become-words",
            ),
            pytest.param(
                'text="A" xmlUrl="feed://a.example/x"',
                Feed(FeedUrl("http://a.example/x"), "A"),
                id="feed-scheme",
            ),
            pytest.param(
                'text="A" xmlUrl="feed:https://a.example/x"',
                Feed(FeedUrl("https://a.example/x"), "A"),
                id="feed-before-https",
            ),
            pytest.param(
                'text="A" type="rss" url="https://a.example/x"',
                Feed(FeedUrl("https://a.example/x"), "A"),
                id="url-for-xmlurl",
            ),
        ],
    )
    def test_an_outline_becomes_a_feed(self, attributes, feed):
        assert one(attributes) == feed

    def test_folders_are_looked_into_and_comments_are_not(self):
        text = (
            '<body><outline text="Asia"><outline text="A" xmlUrl="https://a.example/"></outline></outline>'
            '<!-- <outline text="B" xmlUrl="https://b.example/"/> --><outline text="C" xmlUrl="https://c.example/">'
        )
        assert [feed.name for feed in opml.read(text).feeds] == ["A", "C"]

    def test_names_of_folders_become_tags(self):
        text = (
            '<body><outline text="World"><outline title="Asia &amp; Pacific" text="x">'
            '<outline text="A" category="wire" xmlUrl="https://a.example/"></outline>'
            '<outline text="B" xmlUrl="https://b.example/"/></outline>'
            '<outline text="C" xmlUrl="https://c.example/"/></outline><outline text="D" xmlUrl="https://d.example/"/>'
        )
        assert {feed.name: feed.tags for feed in opml.read(text).feeds} == {
            "A": ("wire", "World", "Asia-Pacific"),
            "B": ("World", "Asia-Pacific"),
            "C": ("World",),
            "D": (),
        }

    def test_an_entry_with_a_web_page_only_is_told(self):
        (skipped,) = opml.read(outlines('text="A" htmlUrl="https://a.example/"')).skipped
        assert str(skipped) == "https://a.example/: it names a web page and no feed; try `feeds add` with it"

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            pytest.param("<opml><body/></opml>", None, id="none"),
            pytest.param(
                "<opml>\n<body>&nbsp;</body></opml>",
                "line 2 is not well-formed XML (undefined entity)",
                id="entity",
            ),
            pytest.param(
                "<opml>\n\n<body></opml>", "line 3 is not well-formed XML (mismatched tag)", id="mismatch"
            ),
            pytest.param("", "line 1 is not well-formed XML (no element found)", id="empty"),
            pytest.param(
                '<opml a="<">', "line 1 is not well-formed XML (invalid token)", id="bracket-in-a-value"
            ),
        ],
    )
    def test_the_place_where_strict_readers_stumble_is_told(self, text, fault):
        assert opml.read(text).fault == fault

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            pytest.param("javascript:alert(1)", "not an http(s) address", id="script"),
            pytest.param("ftp://a.example/x", "not an http(s) address", id="scheme"),
            pytest.param("https://", "not an http(s) address", id="no-host"),
            pytest.param("http://[::1", "not an http(s) address", id="no-url"),
            pytest.param("https://a.example/\x00\x1b[2J", "not an http(s) address", id="control-characters"),
            pytest.param("https://good.example/", "listed twice", id="twice"),
        ],
    )
    def test_a_bad_outline_is_left_out_with_its_reason_and_hides_no_other(self, url, reason):
        good = 'text="G" xmlUrl="https://good.example/"'
        found = opml.read(outlines(good, f'text="B" xmlUrl="{url}"'))
        assert [feed.name for feed in found.feeds] == ["G"]
        (skipped,) = found.skipped
        assert skipped.reason == reason
        assert str(skipped).isprintable()

    @pytest.mark.parametrize(
        "name",
        [
            pytest.param("a\nb\x00\x1b[31mc\u202e\u2028d", id="control-characters"),
            pytest.param("<script>alert(1)</script>&lt;b&gt;", id="markup"),
            pytest.param("가" * 10_000, id="ten-thousand-characters"),
            pytest.param("&#0;&#27;&#x110000;&#55296;", id="numbers-of-no-character"),
        ],
    )
    def test_hostile_names_become_one_short_plain_line(self, name):
        shown = one(f'text="{name}" xmlUrl="https://a.example/"').name
        assert shown.isprintable()
        assert 0 < len(shown) <= opml.LONGEST_NAME
        assert shown.encode("utf-8")

    @given(st.text(alphabet=st.sampled_from("<outline />xmlUrl=\"'&;#!-ahtps:\n\ud800가"), max_size=200))
    def test_nothing_makes_it_raise(self, text):
        found = opml.read(text)
        assert len({feed.url for feed in found.feeds}) == len(found.feeds)


class TestDecoding:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param("Газета".encode(), id="utf-8"),
            pytest.param("Газета".encode("utf-8-sig"), id="byte-order-mark"),
            pytest.param("Газета".encode("utf-16"), id="utf-16"),
            pytest.param(
                '<?xml version="1.0" encoding="windows-1251"?>Газета'.encode("cp1251"), id="declared"
            ),
            pytest.param("<?xml version='1.0' encoding='no-such'?>Газета".encode(), id="unknown"),
            pytest.param("<?xml version='1.0' encoding='base64'?>Газета".encode(), id="no-text-encoding"),
            pytest.param("<?xml version='1.0' encoding='utf-16'?>Газета".encode(), id="declared-wrongly"),
        ],
    )
    def test_the_text_is_found(self, data):
        assert opml.decode(data).endswith("Газета")

    def test_bytes_that_are_no_text_do_no_harm(self):
        found = opml.read(opml.decode(bytes(range(256)) * 10))
        assert (found.feeds, found.skipped) == ((), ())
        assert found.fault


TEXTS = st.text(max_size=50)


class TestWriting:
    @pytest.mark.parametrize("path", sorted(LISTS.glob("*.opml")), ids=lambda path: path.stem)
    def test_a_round_trip_keeps_every_feed(self, path):
        feeds = opml.read(opml.decode(path.read_bytes())).feeds
        assert opml.read(opml.write(feeds)).feeds == feeds

    @given(name=TEXTS, path=TEXTS)
    def test_whatever_a_name_holds_the_document_is_well_formed(self, name, path):
        written = opml.write([Feed(FeedUrl(f"https://a.example/{path}"), name, "ko", ("wire", "asia"))])
        (outline,) = ET.fromstring(written).iter("outline")  # noqa: S314 - our own document
        assert outline.get("language") == "ko"
        assert outline.get("category") == "wire,asia"
        if name.isprintable():
            assert outline.get("text") == name
