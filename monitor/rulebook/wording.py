"""What the schema found wrong, in words and with its place in the file."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from monitor.rulebook.document import Listing, Mapping, Node, Scalar
from monitor.rulebook.schema import DestinationEntry, ExampleLists, FeedEntry, RuleEntry, RulesFile
from monitor.rulebook.values import MEND, MEND_KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails

    from monitor.core.errors import Mistake
    from monitor.rulebook.document import Source

MOST_MISTAKES = 200
"""More are not told: nobody reads them, and each costs a search for the key that was meant."""

_SHAPES = {
    "list_type": ("a list belongs here", "Begin each entry with `-` on a line of its own."),
    "model_type": ("keys with values belong here", "Write lines like `key: value`."),
    "dict_type": ("keys with values belong here", "Write lines like `key: value`."),
}
_EMPTY = {
    "feeds": ("no feed is listed", "Add one: - {url: https://example.org/rss.xml, lang: en}"),
    "rules": ("no rule is listed", "Add one: - {id: my-rule, match: 'word OR other'}"),
    "entities": ("no entity is listed", "Write one, or remove the line."),
    "destinations": ("no destination is listed", "Write one, or remove the line."),
}
_OTHER_WORDS = {  # what other programs call it
    "feed": "url", "href": "url", "link": "url", "xmlurl": "url", "title": "name", "label": "name",
    "language": "lang", "interval": "every", "refresh": "every", "category": "tags", "query": "match",
    "keywords": "match", "pattern": "match", "exclude": "unless", "except": "unless", "not": "unless",
    "timezone": "zone", "tz": "zone", "fulltext": "full_text", "article": "full_text", "header": "headers",
    "minimum": "floor", "least": "floor", "priority": "level", "severity": "level", "sources": "feeds",
    "entity": "entities", "tests": "examples", "outlets": "destinations", "notify": "destinations",
    "notifications": "destinations", "id": "name", "rules": "gets", "rule": "gets", "what": "gets", "file": "atom",
    "path": "atom", "secret": "url",
}  # fmt: skip


def plain(node: Node) -> Any:  # noqa: ANN401 - what pydantic takes
    """The tree as lists, dicts and texts; at most as deep as `document` lets a file be."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.value
    if isinstance(node, Listing):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.pairs}


def schema_mistakes(error: ValidationError, root: Node, source: Source) -> list[Mistake]:
    """Every error of the schema at its place; a misspelt key is not reported as a missing one as well."""
    errors = error.errors(include_url=False)[:MOST_MISTAKES]
    meant = {
        (*each["loc"][:-1], _guess(str(each["loc"][-1]), each["loc"]))
        for each in errors
        if each["type"] == "extra_forbidden"
    }
    return [
        _mistake(each, root, source)
        for each in errors
        if each["type"] != "missing" or each["loc"] not in meant
    ]


def value_place(key: Scalar, value: Node) -> int:
    """Where a value stands; one that was left out stands at its key."""
    return key.start if isinstance(value, Scalar) and value.is_null else value.start


def _mistake(error: ErrorDetails, root: Node, source: Source) -> Mistake:
    location = error["loc"]
    kind = error["type"]
    place, key_place = _locate(root, location)
    if kind in {MEND, MEND_KEY}:
        place = key_place if kind == MEND_KEY else place
        return source.mistake(place, str(error["ctx"]["message"]), str(error["ctx"]["hint"]))
    if kind == "extra_forbidden":
        guess = _guess(str(location[-1]), location)
        known = ", ".join(_model(location).model_fields)
        hint = f"Did you mean `{guess}`?" if guess else f"There is: {known}."
        return source.mistake(key_place, f"`{location[-1]}` is not known here", hint)
    if kind in {"missing", "too_short"} or (error["input"] is None and location and location[-1] in _EMPTY):
        missing = str(location[-1])
        if missing in _EMPTY:
            return source.mistake(place, *_EMPTY[missing])
        return source.mistake(place, f"`{missing}` is missing in this entry", f"Add a line `{missing}: ...`.")
    if kind == "literal_error":
        levels = ["info", "alert", "flash"]
        near = difflib.get_close_matches(str(error["input"]).lower(), levels, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"There is: {', '.join(levels)}."
        return source.mistake(place, f"`{error['input']}` is no level", hint)
    message, hint = _SHAPES.get(kind, (error["msg"], ""))
    return source.mistake(place, message, hint)


def _locate(root: Node, location: Sequence[str | int]) -> tuple[int, int]:
    """Where a location of the schema stands in the file, and where its key does."""
    node, place, key_place = root, root.start, root.start
    for step in location:
        if step == "[key]":
            return key_place, key_place
        if isinstance(node, Mapping):
            pair = node.get(str(step))
            if pair is None:  # a key that is missing: its mapping
                return place, place
            node = pair[1]
            place, key_place = value_place(*pair), pair[0].start
        elif isinstance(node, Listing) and isinstance(step, int):
            node = node.items[step]
            place = key_place = node.start
    return place, key_place


def _guess(key: str, location: Sequence[str | int]) -> str | None:
    """The known key that somebody probably meant."""
    known = list(_model(location).model_fields)
    near = difflib.get_close_matches(key.lower(), known, n=1)
    guess = near[0] if near else _OTHER_WORDS.get(key.lower())
    return guess if guess in known else None


def _model(location: Sequence[str | int]) -> type[BaseModel]:
    if "examples" in location[:-1]:
        return ExampleLists
    if len(location) > 1:
        entries: dict[str, type[BaseModel]] = {"feeds": FeedEntry, "destinations": DestinationEntry}
        return entries.get(str(location[0]), RuleEntry)
    return RulesFile


__all__ = ["MOST_MISTAKES", "plain", "schema_mistakes", "value_place"]
