"""`rules history | diff | rollback` on the command line."""

from __future__ import annotations

import pytest

from tests.build import NOW
from tests.cli.bench import RULES, Bench, Keyboard

MORE = RULES + "  - {id: border, match: border}\n"
LESS = RULES.replace("embassy", "mission")
BROKEN = RULES + "  - {id: broken, match: 'a OR b c'}\n"


@pytest.fixture(name="bench")
def fixture_bench(desk: Keyboard) -> Bench:
    return Bench(desk)


def test_history_lists_who_changed_what_and_when(bench: Bench) -> None:
    first, second = bench.load(), bench.load(MORE, by="telegram:42")
    told = bench.json("rules", "history")
    assert (told["file"], told["in_force"]) == (second, True)
    assert [(each["version"], each["by"], each["changed"]) for each in told["versions"]] == [
        (second, "telegram:42", "rules +border"),
        (first, "file", "the first one kept"),
    ]
    answer = bench.ask("rules", "history")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == [second, first]
    assert lines[0].endswith("telegram:42  rules +border")
    assert answer.stderr == ""


def test_history_says_when_the_file_is_not_in_force(bench: Bench) -> None:
    bench.load()
    bench.write(BROKEN)
    answer = bench.ask("rules", "history")
    assert "which no running bot has taken over" in answer.stderr
    bench.rules.unlink()
    assert "cannot be read" in bench.ask("rules", "history").stderr
    assert bench.json("rules", "history")["file"] is None


def test_history_shows_no_more_than_asked_for(bench: Bench) -> None:
    bench.load()
    second = bench.load(MORE)
    assert [each["version"] for each in bench.json("rules", "history", "--limit", "1")["versions"]] == [
        second
    ]


def test_diff_compares_the_last_two(bench: Bench) -> None:
    first, second = bench.load(), bench.load(MORE)
    answer = bench.ask("rules", "diff")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0].startswith(f"--- {first} (")
    assert lines[1].startswith(f"+++ {second} (")
    assert lines[-1] == "+  - {id: border, match: border}"


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        pytest.param(["{0}"], ["-x", "+y"], id="from a version to the newest"),
        pytest.param(["{0}", "{1}"], ["+border"], id="between two"),
        pytest.param(["{1}", "{0}"], ["-border"], id="backwards"),
        pytest.param(["{2}", "file"], ["+broken"], id="to the file as it is"),
    ],
)
def test_diff_of_what_is_named(bench: Bench, asked, changed) -> None:
    versions = [bench.load(text) for text in (RULES, MORE, LESS)]
    bench.write(LESS + "  - {id: broken, match: 'a OR b c'}\n")
    told = bench.json("rules", "diff", *(each.format(*versions) for each in asked))
    lines = [line for line in told["lines"][2:] if line[0] in "+-"]
    assert [line[0] for line in lines] == [each[0] for each in changed]
    for line, each in zip(lines, changed, strict=True):
        assert len(each) == 2 or each[1:] in line


def test_diff_of_equal_versions_says_so(bench: Bench) -> None:
    first = bench.load()
    answer = bench.ask("rules", "diff", first[:5], "file")
    assert (answer.exit_code, answer.stdout) == (0, "")
    assert "are the same" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["diff"], "fewer than two versions", id="nothing to compare"),
        pytest.param(["diff", "nope"], "is no version", id="an unknown version"),
        pytest.param(["rollback", "nope"], "is no version", id="no way back to it"),
        pytest.param(["rollback", ""], "is no version", id="no name at all"),
    ],
)
def test_what_cannot_be_shown_is_said(bench: Bench, arguments, message) -> None:
    bench.load()
    answer = bench.ask("rules", *arguments)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert message in answer.stderr


def test_a_short_name_must_be_of_one_version(bench: Bench) -> None:
    store = bench.store()
    for version in ("abc1", "abc2"):
        store.keep_book(version, RULES, "file", NOW)
    store.close()
    bench.write()
    answer = bench.ask("rules", "diff", "abc", "file")
    assert answer.exit_code == 1
    assert "several versions" in answer.stderr


def test_rollback_puts_an_earlier_version_back_byte_for_byte(bench: Bench) -> None:
    odd = "\ufeff" + RULES.replace("\n", "\r\n")
    first = bench.load(odd)
    bench.load(MORE)
    bench.rules.chmod(0o640)
    answer = bench.ask("rules", "rollback", first)
    assert answer.exit_code == 0
    assert bench.rules.read_bytes() == odd.encode()
    assert bench.rules.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in bench.folder.iterdir() if path.name.startswith(("rules", ".rules"))] == [
        "rules.yaml"
    ]
    assert f"is {first} again: 2 rules, 2 feeds" in answer.stdout


def test_rollback_keeps_beside_what_was_never_in_force(bench: Bench) -> None:
    first = bench.load()
    bench.write(BROKEN)
    answer = bench.ask("rules", "rollback", first)
    assert answer.exit_code == 0
    (beside,) = bench.folder.glob("rules.yaml.*")
    assert beside.read_bytes() == BROKEN.encode()
    assert beside.name in answer.stderr
    assert bench.rules.read_bytes() == RULES.encode()


def test_rollback_loses_nothing_where_no_copy_can_be_kept(bench: Bench) -> None:
    first = bench.load()
    bench.write(BROKEN)
    version = bench.json("rules", "history")["file"]
    (bench.folder / f"rules.yaml.{version}").mkdir()
    answer = bench.ask("rules", "rollback", first)
    assert answer.exit_code == 1
    assert "no copy of it can be written" in answer.stderr
    assert bench.rules.read_bytes() == BROKEN.encode()


def test_a_file_that_is_gone_cannot_be_compared(bench: Bench) -> None:
    first = bench.load()
    bench.rules.unlink()
    answer = bench.ask("rules", "diff", first, "file")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "cannot be read" in answer.stderr


def test_rollback_to_what_is_there_changes_nothing(bench: Bench) -> None:
    first = bench.load()
    answer = bench.ask("rules", "rollback", first)
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert "already" in answer.stdout


def test_rollback_writes_a_file_that_was_deleted(bench: Bench) -> None:
    first = bench.load()
    bench.rules.unlink()
    assert bench.ask("rules", "rollback", first).exit_code == 0
    assert bench.rules.read_bytes() == RULES.encode()


def test_rollback_refuses_a_version_that_is_no_longer_in_order(bench: Bench) -> None:
    bench.load()
    store = bench.store()
    store.keep_book("bad", BROKEN, "file", NOW)
    store.close()
    answer = bench.ask("rules", "rollback", "bad")
    assert answer.exit_code == 1
    assert "two ways" in answer.stderr
    assert bench.rules.read_bytes() == RULES.encode()
