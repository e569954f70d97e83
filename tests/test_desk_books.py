"""The history of the rules: kept when they come into force, with what they changed."""

from __future__ import annotations

from pathlib import Path

from db.memory import MemoryStore
from monitor.desk.books import BY_FILE, keep
from monitor.rulebook import Library
from tests.build import NOW, minutes

ONE = 'feeds: [{url: "https://e.example/rss"}]\nrules:\n  - {id: border, match: border}\n'
TWO = ONE + "  - {id: mission, match: consulate}\n"


def library(folder: Path, text: str) -> Library:
    path = folder / "rules.yaml"
    path.write_bytes(text.encode())
    return Library(path)


def test_what_comes_into_force_is_kept_once(tmp_path: Path) -> None:
    store = MemoryStore()
    one = library(tmp_path, ONE)
    assert keep(store, one.book, one.text, NOW)
    assert not keep(store, one.book, one.text, minutes(1))
    (book,) = store.books(9)
    assert (book.version, book.loaded_at, book.by, book.note) == (
        one.book.version,
        NOW,
        BY_FILE,
        "the first one kept",
    )
    assert store.book_text(book.version) == ONE


def test_a_change_is_told_and_a_way_back_called_so(tmp_path: Path) -> None:
    store = MemoryStore()
    for minute, text in enumerate((ONE, TWO, ONE)):
        now = library(tmp_path, text)
        keep(store, now.book, now.text, minutes(minute), by="telegram:42")
    assert [(book.by, book.note) for book in store.books(9)] == [
        ("telegram:42", "put back: rules -mission"),
        ("telegram:42", "rules +mission"),
        ("telegram:42", "the first one kept"),
    ]


def test_a_text_that_is_no_longer_understood_does_not_stand_in_the_way(tmp_path: Path) -> None:
    store = MemoryStore()
    store.keep_book("old", "rules: in another language", "file", NOW)
    one = library(tmp_path, ONE)
    assert keep(store, one.book, one.text, NOW)
    assert store.books(1)[0].note == "the one before cannot be read any more"


def test_the_library_gives_the_text_of_the_last_good_rules(tmp_path: Path) -> None:
    odd = "\ufeff" + ONE.replace("\n", "\r\n")
    rules = library(tmp_path, odd)
    assert rules.text == odd
    rules.path.write_text("rules: [", "utf-8")
    assert not rules.reload()
    assert rules.text == odd
    rules.path.write_text(TWO, "utf-8")
    assert rules.reload()
    assert rules.text == TWO
