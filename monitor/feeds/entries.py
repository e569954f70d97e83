"""Turns an entry, as feedparser gives it, into a story: plain text, a true link, a true date. Pure."""

from __future__ import annotations

import html
import re
from calendar import timegm
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from monitor.core.model import Feed, Story
from monitor.core.text import canonical_url, plain
from monitor.feeds import dates
from monitor.feeds.keys import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TITLE_LIMIT = 1_000  # characters
SUMMARY_LIMIT = 10_000
TEXT_LIMIT = 200_000
_AUTHOR_LIMIT = 200
_MARKUP_PER_CHARACTER = 10  # how much markup is looked at for one character that may be kept

_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")
_ADDRESS = re.compile(r"\s*(?:https?:|/)", re.IGNORECASE)
_UNSAFE = re.compile('[\x00-\x20\x7f<>"]')  # nothing of a URL (RFC 3986), and trouble for those who show it
_DATES = ("published", "updated", "created")
_NEVER = datetime.min.replace(tzinfo=UTC)
_LINK_KINDS = ("alternate", "related", "via", "self")


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
    published = _published(entry, dates.KOREA if spoken == "ko" else UTC, odd)
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
    )


def language(tag: str | None) -> str | None:
    """The primary language subtag (RFC 5646 section 2.2.1), in lower case."""
    found = _LANGUAGE.match(tag.strip()) if tag else None
    return found[1].lower() if found else None


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
    """The entry's date as feedparser understands it, without our own reading: enough to sort by."""
    for name in _DATES:
        parsed = entry.get(f"{name}_parsed")
        if parsed is not None:
            try:
                return datetime.fromtimestamp(timegm(parsed), UTC)
            except (ValueError, OverflowError, OSError):
                return None
    return None


def _published(entry: Mapping[str, Any], local: tzinfo, odd: Oddities) -> datetime | None:
    written = next((entry[name] for name in _DATES if entry.get(name)), None)
    if not isinstance(written, str) or not written.strip():
        return None
    moment = dates.read(written, local=local)
    if moment is None and not dates.misread(written):
        moment = moment_of(entry)
    if moment is None:
        odd.note("a date could not be read", written.strip())
        return None
    if moment.year < dates.EARLIEST:
        odd.note(f"a date lies before {dates.EARLIEST} and was left out", written.strip())
        return None
    if dates.zoneless(written):
        zone = "Korean time" if local is dates.KOREA else "UTC"
        odd.note(f"a date names no time zone and was read as {zone}", written.strip())
    return moment


def _link(entry: Mapping[str, Any], site: str) -> str | None:
    link = entry.get("link")
    # An RSS guid counts as a link unless it says otherwise (isPermaLink), also where it is no address at all.
    if entry.get("guidislink") and not _ADDRESS.match(link or ""):
        link = None
    found = absolute(link, site)
    if found is None:
        links = {one.get("rel"): one.get("href") for one in reversed(entry.get("links") or ())}
        found = next((url for kind in _LINK_KINDS if (url := absolute(links.get(kind), site))), None)
    return found


def _bodies(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Summary and body, each text once: feedparser copies a body that stands alone into the summary."""
    contents = [one for one in entry.get("content") or () if _readable(one.get("type"))]
    content = max(contents, key=lambda one: len(one.get("value") or ""), default=None)
    body = _text(content, None, TEXT_LIMIT)
    raw = entry.get("summary") or ""
    copied = content is not None and raw == content.get("value")
    summary = body if copied else _text(entry.get("summary_detail"), raw, TEXT_LIMIT)
    if summary == body or not body:
        return (summary, "") if len(summary) <= SUMMARY_LIMIT else ("", _cut(summary, TEXT_LIMIT))
    return _cut(summary, SUMMARY_LIMIT), _cut(body, TEXT_LIMIT)


def _text(detail: Mapping[str, Any] | None, value: str | None, limit: int) -> str:
    """Plain text of a feedparser text construct: markup is read as such only where the type says so."""
    raw = (detail.get("value") if detail else None) or value or ""
    raw = raw[: limit * _MARKUP_PER_CHARACTER]
    if detail and detail.get("type") == "text/plain":
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
