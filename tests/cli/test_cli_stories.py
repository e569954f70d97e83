"""`parse`, `search` and `status`: documents and the database, looked at from outside."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db import open_store
from monitor.core.health import HEARTS
from monitor.core.model import Refused
from tests.build import CHAT, NOW, minutes, state
from tests.contract.outcomes import opened

FEED = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Example &amp;amp; co</title><link>https://news.example/</link>
<language>en-us</language><ttl>30</ttl>
<item><title>One \u202e&#x1b;[2J&lt;b&gt;bold&lt;/b&gt;</title><link>/1</link><guid isPermaLink="false">g1</guid>
<description>&lt;p&gt;A summary&lt;/p&gt;</description><author>Ann</author>
<pubDate>Sun, 27 Sep 2026 10:00:00 GMT</pubDate></item>
<item><description>No title</description></item>
</channel></rss>"""


class TestParse:
    @pytest.fixture
    def feed(self, desk):
        (desk.folder / "feed.xml").write_text(FEED, "utf-8")
        return "feed.xml"

    def test_json_has_the_feed_its_stories_and_what_was_odd(self, desk, feed):
        told = desk.json("parse", feed, "--url", "https://news.example/rss.xml")
        assert set(told) == {"feed", "stories", "warnings"}
        assert set(told["feed"]) == {"title", "link", "lang", "ttl", "hub"}
        assert (told["feed"]["link"], told["feed"]["lang"]) == ("https://news.example/", "en")
        first, second = told["stories"]
        assert set(first) == {"key", "url", "title", "summary", "author", "published", "lang"}
        assert first["url"] == "https://news.example/1"
        assert first["summary"] == "A summary"
        assert first["published"] == "2026-09-27T10:00:00+00:00"
        assert (second["url"], second["published"]) == (None, None)
        assert first["key"] != second["key"]
        assert all(isinstance(each, str) for each in told["warnings"])

    def test_the_content_type_is_heeded(self, desk):
        data = '<rss version="2.0"><channel><title>Новости</title></channel></rss>'.encode("cp1251")
        (desk.folder / "feed.xml").write_bytes(data)
        told = desk.json("parse", "feed.xml", "--content-type", "application/xml; charset=windows-1251")
        assert told["feed"]["title"] == "Новости"

    def test_people_read_titles_and_nothing_acts_on_their_terminal(self, desk, feed):
        told = desk.run("parse", feed)
        assert told.exit_code == 0
        assert "One" in told.stdout
        assert "(no title)" in told.stdout
        assert not set(told.stdout) & set("\x1b\u202e")

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(b"", id="empty"),
            pytest.param(b"<html><body>Not found</body></html>", id="html"),
            pytest.param(bytes(range(256)) * 100, id="bytes"),
            pytest.param(b"<rss>" * 100_000, id="deep"),
            pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', id="entities"),
        ],
    )
    @pytest.mark.parametrize("url", ["", "http://[", "no url"])
    def test_what_is_no_feed_is_said_in_one_line(self, desk, data, url):
        (desk.folder / "feed.xml").write_bytes(data)
        result = desk.run("parse", "feed.xml", "--url", url)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith("Error: feed.xml: ")


class TestSearch:
    def test_json_tells_what_each_story_is_and_which_rules_it_hit(self, desk):
        desk.fill()
        (found,) = desk.json("search", "defector consulate")
        assert found == {
            "id": found["id"],
            "key": "Defector in the consulate",
            "title": "Defector in the consulate",
            "url": "https://news.example/1",
            "source": "Example",
            "published": "2026-09-27T09:55:00+00:00",
            "rules": ["asylum"],
        }
        assert isinstance(found["id"], int)

    @pytest.mark.parametrize(
        ("query", "titles"),
        [
            pytest.param(
                "@mission",
                ["망명 총영사관", "Rain over the embassy", "Defector in the consulate"],
                id="entity",
            ),
            pytest.param("망명", ["망명 총영사관", "Defector in the consulate"], id="hangul"),
            pytest.param("title:망명", ["망명 총영사관"], id="field"),
            pytest.param("embassy -rain", [], id="nothing"),
        ],
    )
    def test_newest_first_in_the_language_of_the_rules(self, desk, query, titles):
        desk.fill()
        assert [found["title"] for found in desk.json("search", query)] == titles

    def test_the_limit_is_kept(self, desk):
        desk.fill()
        assert len(desk.json("search", "@mission", "--limit", "2")) == 2

    def test_people_read_one_story_in_two_lines(self, desk):
        desk.fill()
        assert desk.run("search", "defector").stdout.splitlines() == [
            "2026-09-27T09:55:00+00:00  Example  Defector in the consulate  [asylum]",
            "    https://news.example/1",
        ]
        nothing = desk.run("search", "nowhere")
        assert (nothing.exit_code, nothing.stdout) == (0, "")
        assert "nothing found" in nothing.stderr

    def test_a_mistake_in_the_query_is_pointed_at(self, desk):
        desk.fill()
        told = desk.run("search", "rain AND (")
        assert told.exit_code == 1
        assert "^" in told.stderr

    def test_it_works_beside_a_running_bot_and_writes_nothing(self, desk):
        desk.fill()
        owner = open_store(str(desk.folder / "db/data/tocsin.db"), now=NOW)
        try:
            assert len(desk.json("search", "rain")) == 1
        finally:
            owner.close()


class TestStatus:
    def test_json_tells_all_figures(self, desk):
        desk.fill()
        told = desk.json("status")
        assert told["healthy"] is False
        assert len(told["ailments"]) == 2
        kept = ("feeds", "stories", "hits", "cards", "subscriptions", "owed", "sent", "dead")
        assert [told[key] for key in kept] == [1, 3, 1, 1, 1, 0, 0, 0]
        assert (told["failing"], told["dead_letters"], told["suspended"]) == ([], [], {})

    def test_health_is_an_exit_code(self, desk):
        desk.fill()
        assert desk.run("status").exit_code == 0
        assert desk.run("status", "--health").exit_code == 1
        store = open_store(str(desk.folder / "db/data/tocsin.db"), now=NOW)
        for heart in HEARTS:
            store.beat(heart, datetime.now(UTC))
        store.close()
        well = desk.run("status", "--health")
        assert well.exit_code == 0
        assert well.stdout.startswith("well\n")

    def test_what_was_refused_and_who_is_out_of_reach_is_told(self, desk):
        desk.fill()
        store = open_store(str(desk.folder / "db/data/tocsin.db"), now=NOW)
        store.save(opened(2, CHAT))
        (claimed,) = store.claim(minutes(1), 60, 1)
        refused = Refused("blocked\x1b[2J by the user", suspend=True)
        store.settle(claimed.delivery.id, claimed.delivery.attempt, refused, minutes(1))
        store.close()
        told = desk.json("status")
        assert told["suspended"] == {"telegram:42": "blocked\x1b[2J by the user"}
        (dead,) = told["dead_letters"]
        assert (dead["card"], dead["destination"], told["dead"]) == (2, "telegram:42", 1)
        shown = desk.run("status").stdout
        assert "suspended telegram:42: blocked" in shown
        assert "given up for good: card #2 to telegram:42: blocked" in shown
        assert "\x1b" not in shown

    def test_a_failing_feed_is_named(self, desk):
        desk.fill()
        store = open_store(str(desk.folder / "db/data/tocsin.db"), now=NOW)
        store.save_state(replace(state(), failures=3, last_error="404 not found"))
        store.close()
        (failing,) = desk.json("status")["failing"]
        assert failing == {
            "name": "Example",
            "url": "https://news.example/rss.xml",
            "failures": 3,
            "error": "404 not found",
        }
        assert "Example (3): 404 not found" in desk.run("status").stdout
        assert "failing (3): 404 not found" in desk.run("feeds", "list").stdout


def test_a_damaged_database_is_said_plainly(desk):
    (desk.folder / "db/data").mkdir(parents=True)
    (desk.folder / "db/data/tocsin.db").write_bytes(b"no database" * 1000)
    for command in (["search", "rain"], ["status", "--json"]):
        result = desk.run(*command)
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: ")
    assert json.loads(desk.run("feeds", "list", "--json").stdout)[0]["name"] == "Example"
