"""Reads a feed's page: bytes into a batch of stories, or the reason why not. The only home of feedparser.

A pure function from bytes to values, but for feedparser's list of XML drivers, to which ours is added once.
It can be slow and hungry on hostile pages: run it in a worker (`workers`) unless the page is your own.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import feedparser
import feedparser.api
import feedparser.exceptions

from monitor.core.model import Batch, Failed
from monitor.core.text import plain
from monitor.feeds.entries import Oddities, absolute, language, newest, story_of
from monitor.feeds.keys import distinct

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.core.model import Feed

STORY_LIMIT = 500
"""Entries read of one page: more are an archive, not news."""

_WARNING_LIMIT = 20
_LONGEST_TTL = 30 * 86_400  # seconds
_TITLE_LIMIT = 300
_DRIVER = "monitor.feeds.buffered"

# Korean pages call themselves EUC-KR and are written in its superset; feedparser would decode them as
# Western.
_KOREAN_NAMES = r"euc[-_]?kr|ks_?c[-_]?5601(?:[-_]1987)?|(?:x-)?windows-949|ms949|uhc"
_DECLARED_KOREAN = re.compile(
    rb"\s*<\?xml[^>]{0,100}?encoding\s*=\s*[\"'](" + _KOREAN_NAMES.encode() + rb")[\"']", re.IGNORECASE
)
_SERVED_KOREAN = re.compile(rf"(charset\s*=\s*\"?)(?:{_KOREAN_NAMES})\b", re.IGNORECASE)

_ROOT = re.compile(  # what stands before it is never given back, so that no page can make this slow
    r"(?>\s|<\?.*?\?>|<!--.*?-->|<!doctype(?!\s+html)[^>]*>)*+<(?:[\w.-]+:)?(!?[\w.-]+)",
    re.IGNORECASE | re.DOTALL,
)
_REFERENCE = re.compile(rb"&#([0-9]{5,}|[xX][0-9a-fA-F]{4,});?")
_LONGEST_REFERENCE = 12  # digits
_TRIPS = (TypeError, ValueError, OverflowError, LookupError, AttributeError, AssertionError, RecursionError)
"""What feedparser 6.0.14 raises on damaged pages, seen in 60,000 mutations of real ones, and its like."""

_FEED_ROOTS = frozenset({"rss", "rdf", "feed", "channel"})
_LOOK = "look for its RSS or Atom address and put that into rules.yaml"
_PAGE = f"this is a web page, not a feed; {_LOOK}"
_SITEMAP = f"this is a sitemap, not a feed; {_LOOK}"
_ROOTS = {
    "html": _PAGE,
    "!doctype": _PAGE,  # of HTML: others are passed over
    "head": _PAGE,
    "body": _PAGE,
    "urlset": _SITEMAP,
    "sitemapindex": _SITEMAP,
    "opml": "this is a list of feeds (OPML), not a feed; import it with: python bot.py feeds import FILE",
}
_BROKEN = "the feed is broken XML and holds no readable entry; its publisher has to mend that"
_HEAD = 4096  # bytes of a page that are looked at to say what it is


def parse(feed: Feed, body: bytes, content_type: str | None, url: str) -> Batch | Failed:
    """The batch that a page of the feed carries, stories in document order.

    `content_type` is the server's header, None if it gave none; `url` is where the page came from in the
    end.
    """
    if not body.strip():
        return Failed(feed.url, "the page is empty; the feed may be out of order, or closed to programs")
    try:
        found = _read(body, content_type)
    except _TRIPS as error:
        return Failed(feed.url, f"{_BROKEN} ({type(error).__name__})")
    raw = _plain_dict(found["feed"])
    entries = [_plain_dict(entry) for entry in found["entries"]]
    odd = Oddities()
    warnings = _fault(found)
    if not entries:
        strange = _strange(body, found)
        if strange is not None:
            return Failed(feed.url, strange)
    chosen = newest(entries, STORY_LIMIT)
    if len(chosen) < len(entries):
        warnings.append(f"the page has {len(entries)} entries, {STORY_LIMIT} of them were read")
    link = absolute(raw.get("link"), url)
    # Relative links of RSS count from the site that the channel names, those of Atom from the page itself.
    site = url if str(found.get("version", "")).startswith("atom") else link or url
    lang = language(raw.get("language")) or language((raw.get("title_detail") or {}).get("language"))
    read = (story_of(entry, feed, site=site, lang=lang, odd=odd) for entry in chosen)
    stories, repeated = distinct([story for story in read if story is not None])
    if repeated:
        odd.note("an entry repeats another one and was left out", times=repeated)
    warnings += odd.warnings()
    return Batch(
        feed=feed.url,
        stories=tuple(stories),
        title=plain(str(raw.get("title") or "")[: _TITLE_LIMIT * 10])[:_TITLE_LIMIT] or None,
        link=link,
        lang=lang,
        ttl=_ttl(raw.get("ttl")),
        hub=_hub(raw.get("links"), url),
        warnings=tuple(warnings[:_WARNING_LIMIT]),
    )


def _read(body: bytes, content_type: str | None) -> feedparser.FeedParserDict:
    """What feedparser makes of it; raises one of _TRIPS where it stumbles."""
    declared = _DECLARED_KOREAN.match(body)
    if declared is not None:
        body = body[: declared.start(1)] + b"cp949" + body[declared.end(1) :]
    served = _SERVED_KOREAN.sub(r"\1cp949", content_type) if content_type else "application/xml"
    try:
        return _feedparser(body, served)
    except _TRIPS:
        # The only stumbling block seen in the wild: a reference to a character that does not exist.
        return _feedparser(_REFERENCE.sub(_possible, body), served)


def _feedparser(body: bytes, content_type: str) -> feedparser.FeedParserDict:
    """Nothing is sanitised or resolved: we do both ourselves (2.4 times faster)."""
    if _DRIVER not in feedparser.api.PREFERRED_XML_PARSERS:
        feedparser.api.PREFERRED_XML_PARSERS.insert(0, _DRIVER)
    return feedparser.parse(
        body,
        response_headers={"content-type": content_type},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _possible(reference: re.Match[bytes]) -> bytes:
    """The reference, if there is such a character."""
    digits = reference[1].lower()
    if len(digits) > _LONGEST_REFERENCE:
        return b""
    number = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    surrogate = 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - the range of RFC 3629 section 3
    return reference[0] if number <= sys.maxunicode and not surrogate else b""


def _plain_dict(found: feedparser.FeedParserDict) -> Mapping[str, Any]:
    """Without the look-ups that map one name to another."""
    return dict(found.items())


def _fault(found: feedparser.FeedParserDict) -> list[str]:
    """What was wrong with the page as a whole."""
    error = found.get("bozo_exception")
    if error is None or isinstance(error, feedparser.exceptions.NonXMLContentType):
        return []
    if isinstance(error, feedparser.exceptions.CharacterEncodingOverride):
        return [
            f"the page is not written in the character set that it claims, its publisher has to mend that: {error}"[
                :250
            ]
        ]
    # The place is left unsaid: feedparser counts lines of its own making.
    return ["the page is not well-formed XML and was read as far as possible"]


def _strange(body: bytes, found: feedparser.FeedParserDict) -> str | None:
    """What a page without entries is, with the mend; None if it is a feed that happens to be empty."""
    start = body[:_HEAD].decode(found.get("encoding") or "utf-8", "replace").lstrip("\ufeff \t\r\n")
    root = _ROOT.match(start)
    name = root[1].lower() if root else ""
    if name in _FEED_ROOTS or found.get("version"):
        return _BROKEN if any("not well-formed" in fault for fault in _fault(found)) else None
    if name:
        return _ROOTS.get(name, f"this is XML (<{name[:30]}>), but no feed; {_LOOK}")
    if start.startswith(("{", "[")):
        kind = "a JSON Feed" if "jsonfeed.org" in start else "JSON"
        return f"this is {kind}, and only RSS and Atom are read; {_LOOK}"
    binary = "\x00" in start or start.count("\ufffd") > len(start) // 10
    return f"this is {'not text, so no feed' if binary else 'plain text, not a feed'}; {_LOOK}"


def _ttl(minutes: object) -> int | None:
    """Seconds, of RSS's ttl in minutes."""
    written = str(minutes or "").strip()
    if not re.fullmatch(r"[0-9]{1,7}", written) or not int(written):
        return None
    return min(int(written) * 60, _LONGEST_TTL)


def _hub(links: object, url: str) -> str | None:
    """The WebSub hub that the feed names (W3C WebSub section 4)."""
    for link in links if isinstance(links, list) else ():
        if "hub" in str(link.get("rel", "")).split():
            return absolute(link.get("href"), url)
    return None
