"""`parse`, `search` and `status`: documents and the database, looked at from outside a running bot."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, time
from monitor.core.health import ailments
from monitor.core.language import Dialect
from monitor.core.language import parse as parse_query
from monitor.core.match import compile_query, history_of
from monitor.core.model import Batch, Failed, Feed, FeedUrl, StoredStory, Story
from monitor.feeds.parse import parse as parse_feed
from monitor.rulebook import load


@click.command(epilog=example("python bot.py parse feed.xml --url https://example.org/feed.xml --json"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--url", default="", help="Where the document came from: relative links are resolved against it."
)
@click.option("--content-type", help="The Content-Type header it came with.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def parse(file: Path, url: str, content_type: str | None, *, as_json: bool) -> None:
    """Read a feed document as the bot would, and print its stories.

    The exit code is 1 if it is not a feed.
    """
    read = parse_feed(Feed(FeedUrl(url), file.name), file.read_bytes(), content_type, url)
    if isinstance(read, Failed):
        message = f"{file}: {read.reason}"
        raise click.ClickException(message)
    if as_json:
        echo_json(_batch(read))
        return
    click.echo(f"{one_line(read.title or '') or '(no title)'}: {len(read.stories)} stories")
    for story in read.stories:
        when = time(story.published) or "no date"
        click.echo(f"  {when}  {one_line(story.title) or '(no title)'}")
        click.echo(f"    {one_line(story.url or '') or '(no link)'}")
    for warning in read.warnings:
        click.echo(f"  warning: {one_line(warning)}", err=True)


@click.command(epilog=example("python bot.py search 'defector consulate' --limit 5"))
@click.argument("query")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many stories at most."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def search(house: House, query: str, limit: int, *, as_json: bool) -> None:
    """Search the stored stories, newest first.

    QUERY is written as in the rules: words, "phrases", AND, OR, NOT, NEAR, @entities, /patterns/ and fields;
    besides the fields of rules it knows after: before: rule: level: card: is:muted (docs/query-language.md).
    """
    book = load(house.settings().rules)
    finder = compile_query(parse_query(query, Dialect.OWNER), book.entities)
    levels = {rule.id: rule.level for rule in book.rules}
    now = datetime.now(UTC)

    def fits(stored: StoredStory) -> bool:
        return finder.evidence(stored.story, now, history_of(stored, levels)) is not None

    store = house.reader()
    try:
        found = list(islice(filter(fits, store.candidates(finder.plan)), limit))
    finally:
        store.close()
    if as_json:
        echo_json([_stored(stored) for stored in found])
        return
    for stored in found:
        story = stored.story
        rules = f"  [{', '.join(stored.rules)}]" if stored.rules else ""
        when = time(story.published or stored.seen_at)
        click.echo(f"{when}  {one_line(story.source)}  {one_line(story.title) or '(no title)'}{rules}")
        click.echo(f"    {one_line(story.url or '') or '(no link)'}")
    if not found:
        click.echo("nothing found; try fewer words, or OR between them", err=True)


@click.command(epilog=example("python bot.py status --json"))
@click.option("--json", "as_json", is_flag=True, help="Print the status as JSON.")
@click.option("--health", is_flag=True, help="Exit with 1 if polling or delivery stalls (for health checks).")
@click.pass_obj
def status(house: House, *, as_json: bool, health: bool) -> None:
    """Say how the bot is: feeds, stories, what is owed, what failed."""
    store = house.reader()
    try:
        figures = store.status()
    finally:
        store.close()
    now = datetime.now(UTC)
    unwell = ailments(figures, now)
    failing = [state for state in figures.feeds if state.last_error]
    told: dict[str, Any] = {
        "healthy": not unwell,
        "ailments": list(unwell),
        "feeds": len(figures.feeds),
        "failing": [
            {"name": s.name, "url": s.url, "failures": s.failures, "error": s.last_error} for s in failing
        ],
        "stories": figures.stories,
        "hits": figures.hits,
        "cards": figures.cards,
        "subscriptions": figures.subscriptions,
        "owed": figures.owed,
        "oldest_owed_at": time(figures.oldest_owed_at),
        "sent": figures.sent,
        "dead": figures.dead_count,
        "dead_letters": [
            {
                "kind": d.delivery.kind.value,
                "card": d.delivery.card,
                "about": d.delivery.about,
                "destination": str(d.delivery.destination),
                "reason": d.delivery.reason,
                "at": time(d.at),
            }
            for d in figures.dead
        ],
        "suspended": {str(where): why for where, why in figures.suspended.items()},
    }
    if as_json:
        echo_json(told)
    else:
        _print(told)
    if health and unwell:
        raise SystemExit(1)


def _print(told: dict[str, Any]) -> None:
    click.echo("well" if told["healthy"] else "not well: " + "; ".join(told["ailments"]))
    click.echo(f"feeds {told['feeds']}, failing {len(told['failing'])}")
    for feed in told["failing"]:
        click.echo(f"    {one_line(feed['name'])} ({feed['failures']}): {one_line(feed['error'])}")
    click.echo(f"stories {told['stories']}, hits {told['hits']}, cards {told['cards']}")
    click.echo(f"subscriptions {told['subscriptions']}, sent {told['sent']}, waiting {told['owed']}")
    for where, why in told["suspended"].items():
        click.echo(f"    suspended {where}: {one_line(why)}")
    for dead in told["dead_letters"]:
        reason = one_line(dead["reason"])
        click.echo(f"    given up for good: {dead['about']} to {dead['destination']}: {reason}")


def _batch(batch: Batch) -> dict[str, Any]:
    feed = {"title": batch.title, "link": batch.link, "lang": batch.lang, "ttl": batch.ttl, "hub": batch.hub}
    return {
        "feed": feed,
        "stories": [_story(story) for story in batch.stories],
        "warnings": list(batch.warnings),
    }


def _story(story: Story) -> dict[str, Any]:
    kept = ("key", "url", "title", "summary", "author", "lang")
    told = {name: value for name, value in asdict(story).items() if name in kept}
    return {**told, "published": time(story.published)}


def _stored(stored: StoredStory) -> dict[str, Any]:
    story = stored.story
    return {
        "id": stored.id,
        "key": story.key,
        "title": story.title,
        "url": story.url,
        "source": story.source,
        "published": time(story.published),
        "rules": list(stored.rules),
    }
