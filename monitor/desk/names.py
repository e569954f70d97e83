"""Names that people type: whatever their case, and the nearest one where there is none such."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def same(asked: str, known: Iterable[str]) -> str | None:
    """The name that was meant, whatever its case: phones begin a line with a capital."""
    return next((name for name in known if name.casefold() == asked.casefold()), None)


def nearest(asked: str, known: Iterable[str]) -> str | None:
    """What somebody who misspelt a name may have meant; also where they typed only a part of it."""
    names = {name.casefold(): name for name in known}
    wanted = asked.casefold()[:100]
    close = get_close_matches(wanted, names, n=1, cutoff=0.6)
    close += [name for name in names if len(wanted) > 2 and wanted in name]  # noqa: PLR2004 two letters are in every name
    return names[close[0]] if close else None
