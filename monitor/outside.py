"""The world outside, as the settings let us reach it: feeds, articles, hubs, and the workers that read what comes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.core.model import FeedUrl
from monitor.feeds.fetch import Fetcher
from monitor.feeds.fulltext import ArticleReader
from monitor.feeds.guard import AllowList
from monitor.feeds.parser import Parser
from monitor.feeds.robots import Kept
from monitor.feeds.scout import Scout
from monitor.feeds.websub import Ledger, WebSub
from monitor.feeds.workers import Workers
from monitor.ports import Clock, Offload, Store
from monitor.settings import Settings

if TYPE_CHECKING:
    from monitor.feeds.lookup import Lookup


@dataclass(frozen=True, slots=True)
class Shelf:
    """Keeps robots.txt files in the store; implements `monitor.feeds.robots.Shelf`."""

    store: Store
    offload: Offload

    async def recall(self, origin: str) -> Kept | None:
        """What was kept last of a site."""
        found = await self.offload(self.store.robots, origin)
        return None if found is None else Kept(origin, *found)

    async def keep(self, kept: Kept) -> None:
        """Keep it."""
        await self.offload(self.store.keep_robots, kept.origin, kept.text, kept.at)


class Outside:
    """Everything that goes out; `close` it when nothing is in flight any more.

    `store` and `offload` keep robots.txt files across restarts, where given; `lookup` takes the place of the
    system's DNS.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        version: str,
        clock: Clock,
        shelf: Shelf | None = None,
        lookup: Lookup | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self.readers: Callable[[], int] = lambda: 0  # how many destinations wait for what feeds bring
        self.fetch = Fetcher(
            version=version,
            clock=clock,
            contact=settings.contact,
            allow=AllowList.read(",".join(settings.allow_hosts)),
            proxy=settings.proxy.reveal() if settings.proxy else None,
            gap=settings.host_gap,
            robots=settings.robots,
            shelf=shelf,
            readers=self._readers_of,
            variables=settings.feed_variables,
            lookup=lookup,
        )
        self._workers = Workers()
        self.parse = Parser(self._workers)
        self.articles = ArticleReader(page=self.fetch.page, run=self._workers.run, clock=clock)

    def scout(self) -> Scout:
        """Looks for feeds outside the rhythm of polling."""
        return Scout(fetch=self.fetch, page=self.fetch.page, parse=self.parse)

    async def websub(self, store: Store, offload: Offload) -> WebSub | None:
        """Pushes by hubs, where they can reach us."""
        if not self._settings.callback_url:
            return None
        ledger = Ledger(
            save=lambda push: offload(store.save_push, push),
            drop=lambda feed: offload(store.drop_push, feed),
            hasten=lambda feed, at: offload(store.hasten, feed, at),
        )
        kept = await offload(store.pushes)
        return WebSub(
            base=self._settings.callback_url,
            kept=kept,
            ledger=ledger,
            post=self.fetch.post,
            clock=self._clock,
        )

    async def close(self) -> None:
        """Let go of connections and workers."""
        await self.fetch.close()
        await self._workers.close()

    def _readers_of(self, _feed: FeedUrl) -> int:
        """Every rule reads every feed, so whoever waits for a rule waits for each feed."""
        return self.readers()


def callback(websub: WebSub, port: int) -> AbstractAsyncContextManager[object]:
    """What hubs call; a server is only loaded where there is one."""
    from monitor.feeds.callback import Callback  # noqa: PLC0415 - as it says

    return Callback(websub, port=port)
