"""Rules and stories for the tools of those who write rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from db import open_store
from monitor.core.model import FeedState, Kept, Outcome
from monitor.desk.books import keep
from monitor.rulebook import Library
from tests.build import FEED, story

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from monitor.ports import Store

RULES = f"""\
feeds:
  - {{url: "{FEED.url}", name: Example, lang: en, tier: wire}}
  - {{url: "https://ko.example/rss", name: Korean, lang: ko, tier: wire}}
entities:
  mission: {{en: [consulate, embassy], ko: [총영사관, 영사관]}}
rules:
  - {{id: refuge, match: '@mission asylum', unless: 'title:film'}}
  - {{id: mission, match: '@mission', level: info}}
"""


class Keyboard(Protocol):
    """The fixture `desk`: somebody at the keyboard, in a folder of their own."""

    folder: Path

    def run(self, *arguments: str, typed: str | bytes | None = None) -> Result: ...

    def json(self, *arguments: str, typed: str | bytes | None = None) -> Any: ...


@dataclass
class Bench:
    """A rules file and a database that can be filled, and the command line before them."""

    desk: Keyboard

    @property
    def folder(self) -> Path:
        return self.desk.folder

    @property
    def rules(self) -> Path:
        return self.folder / "rules.yaml"

    def store(self) -> Store:
        """The database as the bot opens it: close it before a command is run."""
        return open_store(str(self.folder / "db/data/tocsin.db"), now=datetime.now(UTC))

    def write(self, text: str = RULES) -> None:
        """Save the rules file."""
        self.rules.write_bytes(text.encode())

    def load(self, text: str = RULES, by: str = "file") -> str:
        """Save a rules file, and have the bot take it over; its version."""
        self.write(text)
        library = Library(self.rules)
        store = self.store()
        keep(store, library.book, library.text, datetime.now(UTC), by)
        store.close()
        return library.book.version

    def news(self, *titles: str, **fields: Any) -> None:
        """Stories, each seen a minute after the one before, the last one now."""
        store = self.store()
        store.sync_feeds(Library(self.rules).book.feeds, datetime.now(UTC))
        for number, title in enumerate(titles):
            at = datetime.now(UTC) - timedelta(minutes=len(titles) - number)
            seen = FeedState(FEED.url, "Example", next_poll_at=at, last_poll_at=at, seen_before=True)
            store.save(Outcome(seen, at, (Kept(story(title, key=f"{title} {number}", **fields)),)))
        store.close()

    def ask(self, *arguments: str, given: str | None = None) -> Result:
        """What the command line answers."""
        return self.desk.run(*arguments, typed=given)

    def json(self, *arguments: str) -> Any:
        """What it answers with --json."""
        return self.desk.json(*arguments)
