"""WebSub: what hubs push, signed and not, and what of it survives."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp
import pytest

from db import open_store
from monitor.core.model import Feed
from monitor.feeds.callback import BODY_LIMIT
from monitor.feeds.websub import PAUSE, Ledger, WebSub, signed
from tests.build import NOW
from tests.fakes import inline
from tests.feeds.websub_world import FEED, TOPIC, hub_and_subscriber


@pytest.fixture
async def world():
    async with hub_and_subscriber() as here:
        yield here


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
