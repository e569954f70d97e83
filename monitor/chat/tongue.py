"""The languages that Tocsin speaks: gettext catalogues, chosen per chat.

Texts are written in English where they are used, as `tr("…")` or, with a count, as `trn("one", "many", n)`;
placeholders are filled afterwards: `tr("muted until {until}").format(until=…)`. What language is spoken is
decided once, where an answer or an alert begins, by `speaking`. The catalogues lie beside this file, in
`locale/`, as translators edit them; `python -m tests.tongues` brings them up to date.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from monitor.core.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

ENGLISH = "en"

LANGUAGES = {ENGLISH: "English", "ko": "한국어", "ru": "Русский"}
"""What may be chosen, each by its own name."""

_spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it `tr` and `trn` give texts in this language; English for one that we do not speak."""
    before = _spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _spoken.reset(before)


def spoken() -> str:
    """The language that is spoken now: "en", "ko" or "ru"."""
    return _spoken.get()


def tr(text: str) -> str:
    """The text in the language that is spoken."""
    return catalogue(spoken()).gettext(text)


def trn(one: str, many: str, count: int) -> str:
    """The text for a count, in the plural form that the spoken language has for it, with `{n}` filled in."""
    return catalogue(spoken()).ngettext(one, many, count).replace("{n}", number(count))


def said(text: str) -> str:
    """A text of the core in the language that is spoken, if it came as a Phrase; else as it is."""
    if not isinstance(text, Phrase):
        return text
    values = {name: said(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return tr(text.template).format(**values)


def mark(text: str) -> str:
    """The text as it is, to be translated where it is shown: for tables."""
    return text


def number(value: int) -> str:
    """A number with the digits grouped as readers of the spoken language expect: `12,400`, `12 400`."""
    return f"{value:,}" if spoken() == ENGLISH else format_decimal(value, locale=spoken())


def day(at: date, *, year: bool) -> str:
    """A day of the calendar, short: `3 Oct`, `3 окт. 2004 г.`, `10월 3일`."""
    if spoken() == ENGLISH:  # the day before the month, as in the rest of the world
        return format_date(at, "d MMM y" if year else "d MMM", locale=ENGLISH)
    return format_skeleton("yMMMd" if year else "MMMd", at, locale=spoken())


def known(language: str) -> str | None:
    """The language meant by a client's code ("ru-RU", IETF BCP 47) or by a name; None if we do not speak it."""
    written = language.strip().casefold()
    code = written.partition("-")[0].partition("_")[0]
    names = {name.casefold(): short for short, name in LANGUAGES.items()}
    return code if code in LANGUAGES else names.get(written)


@cache
def catalogue(language: str) -> NullTranslations:
    """The texts of a language; read once, when it is first spoken."""
    if language == ENGLISH:
        return NullTranslations()
    compiled = BytesIO()
    with (files("monitor.chat") / "locale" / f"{language}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
