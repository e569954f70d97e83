"""Decides where a redirect leads, and whether to go there. Pure."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from monitor.feeds.asking import same_site

if TYPE_CHECKING:
    from collections.abc import Collection


def target(url: str, location: str) -> str:
    """The absolute address that a Location header (as latin-1 text) means, without fragment.

    A login that it carries counts only on the site that it comes from. Bytes beyond ASCII are UTF-8 in
    practice. Raises ValueError for what is no address.
    """
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    found = urldefrag(urljoin(url, location)).url
    return found if urlsplit(found).netloc == urlsplit(url).netloc else without_login(found)


def objection(url: str, found: str, seen: Collection[str]) -> str | None:
    """Why the redirect from `url` to `found` is not followed; `seen` are the addresses already asked."""
    if found in seen:
        return "it redirects in a circle; look for the feed's present address"
    if urlsplit(url).scheme == "https" and urlsplit(found).scheme == "http":
        return "it redirects from https to plain http, which is not followed; look for its present address"
    return None


def with_login(url: str, home: str) -> str:
    """The address with the login of `home`, if it leads to the same site."""
    parts, own = urlsplit(url), urlsplit(home)
    if "@" not in own.netloc or "@" in parts.netloc or not same_site(url, home):
        return url
    return parts._replace(netloc=f"{own.netloc.rpartition('@')[0]}@{parts.netloc}").geturl()


def without_login(url: str) -> str:
    """The address without user name and password."""
    if "@" not in url:
        return url
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
