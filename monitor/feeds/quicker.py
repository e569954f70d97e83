"""feedparser's own classes made quicker without changing what they say.

An entry of feedparser 6 is a dictionary that knows old names of its keys, and looks for them at every step. Few keys
have other names: for all others it may be the plain dictionary that it is. And its strict parser works out anew for
every element what the element is called under the namespaces in use: that changes only where one is declared.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

_NAMED_OTHERWISE = frozenset({"category", "enclosures", "license", "updated", "updated_parsed"})
"""Keys that feedparser looks up in ways of their own."""

_MARKED = frozenset({"math", "svg"})
"""Elements that feedparser gives attributes of its own."""

_Name = tuple[str | None, str]


def quicken(kind: Any) -> None:  # noqa: ANN401 - a class of a library without types
    """Teach `feedparser.FeedParserDict` to go the short way; call it once."""
    odd = _NAMED_OTHERWISE | frozenset(kind.keymap)
    long_getitem, long_get, long_contains = kind.__getitem__, kind.get, kind.__contains__
    long_setitem, long_setdefault = kind.__setitem__, kind.setdefault
    getitem, get, contains = dict.__getitem__, dict.get, dict.__contains__
    setitem, setdefault = dict.__setitem__, dict.setdefault

    def quick_getitem(self: Any, key: str) -> object:  # noqa: ANN401 - as above
        return long_getitem(self, key) if key in odd else getitem(self, key)

    def quick_get(self: Any, key: str, default: object = None) -> object:  # noqa: ANN401 - as above
        return long_get(self, key, default) if key in odd else get(self, key, default)

    def quick_contains(self: Any, key: str) -> object:  # noqa: ANN401 - as above
        return long_contains(self, key) if key in odd else contains(self, key)

    def quick_setitem(self: Any, key: str, value: object) -> None:  # noqa: ANN401 - as above
        if key in odd:
            long_setitem(self, key, value)
        else:
            setitem(self, key, value)

    def quick_setdefault(self: Any, key: str, default: object = None) -> object:  # noqa: ANN401 - as above
        return long_setdefault(self, key, default) if key in odd else setdefault(self, key, default)

    def quick_copy(self: Any, memo: dict[int, object]) -> object:  # noqa: ANN401 - as above
        made = kind()
        for key, value in self.items():
            setitem(made, key, value if isinstance(value, str) else copy.deepcopy(value, memo))
        return made

    for name, quick in (
        ("__getitem__", quick_getitem),
        ("get", quick_get),
        ("__contains__", quick_contains),
        ("__setitem__", quick_setitem),
        ("setdefault", quick_setdefault),
        ("__deepcopy__", quick_copy),
    ):
        setattr(kind, name, quick)


class Names:
    """Stands before feedparser's strict parser as a base class, and remembers what elements are called there."""

    decls: dict[str, str]
    _matchnamespaces: dict[str, str]

    def __init__(self, *settings: object) -> None:
        super().__init__(*settings)
        self._asked: _Name | None = None
        self._begun: dict[_Name, str] = {}
        self._ended: dict[_Name, str] = {}

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """From here on names may mean something else."""
        self._begun.clear()
        self._ended.clear()
        super().track_namespace(prefix, uri)  # type: ignore[misc] # of the class behind this one

    def startElementNS(self, name: _Name, qname: str | None, attrs: Any) -> None:  # noqa: ANN401, N802 - the protocol's
        """An element begins."""
        tag = self._begun.get(name)
        if tag is not None and not self.decls and qname is None:
            written = attrs.items()
            self.unknown_starttag(tag, self._as_told(written, attrs) if written else [])
            return
        self._asked = name if qname is None and name[1].lower() not in _MARKED else None
        super().startElementNS(name, qname, attrs)  # type: ignore[misc] # as above

    def endElementNS(self, name: _Name, qname: str | None) -> None:  # noqa: N802 - the protocol's
        """An element ends."""
        tag = self._ended.get(name)
        if tag is not None and qname is None:
            self.unknown_endtag(tag)
            return
        self._asked = name if qname is None else None
        super().endElementNS(name, qname)  # type: ignore[misc] # as above

    def _as_told(self, written: Iterable[tuple[_Name, str]], attrs: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - as above
        """Attributes under the prefixes that feedparser knows for their namespaces, and under those in the page."""
        found: dict[str, str] = {}
        for (space, local), value in written:
            prefix = self._matchnamespaces.get(space.lower()) if space else ""
            found[f"{prefix}:{local}".lower() if prefix else local.lower()] = value
        for name in attrs.getQNames():
            found[name.lower()] = attrs.getValueByQName(name)
        return list(found.items())

    def unknown_starttag(self, tag: str, attrs: list[tuple[str, str]]) -> None:
        """What feedparser makes of the beginning."""
        if self._asked is not None:
            self._begun[self._asked] = tag
            self._asked = None
        super().unknown_starttag(tag, attrs)  # type: ignore[misc] # as above

    def unknown_endtag(self, tag: str) -> None:
        """And of the end."""
        if self._asked is not None:
            self._ended[self._asked] = tag
            self._asked = None
        super().unknown_endtag(tag)  # type: ignore[misc] # as above
