"""The rules file taken up, and the database copied, from a chat."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.chat.message import Message
from monitor.core.access import Place, Rights, Role
from monitor.core.model import Copy
from monitor.rulebook import read
from tests.errands import RULES
from tests.frontdesk import PERSON, World

ADMIN = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.ADMIN))
EDITOR = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.EDITOR))


@pytest.fixture
def world() -> World:
    made = World(book=read(RULES, "rules.yaml"))
    made.errands.take_over = lambda book: setattr(made, "book", book)
    return made


async def test_the_file_is_taken_up(world: World) -> None:
    assert "rules.yaml is unchanged: version" in (await world.work("reload", ADMIN)).text
    world.errands.text = RULES.replace("'film'", "'song'")
    told = await world.work("reload", ADMIN)
    assert "rules.yaml was taken over: version " in told.text
    assert ", 2 rules, 1 feed.\n" in told.text
    (deed,) = world.store.audited(9)
    assert (deed.by, deed.kind) == ("telegram:42", "rules")
    assert world.errands.signed == ["telegram:42"] * 2


async def test_a_file_that_cannot_be_used_is_told_with_its_place(world: World) -> None:
    world.errands.text = RULES.replace("info", "loud")
    told = await world.work("reload", ADMIN)
    assert "the last good rules stay in force" in told.text
    assert "rules.yaml:7:12" in told.text


async def test_the_database_is_copied(world: World) -> None:
    shown: list[Message] = []
    told = await world.work("backup", ADMIN, shown)
    assert len(shown) == 1
    assert (
        "Copied and read through: tocsin-20260927T100000Z.db\n2.5 MB with 12 stories, 3 hits, 2 cards.\n"
        in told.text
    )
    (deed,) = world.store.audited(9)
    assert (deed.kind, deed.detail) == ("backup", "tocsin-20260927T100000Z.db")


async def test_copies_that_made_room_are_counted(world: World) -> None:
    async def made() -> Copy:
        return Copy("/data/backups/a.db", 1_000_000, {}, ("old.db", "older.db"))

    object.__setattr__(world.errands, "back_up", made)
    told = (await world.work("backup", ADMIN)).text
    assert "a.db\n1.0 MB with 0 stories" in told
    assert "2 older copies made room" in told


async def test_a_copy_that_cannot_be_made_is_told(world: World) -> None:
    world.errands.no_copy = "the disk is full"
    told = await world.work("backup", ADMIN)
    assert "There is no new copy of the database:\nthe disk is full" in told.text
    assert world.store.audited(9) == ()


@pytest.mark.parametrize("line", ["reload", "backup"])
async def test_editors_do_not_run_the_bot(world: World, line: str) -> None:
    told = await world.work(line, EDITOR)
    assert world.errands.signed == []
    assert "Copied" not in told.text
