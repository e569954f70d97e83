"""`export`: stored stories as a file, from outside a running bot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli.house import House
from monitor.cli.output import example
from monitor.core.language import Dialect, parse
from monitor.core.match import compile_query, history_of
from monitor.desk.answers import Find
from monitor.desk.sheets import Format, begin, row
from monitor.rulebook import load


@click.command(epilog=example("python bot.py export 'defector consulate' --out defectors.csv"))
@click.argument("query")
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in Format]),
    default=Format.CSV.value,
    show_default=True,
    help="CSV for spreadsheets, or JSON Lines for programs.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Where to write; standard output by default.",
)
@click.pass_obj
def export(house: House, query: str, form: str, out: Path | None) -> None:
    """Write the stored stories that match to a file, newest first.

    QUERY is written as for search. It takes no more memory for a million stories than for one.
    """
    book = load(house.settings().rules)
    finder = compile_query(parse(query, Dialect.OWNER), book.entities)
    levels = {rule.id: rule.level for rule in book.rules}
    now = datetime.now(UTC)
    store = house.reader()
    written = 0
    try:
        with click.open_file(str(out or "-"), "wb") as file:
            file.write(begin(Format(form)))
            for stored in store.candidates(finder.plan):
                evidence = finder.evidence(stored.story, now, history_of(stored, levels))
                if evidence is not None:
                    file.write(row(Format(form), Find(stored, evidence)))
                    written += 1
    except OSError as error:
        message = f"cannot write {out or 'standard output'}: {error.strerror}"
        raise click.ClickException(message) from error
    finally:
        store.close()
    if out is not None:
        click.echo(f"{written:,} stories written to {out}", err=True)
