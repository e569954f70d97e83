"""Putting plans together: never stricter than the query, and without idle parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.match.plan import AllOf, AnyOf, Everything, Plan

if TYPE_CHECKING:
    from collections.abc import Iterable

_FEW = 6
"""Parts that are compared one by one faster than by their hashes, which go all the way down."""


def all_of(parts: Iterable[Plan]) -> Plan:
    """Every part that restricts anything, once."""
    listed = tuple(parts)
    if len(listed) == 1:
        return listed[0]
    kept: list[Plan] = []
    for part in listed:
        if type(part) is AllOf:
            kept += part.parts
        elif not isinstance(part, Everything):
            kept.append(part)
    kept = _once(kept)
    if not kept:
        return Everything()
    return AllOf(tuple(kept)) if len(kept) > 1 else kept[0]


def any_of(parts: Iterable[Plan]) -> Plan:
    """At least one part; no restriction if there is a part without."""
    listed = tuple(parts)
    if len(listed) == 1:
        return listed[0]
    kept: list[Plan] = []
    for part in listed:
        if isinstance(part, AnyOf):
            kept += part.parts
        elif isinstance(part, Everything):
            return part
        else:
            kept.append(part)
    kept = _once(kept)
    if not kept:
        return Everything()
    return AnyOf(tuple(kept)) if len(kept) > 1 else kept[0]


def some_of(count: int, parts: Iterable[Plan]) -> Plan:
    """At least `count` of the parts, as far as the index can tell."""
    listed = list(parts)
    if count == len(listed):
        return all_of(listed)
    idle = sum(isinstance(part, Everything) for part in listed)
    return (
        Everything() if idle >= count else any_of(part for part in listed if not isinstance(part, Everything))
    )


def _once(parts: list[Plan]) -> list[Plan]:
    """The parts in order, each once."""
    if len(parts) > _FEW:
        return list(dict.fromkeys(parts))
    kept: list[Plan] = []
    for part in parts:
        if part not in kept:
            kept.append(part)
    return kept
