"""Sentences of the core that people may read in another language: English text that knows how it was made."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Phrase(str):
    """An English sentence; `template` and `values` say how it was made, for whoever translates it at the edge.

    It is text like any other. Joined with other text it is only that.
    """

    __slots__ = ("template", "values")

    template: str
    values: Mapping[str, object]


def phrase(template: str, **values: object) -> Phrase:
    """`template` with its `{places}` filled; braces in it that are no places are doubled, as for `format`."""
    made = Phrase(template.format(**values))
    made.template = template
    made.values = MappingProxyType(values)
    return made


__all__ = ["Phrase", "phrase"]
