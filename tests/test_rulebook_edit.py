"""Feeds added to a rules file by program: its other lines stay as they are, byte for byte."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import RulesError
from monitor.core.model import Feed, FeedUrl
from monitor.feeds import opml
from monitor.rulebook import load
from monitor.rulebook.edit import add_feeds

ROOT = Path(__file__).parent.parent
LISTS = ROOT / "tests" / "data" / "opml"
RULES = "rules:\n  - {id: rain, match: rain}   # wet\n"
NEW = Feed(FeedUrl("https://new.example/rss"), "New")
LINE = '{url: "https://new.example/rss", name: "New"}'


@pytest.fixture
def path(tmp_path):
    return tmp_path / "rules.yaml"


def added_lines(before, after):
    """The lines that came; all others are the same, in the same order."""
    rest = iter(before.splitlines(keepends=True))
    waiting = next(rest, None)
    came = []
    for line in after.splitlines(keepends=True):
        if line == waiting:
            waiting = next(rest, None)
        else:
            came.append(line)
    assert waiting is None, f"gone: {waiting!r}"
    return came


def test_the_shipped_rules_gain_lines_and_lose_nothing(path):
    before = (ROOT / "rules.yaml").read_bytes()
    path.write_bytes(before)
    feeds = [
        f for one in sorted(LISTS.glob("*.opml")) for f in opml.read(opml.decode(one.read_bytes())).feeds
    ]
    done = add_feeds(path, feeds)
    listed = {feed.url for feed in load(ROOT / "rules.yaml").feeds}
    assert [feed.url for feed in done.known] == [feed.url for feed in feeds if feed.url in listed]
    assert len(done.added) + len(done.known) == len(feeds) == 17
    assert done.added
    came = added_lines(before.decode(), path.read_text("utf-8"))
    assert len(came) == len(done.added)
    assert all(line.startswith("  - {url: ") for line in came)
    old = load(ROOT / "rules.yaml")
    new = load(path)
    assert new.feeds == old.feeds + done.added
    assert (new.entities, new.rules) == (old.entities, old.rules)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            f'feeds:\n  - {{url: "https://a.example/"}} # first\n\n# the rules\n{RULES}',
            f'feeds:\n  - {{url: "https://a.example/"}} # first\n  - {LINE}\n\n# the rules\n{RULES}',
            id="flow-mapping-with-comment",
        ),
        pytest.param(
            f"feeds:\n- url: https://a.example/\n  tags:\n  - wire\n\n{RULES}",
            f"feeds:\n- url: https://a.example/\n  tags:\n  - wire\n- {LINE}\n\n{RULES}",
            id="block-mapping-not-indented",
        ),
        pytest.param(
            f"feeds:\n    - {{url: https://a.example/,\n       tags: [a,\n b]\n      }}\n{RULES}",
            f"feeds:\n    - {{url: https://a.example/,\n       tags: [a,\n b]\n      }}\n    - {LINE}\n{RULES}",
            id="flow-mapping-over-lines",
        ),
        pytest.param(
            f"feeds: [{{url: https://a.example/}}, ] # short\n{RULES}",
            f"feeds: [{{url: https://a.example/}}, {LINE}, ] # short\n{RULES}",
            id="flow-list",
        ),
        pytest.param(
            f"{RULES}feeds:\n  - url: https://a.example/",
            f"{RULES}feeds:\n  - url: https://a.example/\n  - {LINE}\n",
            id="at-the-end-without-line-end",
        ),
        pytest.param(
            f"feeds:\r\n  - url: https://a.example/\r\n{RULES}",
            f"feeds:\r\n  - url: https://a.example/\r\n  - {LINE}\r\n{RULES}",
            id="windows-line-ends",
        ),
        pytest.param(
            f"\ufefffeeds:\n  - url: https://a.example/\n{RULES}",
            f"\ufefffeeds:\n  - url: https://a.example/\n  - {LINE}\n{RULES}",
            id="byte-order-mark",
        ),
        pytest.param(
            f"feeds:\n  - url: https://a.example/\n    name: >-\n      A long\n      name\n{RULES}",
            f"feeds:\n  - url: https://a.example/\n    name: >-\n      A long\n      name\n  - {LINE}\n{RULES}",
            id="folded-text",
        ),
        pytest.param(
            "{feeds: [{url: https://a.example/}], rules: [{id: rain, match: rain}]}",
            f"{{feeds: [{{url: https://a.example/}}, {LINE}], rules: [{{id: rain, match: rain}}]}}",
            id="all-in-braces",
        ),
    ],
)
def test_a_feed_goes_behind_the_last_one(path, before, after):
    path.write_bytes(before.encode())
    assert add_feeds(path, [NEW]).added == (NEW,)
    assert load(path).feeds[1:] == (NEW,)
    assert path.read_bytes() == after.encode()


@pytest.mark.parametrize(
    "feed",
    [
        pytest.param(Feed(FeedUrl("https://b.example/"), "quotes \" ' and \\ and # and : {"), id="quotes"),
        pytest.param(Feed(FeedUrl("https://b.example/"), "북한 Новости 🔔"), id="scripts"),
        pytest.param(Feed(FeedUrl("https://b.example/"), "no", "no", ("null", "yes", "a_1")), id="words"),
        pytest.param(Feed(FeedUrl("https://b.example/"), "B", "ko", (), "wire", 90), id="all-keys"),
        pytest.param(Feed(FeedUrl("https://b.example/"), "a\x85b\u2028c\ufffed\x7f"), id="odd-characters"),
        pytest.param(Feed(FeedUrl("https://b.example/"), "x" * 10_000), id="long"),
    ],
)
def test_what_is_written_is_what_is_read(path, feed):
    path.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    add_feeds(path, [feed])
    assert load(path).feeds[1] == feed


@given(name=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
def test_no_name_breaks_the_file(tmp_path_factory, name):
    path = tmp_path_factory.mktemp("edit") / "rules.yaml"
    path.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    add_feeds(path, [Feed(FeedUrl("https://b.example/"), name)])
    assert load(path).feeds[1].name == name.strip()


def test_what_is_known_is_not_added_again(path):
    path.write_text(f"feeds:\n  - url: https://a.example/Path\n{RULES}")
    before = path.read_bytes()
    feeds = [Feed(FeedUrl(url), "A") for url in ("HTTPS://A.example/Path", "https://a.example/Path")]
    assert add_feeds(path, feeds).known == tuple(feeds)
    assert path.read_bytes() == before


def test_a_feed_that_cannot_stand_in_the_file_is_refused_with_its_reason_and_the_others_go_in(path):
    path.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    secret = Feed(FeedUrl("https://me:pw@b.example/"), "B")
    spaced = Feed(FeedUrl("https://b.example/a b"), "B")
    odd = Feed(FeedUrl("https://c.example/"), "C", "klingon")
    done = add_feeds(path, [secret, spaced, odd, NEW])
    assert done.added == (NEW,)
    assert [reason for _, reason in done.refused] == [
        "a user or password stands in the address",
        "this is not a URL",
        "`klingon` is not a language's short tag",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("feeds: [\n", "rules.yaml:", id="broken"),
        pytest.param(None, "there is no such file", id="missing"),
    ],
)
def test_a_file_that_is_not_in_order_is_left_alone(path, text, message):
    if text is not None:
        path.write_text(text)
    with pytest.raises(RulesError, match=message):
        add_feeds(path, [NEW])
    assert (path.read_text() if path.exists() else None) == text


def test_a_file_that_would_become_too_large_is_left_alone(path):
    path.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    before = path.read_bytes()
    with pytest.raises(RulesError, match="at most"):
        add_feeds(path, [Feed(FeedUrl("https://b.example/"), "x" * 1_000_001)])
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_access_rights_and_a_link_stay(path, tmp_path):
    real = tmp_path / "real" / "mine.yaml"
    real.parent.mkdir()
    real.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    real.chmod(0o640)
    path.symlink_to(real)
    add_feeds(path, [NEW])
    assert path.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert NEW in load(real).feeds
    assert list(real.parent.iterdir()) == [real]


def test_a_folder_that_takes_no_new_file_is_named_with_the_mend(tmp_path):
    path = tmp_path / f"{'r' * 248}.yaml"  # the name of a file beside it would be too long
    path.write_text(f"feeds:\n  - url: https://a.example/\n{RULES}")
    before = path.read_bytes()
    with pytest.raises(RulesError, match="cannot be replaced") as caught:
        add_feeds(path, [NEW])
    assert "access rights" in str(caught.value)
    assert path.read_bytes() == before
