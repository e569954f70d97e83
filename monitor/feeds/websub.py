"""Subscribes to feeds at their hubs (W3C WebSub), so that news is fetched when it appears.

A feed may name a hub; where we have a public callback address, the hub is asked to tell us. What it sends is
taken as a sign that there is news, and no more: the feed is polled now, its pushed body is not read. So
stories come by one way only, gaps and validators stay right, and nobody can put a story into our mouth, not
even with a stolen secret. Without a callback address, a hub or its consent, polling goes on as ever.

The rules of the protocol that matter here: the hub asks back before it begins or ends (section 5.3), with
our unguessable address and the topic; a lease ends unless it is renewed (5.1); content is signed with our
secret (section 7), and what is signed wrongly is taken with thanks and ignored (8).
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor.core.model import Failed, FeedUrl
from monitor.core.model.pushes import Push

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from monitor.core.model import FeedState
    from monitor.ports import Clock

log = logging.getLogger(__name__)

LEASE = timedelta(days=10)
"""How long we ask for; the hub decides."""

LONGEST_LEASE = timedelta(days=60)
RENEW = timedelta(days=1)
"""A lease that ends sooner is renewed; one of less than two days at its half."""

ANSWER = timedelta(hours=1)
"""How long a hub may take to ask back; then it is asked again, ever later."""

PATIENCE = timedelta(days=1)
"""Longest wait before a hub that refuses, or does not answer, is asked again."""

PAUSE = timedelta(seconds=60)
"""A feed is polled for pushes at most so often; pushes in between are one."""

MOST_ASKED = 10
"""Hubs asked at one tick."""

_ACCEPTED = range(200, 300)
_LONGEST_CHALLENGE = 2_000
_CHALLENGE = re.compile(r"[\x21-\x7e]+")  # it is given back as plain text
_METHODS = MappingProxyType(
    {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
)


class Post(Protocol):
    """A guarded POST of a form (`Fetcher.post`); never raises for what a server does."""

    async def __call__(self, url: str, form: Mapping[str, str], /) -> int | Failed:
        """The status of the answer, or why there is none."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """Where subscriptions are kept: the store, through the thread that owns it."""

    save: Callable[[Push], Awaitable[None]]
    drop: Callable[[FeedUrl], Awaitable[None]]
    hasten: Callable[[FeedUrl, datetime], Awaitable[bool]]  # makes a feed due at a moment, if it may be asked


class WebSub:
    """Keeps the subscriptions: `tick` asks the hubs, `verify` and `receive` hear them (`callback`).

    `base` is the public address of the callback, without a slash at its end; `kept` what the store knows.
    """

    def __init__(self, *, base: str, kept: Iterable[Push], ledger: Ledger, post: Post, clock: Clock) -> None:
        self._base = base.rstrip("/")
        self._ledger = ledger
        self._post = post
        self._clock = clock
        self._pushes = {push.feed: push for push in kept}
        self._places = {_digest(push.token): push.feed for push in self._pushes.values()}
        self._told: dict[FeedUrl, datetime] = {}
        self._names: dict[FeedUrl, str] = {}  # logs never show an address, which may hold a key

    @property
    def active(self) -> frozenset[FeedUrl]:
        """Feeds whose hub has promised to tell us."""
        now = self._clock()
        return frozenset(feed for feed, push in self._pushes.items() if _holds(push, now))

    async def tick(self, states: Iterable[FeedState]) -> None:
        """Ask hubs for what is wanted by now: `states` are those of all listed feeds."""
        now = self._clock()
        listed = [state for state in states if state.next_poll_at is not None]
        self._names = {state.url: state.name for state in listed}
        wanted = {state.url: (state.hub, state.topic) for state in listed}
        asked = 0
        for feed, (hub, topic) in wanted.items():
            if hub is None or topic is None or not (_is_web(hub) and _is_web(topic)):
                continue
            push = self._pushes.get(feed)
            if asked < MOST_ASKED and _due(push, hub, topic, now):
                asked += 1
                await self._subscribe(feed, hub, topic, push, now)
        for push in [*self._pushes.values()]:
            hub, _ = wanted.get(push.feed, (None, None))
            if hub is None and asked < MOST_ASKED:
                asked += 1
                await self._end(push, now)

    def verify(self, token: str, query: Mapping[str, str]) -> str | None:
        """What to answer to a hub that asks whether we meant it: its challenge; None for no.

        `heard` then keeps what it said.
        """
        push = self._of(token)
        challenge = query.get("hub.challenge", "")
        if (
            push is None
            or not hmac.compare_digest(query.get("hub.topic", "").encode(), push.topic.encode())
            or query.get("hub.mode") != ("unsubscribe" if push.ending else "subscribe")
            or not _CHALLENGE.fullmatch(challenge)
            or len(challenge) > _LONGEST_CHALLENGE
        ):
            return None
        return challenge

    async def heard(self, token: str, query: Mapping[str, str]) -> None:
        """Keep what a hub has said with a request that `verify` agreed to, or that it will not serve us."""
        push = self._of(token)
        if push is None or query.get("hub.topic") != push.topic:
            return
        now = self._clock()
        mode = query.get("hub.mode")
        if mode == "denied":
            log.warning("hub denied feed=%s reason=%s", self._name(push), _line(query.get("hub.reason", "")))
            await self._keep(replace(push, until=None, failures=push.failures + 1, asked_at=now))
        elif mode == "unsubscribe" and push.ending:
            await self._forget(push)
        elif mode == "subscribe" and not push.ending:
            await self._keep(replace(push, until=now + _lease(query.get("hub.lease_seconds")), failures=0))
            log.info("hub subscribed feed=%s hub=%s", self._name(push), urlsplit(push.hub).hostname)

    def knows(self, token: str) -> bool:
        """Whether a callback address is one of ours: a hub may forget all others."""
        return self._of(token) is not None

    async def receive(self, token: str, body: bytes, signature: str) -> bool:
        """Take what a hub sends; True if it was really our hub, and the feed is polled now or in a moment."""
        push = self._of(token)
        if push is None or push.ending or not signed(body, signature, push.secret):
            return False
        now = self._clock()
        last = self._told.get(push.feed)
        at = now if last is None or last + PAUSE <= now else last + PAUSE
        if last is None or last <= now:  # else one is coming already
            self._told[push.feed] = at
            done = await self._ledger.hasten(push.feed, at)
            log.info("pushed feed=%s poll=%s", self._name(push), "now" if done else "as planned")
        return True

    def _of(self, token: str) -> Push | None:
        """The subscription of a callback address; looked up by digest, so that no guess can be timed."""
        feed = self._places.get(_digest(token))
        return None if feed is None else self._pushes[feed]

    async def _subscribe(self, feed: FeedUrl, hub: str, topic: str, push: Push | None, now: datetime) -> None:
        """Ask, or ask again. Another hub or topic is another subscription, with secrets of its own."""
        if push is None or push.ending or (push.hub, push.topic) != (hub, topic):
            push = Push(feed, hub, topic, secrets.token_urlsafe(24), secrets.token_urlsafe(32), now)
        push = replace(push, asked_at=now, failures=push.failures + 1)  # until it has asked back
        await self._keep(push)  # before asking: the hub may ask back before it answers
        said = await self._ask(push, "subscribe")
        if said is not None:
            level = logging.WARNING if push.failures == 1 else logging.INFO
            log.log(level, "hub refused feed=%s hub=%s: %s", self._name(push), urlsplit(hub).hostname, said)

    async def _end(self, push: Push, now: datetime) -> None:
        """Tell the hub that its feed is no longer wanted, once; it forgets us with the lease in any case."""
        if push.ending:
            if now - push.asked_at > ANSWER:
                await self._forget(push)
            return
        if not _holds(push, now):
            await self._forget(push)
            return
        await self._keep(replace(push, ending=True, asked_at=now))
        await self._ask(push, "unsubscribe")

    async def _ask(self, push: Push, mode: str) -> str | None:
        """Send a request to the hub; why it was of no use, or None."""
        form = {
            "hub.mode": mode,
            "hub.topic": push.topic,
            "hub.callback": f"{self._base}/websub/{push.token}",
        }
        if mode == "subscribe":
            form |= {
                "hub.secret": push.secret,
                "hub.lease_seconds": str(int(LEASE.total_seconds())),
            }
        answer = await self._post(push.hub, form)
        if isinstance(answer, Failed):
            return answer.reason
        return None if answer in _ACCEPTED else f"it answered {answer}"

    def _name(self, push: Push) -> str:
        return self._names.get(push.feed) or urlsplit(push.feed).hostname or "?"

    async def _keep(self, push: Push) -> None:
        before = self._pushes.get(push.feed)
        if before is not None:
            self._places.pop(_digest(before.token), None)
        self._pushes[push.feed] = push
        self._places[_digest(push.token)] = push.feed
        await self._ledger.save(push)

    async def _forget(self, push: Push) -> None:
        self._pushes.pop(push.feed, None)
        self._places.pop(_digest(push.token), None)
        self._told.pop(push.feed, None)
        await self._ledger.drop(push.feed)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def signed(body: bytes, signature: str, secret: str) -> bool:
    """Whether `X-Hub-Signature` is that of the body under our secret (section 7.1), compared in constant time."""
    method, _, digest = signature.strip().partition("=")
    function = _METHODS.get(method.strip().lower())
    if function is None:
        return False
    wanted = hmac.new(secret.encode(), body, function).hexdigest()
    return hmac.compare_digest(wanted.encode(), digest.strip().lower().encode("utf-8", "replace"))


def _holds(push: Push, now: datetime) -> bool:
    return push.until is not None and push.until > now and not push.ending


def _due(push: Push | None, hub: str, topic: str, now: datetime) -> bool:
    """Whether the hub is to be asked now."""
    if push is None or push.ending or (push.hub, push.topic) != (hub, topic):
        return True
    waited = now - push.asked_at
    wait = min(ANSWER * 2.0 ** min(max(push.failures - 1, 0), 10), PATIENCE)
    if waited < wait:
        return False
    if push.until is None:
        return True
    return push.until - now < min(RENEW, (push.until - push.asked_at) / 2)


def _lease(written: str | None) -> timedelta:
    """The lease that a hub grants; where it does not say, what we asked for."""
    if written is None or not re.fullmatch("[0-9]{1,9}", written):
        return LEASE
    return min(timedelta(seconds=int(written)), LONGEST_LEASE)


def _is_web(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _line(text: str) -> str:
    """A stranger's words for the log."""
    return "".join(c if c.isprintable() else " " for c in text)[:200]


__all__ = ["Ledger", "Post", "WebSub", "signed"]
