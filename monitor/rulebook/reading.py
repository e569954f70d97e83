"""Reading a rules file: bytes in, a rule book or every mistake out."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from monitor.core.errors import Mistake, RulesError
from monitor.rulebook.build import Checker, Loaded
from monitor.rulebook.document import MOST_BYTES, Unreadable, decode, parse
from monitor.rulebook.values import SECRETS
from monitor.rulebook.wording import MOST_MISTAKES

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.core.model import RuleBook

_FIRST = "The first of them are told; mend these, then look again."


def load(path: Path) -> RuleBook:
    """The rule book of a file; raises RulesError with every mistake."""
    return load_file(path).book


def read(text: str, name: str) -> RuleBook:
    """The rule book that a text holds; `name` stands for the file in messages. Raises RulesError."""
    return read_bytes(text.encode("utf-8", errors="surrogatepass"), name).book


def load_file(path: Path) -> Loaded:
    """Book and matcher of a file; raises RulesError."""
    return read_bytes(file_bytes(path), str(path))


def file_bytes(path: Path) -> bytes:
    """What stands in a file, at most a little more than will be read of it; raises RulesError."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        message = "there is no such file" if missing else f"the file cannot be read ({error.strerror})"
        hint = "Write one, or name another by the setting RULES." if missing else "Mend its access rights."
        raise RulesError(str(path), (Mistake(0, 0, message, hint),)) from error


def version_of(data: bytes) -> str:
    """The short digest that names a file's content."""
    return hashlib.sha256(data).hexdigest()[:8]


def read_bytes(data: bytes, name: str) -> Loaded:
    """Book and matcher of a file's bytes; raises RulesError."""
    try:
        source = decode(data)
    except Unreadable as error:
        raise RulesError(name, (error.mistake,)) from error
    try:
        root, mistakes = parse(source)
    except Unreadable as error:
        raise RulesError(name, (error.mistake,), source.lines) from error
    if root is None:
        mistake = Mistake(
            0, 0, "the file is empty", "Write `feeds:` and `rules:`; the shipped rules.yaml shows how."
        )
        raise RulesError(name, (mistake,))
    checker = Checker(source, root, version_of(data))
    loaded = checker.check()
    if loaded is None or mistakes:
        found = _all(mistakes, checker.mistakes)
        raise RulesError(name, found, _shown(source.lines, found))
    return loaded


def _shown(lines: tuple[str, ...], mistakes: tuple[Mistake, ...]) -> tuple[str, ...]:
    """The lines for the report, which goes into logs and chats, without those that hold a secret."""
    hidden = {mistake.line for mistake in mistakes if mistake.hint.startswith(SECRETS)}
    return tuple("(not shown)" if number in hidden else line for number, line in enumerate(lines, 1))


def _all(form: list[Mistake], content: list[Mistake]) -> tuple[Mistake, ...]:
    """Each mistake once. Where the form is wrong already, what follows from it would only distract."""
    places = {(mistake.line, mistake.column) for mistake in form}
    rest = [mistake for mistake in content if (mistake.line, mistake.column) not in places]
    found = sorted(dict.fromkeys([*form, *rest]))
    if len(found) < MOST_MISTAKES:
        return tuple(found)
    return (Mistake(0, 0, f"more than {MOST_MISTAKES - 1} mistakes", _FIRST), *found[: MOST_MISTAKES - 1])


__all__ = ["file_bytes", "load", "load_file", "read", "read_bytes", "version_of"]
