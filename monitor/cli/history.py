"""`rules history | diff | rollback`: every rules file that was in force, and the way back."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import click

from monitor.cli import shapes
from monitor.cli.house import House
from monitor.cli.output import echo_json, example
from monitor.core.errors import RulesError
from monitor.core.model import KeptBook
from monitor.ports import Store
from monitor.rulebook.edit import put_back
from monitor.rulebook.reading import file_bytes, version_of
from monitor.terminal.ledger import draw_diff, draw_history
from monitor.terminal.screen import Screen

FILE = "file"
"""Names the rules file as it is now."""

MOST = 100_000
"""Versions looked through for a name."""


@click.group(epilog=example("python bot.py rules history", "python bot.py rules near-miss --since 7d"))
def rules() -> None:
    """The history of the rules, and how they do."""


@rules.command(epilog=example("python bot.py rules history --json"))
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def history(house: House, limit: int, *, as_json: bool) -> None:
    """List the rules files that were in force, newest first: when, who, what changed.

    The running bot keeps each one that it takes over; `rules diff` and `rules rollback` take the versions.
    """
    path = house.settings().rules
    with closing(house.reader()) as store:
        books = store.books(limit)
    here = _here(path)
    in_force = bool(books) and here is not None and here.version == books[0].version
    if as_json:
        now = here.version if here else None
        echo_json({"file": now, "in_force": in_force, "versions": [shapes.book(each) for each in books]})
        return
    draw_history(Screen(), books, house.settings().timezone)
    if here is None:
        click.echo(f"{path} cannot be read at present", err=True)
    elif not in_force:
        click.echo(f"{path} is now {here.version}, which no running bot has taken over", err=True)


@rules.command(epilog=example("python bot.py rules diff", "python bot.py rules diff 1f0c2a3b file"))
@click.argument("older", required=False)
@click.argument("newer", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object with the lines.")
@click.pass_obj
def diff(house: House, older: str | None, newer: str | None, *, as_json: bool) -> None:
    """Show what changed between two versions of the rules, as a unified diff.

    OLDER and NEWER are versions of `rules history`, or `file` for the rules file as it is now. Without any, the
    last two; with one, what changed from it to the newest.
    """
    path = house.settings().rules
    with closing(house.reader()) as store:
        books = store.books(2)
        if older is None and len(books) < 2:  # noqa: PLR2004 - two to compare
            message = (
                "fewer than two versions were kept; `rules diff VERSION file` compares with the file now"
            )
            raise click.ClickException(message)
        before = _version(store, path, older or books[1].version)
        after = _version(store, path, newer or books[0].version)
    lines = [
        line.rstrip("\r\n")
        for line in unified_diff(
            before.text.splitlines(keepends=True),
            after.text.splitlines(keepends=True),
            before.name,
            after.name,
        )
    ]
    if as_json:
        echo_json({"older": before.version, "newer": after.version, "lines": lines})
    elif lines:
        draw_diff(Screen(), lines)
    else:
        click.echo(f"{before.name} and {after.name} are the same", err=True)


@rules.command(epilog=example("python bot.py rules rollback 1f0c2a3b"))
@click.argument("version")
@click.pass_obj
def rollback(house: House, version: str) -> None:
    """Put an earlier version back into the rules file; a running bot takes it over.

    The version is checked as `check` does before the file is replaced in one step. What stood in the file is kept
    beside it if it was never in force.
    """
    path = house.settings().rules
    with closing(house.reader()) as store:
        wanted = _version(store, path, version)
        here = _here(path)
        kept = here is None or store.book_text(here.version) is not None
    if here is not None and here.version == wanted.version:
        click.echo(f"{path} is {wanted.version} already")
        return
    if here is not None and not kept:
        beside = path.with_name(f"{path.name}.{here.version}")
        try:
            beside.write_bytes(file_bytes(path))
        except OSError as error:
            message = (
                f"{path} was never in force, and no copy of it can be written ({error.strerror}): {beside}"
            )
            raise click.ClickException(message) from error
        click.echo(f"what stood there is kept in {beside}", err=True)
    book = put_back(path, wanted.text)
    click.echo(f"{path} is {book.version} again: {len(book.rules)} rules, {len(book.feeds)} feeds")


@dataclass(frozen=True, slots=True)
class _Text:
    """One version of the rules."""

    name: str  # for people
    version: str
    text: str


def _here(path: Path) -> _Text | None:
    """The rules file as it is now; None if there is none that can be read."""
    try:
        data = file_bytes(path)
    except RulesError:
        return None
    return _Text(str(path), version_of(data), data.decode("utf-8", errors="replace"))


def _version(store: Store, path: Path, asked: str) -> _Text:
    """A version by its name or by the beginning of it."""
    if asked == FILE:
        here = _here(path)
        if here is None:
            message = f"{path} cannot be read"
            raise click.ClickException(message)
        return here
    found: dict[str, KeptBook] = {}
    for book in store.books(MOST):
        if asked and book.version.startswith(asked):
            found.setdefault(book.version, book)
    if len(found) != 1:
        problem = "is the beginning of several versions" if found else "is no version"
        message = f"{asked!r} {problem}; `rules history` lists them"
        raise click.ClickException(message)
    (book,) = found.values()
    return _Text(
        f"{book.version} ({book.loaded_at:%Y-%m-%d %H:%M} UTC)",
        book.version,
        store.book_text(book.version) or "",
    )
