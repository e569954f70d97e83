"""`backup` and `restore`: a checked copy of the database, and the way back to one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example
from monitor.core.model import Copy


@click.command(epilog=example("python bot.py backup", "python bot.py backup /mnt/usb/tocsin.db"))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def backup(house: House, file: Path | None, *, as_json: bool) -> None:
    """Copy the database, also while the bot runs.

    The copy is read through before it gets its name. Without FILE it goes into BACKUP_DIR, where the newest
    BACKUP_KEEP stay; FILE must not exist yet. The exit code is 1 if there is no whole copy in the end.
    """
    made = house.backup(file)
    if as_json:
        echo_json(_copy(made))
        return
    click.echo(f"{made.file}: {_told(made)}, checked")
    for each in made.older:
        click.echo(f"made room: {each}")


@click.command(epilog=example("python bot.py restore db/data/backups/tocsin-20260927T100000Z.db"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
@click.pass_obj
def restore(house: House, file: Path, *, as_json: bool) -> None:
    """Make a copy the database again.

    Refused while a bot owns the database. The copy is read through first, and what it replaces is kept beside it.
    Alerts that the copy still owes go out with the repeat mark, as they may have been sent since.
    """
    done = house.restore(file)
    if as_json:
        told = _copy(done.copy) | {
            "database": done.database,
            "replaced": done.replaced,
            "waiting": done.waiting,
        }
        echo_json(told)
        return
    click.echo(f"{done.database} is {done.copy.file} again: {_told(done.copy)}, checked")
    if done.waiting:
        click.echo(f"{done.waiting} deliveries wait in it; they go out marked as repeats")
    if done.replaced is not None:
        click.echo(f"what stood there is kept in {done.replaced}")


def _told(made: Copy) -> str:
    rows = made.rows
    return f"{made.size / 1e6:.1f} MB, {rows['stories']} stories, {rows['hits']} hits, {rows['cards']} cards"


def _copy(made: Copy) -> dict[str, Any]:
    return {
        "file": made.file,
        "bytes": made.size,
        "rows": dict(sorted(made.rows.items())),
        "removed": list(made.older),
    }
