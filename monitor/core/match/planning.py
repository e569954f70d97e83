"""Putting plans together: never stricter than the query, and without idle parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.match.plan import AllOf, AnyOf, Everything, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable


def all_of(parts: Iterable[Plan]) -> Plan:
    """Every part that restricts anything, once."""
    kept: dict[Plan, None] = {}
    for part in parts:
        if not isinstance(part, Everything):
            kept.update(dict.fromkeys(part.parts if isinstance(part, AllOf) else (part,)))
    if not kept:
        return Everything()
    return AllOf(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def any_of(parts: Iterable[Plan]) -> Plan:
    """At least one part; no restriction if there is a part without."""
    kept: dict[Plan, None] = {}
    for part in parts:
        if isinstance(part, Everything):
            return part
        kept.update(dict.fromkeys(part.parts if isinstance(part, AnyOf) else (part,)))
    if not kept:
        return Everything()
    return AnyOf(tuple(kept)) if len(kept) > 1 else next(iter(kept))


def some_of(count: int, parts: Iterable[Plan]) -> Plan:
    """At least `count` of the parts, as far as the index can tell."""
    listed = list(parts)
    if count == len(listed):
        return all_of(listed)
    idle = sum(isinstance(part, Everything) for part in listed)
    return (
        Everything() if idle >= count else any_of(part for part in listed if not isinstance(part, Everything))
    )
