"""Reads the Link headers of a feed's answer (RFC 8288) for its WebSub hub and its own name. Pure.

Hubs are looked for there first, and in the document only where no header names one (W3C WebSub section 4).
"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urljoin

from monitor.core.text import canonical_url

_LONGEST = 8_000  # characters of all Link headers together
_LINK = re.compile(r"<([^<>]{1,2000})>([^<]*)")
_RELATION = re.compile(r";\s{0,9}rel\s{0,9}=\s{0,9}(?:\"([^\"]{0,200})\"|([^\s;,\"]{1,200}))", re.IGNORECASE)


class Advertised(NamedTuple):
    """Absolute addresses; None where the headers name none."""

    hub: str | None = None
    topic: str | None = None


def advertised(link: str, url: str) -> Advertised:
    """The hub (rel=hub) and the feed's own name (rel=self) in Link headers, joined by commas, of an answer at `url`."""
    found: dict[str, str] = {}
    for target, parameters in _LINK.findall(link[:_LONGEST]):
        relation = _RELATION.search(parameters)
        names = (relation[1] or relation[2]).lower().split() if relation else []
        for name in names:
            address = _absolute(target, url)
            if name in {"hub", "self"} and address is not None:
                found.setdefault(name, address)
    return Advertised(found.get("hub"), found.get("self"))


def _absolute(target: str, url: str) -> str | None:
    try:
        address = urljoin(url, target.strip())
    except ValueError:
        return None
    return address if canonical_url(address) is not None and address.isprintable() else None
