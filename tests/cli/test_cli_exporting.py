"""`export`: stored stories as a file."""

import csv
import io
import json

import pytest

from db import open_store
from tests.build import FEED, NOW
from tests.contract.outcomes import kept, outcome


@pytest.fixture
def archive(desk):
    store = open_store(str(desk.folder / "db/data/tocsin.db"), now=NOW)
    store.sync_feeds([FEED], NOW)
    store.save(outcome(kept("Rain in Seoul"), kept("=Sun()"), kept("Rain, again")))
    store.close()


def test_csv_goes_to_standard_output(desk, archive):
    told = desk.run("export", "rain")

    assert told.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(told.stdout_bytes.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == ["Rain, again", "Rain in Seoul"]


def test_json_lines_go_to_a_file(desk, archive):
    told = desk.run("export", "rain", "--format", "jsonl", "--out", "rain.jsonl")

    assert told.exit_code == 0
    assert "2 stories written to rain.jsonl" in told.stderr
    lines = (desk.folder / "rain.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["title"] for line in lines] == ["Rain, again", "Rain in Seoul"]


def test_a_file_that_cannot_be_written_is_told(desk, archive):
    told = desk.run("export", "rain", "--out", "nowhere/rain.csv")

    assert told.exit_code == 1
    assert "cannot write" in told.stderr
