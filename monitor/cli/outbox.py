"""`outbox [list | requeue | once]`: what is owed, in flight or given up, from outside a running bot."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, time
from monitor.core.cadence import spell
from monitor.core.errors import StoreLocked
from monitor.core.model import DeliveryState, Destination

if TYPE_CHECKING:
    from monitor.core.model import Entry
    from monitor.ports import Store

WAITING = (DeliveryState.OWED, DeliveryState.SENDING, DeliveryState.DEAD)
"""What is listed unless asked otherwise: all that did not arrive."""


class _Place(click.ParamType[Destination]):
    """A destination, written as Tocsin writes it."""

    name = "destination"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Destination:
        """The destination; misuse if it is none."""
        try:
            return Destination.read(value)
        except ValueError:
            self.fail(
                f"{value!r} is no destination; write one as telegram:-100123 or telegram:-100123/7",
                param,
                ctx,
            )


class _Number(click.ParamType[int | str]):
    """The number of a delivery, or all."""

    name = "id"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - click's
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> int | str:
        """The number, or "all"; misuse if it is neither."""
        if value == "all":
            return "all"
        if not (value.isascii() and value.isdecimal() and len(value) < 19):  # noqa: PLR2004 - digits of 64 bits
            self.fail(f"{value!r} is neither a number of `outbox` nor all", param, ctx)
        return int(value)


@click.group(
    invoke_without_command=True,
    epilog=example(
        "python bot.py outbox", "python bot.py outbox list --state dead", "python bot.py outbox requeue all"
    ),
)
@click.pass_context
def outbox(ctx: click.Context) -> None:
    """The alerts that wait, are being sent, or were given up.

    Without a command it lists them.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_outbox)


@outbox.command("list", epilog=example("python bot.py outbox list --state dead --to telegram:-100123 --json"))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in DeliveryState]),
    help="Only these; else all but those that were sent.",
)
@click.option("--to", "place", type=_Place(), help="Only to this chat (and its topics), or to this topic.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list.")
@click.pass_obj
def list_outbox(
    house: House,
    states: tuple[str, ...] = (),
    place: Destination | None = None,
    limit: int = 50,
    *,
    as_json: bool = False,
) -> None:
    """List alerts that did not arrive yet, newest first: number, state, age, where to, and why."""
    wanted = [DeliveryState(state) for state in states] or WAITING
    with closing(house.reader()) as store:
        entries = store.outbox(limit, wanted, place)
    if as_json:
        echo_json([_told(entry) for entry in entries])
        return
    now = datetime.now(UTC)
    for entry in entries:
        _print(entry, now)
    if not entries:
        click.echo(
            "nothing waits, nothing was given up" if not states and place is None else "none", err=True
        )


@outbox.command(epilog=example("python bot.py outbox requeue 17", "python bot.py outbox requeue all"))
@click.argument("delivery", metavar="ID|all", type=_Number())
@click.pass_obj
def requeue(house: House, delivery: int | str) -> None:
    """Owe again what was given up: one alert by its number, or all.

    One that may have arrived goes out marked as a repeat. The bot must not run meanwhile, because it alone writes to
    its database; it sends them when it starts.
    """
    with closing(_keeper(house)) as store:
        count = store.requeue(delivery if isinstance(delivery, int) else None, datetime.now(UTC))
    if not count and delivery != "all":
        message = f"no alert {delivery} was given up; `python bot.py outbox list --state dead` lists those that were"
        raise click.ClickException(message)
    click.echo(f"{count} owed again; the bot sends them when it runs")


@outbox.command(epilog=example("python bot.py outbox once telegram:-100123", "python bot.py outbox once"))
@click.argument("place", metavar="[DESTINATION]", type=_Place(), required=False)
@click.option("--off", is_flag=True, help="Repeat again what may not have arrived.")
@click.pass_obj
def once(house: House, place: Destination | None, *, off: bool) -> None:
    """Send each alert at most once to a chat or topic: what may have arrived is given up instead of repeated.

    Without a DESTINATION the chats are listed for which that was chosen.
    """
    if place is None:
        with closing(house.reader()) as store:
            for each in sorted(map(str, store.sends_once())):
                click.echo(each)
        return
    with closing(_keeper(house)) as store:
        changed = store.send_once(place, once=not off)
    word = "repeated, marked, if it may not have arrived" if off else "sent at most once"
    click.echo(f"{place}: each alert is {word}{'' if changed else ', as before'}")


def _keeper(house: House) -> Store:
    """The database, to be changed. Raises ClickException while the bot runs."""
    house.reader().close()  # says so if there is none, and makes none
    try:
        return house.keeper()
    except StoreLocked as locked:
        message = f"the bot runs, and it alone writes to its database: stop it, repeat this, start it again.\n{locked}"
        raise click.ClickException(message) from locked


def _print(entry: Entry, now: datetime) -> None:
    delivery = entry.delivery
    since = entry.settled_at or entry.owed_at
    what = delivery.about if delivery.kind.gathers else f"{delivery.kind.value} of {delivery.about}"
    tried = f", tried {delivery.attempt} times" if delivery.attempt > 1 else ""
    click.echo(
        f"{delivery.id}  {delivery.state.value} for {spell((now - since).total_seconds())}  {what} "
        f"to {one_line(str(delivery.destination))}{tried}"
    )
    notes = [one_line(delivery.reason)] if delivery.reason else []
    notes += ["it may have arrived: goes out as a repeat"] if delivery.repeat else []
    notes += (
        [f"not before {time(delivery.not_before)}"]
        if delivery.not_before and delivery.not_before > now
        else []
    )
    notes += [f"the chat is out of reach: {one_line(entry.held)}"] if entry.held else []
    for note in notes:
        click.echo(f"    {note}")


def _told(entry: Entry) -> dict[str, Any]:
    delivery = entry.delivery
    return {
        "id": delivery.id,
        "card": delivery.card,
        "destination": str(delivery.destination),
        "kind": delivery.kind.value,
        "digest": delivery.digest,
        "part": delivery.part,
        "parts": delivery.parts,
        "level": delivery.level.name.lower(),
        "state": delivery.state.value,
        "attempts": delivery.attempt,
        "owed_at": time(entry.owed_at),
        "settled_at": time(entry.settled_at),
        "not_before": time(delivery.not_before),
        "repeat": delivery.repeat,
        "reason": delivery.reason,
        "suspended": entry.held or None,
        "at_most_once": not entry.repeats,
    }
