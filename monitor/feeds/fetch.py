"""Fetches a feed's page, politely and suspiciously: bytes, or the reason why not.

One call is one conversation: the conditional request, the redirects it leads to, the body, all within one
deadline, each request in its site's turn (`lanes`) and over the guarded `wire`. Whatever a server or the
network does becomes a value of `Fetched`; nothing is raised.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from monitor.core.model import Failed, FeedUrl, Gone, Page, Unchanged, Validators
from monitor.feeds import asking, redirects
from monitor.feeds.advertised import advertised
from monitor.feeds.answers import conditions, max_age, refused, validators
from monitor.feeds.asking import agent
from monitor.feeds.guard import AllowList, objection, refusal_for_guest
from monitor.feeds.lanes import Lanes, site_of
from monitor.feeds.robots import LIMIT as ROBOTS_LIMIT
from monitor.feeds.robots import Robots, Shelf
from monitor.feeds.variables import Unset, filled
from monitor.feeds.wire import BODY_LIMIT, Answer, Ask, Trouble, Wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from monitor.core.model import Feed, FeedState, Fetched
    from monitor.feeds.lookup import Lookup

MAX_HOPS = 5
ROBOTS_SECONDS = 2.0
"""What a robots.txt may add to a conversation's deadline; a site that takes longer has none."""

_PERMANENT = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT})
_REDIRECTS = _PERMANENT | {HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT}
_KEEP_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Errand:
    """What is fetched, and on what terms."""

    feed: FeedUrl  # in whose name
    start: str  # the address asked first
    agent: str
    accept: str = asking.FEEDS
    kept: Validators = field(default_factory=Validators)
    issuer: str = ""  # the address that issued them
    digest: str | None = None  # of the body known already
    own: Mapping[str, str] = field(default_factory=dict)  # headers for the site of `feed` only
    proxy: str | None = None
    guest: bool = False
    outside: bool = (
        False  # a public server has sent us on: what the operator allows feeds does not count for it
    )
    form: Mapping[str, str] | None = None
    limit: int = BODY_LIMIT

    def ask(self, url: str) -> Ask:
        """The request to one address on the way."""
        headers = {"User-Agent": self.agent, "Accept": self.accept}
        if self.own and asking.same_site(url, self.feed):
            headers = asking.merged(headers, self.own)
        if self.conditional(url):
            headers |= conditions(self.kept)
        return Ask(url, headers, self.proxy, self.guest or self.outside, self.form, self.limit)

    def conditional(self, url: str) -> bool:
        """Whether the validators were issued by this address: no other may see them (RFC 9110 section 8.8.1)."""
        return bool(self.kept) and redirects.without_login(url) == self.issuer


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The answer at the end of all redirects."""

    url: str
    answer: Answer
    hops: int
    permanent: bool  # whether all of them were


class Fetcher:
    """Implements `ports.Fetch` over HTTP. Opens on first use; `close` it or use `async with`.

    `contact` (a URL or a mail address) tells publishers whom to talk to, `readers` for how many we ask; `allow`
    names the private hosts that feeds may reach. With a `proxy` (http or https URL; a feed may have its own)
    all requests go through it: it resolves names itself, so only addresses written as numbers can be judged
    here, and private hosts are the proxy's to refuse. `limit` bounds the conversations at a time; with each
    site there is one at a time, and `gap` seconds between two. `deadline` (seconds) bounds a conversation
    from its first byte to its last, without the wait for its turn; `connect` and `silence` bound how long a
    connection may take and how long a server may say nothing. With `robots`, robots.txt is kept to, and `shelf`
    keeps those files across restarts. `variables` are the values for `${FEED_...}` in feeds' options. `clock`
    gives now, for dates in answers. `lookup` replaces our own threads for DNS.
    """

    def __init__(
        self,
        *,
        version: str,
        clock: Callable[[], datetime],
        contact: str = "",
        allow: AllowList | None = None,
        proxy: str | None = None,
        limit: int = 150,
        deadline: float = 30.0,
        connect: float = 10.0,
        silence: float = 15.0,
        gap: float = 1.0,
        patience: float = 5.0,
        robots: bool = False,
        shelf: Shelf | None = None,
        readers: Callable[[FeedUrl], int] | None = None,
        variables: Mapping[str, str] = _NOTHING,
        lookup: Lookup | None = None,
    ) -> None:
        self._version = version
        self._contact = contact
        self._agent = agent(version, contact)
        self._readers = readers
        self._clock = clock
        self._allow = allow or AllowList()
        self._proxy = proxy
        self._deadline = deadline
        self._variables = variables
        self._lanes = Lanes(limit, gap=gap, patience=patience)
        self._robots = Robots(clock, shelf) if robots else None
        self._wire = Wire(allow=self._allow, connect=connect, silence=silence, lookup=lookup)

    async def __call__(self, feed: Feed, state: FeedState) -> Fetched:
        """Ask for the feed's page, conditionally if an earlier answer allows it."""
        home = _bare(feed.url)
        try:
            own = asking.own_headers((name, filled(value, self._variables)) for name, value in feed.headers)
            proxy = filled(feed.proxy, self._variables) if feed.proxy else self._proxy
        except Unset as error:
            return Failed(feed.url, str(error))
        errand = _Errand(
            feed.url,
            home if state.address is None else redirects.with_login(state.address, home),
            self._agent_for(feed.url),
            kept=state.validators,
            issuer=(state.validators.url or redirects.without_login(home)) if state.validators else "",
            digest=state.body_digest,
            own=own,
            proxy=proxy,
        )
        return await self._fetch(errand)

    async def page(self, url: str, *, guest: bool = False) -> Fetched:
        """Any page: an article, a site that may name its feed. A `guest` is somebody in a chat, judged as such."""
        start = _bare(url)
        return await self._fetch(
            _Errand(FeedUrl(url), start, self._agent, asking.PAGES, proxy=self._proxy, guest=guest)
        )

    async def post(self, url: str, form: Mapping[str, str]) -> int | Failed:
        """Send a form; the status of the answer, after redirects that keep the method (307, 308)."""
        start = _bare(url)
        errand = _Errand(FeedUrl(url), start, self._agent, "*/*;q=0.1", proxy=self._proxy, form=form)
        came = await self._travel(errand, self._deadline)
        return came.answer.status if isinstance(came, _Arrival) else came

    async def close(self) -> None:
        """Let go of all connections. The next call would open them anew."""
        await self._wire.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _agent_for(self, feed: FeedUrl) -> str:
        readers = self._readers(feed) if self._readers is not None else 0
        return agent(self._version, self._contact, readers) if readers > 1 else self._agent

    async def _fetch(self, errand: _Errand) -> Fetched:
        came = await self._travel(errand, self._deadline)
        if isinstance(came, Failed):
            return came
        return _read(errand, came, self._clock())

    async def _travel(self, errand: _Errand, left: float) -> _Arrival | Failed:
        """Ask, and follow redirects, within the seconds that are left; waiting for a turn costs none."""
        url, seen, permanent = errand.start, set[str](), True
        for hop in range(MAX_HOPS + 1):
            said = await self._objection(errand, url, hop)
            if said is not None:
                return Failed(errand.feed, said)
            seen.add(url)
            answer, took = await self._hop(errand.ask(url), left)
            left -= took
            if isinstance(answer, Trouble):
                return Failed(errand.feed, answer.reason, answer.offline)
            location = answer.headers.first("location")
            followed = _REDIRECTS if errand.form is None else _KEEP_METHOD
            if answer.status not in followed or location is None:
                return _Arrival(url, answer, hop, permanent)
            permanent = permanent and answer.status in _PERMANENT
            if answer.outside:
                errand = replace(errand, outside=True)
            found, said = _turn(url, location, seen)
            if said is not None:
                return Failed(errand.feed, said)
            url = found
        return Failed(
            errand.feed, f"it redirects more than {MAX_HOPS} times; look for the feed's present address"
        )

    async def _hop(self, ask: Ask, seconds: float) -> tuple[Answer | Trouble, float]:
        """One request in its site's turn, and how long it took."""
        loop = asyncio.get_running_loop()
        async with self._lanes.lane(site_of(ask.url)):
            started = loop.time()
            answer = await self._wire.send(ask, seconds)
            return answer, loop.time() - started

    async def _objection(self, errand: _Errand, url: str, hop: int) -> str | None:
        """Why an address is not asked, in words for people; None if it is."""
        allow = AllowList() if errand.outside else self._allow
        said = refusal_for_guest(url) if errand.guest else objection(url, allow)
        if said is not None:
            return f"it redirects to a forbidden address: {said}" if hop else said
        if self._robots is None or errand.accept == asking.ROBOTS:
            return None
        return await self._robots.objection(url, partial(self._robots_text, errand))

    async def _robots_text(self, errand: _Errand, url: str) -> str:
        """A site's robots.txt, empty if there is none to be had; asked on the terms of who wants a page of it."""
        errand = _Errand(
            FeedUrl(url),
            url,
            self._agent,
            asking.ROBOTS,
            proxy=errand.proxy,
            guest=errand.guest,
            outside=errand.outside,
            limit=ROBOTS_LIMIT,
        )
        came = await self._travel(errand, min(self._deadline, ROBOTS_SECONDS))
        return came.answer.body.decode("utf-8", "replace") if isinstance(came, _Arrival) else ""


def _turn(url: str, location: str, seen: set[str]) -> tuple[str, str | None]:
    """Where a redirect leads, and why not to go there."""
    try:
        found = redirects.target(url, location)
        return found, redirects.objection(url, found, seen)
    except ValueError:
        return "", "it redirects to an address that is not well formed; look for the feed's present address"


def _read(errand: _Errand, came: _Arrival, now: datetime) -> Fetched:
    """What the answer means for the feed."""
    answer, headers = came.answer, came.answer.headers
    where = redirects.without_login(came.url)
    moved = where if came.hops and came.permanent else None
    given = validators(headers)
    fresh = max_age(headers, now)
    if answer.status == HTTPStatus.NOT_MODIFIED and errand.conditional(came.url):
        return Unchanged(errand.feed, _renewed(errand.kept, given), fresh, moved)
    if answer.status != HTTPStatus.OK:
        said = refused(errand.feed, answer.status, headers, now)
        if isinstance(said, Gone) and not came.permanent:  # that page is gone, the feed itself may return
            return Failed(errand.feed, said.reason, status=answer.status)
        return said
    if given and where != redirects.without_login(_bare(errand.feed)):
        given = Validators(given.etag, given.last_modified, where)
    digest = hashlib.blake2b(answer.body, digest_size=16).hexdigest()
    if digest == errand.digest:
        return Unchanged(errand.feed, given, fresh, moved)
    kind = headers.first("content-type")
    hub, topic = advertised(headers.joined("link"), where)
    return Page(errand.feed, where, answer.body, digest, kind, given, fresh, moved, hub, topic)


def _bare(url: str) -> str:
    """The address without its fragment, which is not a server's business."""
    return url.partition("#")[0]


def _renewed(kept: Validators, given: Validators) -> Validators | None:
    """What a 304 leaves us with: its own validators renew the kept ones, one by one (RFC 9111 4.3.4)."""
    if not given:
        return None
    return Validators(given.etag or kept.etag, given.last_modified or kept.last_modified, kept.url)


__all__ = ["Fetcher", "agent"]
