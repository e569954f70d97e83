"""`feeds list | import | export`: the feed list of rules.yaml."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from monitor.cli.house import House
from monitor.core.errors import StoreError
from monitor.core.model import FeedState, FeedUrl
from monitor.feeds import opml
from monitor.rulebook import load
from monitor.rulebook.edit import add_feeds


@click.group()
def feeds() -> None:
    """The feeds of the rules file."""


@feeds.command("list", epilog="Example:  python bot.py feeds list --json")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@click.pass_obj
def list_feeds(house: House, *, as_json: bool) -> None:
    """List the feeds, and how their last polls went if the bot has run."""
    states = _states(house)
    rows = []
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
                "last_success": _time(state.last_success_at if state else None),
                "next_poll": _time(state.next_poll_at if state else None),
                "failures": state.failures if state else 0,
                "error": state.last_error if state else None,
                "reason": state.reason if state else "",
            }
        )
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['name']}  {row['lang'] or '-'}  {row['url']}")
        if row["error"]:
            click.echo(f"    failing ({row['failures']}): {row['error']}")
        elif row["last_success"]:
            click.echo(
                f"    last success {row['last_success']}, next poll {row['next_poll']} ({row['reason']})"
            )


@feeds.command("import", epilog="Example:  python bot.py feeds import my-reader.opml")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_feeds(house: House, file: Path) -> None:
    """Add the feeds of an OPML file to the rules file; its comments and order stay."""
    found = opml.read(file.read_text("utf-8", errors="replace"))
    if not found.feeds:
        message = f'{file}: no feeds found; an OPML file lists them as <outline xmlUrl="https://...">'
        raise click.ClickException(message)
    path = house.settings().rules
    added = add_feeds(path, found.feeds)
    known = len(found.feeds) - len(added)
    for feed in added:
        click.echo(f"added {feed.name}  {feed.url}")
    for reason in found.skipped:
        click.echo(f"left out {reason}", err=True)
    click.echo(f"{path}: {len(added)} added, {known} known already, {len(found.skipped)} left out")


@feeds.command("export", epilog="Example:  python bot.py feeds export > tocsin.opml")
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


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at is not None else None
