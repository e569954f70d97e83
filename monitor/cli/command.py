"""The `tocsin` command group: turns Tocsin's errors into messages and exit codes."""

from __future__ import annotations

import io
import sys
from typing import IO, Any

import click

from monitor.cli import authoring, backup, exporting, feeds, history, outbox, rules, stories
from monitor.cli.house import House
from monitor.cli.output import example
from monitor.core.errors import QueryError, RulesError, SettingsError, TocsinError, pointed


class _Report(click.ClickException):
    """What begins with `file:line:column` is printed as it is, so that editors find the place."""

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(self.message, file=file, err=file is None)


class _Guarded(click.Group):
    """A group whose commands end with a clear message instead of a traceback for all that people can mend."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # what click's own method returns
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(
                    errors="replace"
                )  # a terminal without Hangul shows marks instead of failing
        try:
            return super().invoke(ctx)
        except RulesError as trouble:
            raise _Report(worded(trouble)) from trouble
        except SettingsError as trouble:
            raise click.UsageError(worded(trouble)) from trouble
        except TocsinError as trouble:
            raise click.ClickException(worded(trouble)) from trouble


def worded(trouble: TocsinError) -> str:
    """An error for a terminal; a query is shown with a caret under the place."""
    if not isinstance(trouble, QueryError):
        return str(trouble)
    shown = (
        [f"  {line}" for line in pointed(trouble.query, trouble.position)] if trouble.query.strip() else []
    )
    return "\n".join([trouble.message, *shown, *([trouble.hint] if trouble.hint else [])])


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click calls it so
    if wanted and not ctx.resilient_parsing:
        house: House = ctx.obj
        click.echo(f"tocsin {house.version}")
        ctx.exit()


@click.group(
    cls=_Guarded,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example("python bot.py demo", "python bot.py check rules.yaml"),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
@click.pass_context
def tocsin(ctx: click.Context) -> None:
    """Tocsin watches news feeds for the few stories that matter and tells the people who wait for them.

    Without a command it runs: `python bot.py` is `python bot.py run`.

    Exit codes: 0 fine; 1 what was asked about is wrong (a bad rule, a broken line, an unusable database); 2 misuse
    (an unknown option, a wrong setting). Errors go to stderr.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(run)


@tocsin.command(epilog=example("TELEGRAM_BOT_TOKEN=123456789:AAF0... OWNERS=42 python bot.py run"))
@click.pass_obj
def run(house: House) -> None:
    """Poll, match, alert and answer, until stopped.

    Without a token the terminal is the chat.
    """
    house.run()


@tocsin.command(epilog=example("python bot.py demo"))
@click.pass_obj
def demo(house: House) -> None:
    """Show the real job, without internet or Telegram."""
    house.demo()


@tocsin.command(epilog=example("python bot.py once"))
@click.pass_obj
def once(house: House) -> None:
    """Poll what is due, deliver what is owed, and exit."""
    house.once()


for _command in (
    rules.check,
    rules.match,
    authoring.explain,
    authoring.backtest,
    history.rules,
    stories.parse,
    stories.search,
    exporting.export,
    stories.status,
    feeds.feeds,
    outbox.outbox,
    backup.backup,
    backup.restore,
):
    tocsin.add_command(_command)

history.rules.add_command(authoring.near_miss)
history.rules.add_command(authoring.coverage)

main: click.Group = tocsin
"""Runs the command line: `main(obj=house)`."""
