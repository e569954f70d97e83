"""Bad input of every kind to the whole bot: a message that names the place and the mend, and the rest works on."""

from __future__ import annotations

import logging
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

import bot
from db import open_store
from monitor.clerk import Clerk
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from monitor.newsroom import GRACE, Newsroom
from monitor.outside import Outside
from monitor.rulebook import Library
from monitor.settings import load
from tests.flow.process import RULES, Stage, asks, tells
from tests.flow.site import Item, Page

NEWS = Item("North Korean worker enters U.S. consulate in Vladivostok")
FLOOD = Item("Flood closes a bridge in the east")


def no_rules(stage: Stage) -> None:
    stage.rules_file.unlink()


def misspelt_rules(stage: Stage) -> None:
    text = stage.rules_file.read_text("utf-8").replace("level: flash", "levle: flash")
    stage.rules_file.write_text(text, "utf-8")


def no_database(stage: Stage) -> None:
    stage.database.write_bytes(b"these are the notes of somebody else " * 200)


def torn_database(stage: Stage) -> None:
    with closing(open_store(str(stage.database), now=datetime.now(UTC))):
        pass
    whole = stage.database.read_bytes()
    stage.database.write_bytes(whole[: len(whole) // 2])


def newer_database(stage: Stage) -> None:
    with closing(open_store(str(stage.database), now=datetime.now(UTC))):
        pass
    with Database(stage.database) as database:
        table = database.table("_sqlite_migrations")
        table.insert({"migration_set": "tocsin", "name": "9999_more", "applied_at": ""})


def nothing(stage: Stage) -> None:
    pass


@pytest.mark.parametrize(
    ("spoil", "settings", "code", "told"),
    [
        pytest.param(
            no_rules,
            {},
            1,
            ["{rules}: there is no such file", "name another by the setting RULES"],
            id="no rules",
        ),
        pytest.param(
            misspelt_rules,
            {},
            1,
            [
                "{rules}:9:5: `levle` is not known here",
                "    levle: flash\n        ^",
                "Did you mean `level`?",
            ],
            id="broken rules",
        ),
        pytest.param(
            no_database,
            {},
            1,
            ["{database} is not a SQLite database", "Put a good copy of the file in its place"],
            id="no database",
        ),
        pytest.param(
            torn_database,
            {},
            1,
            ["{database} is damaged", "Put a good copy of the file in its place"],
            id="damaged database",
        ),
        pytest.param(
            newer_database,
            {},
            1,
            ["{database} was written by a newer Tocsin", "update this one, or name another file in DATABASE"],
            id="newer database",
        ),
        pytest.param(
            nothing, {"POLL_FLOOR": "soon"}, 2, ["POLL_FLOOR: ", "900"], id="a setting that makes no sense"
        ),
        pytest.param(
            nothing,
            {"TELEGRAM_BOT_TOKEN": "a secret"},
            2,
            ["TELEGRAM_BOT_TOKEN: does not hold a bot token", "copy it whole from @BotFather"],
            id="a token that is none",
        ),
    ],
)
async def test_it_does_not_start_on_what_it_cannot_use(
    stage: Stage, spoil: Callable[[Stage], None], settings: dict[str, str], code: int, told: list[str]
) -> None:
    stage.write_rules("wire.xml")
    spoil(stage)
    run = stage.run(**settings)
    assert await run.ends() == code
    for words in told:
        assert words.format(rules=stage.rules_file, database=stage.database) in run.log
    assert "Traceback" not in run.log
    assert "a secret" not in run.log
    assert stage.site.asked.total() == 0


async def test_a_second_instance_ends_and_names_the_first(stage: Stage) -> None:
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", NEWS)
    first = stage.run()
    await first.says("polled feed=wire")
    second = stage.run()
    assert await second.ends() == 1
    assert f"{stage.database} is in use by process {first.pid}, since " in second.log
    assert "Stop that one first, or give this one another file in DATABASE." in second.log
    assert first.running
    assert await first.stop() == 0


async def test_rules_broken_while_it_runs_leave_the_last_good_ones_in_force(stage: Stage) -> None:
    ann = stage.api.private(7, "Ann")
    stage.write_rules("wire.xml")
    stage.subscribe(ann)
    stage.site.carry("wire.xml")
    run = stage.run()
    await run.says("polled feed=wire")
    assert "All is well" in await asks(ann, "/status")
    misspelt_rules(stage)
    place = f"{stage.rules_file}:9:5: `levle` is not known here"
    await run.says("level=error .*rules not loaded, the last good ones stay: ")
    assert place in run.log
    status = await asks(ann, "/status")
    assert "rules.yaml was changed and cannot be used; the last good rules stay in force:" in status
    assert place in status
    assert "Did you mean `level`?" in status
    stage.site.carry("wire.xml", NEWS)
    assert (await tells(ann)).text.endswith("defection · card #1")

    stage.write_rules("wire.xml", rules=RULES + "  - {id: storms, match: storm}\n")
    await run.says("rules loaded version=[0-9a-f]+ rules=3")
    assert "All is well" in await asks(ann, "/status")
    assert await run.stop() == 0


async def test_what_people_get_wrong_is_answered_with_the_mend(stage: Stage) -> None:
    ann = stage.api.private(7, "Ann")
    stage.write_rules("wire.xml")
    async with bare_room(stage):
        told = await asks(ann, "/subscribe defektion")
        assert "There is no rule “defektion”. Did you mean /subscribe defection?" in told
        offer = ann.messages[-1]
        assert offer.buttons == [["defection"]]
        await ann.presses(ann.user, offer, "defection")
        assert "Subscribed." in (await tells(ann)).text
        told = await asks(ann, "/search (consulate OR embassy")
        assert "this parenthesis is never closed (at character 1)\nclose it with )" in told
        told = await asks(ann, "/search consulate AND film OR embassy")
        assert "AND and OR side by side can be read" in told
        assert "write (consulate film) OR embassy or consulate (film OR embassy)" in told
        assert "Did you mean /search?" in await asks(ann, "/serch consulate")
        assert "Nothing found for “consulate”" in await asks(ann, "/search consulate")
    assert not stage.api.rejected


async def test_bad_feeds_say_why_and_a_good_one_beside_them_works_on(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "monitor")
    ann = stage.api.private(7, "Ann")
    stage.write_rules("page.xml", "lost.xml", "deaf.xml", "empty.xml", "letters.xml", "codes.xml", "wire.xml")
    with stage.rules_file.open("r+", encoding="utf-8") as rules:
        text = rules.read()
        rules.seek(0)
        rules.write(text.replace("feeds:\n", 'feeds:\n  - {url: "http://nowhere.invalid/", name: nowhere}\n'))
    stage.subscribe(ann)
    stage.site.serve("page.xml", Page(b"<!doctype html><html><body>News</body></html>", kind="text/html"))
    stage.site.serve("deaf.xml", Page(b"", silent=True))
    stage.site.serve("empty.xml", Page(b""))
    stage.site.serve("letters.xml", Page(rss(1, "Наводнение закрыло мост", claims="utf-8", is_in="cp1251")))
    stage.site.serve(
        "codes.xml", Page(rss(2, "Flood closes a road", claims="no-such-charset", is_in="utf-8"))
    )
    stage.site.carry("wire.xml", NEWS)
    async with bare_room(stage) as room:
        assert await room.poll.tick() == 8
        await room.poll.drain()
        alerts = {(await tells(ann)).text.splitlines()[1] for _ in range(2)}
        assert alerts == {NEWS.title, "Flood closes a road"}
        told = await asks(ann, "/feeds")
    assert "8 feeds, 5 failing" in told
    assert "page: failing 1 time in a row: this is a web page, not a feed; look for its RSS or Atom" in told
    assert "lost: failing 1 time in a row: the server answered 404 Not Found: the address is wrong" in told
    assert "deaf: failing 1 time in a row: the server fell silent; it may be overloaded" in told
    assert "empty: failing 1 time in a row: the page is empty; the feed may be out of order" in told
    assert "nowhere: failing 1 time in a row: its host name is not known (DNS); check the address" in told
    assert "✓ wire: read" in told
    assert "failed feed=lost failures=1 reason=the server answered 404" in caplog.text
    assert (
        "odd feed=letters warning=the page is not written in the character set that it claims" in caplog.text
    )
    assert not stage.api.rejected


def rss(number: int, title: str, *, claims: str, is_in: str) -> bytes:
    """A feed of one story that lies about its character set."""
    item = (
        f"<item><title>{title}</title><guid>{number}</guid><link>https://other.example/{number}</link></item>"
    )
    text = f"<rss version='2.0'><channel><title>x</title>{item}</channel></rss>"
    return f'<?xml version="1.0" encoding="{claims}"?>{text}'.encode(is_in)


async def lookup(host: str) -> Sequence[str]:
    """A name service that knows nobody."""
    raise socket.gaierror(socket.EAI_NONAME, f"{host} is not known")


@asynccontextmanager
async def bare_room(stage: Stage) -> AsyncIterator[Newsroom]:
    """The bot as it is wired, connected to Telegram, but less patient with feeds, and polling only when told."""
    settings = load(stage.settings(ALERT_ON_FIRST_POLL="yes"), None)
    outside = Outside(settings, version=bot.VERSION, clock=bot.utc_now)
    await outside.fetch.close()
    outside.fetch = Fetcher(
        version=bot.VERSION,
        clock=bot.utc_now,
        allow=AllowList.read(",".join(settings.allow_hosts)),
        silence=0.3,
        gap=0.0,
        lookup=lookup,
    )
    clerk = Clerk()
    store = await clerk(open_store, str(settings.database), now=bot.utc_now())
    room = await bot._Wiring(
        settings,
        Library(settings.rules),
        clerk,
        store,
        outside,
        None,
        lambda _: None,
        bot.utc_now,
        spread=False,
    ).newsroom()
    assert room.chat is not None
    await room.chat.start()
    try:
        yield room
    finally:
        await room.deliver.stop(GRACE)
        await room.chat.stop()
        await outside.close()
        await clerk(store.close)
        clerk.close()
