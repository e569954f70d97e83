"""Brings the catalogues of `monitor/chat/locale` up to date with the code: `python -m tests.tongues`.

The texts are the literals given to `tr`, `trn`, `mark` and `phrase`, and the summaries of commands. New ones come
in untranslated, and are printed; those that nobody uses any more go. No translation is guessed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from monitor.chat.tongue import ENGLISH, LANGUAGES

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "monitor" / "chat" / "locale"
PLACES = re.compile(r"\{(\w*)\}")
SUMMARY = 2
"""Which argument of a Command is its summary."""


@dataclass(frozen=True, order=True)
class Text:
    """One text to translate; `many` for those with a count."""

    where: str
    one: str
    many: str | None = None

    @property
    def key(self) -> str | tuple[str, str]:
        return self.one if self.many is None else (self.one, self.many)


def texts() -> list[Text]:
    """All that the code says, in the order of files and lines."""
    return [text for path in sorted((ROOT / "monitor").rglob("*.py")) for text in _texts(path)]


def _texts(path: Path) -> Iterator[Text]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda each: (each.lineno, each.col_offset)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        where = str(path.relative_to(ROOT))
        literals = [str(each.value) for each in call.args if isinstance(each, ast.Constant)]
        if name in {"tr", "mark", "phrase"} and literals:
            yield Text(where, literals[0])
        elif name == "trn" and len(literals) >= len(("one", "many")):
            yield Text(where, literals[0], literals[1])
        elif name == "Command" and len(literals) > SUMMARY - 1 and len(call.args) > SUMMARY:
            summary = call.args[SUMMARY]
            if isinstance(summary, ast.Constant):
                yield Text(where, str(summary.value))


def read(language: str) -> Catalog:
    """The catalogue as it stands; an empty one if there is none."""
    path = LOCALE / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The catalogue with exactly the texts of the code, and the translations that it has for them."""
    old = read(language)
    new = Catalog(
        locale=language,
        project="Tocsin",
        header_comment="# Translations of Tocsin.",
        fuzzy=False,
        charset="utf-8",
    )
    for text in texts():
        known = old.get(text.one)
        same = known is not None and (known.id == text.key)
        new.add(text.key, known.string if same and known is not None else None, [(text.where, 0)])
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue as its file holds it: no dates, so that nothing changes where no text does."""
    out = BytesIO()
    write_po(out, catalogue, width=110, omit_header=False, include_lineno=False, sort_by_file=False)
    kept = [
        each
        for each in out.getvalue().splitlines(keepends=True)
        if not each.startswith(
            (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
        )
    ]
    return b"".join(kept)


def sides(message: Message) -> tuple[list[str], list[str]]:
    """What the code says, and what the catalogue says for it: one text, or one per plural form."""
    given = message.id if isinstance(message.id, tuple | list) else (message.id,)
    told = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return [str(each) for each in given], [each or "" for each in told]


def untranslated(catalogue: Catalog) -> list[str]:
    """Texts without a translation, or with one plural form missing."""
    return [str(each.id) for each in catalogue if each.id and not all(sides(each)[1])]


if __name__ == "__main__":
    for spoken in LANGUAGES:
        if spoken != ENGLISH:
            fresh = updated(spoken)
            (LOCALE / f"{spoken}.po").write_bytes(written(fresh))
            for lacking in untranslated(fresh):
                sys.stdout.write(f"{spoken}: {lacking}\n")
