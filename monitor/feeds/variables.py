"""Puts values of the environment into a feed's options: `${FEED_KEY}` in its headers or its proxy. Pure.

A rules file is shown, kept and passed on, so secrets stand in the environment, and a feed holds only their
names until it is asked for. Only names that begin with FEED_ can be used: else whoever may edit the rules
could send Tocsin's own secrets to an address of theirs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REFERENCE = re.compile(r"\$\{(FEED_[A-Z0-9_]+)\}")


class Unset(LookupError):
    """A variable that an option names is not set; the text is for people."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"rules.yaml uses ${{{name}}}, which is not set; set {name} in the environment or in .env"
        )
        self.name = name


def filled(written: str, variables: Mapping[str, str]) -> str:
    """The text with every reference replaced by its variable's value; raises Unset if one has none."""

    def value(reference: re.Match[str]) -> str:
        found = variables.get(reference[1], "")
        if not found:
            raise Unset(reference[1])
        return found

    return REFERENCE.sub(value, written)
