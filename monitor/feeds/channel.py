"""What the readers of single formats give: entries in the shape of feedparser's, and what the feed says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Entry = Mapping[str, Any]
"""An entry under the names that feedparser uses, as a plain dict: its own look-ups map names and warn."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A document, read. Links are as written: they count from the document's address."""

    entries: tuple[Entry, ...]  # in document order
    title: str = ""  # may hold markup
    link: str | None = None  # of the site
    lang: str | None = None  # a language tag
    hub: str | None = None  # WebSub hub
    topic: str | None = None  # the feed's own address
    base_is_link: bool = False  # whether entries' relative links count from the site instead
    warnings: tuple[str, ...] = ()
