"""Entities that include others: the ones that do not exist, and circles."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from monitor.rulebook.document import Listing, Mapping, Node, Scalar
from monitor.rulebook.entity_values import ENTITY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.errors import Mistake
    from monitor.rulebook.document import Source


MOST_CIRCLES = 20
"""More are not told; each costs a search."""


def include_mistakes(section: Node | None, source: Source) -> Iterator[Mistake]:
    """What is wrong with the includes of a section of entities, each at its place."""
    entries = {key.value: node for key, node in section.pairs} if isinstance(section, Mapping) else {}
    places: dict[str, dict[str, int]] = {name: {} for name in entries}  # entity -> included one -> its place
    for name, node in entries.items():
        for scalar in _included(node):
            if scalar.value.strip() in entries:
                places[name].setdefault(scalar.value.strip(), scalar.start)
            elif ENTITY_NAME.fullmatch(scalar.value.strip()):  # else the schema says so
                yield _unknown(scalar, entries, source)
    for _ in range(MOST_CIRCLES):
        path = _circle(places)
        if not path:
            return
        message = f"this goes round in a circle: {' -> '.join(path)}"
        place = places[path[0]].pop(path[1])
        yield source.mistake(place, message, "Take one of these out of its `include`.")


def _circle(includes: dict[str, dict[str, int]]) -> list[str]:
    """A path along includes that ends where it began, beginning with what stands first; empty if there is none."""
    try:
        TopologicalSorter(includes).prepare()
    except CycleError as error:
        path: list[str] = error.args[1][:0:-1]  # from what includes to what is included, without its end
        order = list(includes)
        first = path.index(min(path, key=order.index))
        return [*path[first:], *path[:first], path[first]]
    return []


def _included(node: Node) -> Iterator[Scalar]:
    """The names after `include`, as far as they are texts."""
    pair = node.get("include") if isinstance(node, Mapping) else None
    value = pair[1] if pair else None
    for item in value.items if isinstance(value, Listing) else (value,):
        if isinstance(item, Scalar) and not item.is_null and item.value.strip():
            yield item


def _unknown(scalar: Scalar, entries: dict[str, Node], source: Source) -> Mistake:
    name = scalar.value.strip()
    near = get_close_matches(name, entries, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(sorted(entries))}."
    return source.mistake(scalar.start, f"there is no entity `{name}` to include", hint)


__all__ = ["include_mistakes"]
