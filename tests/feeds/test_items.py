"""Cutting seen items: what is left must mean what it meant, and in any doubt nothing is cut."""

from __future__ import annotations

import pytest

from monitor.feeds.items import Reduced, reduce

HEAD = b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title><link>http://e.org/</link>'
TAIL = b"</channel></rss>"


def item(name: str, inside: str = "") -> bytes:
    return f"<item><guid>{name}</guid><title>{name}</title>{inside}</item>".encode()


def page(*items: bytes, head: bytes = HEAD, tail: bytes = TAIL) -> bytes:
    return head + b"\n".join(items) + tail


def learnt(body: bytes, *keys: str | None, context: tuple[str, ...] = ()) -> tuple[str, ...]:
    marked = reduce(body, (), context=context).marked(keys)
    assert marked is not None
    return marked


def test_a_page_seen_for_the_first_time_stays_whole_and_is_remembered():
    body = page(item("a"), item("b"))

    reduced = reduce(body, ())

    assert reduced.body == body
    assert reduced.known == 0
    assert len(reduced.items) == 2


def test_items_seen_before_are_cut_and_all_else_stays():
    seen = learnt(page(item("a"), item("b")), "a", "b")

    reduced = reduce(page(item("c"), item("a"), item("b")), seen)

    assert reduced.body == HEAD + item("c") + b"\n\n" + TAIL
    assert reduced.known == 2
    assert len(reduced.items) == 3


def test_what_was_remembered_passes_on_to_the_next_page():
    first = learnt(page(item("a"), item("b")), "a", "b")
    second = reduce(page(item("c"), item("a"), item("b")), first).marked(["c"])
    assert second is not None

    third = reduce(page(item("c"), item("a"), item("b")), second)

    assert third.known == 3
    assert set(first) < set(second)
    assert third.marked([]) == second


def test_order_and_white_space_between_items_mean_nothing():
    seen = learnt(page(item("a"), item("b"), item("c")), "a", "b", "c")

    assert (
        reduce(HEAD + item("c") + b" \n " + item("a") + b"<!-- old --> " + item("b") + TAIL, seen).known == 3
    )


def test_an_edited_item_is_parsed_again():
    seen = learnt(page(item("a"), item("b")), "a", "b")

    reduced = reduce(page(item("a"), item("b", "<description>more</description>")), seen)

    assert reduced.known == 1
    assert item("a") not in reduced.body
    assert b"more" in reduced.body


def test_an_item_that_left_the_page_is_forgotten():
    first = learnt(page(item("a"), item("b")), "a", "b")
    second = reduce(page(item("b")), first).marked([])
    assert second is not None

    assert reduce(page(item("a"), item("b")), second).known == 1


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(HEAD.replace(b"e.org", b"f.org"), id="link of the site"),
        pytest.param(HEAD.replace(b"<rss ", b'<rss xml:base="http://b.org/" '), id="xml:base"),
        pytest.param(HEAD.replace(b"<title>", b"<language>ko</language><title>"), id="language"),
        pytest.param(HEAD.replace(b"<rss ", b'<rss xmlns:x="urn:x" '), id="namespace"),
    ],
)
def test_another_head_makes_everything_new(changed):
    seen = learnt(page(item("a"), item("b")), "a", "b")

    assert reduce(page(item("a"), item("b"), head=changed), seen).known == 0


@pytest.mark.parametrize(
    "fleeting",
    [
        pytest.param(b"<lastBuildDate>now</lastBuildDate>", id="date of the build"),
        pytest.param(b"<pubDate>Mon, 2 Mar 2026 10:00:00 GMT</pubDate>", id="date of the channel"),
        pytest.param(b"<!-- made in 0.3 s -->", id="comment"),
        pytest.param(b'<atom:link rel="next" href="?before=3"/>', id="next page"),
        pytest.param(b"\n\t ", id="white space"),
    ],
)
def test_a_head_that_changes_at_every_reading_does_no_harm(fleeting):
    seen = learnt(page(item("a"), item("b")), "a", "b")

    reduced = reduce(page(item("a"), item("b"), head=HEAD + fleeting), seen)

    assert reduced.known == 2
    assert fleeting in reduced.body


def test_table_of_contents_of_rss_1_does_not_matter():
    head = b'<rdf:RDF xmlns:rdf="r"><channel><items><rdf:Seq>%b</rdf:Seq></items></channel>'
    one = page(item("a"), head=head % b'<rdf:li resource="a"/>', tail=b"</rdf:RDF>")
    two = page(
        item("b"), item("a"), head=head % b'<rdf:li resource="b"/><rdf:li resource="a"/>', tail=b"</rdf:RDF>"
    )

    reduced = reduce(two, learnt(one, "a"))

    assert reduced.known == 1
    assert b'resource="a"' in reduced.body


def test_other_options_of_the_feed_make_everything_new():
    seen = learnt(page(item("a")), "a", context=("http://e.org/", "Asia/Seoul"))

    assert reduce(page(item("a")), seen, context=("http://e.org/", "Asia/Seoul")).known == 1
    assert reduce(page(item("a")), seen, context=("http://e.org/", "UTC")).known == 0
    assert reduce(page(item("a")), seen, context=("http://e.org/Asia/Seoul", "")).known == 0


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("<![CDATA[<item>no</item> </item>]]>", id="CDATA"),
        pytest.param("<!-- </item><item> -->", id="comment"),
        pytest.param("<?php </item> ?>", id="processing instruction"),
        pytest.param("<items/><item-id>1</item-id><itemize/>", id="names that begin alike"),
        pytest.param("&lt;item&gt;", id="references"),
    ],
)
def test_what_looks_like_an_item_is_none(inside):
    tricky = item("a", f"<description>{inside}</description>")
    seen = learnt(page(tricky, item("b")), "a", "b")

    reduced = reduce(page(item("c"), tricky, item("b")), seen)

    assert reduced.known == 2
    assert reduced.body == HEAD + item("c") + b"\n\n" + TAIL


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(page(b"<item>" + item("a") + b"</item>"), id="item inside an item"),
        pytest.param(page(item("a"), b"<item/>"), id="empty element"),
        pytest.param(page(item("a"), b"<item>"), id="no end"),
        pytest.param(page(item("a"), b"</item>"), id="no beginning"),
        pytest.param(page(item("a"), b"<entry></entry>"), id="two kinds"),
        pytest.param(page(b"<ITEM>a</ITEM>"), id="capitals"),
        pytest.param(page(item("a"), b"<rss:item>b</rss:item>"), id="prefix"),
        pytest.param(page(item("a"), b"<atom:entry>b</atom:entry>"), id="prefix of Atom"),
        pytest.param(page(b'<item x="a>b">a</item>'), id="end of tag in a value"),
        pytest.param(page(item("a"), b"<![CDATA[ open"), id="open CDATA"),
        pytest.param(page(item("a"), b"<!-- open"), id="open comment"),
        pytest.param(b'<!DOCTYPE rss [<!ENTITY a "<item>b</item>">]>' + page(item("a")), id="entities"),
        pytest.param(b'<!DOCTYPE rss [<!ATTLIST item x CDATA "1">]>' + page(item("a")), id="default values"),
        pytest.param(page(), id="no items"),
        pytest.param(page(b"<!-- nothing -->"), id="a comment only"),
        pytest.param(b"", id="nothing"),
        pytest.param(b'{"items": []}', id="JSON"),
        pytest.param(page(item("\x00")), id="NUL"),
        pytest.param(page(item("a")).decode().encode("utf-16"), id="UTF-16"),
        pytest.param(page(item("a")) + b"\xff", id="not in its own character set"),
        pytest.param(
            HEAD.replace(b"utf-8", b"shift_jis") + item("a") + TAIL, id="bytes of letters like markup"
        ),
        pytest.param(HEAD.replace(b"utf-8", b"utf-7") + item("a") + TAIL, id="markup in disguise"),
        pytest.param(HEAD.replace(b"utf-8", b"nonsense") + item("a") + TAIL, id="unknown character set"),
        pytest.param(HEAD.replace(b"utf-8", b"a b") + item("a") + TAIL, id="unreadable declaration"),
        pytest.param(page(item("a", '<x encoding="koi8-r"/><?p ?>')), id="a second declaration in the line"),
        pytest.param(
            b"\xef\xbb\xbf" + page(item("a"), head=HEAD.replace(b"utf-8", b"koi8-r")), id="mark and word"
        ),
        pytest.param(b"<?pi?>" + page(item("a"), head=HEAD[38:]), id="another instruction first"),
    ],
)
def test_in_doubt_the_page_is_left_whole(body):
    assert reduce(body, ("0" * 26,)) == Reduced(body)


@pytest.mark.parametrize(
    ("declared", "served", "clear"),
    [
        pytest.param(b"utf-8", None, True, id="declared"),
        pytest.param(b"UTF8", "text/xml; charset=utf-8", True, id="both, in other words"),
        pytest.param(b"windows-1251", "text/xml", True, id="Russian"),
        pytest.param(b"euc-kr", 'text/xml; charset="EUC-KR"', True, id="Korean"),
        pytest.param(b"utf-8", "text/xml; charset=iso-8859-1", False, id="they disagree"),
        pytest.param(b"utf-8", "text/xml; charset=no\x00ne", False, id="served nonsense"),
    ],
)
def test_all_must_agree_on_the_character_set(declared, served, clear):
    body = page(item("a"), head=HEAD.replace(b"utf-8", declared))

    assert bool(reduce(body, (), content_type=served).items) is clear


def test_a_mark_of_utf_8_is_no_doubt():
    assert len(reduce(b"\xef\xbb\xbf" + page(item("a")), ()).items) == 1


def test_a_doctype_without_declarations_is_no_doubt():
    assert len(reduce(b'<!DOCTYPE rss SYSTEM "x.dtd">' + page(item("a"), head=b"<rss>"), ()).items) == 1


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(["a"], id="fewer entries than items"),
        pytest.param(["a", "b", "c"], id="more"),
        pytest.param(["a", "a"], id="two with one key"),
    ],
)
def test_a_page_whose_entries_are_not_its_items_is_not_remembered(keys):
    assert reduce(page(item("a"), item("b")), ()).marked(keys) is None


def test_a_new_item_with_the_key_of_a_cut_one_is_seen():
    seen = learnt(page(item("a"), item("b")), "a", "b")
    reduced = reduce(page(item("a", "<category>other</category>"), item("a"), item("b")), seen)

    assert reduced.known == 2
    assert reduced.marked(["a"]) is None


def test_entries_without_a_story_are_remembered_too():
    body = page(item("a"), item("b"), item("c"))
    seen = learnt(body, "a", None, None)

    assert reduce(body, seen).known == 3
    assert reduce(body, seen).marked([]) == seen


def test_nothing_is_remembered_of_a_page_in_doubt():
    assert reduce(page(b"<ITEM>a</ITEM>"), ()).marked(["a"]) is None


def test_a_copy_of_an_item_in_one_page_is_refused():
    seen = learnt(page(item("a")), "a")
    reduced = reduce(page(item("a"), item("a")), seen)

    assert reduced.known == 2
    assert reduced.marked([]) is None
