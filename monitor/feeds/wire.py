"""Carries one request to an address that may be reached, and its answer back. The only home of aiohttp's client.

Every address is judged before a packet leaves for it (see `guard`), bodies are bounded (see `decode`), and
whatever a server or the network does becomes a value: nothing is raised.
"""

from __future__ import annotations

import asyncio
import errno
import re
import socket
import ssl
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from monitor.feeds.answers import Headers
from monitor.feeds.decode import BodyError, Coding, Decoder, coding
from monitor.feeds.guard import AllowList, objection, refusal
from monitor.feeds.lookup import Lookups
from monitor.feeds.meter import Meters, flooded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp.connector import AddrInfoType

    from monitor.feeds.lookup import Lookup

WIRE_LIMIT = 5_000_000  # bytes of a packed body
BODY_LIMIT = 20_000_000  # bytes of an unpacked one
_HEADER_LIMIT = 8190  # bytes of one header line
_HEADER_COUNT = 128
_CHUNK = 65536
_REST = 65536  # bytes of an answer that is no page; read, so that its connection can be used again
_SMALL = 2_000_000  # bytes of a body that need no permission
_LARGE = 8  # larger ones at a time
_ON_THE_WAY = range(300, 400)
_CLEAN_URL = re.compile(r"[!-~]+")
_OUR_NETWORK = frozenset({errno.ENETUNREACH, errno.ENETDOWN})


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an address that `guard.objection` has nothing against.

    `form` makes it a POST; a `guest`'s may not go where the operator allows feeds to go.
    """

    url: str
    headers: Mapping[str, str]
    proxy: str | None = None
    guest: bool = False
    form: Mapping[str, str] | None = None
    limit: int = BODY_LIMIT  # bytes of the body, decoded


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the body only with a status of 200. `outside` is told of redirects, where it matters."""

    status: int
    headers: Headers
    body: bytes = b""
    outside: bool = False  # a public server said so, not one of those that the operator allows


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why nothing came, in words for people; `offline` if it looks like our own network's fault."""

    reason: str
    offline: bool = False


class _Connected(Protocol):
    """As much of a response as tells with whom it talks."""

    @property
    def connection(self) -> Any: ...  # noqa: ANN401 - aiohttp's own; absent once the body has come


class _ForbiddenError(OSError):
    """An address that the guard refuses; an OSError, so that aiohttp carries it to us as one."""


class _LastWordError(Exception):
    """What broke, where the library would try again at once although nothing speaks for it."""

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.cause = cause


class _Attempt:
    """Lets the library repeat a request only if its connection had been used before.

    A server may close an idle connection at the very moment that it is used again (RFC 9112 section 9.3.1). One
    that breaks a new one off, or cannot be reached, is to be left alone.
    """

    __slots__ = ("fresh",)

    def __init__(self) -> None:
        self.fresh = False

    async def once(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Around each try (aiohttp's client middleware)."""
        try:
            return await handler(request)
        except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
            if self.fresh:
                raise _LastWordError(error) from error
            raise


async def _on_new_connection(
    _session: aiohttp.ClientSession, context: SimpleNamespace, _what: aiohttp.TraceConnectionCreateStartParams
) -> None:
    context.trace_request_ctx.fresh = True


class Wire:
    """Opens on first use; `close` it. How many requests are made at a time is the caller's to bound.

    `connect` and `silence` (seconds) bound how long a connection or a lookup may take, and how long a server
    may say nothing.
    """

    def __init__(
        self, *, allow: AllowList, connect: float, silence: float, lookup: Lookup | None = None
    ) -> None:
        self._allow = allow
        self._connect = connect
        self._timeout = aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=silence)
        self._lookups = Lookups() if lookup is None else None
        self._lookup: Lookup = lookup or self._lookups or Lookups()
        self._large = asyncio.Semaphore(_LARGE)
        self._meters = Meters()
        self._traces = aiohttp.TraceConfig()
        self._traces.on_connection_create_start.append(_on_new_connection)
        # A connection that may be used again was judged for whom it was opened: nobody else may have it.
        self._sessions: dict[str, aiohttp.ClientSession] = {}

    async def send(self, ask: Ask, seconds: float) -> Answer | Trouble:
        """Make the request, within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                return await self._send(ask)
        except BodyError as error:
            return Trouble(str(error))
        except _LastWordError as error:
            return _trouble(error.cause)
        except TimeoutError as error:
            return Trouble(_timeout_reason(error, seconds))
        # ValueError: what a URL's parts may not be.
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _trouble(error)

    async def close(self) -> None:
        """Let go of all connections. The next request would open them anew."""
        sessions, self._sessions = self._sessions, {}
        for session in sessions.values():
            await session.close()
        if self._lookups is not None:
            self._lookups.close()

    async def _send(self, ask: Ask) -> Answer | Trouble:
        target = URL(ask.url, encoded=_CLEAN_URL.fullmatch(ask.url) is not None)
        allow = AllowList() if ask.guest else self._allow
        made = str(target)  # what is asked is what yarl made of it; the address as written was judged before
        said = None if made == ask.url else objection(made, allow)
        if said is not None:
            return Trouble(said)
        method, data = ("GET", None) if ask.form is None else ("POST", dict(ask.form))
        attempt = _Attempt()
        async with self._session(ask, allow).request(
            method,
            target,
            headers=ask.headers,
            data=data,
            proxy=ask.proxy,
            allow_redirects=False,
            trace_request_ctx=attempt,
            middlewares=(attempt.once,),
        ) as response:
            headers = Headers(response.raw_headers)
            self._expect(response, ask.limit)
            if response.status == HTTPStatus.OK and ask.form is None:
                return Answer(response.status, headers, await self._body(response, headers, ask.limit))
            outside = ask.proxy is None and response.status in _ON_THE_WAY and public(response)
            await _rest(response)
            return Answer(response.status, headers, outside=outside)

    async def _body(self, response: aiohttp.ClientResponse, headers: Headers, limit: int) -> bytes:
        """The decoded body, bounded; raises BodyError. Large ones are read a few at a time, for memory's sake."""
        how = coding(headers.joined("content-encoding"))
        decoder = Decoder(how, wire_limit=min(WIRE_LIMIT, limit), body_limit=limit)
        decoder.announce(response.content_length or 0)
        small = _SMALL if how is Coding.PLAIN else _SMALL // 4
        async with AsyncExitStack() as stack:
            arrived = 0
            async for chunk in response.content.iter_chunked(_CHUNK):
                if arrived <= small < arrived + len(chunk):
                    await stack.enter_async_context(self._large)
                arrived += len(chunk)
                decoder.add(chunk)
            return decoder.finish()

    def _expect(self, response: aiohttp.ClientResponse, limit: int) -> None:
        """Let a body come; there is no connection any more if all of it is here already."""
        transport = response.connection.transport if response.connection else None
        if transport is not None:
            self._meters.expect(transport.get_extra_info("socket").fileno(), limit)

    def _session(self, ask: Ask, allow: AllowList) -> aiohttp.ClientSession:
        kind = "proxied" if ask.proxy else "guest" if ask.guest else "direct"
        session = self._sessions.get(kind)
        if session is None:
            # A proxy is the operator's, wherever it is; what lies behind it is the proxy's to judge.
            resolver = _Resolver(self._lookup, None if ask.proxy else allow, self._connect, self._meters)
            session = self._sessions[kind] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0,  # bounded by who calls
                    resolver=resolver,
                    use_dns_cache=False,  # an answer is used for the one connection that it was checked for
                    socket_factory=resolver.open,
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[self._traces],
                trust_env=False,
                auto_decompress=False,
                timeout=self._timeout,
                headers={"Accept-Encoding": "gzip, deflate"},
                max_line_size=_HEADER_LIMIT,
                max_field_size=_HEADER_LIMIT,
                max_headers=_HEADER_COUNT,
            )
        return session


class _Resolver(AbstractResolver):
    """Looks a name up once and hands out its addresses only if every one of them may be reached.

    The connection goes to these very addresses, so a name cannot answer differently afterwards (rebinding).
    Hosts written as addresses never come here: `objection` has judged them, and `open` judges every address
    once more. Without a list all may be reached.
    """

    def __init__(self, lookup: Lookup, allow: AllowList | None, seconds: float, meters: Meters) -> None:
        self._lookup = lookup
        self._meters = meters
        self._allow = allow
        self._seconds = seconds
        self._admitted: set[str] = set()  # addresses of hosts that the operator allows by name

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The addresses, checked; raises OSError."""
        found = [address.partition("%")[0] for address in await self._look_up(host)]
        self._judge(host, found)
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
            raise OSError(errno.ENOENT, "no address")
        return [one for one in results if family in (socket.AF_UNSPEC, one["family"])] or results

    def open(self, place: AddrInfoType) -> socket.socket:
        """A socket for a connection to this place; raises OSError where none may be opened."""
        family, kind, protocol, _, where = place
        address = str(where[0]).partition("%")[0]
        if self._allow is not None and address not in self._admitted:
            said = refusal(address, self._allow)
            if said is not None:
                raise _ForbiddenError(said)
        return self._meters.open(family, kind, protocol)

    async def close(self) -> None:
        """Nothing is held."""

    async def _look_up(self, host: str) -> Sequence[str]:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._lookup(host)
        except TimeoutError:
            raise socket.gaierror(socket.EAI_AGAIN, "no answer in time") from None

    def _judge(self, host: str, found: Sequence[str]) -> None:
        if self._allow is None:
            return
        if self._allow.names_host(host):
            self._admitted.update(found)
            return
        for address in found:
            said = refusal(address, self._allow)
            if said is not None:
                raise _ForbiddenError(said)


def public(response: _Connected) -> bool:
    """Whether a server on the open Internet has answered."""
    connection = response.connection
    peer = connection.transport.get_extra_info("peername") if connection and connection.transport else None
    return peer is not None and refusal(str(peer[0]), AllowList()) is None


async def _rest(response: aiohttp.ClientResponse) -> None:
    """Read a small body that nobody wants, if it comes at once; a connection with the rest of one is closed."""
    length = response.content_length
    if response.content.at_eof() or length is None or length > _REST:
        return
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(1.0):
            await response.content.read(_REST)


def _timeout_reason(error: TimeoutError, deadline: float) -> str:
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return "the server could not be reached in time; it or its network may be down"
    if isinstance(error, aiohttp.SocketTimeoutError):
        return "the server fell silent; it may be overloaded"
    return f"the server took longer than {deadline:.3g} s for the page; it may be overloaded"


def _trouble(error: Exception) -> Trouble:
    """What the network did, in words for people, with the mend where there is one.

    No word of the error itself is repeated where it could carry the URL, which may hold a login.
    """
    if flooded(error):
        return Trouble("the server sends more than a page may have; it may be out of order")
    inner = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(inner, _ForbiddenError):
        return Trouble(str(inner))
    if isinstance(inner, socket.gaierror) and inner.errno == socket.EAI_AGAIN:
        return Trouble("its host name cannot be looked up now (DNS); our network may be down", offline=True)
    if isinstance(inner, OSError) and inner.errno in _OUR_NETWORK:
        return Trouble("no network leads to the server; ours may be down", offline=True)
    return Trouble(_reason(error))


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        fault = error.certificate_error
        said = fault.verify_message if isinstance(fault, ssl.SSLCertVerificationError) else "it does not fit"
        return f"its TLS certificate is not valid ({said}); its publisher has to mend that"
    if type(error) is aiohttp.ClientConnectorError:
        if isinstance(error.os_error, ConnectionRefusedError):
            return "the server refuses connections; it may be down, or the address is wrong"
        return f"the server cannot be reached ({error.os_error.strerror or 'no way there'})"
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
