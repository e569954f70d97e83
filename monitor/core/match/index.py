"""Which rules a story could wake: an index over one required set of tokens per rule.

From each rule's plan the cheapest set of tokens is taken of which the story must hold at least one. What a chunk of
text wakes is remembered, so that a story costs one look for each of its chunks, however many rules there are;
adding a rule touches no other.
"""

from __future__ import annotations

from collections import ChainMap
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING

from monitor.core.match.frequent import cost
from monitor.core.match.plan import AllOf, AnyOf, Plan, Run, Token
from monitor.core.text import CHUNKS, LONGEST_KEPT

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from monitor.core.text import Words

_OFTEN = 8
"""Rules that a token may wake before another is the better choice."""

MEMO_LIMIT = 100_000
"""Chunks of which is remembered what they wake, before the memo starts afresh: about 15 MB at most."""

Numbers = tuple[int, ...]
Woken = tuple[Numbers, tuple[str, ...]]
"""Rules that a chunk wakes, and which of the tokens that are looked for it holds."""

Need = Token | Run

Needed = tuple[tuple[Need, ...], float]

_NOTHING: Needed = ((), 0.0)

_PAIR = 2
_SYLLABLE = 0.25
"""How much rarer a run is for every syllable beyond two."""


class WakeIndex:
    """Numbers of rules by what wakes them."""

    def __init__(self, under: WakeIndex | None = None) -> None:
        """`under` is an index that stays as it is; this one adds to it."""
        self.under = under
        self.always: Numbers = ()
        self.whole: dict[str, Numbers] = {}
        self.begun: dict[int, dict[str, Numbers]] = {}  # length of a prefix -> prefix -> rules
        # the rarest pair of syllables of a run -> runs -> rules
        self.runs: dict[str, dict[Run, Numbers]] = {}
        self.also: dict[int, tuple[str, ...]] = {}  # rule -> tokens of which the story must hold one, too
        self.memo = _Memo(self)

    def add(self, number: int, plan: Plan) -> None:
        """Make rule `number` wake for every story that satisfies its plan."""
        parts = plan.parts if type(plan) is AllOf else (plan,)
        able = sorted([one for one in map(self._needed, parts) if one[0]], key=itemgetter(1))
        if not able:
            self.always += (number,)
            return
        for one in able[0][0]:
            if isinstance(one, Run):
                runs = self.runs.setdefault(self._rarest(one), {})
                runs[one] = (*runs.get(one, ()), number)
                self.whole.setdefault(one.mark, ())
            else:
                table = self.begun.setdefault(len(one.text), {}) if one.prefix else self.whole
                known = table.get(one.text)
                table[one.text] = (number,) if known is None else (*known, number)
        for needed, _ in able[1:]:
            if not any([one.prefix for one in needed if isinstance(one, Token)]):
                self.also[number] = tuple([self._rarest(one) for one in needed])
        if self.memo:
            self.memo.clear()

    def copy(self) -> WakeIndex:
        """One with the same rules that can have more. Whatever it is copied from must not change any more."""
        if self.under is None:
            return WakeIndex(self)
        made = WakeIndex(self.under)
        made.always = self.always
        made.whole = self.whole.copy()
        made.begun = {length: table.copy() for length, table in self.begun.items()}
        made.runs = {pair: table.copy() for pair, table in self.runs.items()}
        made.also = self.also.copy()
        return made

    def awake(self, *fields: Words) -> list[int]:
        """Rules that a story with these fields could fire, in order; tells the fields what it saw."""
        numbers = set(self.always)
        also: Mapping[int, tuple[str, ...]] = self.also
        watched: Container[str] = self.whole
        if self.under is not None:
            numbers.update(self.under.always)
            also = ChainMap(self.also, self.under.also)
            watched = ChainMap(self.whole, self.under.whole)
        look = self.memo.__getitem__
        for words in fields:
            seen: dict[str, list[int]] = {}
            looked = map(look, words.chunks)
            for at, (woken, marks) in [(at, one) for at, one in enumerate(looked) if one is not None]:
                numbers.update(woken)
                for mark in marks:
                    if mark in seen:
                        seen[mark].append(at)
                    else:
                        seen[mark] = [at]
            words.note(watched.__contains__, seen)
        if also.keys().isdisjoint(numbers):
            return sorted(numbers)
        held = [words.marks for words in fields]
        return sorted(
            [
                number
                for number in numbers
                if number not in also or any([not marks.isdisjoint(also[number]) for marks in held])
            ]
        )

    def woken(self, chunk: str) -> Woken | None:
        """What a chunk of text wakes; None for nothing."""
        below = self.under.memo[chunk] if self.under is not None else None
        found = [below[0]] if below else []
        marks = list(below[1]) if below else []
        held = CHUNKS[chunk]
        for token in held.marks:
            if token in self.whole:
                found.append(self.whole[token])
            for length, table in self.begun.items():
                if token[:length] in table:
                    found.append(table[token[:length]])
            for run, numbers in self.runs.get(token, {}).items():
                if any([_holds(word[3].text, run) for word in held.words]):
                    found.append(numbers)
                    marks.append(run.mark)
        marks += [token for token in held.marks if token in self.whole]
        if not marks and not found:
            return None
        return found[0] if len(found) == 1 else tuple(sorted(set(chain(*found)))), tuple(marks)

    def _needed(self, plan: Plan) -> Needed:
        """Of what a story that satisfies the plan holds one at least, and its cost; nothing if there is nothing."""
        match plan:
            case Token():
                return (plan,), self._cost(plan)
            case Run(parts=parts, text=text):
                return (plan,), min(map(self._cost, parts)) * _SYLLABLE ** (len(text) - _PAIR)
            case AllOf(parts=parts):
                able = [one for one in map(self._needed, parts) if one[0]]
                return min(able, key=itemgetter(1), default=_NOTHING)
            case AnyOf(parts=parts):
                return self._any_of(parts)
            case _:
                return _NOTHING

    def _any_of(self, parts: Iterable[Plan]) -> Needed:
        needs: list[Need] = []
        costs: list[float] = []
        for part in parts:
            if isinstance(part, Token):
                needs.append(part)
                costs.append(self._cost(part))
                continue
            needed, price = self._needed(part)
            if not needed:
                return _NOTHING
            needs += needed
            costs.append(price)
        # Most alternatives are often keys of one word: the dearest counts, the others a little.
        return tuple(needs), max(costs) + 0.1 * sum(costs)

    def _rarest(self, need: Need) -> str:
        """The one token to look for."""
        return min(need.parts, key=self._cost).text if isinstance(need, Run) else need.text

    def _cost(self, token: Token) -> float:
        """How often a token will likely wake; what wakes many rules already had better wake no more."""
        price = cost(token.text)
        woken = self.whole.get(token.text)
        return price if woken is None or len(woken) < _OFTEN else price * len(woken) / _OFTEN


class _Memo(dict[str, Woken | None]):
    """Rules by the chunk that wakes them; forgetting all of them changes nothing."""

    def __init__(self, index: WakeIndex) -> None:
        super().__init__()
        self._index = index

    def __missing__(self, chunk: str) -> Woken | None:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        made = self._index.woken(chunk)
        if len(chunk) <= LONGEST_KEPT:
            self[chunk] = made
        return made


def _holds(word: str, run: Run) -> bool:
    """Whether a run of Hangul holds the one asked for where it must."""
    if run.begins and run.ends:
        return word == run.text
    if run.begins:
        return word.startswith(run.text)
    return word.endswith(run.text) if run.ends else run.text in word
