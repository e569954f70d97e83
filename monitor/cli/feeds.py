"""`feeds list | import | export`: the feed list of rules.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, time
from monitor.core.errors import StoreError
from monitor.core.model import FeedState, FeedUrl
from monitor.feeds import opml
from monitor.rulebook import load
from monitor.rulebook.edit import add_feeds


@click.group(epilog=example("python bot.py feeds list", "python bot.py feeds import my-reader.opml"))
def feeds() -> None:
    """The feeds of the rules file."""


@feeds.command("list", epilog=example("python bot.py feeds list --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def list_feeds(house: House, *, as_json: bool) -> None:
    """List the feeds, and how their last polls went if the bot has run."""
    states = _states(house)
    rows: list[dict[str, Any]] = []
    for feed in load(house.settings().rules).feeds:
        state = states.get(feed.url)
        rows.append(
            {
                "name": feed.name,
                "url": feed.url,
                "lang": feed.lang,
                "tags": list(feed.tags),
                "tier": feed.tier,
                "every": feed.every,
                "last_success": time(state.last_success_at if state else None),
                "next_poll": time(state.next_poll_at if state else None),
                "failures": state.failures if state else 0,
                "error": state.last_error if state else None,
                "reason": state.reason if state else "",
            }
        )
    if as_json:
        echo_json(rows)
        return
    for row in rows:
        click.echo(f"{one_line(row['name'])}  {row['lang'] or '-'}  {row['url']}")
        if row["error"]:
            click.echo(f"    failing ({row['failures']}): {one_line(row['error'])}")
        elif row["last_success"]:
            then = row["next_poll"] or "never"
            click.echo(
                f"    last success {row['last_success']}, next poll {then} ({one_line(row['reason'])})"
            )


@feeds.command("import", epilog=example("python bot.py feeds import my-reader.opml"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_feeds(house: House, file: Path) -> None:
    """Add the feeds of an OPML file to the rules file.

    Nothing else in the rules file changes. What is listed there already is left out, and so is what is no feed
    address, each with the reason.
    """
    found = opml.read(opml.decode(file.read_bytes()))
    for reason in found.skipped:
        click.echo(f"left out {reason}", err=True)
    if not found.feeds:
        message = f'{file}: no feeds found; an OPML file lists them as <outline xmlUrl="https://...">'
        raise click.ClickException(message)
    path = house.settings().rules
    done = add_feeds(path, found.feeds)
    for feed in done.added:
        click.echo(f"added {feed.name}  {feed.url}")
    for reason in done.refused:
        click.echo(f"left out {one_line(reason)}", err=True)
    left_out = len(found.skipped) + len(done.refused)
    click.echo(f"{path}: {len(done.added)} added, {len(done.known)} known already, {left_out} left out")


@feeds.command("export", epilog=example("python bot.py feeds export > tocsin.opml"))
@click.pass_obj
def export_feeds(house: House) -> None:
    """Print the feeds of the rules file as OPML."""
    click.echo(opml.write(load(house.settings().rules).feeds), nl=False)


def _states(house: House) -> dict[FeedUrl, FeedState]:
    """What polling knows of the feeds; nothing if the bot never ran here."""
    try:
        store = house.reader()
    except StoreError:
        return {}
    try:
        return {state.url: state for state in store.feed_states()}
    finally:
        store.close()
