"""What Tocsin asks of the world beside its store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ParamSpec, Protocol, TypeVar

from monitor.core.model import Batch, Claimed, Copy, Failed, Feed, FeedState, Fetched, Page, Receipt, Story

P = ParamSpec("P")
T = TypeVar("T")

Clock = Callable[[], datetime]
"""Now, aware, in UTC."""


class Fetch(Protocol):
    """Bytes, or the reason why not; never raises for what a server or network does (poll)."""

    async def __call__(self, feed: Feed, state: FeedState) -> Fetched:
        """Ask for the feed's page, on the terms of what is known of it."""


class Parse(Protocol):
    """A page into a batch, in a process that is killed if it takes too long (poll)."""

    async def __call__(self, feed: Feed, page: Page, seen: frozenset[str] = frozenset()) -> Batch | Failed:
        """The page's stories, or why it has none to give.

        `seen` are digests of items that an earlier page of the feed held (its `Batch.items`): those may be left out.
        """


class Articles(Protocol):
    """The text of a story's own page (poll); never raises for what a server or a page does."""

    async def __call__(self, feed: Feed, story: Story) -> str | None:
        """The article as plain text, bounded; None if it is not to be had."""


class Copies(Protocol):
    """Copies of the database, in a folder that keeps the newest of them (storage); in any thread."""

    def make(self, now: datetime) -> Copy:
        """Make one, read it through, let the oldest go. Raises StoreError if it cannot be made whole."""

    def newest(self, until: datetime) -> datetime | None:
        """When the newest was made, of those made not after `until`; None if there is none."""


class Messenger(Protocol):
    """Words a card for a destination and sends it (deliver); never raises for what the far side does."""

    async def deliver(self, claimed: Claimed) -> Receipt:
        """Send or edit, once, and say what became of it."""


class Offload(Protocol):
    """Runs a function in the one thread that owns the store, in order of arrival."""

    async def __call__(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns or raises."""
