"""/export: files that spreadsheets and programs can read, in parts, with progress, for those who may."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
from dataclasses import replace
from datetime import datetime

import pytest

from monitor.chat.message import Message
from monitor.core.access import Place, Rights, Role
from monitor.core.model import Evidence, Kept, Outcome, StoredStory
from monitor.desk import sheets
from monitor.desk.answers import Caller, Find, Forbidden, QueryMistake
from monitor.desk.exporting import Bounds, Cut, Export, ExportDesk, Exported
from monitor.desk.sheets import COLUMNS, Format, Sheet, row
from tests.build import NOW, minutes, state, story
from tests.fakes import FixedClock
from tests.frontdesk import PERSON, World, data

ADMIN = replace(PERSON, rights=Rights(Place.PRIVATE, role=Role.ADMIN))


@pytest.fixture(name="world")
def fixture_world() -> World:
    world = World()
    world.stories("Defector, at last", "=HYPERLINK(1)", "Film", "망명 신청", "Перебежчик")
    return world


def content(message: Message) -> bytes:
    """The bytes of what is attached."""
    assert message.attachment is not None
    assert not isinstance(message.attachment.content, bytes)
    with message.attachment.content as file:
        return file.read()


def rows(message: Message) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(message).decode("utf-8-sig"))))


async def test_a_search_as_csv_newest_first(world: World) -> None:
    told = await world.work("/export csv defector OR 망명 OR перебежчик")

    assert told.text == "3 stories for “defector OR 망명 OR перебежчик”, newest first."
    assert told.attachment is not None
    assert told.attachment.name == "tocsin-2026-09-27.csv"
    found = rows(told)
    assert [each["title"] for each in found] == ["Перебежчик", "망명 신청", "Defector, at last"]
    assert list(found[0]) == list(COLUMNS)
    assert (found[2]["seen"], found[2]["matched"]) == ("2026-09-27T10:00:00+00:00", "Defector")


async def test_the_file_begins_with_a_byte_order_mark(world: World) -> None:
    assert content(await world.work("/export defector")).startswith(b"\xef\xbb\xbfid,card,published,")


async def test_as_json_lines(world: World) -> None:
    world.card(1)

    told = await world.work("/export jsonl border")

    (line,) = content(told).decode().splitlines()
    read = json.loads(line)
    assert (read["title"], read["card"], read["rules"]) == ("Story 1 at the border", 1, ["border"])
    assert read["matched"][0]["surface"] == "border"
    assert (read["published"], read["seen"]) == (None, "2026-09-27T10:00:00+00:00")


@pytest.mark.parametrize(
    ("title", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="equals"),
        pytest.param("+1", "'+1", id="plus"),
        pytest.param("-1", "'-1", id="minus"),
        pytest.param("@SUM(1)", "'@SUM(1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("  =1", "'  =1", id="blanks before"),
        pytest.param("＝1", "'＝1", id="wide"),
        pytest.param('a "quoted", cell', 'a "quoted", cell', id="quotes and commas"),
        pytest.param("two\nlines", "two\nlines", id="line break"),
        pytest.param("nul\0byte", "nulbyte", id="nul"),
        pytest.param("half \ud800", "half ?", id="half a character"),
        pytest.param("x" * 40_000, "x" * sheets.CELL, id="longer than a cell"),
        pytest.param("plain = text", "plain = text", id="plain"),
        pytest.param("", "", id="empty"),
    ],
)
def test_no_cell_is_a_formula(title: str, cell: str) -> None:
    written = row(Format.CSV, Find(StoredStory(1, story(title), NOW), ())).decode()

    assert next(csv.reader(io.StringIO(written, newline="")))[6] == cell


def test_a_date_is_no_matched_word() -> None:
    evidence = (Evidence("within:1d", "1d", "published", 0, 3, "now"), Evidence("a", "a", "title", 0, 1, "A"))
    find = Find(StoredStory(1, story("A", published=minutes(-1), tags=("x", "y")), NOW), evidence)

    cells = next(csv.reader(io.StringIO(row(Format.CSV, find).decode())))
    assert (cells[2], cells[9], cells[11]) == ("2026-09-27T09:59:00+00:00", "A", "x y")
    assert [each["surface"] for each in json.loads(row(Format.JSONL, find))["matched"]] == ["A"]


def test_a_large_file_is_packed() -> None:
    sheet = Sheet(Format.JSONL)
    find = Find(StoredStory(1, story("A", text="lorem ipsum " * 2_000), NOW), ())
    for _ in range(200):
        sheet.add(find)

    file, ending = sheet.finish()

    assert ending == "jsonl.gz"
    assert sheet.rows == 200
    with file, gzip.open(file) as whole:
        assert len(whole.readlines()) == 200


async def test_nothing_to_export_says_what_to_do(world: World) -> None:
    told = await world.work("/export zebra")

    assert told.attachment is None
    assert "/search" in told.text


@pytest.mark.parametrize("line", ["/export", "/export csv", "/export JSONL "])
def test_an_export_needs_a_query(world: World, line: str) -> None:
    assert "/export csv|jsonl QUERY" in world.say(line).text


def test_a_mistake_is_pointed_at(world: World) -> None:
    assert "^" in world.say("/export csv (defector").text


def test_everything_is_for_those_who_run_the_bot(world: World) -> None:
    desk = world.desk()

    assert isinstance(desk.exports.begin(PERSON, Format.CSV, "all"), Forbidden)
    assert isinstance(desk.exports.begin(ADMIN, Format.CSV, "("), QueryMistake)
    everything = finished(desk.exports.begin(ADMIN, Format.CSV, "All"))
    assert ids(everything) == [5, 4, 3, 2, 1]
    assert [deed.kind for deed in world.store.audited(9)] == ["export"]


def finished(begun: object) -> Exported:
    """The end of an export."""
    assert isinstance(begun, Export)
    while begun.step():
        assert 0 <= begun.share <= 1
    return begun.finish()


def ids(exported: Exported) -> list[int]:
    """What the file tells of; closes it."""
    with exported.file as file:
        whole = gzip.decompress(file.read()) if exported.ending.endswith("gz") else file.read()
    return [int(line["id"]) for line in csv.DictReader(io.StringIO(whole.decode("utf-8-sig")))]


def many(clock: FixedClock | None = None, count: int = 900) -> World:
    world = World() if clock is None else World(clock=clock)
    chance = random.Random(1)  # noqa: S311 - texts that cannot be packed
    kept = [Kept(story(f"Defector {n}", text=chance.randbytes(400).hex())) for n in range(count)]
    world.store.save(Outcome(state(), NOW, tuple(kept)))
    return world


def begun(world: World, caller: Caller, bounds: Bounds, before: int | None = None) -> Export:
    made = ExportDesk(world.desk().office, bounds).begin(caller, Format.CSV, "defector", before)
    assert isinstance(made, Export)
    return made


def test_those_who_only_read_get_their_share() -> None:
    world = many()

    cut = finished(begun(world, PERSON, Bounds(rows=300)))
    whole = finished(begun(world, ADMIN, Bounds(rows=300)))

    assert (cut.rows, cut.cut, cut.older) == (300, Cut.SHARE, None)
    assert (whole.rows, whole.cut, whole.older) == (900, None, None)
    assert ids(cut) == list(range(900, 600, -1))
    assert ids(whole) == list(range(900, 0, -1))


def test_parts_join_without_a_gap_or_a_repeat() -> None:
    world = many()
    seen: list[int] = []
    cuts: list[Cut | None] = []
    before: int | None = None
    while not cuts or before is not None:
        part = finished(begun(world, ADMIN, Bounds(size=100_000), before))
        seen += ids(part)
        cuts.append(part.cut)
        before = part.older

    assert cuts[:-1] == [Cut.SIZE] * (len(cuts) - 1)
    assert len(cuts) > 2
    assert cuts[-1] is None
    assert seen == list(range(900, 0, -1))


class Slow(FixedClock):
    """Every look takes its time."""

    def __call__(self) -> datetime:
        self.forward(2.5)
        return self.now


async def test_progress_is_told_and_a_part_ends_in_time_with_a_button_to_the_next() -> None:
    world = many(Slow(), 9_000)
    shown: list[Message] = []

    told = await world.work("/export csv defector", ADMIN, shown)

    assert shown
    assert all(each.text.startswith("Exporting: ") for each in shown)
    assert "There is more" in told.text
    (going_on,) = data(told)
    assert going_on.startswith("export:csv:")
    assert len(content(told)) > 1_000
    assert len(content(await world.press_work(going_on, ADMIN))) > 1_000


async def test_what_is_given_up_leaves_nothing_open(world: World) -> None:
    export = begun(world, PERSON, Bounds())
    export.step()

    export.close()
    export.close()

    with pytest.raises(ValueError, match="closed"):
        export.finish()
