"""What personal rules found is kept from everybody but the chats that they belong to. Pure.

A card gathers the stories of one event, whoever waits for it. So what a chat is shown of a card is the card as
if nobody else's personal rules were there: their hits, the stories that only they hit, and the level that only
they gave it are left out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from monitor.core.model import CardView, Hit, RuleId, StoredStory, personal

NOBODYS: frozenset[RuleId] = frozenset()


def open_to(rule: RuleId, mine: Collection[RuleId]) -> bool:
    """Whether hits of a rule may be shown to the chat whose personal rules are `mine`."""
    return not personal(rule) or rule in mine


def shown(view: CardView, mine: Collection[RuleId] = NOBODYS) -> CardView | None:
    """The card as a chat may see it; None if it is none of its business."""
    seen = without_others(view, mine)
    return seen if seen is view or seen.stories else None


def without_others(view: CardView, mine: Collection[RuleId]) -> CardView:
    """The card without what personal rules of others found; nothing is left of one that only they found."""
    if all(open_to(hit.rule, mine) for each in view.stories for hit in each.hits):
        return view
    stories = tuple(replace(each, hits=left) for each in view.stories if (left := _left(each.hits, mine)))
    level = max((hit.level for each in stories for hit in each.hits), default=view.card.level)
    return CardView(replace(view.card, level=level), stories)


def _left(hits: Collection[Hit], mine: Collection[RuleId]) -> tuple[Hit, ...]:
    return tuple(hit for hit in hits if open_to(hit.rule, mine))


def shown_story(stored: StoredStory, mine: Collection[RuleId] = NOBODYS) -> StoredStory:
    """The story as a chat may see it: every story, but what became of it only as far as it is its business."""
    rules = tuple(rule for rule in stored.rules if open_to(rule, mine))
    if len(rules) == len(stored.rules):
        return stored
    return replace(stored, rules=rules, card=stored.card if rules else None)


__all__ = ["open_to", "shown", "shown_story", "without_others"]
