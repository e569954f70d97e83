"""Turns an entry, as feedparser gives it, into a story: plain text, a true link, a true date. Pure."""

from __future__ import annotations

import html
import re
from calendar import timegm
from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from monitor.core.identity import key_of
from monitor.core.model import Feed, Story
from monitor.core.text import canonical_url, plain
from monitor.feeds import dates
from monitor.feeds.aggregators import unwrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TITLE_LIMIT = 1_000  # characters
SUMMARY_LIMIT = 10_000
TEXT_LIMIT = 200_000
_AUTHOR_LIMIT = 200
_MARKUP_PER_CHARACTER = 10  # how much markup is looked at for one character that may be kept

_FIRST_YEAR = 2
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")
_ADDRESS = re.compile(r"\s*(?:https?:|/)", re.IGNORECASE)
_UNSAFE = re.compile('[\x00-\x20\x7f<>"]')  # nothing of a URL (RFC 3986), and trouble for those who show it
_DATES = ("published", "updated", "created")
_ODD_DATES = (  # elements that feedparser has no name for
    "prism_publicationdate", "dc_issued", "dc_created", "media_pubdate", "yandex_date", "publishdate",
    "publish_date", "pub_date", "published_at", "created_at", "lastmod",
)  # fmt: skip
_NEVER = datetime.min.replace(tzinfo=UTC)
_LINK_KINDS = ("alternate", "related", "via", "self", "enclosure")
_BODIES = ("yandex_full-text", "full-text", "fulltext")  # as Russian outlets carry the whole article


class Oddities:
    """Counts what was odd about a page's entries, each kind with its first example."""

    def __init__(self) -> None:
        self._times: dict[str, int] = {}
        self._examples: dict[str, str] = {}

    def note(self, kind: str, example: str = "", *, times: int = 1) -> None:
        """Count one more of a kind."""
        self._times[kind] = self._times.get(kind, 0) + times
        self._examples.setdefault(kind, example)

    def warnings(self) -> list[str]:
        """One line a kind."""
        lines: list[str] = []
        for kind, times in self._times.items():
            example = self._examples[kind]
            shown = f", such as {example[:60]!r}" if example else ""
            lines.append(f"{kind}{shown}" + (f" ({times} times)" if times > 1 else ""))
        return lines


def story_of(
    entry: Mapping[str, Any], feed: Feed, *, site: str, lang: str | None, odd: Oddities
) -> Story | None:
    """The story, or None for an entry that says nothing at all.

    `entry` is a feedparser entry as a plain dict (its own look-ups map names and warn); `site` is the
    address that relative links count from; `lang` the document's language. What is odd is counted in `odd`.
    """
    title = _cut(_text(entry.get("title_detail"), entry.get("title"), TITLE_LIMIT), TITLE_LIMIT)
    summary, text = _bodies(entry)
    url = _link(entry, site)
    guid = entry.get("id") or ""
    if not (title or summary or text or url or guid):
        odd.note("an entry says nothing and was left out")
        return None
    spoken = feed.lang or lang or language((entry.get("title_detail") or {}).get("language"))
    published, doubt = _published(entry, dates.local_zone(feed.zone, spoken), odd)
    return Story(
        feed=feed.url,
        key=key_of(guid, url, title, summary or text, published),
        title=title,
        url=url,
        summary=summary,
        text=text,
        author=_author(entry.get("author")),
        published=published,
        lang=spoken,
        source=feed.name,
        tags=feed.tags,
        tier=feed.tier,
        doubt=doubt,
    )


def language(tag: str | None) -> str | None:
    """The primary language subtag (RFC 5646 section 2.2.1), in lower case."""
    found = _LANGUAGE.match(tag.strip()) if tag else None
    return found[1].lower() if found else None


@lru_cache(maxsize=1024)  # a link is asked for several times
def absolute(link: str | None, base: str) -> str | None:
    """The http(s) address that a link means on a page at `base`; None if it is none."""
    if not link or not link.strip():
        return None
    try:
        url = _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", urljoin(base, link.strip()))
    except ValueError:
        return None
    return url if canonical_url(url) else None


def moment_of(entry: Mapping[str, Any]) -> datetime | None:
    """The entry's date without regard to the feed's zone: enough to sort by."""
    return next((moment for name in _DATES if (moment := _moment(entry, name, UTC))), None)


def _moment(entry: Mapping[str, Any], name: str, local: tzinfo) -> datetime | None:
    """As we read it, else as feedparser does."""
    written = entry.get(name)
    return (isinstance(written, str) and dates.read(written, local=local)) or _parsed(entry, name)


def _parsed(entry: Mapping[str, Any], name: str) -> datetime | None:
    parsed = entry.get(f"{name}_parsed")
    if parsed is None or parsed[0] < _FIRST_YEAR:  # what our handler says of dates that cannot be read
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _published(entry: Mapping[str, Any], local: tzinfo, odd: Oddities) -> tuple[datetime | None, str]:
    """The first of the entry's dates that can be read and be true, and what is wrong if none is."""
    unread = doubt = ""
    for name in (*_DATES, *_ODD_DATES):
        written = entry.get(name)
        if not isinstance(written, str) or not written.strip():
            continue
        moment = _moment(entry, name, local)
        if moment is None:
            unread = unread or written.strip()
        elif moment.year < dates.EARLIEST:
            doubt = f"the feed's date {written.strip()[:60]!r} lies before {dates.EARLIEST}"
            odd.note(f"a date lies before {dates.EARLIEST} and was left out", written.strip())
        else:
            if dates.zoneless(written):
                odd.note(f"a date names no time zone and was read as {_told(local)}", written.strip())
            return moment, ""
    if unread and not doubt:
        odd.note("a date could not be read", unread)
    return None, doubt


def _told(local: tzinfo) -> str:
    """A zone in words."""
    names = {str(dates.KOREA): "Korean time", str(dates.MOSCOW): "Moscow time"}
    return names.get(str(local), str(local))


def _link(entry: Mapping[str, Any], site: str) -> str | None:
    link = entry.get("link")
    # An RSS guid counts as a link unless it says otherwise (isPermaLink), also where it is no address at all.
    if entry.get("guidislink") and not _ADDRESS.match(link or ""):
        link = None
    links = {one.get("rel"): one.get("href") for one in reversed(entry.get("links") or ())}
    written = [entry.get("feedburner_origlink"), link, *(links.get(kind) for kind in _LINK_KINDS)]
    # feedparser takes an empty link element for the entry's link, so the id was not asked.
    written.append(entry.get("id") if link == "" else None)
    written += [one.get("url") for one in entry.get("media_content") or ()]
    found = next((url for one in written if isinstance(one, str) and (url := absolute(one, site))), None)
    return found and absolute(unwrapped(found), site)


def _bodies(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Summary and body, each text once: feedparser copies a body that stands alone into the summary."""
    contents = [one for one in entry.get("content") or () if _readable(one.get("type"))]
    contents += [{"value": body} for name in _BODIES if isinstance(body := entry.get(name), str)]
    content = max(contents, key=lambda one: len(one.get("value") or ""), default=None)
    body = _text(content, None, TEXT_LIMIT)
    raw = entry.get("summary") or ""
    copied = content is not None and raw == content.get("value")
    summary = body if copied else _text(entry.get("summary_detail"), raw, TEXT_LIMIT)
    if summary == body or not body:
        return (summary, "") if len(summary) <= SUMMARY_LIMIT else ("", _cut(summary, TEXT_LIMIT))
    return _cut(summary, SUMMARY_LIMIT), _cut(body, TEXT_LIMIT)


def _text(detail: Mapping[str, Any] | None, value: str | None, limit: int) -> str:
    """Plain text of a feedparser text construct: markup is read as such only where the type says so.

    `value` goes before that of `detail`, which may be of an element within another one (media:title).
    """
    stated = (detail.get("value") if detail else None) or ""
    raw = value or stated
    letters = detail is not None and detail.get("type") == "text/plain" and stated == raw
    raw = raw[: limit * _MARKUP_PER_CHARACTER]
    if letters:
        raw = html.escape(raw, quote=False)
    return plain(raw)


def _author(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = " ".join(plain(value[: _AUTHOR_LIMIT * _MARKUP_PER_CHARACTER]).split())
    return _cut(words, _AUTHOR_LIMIT) or None


def _readable(kind: str | None) -> bool:
    return not kind or kind.startswith("text/") or kind == "application/xhtml+xml"


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def newest(entries: Iterable[Mapping[str, Any]], limit: int) -> list[Mapping[str, Any]]:
    """The newest entries in their order, where all are dated; else the first ones."""
    all_entries = list(entries)
    if len(all_entries) <= limit:
        return all_entries
    moments = [moment_of(entry) for entry in all_entries]
    if None in moments:
        return all_entries[:limit]
    by_age = sorted(range(len(all_entries)), key=lambda at: moments[at] or _NEVER, reverse=True)
    return [all_entries[at] for at in sorted(by_age[:limit])]
