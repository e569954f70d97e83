"""What polling learns, as one column of JSON: only what is not as in the beginning, under the names of the model.

A name that this version does not know is passed over, so that a field can go out of use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar

from db.rows import to_text, to_time
from monitor.core.model import Rhythm, Vigil

Packed = TypeVar("Packed", Rhythm, Vigil)

MOMENTS = frozenset({"since", "until", "last_post", "gap_at", "silent_since", "endless_since", "dead_since"})
"""Fields of either model that are times."""

_NAMES: Mapping[type, Mapping[str, object]] = MappingProxyType(
    {kind: {each.name: each.default for each in fields(kind)} for kind in (Rhythm, Vigil)}
)


def pack(value: Rhythm | Vigil) -> str:
    """The column."""
    out: dict[str, object] = {}
    for name, beginning in _NAMES[type(value)].items():
        field = getattr(value, name)
        if field != beginning:
            out[name] = to_text(field) if isinstance(field, datetime) else field
    return json.dumps(out, separators=(",", ":"))


def unpack(kind: type[Packed], text: str | None) -> Packed:
    """The value that `pack` wrote; as in the beginning for a feed without a row."""
    if text is None or text == "{}":
        return kind()
    known = _NAMES[kind]
    found: dict[str, Any] = {
        name: to_time(field) if name in MOMENTS else tuple(field) if isinstance(field, list) else field
        for name, field in json.loads(text).items()
        if name in known
    }
    return kind(**found)
