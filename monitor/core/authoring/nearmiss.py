"""Stories that a rule misses by exactly one clause: what a rule may be too narrow for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, cast

from monitor.core.match.explain import Nearly, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from monitor.core.match.explain import Explanation, Step
    from monitor.core.match.plan import Plan
    from monitor.core.model import Entity, Evidence, Rule, RuleId, Story


class Cause(StrEnum):
    """Why the one clause fails."""

    LACKS = "lacks"  # it is not found
    FAR = "far"  # both sides of a NEAR are there, but not near enough, or in the other order
    EXCLUDED = "excluded"  # something is there that a NOT excludes
    UNLESS = "unless"  # the rule's `unless` keeps it from hitting


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that one clause keeps from hitting a story."""

    rule: RuleId
    cause: Cause
    clause: str  # that fails
    had: tuple[Evidence, ...]  # what the rule asks for and the story has
    against: tuple[Evidence, ...]  # what speaks against it: found by the NOT or the `unless`
    explanation: Explanation


class NearMisses:
    """Rules, compiled to see what they just miss."""

    def __init__(self, rules: Iterable[Rule], entities: Mapping[str, Entity]) -> None:
        self._nearly = Nearly(rules, entities)

    @property
    def plan(self) -> Plan | None:
        """What the store must hold of a story that any of the rules just misses; None if there can be none."""
        return self._nearly.plan

    def of(self, story: Story, now: datetime | None = None) -> tuple[NearMiss, ...]:
        """The rules that just miss the story, in the order given; `now` as for `Matcher.hits`."""
        return tuple(map(_near_miss, self._nearly.of(story, now)))


def _near_miss(explained: Explanation) -> NearMiss:
    blocker = cast("Step", explained.blocker)  # what misses has one
    path = explained.path
    if not path:
        cause = Cause.UNLESS
    else:
        cause = {Shape.NEAR: Cause.FAR, Shape.NOT: Cause.EXCLUDED}.get(blocker.shape, Cause.LACKS)
    speaks_against = cause in (Cause.UNLESS, Cause.EXCLUDED)
    return NearMiss(
        rule=explained.rule,
        cause=cause,
        clause=blocker.clause,
        had=_there(path) if path else explained.match.evidence,
        against=blocker.evidence if speaks_against else (),
        explanation=explained,
    )


def _there(path: tuple[Step, ...]) -> tuple[Evidence, ...]:
    """What was found beside the clause that fails; for sides too far apart, the sides."""
    positive = [step for step in path if step.shape is not Shape.NOT]
    found = [each for step in positive for part in step.parts if part.holds for each in part.evidence]
    return tuple(dict.fromkeys(found))
