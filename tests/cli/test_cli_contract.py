"""The command line's contract: names, examples, exit codes, errors on stderr, never a traceback."""

import json
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot import VERSION
from monitor.cli.command import main, worded
from monitor.core.errors import QueryError


def commands(group=main, path=()):
    for name, command in group.commands.items():
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ROOT = Path(__file__).parent.parent.parent
ALL = [pytest.param(path, id=" ".join(path)) for path, _ in commands()]


def test_the_commands_are_these():
    assert {" ".join(path) for path, _ in commands()} == {
        *("run", "demo", "once", "check", "parse", "match", "search", "export", "status"),
        *("feeds", "feeds list", "feeds add", "feeds check", "feeds import", "feeds export"),
        *("explain", "backtest", "rules", "rules near-miss", "rules coverage"),
        *("rules history", "rules diff", "rules rollback", "backup", "restore"),
        *("outbox", "outbox list", "outbox requeue", "outbox once"),
    }


@pytest.mark.parametrize("path", [(), *ALL])
def test_every_command_has_help_with_an_example_that_can_be_copied(desk, path):
    told = desk.run(*path, "--help")
    assert told.exit_code == 0
    example = told.stdout.split("Example:\n")[1]
    assert re.search(rf"^  .*python bot.py {' '.join(path)}", example, re.MULTILINE)
    assert desk.run(*path, "-h").stdout == told.stdout


def test_the_short_help_is_whole(desk):
    assert "..." not in desk.run("--help").stdout.split("Commands:")[1].split("Example:")[0]


def test_the_version_is_that_of_the_program(desk):
    assert desk.run("--version").stdout == f"tocsin {VERSION}\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["check"], 0, id="good-rules"),
        pytest.param(["check", "missing.yaml"], 1, id="no-such-rules"),
        pytest.param(["check", "."], 2, id="a-folder-for-rules"),
        pytest.param(["nonsense"], 2, id="unknown-command"),
        pytest.param(["check", "--nonsense"], 2, id="unknown-option"),
        pytest.param(["search"], 2, id="no-query"),
        pytest.param(["search", "rain", "--limit", "0"], 2, id="limit"),
        pytest.param(["search", "rain"], 1, id="no-database"),
        pytest.param(["status"], 1, id="no-database-to-tell-of"),
        pytest.param(["search", "a AND b OR c"], 1, id="mixed-query"),
        pytest.param(["search", ""], 1, id="empty-query"),
        pytest.param(["export"], 2, id="export-no-query"),
        pytest.param(["export", "rain", "--format", "xls"], 2, id="export-format"),
        pytest.param(["export", "(rain"], 1, id="export-mistake"),
        pytest.param(["search", "@nobody"], 1, id="unknown-entity"),
        pytest.param(["match", "missing.jsonl"], 2, id="no-such-file"),
        pytest.param(["match", "--rules", "missing.yaml"], 1, id="no-such-rules-to-match"),
        pytest.param(["parse", "missing.xml"], 2, id="no-such-feed"),
        pytest.param(["parse", "rules.yaml"], 1, id="not-a-feed"),
        pytest.param(["feeds", "import", "rules.yaml"], 1, id="not-a-feed-list"),
    ],
)
def test_exit_codes(desk, arguments, code):
    result = desk.run(*arguments)
    assert result.exit_code == code, result.output
    if code:
        assert result.stdout == ""
        assert result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["check"], ["match"], ["search", "rain"], ["status"], ["feeds", "list"], ["run"], ["once"]],
    ids=" ".join,
)
def test_a_wrong_setting_is_misuse_and_named(desk, monkeypatch, arguments):
    monkeypatch.setenv("POLL_FLOOR", "often")
    result = desk.run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: POLL_FLOOR: ")


@pytest.mark.parametrize("command", ["run", "once"])
def test_nothing_runs_with_broken_rules(desk, command):
    (desk.folder / "rules.yaml").write_text("feeds: [\n", "utf-8")
    result = desk.process(command)
    assert result.returncode == 1
    assert result.stderr.startswith(b"rules.yaml:")
    assert b"Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("query", "position", "shown"),
    [
        pytest.param("a AND b OR c", 8, "  a AND b OR c\n          ^", id="latin"),
        pytest.param("망명 OR", 3, "  망명 OR\n       ^", id="hangul-takes-two-columns"),
        pytest.param("x" * 200 + "!", 200, f"  …{'x' * 72}!\n   {' ' * 72}^", id="long"),
        pytest.param("a\x1b[2J )", 6, "  a [2J )\n        ^", id="hostile"),
    ],
)
def test_a_query_is_shown_with_a_caret_under_the_mistake(query, position, shown):
    told = worded(QueryError("this is wrong", query=query, position=position, hint="Mend it."))
    assert told == f"this is wrong\n{shown}\nMend it."


class TestProcess:
    """What only a process shows."""

    def test_arguments_that_are_no_text_do_no_harm(self, desk):
        desk.fill()
        result = desk.process("search", "\udcff")
        assert b"Traceback" not in result.stderr
        assert result.returncode in (0, 1)

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            pytest.param(["search", "망명"], 0, id="found"),
            pytest.param(["search", "망명", "--json"], 0, id="json"),
            pytest.param(["search", "망명 )"], 1, id="mistake"),
        ],
    )
    def test_every_console_takes_the_output(self, desk, encoding, arguments, code):
        desk.fill()
        result = desk.process(*arguments, PYTHONIOENCODING=encoding)
        assert b"Traceback" not in result.stderr
        assert result.returncode == code
        if "--json" in arguments:
            assert len(json.loads(result.stdout.decode(encoding))) == 2

    @pytest.mark.skipif(sys.platform == "win32", reason="a pipe of the shell")
    def test_a_reader_that_goes_away_is_no_error(self, desk):
        desk.fill()
        lines = b'{"id": 1, "title": "rain"}\n' * 5_000
        (desk.folder / "many.jsonl").write_bytes(lines)
        command = f"'{sys.executable}' '{ROOT / 'bot.py'}' match many.jsonl | head -n 1"
        found = subprocess.run(
            ["/bin/sh", "-c", command], cwd=desk.folder, capture_output=True, check=False, timeout=60
        )
        assert b"Traceback" not in found.stderr
        assert found.stdout == b"1: rain\n"
