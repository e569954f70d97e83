"""The `tocsin` command group: turns Tocsin's errors into messages and exit codes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from monitor.cli import feeds, rules, stories
from monitor.cli.house import House
from monitor.core.errors import QueryError, SettingsError, TocsinError


class _Guarded(click.Group):
    """A group whose commands end with a clear message instead of a traceback for all that people can mend."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # what click's own method returns
        try:
            return super().invoke(ctx)
        except TocsinError as trouble:
            kind = click.UsageError if isinstance(trouble, SettingsError) else click.ClickException
            raise kind(worded(trouble)) from trouble


def worded(trouble: TocsinError) -> str:
    """An error for a terminal; a query is shown with a caret under the place."""
    if not isinstance(trouble, QueryError):
        return str(trouble)
    around = 60
    start = max(trouble.position - around, 0)
    shown = trouble.query[start : trouble.position + around].replace("\n", " ")
    caret = " " * (trouble.position - start) + "^"
    return "\n".join(
        line for line in (trouble.message, f"  {shown}", f"  {caret}", trouble.hint) if line.strip()
    )


@click.group(
    cls=_Guarded, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name=None, version="0.1.0", prog_name="tocsin")
@click.pass_context
def tocsin(ctx: click.Context) -> None:
    """Tocsin watches news feeds for the few stories that matter and tells the people who wait for them.

    Without a command it runs: `python bot.py` is `python bot.py run`.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


@tocsin.command(epilog="Example:  TELEGRAM_BOT_TOKEN=123:abc OWNERS=42 python bot.py run")
@click.pass_obj
def run(house: House) -> None:
    """Poll, match, alert and answer, until stopped. Without a token the terminal is the chat."""
    house.run()


@tocsin.command(epilog="Example:  python bot.py demo")
@click.pass_obj
def demo(house: House) -> None:
    """Show the real job on bundled feeds, without internet or Telegram."""
    house.demo()


@tocsin.command(epilog="Example:  python bot.py once")
@click.pass_obj
def once(house: House) -> None:
    """Poll what is due, deliver what is owed, and exit."""
    house.once()


for _command in (rules.check, rules.match, stories.parse, stories.search, stories.status, feeds.feeds):
    tocsin.add_command(_command)

main: Callable[..., None] = tocsin
"""Runs the command line: `main(obj=house)`."""
