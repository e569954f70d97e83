"""What comes as a file in a chat is saved beside whoever sits at the terminal."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from monitor.chat.tongue import tr

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.chat.message import Attachment, Message


def saved(answer: Message, folder: Path) -> Message:
    """The answer with where its file lies now; pictures are left out, as the words say the same.

    Never writes over a file. One that cannot be written is told.
    """
    file = answer.attachment
    if file is None:
        return answer
    words = replace(answer, attachment=None)
    if file.picture:
        return words
    try:
        path = _write(file, folder)
    except OSError as error:
        told = tr("The file could not be saved in {folder}: {reason}").format(
            folder=folder, reason=error.strerror
        )
    else:
        told = tr("Saved as {path}").format(path=path)
    return replace(words, text=f"{answer.text}\n{told}")


def _write(file: Attachment, folder: Path) -> Path:
    """Write it under its name, or the next one that is free; raises OSError."""
    stem, dot, ending = file.name.partition(".")
    numbers = count(2)
    path = folder / file.name
    while path.exists():
        path = folder / f"{stem}-{next(numbers)}{dot}{ending}"
    with path.open("xb") as out:
        if isinstance(file.content, bytes):
            out.write(file.content)
        else:
            with file.content as content:
                shutil.copyfileobj(content, out)
    return path
