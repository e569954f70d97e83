"""What editors write behind a command: a query and keys of rules.yaml beside it, in any order. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

LONGEST_ID = 40
"""Letters of a rule's id."""

WORDS_OF_ID = 3
"""Words of a query that make an id."""

NOTHING = frozenset({"-", "none", "nothing"})
"""What is written to remove a key."""

_ONE_WORD = frozenset({"level", "tags", "tier", "lang"})
"""Keys whose value is one word; those of the others reach to the next key."""

_OPERATORS = frozenset({"and", "or", "not", "near", "onear"})
_QUOTES = '"“”'


def split_fields(written: str, keys: Collection[str]) -> tuple[str, dict[str, str]]:
    """What stands there without keys, and the value of each key; empty for one that shall go.

    A key counts where a word begins, outside of quotes. White space of any kind is a space.
    """
    text = "".join(" " if c.isspace() else c for c in written).strip()
    places = [
        found
        for found in re.finditer(
            rf"[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]|(?<!\S)({'|'.join(keys)}):", text, re.IGNORECASE
        )
        if found[1]
    ]
    ends = [*(found.start() for found in places[1:]), len(text)]
    rest = [text[: places[0].start()] if places else text]
    fields: dict[str, str] = {}
    for found, end in zip(places, ends, strict=True) if places else ():
        key, value = found[1].lower(), text[found.end() : end].strip()
        if key in _ONE_WORD:
            word = re.match(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]|\S+", value)
            taken = word[0] if word else ""
            rest.append(value[len(taken) :])
            value = taken.strip(_QUOTES).lower()
        elif key == "name":
            value = value.strip(_QUOTES + " ")
        fields[key] = "" if value.casefold() in NOTHING else value
    return " ".join(part.strip() for part in rest if part.strip()), fields


def proposed_id(query: str, known: Iterable[str]) -> str:
    """An id for a rule that nobody has named: its first Latin words, else a number; one that is not taken."""
    taken = set(known)
    bare = re.sub(r"[\w-]+:", " ", query)
    words = [word.lower() for word in re.findall(r"[A-Za-z][A-Za-z0-9]+", bare)]
    chosen = [word for word in words if word not in _OPERATORS][:WORDS_OF_ID]
    stem = "-".join(dict.fromkeys(chosen))[: LONGEST_ID - 4].strip("-")
    if not stem:
        return next(name for n in range(1, len(taken) + 2) if (name := f"rule-{n}") not in taken)
    names = (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


__all__ = ["proposed_id", "split_fields"]
