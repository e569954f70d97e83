"""Changes of a rules file by program; comments, order and quotes of what stands there are kept."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from monitor.core.model import Feed
from monitor.rulebook.reading import load, read


def add_feeds(path: Path, feeds: Sequence[Feed]) -> tuple[Feed, ...]:
    """Add the feeds that `path` does not list yet; returns those. Raises RulesError if the file is not in order.

    The new text is checked as a whole before it replaces the file in one step.
    """
    known = {feed.url for feed in load(path).feeds}
    new = tuple(feed for feed in feeds if feed.url not in known)
    if not new:
        return ()
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 2**16  # lines stay as long as they are
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(path.read_text("utf-8-sig"))
    for feed in new:
        document["feeds"].append(_entry(feed))
    out = io.StringIO()
    yaml.dump(document, out)
    read(out.getvalue(), str(path))
    _replace(path, out.getvalue())
    return new


def _entry(feed: Feed) -> CommentedMap:
    entry = CommentedMap(url=DoubleQuotedScalarString(feed.url), name=DoubleQuotedScalarString(feed.name))
    if feed.lang:
        entry["lang"] = feed.lang
    if feed.tags:
        tags = CommentedSeq(DoubleQuotedScalarString(tag) for tag in feed.tags)
        tags.fa.set_flow_style()
        entry["tags"] = tags
    entry.fa.set_flow_style()
    return entry


def _replace(path: Path, text: str) -> None:
    """Put the text in the file's place; whoever reads sees the old or the new file, whole."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
