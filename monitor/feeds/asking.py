"""Says who we are and what we would like: the headers of a request. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PRODUCT = "Tocsin"
"""Our product token: in the User-Agent, and in the robots.txt of those who want to name us."""

FEEDS = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.2, */*;q=0.1"
)
PAGES = "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.1"
ROBOTS = "text/plain, */*;q=0.1"

_OURS = frozenset(  # what the protocol needs of us; a feed's own headers cannot change it
    {"host", "connection", "content-length", "content-type", "transfer-encoding", "te", "trailer", "upgrade"}
    | {"expect", "keep-alive", "accept-encoding", "range", "if-range", "if-match", "if-unmodified-since"}
    | {"if-none-match", "if-modified-since", "referer", "proxy-authorization", "proxy-connection"}
)
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # a token of RFC 9110 section 5.6.2
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_STANDARD_PORTS = {"http": 80, "https": 443}


def agent(version: str, contact: str = "", readers: int = 0) -> str:
    """The honest User-Agent: product, version, whom to talk to (RFC 9110 section 10.1.5), and for how many we ask.

    The number of subscribers is told from two on, in the form that publishers' statistics know.
    """
    contact = "".join(re.findall(r"[!-'*-~]+", contact))  # no spaces, no parentheses, nothing beyond ASCII
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    notes = [f"+{contact}"] if contact else []
    if readers > 1:
        notes.append(f"{readers} subscribers")
    return f"{PRODUCT}/{version}" + (f" ({'; '.join(notes)})" if notes else "")


def own_headers(written: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A feed's own headers, without those that are the protocol's or could not be sent."""
    return {
        name: value
        for name, value in written
        if _NAME.fullmatch(name) and name.lower() not in _OURS and _VALUE.fullmatch(value)
    }


def merged(ours: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Our headers, replaced and followed by a feed's own ones."""
    replaced = {name.lower() for name in own}
    return {name: value for name, value in ours.items() if name.lower() not in replaced} | dict(own)


def same_site(url: str, home: str) -> bool:
    """Whether what is meant for `home` (login, headers) may go to `url`: same host and port, or its https twin."""
    there, here = urlsplit(url), urlsplit(home)
    if there.hostname != here.hostname:
        return False
    ports = [parts.port or _STANDARD_PORTS.get(parts.scheme) for parts in (there, here)]
    if there.scheme == here.scheme:
        return ports[0] == ports[1]
    return (here.scheme, *ports) == ("http", 443, 80)
