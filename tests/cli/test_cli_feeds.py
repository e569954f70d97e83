"""`feeds list|import|export`: the feed list of the rules file, in and out."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from monitor.feeds import opml
from monitor.rulebook import load

ROOT = Path(__file__).parent.parent.parent
LISTS = sorted((ROOT / "tests/data/opml").glob("*.opml"))


def test_the_list_tells_how_each_feed_does(desk):
    assert desk.run("feeds", "list").stdout == "Example  en  https://news.example/rss.xml\n"
    desk.fill()
    assert desk.run("feeds", "list").stdout.splitlines()[1] == (
        "    last success 2026-09-27T10:00:00+00:00, next poll 2026-09-27T10:15:00+00:00 (floor)"
    )
    (told,) = desk.json("feeds", "list")
    assert told == {
        "name": "Example",
        "url": "https://news.example/rss.xml",
        "lang": "en",
        "tags": [],
        "tier": None,
        "every": None,
        "floor": None,
        "weight": 1.0,
        "zone": None,
        "full_text": False,
        "headers": [],
        "last_success": "2026-09-27T10:00:00+00:00",
        "next_poll": "2026-09-27T10:15:00+00:00",
        "failures": 0,
        "error": None,
        "reason": "floor",
    }


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_what_is_imported_is_exported(desk, path):
    wanted = opml.read(opml.decode(path.read_bytes())).feeds
    before = (desk.folder / "rules.yaml").read_text("utf-8")
    told = desk.run("feeds", "import", str(path))
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == f"rules.yaml: {len(wanted)} added, 0 known already, 0 left out"
    exported = desk.run("feeds", "export").stdout
    written = ET.fromstring(exported).iter("outline")  # noqa: S314 - our own document
    given = {outline.get("xmlUrl"): outline.get("text") for outline in written}
    assert given == {"https://news.example/rss.xml": "Example"} | {feed.url: feed.name for feed in wanted}
    after = (desk.folder / "rules.yaml").read_text("utf-8").splitlines()
    assert [line for line in after if line in before.splitlines()] == before.splitlines()
    again = desk.run("feeds", "import", str(path))
    assert again.stdout == f"rules.yaml: 0 added, {len(wanted)} known already, 0 left out\n"


def test_an_export_can_be_imported_elsewhere(desk, monkeypatch):
    monkeypatch.setenv("RULES", str(ROOT / "rules.yaml"))
    (desk.folder / "all.opml").write_text(desk.run("feeds", "export").stdout, "utf-8")
    monkeypatch.delenv("RULES")
    assert desk.run("feeds", "import", "all.opml").exit_code == 0
    shipped = load(ROOT / "rules.yaml").feeds
    came = load(desk.folder / "rules.yaml").feeds[1:]
    assert [(feed.url, feed.name, feed.lang, feed.tags) for feed in came] == [
        (feed.url, feed.name, feed.lang, feed.tags) for feed in shipped
    ]


def test_bad_entries_are_told_and_the_others_go_in(desk):
    (desk.folder / "list.opml").write_text(
        '<outline xmlUrl="ftp://a.example/\x1b[2J"/><outline xmlUrl="https://u:p@b.example/"/>'
        '<outline text="&#x202e;evil&#10;name" xmlUrl="https://c.example/"/>',
        "utf-8",
    )
    told = desk.run("feeds", "import", "list.opml")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == "rules.yaml: 1 added, 0 known already, 2 left out"
    assert [line.startswith("left out ") for line in told.stderr.splitlines()] == [False, True, True]
    assert told.stderr.startswith("list.opml: line 1 is not well-formed XML")
    assert not set(told.output) & set("\x1b\u202e")
    assert load(desk.folder / "rules.yaml").feeds[1].name == "evil name"


def test_rules_that_are_not_in_order_are_not_touched(desk):
    (desk.folder / "rules.yaml").write_text("feeds: [\n", "utf-8")
    told = desk.run("feeds", "import", str(LISTS[0]))
    assert told.exit_code == 1
    assert told.stderr.startswith("rules.yaml:")
    assert (desk.folder / "rules.yaml").read_text("utf-8") == "feeds: [\n"
