"""Fetches a feed's page, politely and suspiciously: bytes, or the reason why not. The only home of aiohttp.

One call is one conversation: the conditional request, the redirects it leads to, the body, all within one
deadline. Whatever a server or the network does becomes a value of `Fetched`; nothing is raised.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag, urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from monitor.core.model import Failed, Page, Unchanged, Validators
from monitor.feeds import redirects
from monitor.feeds.answers import Headers, conditions, max_age, refused, validators
from monitor.feeds.decode import BodyError, Decoder, coding
from monitor.feeds.guard import AllowList, literal, refusal
from monitor.feeds.lanes import Lanes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from types import TracebackType

    from monitor.core.model import Feed, FeedState, Fetched

    Lookup = Callable[[str], Awaitable[Sequence[str]]]
    AddrInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]

MAX_HOPS = 5
WIRE_LIMIT = 5_000_000  # bytes of a packed body
BODY_LIMIT = 20_000_000  # bytes of an unpacked one
_HEADER_LIMIT = 8190  # bytes of one header line
_HEADER_COUNT = 128
_CHUNK = 65536

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CLEAN_URL = re.compile(r"[!-~]+")


async def system_lookup(host: str) -> Sequence[str]:
    """All addresses of a host, as the operating system knows them; raises OSError.

    It runs in the loop's threads and cannot be cancelled there; a deadline passes on without it.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True)
class _Redirect:
    """Where the server sends us instead of answering."""

    url: str


class _ForbiddenError(OSError):
    """An address that the guard refuses; an OSError, so that aiohttp carries it to us as one."""


class Fetcher:
    """Implements `ports.Fetch` over HTTP. Opens on first use; `close` it or use `async with`.

    `contact` (a URL or a mail address) tells publishers whom to talk to; `allow` names the private hosts
    that feeds may reach. With a `proxy` (http or https URL) all requests go through it: it resolves names
    itself, so only addresses written as numbers can be judged here, and private hosts are the proxy's to
    refuse. `limit` bounds the conversations at a time; to each host there is one at a time. `deadline`
    (seconds) bounds a conversation from its first byte to its last, without the wait for its turn;
    `connect` and `silence` bound how long a connection may take and how long a server may say nothing.
    `clock` gives now, for dates in answers.
    """

    def __init__(
        self,
        *,
        version: str,
        clock: Callable[[], datetime],
        contact: str = "",
        allow: AllowList | None = None,
        proxy: str | None = None,
        limit: int = 50,
        deadline: float = 30.0,
        connect: float = 10.0,
        silence: float = 15.0,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._agent = agent(version, contact)
        self._clock = clock
        self._allow = allow or AllowList()
        self._proxy = proxy
        self._deadline = deadline
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=silence)
        self._lookup = lookup
        self._lanes = Lanes(limit)
        self._session: aiohttp.ClientSession | None = None

    async def __call__(self, feed: Feed, state: FeedState) -> Fetched:
        """Ask for the feed's page, conditionally if an earlier answer allows it."""
        url = urldefrag(feed.url).url
        seen: set[str] = set()
        left = self._deadline
        loop = asyncio.get_running_loop()
        for hop in range(MAX_HOPS + 1):
            objection = self._objection(url)
            if objection is not None:
                return Failed(
                    feed.url, objection if not hop else f"it redirects to a forbidden address: {objection}"
                )
            seen.add(url)
            async with self._lanes.lane(urlsplit(url).hostname or ""):
                started = loop.time()
                answer = await self._hop(feed, state, url, first=not hop, seconds=left)
                left -= loop.time() - started
            if not isinstance(answer, _Redirect):
                return answer
            objection = redirects.objection(url, answer.url, seen)
            if objection is not None:
                return Failed(feed.url, objection)
            url = answer.url
        return Failed(
            feed.url, f"it redirects more than {MAX_HOPS} times; look for the feed's present address"
        )

    async def close(self) -> None:
        """Let go of all connections. The next call would open them anew."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def _objection(self, url: str) -> str | None:
        """Why a URL is not even tried."""
        try:
            parts = urlsplit(url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            return "the address is not well formed; check it in rules.yaml"
        if parts.scheme not in ("http", "https") or not host:
            return f"{parts.scheme or 'that'}: is not http or https"
        address = literal(host)
        if address is None or self._allow.names_host(host):
            return None
        return refusal(address, self._allow)

    async def _hop(
        self, feed: Feed, state: FeedState, url: str, *, first: bool, seconds: float
    ) -> Fetched | _Redirect:
        """One request and its answer, within the seconds that are left."""
        try:
            async with asyncio.timeout(seconds):
                return await self._ask(feed, state, url, first=first)
        except BodyError as error:
            return Failed(feed.url, str(error))
        except TimeoutError as error:
            return Failed(feed.url, _timeout_reason(error, self._deadline))
        # ValueError: what a URL's parts may not be.
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Failed(feed.url, _reason(error))

    async def _ask(self, feed: Feed, state: FeedState, url: str, *, first: bool) -> Fetched | _Redirect:
        # Validators belong to the URL that issued them. Those kept in the state are the feed's own: what a
        # redirect's target gives is not kept, since next time it would be shown to the wrong server.
        asked = conditions(state.validators) if first else {}
        target = URL(url, encoded=_CLEAN_URL.fullmatch(url) is not None)
        async with self._open().get(
            target, headers=asked, proxy=self._proxy, allow_redirects=False
        ) as response:
            headers = Headers(response.raw_headers)
            location = headers.first("location")
            if response.status in _REDIRECTS and location is not None:
                return _Redirect(redirects.target(url, location))
            now = self._clock()
            if response.status == HTTPStatus.NOT_MODIFIED and asked:
                return Unchanged(
                    feed.url, _renewed(state.validators, validators(headers)), max_age(headers, now)
                )
            if response.status != HTTPStatus.OK:
                return refused(feed.url, response.status, headers, now)
            body = await _body(response, headers)
        digest = hashlib.blake2b(body, digest_size=16).hexdigest()
        given = validators(headers) if first else Validators()
        fresh = max_age(headers, now)
        if digest == state.body_digest:
            return Unchanged(feed.url, given, fresh)
        kind = headers.first("content-type")
        return Page(feed.url, redirects.without_login(url), body, digest, kind, given, fresh)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = (
                aiohttp.TCPConnector(limit=0)
                if self._proxy
                else aiohttp.TCPConnector(
                    limit=0,  # bounded by the lanes
                    resolver=_CheckedResolver(self._lookup, self._allow),
                    use_dns_cache=False,  # an answer is used for the one connection that it was checked for
                )
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                timeout=self._timeout,
                headers={"User-Agent": self._agent, "Accept": _ACCEPT, "Accept-Encoding": "gzip, deflate"},
                max_line_size=_HEADER_LIMIT,
                max_field_size=_HEADER_LIMIT,
                max_headers=_HEADER_COUNT,
            )
        return self._session


class _CheckedResolver(AbstractResolver):
    """Looks a name up once and hands out its addresses only if every one of them may be reached.

    The connection goes to these very addresses, so a name cannot answer differently afterwards (rebinding).
    Hosts written as addresses never come here: `Fetcher._objection` has judged them.
    """

    def __init__(self, lookup: Lookup, allow: AllowList) -> None:
        self._lookup = lookup
        self._allow = allow

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses, checked; raises OSError."""
        found = [address.partition("%")[0] for address in await self._lookup(host)]
        if not self._allow.names_host(host):
            for address in found:
                objection = refusal(address, self._allow)
                if objection is not None:
                    raise _ForbiddenError(objection)
        results = [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if isinstance(ip_address(address), IPv6Address) else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]
        if not results:
            message = "no address"
            raise OSError(message)
        return [one for one in results if family in (socket.AF_UNSPEC, one["family"])] or results

    async def close(self) -> None:
        """Nothing is held."""


def agent(version: str, contact: str = "") -> str:
    """The honest User-Agent: product, version, and whom to talk to (RFC 9110 section 10.1.5)."""
    contact = "".join(re.findall(r"[!-'*-~]+", contact))  # no spaces, no parentheses, nothing beyond ASCII
    if "@" in contact and ":" not in contact:
        contact = f"mailto:{contact}"
    return f"Tocsin/{version}" + (f" (+{contact})" if contact else "")


async def _body(response: aiohttp.ClientResponse, headers: Headers) -> bytes:
    """The decoded body, bounded; raises BodyError."""
    how = coding(headers.joined("content-encoding"))
    decoder = Decoder(how, wire_limit=WIRE_LIMIT, body_limit=BODY_LIMIT)
    decoder.announce(response.content_length or 0)
    async for chunk in response.content.iter_chunked(_CHUNK):
        decoder.add(chunk)
    return decoder.finish()


def _renewed(kept: Validators, given: Validators) -> Validators | None:
    """What a 304 leaves us with: its own validators renew the kept ones, one by one (RFC 9111 4.3.4)."""
    if given == Validators():
        return None
    return Validators(given.etag or kept.etag, given.last_modified or kept.last_modified)


def _timeout_reason(error: TimeoutError, deadline: float) -> str:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "the server could not be reached in time; it or its network may be down"
    if isinstance(error, aiohttp.SocketTimeoutError):
        return "the server fell silent; it may be overloaded"
    return f"the server took longer than {deadline:g} s for the page; it may be overloaded"


def _reason(error: Exception) -> str:
    """What the network did, in words for people, with the mend where there is one.

    No word of the error itself is repeated where it could carry the URL, which may hold a login.
    """
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        fault = error.certificate_error
        said = fault.verify_message if isinstance(fault, ssl.SSLCertVerificationError) else "it does not fit"
        return f"its TLS certificate is not valid ({said}); its publisher has to mend that"
    if isinstance(error, aiohttp.ClientConnectorError):
        inner = error.os_error
        if isinstance(inner, _ForbiddenError):
            return str(inner)
        if type(error) is aiohttp.ClientConnectorError:
            if isinstance(inner, ConnectionRefusedError):
                return "the server refuses connections; it may be down, or the address is wrong"
            return f"the server cannot be reached ({inner.strerror or 'no way there'})"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}; check PROXY"
    return next((words for kind, words in _REASONS if isinstance(error, kind)), "the connection failed")


_REASONS: tuple[tuple[type[Exception], str], ...] = (  # the special before the general
    (aiohttp.ClientProxyConnectionError, "the proxy cannot be reached; check PROXY"),
    (aiohttp.ClientConnectorDNSError, "its host name is not known (DNS); check the address, or our network"),
    (aiohttp.ClientSSLError, "no secure connection (TLS) can be made; its publisher has to mend that"),
    (aiohttp.ServerDisconnectedError, "the server broke the connection off"),
    (aiohttp.ClientPayloadError, "the page broke off before its end"),
    (aiohttp.ClientResponseError, "the server's answer is not proper HTTP, or its headers are too large"),
    (OSError, "the server broke the connection off"),
    (ValueError, "the address is not well formed; check it in rules.yaml"),
)
