"""What an element says of relative addresses and of language ends with the element.

feedparser 6.0.14 does not forget an `xml:base` whose outer elements name none, and loses count of open elements where
a text's type is not true. The items behind it are then read with the base of an earlier one: their links are wrong,
and so are ids that count as links, and all of it changes when that item leaves the page. XML Base section 4 and XML
1.0 section 2.12 say how far both reach.
"""

from __future__ import annotations

from collections.abc import Sequence


class Scopes:
    """Stands before one of feedparser's two parsers as a base class, and remembers what held outside."""

    baseuri: str
    lang: str | None

    def __init__(self, *settings: object) -> None:
        super().__init__(*settings)
        self._outside: list[tuple[str, str | None]] = []

    def unknown_starttag(self, tag: str, attrs: Sequence[tuple[str, str]]) -> None:
        """An element begins."""
        self._outside.append((self.baseuri, self.lang))
        super().unknown_starttag(tag, attrs)  # type: ignore[misc] # of the class behind this one

    def unknown_endtag(self, tag: str) -> None:
        """An element ends; a broken page may end what it never began."""
        super().unknown_endtag(tag)  # type: ignore[misc] # as above
        if self._outside:
            self.baseuri, self.lang = self._outside.pop()
