"""Makes feeds as like real ones as can be: real documents, stamped so that no two feeds share a story."""

from __future__ import annotations

import random
import re
from pathlib import Path
from xml.parsers import expat

from benchmarks.data import DataMissing, folder

LEAST, MOST = 13, 170_000
"""Items that a document has at least, bytes that it has at most."""

KINDS = 10
CHANGED_ITEMS = 3

ITEM = re.compile(rb"<(item|entry)[\s>].*?</\1\s*>", re.DOTALL)
_TEXT = re.compile(
    rb"(<(?:guid|id|link|title)(?:\s[^<>]*[^<>/])?>)(.*?)(</(?:guid|id|link|title)>)", re.DOTALL
)
_ADDRESS = re.compile(rb"((?:rdf:about|rdf:resource|<link\s[^<>]*?href)=\"[^\"]*)(\")")


def sources() -> list[bytes]:
    """The largest well-formed documents with enough items: about 83 KB and 30 items each."""
    captured = folder() / "feeds" / "captured"
    found = [path.read_bytes() for path in sorted(captured.glob("*"))] if captured.is_dir() else []
    usable = [
        body
        for body in found
        if len(body) <= MOST and len(ITEM.findall(body)) >= LEAST and _well_formed(body)
    ]
    if len(usable) < KINDS:
        message = f"there are not enough feeds in {captured}"
        raise DataMissing(message)
    return sorted(usable, key=len, reverse=True)[:KINDS]


def _well_formed(body: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(body, True)  # noqa: FBT003 - expat takes no keywords
    except expat.ExpatError:
        return False
    return True


def stamped(document: bytes, mark: bytes) -> bytes:
    """The document with `mark` at the end of every id, link and title."""

    def text(found: re.Match[bytes]) -> bytes:
        written = found[2].rstrip()
        kept = written.removesuffix(b"]]>")
        return found[1] + kept + mark + written[len(kept) :] + found[3]

    return _ADDRESS.sub(rb"\g<1>" + mark + rb"\2", _TEXT.sub(text, document))


def write(target: Path, count: int) -> int:
    """Write `count` feeds as 0.xml, 1.xml, ...; returns their mean size."""
    originals = sources()
    size = 0
    for number in range(count):
        document = stamped(originals[number % len(originals)], b"-f%d" % number)
        (target / f"{number}.xml").write_bytes(document)
        size += len(document)
    return size // count


def change(target: Path, count: int, share: float) -> int:
    """Put three new items on top of a share of the feeds; returns how many stories are new."""
    chosen = random.Random(5).sample(range(count), round(count * share))
    for number in chosen:
        path = target / f"{number}.xml"
        document = path.read_bytes()
        items = [found.group() for found in ITEM.finditer(document)]
        fresh = b"".join(stamped(item, b"-new") for item in items[:CHANGED_ITEMS])
        at = document.index(items[0])
        path.write_bytes(document[:at] + fresh + document[at:])
    return len(chosen) * CHANGED_ITEMS
