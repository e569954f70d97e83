"""What the store may use to find candidate stories for a query; the matcher then decides.

A plan is never stricter than its query: a story that the matcher would accept satisfies it. Tokens are those of
`monitor.core.text.index_text`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Token:
    """The story's index text holds this token, or with `prefix` one that begins with it."""

    text: str
    prefix: bool = False
    name: bool = field(default=False, compare=False)  # of a word written with a capital: rarer than others

    def __hash__(self) -> int:
        """Quick: plans are full of tokens."""
        return hash(self.text)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; at least two parts."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Run(AllOf):
    """Every part holds, in one run of Hangul that holds `text`; where it must begin or end the run, it says so.

    Whoever knows nothing of runs may take it for what it also is.
    """

    parts: tuple[Token, ...]
    text: str
    begins: bool = False
    ends: bool = False

    @property
    def mark(self) -> str:
        """What it asks for, as one string that is no token."""
        return run_mark(self.text, self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; at least two parts."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Nearly:
    """The index text holds a token that begins or ends so: one edit leaves one half of a word as it was.

    Whoever cannot look for endings takes it for no restriction.
    """

    begin: str
    end: str


@dataclass(frozen=True, slots=True)
class Became:
    """What became of a stored story: `text` is what stands behind `rule: level: card: is:`.

    Nothing of it is in the index of words. Whoever knows nothing of it takes it for no restriction.
    """

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Aged:
    """The story's date lies within bounds; the date when it was seen stands in for a missing one.

    `age` counts back from a moment that only the asker knows. Whoever knows no dates takes it for no restriction.
    """

    since: datetime | None = None
    until: datetime | None = None  # earlier than this
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Everything:
    """No restriction: every story is a candidate."""


Plan = Token | AllOf | AnyOf | Nearly | Became | Aged | Everything


def run_mark(text: str, begins: bool, ends: bool) -> str:  # noqa: FBT001 - as they stand in Run
    """One string for a run of Hangul that must begin or end so."""
    return f"{'^' * begins}{text}{'$' * ends}="
