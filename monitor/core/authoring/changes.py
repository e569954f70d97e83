"""What is different between two rule books, in words short enough for one line of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.core.model import RuleBook

MOST_NAMED = 5
"""Names of one kind that are listed; of more than these the number."""

NO_CHANGE = "comments or layout only"


def changes(old: RuleBook, new: RuleBook) -> str:
    """For example `rules +border ~missile; feeds -2`: added, changed, removed."""
    told = [
        _told("rules", {rule.id: rule for rule in old.rules}, {rule.id: rule for rule in new.rules}),
        _told("entities", old.entities, new.entities),
        _told(
            "feeds",
            {feed.url: feed for feed in old.feeds},
            {feed.url: feed for feed in new.feeds},
            named=False,
        ),
    ]
    return "; ".join(filter(None, told)) or (NO_CHANGE if _same_order(old, new) else "another order")


def _same_order(old: RuleBook, new: RuleBook) -> bool:
    """Whether rules and feeds stand in the same order."""
    return [r.id for r in old.rules] == [r.id for r in new.rules] and [f.url for f in old.feeds] == [
        f.url for f in new.feeds
    ]


def _told(kind: str, old: Mapping[str, object], new: Mapping[str, object], *, named: bool = True) -> str:
    groups = {
        "+": [name for name in new if name not in old],
        "~": [name for name in new if name in old and new[name] != old[name]],
        "-": [name for name in old if name not in new],
    }
    parts = [
        " ".join(f"{sign}{name}" for name in names)
        if named and len(names) <= MOST_NAMED
        else f"{sign}{len(names)}"
        for sign, names in groups.items()
        if names
    ]
    return " ".join([kind, *parts]) if parts else ""
