"""What the store may use to find candidate stories for a query; the matcher then decides.

A plan is never stricter than its query: a story that the matcher would accept satisfies it. Tokens are those of
`monitor.core.text.index_text`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """The story's index text holds this token, or with `prefix` one that begins with it."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; at least two parts."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; at least two parts."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """No restriction: every story is a candidate."""


Plan = Token | AllOf | AnyOf | Everything
