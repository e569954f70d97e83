"""Changes of single rules by program: what is not changed stays byte for byte, comments with it.

All functions take the text of a rules file that is in order and give a new one; whoever uses it has it checked
as a whole (`reading.read`) before it replaces the file.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, cast

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, ScalarNode, SequenceNode

from monitor.rulebook.placing import LINE_END, appended, flow, flow_value, single

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ruamel.yaml.nodes import Node

    from monitor.rulebook.placing import Written

KEYS = ("id", "name", "level", "match", "unless", "tags", "examples")
"""Keys of a rule in the order in which they are written."""

WIDTH = 100
"""Columns from which a query is folded over several lines."""

_QUERIES = frozenset({"match", "unless"})
_BOM = "\ufeff"


def with_rule(text: str, rule: str, fields: Mapping[str, str]) -> str:
    """The text with a new rule at its end; `fields` are its keys but for the id, as texts, empty ones left out."""
    given = {"id": rule, **{key: fields[key] for key in KEYS if fields.get(key)}}
    lines = "\n".join(f"{key}: {_value(key, value, 2)}" for key, value in given.items()).split("\n")
    block = [f"- {lines[0]}", *(line if line.startswith("    ") else f"  {line}" for line in lines[1:])]
    on_one = ", ".join(f"{key}: {_value(key, value, None)}" for key, value in given.items())
    bare = text.removeprefix(_BOM)
    return _bom(text) + appended(bare, "rules", [f"{{{on_one}}}"], [block])


def with_changes(text: str, rule: str, changes: Mapping[str, str]) -> str:
    """The text with other values of a rule's keys; an empty one removes its key.

    Raises KeyError if there is no such rule.
    """
    bare = text.removeprefix(_BOM)
    for key, value in changes.items():
        bare = _changed(bare, rule, key, value)
    return _bom(text) + bare


def with_feed(text: str, entry: Mapping[str, Written]) -> str:
    """The text with a feed at the end of its list; `entry` as `edit.feed_entry` gives it."""
    return _bom(text) + appended(text.removeprefix(_BOM), "feeds", [flow(entry)])


def rule_text(text: str, rule: str) -> str | None:
    """A rule as it stands in the file, without its margin; None if there is none such."""
    bare = text.removeprefix(_BOM)
    entry = _entry(bare, rule)
    if entry is None:
        return None
    start = bare.rfind("\n", 0, entry.start_mark.index) + 1
    lines = LINE_END.split(bare[start : _line_end(bare, _end(bare, entry))])
    margin = len(lines[0]) - len(lines[0].lstrip())
    return "\n".join(line[min(margin, len(line) - len(line.lstrip())) :].rstrip() for line in lines)


def _bom(text: str) -> str:
    return _BOM if text.startswith(_BOM) else ""


def _value(key: str, value: str, margin: int | None) -> str:
    """A value as it is written; below a margin a long query takes several lines."""
    if key == "tags":
        return flow_value(value.replace(",", " ").split())
    if key not in _QUERIES:
        return flow_value(value)
    if margin is None or len(value) + margin + len(key) <= WIDTH:
        return single(value)
    inner = " " * (margin + 2)
    lines = textwrap.wrap(
        value, WIDTH - margin - 2, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
    if " ".join(lines) != value or not value.isprintable():
        return single(value)  # folding would change it
    return ">-\n" + "\n".join(f"{inner}{line}" for line in lines)


def _entry(text: str, rule: str) -> MappingNode | None:
    """The rule's mapping."""
    root = cast("MappingNode", YAML(typ="safe", pure=True).compose(text))
    rules = cast("SequenceNode", next(value for key, value in root.value if key.value == "rules"))
    return next((entry for entry in rules.value if _id(entry) == rule), None)


def _id(entry: MappingNode) -> str:
    return next(str(value.value).strip() for key, value in entry.value if key.value == "id")


def _end(text: str, node: Node) -> int:
    """Where the last character of a node stands; block collections end with what is in them."""
    end = int(node.end_mark.index)
    if isinstance(node, ScalarNode) and node.style in {"|", ">"}:
        return len(text[:end].rstrip())
    if not isinstance(node, CollectionNode) or node.flow_style:
        return end
    last = node.value[-1]
    return _end(text, last[1] if isinstance(last, tuple) else last)


def _line_end(text: str, index: int) -> int:
    found = LINE_END.search(text, index)
    return found.start() if found else len(text)


def _changed(text: str, rule: str, key: str, value: str) -> str:
    entry = _entry(text, rule)
    if entry is None:
        raise KeyError(rule)
    pairs = {name.value: (name, node) for name, node in entry.value}
    if not value:
        return _without(text, entry, key) if key in pairs else text
    first_end = LINE_END.search(text)
    line_end = first_end[0] if first_end else "\n"
    margin = None if entry.flow_style else int(entry.start_mark.column)
    written = _value(key, value, margin).replace("\n", line_end)
    if key in pairs:
        old = pairs[key][1]
        start = int(old.start_mark.index)
        return text[:start] + written + text[_end(text, old) :]
    before = [name for name in KEYS[: KEYS.index(key)] if name in pairs]
    end = _end(text, pairs[before[-1]][1])
    if margin is None:
        return f"{text[:end]}, {key}: {written}{text[end:]}"
    end = _line_end(text, end)
    return f"{text[:end]}{line_end}{' ' * margin}{key}: {written}{text[end:]}"


def _without(text: str, entry: MappingNode, key: str) -> str:
    """The text without a key of a rule that has others."""
    pairs = list(entry.value)
    at = next(number for number, (name, _) in enumerate(pairs) if name.value == key)
    start, end = int(pairs[at][0].start_mark.index), _end(text, pairs[at][1])
    if at == 0:
        return text[:start] + text[int(pairs[1][0].start_mark.index) :]
    if entry.flow_style:
        return text[: _end(text, pairs[at - 1][1])] + text[end:]
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start))
    return text[: line + 1] + LINE_END.sub("", text[_line_end(text, end) :], count=1)


__all__ = ["KEYS", "rule_text", "with_changes", "with_feed", "with_rule"]
