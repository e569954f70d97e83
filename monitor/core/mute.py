"""Mutes: who is not told of a hit, though they wait for its rule. Pure; the hit itself is stored as ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from monitor.core.errors import QueryError
from monitor.core.language import parse
from monitor.core.match import Finder, History, compile_query
from monitor.core.model import Destination, Entity, Hit, Mute, MuteKind, Story


class Mutes:
    """The mutes in force at a moment. Queries are compiled when the first story asks for them."""

    def __init__(self, mutes: Iterable[Mute], entities: Mapping[str, Entity], now: datetime) -> None:
        self._now = now
        self._mutes: dict[Destination, list[Mute]] = {}
        for mute in mutes:
            if mute.until > now:
                self._mutes.setdefault(mute.destination, []).append(mute)
        self._entities = entities
        self._finders: dict[str, Finder | None] = {}

    def silenced(
        self, destination: Destination, story: Story, hit: Hit, card: int, hits: Sequence[Hit] = ()
    ) -> Mute | None:
        """The mute of a destination that covers a hit of a story on a card, the longest one; None for none.

        `hits` are all of the story: what `rule:` and `level:` in a query ask for.
        """
        covering = (m for m in self._mutes.get(destination, ()) if self._covers(m, story, hit, card, hits))
        return max(covering, key=lambda mute: mute.until, default=None)

    def _covers(self, mute: Mute, story: Story, hit: Hit, card: int, hits: Sequence[Hit]) -> bool:
        match mute.kind:
            case MuteKind.RULE:
                return hit.rule == mute.value
            case MuteKind.CARD:
                return str(card) == mute.value
        finder = self._finder(mute.value)
        if finder is None:
            return False
        every = (*hits, hit)
        rules = tuple(each.rule for each in every)
        history = History(rules, max(each.level for each in every), card, seen_at=self._now)
        return finder.evidence(story, self._now, history) is not None

    def _finder(self, query: str) -> Finder | None:
        """The query, compiled; None if it can no longer be used, as rules.yaml lost an entity: it mutes nothing."""
        if query not in self._finders:
            try:
                self._finders[query] = compile_query(parse(query), self._entities)
            except QueryError:
                self._finders[query] = None
        return self._finders[query]


def told(mute: Mute) -> str:
    """A mute in words, as it is stored with what it silenced."""
    what = {
        MuteKind.RULE: f"rule {mute.value}",
        MuteKind.CARD: f"card #{mute.value}",
        MuteKind.QUERY: f'"{mute.value}"',
    }
    return what[mute.kind]


__all__ = ["Mutes", "told"]
