"""`/.../`: regular expressions by RE2, which takes linear time whatever the pattern is; its only home.

A pattern runs over the folded text of a field, as words do: NFKC, unified quotes, dashes and spaces, nothing
invisible; but capitals count unless it has the flag i. Its own text is folded in the same way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Protocol, cast

import re2

from monitor.core.match.plan import Everything, Plan
from monitor.core.match.spans import Find, Span
from monitor.core.match.translate import MARKS, Refused, even, marked, translated, unmarked
from monitor.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.core.match.reading import Reading
    from monitor.core.match.spans import Finds
    from monitor.core.text import Words

MEMORY = 1 << 20
"""Bytes that RE2 may use for one pattern and its search; a pattern that needs more is refused."""

MOST_STEPS = 1500
"""Steps of the largest program that RE2 may make of a pattern: at worst each is looked at for each character."""

MOST_PLACES = 100
"""Places of one pattern that are looked at in one field."""

_LONGEST_MESSAGE = 100
"""Characters of what RE2 says that are shown."""

_marked = lru_cache(maxsize=8)(marked)
"""The fields of the story at hand, marked once for all patterns."""


def pattern(clause: str, text: str, *, ignore_case: bool) -> Sought | Refused:
    """The part for a pattern, or why it cannot be one; `clause` is the pattern as it is shown."""
    folded = fold(text).text
    compiled = _compiled(folded, ignore_case=ignore_case)
    if isinstance(compiled, Refused):
        return compiled
    ours = translated(folded)
    if isinstance(ours, Refused):
        return ours
    written, marked_text = ours
    found = _compiled(written, ignore_case=ignore_case)
    if isinstance(found, Refused):
        return found
    if compiled.search("") or (marked_text and found.search(MARKS)):
        return Refused(
            "this pattern finds every text, since it needs no character at all",
            "write + instead of *, or a letter beside it",
        )
    return Sought(clause, found, marked_text)


def _compiled(text: str, *, ignore_case: bool) -> _Searcher | Refused:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    options.case_sensitive = not ignore_case
    try:
        found = cast("_Searcher", re2.compile(text, options))
    except re2.error as error:
        said = error.args[0]
        message = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return Refused(f"this pattern cannot be used: {message[:_LONGEST_MESSAGE]}", _hint(message))
    if found.programsize > MOST_STEPS:
        return Refused(
            f"this pattern is too large: it takes {found.programsize} steps, and {MOST_STEPS} is the most",
            r"repeat less with {n}, and take \w rather than \pL",
        )
    return found


def _hint(message: str) -> str:
    if "perl operator" in message:
        return "RE2 looks neither ahead nor behind; a group is (...) or (?:...)"
    return "a sign that stands for itself needs a \\ before it, and quotes look for text as it stands"


class _Found(Protocol):
    """What RE2 gives for a place."""

    def span(self) -> tuple[int, int]:
        """Start and end in the text."""


class _Searcher(Protocol):
    """What RE2 gives for a pattern."""

    programsize: int

    def search(self, text: str) -> _Found | None:
        """The first place in a text."""

    def finditer(self, text: str) -> Iterator[_Found]:
        """Places in a text that do not overlap."""


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """A compiled pattern."""

    clause: str
    compiled: _Searcher
    marked: bool  # whether it asks for marks at word boundaries

    def holds(self, reading: Reading, fields: tuple[str, ...]) -> bool:
        """Whether it is found."""
        return self.finds(reading, fields) is not None

    def finds(self, reading: Reading, fields: tuple[str, ...]) -> Finds | None:
        """The first places in each field."""
        found = tuple(
            self._find(field, words, start, end)
            for field in fields
            for words in (reading.words(field),)
            for start, end in self._places(words)
        )
        return found or None

    def spans(self, reading: Reading, field: str) -> list[Span]:
        """Its places among the words of one field; those without a word have none."""
        words = reading.words(field)
        starts = [word.start for word in words.all]
        ends = [word.end for word in words.all]
        out: list[Span] = []
        for start, end in self._places(words):
            first, last = bisect_right(ends, start), bisect_left(starts, end) - 1
            if first <= last:
                found = self._find(field, words, start, end)
                out.append(Span(start, end, first, last, found))
        return out

    def _find(self, field: str, words: Words, start: int, end: int) -> Find:
        begin, stop = words.span(start, end)
        return Find(self.clause, self.clause, field, begin, stop, words.original[begin:stop])

    def _places(self, words: Words) -> Iterator[tuple[int, int]]:
        """Where it stands in the folded text; never nowhere, as `pattern` made sure."""
        folded = words.folded.text
        text = _marked(folded) if self.marked else even(folded)
        for found in islice(self.compiled.finditer(text), MOST_PLACES):
            start, end = found.span()
            if self.marked:
                start, end = unmarked(text, start), unmarked(text, end)
            yield start, end

    def plan(self) -> Plan:
        """No restriction: what a pattern needs is no word that the index holds."""
        return Everything()
