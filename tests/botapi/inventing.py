"""Updates that nobody ever sent: drawn at random, and valid by the Bot API description.

What Telegram really sends is a small part of what its description allows. A bot has to stand all of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.botapi.description import Description, alternatives

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

DEEPEST = 9
"""Objects inside one another; deeper down only what has to be there is invented."""

LARGEST = 2**52
"""Telegram says that identifiers have at most 52 significant bits."""

YEAR_2038 = 2**31 - 1

DENSITIES = (0.02, 0.02, 0.1, 0.5)
"""How much of what may be missing is there, from object to object."""

RARE = 0.002
"""How often a number is larger than makes sense: the library then cannot read the update."""

PLAIN = frozenset({"Integer", "String", "Boolean", "True", "Float"})


class Inventor:
    """Invents values of the description's types. `people`, `chats` and `texts` are used more often than not."""

    def __init__(
        self, random: Random, *, people: Sequence[int], chats: Sequence[int], texts: Sequence[str]
    ) -> None:
        self._random = random
        self._people = people
        self._chats = chats
        self._texts = texts
        self._description = Description.load()

    def update(self, number: int) -> dict[str, Any]:
        """An update of a random kind; it holds to the description."""
        kinds = [name for name in self._description.types["Update"] if name != "update_id"]
        usual = ("message", "callback_query", "my_chat_member")
        kind = self._random.choice(usual if self._random.random() < 0.6 else kinds)
        notation = self._description.types["Update"][kind].notation
        made = {"update_id": number, kind: self.value(notation, kind, 0)}
        self._description.check("Update", made, "update")
        return made

    def value(self, notation: str, name: str, depth: int) -> Any:
        """A value of a type, for a field of that name."""
        random = self._random
        kind = random.choice(alternatives(self._description.unions.get(notation, notation)))
        if kind in self._description.unions:
            return self.value(kind, name, depth)
        if kind.startswith("["):
            count = random.choice((0, 1, 1, 2)) if depth < DEEPEST else 0
            return [self.value(kind[1:-1], name, depth + 1) for _ in range(count)]
        if kind.startswith("'"):
            return kind.strip("'")
        if kind in PLAIN:
            return self._plain(kind, name)
        return self._object(kind, depth + 1)

    def _object(self, kind: str, depth: int) -> dict[str, Any]:
        random = self._random
        made: dict[str, Any] = {}
        often = random.choice(DENSITIES) / depth if depth < DEEPEST else 0.0
        for name, field in self._description.types[kind].items():
            wanted = name in {"text", "from", "data", "entities"} and random.random() < 0.8
            if field.required or wanted or random.random() < often:
                made[name] = self.value(field.notation, name, depth)
        if kind == "User" and "id" in made:
            made["id"] = self._person()
        elif kind == "Chat":
            made["id"] = self._chat()
            usual = "private" if made["id"] > 0 else "supergroup"
            odd = ("private", "group", "supergroup", "channel", "unheard-of")
            made["type"] = usual if random.random() < 0.7 else random.choice(odd)
        return made

    def _person(self) -> int:
        return (
            self._random.choice(self._people)
            if self._random.random() < 0.8
            else self._random.randrange(LARGEST)
        )

    def _chat(self) -> int:
        known = self._random.random() < 0.8
        return self._random.choice(self._chats) if known else self._random.randrange(-LARGEST, LARGEST)

    def _plain(self, kind: str, name: str) -> Any:
        random = self._random
        if kind == "String":
            return self._words(name)
        if kind == "Integer":
            return self._number(name)
        return kind == "True" or random.random() < 0.5 if kind != "Float" else random.uniform(-1e6, 1e6)

    def _number(self, name: str) -> int:
        random = self._random
        if name.endswith("date"):
            return random.randrange(YEAR_2038)
        if name.endswith("chat_id"):
            return self._chat()
        if name.endswith("id") or random.random() < RARE:
            return random.choice((0, 1, -1, random.randrange(-LARGEST, LARGEST)))
        return random.choice((0, 1, -1, random.randrange(10_000)))

    def _words(self, name: str) -> str:
        random = self._random
        if name in {"text", "data", "caption", "query"} and random.random() < 0.9:
            return random.choice(self._texts)
        return "".join(random.choices("ab /@#:\n\"'망명ё\u202e\ufeff🙂\ud83d", k=random.randrange(12)))
