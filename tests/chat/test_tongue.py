"""What is said in Korean and Russian: nothing missing, nothing stale, every place filled."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from monitor.chat.tongue import LANGUAGES, day, known, number, said, speaking, spoken, tr, trn
from monitor.core.phrase import phrase
from tests.tongues import LOCALE, PLACES, ROOT, read, sides, texts, untranslated, updated, written

COMMAND = re.compile(r"(?<![\w/.])/[a-z]{2,}")
FOREIGN = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", FOREIGN)
def test_every_text_is_translated_and_no_stale_one_is_kept(language: str) -> None:
    fresh = updated(language)
    assert not untranslated(fresh)
    assert (LOCALE / f"{language}.po").read_bytes() == written(fresh), "run: make docs"


@pytest.mark.parametrize("language", FOREIGN)
def test_a_translation_fills_the_same_places(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        given, told = sides(message)
        allowed = {place for text in given for place in PLACES.findall(text)}
        for text in told:
            assert set(PLACES.findall(text)) <= allowed, text
            assert len(given) > 1 or set(PLACES.findall(text)) == allowed, text


@pytest.mark.parametrize("language", FOREIGN)
def test_commands_stay_as_they_are_typed(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        given, told = sides(message)
        commands = {command for text in given for command in COMMAND.findall(text)}
        for text in told:
            assert all(command in text for command in commands), text


def test_only_literal_texts_can_be_found_by_translators() -> None:
    found = []
    for path in Path(ROOT / "monitor").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
                continue
            literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
            wrong = node.func.id in {"mark", "phrase"} and not literal
            both = node.func.id == "trn" and not all(isinstance(each, ast.Constant) for each in node.args[:2])
            joined = (
                node.func.id == "tr"
                and bool(node.args)
                and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
            )
            if wrong or both or joined:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found


def test_what_is_spoken_ends_with_its_block() -> None:
    with speaking("ko"):
        assert spoken() == "ko"
        with speaking("ru"):
            assert spoken() == "ru"
        assert spoken() == "ko"
    assert spoken() == "en"


def test_a_language_that_we_do_not_speak_is_answered_in_english() -> None:
    with speaking("fr"):
        assert tr("just now") == "just now"


@pytest.mark.parametrize(
    ("written_as", "meant"),
    [
        pytest.param("ru-RU", "ru", id="a tag with a region"),
        pytest.param("KO", "ko", id="in capitals"),
        pytest.param("한국어", "ko", id="by its own name"),
        pytest.param("English", "en", id="an English name"),
        pytest.param("fr", None, id="one that we do not speak"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_languages_are_known_by_code_and_name(written_as: str, meant: str | None) -> None:
    assert known(written_as) == meant


def test_plurals_follow_the_language() -> None:
    with speaking("ru"):
        forms = [trn("{n} feed", "{n} feeds", count) for count in (1, 3, 5, 21)]
    assert len({form.partition(" ")[2] for form in forms}) == 3
    assert forms[0].partition(" ")[2] == forms[3].partition(" ")[2]


def test_numbers_and_days_are_told_as_readers_expect() -> None:
    at = date(2026, 10, 3)
    assert (number(12_400), day(at, year=False), day(at, year=True)) == ("12,400", "3 Oct", "3 Oct 2026")
    with speaking("ko"):
        assert day(at, year=False) == "10월 3일"
    with speaking("ru"):
        assert day(at, year=False) == "3 окт."
        assert number(12_400) == "12\N{NO-BREAK SPACE}400"


def test_a_sentence_of_the_core_is_told_in_the_language_of_the_reader() -> None:
    assert texts()
    inner = phrase("just now")
    told = phrase("{span} ago", span=inner)
    assert told == "just now ago"
    assert said(told) == "just now ago"
    assert said("plain words") == "plain words"
    with speaking("ko"):
        assert said(inner) == tr("just now")
        assert said(told) == tr("{span} ago").format(span=tr("just now"))
