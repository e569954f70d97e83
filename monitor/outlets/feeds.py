"""Alerts into Atom feeds: files that are replaced as a whole, so that a reader never sees half of one."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import tempfile
import uuid
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.core.model import ATOM, Later, Receipt, Refused, Sent
from monitor.outlets.atom import FEED_ID, HEAD, Item, entries_of, entry, feed
from monitor.outlets.listing import by_name
from monitor.outlets.verdict import growing
from monitor.outlets.wording import first_link, page, title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from monitor.chat.message import Message
    from monitor.core.model import CardView, Claimed, RuleBook, RuleId
    from monitor.ports import Clock

log = logging.getLogger(__name__)

MOST_LINKS = 20
MOST_WORDS = 20
LARGEST = 20_000_000
"""Bytes of a file that are read; ours are far smaller."""


class ForeignError(Exception):
    """The file is there, and not one of ours."""


class AtomMessenger:
    """The port `Messenger` for the destinations of rules.yaml that are Atom feeds; it can repeat without doubling."""

    def __init__(
        self,
        *,
        book: Callable[[], RuleBook],
        folder: Path,
        words: Callable[[Claimed], Message],
        clock: Clock,
        names: Callable[[], Mapping[RuleId, str]],
        root: str = "",
    ) -> None:
        """`book` gives the rules in force, `folder` is where the files lie, `names` says what rules wait for.

        `words` turns what was claimed into its message, the same as for Telegram; `root` is the address under which
        the feeds can be read, if there is one.
        """
        self._book = book
        self._folder = folder
        self._words = words
        self._clock = clock
        self._names = names
        self._root = root

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Put an entry at the top, in place of the card's last one."""
        delivery = claimed.delivery
        outlet = by_name(self._book(), ATOM).get(delivery.destination.address)
        if outlet is None:
            return Refused(f"rules.yaml lists no destination {delivery.destination.address} any more")
        path = self._folder / outlet.atom
        item = self._item(claimed)
        try:
            await asyncio.to_thread(self._add, path, outlet.name, item)
        except ForeignError:
            return Later(growing(60.0, delivery.attempt), f"{path} is not a feed of Tocsin's; move it away")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            return Later(growing(10.0, delivery.attempt), f"{path} cannot be written ({why})")
        return Sent(item.id)

    def _item(self, claimed: Claimed) -> Item:
        delivery = replace(
            claimed.delivery, repeat=False
        )  # an entry has an id: it can come twice and is there once
        message, view = self._words(replace(claimed, delivery=delivery)), claimed.view
        card = claimed.digest is None
        first = view.stories[0].story
        links = dict.fromkeys((each.story.url, each.story.title) for each in view.stories if each.story.url)
        link = first_link(message)
        return Item(
            id=_id(view, "card" if card else f"{delivery.kind} {delivery.id}"),
            title=f"[{view.card.level.word}] {first.title}" if card and first.title else title(message),
            updated=self._clock(),
            published=view.card.opened_at,
            links=[*links][:MOST_LINKS] if card else [(link, "")] if link else [],
            rules=_rules(view, self._names()) if card else [],
            level=view.card.level.word if card else "",
            summary=_matched(view) if card else "",
            content=page(message),
        )

    def _add(self, path: Path, name: str, item: Item) -> None:
        """In a thread. Raises ForeignError, OSError, UnicodeDecodeError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        before = _read(path)
        known = FEED_ID.search(before)
        entries = entries_of(before)
        entries.pop(item.id, None)
        text = feed(
            known[1] if known else uuid.uuid4().urn,
            f"Tocsin: {name}",
            item.updated,
            [entry(item), *entries.values()],
            f"{self._root}/{path.name}" if self._root else "",
        )
        _replace(path, text.encode())


def _read(path: Path) -> str:
    """What stands in a feed of ours; nothing if it is not there."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST).decode()
    except FileNotFoundError:
        return ""
    if text and not text.startswith(HEAD):
        raise ForeignError
    return text


def _replace(path: Path, data: bytes) -> None:
    """Write beside it, to the disk, then take its place at once: a crash leaves the old one or the new one."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fchmod(file.fileno(), 0o644)
            os.fsync(file.fileno())
        os.replace(beside, path)  # noqa: PTH105 - of one name over another
    except OSError:
        with suppress(OSError):
            os.unlink(beside)  # noqa: PTH108 - as above
        raise


def _id(view: CardView, what: str) -> str:
    """The same for the same card of the same database, however often it is told."""
    return uuid.uuid5(
        uuid.NAMESPACE_OID, f"tocsin {what} {view.card.number} {view.card.opened_at.isoformat()}"
    ).urn


def _rules(view: CardView, names: Mapping[RuleId, str]) -> list[tuple[str, str]]:
    found = dict.fromkeys(hit.rule for story in view.stories for hit in story.hits)
    return [(rule, names.get(rule) or rule) for rule in found]


def _matched(view: CardView) -> str:
    """Which words matched, by rule."""
    words: dict[str, dict[str, None]] = {}
    for story in view.stories:
        for hit in story.hits:
            found = words.setdefault(hit.rule, {})
            found.update(dict.fromkeys(re.sub(r"\s+", " ", each.surface) for each in hit.evidence))
    return "; ".join(f"{rule}: {', '.join(list(found)[:MOST_WORDS])}" for rule, found in words.items())


__all__ = ["AtomMessenger"]
