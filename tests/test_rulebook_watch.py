"""The shipped rules on invented news in three languages: what must alarm, and what must not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.core.model import FeedUrl, Level, Story, StoryKey
from monitor.rulebook import Library

ROOT = Path(__file__).parent.parent
ROWS = [
    json.loads(line)
    for path in sorted((ROOT / "tests/data/watch").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module", name="shipped")
def fixture_shipped() -> Library:
    return Library(ROOT / "rules.yaml")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['label']}-{row['text'][:40]}")
def test_defections_alarm_and_other_news_does_not(shipped: Library, row):
    story = Story(feed=FeedUrl("x"), key=StoryKey("x"), title=row["text"], lang=row["lang"])
    alarms = [hit.rule for hit in shipped.matcher.hits(story) if hit.level >= Level.ALERT]
    assert bool(alarms) == (row["label"] == "hit"), alarms


def test_there_are_enough_in_every_language() -> None:
    for language in ("en", "ko", "ru"):
        for label in ("hit", "near"):
            assert sum(row["lang"] == language and row["label"] == label for row in ROWS) >= 25
