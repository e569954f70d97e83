"""Changes of single rules by program: the change is there, and everything else stays as it stood."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from monitor.core.errors import RulesError
from monitor.rulebook import read
from monitor.rulebook.edit import feed_entry, put_back
from monitor.rulebook.rewriting import rule_text, with_changes, with_feed, with_rule
from tests.build import FEED

FILE = """# what we watch
feeds:
  - {url: "https://a.example/rss", name: A, lang: en}
rules:
  # the first one
  - id: border   # its id
    match: >-
      border
      OR frontier
    # films are none of our business
    unless: 'film'  # yet
    examples:
      match:
        - A border town   # this one

  # on one line
  - {id: other, match: 'embassy', tags: [x, y]}
# the end
"""

LONG = " OR ".join(f"word{number}" for number in range(20))


def test_a_new_rule_stands_at_the_end_and_reads_as_it_was_meant() -> None:
    new = with_rule(
        FILE, "asylum", {"name": "Who asks", "level": "flash", "match": "it's asylum", "tags": "a, b"}
    )
    assert new.startswith(FILE.rpartition("# the end")[0])
    assert new.endswith(
        "\n  - id: asylum\n    name: \"Who asks\"\n    level: flash\n    match: 'it''s asylum'\n    tags: [a, b]\n"
        "# the end\n"
    )
    rule = read(new, "x").rules[-1]
    assert (rule.id, rule.name, rule.level.word, rule.match.source, rule.tags) == (
        "asylum",
        "Who asks",
        "flash",
        "it's asylum",
        ("a", "b"),
    )


def test_a_long_query_is_folded_and_means_the_same() -> None:
    new = with_rule(FILE, "long", {"match": LONG, "unless": "film"})
    assert max(map(len, new.splitlines())) <= 104
    assert read(new, "x").rules[-1].match.source == LONG
    assert read(with_changes(FILE, "other", {"match": LONG}), "x").rules[-1].match.source == LONG
    assert f"match: '{LONG}'" in with_changes(FILE, "other", {"match": LONG})
    spaced = f'border OR {LONG} OR "a  b"'
    assert read(with_changes(FILE, "border", {"match": spaced}), "x").rules[0].match.source == spaced


def test_a_rule_is_added_to_a_list_on_one_line() -> None:
    flat = 'feeds: [{url: "https://a.example/rss"}]\nrules: [{id: a, match: x1}]'
    new = with_rule(flat, "b", {"match": "embassy", "unless": "film"})
    assert new == flat[:-1] + ", {id: b, match: 'embassy', unless: 'film'}]"
    assert [rule.id for rule in read(new, "x").rules] == ["a", "b"]


@pytest.mark.parametrize(
    ("rule", "changes", "old", "new"),
    [
        pytest.param(
            "border",
            {"match": "border"},
            ">-\n      border\n      OR frontier\n",
            "'border'\n",
            id="a folded query",
        ),
        pytest.param("border", {"unless": "song"}, "'film'  # yet", "'song'  # yet", id="beside a comment"),
        pytest.param("border", {"unless": ""}, "    unless: 'film'  # yet\n", "", id="a key goes"),
        pytest.param("border", {"tags": ""}, "", "", id="a key that was not there goes"),
        pytest.param(
            "border",
            {"level": "flash"},
            "id: border   # its id\n",
            "id: border   # its id\n    level: flash\n",
            id="a new key",
        ),
        pytest.param("other", {"match": "x1"}, "'embassy'", "'x1'", id="on one line"),
        pytest.param(
            "other", {"unless": "x1"}, "'embassy',", "'embassy', unless: 'x1',", id="new on one line"
        ),
        pytest.param("other", {"tags": "z"}, "[x, y]", "[z]", id="a list"),
        pytest.param("other", {"tags": ""}, ", tags: [x, y]", "", id="a key on one line goes"),
    ],
)
def test_only_what_is_meant_changes(rule: str, changes: dict[str, str], old: str, new: str) -> None:
    assert FILE.count(old) == 1 or not old
    for text, bom in product((FILE, FILE.replace("\n", "\r\n")), ("", "\ufeff")):
        end = "\r\n" if "\r" in text else "\n"
        wanted = text.replace(old.replace("\n", end), new.replace("\n", end)) if old else text
        assert with_changes(bom + text, rule, changes) == bom + wanted


def test_the_first_key_of_a_rule_goes() -> None:
    text = FILE.replace("    unless: 'film'  # yet\n", "").replace("- id:", "- unless: film\n    id:", 1)
    assert with_changes(text, "border", {"unless": ""}) == text.replace("- unless: film\n    id:", "- id:")
    assert with_changes(text, "border", {"unless": "song"}) == text.replace("film\n    id", "'song'\n    id")


def test_the_last_key_of_a_file_without_a_last_line_end_goes() -> None:
    text = 'feeds: [{url: "https://a.example/rss"}]\nrules:\n- id: a\n  match: x1\n  unless: film'
    assert with_changes(text, "a", {"unless": ""}) == text.removesuffix("  unless: film")
    assert with_changes(text, "a", {"tags": "z"}).endswith("  unless: film\n  tags: [z]")
    assert rule_text(text, "a") == "- id: a\n  match: x1\n  unless: film"
    one_line = '{feeds: [{url: "https://a.example/rss"}], rules: [{id: a, match: x1}]}'
    assert with_changes(one_line, "a", {"match": "x2"}) == one_line.replace("x1", "'x2'")


def test_a_rule_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(KeyError):
        with_changes(FILE, "border2", {"match": "x1"})
    assert rule_text(FILE, "border2") is None


def test_a_rule_is_shown_as_it_stands() -> None:
    assert rule_text(FILE, "other") == "- {id: other, match: 'embassy', tags: [x, y]}"
    shown = rule_text(FILE, "border")
    assert shown is not None
    assert shown.startswith("- id: border   # its id\n  match: >-\n    border\n")
    assert shown.endswith("- A border town   # this one")


def test_a_feed_is_added_behind_the_others() -> None:
    new = with_feed(FILE, feed_entry(FEED))
    assert read(new, "x").feeds[-1] == FEED
    assert new.replace('  - {url: "https://news.example/rss.xml", name: "Example"}\n', "") == FILE


def test_every_rule_of_the_shipped_file_can_be_changed_alone() -> None:
    text = (Path(__file__).parent.parent / "rules.yaml").read_text(encoding="utf-8")
    for rule in read(text, "rules.yaml").rules[:3]:
        new = with_changes(text, rule.id, {"tags": "marked", "name": "Another name"})
        shown, kept = rule_text(new, rule.id), rule_text(text, rule.id)
        assert shown is not None
        assert kept is not None
        assert "tags: [marked]" in shown
        assert 'name: "Another name"' in shown
        rest = [line for line in new.splitlines() if line not in text.splitlines()]
        assert len(rest) == 2


def test_a_file_that_may_not_be_written_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(FILE, encoding="utf-8")
    monkeypatch.setattr("os.access", lambda *_: False)  # whoever runs tests as root may write anything
    with pytest.raises(RulesError, match="read-only"):
        put_back(path, FILE + "# more\n")
    assert path.read_text(encoding="utf-8") == FILE
