"""Reads JSON Feed into entries as feedparser gives them. Pure.

Versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/); feedparser knows only XML. What comes out has the
shape of its entries, so that the same rules for keys, dates, links and texts hold (`entries.story_of`).
Values of the wrong type are passed over; ids that are numbers are kept, as the specification asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from monitor.feeds.channel import Channel, Entry


class Unreadable(Exception):
    """The text is no JSON at all, or JSON that nobody should read; says so in words."""


def read(text: str) -> Channel | None:
    """The feed; None if it is JSON of another kind. Raises Unreadable."""
    try:
        found = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        message = f"this looks like JSON, but it is broken ({error.msg})"
        raise Unreadable(message) from None
    except RecursionError:
        message = "this looks like JSON, but it is nested too deep"
        raise Unreadable(message) from None
    if not isinstance(found, dict) or not _is_feed(found):
        return None
    if not isinstance(found.get("items"), list):
        message = "this is a JSON Feed, but without items"
        raise Unreadable(message)
    items = [item for item in found["items"] if isinstance(item, dict)]
    odd = len(found["items"]) - len(items)
    hubs = [hub for hub in _dicts(found.get("hubs")) if _text(hub, "type").lower() == "websub"]
    return Channel(
        entries=tuple(_entry(item, _authors(found)) for item in items),
        title=_text(found, "title"),
        link=_text(found, "home_page_url") or None,
        lang=_text(found, "language") or None,
        hub=next((_text(hub, "url") for hub in hubs), None) or None,
        topic=_text(found, "feed_url") or None,
        warnings=(f"{odd} items are no JSON objects and were left out",) if odd else (),
    )


def _is_feed(found: Mapping[str, Any]) -> bool:
    """Whether it says that it is a JSON Feed, or looks like one."""
    if "jsonfeed.org/version/" in _text(found, "version"):
        return True
    items = _dicts(found.get("items"))
    return any(("content_html" in item or "content_text" in item) and "id" in item for item in items)


def _entry(item: Mapping[str, Any], authors: str) -> Entry:
    """One item, under the names that feedparser gives to such things."""
    plain, markup = _text(item, "content_text"), _text(item, "content_html")
    body = {"type": "text/html", "value": markup} if markup else {"type": "text/plain", "value": plain}
    written = _text(item, "summary")
    summary = {"type": "text/plain", "value": written} if written else body  # as feedparser does it, too
    title = _text(item, "title")
    # url is the item's own page; external_url is what a link blog writes about.
    links = [{"rel": "alternate", "href": _text(item, "url")}]
    links += [{"rel": "related", "href": _text(item, "external_url")}]
    links += [{"rel": "enclosure", "href": _text(one, "url")} for one in _dicts(item.get("attachments"))]
    language = _text(item, "language") or None
    return {
        "id": _text(item, "id"),
        "title": title,
        "title_detail": {"type": "text/plain", "value": title, "language": language},
        "link": _text(item, "url"),
        "links": [link for link in links if link["href"]],
        "summary": summary["value"],
        "summary_detail": summary,
        "content": [body] if body["value"] else [],
        "author": _authors(item) or authors,
        "published": _text(item, "date_published"),
        "updated": _text(item, "date_modified"),
    }


def _authors(item: Mapping[str, Any]) -> str:
    """Names of version 1.1's authors, or of version 1's author."""
    people = [*_dicts(item.get("authors")), *_dicts([item.get("author")])]
    return ", ".join(dict.fromkeys(name for one in people if (name := _text(one, "name").strip())))


def _text(found: Mapping[str, Any], name: str) -> str:
    """A text, or a number as it is written; empty for anything else."""
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _dicts(value: object) -> list[Mapping[str, Any]]:
    return list(_all_dicts(value)) if isinstance(value, list) else []


def _all_dicts(values: list[Any]) -> Iterator[Mapping[str, Any]]:
    return (value for value in values if isinstance(value, dict))
