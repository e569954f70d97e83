"""Which rules a story could wake, and which of the rules' marks it has: an index over chunks of text.

From each rule's plan the cheapest set of tokens is taken of which the story must hold at least one. What a chunk of
text wakes and which marks it has is remembered, so that a story costs one look for each of its chunks, however many
rules there are; adding a rule touches no other. (The design is a presearcher as in Lucene's monitor: a query wakes
by its rarest required words.)
"""

from __future__ import annotations

from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from monitor.core.match.frequent import cost
from monitor.core.match.plan import AllOf, AnyOf, Nearly, Plan, Run, Token
from monitor.core.text import CAPITAL, CHUNKS, LONGEST_KEPT, SMALL, Script

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from monitor.core.text import Words

_OFTEN = 8
"""Rules that a token may wake before another is the better choice."""

MEMO_LIMIT = 100_000
"""Chunks remembered before the memo starts afresh: about 15 MB at most."""

Numbers = tuple[int, ...]
Seen = tuple[Numbers, tuple[str, ...]]
"""Rules that a chunk wakes, and which of the marks that are looked for it has."""

K = TypeVar("K")
V = TypeVar("V")

Need = Token | Run | Nearly

Needed = tuple[tuple[Need, ...], float]

_NOTHING: Needed = ((), 0.0)

_PAIR = 2
_SYLLABLE = 0.6
"""How much rarer a run is for every syllable beyond two."""

_VERB = 8
"""How much commoner a run in -다 is: a verb."""


class WakeIndex:
    """Numbers of rules by what wakes them; also tells which of the rules' marks a text has, and where."""

    def __init__(self, under: WakeIndex | None = None) -> None:
        """`under` is an index that stays as it is; this one adds to it."""
        self.under = under
        self.always: Numbers = ()
        self.whole: dict[str, Numbers] = {}
        self.begun: dict[int, dict[str, Numbers]] = {}  # length of a prefix -> prefix -> rules
        self.ended: dict[int, dict[str, Numbers]] = {}  # length of an ending -> ending -> rules
        self.runs: dict[
            str, dict[Run, Numbers]
        ] = {}  # the rarest pair of a run -> runs -> rules, if it wakes any
        self.marks: set[str] = set()  # keys that are looked for
        self.memo: Memo[Seen | None] = Memo(self.look)

    def add(self, number: int, plan: Plan) -> None:
        """Make rule `number` wake for every story that satisfies its plan."""
        needed, _ = self._needed(plan)
        if not needed:
            self.always += (number,)
        for one in needed:
            if isinstance(one, Run):
                _put(self.runs.setdefault(self._rarest(one), {}), one, number)
            elif isinstance(one, Nearly):
                _put(self.begun.setdefault(len(one.begin), {}), one.begin, number)
                _put(self.ended.setdefault(len(one.end), {}), one.end, number)
            elif one.prefix:
                _put(self.begun.setdefault(len(one.text), {}), one.text, number)
            else:
                _put(self.whole, one.text, number)
        self._forget()

    def watch(self, keys: Iterable[str], runs: Iterable[Run] = ()) -> None:
        """Look for these keys and runs too: whoever reads a text that was looked at may ask for them."""
        self.marks.update(keys)
        for run in runs:
            self.runs.setdefault(self._rarest(run), {}).setdefault(run, ())
            self.marks.add(run.mark)
        self._forget()

    def watches(self, marks: Collection[str]) -> bool:
        """Whether all of these are looked for."""
        if self.marks.issuperset(marks):
            return True
        under = self.under
        return under is not None and all([mark in self.marks or mark in under.marks for mark in marks])

    def copy(self) -> WakeIndex:
        """One with the same rules that can have more. Whatever it is copied from must not change any more."""
        if self.under is None:
            return WakeIndex(self)
        made = WakeIndex(self.under)
        made.always = self.always
        made.whole = self.whole.copy()
        made.begun = {length: table.copy() for length, table in self.begun.items()}
        made.ended = {length: table.copy() for length, table in self.ended.items()}
        made.runs = {pair: table.copy() for pair, table in self.runs.items()}
        made.marks = self.marks.copy()
        return made

    @property
    def constant(self) -> Numbers:
        """Rules that every story wakes."""
        return self.always if self.under is None else (*self.under.always, *self.always)

    def awake(self, *fields: Words) -> list[int]:
        """Rules that a story with these fields could fire, in order."""
        look = self.memo.__getitem__
        woken = [one[0] for words in fields for one in map(look, words.chunks) if one]
        return sorted(set(self.constant).union(*woken))

    def look(self, chunk: str) -> Seen | None:
        """What a chunk wakes and has; None for nothing."""
        numbers = self._wakes(chunk)
        marks = self._flags(chunk)
        if self.under is not None and (below := self.under.memo[chunk]):
            numbers = tuple(sorted({*below[0], *numbers}))
            marks = tuple(dict.fromkeys((*below[1], *marks)))
        return (numbers, marks) if numbers or marks else None

    def _forget(self) -> None:
        """Forget what was remembered of chunks."""
        if self.memo:
            self.memo.clear()

    def _wakes(self, chunk: str) -> Numbers:
        """Rules that a chunk wakes."""
        numbers: list[Numbers] = []
        held = CHUNKS[chunk]
        for token in held.marks:
            if token in self.whole:
                numbers.append(self.whole[token])
            for length, table in self.begun.items():
                if token[:length] in table:
                    numbers.append(table[token[:length]])
            for run, woken in self.runs.get(token, {}).items():
                if woken and any([_holds(word[3].text, run) for word in held.words]):
                    numbers.append(woken)
        if self.ended:
            # The words as they stand, too: of letters that the full-text index does not know it has no token.
            whole = {*held.marks, *[word[3].text for word in held.words]}
            numbers += [
                table[word[-length:]]
                for word in whole
                for length, table in self.ended.items()
                if word[-length:] in table
            ]
        return numbers[0] if len(numbers) == 1 else tuple(sorted(set(chain(*numbers))))

    def _flags(self, chunk: str) -> tuple[str, ...]:
        """Marks that a chunk has."""
        held = CHUNKS[chunk]
        marks = [mark for mark in held.marks if mark in self.marks]
        for start, _, _, shape in held.words:
            if shape.script is Script.CYRILLIC:
                sign = CAPITAL if held.text[start].isupper() else SMALL
                marks += [mark for key in shape.keys if (mark := sign + key) in self.marks]
        for token in held.marks:
            for run in self.runs.get(token, ()):
                if run.mark in self.marks and any([_holds(word[3].text, run) for word in held.words]):
                    marks.append(run.mark)
        return tuple(dict.fromkeys(marks))

    def _needed(self, plan: Plan) -> Needed:
        """Of what a story that satisfies the plan holds one at least, and its cost; nothing if there is nothing."""
        match plan:
            case Token():
                return (plan,), self._cost(plan)
            case Run(parts=parts, text=text):
                verb = _VERB if len(text) > _PAIR and text.endswith("다") else 1
                return (plan,), min(map(self._cost, parts)) * _SYLLABLE ** (len(text) - _PAIR) * verb
            case AllOf(parts=parts):
                able = [one for one in map(self._needed, parts) if one[0]]
                return min(able, key=itemgetter(1), default=_NOTHING)
            case AnyOf(parts=parts):
                return self._any_of(parts)
            case Nearly(begin=begin, end=end):
                return (plan,), cost(begin) + cost(end)
            case _:
                return _NOTHING

    def _any_of(self, parts: Iterable[Plan]) -> Needed:
        needs: list[Need] = []
        costs: list[float] = []
        for part in parts:
            if type(part) is Token:
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

    def _rarest(self, run: Run) -> str:
        """The one pair of syllables to look for."""
        return min(run.parts, key=self._cost).text

    def _cost(self, token: Token) -> float:
        """How often a token will likely wake; what wakes many rules already had better wake no more."""
        price = cost(token.text, name=token.name)
        woken = self.whole.get(token.text)
        return price if woken is None or len(woken) < _OFTEN else price * len(woken) / _OFTEN


class Memo(dict[str, V]):
    """What is known of chunks; forgetting all of it changes nothing."""

    def __init__(self, make: Callable[[str], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, chunk: str) -> V:
        if len(self) >= MEMO_LIMIT:
            self.clear()
        made = self._make(chunk)
        if len(chunk) <= LONGEST_KEPT:
            self[chunk] = made
        return made


def _put(table: dict[K, Numbers], key: K, number: int) -> None:
    """Make one rule more wake by a key."""
    known = table.get(key)
    table[key] = (number,) if known is None else (*known, number)


def _holds(word: str, run: Run) -> bool:
    """Whether a run of Hangul holds the one asked for where it must."""
    if run.begins and run.ends:
        return word == run.text
    if run.begins:
        return word.startswith(run.text)
    return word.endswith(run.text) if run.ends else run.text in word
