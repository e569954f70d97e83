"""The machine-readable Bot API description, and the check of a value against it.

`spec/api.json` holds the notation: `"Integer|String"` are alternatives, `"[X]"` is a list, `"'x'"` a
constant, and a field's name ends in `?` if it may be missing. Requests, answers and updates are held to it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SPEC = Path(__file__).parent / "spec" / "api.json"


class MismatchError(Exception):
    """A value is not as described; `where` is the path to it, for example `entities[2].offset`."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where
        self.what = what


@dataclass(frozen=True, slots=True)
class Upload:
    """A file part of a multipart request."""

    name: str
    filename: str
    size: int


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a type or parameter of a method."""

    notation: str
    required: bool


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its parameters and what it answers."""

    params: dict[str, Field]
    returns: str


@cache
def alternatives(notation: str) -> tuple[str, ...]:
    """Split at the bars that stand outside of brackets."""
    parts, depth = [""], 0
    for char in notation:
        depth += (char == "[") - (char == "]")
        if char == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return tuple(parts)


def _fields(table: dict[str, str]) -> dict[str, Field]:
    return {name.removesuffix("?"): Field(text, not name.endswith("?")) for name, text in table.items()}


class Description:
    """The methods and types that the server plays."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.methods = {
            name: Method(_fields(one["params"]), one["returns"]) for name, one in raw["methods"].items()
        }
        self.unions: dict[str, str] = {n: t for n, t in raw["types"].items() if isinstance(t, str)}
        self.types = {n: _fields(t) for n, t in raw["types"].items() if not isinstance(t, str)}

    @classmethod
    @cache
    def load(cls) -> Description:
        """The shipped description; read once."""
        return cls(json.loads(SPEC.read_text(encoding="utf-8")))

    def check(self, notation: str, value: Any, where: str) -> None:
        """Hold a JSON value to a notation. Raises MismatchError for the alternative that came closest."""
        problems: list[MismatchError] = []
        for kind in alternatives(self.unions.get(notation, notation)):
            try:
                self._check_one(kind, value, where)
            except MismatchError as problem:
                problems.append(problem)
            else:
                return
        raise max(problems, key=lambda problem: (not problem.what.startswith("not '"), len(problem.where)))

    def _check_one(self, kind: str, value: Any, where: str) -> None:
        if kind.startswith("["):
            if not isinstance(value, list):
                raise MismatchError(where, "not a list")
            for index, item in enumerate(value):
                self.check(kind[1:-1], item, f"{where}[{index}]")
        elif kind.startswith("'"):
            if value != kind.strip("'"):
                problem = f"not {kind}"
                raise MismatchError(where, problem)
        elif kind in self.unions:
            self.check(kind, value, where)
        elif kind in self.types:
            self._check_object(kind, value, where)
        elif not _is_plain(kind, value):
            raise MismatchError(where, f"not {kind}")

    def _check_object(self, kind: str, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise MismatchError(where, f"not {kind}")
        fields = self.types[kind]
        for name, field in fields.items():
            if name in value:
                self.check(field.notation, value[name], f"{where}.{name}")
            elif field.required:
                raise MismatchError(where, f"{kind} lacks {name}")
        for name in value:
            if name not in fields:
                path = f"{where}.{name}"
                raise MismatchError(path, f"unknown field of {kind}")

    def read(self, notation: str, raw: Any, where: str) -> Any:
        """A parameter as it came (form fields are text, nested values JSON in it) into what is meant."""
        kinds = alternatives(self.unions.get(notation, notation))
        if isinstance(raw, Upload):
            if "InputFile" not in kinds:
                raise MismatchError(where, "is not a file")
            return raw
        if isinstance(raw, str):
            for kind in kinds:
                if kind in _PLAIN_TEXT and (found := _PLAIN_TEXT[kind](raw)) is not None:
                    return found
            if "String" in kinds or "InputFile" in kinds:
                return raw
            try:
                raw = json.loads(raw)
            except ValueError:
                raise MismatchError(where, f"is neither {notation} nor JSON") from None
        self.check(notation, raw, where)
        return raw


def _is_plain(kind: str, value: Any) -> bool:
    match kind:
        case "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "Float":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "Boolean":
            return isinstance(value, bool)
        case "True":
            return value is True
        case "String" | "InputFile":
            return isinstance(value, str)
    message = f"the description names {kind} and does not say what it is"
    raise LookupError(message)


def _integer(text: str) -> int | None:
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) else None


def _truth(text: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


_PLAIN_TEXT = {"Integer": _integer, "Float": _number, "Boolean": _truth}
