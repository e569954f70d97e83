"""Servers that send without end what never becomes a page are cut off by their bytes, not by the clock."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Page
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from monitor.feeds.meter import HEAD_LIMIT, FloodError, flooded
from tests.feeds.answering_site import Site, ok
from tests.feeds.hostile_hosts import HOSTS, hosting, serve


def fetcher() -> Fetcher:
    return Fetcher(
        version="1",
        clock=lambda: datetime.now(UTC),
        allow=AllowList.read("127.0.0.0/8"),
        gap=0,
        deadline=60,
        silence=30,
    )


@pytest.mark.parametrize("name", [name for name in HOSTS if name.startswith("endless")])
async def test_what_pours_without_end_is_cut_off_long_before_the_deadline(name: str) -> None:
    async with hosting(partial(serve, HOSTS[name])) as port, fetcher() as fetch:
        url = FeedUrl(f"http://127.0.0.1:{port}/")
        answer = await fetch(Feed(url, "x"), FeedState(url, "x"))
    assert isinstance(answer, Failed)
    assert not any(words in answer.reason for words in ("took longer", "fell silent"))


async def test_a_flood_of_answers_before_the_answer_is_called_one() -> None:
    async with hosting(partial(serve, HOSTS["endless 1xx answers"])) as port, fetcher() as fetch:
        url = FeedUrl(f"http://127.0.0.1:{port}/")
        answer = await fetch(Feed(url, "x"), FeedState(url, "x"))
    assert answer == Failed(url, "the server sends more than a page may have; it may be out of order")


async def test_large_pages_come_one_after_the_other_over_one_connection(site: Site) -> None:
    """The count begins anew with each request, and the body is let through once the headers are read."""
    bodies = [bytes([65 + number]) * (3 * HEAD_LIMIT) for number in range(5)]
    site.answers = {f"/{number}": ok(body) for number, body in enumerate(bodies)}
    async with fetcher() as fetch:
        for number, body in enumerate(bodies):
            url = FeedUrl(site.url(f"/{number}"))
            answer = await fetch(Feed(url, "x"), FeedState(url, "x"))
            assert isinstance(answer, Page)
            assert answer.body == body
    assert site.connections == 1


def test_the_flood_is_found_however_deep_it_lies() -> None:
    error = OSError("broken")
    error.__cause__ = ValueError()
    error.__cause__.__context__ = FloodError("more")
    assert flooded(error)
    assert not flooded(OSError())
    assert not flooded(None)
