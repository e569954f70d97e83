"""A world of feeds that post, edit, reorder, fail and come back: what a day does to a poller. Seeded.

Every item carries a token of its own in its title (`w17x42`), so that whatever is stored can be told apart.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from xml.sax.saxutils import escape

from monitor.core.model import (
    Failed,
    Feed,
    FeedState,
    FeedUrl,
    Fetched,
    Page,
    RetryLater,
    Unchanged,
    Validators,
)

START = datetime(2026, 9, 28, tzinfo=UTC)
WORDS = (
    "harbour",
    "minister",
    "storm",
    "market",
    "border",
    "festival",
    "court",
    "border",
    "railway",
    "election",
)
ROOM = (8, 15, 30, 60)
"""Items that a feed's page holds."""


@dataclass(slots=True)
class Item:
    """Something that was published."""

    token: str
    number: int
    title: str
    at: datetime
    text: str
    linked: bool = True


@dataclass(slots=True)
class Site:
    """One feed and its moods."""

    feed: Feed
    rate: float  # items a day
    room: int
    has_guid: bool
    has_link: bool
    has_date: bool
    endless: bool = False
    items: list[Item] = field(default_factory=list)
    generation: int = 0  # of its ids: they all change now and then
    posted: int = 0
    since: datetime = START
    down_until: datetime = START
    down_as: str = ""


class World:
    """`count` feeds under a seed. `now` is true time; `dark` is when our own network is down."""

    def __init__(self, count: int, seed: int, *, faults: bool = True) -> None:
        self.random = random.Random(seed)  # noqa: S311 - the same day again and again
        self.now = START
        self.faults = faults
        self.dark_until = START
        self.sites = {site.feed.url: site for site in (self._site(number) for number in range(count))}
        self.served: set[str] = set()  # tokens of items in any page handed out
        self.asked = 0
        self.pages = 0

    def feeds(self) -> tuple[Feed, ...]:
        """As rules.yaml would have them."""
        return tuple(site.feed for site in self.sites.values())

    async def __call__(self, feed: Feed, state: FeedState) -> Fetched:
        """`ports.Fetch` over the world."""
        self.asked += 1
        site = self.sites[feed.url]
        self._live(site)
        trouble = self._trouble(site)
        if trouble is not None:
            return trouble
        body = self._page(site)
        digest = blake2b(body, digest_size=16).hexdigest()
        if digest == state.body_digest:
            return Unchanged(feed.url)
        self.pages += 1
        if not site.endless:
            self.served |= {item.token for item in site.items[: site.room]}
        return Page(feed.url, feed.url, body, digest, "application/rss+xml", Validators(f'"{digest}"'))

    def _site(self, number: int) -> Site:
        pick = self.random
        url = FeedUrl(f"https://site{number}.example/rss.xml")
        site = Site(
            Feed(url, f"Site {number}"),
            rate=pick.lognormvariate(2.2, 1.3),
            room=pick.choice(ROOM),
            has_guid=pick.random() < 0.85,
            has_link=pick.random() < 0.95,
            has_date=pick.random() < 0.85,
            endless=self.faults and pick.random() < 0.003,
        )
        for back in range(site.room, 0, -1):
            self._post(site, START - timedelta(days=back / max(site.rate, 0.2)))
        return site

    def _post(self, site: Site, at: datetime) -> None:
        site.posted += 1
        number = site.feed.name.split()[1]
        token = f"w{number}x{site.posted}"
        words = " ".join(self.random.sample(WORDS, 4))
        wanted = " asylum" if self.random.random() < 0.01 else ""
        site.items.insert(0, Item(token, site.posted, f"{token} {words}{wanted}", at, f"More of {words}."))
        del site.items[site.room * 3 :]

    def _live(self, site: Site) -> None:
        """What happened at the site since it was asked last."""
        days = (self.now - site.since).total_seconds() / 86_400
        for _ in range(self._poisson(site.rate * days)):
            at = site.since + timedelta(days=days * self.random.random())
            self._post(site, at.replace(microsecond=0))
        site.since = self.now
        if site.endless:
            for _ in range(site.room):
                self._post(site, self.now)
        if not self.faults or not site.items:
            return
        if self.random.random() < 0.05 and (site.has_guid or site.has_link):
            self._edit(self.random.choice(site.items[: site.room]))
        if self.random.random() < 0.02:
            site.items[:4] = self.random.sample(site.items[:4], min(4, len(site.items)))
        if self.random.random() < 0.003 and site.has_guid and site.has_link:
            site.generation += 1

    def _edit(self, item: Item) -> None:
        if self.random.random() < 0.5:
            item.title += " (updated)" if "(updated)" not in item.title else " asylum"
        else:
            item.text += " And more."

    def _poisson(self, mean: float) -> int:
        found, left = 0, self.random.expovariate(1.0)
        while left < mean:
            found += 1
            left += self.random.expovariate(1.0)
        return found

    def _trouble(self, site: Site) -> Fetched | None:
        """An answer that is no page, now and then, and for a while."""
        url = site.feed.url
        if self.now < self.dark_until:
            return Failed(url, "no answer of any name server", offline=True)
        if not self.faults:
            return None
        if self.now >= site.down_until and self.random.random() < 0.02:
            site.down_as = self.random.choice(["timeout", "500", "429", "dns", "broken"])
            site.down_until = self.now + timedelta(minutes=self.random.expovariate(1 / 40))
        if self.now >= site.down_until:
            return None
        answers: dict[str, Fetched] = {
            "timeout": Failed(url, "no answer within 30 s"),
            "500": Failed(url, "the server answered 500", status=500),
            "429": RetryLater(url, "the server asks for patience (429)", 600.0),
            "dns": Failed(url, "no such host", offline=True),
            "broken": Page(url, url, b"<html><body>Maintenance</body></html>", "maintenance", "text/html"),
        }
        return answers[site.down_as]

    def _page(self, site: Site) -> bytes:
        rows = []
        for item in site.items[: site.room]:
            parts = [f"<title>{escape(item.title)}</title><description>{escape(item.text)}</description>"]
            if site.has_link:
                parts.append(f"<link>https://{site.feed.url.split('/')[2]}/{item.number}</link>")
            if site.has_guid:
                parts.append(f'<guid isPermaLink="false">g{site.generation}-{item.number}</guid>')
            if site.has_date:
                parts.append(f"<pubDate>{format_datetime(item.at)}</pubDate>")
            rows.append(f"<item>{''.join(parts)}</item>")
        head = f"<title>{site.feed.name}</title><link>https://{site.feed.url.split('/')[2]}/</link>"
        return f'<rss version="2.0"><channel>{head}{"".join(rows)}</channel></rss>'.encode()
