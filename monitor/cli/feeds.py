"""`feeds list | import | export`: the feed list of rules.yaml. `feeds add | check` are in `sites`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from monitor.cli import sites
from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, time
from monitor.core.errors import StoreError
from monitor.core.model import FeedState, FeedUrl
from monitor.feeds import opml
from monitor.rulebook import load
from monitor.rulebook.edit import Added, add_feeds
from monitor.terminal.progress import progress


@click.group(
    epilog=example(
        "python bot.py feeds add https://example.org",
        "python bot.py feeds import my-reader.opml",
        "python bot.py feeds check",
    )
)
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
                "floor": feed.floor,
                "weight": feed.weight,
                "zone": feed.zone,
                "full_text": feed.full_text,
                "headers": [name for name, _ in feed.headers],
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
@click.option("--dry-run", is_flag=True, help="Say what would be added, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def import_feeds(house: House, file: Path, *, dry_run: bool, as_json: bool) -> None:
    """Add the feeds of an OPML file to the rules file.

    Nothing else in the rules file changes. What is listed there already is left out, and so is what is no feed
    address, each with the reason. A file that is not well-formed is read as far as it can be.
    """
    found = opml.read(opml.decode(file.read_bytes()))
    if not found.feeds:
        message = f'{file}: no feeds found; an OPML file lists them as <outline xmlUrl="https://...">'
        raise click.ClickException(message)
    path = house.settings().rules
    with progress("adding feeds") as advance:
        done = add_feeds(path, found.feeds, write=not dry_run, progress=advance)
    if as_json:
        echo_json(_report(path, found, done))
    else:
        _tell(file, path, found, done, "would be added" if dry_run else "added")


def _tell(file: Path, path: Path, found: opml.Outlines, done: Added, word: str) -> None:
    """The report for people: what went in on stdout, what did not on stderr."""
    if found.fault is not None:
        click.echo(f"{file}: {found.fault}; it was read as far as possible", err=True)
    for left in found.skipped:
        click.echo(f"left out {one_line(str(left))}", err=True)
    for feed in done.added:
        click.echo(f"{word} {one_line(feed.name)}  {feed.url}")
    for url, reason in done.refused:
        click.echo(f"left out {one_line(url)}: {one_line(reason)}", err=True)
    left_out = len(found.skipped) + len(done.refused)
    click.echo(f"{path}: {len(done.added)} {word}, {len(done.known)} known already, {left_out} left out")


def _report(path: Path, found: opml.Outlines, done: Added) -> dict[str, Any]:
    return {
        "rules": str(path),
        "fault": found.fault,
        "added": [
            {"name": feed.name, "url": feed.url, "lang": feed.lang, "tags": list(feed.tags)}
            for feed in done.added
        ],
        "known": [feed.url for feed in done.known],
        "left_out": [
            *({"what": left.what, "reason": left.reason} for left in found.skipped),
            *({"what": url, "reason": reason} for url, reason in done.refused),
        ],
    }


@feeds.command("export", epilog=example("python bot.py feeds export > tocsin.opml"))
@click.pass_obj
def export_feeds(house: House) -> None:
    """Print the feeds of the rules file as OPML.

    Names, languages and tags go along; headers and other options do not.
    """
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


feeds.add_command(sites.add)
feeds.add_command(sites.check)
