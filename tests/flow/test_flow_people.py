"""A bot that nobody owns yet: its first owner, whom they let in, and what a reader waits for alone."""

from __future__ import annotations

import re

from tests.flow.process import Stage, asks, tells
from tests.flow.site import Item

OLD = Item("Rain is expected in the north")
SECRET = Item("A lighthouse keeper retires after forty years")


async def test_the_first_owner_lets_a_reader_in_whose_own_rule_rings_for_them_alone(stage: Stage) -> None:
    ann, bo = stage.api.private(7, "Ann"), stage.api.private(9, "Bo")
    stage.write_rules("wire.xml")
    stage.site.carry("wire.xml", OLD)
    bot = stage.run(OWNERS="", POLL_FLOOR="1")
    await bot.says("nobody owns this bot yet")
    code = re.search(r"/start (\S{32})", bot.log)
    assert code is not None
    assert "closed" in await asks(bo, "/start")
    assert "You are owner here now" in await asks(ann, f"/start {code[1]}")
    assert "used already" in await asks(bo, f"/start {code[1]}")

    link = re.search(r"\?start=(\S+)", await asks(ann, "/invite"))
    assert link is not None
    assert "You are reader here now" in await asks(bo, f"/start {link[1]}")
    assert "waits for lighthouse now" in await asks(bo, "/watch lighthouse")

    await asks(ann, "/subscribe all")  # brings every rule, but not what Bo waits for alone
    await stage.polled("wire.xml")
    stage.site.carry("wire.xml", SECRET, OLD)
    alert = await tells(bo)
    assert SECRET.title in alert.text
    assert "lighthouse" in alert.text.splitlines()[0]
    assert SECRET.title not in await asks(ann, "/latest")
    assert SECRET.title in await asks(bo, "/latest")

    assert await bot.stop() == 0
    again = stage.run(OWNERS="")
    await again.says("connected as")
    assert "nobody owns" not in again.log
    assert "watch-1" in await asks(bo, "/watch")
