"""A fake of `ports.Errands`: a rules file in memory, and sites that are as they were prepared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from monitor.core.errors import Mistake, RulesError, StoreError
from monitor.core.model import Copy, FeedUrl, RuleBook, Sighting, Story
from monitor.ports import Put
from monitor.rulebook import read
from monitor.rulebook.reading import version_of
from tests.build import NOW

RULES = """# what we watch
feeds:
  - {url: "https://news.example/rss.xml", name: Example}
rules:
  # the first one
  - id: border   # its id
    level: info
    match: 'border'
    unless: 'film'
    examples:
      match:
        - A story at the border
  - {id: defection-at-mission, level: flash, match: 'defector consulate', tags: [north]}
"""
UNREADABLE = RulesError("rules.yaml", (Mistake(0, 0, "there is no such file"),))


@dataclass
class FakeErrands:
    """`take_over` is told of every rules file that came into force."""

    text: str = RULES
    take_over: Callable[[RuleBook], None] = lambda _: None
    refusal: str = ""  # why the file cannot be written
    unreadable: bool = False
    sightings: dict[str, Sighting] = field(default_factory=dict)
    articles: dict[str, Story] = field(default_factory=dict)
    new_stories: int | None = 0
    no_copy: str = ""
    signed: list[str] = field(default_factory=list)  # who put rules in force
    asked: list[str] = field(default_factory=list)  # addresses and feeds

    def rules(self) -> str:
        if self.unreadable:
            raise UNREADABLE
        return self.text

    async def put_rules(self, text: str, *, instead_of: str, by: str) -> Put:
        here = version_of(self.text.encode())
        if here != instead_of:
            return Put(here, stale=True)
        if self.refusal:
            return Put(here, self.refusal)
        self.text = text
        return await self.reload(by)

    async def reload(self, by: str) -> Put:
        try:
            book = read(self.text, "rules.yaml")
        except RulesError as error:
            return Put("before", error.report())
        self.signed.append(by)
        self.take_over(book)
        return Put(book.version)

    async def look(self, address: str) -> Sighting:
        self.asked.append(address)
        return self.sightings.get(address, Sighting(address, reason="the server does not answer"))

    async def read(self, address: str) -> Story | str:
        self.asked.append(address)
        return self.articles.get(address, "the server said 404 Not Found")

    async def poll(self, feed: FeedUrl) -> int | None:
        self.asked.append(feed)
        return self.new_stories

    async def back_up(self) -> Copy:
        if self.no_copy:
            raise StoreError(self.no_copy)
        return Copy(f"tocsin-{NOW:%Y%m%dT%H%M%SZ}.db", 2_500_000, {"stories": 12, "hits": 3, "cards": 2})
