"""How the command line writes: JSON that every terminal takes, times, foreign text, the examples of `--help`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from monitor.chat.excerpt import clean
from monitor.core.model import Evidence

UNKNOWN_ENCODING = "ascii"


def echo_json(value: Any) -> None:  # noqa: ANN401 - whatever JSON can say
    """One line of JSON; in ASCII where the output cannot encode it, as a console of another country."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        written.encode(sys.stdout.encoding or UNKNOWN_ENCODING)
    except UnicodeEncodeError:
        written = json.dumps(value, allow_nan=False)
    click.echo(written)


def one_line(text: str) -> str:
    """Foreign text as a terminal may show it: on one line, without anything that acts on the terminal."""
    return clean(text).text


def time(at: datetime | None) -> str | None:
    """A time as ISO 8601, in UTC."""
    return at.isoformat(timespec="seconds") if at is not None else None


def places(evidence: Iterable[Evidence]) -> list[dict[str, Any]]:
    """Evidence as JSON."""
    return [
        {
            "clause": e.clause,
            "term": e.term,
            "field": e.field,
            "start": e.start,
            "end": e.end,
            "surface": e.surface,
        }
        for e in evidence
    ]


def example(*commands: str) -> str:
    """The end of a command's `--help`: lines that can be copied as they stand."""
    return "\b\n" + "\n".join(["Example:", *(f"  {command}" for command in commands)])
