"""The fields of the query language: what may stand before a colon, and which values each one takes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from enum import Enum

from monitor.core.language.refusal import cut
from monitor.core.phrase import phrase

WORD_FIELDS = ("title", "text", "source", "author")
"""Fields that are searched word by word."""

VALUE_FIELDS = ("tag", "tier", "lang", "url")
"""Fields whose value is compared as a whole; of a link, any part."""

DATE_FIELDS = ("after", "before", "within")
"""Bounds for the story's date of publication."""

HISTORY_FIELDS = ("rule", "level", "card", "is")
"""What became of a stored story: only a search can ask."""

FIELDS = (*WORD_FIELDS, *VALUE_FIELDS, *DATE_FIELDS, *HISTORY_FIELDS)
"""What may stand before a colon."""

LEVELS = ("info", "alert", "flash")
"""Values of `level:`, as rules write them."""

STATES = ("muted",)
"""Values of `is:`."""

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_SPAN = re.compile(r"([1-9]\d{0,3})([mhdw])", re.ASCII | re.IGNORECASE)
_CARD = re.compile(r"#?([1-9]\d{0,17})", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Dialect(Enum):
    """Who asks: it decides which elements of the language may stand in a query."""

    RULE = "rule"  # rules of rules.yaml: patterns, but no history, and of the dates only within:
    SEARCH = "search"  # a search of stored stories by anybody: no patterns
    OWNER = "owner"  # a search by somebody who may edit the rules: everything


def day_of(text: str) -> datetime | None:
    """The begin, in UTC, of a day written as 2026-09-01; None if it is no such day."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:  # the calendar has no such day
        return None


def span_of(text: str) -> timedelta | None:
    """A length of time written as 30m, 24h, 7d or 2w; None if it is none."""
    found = _SPAN.fullmatch(text)
    return timedelta(**{_UNITS[found[2].lower()]: int(found[1])}) if found else None


def card_of(text: str) -> str | None:
    """The number of a card written as 17 or #17, as its digits; None if it is none."""
    found = _CARD.fullmatch(text)
    return found[1] if found else None


def value_problem(field: str, text: str) -> tuple[str, str] | None:
    """What is wrong with a value of a date or history field, and the mend; None if it fits."""
    problem = None
    shown = cut(text)
    if field in ("after", "before") and day_of(text) is None:
        problem = (
            phrase("{shown} is no day of the calendar", shown=shown),
            phrase("write the day as {field}:2026-09-01", field=field),
        )
    elif field == "within" and span_of(text) is None:
        problem = (
            phrase("{shown} is no length of time", shown=shown),
            phrase("write minutes, hours, days or weeks: within:30m, within:24h, within:7d, within:2w"),
        )
    elif field == "level" and text.casefold() not in LEVELS:
        problem = (
            phrase("there is no level {shown}", shown=shown),
            phrase("levels are {levels}", levels=", ".join(LEVELS)),
        )
    elif field == "card" and card_of(text) is None:
        problem = phrase("{shown} is no number of a card", shown=shown), phrase("cards are numbers: card:17")
    elif field == "is" and text.casefold() not in STATES:
        problem = (
            phrase("is:{shown} has no meaning", shown=shown),
            phrase("write {value}", value=" or ".join(f"is:{one}" for one in STATES)),
        )
    return problem
