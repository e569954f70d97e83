"""`explain`, `backtest`, `rules near-miss` and `rules coverage`: tools for those who write rules."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import IO, NoReturn

import click

from monitor.cli import shapes
from monitor.cli.given import Given, each_given
from monitor.cli.house import House
from monitor.cli.output import echo_json, example
from monitor.core.authoring.coverage import Coverage
from monitor.core.errors import StoreError
from monitor.core.language import span_of
from monitor.core.model import FeedUrl, RuleBook, StoredStory, Story, StoryKey
from monitor.desk import workbench
from monitor.desk.answers import QueryMistake, UnknownRule
from monitor.rulebook import load
from monitor.terminal.explained import draw_explanation
from monitor.terminal.ledger import draw_coverage
from monitor.terminal.progress import progress
from monitor.terminal.screen import Screen
from monitor.terminal.trials import draw_misses, draw_trial

LONGEST = timedelta(days=3650)
"""As far back as one may ask."""


class Ago(click.ParamType[timedelta]):
    """A stretch of time until now, written as `within:` takes it: 36h, 7d, 4w."""

    name = "time"

    def convert(
        self, value: str | timedelta, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The stretch that was written."""
        found = value if isinstance(value, timedelta) else span_of(value.strip())
        if found is None or found > LONGEST:
            self.fail(f"{value!r} is no time to look back: write 36h, 7d or 4w, at most 10 years", param, ctx)
        return found


@click.command(
    epilog=example("python bot.py explain --rule defection-at-mission --text 'North Korean enters consulate'")
)
@click.option("--rule", required=True, help="The rule's id.")
@click.option("--text", help="A headline; further lines are the story's text.")
@click.option("--story", "story_id", type=click.IntRange(1), help="The number of a stored story.")
@click.argument("file", type=click.File("rb"), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_obj
def explain(
    house: House,
    rule: str,
    text: str | None,
    story_id: int | None,
    file: IO[bytes] | None,
    *,
    as_json: bool,
) -> None:
    """Say clause by clause why a rule hits a story, or why it does not.

    The story is --text, a stored one (--story), or each line of FILE (- for stdin), as `match` reads them.
    """
    if sum(each is not None for each in (text, story_id, file)) != 1:
        message = "name one thing to explain: --text, --story or FILE"
        raise click.UsageError(message)
    book = load(house.settings().rules)
    screen = Screen()

    def show(given: Given, now: datetime | None = None) -> None:
        explained = workbench.explain_rule(book, rule, given.story, now)
        if isinstance(explained, UnknownRule):
            unknown(explained)
        if as_json:
            echo_json({"id": given.id, **shapes.explanation(explained)})
        else:
            draw_explanation(screen, explained, given.story.title)

    if file is not None:
        each_given(file, show)
    elif text is not None:
        title, _, rest = text.strip().partition("\n")
        show(Given("text", Story(FeedUrl(""), StoryKey("text"), title, text=rest)))
    else:
        stored = _stored(house, story_id or 0)
        show(Given(stored.id, stored.story), stored.seen_at)


def _stored(house: House, story_id: int) -> StoredStory:
    with closing(house.reader()) as store:
        stored = workbench.find_story(store, story_id)
    if stored is None:
        message = f"there is no story {story_id}; `backtest` and `search --json` show the numbers"
        raise click.ClickException(message)
    return stored


@click.command(
    epilog=example("python bot.py backtest 'defector consulate' --since 30d", "python bot.py backtest RULE")
)
@click.argument("query")
@click.option("--since", type=Ago(), default="30d", show_default=True, help="How far back: 36h, 7d, 4w.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def backtest(house: House, query: str, since: timedelta, *, as_json: bool) -> None:
    """Show what a rule would have raised over the stored stories.

    QUERY is a rule's id, or a query as in the rules: hits a day, samples, overlap with other rules, noise.
    """
    settings = house.settings()
    book = load(settings.rules)
    now = datetime.now(UTC)
    with closing(house.reader()) as store, progress("reading stories") as advance:
        found = workbench.backtest(
            store, book, query, since=now - since, now=now, zone=settings.timezone, progress=advance
        )
    if isinstance(found, QueryMistake):
        raise found.error
    if as_json:
        echo_json(shapes.trial(found))
    else:
        draw_trial(Screen(), found, settings.timezone)


@click.command("near-miss", epilog=example("python bot.py rules near-miss --since 7d"))
@click.option("--rule", help="The rule's id; else all rules.")
@click.option("--since", type=Ago(), default="7d", show_default=True, help="How far back: 36h, 7d, 4w.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="How many stories to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def near_miss(house: House, rule: str | None, since: timedelta, limit: int, *, as_json: bool) -> None:
    """List stored stories that a rule misses by exactly one clause.

    Either one thing that the rule asks for is not there, or not near enough, or its `unless` alone speaks against it.
    """
    settings = house.settings()
    book = load(settings.rules)
    now = datetime.now(UTC)
    with closing(house.reader()) as store, progress("reading stories") as advance:
        found = workbench.near_misses(
            store, book, rule, since=now - since, now=now, limit=limit, progress=advance
        )
    if isinstance(found, UnknownRule):
        unknown(found)
    if as_json:
        echo_json(shapes.misses(found))
    else:
        draw_misses(Screen(), found, settings.timezone)


@click.command(epilog=example("python bot.py rules coverage"))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def coverage(house: House, *, as_json: bool) -> None:
    """Show where no live feed could ever satisfy a rule, by language and kind of source.

    A feed counts as failing after three bad polls in a row. Without a database all feeds count as live.
    """
    book = load(house.settings().rules)
    found = _covered(house, book)
    if as_json:
        echo_json(shapes.coverage(found))
    else:
        draw_coverage(Screen(), found)


def _covered(house: House, book: RuleBook) -> Coverage:
    try:
        store = house.reader()
    except StoreError:
        return workbench.covered(None, book)
    with closing(store):
        return workbench.covered(store, book)


def unknown(asked: UnknownRule) -> NoReturn:
    """End with what was probably meant."""
    meant = (
        f"did you mean {asked.nearest}?" if asked.nearest else f"there are {', '.join(asked.known) or 'none'}"
    )
    message = f"there is no rule {asked.asked!r}; {meant}"
    raise click.ClickException(message)
