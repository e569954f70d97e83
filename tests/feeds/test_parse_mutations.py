"""Damaged documents: a reason or a batch, never an exception. The full run is `python -m benchmarks mutations`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from monitor.core.model import Batch, Feed, FeedUrl
from monitor.feeds.parse import parse
from tests.mutating import mutated

HERE = Path(__file__).parent
FEED = Feed(FeedUrl("https://news.example/feed.xml"), "News")
ROUNDS = 60
KOREAN = (
    "<?xml version='1.0' encoding='euc-kr'?><rss version='2.0'><channel><item><title>북한 병사</title></item>"
    "</channel></rss>"
)
SITEMAP = (
    "<urlset xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>https://a.example/1</loc><n:news>"
    "<n:publication_date>2026-09-27</n:publication_date><n:title>t</n:title></n:news></url></urlset>"
)
JSON = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": 1, "content_html": "<p>é", "url": "/1"}]}'
DOCUMENTS = [
    *(path.read_bytes() for path in sorted((HERE.parent / "data" / "feeds").glob("*.[arx]*"))),
    *(
        path.read_bytes()
        for path in sorted((HERE.parent.parent / "monitor" / "demo" / "feeds").glob("*.xml"))
    ),
    KOREAN.encode("euc-kr"),
    SITEMAP.encode(),
    JSON.encode(),
]


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_breaks_a_promise(seed: int) -> None:
    for number in range(ROUNDS):
        body = mutated(Random(f"{seed}:{number}"), DOCUMENTS)  # noqa: S311 - damage to try
        found = parse(FEED, body, None, FEED.url)
        assert found == parse(FEED, body, None, FEED.url)
        if isinstance(found, Batch):
            keys = [story.key for story in found.stories]
            assert all(keys)
            assert len(set(keys)) == len(keys)
            assert all(
                story.url is None or story.url.startswith(("http://", "https://")) for story in found.stories
            )
            assert all(
                story.published is None or story.published.utcoffset() is not None for story in found.stories
            )
        else:
            assert found.reason


def test_the_damage_is_the_same_for_the_same_seed_and_not_all_fatal() -> None:
    bodies = [mutated(Random(f"0:{number}"), DOCUMENTS) for number in range(ROUNDS)]  # noqa: S311
    assert bodies == [mutated(Random(f"0:{number}"), DOCUMENTS) for number in range(ROUNDS)]  # noqa: S311
    read = [parse(FEED, body, None, FEED.url) for body in bodies]
    assert sum(isinstance(found, Batch) and bool(found.stories) for found in read) > ROUNDS / 4
