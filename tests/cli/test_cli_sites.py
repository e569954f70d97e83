"""`feeds add|check`: sites and feeds over the real fetching and parsing, on loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

import pytest

from monitor.rulebook import load

RSS = (
    "<rss version='2.0'><channel><title>The {} News</title><language>ko</language>"
    "<item><title>One \u202e</title><link>https://a.example/1</link>"
    "<pubDate>Sun, 27 Sep 2026 09:00:00 GMT</pubDate></item></channel></rss>"
)
LINK = '<link rel="alternate" type="application/rss+xml" href="{}">'


class Handler(BaseHTTPRequestHandler):
    pages: ClassVar = {
        "/one": f"<html><head>{LINK.format('/a.xml')}</head></html>",
        "/two": f"<html><head>{LINK.format('/a.xml')}{LINK.format('/b.xml')}</head></html>",
        "/a.xml": RSS.format("A"),
        "/b.xml": RSS.format("B"),
    }

    def do_GET(self):
        page = self.pages.get(self.path)
        self.send_response(404 if page is None else 200)
        self.end_headers()
        self.wfile.write((page or "").encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def site(monkeypatch):
    """The address of a site without its slash; rules may reach it, and without pauses."""
    monkeypatch.setenv("ALLOW_HOSTS", "127.0.0.0/8")
    monkeypatch.setenv("HOST_GAP", "0")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_only_feed_of_a_site_is_shown_and_added(desk, site):
    told = desk.run("feeds", "add", f"{site}/one", "--tag", "asia", "--tier", "wire")
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines() == [
        f"1. The A News  ko  {site}/a.xml",
        "   1 story, newest 2026-09-27T09:00:00+00:00",
        "   - One",
        f"added The A News  {site}/a.xml  to rules.yaml",
    ]
    feed = load(desk.folder / "rules.yaml").feeds[1]
    assert (feed.url, feed.name, feed.lang, feed.tags, feed.tier) == (
        f"{site}/a.xml",
        "The A News",
        "ko",
        ("asia",),
        "wire",
    )
    text = (desk.folder / "rules.yaml").read_text("utf-8")
    assert "# my watch" in text
    assert "# the first" in text


def test_a_site_without_https_is_found_by_its_bare_name(desk, site):
    told = desk.json("feeds", "add", f"{site.removeprefix('http://')}/a.xml")
    assert told["added"] == [f"{site}/a.xml"]


def test_a_feed_that_is_listed_is_not_added_again(desk, site):
    desk.run("feeds", "add", f"{site}/a.xml", "--name", "Mine")
    before = (desk.folder / "rules.yaml").read_text("utf-8")
    told = desk.run("feeds", "add", f"{site}/a.xml")
    assert told.exit_code == 0
    assert f"{site}/a.xml is listed in rules.yaml already" in told.stdout
    assert (desk.folder / "rules.yaml").read_text("utf-8") == before


def test_of_several_feeds_none_is_guessed(desk, site):
    before = (desk.folder / "rules.yaml").read_text("utf-8")
    told = desk.run("feeds", "add", f"{site}/two")
    assert told.exit_code == 1
    assert "2. The B News" in told.stdout
    assert "several feeds" in told.stderr
    assert (desk.folder / "rules.yaml").read_text("utf-8") == before
    assert desk.run("feeds", "add", f"{site}/two", "--yes").exit_code == 0
    assert load(desk.folder / "rules.yaml").feeds[1].name == "The A News"


def test_json_tells_what_was_found_and_done(desk, site):
    told = desk.json("feeds", "add", f"{site}/one")
    assert told["added"] == [f"{site}/a.xml"]
    assert told["found"] == [
        {
            "url": f"{site}/a.xml",
            "title": "The A News",
            "lang": "ko",
            "stories": 1,
            "newest": "2026-09-27T09:00:00+00:00",
            "titles": told["found"][0]["titles"],
        }
    ]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        pytest.param("/none", "404", id="not-there"),
        pytest.param("javascript:x", "no web address", id="no-address"),
    ],
)
def test_what_has_no_feed_is_told_and_nothing_is_added(desk, site, address, reason):
    before = (desk.folder / "rules.yaml").read_text("utf-8")
    told = desk.run("feeds", "add", site + address if address.startswith("/") else address)
    assert told.exit_code == 1
    assert reason in told.stderr
    assert (desk.folder / "rules.yaml").read_text("utf-8") == before


def test_a_private_host_is_refused_unless_it_is_allowed(desk, site, monkeypatch):
    monkeypatch.delenv("ALLOW_HOSTS")
    told = desk.run("feeds", "add", f"{site}/a.xml")
    assert told.exit_code == 1
    assert "ALLOW_HOSTS" in told.stderr


def test_an_option_that_cannot_stand_in_the_file_is_refused(desk, site):
    told = desk.run("feeds", "add", f"{site}/a.xml", "--lang", "klingon")
    assert told.exit_code == 1
    assert "klingon" in told.stderr


def test_a_rules_file_out_of_order_is_told_before_anything_is_asked(desk, site):
    (desk.folder / "rules.yaml").write_text("feeds: [\n", "utf-8")
    told = desk.run("feeds", "add", f"{site}/a.xml")
    assert told.exit_code == 1
    assert told.stderr.startswith("rules.yaml:")


class TestChecking:
    @pytest.fixture
    def listed(self, desk, site):
        feeds = "".join(
            f"  - {{url: '{site}{path}', name: {path[1:3].upper()}}}\n" for path in ("/a.xml", "/one", "/no")
        )
        (desk.folder / "rules.yaml").write_text(
            f"feeds:\n{feeds}rules:\n  - {{id: rain, match: rain}}\n", "utf-8"
        )
        return site

    def test_each_feed_is_told_fine_or_with_its_reason(self, desk, listed):
        told = desk.run("feeds", "check")
        assert told.exit_code == 1
        lines = told.stdout.splitlines()
        assert lines[0] == f"fine  A.  {listed}/a.xml  1 story, newest 2026-09-27T09:00:00+00:00"
        assert f"it names this feed: {listed}/a.xml" in told.stdout
        assert "404" in told.stdout
        assert lines[-1] == "rules.yaml: 1 can be read, 2 cannot"

    def test_chosen_ones_are_asked_alone(self, desk, listed):
        told = desk.run("feeds", "check", "A.", "--json")
        assert told.exit_code == 0
        (found,) = json.loads(told.stdout)
        assert (found["name"], found["ok"], found["stories"], found["moved_to"]) == ("A.", True, 1, None)

    def test_a_feed_that_is_not_listed_is_told(self, desk, listed):
        told = desk.run("feeds", "check", "Nobody")
        assert told.exit_code == 1
        assert "lists no feed 'Nobody'" in told.stderr
