"""WebSub: a hub tells us of news. Subscribing, being asked back, renewing, signatures, and hubs that misbehave."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from monitor.core.model import Failed, FeedUrl
from monitor.feeds.websub import LEASE
from tests.build import NOW
from tests.feeds.websub_world import FEED, TOPIC, hub_and_subscriber


@pytest.fixture
async def world():
    async with hub_and_subscriber() as here:
        yield here


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
