"""Rules: what people wait for, and what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple, NewType

from monitor.core.model.outlets import Outlet
from monitor.core.model.sources import Feed

if TYPE_CHECKING:
    from monitor.core.language import Query  # a parser process never needs the language

RuleId = NewType("RuleId", str)
"""A rule's name in rules.yaml: a word, short and stable."""


class Level(IntEnum):
    """How much a hit matters; higher overtakes lower."""

    INFO = 1
    ALERT = 2
    FLASH = 3

    @property
    def word(self) -> str:
        """The level as rules.yaml and people write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Guard:
    """Terms of an entity that do not count inside other ones: 평양 inside 태평양, `Korea` inside `North Korea`."""

    terms: frozenset[str]
    excepted: tuple[str, ...]  # in the query language, like the terms


@dataclass(frozen=True, slots=True)
class Entity:
    """A named list of terms, per language; `@name` in a query means any of them.

    `terms` are all of them, those of countries, places and included entities too. A term in two guards counts
    where one of them lets it.
    """

    name: str
    terms: Mapping[str, tuple[str, ...]]  # language tag ("*" for any) -> terms, each in the query language
    guards: tuple[Guard, ...] = ()


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that a rule must and must not match; they run whenever the rules are loaded."""

    match: tuple[str, ...] = ()
    no_match: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of rules.yaml."""

    id: RuleId
    match: Query
    unless: Query | None = None
    level: Level = Level.ALERT
    name: str = ""  # what it waits for, in words; may be empty
    tags: tuple[str, ...] = ()
    examples: Examples = Examples()


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All of rules.yaml, validated. `version` is a short digest of the file's bytes."""

    feeds: tuple[Feed, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    version: str = ""
    destinations: tuple[Outlet, ...] = ()  # ways out beside the chats


class Evidence(NamedTuple):
    """One place that made a rule match. A tuple, since a story may have dozens and each is made in a wink.

    `start` and `end` are character offsets into the story's field named `field` (title, summary, text, ...);
    `surface` is what stands there; `term` is what the rule asked for; `clause` is the part of the rule, printed
    in the query language, that the term belongs to.
    """

    clause: str
    term: str
    field: str
    start: int
    end: int
    surface: str


class Hit(NamedTuple):
    """A rule matched a story, and why; a tuple as its evidence is."""

    rule: RuleId
    level: Level
    evidence: tuple[Evidence, ...]
