"""One event in full: who told it when, what they changed since, and which rules it hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.desk.answers import Forbidden, NoCard

if TYPE_CHECKING:
    from monitor.core.model import CardView, StoredStory, Version
    from monitor.desk.answers import Caller
    from monitor.desk.office import Office


@dataclass(frozen=True, slots=True)
class Told:
    """A story on a card, with what it was before its edits, newest first."""

    stored: StoredStory
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class OneStory:
    """A card with its stories, first seen first."""

    card: CardView
    told: tuple[Told, ...]
    hushed: str | None  # the mute for which it was not told here


class StoriesDesk:
    """Answers what is known of one event."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def story(self, caller: Caller, number: int) -> OneStory | NoCard | Forbidden:
        """A card in full, as the caller's chat may know it."""
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        store = self._office.store
        card = store.card(number, caller.here)
        if card is None:
            newest = store.cards(1, viewer=caller.here)
            return NoCard(number, newest[0].card.number if newest else None)
        told = tuple(Told(each, store.versions(each.id)) for each in store.stories_on(number, caller.here))
        return OneStory(card, told, store.hushed(caller.here, [number]).get(number))
