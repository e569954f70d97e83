"""The house's own rules, counted by machine: what is only written decays."""

import ast
import dataclasses
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.core import model

ROOT = Path(__file__).parent.parent
FILES = [
    *sorted(
        path
        for top in ("monitor", "db", "tests", "benchmarks")
        for path in (ROOT / top).rglob("*.py")
        if "data" not in path.relative_to(ROOT / top).parts[:-1]
    ),
    ROOT / "bot.py",
]
OURS = [path for path in FILES if path.relative_to(ROOT).parts[0] not in ("tests", "benchmarks")]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_stay_small(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 400, "a file does one thing, in at most 400 lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 60, f"{node.name} has more than 60 lines"


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_modules_say_what_they_are_for_and_have_honest_names(path):
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert docstring, "the first docstring line of a file says what it is for"
    assert not FORBIDDEN_NAMES & set(path.relative_to(ROOT).with_suffix("").parts)


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_there_is_no_blanket_ignore_and_no_unfinished_place(path):
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        place = f"{name_of(path)}:{number}"
        assert "type: ignore" not in line or "type: ignore[" in line, place
        assert "noqa" not in line or "noqa: " in line, place
        assert not any(word in line for word in ("TODO", "FIXME", "XXX", "NotImplementedError")), place


@pytest.mark.parametrize(
    "name", [name for name in model.__all__ if dataclasses.is_dataclass(getattr(model, name))]
)
def test_the_nouns_are_frozen_and_slotted(name):
    noun = getattr(model, name)
    assert noun.__dataclass_params__.frozen
    assert "__slots__" in vars(noun)


def test_the_import_contracts_hold_without_exceptions():
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text("utf-8")
    linter = Path(sys.executable).with_name("lint-imports")
    found = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_importing_a_module_does_nothing():
    """No threads, no log handlers, no files: everything is imported in a fresh interpreter that watches."""
    names = [
        found.name
        for top in ("monitor", "db")
        for found in pkgutil.walk_packages([str(ROOT / top)], f"{top}.")
    ]
    assert len(names) > 50
    watch = (
        "import importlib, logging, os, sys, threading\n"
        "sys.addaudithook(lambda event, args: event in ('socket.connect', 'socket.bind', 'subprocess.Popen',"
        " 'sqlite3.connect') and sys.exit(f'{event} {args}'))\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "assert not logging.getLogger().handlers\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", watch], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout == ""


def test_the_version_is_one():
    import tomllib

    bot = importlib.import_module("bot")
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == bot.VERSION
