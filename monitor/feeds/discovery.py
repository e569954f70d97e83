"""Finds the feeds of a site: those that its page names, else those at the usual places.

Pure, and linear in any page: strangers write these pages, and nothing of them is read twice. `scout` does the
asking.
"""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from monitor.core.model import Found
from monitor.core.text import canonical_url, plain
from monitor.feeds.charsets import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_FOUND = 20
"""Feeds that one page may name; sites with a feed per topic name hundreds."""

_MOST_TAGS = 5_000  # links of a page that are looked at
_LIMIT = 2_000_000  # bytes of a page that are looked at: what names feeds stands near its beginning
_TITLE_LIMIT = 200
_TELLABLE = 300  # characters of an address that a sentence can hold
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_TAG = re.compile(  # reads up to the next `<` at most, so that no page can make it slow
    r"<!--|<(?P<name>link|a|base|script|style|textarea|template)(?=[\s/>])"
    r"(?P<given>(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+'){0,200}+)>",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"""([\w:-]{1,40}+)\s{0,9}+=\s{0,9}+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_SILENT = frozenset({"script", "style", "textarea", "template"})
"""Elements whose content is no part of the page."""

_KINDS = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/rdf+xml": "RSS",
    "application/feed+json": "JSON Feed",
    "application/json": "JSON Feed",
    "text/xml": "RSS",
    "application/xml": "RSS",
    "application/rss": "RSS",
    "application/atom": "Atom",
    "text/rss+xml": "RSS",
}
_VAGUE = frozenset({"application/json", "text/xml", "application/xml"})
"""Types that say little: such a link is one to a feed only if its address says so, too."""

_LIKE_A_FEED = re.compile(
    r"(?:^|[/._=-])(?:rss\d?|atom|feeds?|rdf)(?:$|[/._?&=-])|\.(?:rss|rdf|atom)$|feed\.json$", re.IGNORECASE
)
_ASIDE = re.compile(r"comment|комментари|댓글", re.IGNORECASE)
_USUAL = (
    "/feed/",
    "/rss",
    "/rss.xml",
    "/feed.xml",
    "/atom.xml",
    "/index.xml",
    "/rss/allArticle.xml",  # most Korean news sites
    "/feed.json",
    "/news-sitemap.xml",
    "/sitemap-news.xml",
)
"""Where feeds are, in the order of how often."""


def discover(page: bytes, url: str) -> tuple[Found, ...]:
    """The feeds that an HTML page at `url` names, in its order, those of comments last.

    `<link rel="alternate">` (and rel="feed") counts; only where there is none, plain links on the same site
    whose address looks like a feed's.
    """
    base = url
    links: dict[str, Found] = {}
    anchors: dict[str, Found] = {}
    for name, given in islice(_tags(_text(page)), _MOST_TAGS):
        if name == "base":
            base = _absolute(given.get("href"), url) or base
        elif name == "link" and (found := _link(given, base)) is not None:
            links.setdefault(found.url, found)
        elif name == "a" and (found := _anchor(given, base, url)) is not None:
            anchors.setdefault(found.url, found)
    ordered = sorted(
        (links or anchors).values(), key=lambda one: bool(_ASIDE.search(f"{one.title} {one.url}"))
    )
    return tuple(ordered[:MOST_FOUND])


def hint(page: bytes, url: str) -> str:
    """The end of a sentence that says that a page is no feed: which feed it names; empty if none."""
    found = [one for one in discover(page, url) if len(one.url) <= _TELLABLE]
    if not found:
        return ""
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"; it names this feed: {found[0].url}{more}, put that into rules.yaml"


def usual_places(url: str) -> tuple[str, ...]:
    """Where a site that names no feed may have one."""
    parts = urlsplit(url)
    site = f"{parts.scheme}://{parts.netloc}"
    return tuple(f"{site}{path}" for path in _USUAL)


def _text(page: bytes) -> str:
    """The page as text: by its byte order mark, what it says of itself, else UTF-8."""
    said = _CHARSET.search(page[:4096])
    return decoded(page[:_LIMIT], said[1].decode("ascii") if said else None)


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags that may name a feed, with their attributes, outside comments and scripts."""
    at = 0
    while found := _TAG.search(text, at):
        at = found.end()
        name = (found["name"] or "").lower()
        if not name or name in _SILENT:
            end = "-->" if not name else f"</{name}"
            at = _behind(text, end, at)
        else:
            yield name, _attributes(found["given"])


def _behind(text: str, end: str, at: int) -> int:
    """Where the text goes on behind an end mark, whatever its case; at its very end if there is none."""
    found = re.compile(re.escape(end), re.IGNORECASE).search(text, at)
    return found.end() if found else len(text)


def _attributes(given: str) -> dict[str, str]:
    out: dict[str, str] = {}
    for one in _GIVEN.finditer(given):
        out.setdefault(one[1].lower(), html.unescape(one[2] or one[3] or one[4] or "").strip())
    return out


def _link(given: dict[str, str], base: str) -> Found | None:
    relations = given.get("rel", "").lower().split()
    kind = given.get("type", "").partition(";")[0].strip().lower()
    if "feed" not in relations and ("alternate" not in relations or kind not in _KINDS):
        return None
    url = _absolute(given.get("href"), base)
    if url is None or (kind in _VAGUE and not _like_a_feed(url)):
        return None
    return Found(url, _shown(given.get("title", "")), _KINDS.get(kind, "RSS"))


def _anchor(given: dict[str, str], base: str, page: str) -> Found | None:
    """A plain link that looks like one to a feed, on the same site."""
    url = _absolute(given.get("href"), base)
    if url is None or not _like_a_feed(url) or not _same_site(url, page) or url == urldefrag(page).url:
        return None
    return Found(url, _shown(given.get("title", "")), "Atom" if "atom" in url.lower() else "RSS")


def _like_a_feed(url: str) -> bool:
    parts = urlsplit(url)
    return _LIKE_A_FEED.search(f"{parts.path}?{parts.query}".rstrip("?")) is not None


def _same_site(one: str, other: str) -> bool:
    """Whether two addresses have a host in common, sub-domains aside."""
    first, second = (".".join((urlsplit(url).hostname or "").split(".")[-2:]) for url in (one, other))
    return first == second


def _absolute(href: str | None, base: str) -> str | None:
    """The address that a link means; None if nobody could follow it."""
    if not href:
        return None
    try:
        url = urldefrag(urljoin(base, re.sub(r"^feed:(?://)?(?=https?:)", "", href))).url
    except ValueError:
        return None
    return url if url.isprintable() and " " not in url and canonical_url(url) is not None else None


def _shown(title: str) -> str:
    return " ".join(plain(title).split())[:_TITLE_LIMIT]
