"""A short, seeded run of what `python -m benchmarks fast_path` makes in full; and what the driver keeps back."""

from __future__ import annotations

import logging

import pytest

from benchmarks.fast_path import FEED, URL, differences, life, plain_driver, week
from monitor.core.model import Batch
from monitor.feeds.parse import parse

ITEMS = [
    f"<item><guid>{number}</guid><title>Story {number}, the news</title><link>/{number}</link><category>x</category>"
    f"<description>Text {number} &lt;b&gt;bold&lt;/b&gt;</description></item>".encode()
    for number in range(60)
]


@pytest.fixture(autouse=True)
def _quiet(caplog):
    caplog.set_level(logging.ERROR, "monitor")


def test_two_weeks_of_a_feed_are_stored_alike_with_and_without():
    faults, fast = differences("life", list(life(ITEMS, days=14, seed=4)))

    assert faults == []
    assert fast.known > fast.items // 2
    assert len(fast.rows["versions"]) > 2


def test_a_document_with_edits_and_gaps_is_stored_alike_with_and_without():
    document = b"<rss><channel><link>http://e.org</link>%b</channel></rss>" % b"\n".join(ITEMS[:12])

    faults, fast = differences("document", week(document))

    assert faults == []
    assert fast.known > 30


SPACES = (
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" xmlns:a="http://www.w3.org/2005/Atom" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:x="urn:x"'
)


@pytest.mark.parametrize(
    "inside",
    [
        pytest.param("<category>a</category><title>T</title>", id="category"),
        pytest.param("<category><title>T</title></category>", id="category with children"),
        pytest.param(
            "<category>a<title>T</title>b</category><link>/1</link>", id="category with text and children"
        ),
        pytest.param(
            '<category xml:base="http://b.org/">a</category><link>/1</link>', id="category with a base"
        ),
        pytest.param(
            '<category xmlns:y="urn:y">a</category><y>b</y><link>/1</link>', id="category that declares"
        ),
        pytest.param("<media:group><media:title>T</media:title></media:group>", id="title in a group"),
        pytest.param(
            '<media:content url="http://e.org/a"><media:credit>c</media:credit>'
            "<media:description>D</media:description></media:content>",
            id="description beside a credit",
        ),
        pytest.param('<media:content url="http://e.org/video"/>', id="link of the media"),
        pytest.param(
            "<title>T</title><dc:subject>s</dc:subject><dc:creator>C</dc:creator>",
            id="author beside a subject",
        ),
        pytest.param(
            "<slash:comments>3</slash:comments><comments>/c</comments><guid>/g</guid>", id="comments"
        ),
        pytest.param(
            "<x:category>a</x:category><x:title>no</x:title><title>T</title>", id="strange namespace"
        ),
        pytest.param(
            '<a:content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"> a <category> b </category> '
            "<b> c </b></div></a:content>",
            id="in the text",
        ),
        pytest.param("<source>S <category>c</category></source><title>T</title>", id="in a source"),
        pytest.param(
            "<content:encoded><![CDATA[ <p>a</p> <category>b</category> ]]></content:encoded>", id="in CDATA"
        ),
        pytest.param(
            "<image><url>/i</url></image><category>a</category><link>/1</link>", id="after an image"
        ),
        pytest.param(
            "<title>A\n&amp;\nB</title>\n<category/>\n<pubDate>2026-03-02</pubDate>", id="white space"
        ),
    ],
)
def test_the_driver_changes_nothing_of_a_story(inside):
    body = (
        f"<rss {SPACES}><channel><category>c</category><link>http://e.org/</link><item>{inside}</item>"
        "<item><title>Next</title><link>next</link></item></channel></rss>"
    ).encode()

    tuned = parse(FEED, body, None, URL)
    with plain_driver():
        plain = parse(FEED, body, None, URL)

    assert isinstance(tuned, Batch)
    assert tuned == plain
    assert tuned.warnings == ()
