"""Changes of a rules file by program: lines are added, and what stands there stays byte for byte."""

from __future__ import annotations

import codecs
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from monitor.core.errors import Mistake, RulesError
from monitor.rulebook.build import same_url
from monitor.rulebook.document import decode
from monitor.rulebook.placing import Written, appended, flow
from monitor.rulebook.reading import file_bytes, read_bytes
from monitor.rulebook.schema import FeedEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.core.model import Feed, RuleBook

_MODE = 0o644  # of a rules file that is made anew


@dataclass(frozen=True, slots=True)
class Added:
    """What became of the feeds that were to be added."""

    added: tuple[Feed, ...] = ()
    known: tuple[Feed, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()  # address and reason


def _nobody(_: float) -> None:
    """Nobody watches."""


def add_feeds(
    path: Path, feeds: Sequence[Feed], *, write: bool = True, progress: Callable[[float], None] = _nobody
) -> Added:
    """Add the feeds that `path` does not list yet, behind those that it lists; without `write` only say what would be.

    `progress` is told the share of the work that is done, 0 to 1.

    The new text is checked as a whole before it replaces the file in one step. Raises RulesError, and leaves the
    file alone, if the file is not in order, would become too large, or cannot be written.
    """
    data = file_bytes(path)
    seen = {same_url(feed.url) for feed in read_bytes(data, str(path)).book.feeds}
    added: list[Feed] = []
    known: list[Feed] = []
    refused: list[tuple[str, str]] = []
    entries: list[str] = []
    for number, feed in enumerate(feeds):
        progress(0.2 + 0.4 * number / len(feeds))
        entry = feed_entry(feed)
        try:
            FeedEntry.model_validate(entry)
        except ValidationError as error:
            told = error.errors(include_url=False)[0]
            refused.append((feed.url[:200], str(told.get("ctx", {}).get("message", told["msg"]))))
            continue
        if same_url(feed.url) in seen:
            known.append(feed)
            continue
        seen.add(same_url(feed.url))
        added.append(feed)
        entries.append(flow(entry))
    if entries:
        bom = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        new = bom + appended(decode(data).text, "feeds", entries).encode()
        read_bytes(new, str(path))
        if write:
            replace(path, new)
    progress(1.0)
    return Added(tuple(added), tuple(known), tuple(refused))


def put_back(path: Path, text: str) -> RuleBook:
    """Replace the whole file by `text` in one step, and give the book that it says.

    Raises RulesError, and leaves the file alone, if the text is not in order or the file cannot be written.
    """
    data = text.encode()
    book = read_bytes(data, str(path)).book
    replace(path, data)
    return book


def feed_entry(feed: Feed) -> dict[str, Written]:
    """A feed as a rules file writes it; every value a text, a list of texts or a mapping of texts."""
    written = {
        "url": feed.url,
        "name": feed.name,
        "lang": feed.lang,
        "tags": list(feed.tags),
        "tier": feed.tier,
        "every": _seconds(feed.every),
        "floor": _seconds(feed.floor),
        "weight": f"{feed.weight:.6f}".rstrip("0").rstrip(".") if feed.weight != 1 else None,
        "zone": feed.zone,
        "full_text": "true" if feed.full_text else None,
        "headers": dict(feed.headers),
        "proxy": feed.proxy,
    }
    return {key: value for key, value in written.items() if value}


def _seconds(interval: int | None) -> str | None:
    return None if interval is None else f"{interval}s"


def replace(path: Path, data: bytes) -> None:
    """Put the bytes in the file's place; whoever reads sees the old or the new file, whole. Raises RulesError."""
    target = path.resolve()  # a link stays a link
    if target.exists() and not os.access(target, os.W_OK):
        mistake = Mistake(
            0, 0, "the file is read-only for this process", "Allow it to write there, or edit by hand."
        )
        raise RulesError(str(path), (mistake,))
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(target.stat().st_mode if target.exists() else _MODE)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        hint = "Mend the access rights of its folder; in a container mount the folder, not the file."
        mistake = Mistake(0, 0, f"the file cannot be replaced ({error.strerror})", hint)
        raise RulesError(str(path), (mistake,)) from error
