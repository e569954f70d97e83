"""Which rules a story could wake: an index over one required set of tokens per rule.

From each rule's plan the cheapest set of tokens is taken of which the story must hold at least one. So a
story costs what the rules cost that could fire, not those that exist; adding a rule touches no other.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from monitor.core.match.plan import AllOf, AnyOf, Plan, Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

_SHORT = 8
"""Letters from which a token counts as rare as any."""


class WakeIndex:
    """Numbers of rules by the tokens that wake them."""

    def __init__(self, plans: Iterable[Plan] = ()) -> None:
        self.always: list[int] = []
        self.whole: dict[str, list[int]] = {}
        self.begun: dict[int, dict[str, list[int]]] = {}  # length of a prefix -> prefix -> rules

        self.asked: Counter[str] = Counter()  # token -> how often plans ask for it
        listed = list(plans)
        for plan in listed:
            self.asked.update(_tokens(plan))
        for number, plan in enumerate(listed):
            self.add(number, plan)

    def add(self, number: int, plan: Plan) -> None:
        """Make rule `number` wake for every story that satisfies its plan."""
        needed = self._needed(plan)
        if not needed:
            self.always.append(number)
        for token in needed:
            table = self.begun.setdefault(len(token.text), {}) if token.prefix else self.whole
            table.setdefault(token.text, []).append(number)

    def awake(self, tokens: AbstractSet[str]) -> list[int]:
        """Rules that a story with these tokens could fire, in order."""
        woken = set(self.always)
        for token in self.whole.keys() & tokens:
            woken.update(self.whole[token])
        for length, table in self.begun.items():
            for begin in table.keys() & {token[:length] for token in tokens}:
                woken.update(table[begin])
        return sorted(woken)

    def _needed(self, plan: Plan) -> frozenset[Token]:
        """Tokens of which a story that satisfies the plan holds one at least; none if there are none such."""
        match plan:
            case Token():
                return frozenset([plan])
            case AllOf(parts=parts):
                return min(filter(None, map(self._needed, parts)), key=self._cost, default=frozenset())
            case AnyOf(parts=parts):
                needed = [self._needed(part) for part in parts]
                return frozenset().union(*needed) if all(needed) else frozenset()
            case _:
                return frozenset()

    def _cost(self, needed: frozenset[Token]) -> tuple[int, list[str]]:
        """How often the tokens will likely wake: short ones and those that many rules share do more often."""
        cost = sum(max(1, _SHORT - len(token.text)) + self.asked[token.text] for token in needed)
        return cost, sorted(token.text for token in needed)


def _tokens(plan: Plan) -> Iterator[str]:
    """Texts of all tokens of a plan."""
    match plan:
        case Token(text=text):
            yield text
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _tokens(part)
        case _:
            return
