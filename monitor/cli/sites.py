"""`feeds add | check`: looks at sites and feeds, now, through the same fetching as polling."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from typing import Any

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, time
from monitor.core.model import Checkup, Feed, FeedUrl, Preview, Sighting
from monitor.feeds.opml import LONGEST_NAME
from monitor.rulebook import load
from monitor.rulebook.edit import add_feeds
from monitor.terminal.progress import progress

AT_A_TIME = 50
"""Feeds that are checked side by side; the fetcher keeps to one conversation per host."""


@click.command(
    epilog=example(
        "python bot.py feeds add https://example.org",
        "python bot.py feeds add https://example.org/rss.xml --lang ko --tag asia",
    )
)
@click.argument("address")
@click.option("--name", help="How alerts call it; else its own title.")
@click.option("--lang", help="Language of its stories (en, ko, ru, ...); else what the feed says.")
@click.option("--tag", "tags", multiple=True, help="A word for `tag:` in queries; may be given again.")
@click.option("--tier", help="Kind of source: official, wire, national, local, ...")
@click.option("--yes", "-y", is_flag=True, help="Do not ask; of several feeds take the first.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found and done as JSON; does not ask.")
@click.pass_obj
def add(
    house: House,
    address: str,
    *,
    name: str | None,
    lang: str | None,
    tags: tuple[str, ...],
    tier: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Add a feed, or one that a site names.

    ADDRESS is a feed's or a web page's. What is found is fetched and shown first. Nothing else in the rules file
    changes, comments stay.
    """
    path = house.settings().rules
    load(path)  # a file that is not in order is told before anybody is asked
    if not as_json:
        click.echo(f"looking at {one_line(address)} ...", err=True)
    sighting = asyncio.run(_look(house, address))
    if not as_json:
        _show(sighting)
    chosen = _chosen(sighting, ask=sys.stdin.isatty() and not (yes or as_json), first=yes)
    wanted = [_feed(preview, name, lang, tags, tier) for preview in chosen]
    done = add_feeds(path, wanted)
    if as_json:
        echo_json(
            {
                "asked": sighting.asked,
                "found": [_preview(feed) for feed in sighting.feeds],
                "named": [{"url": one.url, "title": one.title, "kind": one.kind} for one in sighting.named],
                "reason": sighting.reason,
                "added": [feed.url for feed in done.added],
                "known": [feed.url for feed in done.known],
                "refused": [{"url": url, "reason": reason} for url, reason in done.refused],
            }
        )
    else:
        for feed in done.added:
            click.echo(f"added {one_line(feed.name)}  {feed.url}  to {path}")
        for feed in done.known:
            click.echo(f"{feed.url} is listed in {path} already")
        for url, reason in done.refused:
            click.echo(f"not added {one_line(url)}: {one_line(reason)}", err=True)
    if done.refused or not chosen:
        raise SystemExit(1)


async def _look(house: House, address: str) -> Sighting:
    async with house.scout() as scout:
        return await scout.look(address)


def _show(sighting: Sighting) -> None:
    """What was found, with a few of its stories."""
    if not sighting.feeds:
        click.echo(f"no feed: {one_line(sighting.reason)}", err=True)
    for number, feed in enumerate(sighting.feeds, 1):
        click.echo(f"{number}. {one_line(feed.title)}  {feed.lang or '-'}  {feed.url}")
        click.echo(f"   {_stories(feed)}")
        for title in feed.titles:
            click.echo(f"   - {one_line(title)}")
    if sighting.named:
        click.echo("the page also names:" if sighting.feeds else "the page names:")
        for one in sighting.named:
            click.echo(f"   {one.url}  {one_line(one.title)}".rstrip())


def _stories(feed: Preview) -> str:
    newest = f", newest {time(feed.newest)}" if feed.newest else ""
    return f"{feed.stories} {'story' if feed.stories == 1 else 'stories'}{newest}"


def _chosen(sighting: Sighting, *, ask: bool, first: bool) -> tuple[Preview, ...]:
    """Which of the feeds to add; nothing is guessed where there are several and nobody was asked."""
    feeds = sighting.feeds
    if not feeds:
        return ()
    if not ask:
        if len(feeds) == 1 or first:
            return feeds[:1]
        click.echo("several feeds: add the one that you mean by its address, or the first by --yes", err=True)
        return ()
    if len(feeds) == 1:
        return feeds if click.confirm("add it?", default=True) else ()
    written = click.prompt("add which (numbers, all, none)", default="1")
    if written.strip().lower() == "all":
        return feeds
    numbers = {int(word) for word in re.findall(r"[0-9]{1,3}", written)}
    return tuple(feed for number, feed in enumerate(feeds, 1) if number in numbers)


def _feed(
    preview: Preview, name: str | None, lang: str | None, tags: tuple[str, ...], tier: str | None
) -> Feed:
    called = " ".join(one_line(name or preview.title).split())[:LONGEST_NAME]
    return Feed(FeedUrl(preview.url), called, lang or preview.lang, tags, tier)


def _preview(feed: Preview) -> dict[str, Any]:
    return {
        "url": feed.url,
        "title": feed.title,
        "lang": feed.lang,
        "stories": feed.stories,
        "newest": time(feed.newest),
        "titles": list(feed.titles),
    }


@click.command(epilog=example("python bot.py feeds check", "python bot.py feeds check Yonhap --json"))
@click.argument("which", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def check(house: House, which: tuple[str, ...], *, as_json: bool) -> None:
    """Ask the feeds now, and say which can be read.

    WHICH are names or addresses of feeds; else all. Each is asked once, without conditions; nothing is stored. The
    exit code is 1 if any cannot be read.
    """
    path = house.settings().rules
    listed = load(path).feeds
    feeds = [feed for feed in listed if not which or feed.url in which or feed.name in which]
    missing = [word for word in which if all(word not in (feed.url, feed.name) for feed in listed)]
    if missing:
        message = f"{path} lists no feed {missing[0]!r}; `feeds list` shows the names"
        raise click.ClickException(message)
    with progress("asking feeds") as advance:
        found = asyncio.run(_check_all(house, feeds, advance))
    failing = sum(1 for one in found if one.reason)
    if as_json:
        echo_json([_checkup(one) for one in found])
    else:
        for one in found:
            _tell(one)
        click.echo(f"{path}: {len(found) - failing} can be read, {failing} cannot")
    if failing:
        raise SystemExit(1)


async def _check_all(house: House, feeds: list[Feed], advance: Callable[[float], None]) -> list[Checkup]:
    gate = asyncio.Semaphore(AT_A_TIME)
    done = 0

    async with house.scout() as scout:

        async def one(feed: Feed) -> Checkup:
            nonlocal done
            async with gate:
                found = await scout.check(feed)
            done += 1
            advance(done / len(feeds))
            return found

        return list(await asyncio.gather(*map(one, feeds)))


def _tell(found: Checkup) -> None:
    feed = found.feed
    if found.preview is None:
        click.echo(f"FAILS {one_line(feed.name)}  {feed.url}")
        click.echo(f"      {one_line(found.reason)}")
        return
    click.echo(f"fine  {one_line(feed.name)}  {feed.url}  {_stories(found.preview)}")
    if found.moved_to is not None:
        click.echo(f"      it says that it has moved for good to {one_line(found.moved_to)}")
    for warning in found.warnings:
        click.echo(f"      {one_line(warning)}")


def _checkup(found: Checkup) -> dict[str, Any]:
    return {
        "name": found.feed.name,
        "url": found.feed.url,
        "ok": not found.reason,
        "reason": found.reason,
        "stories": found.preview.stories if found.preview else 0,
        "newest": time(found.preview.newest) if found.preview else None,
        "moved_to": found.moved_to,
        "warnings": list(found.warnings),
    }
