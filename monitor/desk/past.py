"""The search of stored stories, page by page: the store proposes, the matcher of the rules decides."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.core.access import Action
from monitor.desk.advice import Nothing, advise
from monitor.desk.answers import Counted, Find, Forbidden, Found, QueryMistake
from monitor.desk.looking import PATIENCE, SCAN, Look, Sort, look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.desk.answers import Caller
    from monitor.desk.office import Office

PAGE = 5
"""Stories on one page: what a phone shows without scrolling far."""

STEP = timedelta(milliseconds=40)
"""Time for one step of counting."""

MOST_COUNTED = 500
"""Up to so many the number of finds is exact."""

RANKED = 200
"""Stories that are put in order where the best are asked for."""


class PastDesk:
    """Answers what was; every question first asks whether the caller may ask it."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def search(
        self, caller: Caller, asked: str, before: int | None = None
    ) -> Found | Nothing | QueryMistake | Forbidden:
        """One page of the stories that match.

        Newest stored first, below the story id `before`; with `sort:best` in it the best first, without the first
        `before` of them. `Found.older` is what to give for the page that follows. Stops early after `SCAN`
        candidates or `PATIENCE`, and then says how far back it came.
        """
        if refusal := self._office.refusal(Action.READ, caller):
            return refusal
        asking = look(self._office, caller, asked)
        if isinstance(asking, QueryMistake):
            return asking
        found = self._best(asking, before or 0) if asking.sort is Sort.BEST else None
        found = found or self._newest(asking, before)
        if found.first and not found.finds and found.older is None:
            return advise(asking)
        return found

    def count(self, caller: Caller, asked: str) -> Iterator[Counted]:
        """How many stories match, step by step, each about as long as `STEP`; exact up to `MOST_COUNTED`.

        Gives nothing for a caller or a query that `search` refuses.
        """
        refused = self._office.refusal(Action.READ, caller) is not None
        asking = look(self._office, caller, asked)
        if refused or isinstance(asking, QueryMistake):
            return
        clock = self._office.clock
        number = 0
        end, pause = clock() + PATIENCE, clock() + STEP
        for stories, below in asking.portions():
            number += sum(asking.matches(each) for each in stories)
            now = clock()
            if number > MOST_COUNTED or (now > end and below is not None):
                yield Counted(min(number, MOST_COUNTED), more=True)
                return
            if now > pause and below is not None:
                yield Counted(number, more=True, done=False)
                pause = clock() + STEP
        yield Counted(number, more=False)

    def _best(self, asking: Look, skip: int) -> Found | None:
        """A page of the best; None if none is found so, which need not mean that there is none."""
        finds = asking.best(RANKED)
        page = finds[skip : skip + PAGE]
        if not page:
            return None
        older = skip + PAGE if len(finds) > skip + PAGE else None
        return Found(asking.asked, page, older, first=not skip, best=True, editor=self._edits(asking.caller))

    def _newest(self, asking: Look, before: int | None) -> Found:
        """Read candidates until one more than a page is found: that one tells whether there is a next page."""
        finds: list[Find] = []
        read = 0
        end = self._office.clock() + PATIENCE
        editor, first = self._edits(asking.caller), before is None
        for stories, below in asking.portions(before):
            for stored in stories:
                found = asking.find(stored)
                if found is None:
                    continue
                if len(finds) == PAGE:
                    older = finds[-1].stored.id
                    return Found(asking.asked, tuple(finds), older, first=first, editor=editor)
                finds.append(found)
            read += len(stories)
            if below is not None and (read >= SCAN or self._office.clock() > end):
                back_to = stories[-1].seen_at if stories else None
                return Found(asking.asked, tuple(finds), below, back_to, first=first, editor=editor)
        return Found(asking.asked, tuple(finds), None, first=first, editor=editor)

    def _edits(self, caller: Caller) -> bool:
        return self._office.refusal(Action.EDIT, caller) is None
