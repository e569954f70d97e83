"""Ways out beside the chats, and Telegram's webhook, with the whole bot in a process of its own."""

from __future__ import annotations

import socket
from contextlib import closing
from typing import TYPE_CHECKING

import feedparser

from db import open_reader
from monitor.core.model import DeliveryState, Destination
from tests.flow.process import RULES, Stage, asks, tells, until
from tests.flow.site import Item
from tests.outlets.outlet_world import Service

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.core.model import Entry

FEED = "wire.xml"
OUTLETS = """\
destinations:
  - {name: on-call, gets: "level:flash", url: "${NOTIFY_ONCALL}"}
  - {name: archive, gets: all, atom: alerts.xml}
"""
NAME = "A North Korean at the door of a mission"
FLASH = "North Korean enters U.S. consulate"
ON_CALL = Destination("apprise", "on-call")
PUBLIC = "https://bot.example"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def entries(stage: Stage) -> tuple[Entry, ...]:
    with closing(open_reader(str(stage.database))) as store:
        return store.outbox(100)


def titles(file: Path) -> list[str]:
    return [each.title for each in feedparser.parse(file.read_bytes()).entries] if file.exists() else []


async def test_alerts_go_out_by_every_way_and_no_secret_is_told(stage: Stage) -> None:
    stage.write_rules(FEED, rules=RULES + OUTLETS)
    stage.site.carry(FEED, Item(FLASH), Item("Floods in the south"))
    atom = stage.folder / "atom" / "alerts.xml"
    with Service() as service:
        bot = stage.run(ALERT_ON_FIRST_POLL="yes", NOTIFY_ONCALL=service.address, LOG_LEVEL="debug")
        await until(lambda: service.got, f"a notification:\n{bot.log}")
        await until(
            lambda: atom.exists() and atom.read_text("utf-8").count("<entry>") == 2, f"a feed:\n{bot.log}"
        )
        assert [each["title"].partition(" · ")[2] for each in service.got] == [
            "A North Korean at the door of a mission"
        ]
        assert FLASH in service.got[0]["message"]
        assert sorted(titles(atom)) == ["[flash] " + FLASH, "[info] Floods in the south"]
        assert await bot.stop() == 0
        assert "s3cretpassword" not in bot.log
        assert "t0ken-of-hook" not in bot.log


async def test_what_a_service_cannot_get_yet_is_owed_with_its_reason(stage: Stage) -> None:
    stage.write_rules(FEED, rules=RULES + OUTLETS)
    stage.site.carry(FEED, Item(FLASH))
    bot = stage.run(ALERT_ON_FIRST_POLL="yes")
    await bot.says("NOTIFY_ONCALL is not set")
    assert await bot.stop() == 0
    waits = [each.delivery for each in entries(stage) if each.delivery.destination == ON_CALL]
    assert [(each.state, each.reason.partition(";")[0]) for each in waits] == [
        (DeliveryState.OWED, "NOTIFY_ONCALL is not set")
    ]


async def test_a_destination_that_is_taken_out_ends_at_the_next_load(stage: Stage) -> None:
    stage.write_rules(FEED, rules=RULES + OUTLETS)
    stage.site.carry(FEED)
    bot = stage.run(NOTIFY_ONCALL="json://127.0.0.1:1/x")
    await stage.polled(FEED)
    stage.write_rules(FEED, rules=RULES + OUTLETS.splitlines()[0] + "\n" + OUTLETS.splitlines()[2] + "\n")
    await bot.says("rules loaded")
    stage.site.carry(FEED, Item(FLASH))
    await until((stage.folder / "atom" / "alerts.xml").exists, f"a feed:\n{bot.log}")
    assert ON_CALL not in {each.delivery.destination for each in entries(stage)}
    assert await bot.stop() == 0


async def test_by_webhook_commands_survive_a_kill(stage: Stage) -> None:
    stage.write_rules(FEED)
    stage.site.carry(FEED)
    ann = stage.api.private(7, "Ann")
    port = free_port()
    stage.api.updates.ways[PUBLIC] = f"http://127.0.0.1:{port}"
    bot = stage.run(WEBHOOK_URL=PUBLIC, WEBHOOK_PORT=str(port))
    await bot.says("Telegram: connected")
    assert "Subscribed" in await asks(ann, "/subscribe floods")
    await until(lambda: not stage.api.updates.waiting, "the end of that call")
    await bot.kill()
    await ann.says(ann.user, "/subscribe defection")
    again = stage.run(WEBHOOK_URL=PUBLIC, WEBHOOK_PORT=str(port))
    assert "Subscribed" in (await tells(ann)).text
    assert not stage.api.calls("getUpdates")
    assert stage.api.updates.secret not in again.log
    assert await again.stop() == 0
    polling = stage.run()
    assert await asks(ann, "/subs")
    assert stage.api.updates.webhook == ""
    assert await polling.stop() == 0
