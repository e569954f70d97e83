"""The last good rules stay in force, whatever happens to the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.core.errors import RulesError
from monitor.core.model import FeedUrl, Story, StoryKey
from monitor.rulebook import Library

ROOT = Path(__file__).parent.parent
GOOD = sorted((ROOT / "tests/data/rules/good").glob("*.yaml"))
BAD = sorted((ROOT / "tests/data/rules/bad").glob("*.yaml"))

SMALL = """\
feeds:
  - {url: "https://example.org/rss.xml", lang: en}
rules:
  - id: rain
    match: rain
"""


def _rules_hit(library: Library, title: str) -> list[str]:
    story = Story(feed=FeedUrl("x"), key=StoryKey("x"), title=title)
    return [hit.rule for hit in library.matcher.hits(story)]


class TestLibrary:
    def test_it_refuses_to_start_without_good_rules(self, tmp_path: Path) -> None:
        with pytest.raises(RulesError):
            Library(tmp_path / "rules.yaml")

    def test_it_takes_a_change_over(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL)
        library = Library(path)
        assert not library.changed()
        first = library.book
        path.write_text(SMALL.replace("match: rain", "match: snow"))
        assert library.changed()
        assert library.reload()
        assert not library.changed()
        assert library.problem is None
        assert library.book.version != first.version
        assert _rules_hit(library, "Snow and rain in May") == ["rain"]
        assert _rules_hit(library, "Rain in May") == []
        assert library.both == (library.book, library.matcher)

    def test_a_broken_file_leaves_the_last_good_rules_in_force(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL)
        library = Library(path)
        before = library.both
        path.write_text(SMALL.replace("match: rain", "match: (rain"))
        assert library.changed()
        assert not library.reload()
        assert library.both == before
        assert _rules_hit(library, "Rain in May") == ["rain"]
        assert library.problem is not None
        assert f"{path}:5:12: " in library.problem
        assert not library.changed()  # told once, not at every tick

    def test_a_mended_file_ends_the_problem(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL)
        library = Library(path)
        path.write_text("broken")
        library.reload()
        path.write_text(SMALL)
        assert library.changed()
        assert library.reload()
        assert library.problem is None

    def test_a_file_that_is_gone_for_a_while_is_noticed_twice(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL)
        library = Library(path)
        path.unlink()
        assert library.changed()
        assert not library.reload()
        assert library.problem is not None
        assert "there is no such file" in library.problem
        assert not library.changed()
        path.write_text(SMALL)
        assert library.changed()
        assert library.reload()

    def test_an_editor_that_replaces_the_file_is_noticed(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL)
        library = Library(path)
        times = path.stat()
        other = tmp_path / "rules.yaml~"
        other.write_text(SMALL.replace("match: rain", "match: snow"))
        os.utime(
            other, ns=(times.st_atime_ns, times.st_mtime_ns)
        )  # same size, same time: only the inode tells
        other.replace(path)
        assert library.changed()
        assert library.reload()
        assert _rules_hit(library, "Snow") == ["rain"]

    def test_a_link_to_the_file_may_be_turned_to_another(self, tmp_path: Path) -> None:
        (tmp_path / "one").write_text(SMALL)
        (tmp_path / "two").write_text(SMALL.replace("id: rain", "id: snow"))
        path = tmp_path / "rules.yaml"
        path.symlink_to("one")
        library = Library(path)
        path.unlink()
        path.symlink_to("two")
        assert library.changed()
        assert library.reload()
        assert [rule.id for rule in library.book.rules] == ["snow"]
