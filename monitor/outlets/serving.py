"""The Atom feeds of the rules in force, over HTTP: `/NAME.xml` is the file of that name, and nothing else is there."""

from __future__ import annotations

import asyncio
import hashlib
import re
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.core.errors import SettingsError
from monitor.door import Door, Knock, Reply, Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from monitor.core.model import RuleBook

_PATH = re.compile(r"/([A-Za-z0-9_][A-Za-z0-9._-]{0,99})")


def feeds_room(book: Callable[[], RuleBook], folder: Path) -> Room:
    """The room of the feeds that lie in `folder`; only those that rules.yaml lists are given."""

    async def answer(knock: Knock) -> Reply:
        name = knock.path.removeprefix("/")
        if all(each.atom != name for each in book().destinations):
            return Reply(HTTPStatus.NOT_FOUND)
        try:
            data = await asyncio.to_thread((folder / name).read_bytes)
        except OSError:
            return Reply(HTTPStatus.NOT_FOUND)  # nothing was told yet
        tag = f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
        headers = {"ETag": tag, "Cache-Control": "max-age=60"}
        if tag in knock.headers.get("if-none-match", ""):
            return Reply(HTTPStatus.NOT_MODIFIED, headers=headers)
        return Reply(HTTPStatus.OK, data, {**headers, "Content-Type": "application/atom+xml; charset=utf-8"})

    return Room("GET", _PATH, answer)


@asynccontextmanager
async def outlet_feeds(
    where: tuple[str, int], book: Callable[[], RuleBook], folder: Path
) -> AsyncIterator[Door]:
    """Serves them at an address and port as long as it lasts. Raises SettingsError if the port is taken."""
    host, port = where
    door = Door([feeds_room(book, folder)], host=host, port=port)
    try:
        await door.start()
    except OSError as error:
        setting, message = "ATOM_LISTEN", f"nothing can listen there ({error.strerror}); name another port"
        raise SettingsError(setting, message) from error
    try:
        yield door
    finally:
        await door.close()


__all__ = ["feeds_room", "outlet_feeds"]
