"""rules.yaml: what is read, what is refused and where, and that the last good rules stay in force."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from monitor.core.errors import RulesError
from monitor.core.model import Feed, FeedUrl, Level
from monitor.rulebook import load, read
from monitor.rulebook.document import Mapping, Scalar, decode, parse
from monitor.rulebook.offsets import file_offset, places

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


def _mistakes(text: str) -> list[tuple[int, int, str]]:
    with pytest.raises(RulesError) as caught:
        read(text, "rules.yaml")
    return [(one.line, one.column, one.message) for one in caught.value.mistakes]


class TestGoodFiles:
    @pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
    def test_every_one_is_read(self, path: Path) -> None:
        assert load(path).rules

    def test_a_small_file_means_what_it_says(self) -> None:
        book = read(SMALL, "rules.yaml")
        assert book.feeds == (Feed(FeedUrl("https://example.org/rss.xml"), name="example.org", lang="en"),)
        (rule,) = book.rules
        assert (rule.id, rule.level, rule.match.source, rule.unless) == ("rain", Level.ALERT, "rain", None)
        assert re.fullmatch("[0-9a-f]{8}", book.version)

    def test_all_that_can_be_written_arrives(self) -> None:
        book = load(ROOT / "tests/data/rules/good/everything.yaml")
        assert book.feeds[0] == Feed(
            FeedUrl("https://example.org/a.xml"), "A feed", "ko", ("wire", "asia"), "wire", 600
        )
        assert [feed.every for feed in book.feeds] == [600, 90, 7200, 86_400, 45, None]
        assert book.entities["water"].terms == {
            "en": ("rain", "heavy rain"), "ko": ("비",), "*": ("H2O",)
        }  # fmt: skip
        assert book.entities["snow"].terms == {"*": ("snow", "снег")}
        assert book.entities["ice"].terms == {"en": ("ice",)}
        rule = book.rules[0]
        assert (rule.level, rule.name, rule.tags) == (Level.FLASH, "Floods", ("weather",))
        assert rule.unless is not None
        assert rule.examples.match == ("Heavy rain floods the city",)
        assert rule.examples.no_match == ("A film about rain",)

    def test_no_word_turns_into_something_else(self) -> None:
        book = load(ROOT / "tests/data/rules/good/words-stay-words.yaml")
        assert [feed.lang for feed in book.feeds] == ["no", "no"]
        assert [feed.name for feed in book.feeds] == ["2026-11-23", "12:30:45"]
        assert book.entities["odd"].terms["*"] == ("on", "012", "1e3", "0x1F", "yes", "null")
        assert [rule.match.source for rule in book.rules] == ["no", "on", "12:30:45", "true"]
        assert [rule.id for rule in book.rules] == ["yes", "off", "012", "1-000"]

    def test_versions_differ_with_the_bytes(self) -> None:
        assert read(SMALL, "a").version == read(SMALL, "b").version
        assert read(SMALL, "a").version != read(SMALL + "# more\n", "a").version

    def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
        assert [rule.id for rule in load(path).rules] == ["rain"]


class TestBadFiles:
    """`bad/NAME.txt` holds a line `LINE:COLUMN words | words of the mend` for each mistake, in order."""

    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
    def test_every_mistake_is_told_with_place_and_mend(self, path: Path) -> None:
        with pytest.raises(RulesError) as caught:
            load(path)
        mistakes = list(caught.value.mistakes)
        expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
        told = "\n".join(f"{m.line}:{m.column} {m.message} | {m.hint}" for m in mistakes)
        assert len(mistakes) == len(expected), told
        left = list(mistakes)
        for line in expected:
            place, _, words = line.partition(" ")
            message, _, mend = words.partition(" | ")
            fitting = [
                m for m in left if f"{m.line}:{m.column}" == place and message in m.message and mend in m.hint
            ]
            assert fitting, f"expected {line}\namong\n{told}"
            left.remove(fitting[0])

    @pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
    def test_the_report_names_the_file_and_every_mend(self, path: Path) -> None:
        with pytest.raises(RulesError) as caught:
            load(path)
        report = str(caught.value)
        assert report.count(str(path)) == len(caught.value.mistakes)
        assert all(mistake.hint and mistake.hint in report for mistake in caught.value.mistakes)

    def test_there_are_enough_of_them(self) -> None:
        assert len(BAD) >= 30
        assert {path.stem for path in BAD} == {
            path.stem for path in (ROOT / "tests/data/rules/bad").glob("*.txt")
        }

    def test_of_very_many_mistakes_the_first_are_told(self) -> None:
        found = _mistakes("".join(f"key{number}: x\n" for number in range(1000)))
        assert len(found) == 200
        assert found[0] == (0, 0, "more than 199 mistakes")
        assert found[-1][0] < 250

    def test_a_missing_file_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(RulesError, match=r"rules\.yaml: there is no such file"):
            load(tmp_path / "rules.yaml")

    def test_a_folder_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(RulesError, match="cannot be read"):
            load(tmp_path)

    def test_a_file_over_one_megabyte_is_not_read(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_text(SMALL + "# " + "x" * 1_000_000)
        with pytest.raises(RulesError, match="at most 1,000,000 are read"):
            load(path)

    def test_a_lone_surrogate_is_refused(self) -> None:
        assert _mistakes(SMALL.replace("match: rain", "match: \ud800"))[0][:2] == (5, 12)

    def test_mistakes_behind_a_byte_order_mark_keep_their_column(self, tmp_path: Path) -> None:
        path = tmp_path / "rules.yaml"
        path.write_bytes(b"\xef\xbb\xbffeed: []\r\nrules: []\r\n")
        with pytest.raises(RulesError) as caught:
            load(path)
        assert [(one.line, one.column) for one in caught.value.mistakes] == [(1, 1), (2, 8)]

    def test_mistakes_of_all_kinds_are_told_together(self) -> None:
        text = SMALL.replace("lang: en", "lang: EN").replace("match: rain", "match: (rain\n    level: high")
        text += "  - {id: snow, match: '@nobody', match: '@nobody'}\n"
        found = _mistakes(text)
        assert [place[:2] for place in found] == [(2, 48), (5, 12), (6, 12), (7, 24), (7, 34)]


# Where an opening parenthesis that is never closed stands, for every way to write the query down.
PLACES = [
    pytest.param("match: rain (storm", 5, 17, id="plain"),
    pytest.param("match: rain\n      (storm", 6, 7, id="plain-over-lines"),
    pytest.param("match: 'rain ''n (storm'", 5, 22, id="single-quotes"),
    pytest.param('match: "rain (storm"', 5, 18, id="double-quotes"),
    pytest.param('match: "r\\x61\\u0069n (storm"', 5, 26, id="escapes"),
    pytest.param('match: "rain \\\n      (storm"', 6, 7, id="escaped-line-end"),
    pytest.param('match: "rain\n\n      (storm"', 7, 7, id="double-quotes-over-lines"),
    pytest.param("match: |\n      rain\n      (storm", 7, 7, id="literal"),
    pytest.param("match: |-\n      rain\n        (storm", 7, 9, id="literal-indented"),
    pytest.param("match: >-\n      rain\n      wind\n\n      (storm", 9, 7, id="folded"),
    pytest.param("match: >\n      rain\n        wind\n      (storm", 8, 7, id="folded-with-deeper-line"),
    pytest.param("match: >2\n        rain (storm", 6, 14, id="folded-with-width"),
    pytest.param("'match': 'вода 비 (storm'", 5, 22, id="other-scripts"),
]


@pytest.mark.parametrize(("written", "line", "column"), PLACES)
def test_a_querys_mistake_is_told_at_its_very_character(written: str, line: int, column: int) -> None:
    text = SMALL.replace("match: rain", written)
    (mistake,) = _mistakes(text)
    assert mistake[:2] == (line, column)
    assert text.splitlines()[line - 1][column - 1] == "("


def test_where_a_value_cannot_be_followed_back_its_beginning_is_told() -> None:
    (mistake,) = _mistakes(SMALL.replace("match: rain", 'match: "rain\x85(storm"'))  # an old line end, folded
    assert mistake[:2] == (5, 12)


def test_the_end_of_a_value_is_a_place_too() -> None:
    assert file_offset(Scalar("rain", 3, 9, "'"), "a: 'rain'", 4) == 8


STYLES = [None, "'", '"', "|", ">"]


@given(text=st.text("ab '\"\\\n:#비д😀", min_size=1, max_size=60), style=st.sampled_from(STYLES))
def test_every_character_of_a_value_is_found_where_it_was_written(text: str, style: str | None) -> None:
    out = io.StringIO()
    key, value = (
        ScalarEvent(None, None, (True, True), what, style=how) for what, how in (("k", None), (text, style))
    )
    begin = (StreamStartEvent(), DocumentStartEvent(), MappingStartEvent(None, None, implicit=True))
    events = (*begin, key, value, MappingEndEvent(), DocumentEndEvent(), StreamEndEvent())
    YAML(typ="safe", pure=True).emit(events, out)
    source = decode(out.getvalue().encode())
    root, _ = parse(source)
    assert isinstance(root, Mapping)
    ((_, node),) = root.pairs
    assert isinstance(node, Scalar)
    found = places(node, source.text)
    if found is None:
        assert not node.value.strip()  # white space alone has no character to point at
        return
    for character, place in zip(node.value, found, strict=False):
        if character not in " \n":
            assert source.text[place] in {character, "\\"}


@pytest.mark.parametrize(("written", "line", "column"), PLACES)
def test_windows_line_ends_move_no_mistake(written: str, line: int, column: int) -> None:
    (mistake,) = _mistakes(SMALL.replace("match: rain", written).replace("\n", "\r\n"))
    assert mistake[:2] == (line, column)


class TestExamples:
    def test_one_that_is_not_matched_says_what_is_lacking(self) -> None:
        text = SMALL.replace(
            "match: rain", "match: rain (storm OR wind)\n    examples: {match: [Rain in May]}"
        )
        with pytest.raises(RulesError) as caught:
            read(text, "rules.yaml")
        (mistake,) = caught.value.mistakes
        assert (mistake.line, mistake.column) == (6, 24)
        assert mistake.message == "the rule `rain` does not match this example"
        assert mistake.hint == "Nothing in it fits to: storm OR wind"

    def test_one_that_is_spoken_against_says_by_what(self) -> None:
        text = SMALL.replace(
            "match: rain",
            "match: rain -snow\n    unless: film\n    examples: {match: [Films on rain and snow]}",
        )
        with pytest.raises(RulesError) as caught:
            read(text, "rules.yaml")
        (mistake,) = caught.value.mistakes
        assert mistake.hint == "Its `unless` or a `-` excludes it: found `snow` for snow, `Films` for film."

    def test_one_that_must_not_match_says_what_was_found(self) -> None:
        text = SMALL + "    examples:\n      no_match:\n        - dry\n        - It rains\n".replace(
            "rains", "RAIN"
        )
        with pytest.raises(RulesError) as caught:
            read(text, "rules.yaml")
        (mistake,) = caught.value.mistakes
        assert (mistake.line, mistake.column) == (9, 11)
        assert mistake.message == "the rule `rain` matches this example, though it must not"
        assert mistake.hint == "Found `RAIN` for rain."

    def test_every_rules_examples_run(self) -> None:
        text = (
            SMALL
            + "    examples: {match: rain}\n  - {id: snow, match: snow, examples: {match: [rain, snow, ice]}}\n"
        )
        assert [place[:2] for place in _mistakes(text)] == [(7, 48), (7, 60)]
