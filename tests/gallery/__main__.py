"""Writes the gallery: `make gallery`, then look at `gallery/*.png`."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from monitor.chat.message import Message
from monitor.chat.tongue import ENGLISH, LANGUAGES, speaking, tr
from tests.gallery.drawing import Page, height
from tests.gallery.scenes import Scene, scenes
from tests.tongues import PLACES, texts

FOLDER = Path("gallery")
TALL = 2_600
"""Pixels of messages on a page, about."""


def shows(template: str, words: str) -> bool:
    """Whether a message holds a text, whatever its places were filled with."""
    pieces = PLACES.split(template)[::2]
    if not all(piece in words for piece in pieces):
        return False
    return re.search(".*?".join(map(re.escape, pieces)), words, re.DOTALL) is not None


def pages(told: list[Scene]) -> Iterator[list[Scene]]:
    """The messages by pages, each of them once."""
    seen: set[tuple[object, ...]] = set()
    page: list[Scene] = []
    tall = 0
    for scene in told:
        message = scene.message
        same = (message.text, message.buttons)
        if same in seen and message.attachment is None:
            continue
        seen.add(same)
        if page and tall + height(message) > TALL:
            yield page
            page, tall = [], 0
        page.append(scene)
        tall += height(message)
    yield page


def said(scene: Scene) -> str:
    """All words of a message."""
    buttons = [button.text for row in scene.message.buttons for button in row]
    return "\n".join([scene.message.text, *buttons])


def faults(told: list[Scene], language: str) -> list[str]:
    """What a machine can see: places that were not filled, and English where another language is spoken."""
    found = [f"{each.typed}: {left}" for each in told for left in PLACES.findall(said(each)) if left]
    if language != ENGLISH:
        english = [text.one for text in texts() if len(text.one.split()) > 3]
        for each in told:
            words = said(each)
            found += [f"{each.typed}: {one}" for one in english if shows(one, words)]
    return found


def unsaid(told: list[Scene]) -> list[str]:
    """Texts of the code that no scene shows."""
    words = [said(each) for each in told]
    every = dict.fromkeys(text for each in texts() for text in (each.one, each.many) if text is not None)
    return [text for text in every if not any(shows(text, each) for each in words)]


def side_by_side(text: str) -> str:
    """A text in all languages, its places named."""
    found = []
    for language in LANGUAGES:
        with speaking(language):
            found.append(tr(text))
    return "\n".join(found)


def main() -> None:
    """All pages, then the findings."""
    FOLDER.mkdir(exist_ok=True)
    problems: list[str] = []
    rest: list[str] = []
    for language in LANGUAGES:
        told = asyncio.run(scenes(language))
        for number, shown in enumerate(pages(told), start=1):
            page = Page(f"{LANGUAGES[language]}, {number}", [(each.typed, each.message) for each in shown])
            (FOLDER / f"{language}-{number:02}.png").write_bytes(page.draw())
            problems += [f"{language}: {fault}" for fault in page.faults]
        problems += [f"{language}: {fault}" for fault in faults(told, language)]
        sys.stdout.write(f"{language}: {len(told)} messages in {FOLDER}\n")
        if language == ENGLISH:
            rest = unsaid(told)
    for number, shown in enumerate(
        pages([Scene(text, Message(side_by_side(text))) for text in rest]), start=1
    ):
        page = Page(f"Texts that no scene shows, {number}", [("", each.message) for each in shown])
        (FOLDER / f"texts-{number:02}.png").write_bytes(page.draw())
    sys.stdout.write(f"{len(rest)} texts that no scene shows: side by side in {FOLDER}\n")
    for problem in dict.fromkeys(problems):
        sys.stdout.write(f"look at: {problem}\n")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
