"""The command line over the real house, in an empty folder with a small rules file and no settings."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import Workshop
from db import open_store
from monitor.cli.command import main
from monitor.core.model import Card, FeedState, Kept, Level, Outcome
from monitor.settings import TABLE
from tests.build import CHAT, FEED, NOW, hit, minutes, story, subscription

ROOT = Path(__file__).parent.parent.parent
RULES = """\
# my watch
feeds:
  - {url: "https://news.example/rss.xml", name: Example, lang: en}   # the first
entities:
  mission: {en: [consulate, embassy], ko: [총영사관]}
rules:
  - id: asylum
    level: flash
    match: '@mission (asylum OR defector OR 망명)'
    examples: {match: [Defector in a consulate], no_match: [An embassy moves]}
  - {id: rain, level: info, match: rain}
"""


@dataclass
class Desk:
    """Somebody at the keyboard."""

    folder: Path

    def run(self, *arguments: str, typed: str | bytes | None = None) -> Result:
        """A command in this process; a traceback is a failure."""
        result = CliRunner().invoke(main, arguments, input=typed, obj=Workshop())
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    def json(self, *arguments: str, typed: str | bytes | None = None):
        """What a command that ends well prints as JSON."""
        result = self.run(*arguments, "--json", typed=typed)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def process(self, *arguments: str, typed: bytes = b"", **environment: str):
        """A command in a process of its own."""
        return subprocess.run(
            [sys.executable, str(ROOT / "bot.py"), *arguments],
            input=typed,
            capture_output=True,
            cwd=self.folder,
            env=os.environ | environment,
            check=False,
            timeout=60,
        )

    def fill(self) -> None:
        """A database as a bot leaves it: three stories, a hit on a card, an alert that waits."""
        store = open_store(str(self.folder / "db/data/tocsin.db"), now=NOW)
        store.sync_feeds([FEED], NOW)
        store.subscribe(subscription(CHAT))
        state = FeedState(
            FEED.url,
            FEED.name,
            next_poll_at=minutes(15),
            last_success_at=NOW,
            seen_before=True,
            reason="floor",
        )
        defector = story(
            "Defector in the consulate",
            url="https://news.example/1",
            published=minutes(-5),
            summary="\x1b[31m망명",
        )
        found = Kept(defector, (hit("asylum", Level.FLASH),), 1, "new")
        others = (Kept(story("Rain over the embassy")), Kept(story("망명 총영사관", lang="ko")))
        store.save(Outcome(state, NOW, (found, *others), (Card(1, Level.FLASH, NOW),)))
        store.close()


@pytest.fixture
def desk(tmp_path, monkeypatch):
    for setting in TABLE:
        monkeypatch.delenv(setting.name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES, "utf-8")
    return Desk(tmp_path)
