"""WebSub: a hub tells us of news. Subscribing, being asked back, renewing, signatures, and hubs that misbehave."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import socket
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from db import open_store
from monitor.core.model import Failed, Feed, FeedState, FeedUrl
from monitor.core.model.pushes import Push
from monitor.feeds.callback import BODY_LIMIT, Callback
from monitor.feeds.websub import LEASE, PAUSE, Ledger, WebSub, signed
from tests.build import NOW
from tests.fakes import FixedClock, inline
from tests.feeds.answering_site import fetcher
from tests.feeds.little_hub import Hub

FEED = FeedUrl("https://news.example/rss")
TOPIC = "https://news.example/rss?self"


@dataclass
class Kept:
    """What the store would keep, and which feeds were made due."""

    pushes: dict[FeedUrl, Push] = field(default_factory=dict)
    due: list[tuple[FeedUrl, datetime]] = field(default_factory=list)

    async def save(self, push: Push) -> None:
        self.pushes[push.feed] = push

    async def drop(self, feed: FeedUrl) -> None:
        self.pushes.pop(feed, None)

    async def hasten(self, feed: FeedUrl, at: datetime) -> bool:
        self.due.append((feed, at))
        return True

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.save, self.drop, self.hasten)


@dataclass
class World:
    """A hub and a subscriber on loopback."""

    hub: Hub
    kept: Kept
    clock: FixedClock
    websub: WebSub
    callback: Callback

    def state(self, **changes) -> FeedState:
        return replace(FeedState(FEED, "News", next_poll_at=NOW, hub=self.hub.url, topic=TOPIC), **changes)

    async def tick(self, *states: FeedState) -> None:
        await self.websub.tick(states)
        await self.hub.settled()

    async def received(self) -> None:
        """Wait until what was pushed is worked off."""
        for _ in range(20):
            await asyncio.sleep(0)

    def restarted(self, post) -> WebSub:
        return WebSub(
            base="http://127.0.0.1",
            kept=self.kept.pushes.values(),
            ledger=self.kept.ledger,
            post=post,
            clock=self.clock,
        )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
async def world():
    clock, kept = FixedClock(NOW), Kept()
    async with Hub() as hub, fetcher() as here:
        port = free_port()
        base = f"http://127.0.0.1:{port}/tocsin/"
        websub = WebSub(base=base, kept=(), ledger=kept.ledger, post=here.post, clock=clock)
        async with Callback(websub, port=port, host="127.0.0.1") as callback:
            yield World(hub, kept, clock, websub, callback)


class TestSubscribing:
    async def test_a_hub_that_a_feed_names_is_asked_and_asks_back(self, world):
        await world.tick(world.state())
        (asked,) = world.hub.asked
        assert asked["hub.mode"] == "subscribe"
        assert asked["hub.topic"] == TOPIC
        assert asked["hub.lease_seconds"] == str(int(LEASE.total_seconds()))
        assert re.fullmatch(r"/tocsin/websub/[A-Za-z0-9_-]{32}", world.hub.path())
        assert 32 <= len(asked["hub.secret"]) < 200
        assert world.hub.said == [(200, "challenge-123")]
        push = world.kept.pushes[FEED]
        assert push.until == NOW + timedelta(days=10)
        assert world.websub.active == {FEED}

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"hub": None}, id="no-hub"),
            pytest.param({"topic": None}, id="no-name-of-its-own"),
            pytest.param({"hub": "javascript:x"}, id="a-hub-that-is-no-web-address"),
            pytest.param({"next_poll_at": None}, id="a-feed-that-is-gone"),
        ],
    )
    async def test_other_feeds_are_only_polled(self, world, changes):
        await world.tick(world.state(**changes))
        assert world.hub.asked == []
        assert world.kept.pushes == {}

    async def test_a_hub_that_agreed_is_left_alone_until_its_lease_runs_out(self, world):
        world.hub.lease = 5 * 86_400
        await world.tick(world.state())
        for _ in range(3):
            await world.tick(world.state())
            world.clock.now += timedelta(days=1)
        assert len(world.hub.asked) == 1
        world.clock.now += timedelta(days=1, seconds=1)  # less than a day is left
        await world.tick(world.state())
        assert len(world.hub.asked) == 2
        assert world.hub.asked[0]["hub.callback"] == world.hub.asked[1]["hub.callback"]
        assert world.kept.pushes[FEED].until == world.clock.now + timedelta(days=5)

    async def test_a_restart_neither_forgets_nor_asks_again(self, world):
        await world.tick(world.state())
        asked = []

        async def post(url, form):
            asked.append(url)
            return 202

        again = world.restarted(post)
        await again.tick([world.state()])
        assert asked == []
        assert again.active == {FEED}
        assert again.knows(world.hub.path().rpartition("/")[2])

    async def test_a_hub_that_refuses_is_asked_ever_later(self, world):
        world.hub.status = 403
        hours = []
        for hour in range(72):
            before = len(world.hub.asked)
            await world.tick(world.state())
            if len(world.hub.asked) > before:
                hours.append(hour)
            world.clock.now += timedelta(hours=1)
        assert hours == [0, 1, 3, 7, 15, 31, 55]
        assert world.websub.active == frozenset()

    async def test_a_hub_that_never_asks_back_is_asked_ever_later(self, world):
        world.hub.asks_back = False
        for _ in range(24):
            await world.tick(world.state())
            world.clock.now += timedelta(hours=1)
        assert len(world.hub.asked) == 5

    async def test_a_hub_that_cannot_be_reached_does_no_harm(self, world):
        async def post(url, form):
            return Failed(FeedUrl(url), "down")

        websub = world.restarted(post)
        await websub.tick([world.state()])
        assert websub.active == frozenset()
        assert world.kept.pushes[FEED].failures == 1

    async def test_another_hub_is_another_subscription(self, world):
        await world.tick(world.state())
        old = world.kept.pushes[FEED]
        await world.tick(world.state(topic="https://news.example/other"))
        new = world.kept.pushes[FEED]
        assert (new.token != old.token, new.secret != old.secret) == (True, True)
        assert not world.websub.knows(old.token)

    async def test_a_feed_that_is_no_longer_wanted_is_told_to_the_hub(self, world):
        await world.tick(world.state())
        await world.tick()
        assert [form["hub.mode"] for form in world.hub.asked] == ["subscribe", "unsubscribe"]
        assert world.hub.said[1] == (200, "challenge-123")
        assert world.kept.pushes == {}

    async def test_a_hub_that_lets_nobody_go_is_forgotten(self, world):
        await world.tick(world.state())
        world.hub.asks_back = False
        await world.tick()
        assert world.kept.pushes[FEED].ending
        world.clock.now += timedelta(hours=2)
        await world.tick()
        assert world.kept.pushes == {}
        assert len(world.hub.asked) == 2


class TestBeingAskedBack:
    @pytest.fixture
    async def waiting(self, world):
        world.hub.asks_back = False
        await world.tick(world.state())
        return world

    def query(self, **changes):
        return {
            "hub.mode": "subscribe",
            "hub.topic": TOPIC,
            "hub.challenge": "abc",
            "hub.lease_seconds": "3600",
        } | {f"hub.{name}": value for name, value in changes.items()}

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"topic": "https://evil.example/"}, id="another-topic"),
            pytest.param({"mode": "unsubscribe"}, id="the-end-that-nobody-asked-for"),
            pytest.param({"mode": "publish"}, id="another-mode"),
            pytest.param({"challenge": ""}, id="no-challenge"),
            pytest.param({"challenge": "<script>\n"}, id="a-challenge-of-several-words"),
            pytest.param({"challenge": "x" * 5000}, id="a-challenge-without-end"),
        ],
    )
    async def test_what_was_not_asked_for_is_not_agreed_to(self, waiting, changes):
        url = waiting.hub.asked[0]["hub.callback"]
        status, text = await waiting.hub.get(url, **self.query(**changes))
        assert (status, text) == (404, "")
        assert waiting.websub.active == frozenset()

    @pytest.mark.parametrize(
        ("lease", "seconds"),
        [
            pytest.param("3600", 3600, id="an-hour"),
            pytest.param("999999999", 60 * 86_400, id="for-ever"),
            pytest.param("-5", 10 * 86_400, id="no-number"),
        ],
    )
    async def test_the_lease_is_the_hubs_within_reason(self, waiting, lease, seconds):
        await waiting.hub.get(waiting.hub.asked[0]["hub.callback"], **self.query(lease_seconds=lease))
        assert waiting.kept.pushes[FEED].until == NOW + timedelta(seconds=seconds)

    async def test_a_denial_is_kept_and_polling_goes_on(self, waiting):
        url = waiting.hub.asked[0]["hub.callback"]
        status, _ = await waiting.hub.get(url, **self.query(mode="denied", reason="no\x1b[2J"))
        assert status == 200
        assert waiting.kept.pushes[FEED].failures == 2
        await waiting.tick(waiting.state())
        assert len(waiting.hub.asked) == 1

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param("/", id="root"),
            pytest.param("/websub/", id="no-token"),
            pytest.param("/websub/" + "A" * 32, id="guessed"),
            pytest.param("/websub/../../etc/passwd", id="a-path"),
            pytest.param("/tocsin/websub/%00", id="encoded"),
        ],
    )
    async def test_every_other_address_is_the_same_nothing(self, waiting, path):
        base = f"http://127.0.0.1:{waiting.callback.port}"
        assert await waiting.hub.get(base + path, **self.query()) == (404, "")
        assert await waiting.hub.send(b"x", to=base + path) == 404


class TestPushes:
    @pytest.fixture
    async def live(self, world):
        await world.tick(world.state())
        return world

    @pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
    async def test_a_signed_push_makes_the_feed_due_now(self, live, method):
        assert await live.hub.send(b"<rss/>", method=method) == 202
        await live.received()
        assert live.kept.due == [(FEED, NOW)]

    @pytest.mark.parametrize(
        "signature",
        [
            pytest.param("", id="none"),
            pytest.param("sha256=" + "0" * 64, id="wrong"),
            pytest.param("md5=d41d8cd98f00b204e9800998ecf8427e", id="weak-method"),
            pytest.param("sha256", id="half"),
            pytest.param("=", id="empty"),
            pytest.param(
                "sha256=" + hmac.new(b"other", b"<rss/>", hashlib.sha256).hexdigest(), id="another-secret"
            ),
        ],
    )
    async def test_what_is_signed_wrongly_is_ignored_without_a_word(self, live, signature):
        assert await live.hub.send(b"<rss/>", X_Hub_Signature=signature) == 202
        await live.received()
        assert live.kept.due == []

    async def test_a_changed_body_does_not_fit_its_signature(self, live):
        secret = live.kept.pushes[FEED].secret
        signature = "sha256=" + hmac.new(secret.encode(), b"<rss/>", hashlib.sha256).hexdigest()
        assert signed(b"<rss/>", signature, secret)
        assert not signed(b"<rss />", signature, secret)

    async def test_many_pushes_are_one_poll_now_and_one_a_minute_later(self, live):
        for _ in range(5):
            await live.hub.send(b"<rss/>")
            await live.received()
        assert live.kept.due == [(FEED, NOW), (FEED, NOW + PAUSE)]
        live.clock.now += PAUSE + timedelta(seconds=1)
        await live.hub.send(b"<rss/>")
        await live.received()
        assert live.kept.due[2:] == [(FEED, NOW + 2 * PAUSE)]

    async def test_a_body_that_is_too_large_is_refused(self, live):
        assert await live.hub.send(b"x" * (BODY_LIMIT + 1)) == 413
        assert live.kept.due == []

    async def test_a_body_that_does_not_say_how_large_it_is_is_refused_at_the_limit(self, live):
        sent = 0

        async def endless():
            nonlocal sent
            while sent < 20 * BODY_LIMIT:
                sent += 100_000
                yield bytes(100_000)

        url = live.hub.asked[0]["hub.callback"]
        async with aiohttp.ClientSession() as session:
            with suppress(aiohttp.ClientError):
                async with session.post(url, data=endless()) as answer:
                    assert answer.status == 413
        assert sent < 20 * BODY_LIMIT
        assert live.kept.due == []

    async def test_a_packed_body_is_refused_and_never_unpacked(self, live):
        assert await live.hub.send(b"\x1f\x8b", Content_Encoding="gzip") == 415
        assert live.kept.due == []

    async def test_other_methods_are_refused(self, live):
        url = live.hub.asked[0]["hub.callback"]
        async with aiohttp.ClientSession() as session, session.put(url, data=b"x") as answer:
            assert answer.status == 405
            assert answer.headers["Server"] == "Tocsin"

    async def test_after_the_end_nothing_is_taken(self, live):
        path = live.hub.asked[0]["hub.callback"]
        secret = live.hub.asked[0]["hub.secret"]
        await live.tick()
        live.hub.asked[-1]["hub.secret"] = secret
        assert await live.hub.send(b"<rss/>", to=path) == 404
        assert live.kept.due == []


async def test_over_the_real_store_a_push_makes_the_feed_due_and_survives_a_restart(world, tmp_path):
    path = str(tmp_path / "tocsin.db")
    store = open_store(path, now=NOW)
    store.sync_feeds([Feed(FEED, "News")], NOW)
    store.save_state(world.state(next_poll_at=NOW + timedelta(hours=3)))
    ledger = Ledger(
        save=lambda push: inline(store.save_push, push),
        drop=lambda feed: inline(store.drop_push, feed),
        hasten=lambda feed, at: inline(store.hasten, feed, at),
    )

    async def post(url, form):
        return 202

    def websub():
        return WebSub(
            base="https://bot.example", kept=store.pushes(), ledger=ledger, post=post, clock=world.clock
        )

    first = websub()
    await first.tick(store.feed_states())
    (push,) = store.pushes()
    query = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "a", "hub.lease_seconds": "86400"}
    assert first.verify(push.token, query) == "a"
    await first.heard(push.token, query)
    store.close()

    store = open_store(path, now=NOW)
    second = websub()
    assert second.active == {FEED}
    assert store.due_feeds(NOW, 10) == ()
    signature = "sha256=" + hmac.new(push.secret.encode(), b"x", hashlib.sha256).hexdigest()
    assert await second.receive(push.token, b"x", signature)
    assert [state.url for state in store.due_feeds(NOW, 10)] == [FEED]
    store.close()


async def test_no_secret_and_no_address_of_a_feed_reaches_the_log(world, caplog):
    caplog.set_level("DEBUG")
    world.hub.status = 500
    await world.tick(world.state())
    world.hub.status = 202
    world.clock.now += timedelta(hours=2)
    await world.tick(world.state())
    await world.hub.send(b"<rss/>")
    await world.received()
    push = world.kept.pushes[FEED]
    told = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("monitor"))
    assert "News" in told
    assert urlsplit(world.hub.url).hostname in told
    assert not [secret for secret in (push.secret, push.token, FEED, TOPIC) if secret in told]
