"""What a query reaches for: entities of the rules file, fields of the story."""

from __future__ import annotations

from monitor.core.language.tree import In, Query, Ref, walk


def entities_used(query: Query) -> frozenset[str]:
    """Names of the entities that the query mentions."""
    return frozenset(node.name for node in walk(query.tree) if isinstance(node, Ref))


def fields_used(query: Query) -> frozenset[str]:
    """Fields that the query names; it may search others too, where it names none."""
    return frozenset(node.name for node in walk(query.tree) if isinstance(node, In))
