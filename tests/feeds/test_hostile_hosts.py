"""Servers that waste time and memory: each conversation ends in words, by its deadline, and harms no other."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import trustme

from monitor.core.model import Failed, Feed, FeedState, FeedUrl, Page
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList
from tests.feeds.answering_site import Site, ok
from tests.feeds.hostile_hosts import HOSTS, hosting, serve

DEADLINE = 0.3
GRACE = 2.0


def fetcher(limit: int = 150) -> Fetcher:
    return Fetcher(
        version="1",
        clock=lambda: datetime.now(UTC),
        allow=AllowList.read("127.0.0.0/8"),
        limit=limit,
        gap=0,
        deadline=DEADLINE,
    )


@pytest.mark.parametrize("name", HOSTS)
async def test_every_hostile_host_ends_in_words_by_the_deadline(name: str) -> None:
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(hosting(partial(serve, HOSTS[name])))
        url = FeedUrl(f"http://127.0.0.1:{port}/")
        fetch = await stack.enter_async_context(fetcher())
        async with asyncio.timeout(DEADLINE + GRACE):
            answer = await fetch(Feed(url, "x"), FeedState(url, "x"))
    assert isinstance(answer, Failed)
    assert len(answer.reason) < 200
    assert answer.reason.isprintable()


async def test_all_of_them_together_hold_up_no_healthy_host(site: Site) -> None:
    site.answers = {"/": ok()}
    async with AsyncExitStack() as stack:
        bad = [
            FeedUrl(f"http://127.0.0.1:{await stack.enter_async_context(hosting(partial(serve, script)))}/")
            for name, script in HOSTS.items()
            if not name.startswith("endless")  # they would only measure how fast this test's own server is
        ]
        # Fewer places than hostile hosts: the healthy one is asked when they give theirs back.
        fetch = await stack.enter_async_context(fetcher(limit=10))
        hostile = [asyncio.create_task(fetch(Feed(url, "x"), FeedState(url, "x"))) for url in bad]
        good = FeedUrl(site.url())
        answer = await fetch(Feed(good, "x"), FeedState(good, "x"))
        assert isinstance(answer, Page)
        assert {type(found) for found in await asyncio.gather(*hostile)} == {Failed}


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


FETCH_ALL = """
import asyncio, json, sys
from datetime import UTC, datetime
from monitor.core.model import Feed, FeedState
from monitor.feeds.fetch import Fetcher
from monitor.feeds.guard import AllowList

async def main():
    async def lookup(host):
        return ["127.0.0.1"]
    allow = AllowList.read("127.0.0.0/8")
    async with Fetcher(
        version="1", clock=lambda: datetime.now(UTC), allow=allow, lookup=lookup, gap=0, deadline=2, connect=1
    ) as fetch:
        found = await asyncio.gather(*(fetch(Feed(url, "x"), FeedState(url, "x")) for url in sys.argv[1:]))
    print(json.dumps([getattr(one, "reason", type(one).__name__) for one in found]))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ok())
    await reader.read()


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read(1)
    await reader.read()


async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(ok())
    await reader.read()


async def test_every_fault_of_tls_fails_the_feed_and_a_good_certificate_does_not(
    authority: trustme.CA, authority_file: Path
) -> None:
    """The client is a process of its own: which authorities are trusted is settled when Python starts."""
    now = datetime.now(UTC)
    certificates = {
        "good": tls_of(authority.issue_cert("news.example")),
        "expired": tls_of(authority.issue_cert("news.example", not_after=now - timedelta(days=1))),
        "not yet": tls_of(authority.issue_cert("news.example", not_before=now + timedelta(days=1))),
        "another's": tls_of(authority.issue_cert("other.example")),
        "another domain's wildcard": tls_of(authority.issue_cert("*.news.example")),
        "self-signed": tls_of(trustme.CA().issue_cert("news.example")),
    }
    async with AsyncExitStack() as stack:
        servers = [(answered, context) for context in certificates.values()]
        ports = [
            await stack.enter_async_context(hosting(accept, context))
            for accept, context in [*servers, (reset, None), (silent, None), (plain, None)]
        ]
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            FETCH_ALL,
            *(f"https://news.example:{port}/" for port in ports),
            stdout=subprocess.PIPE,
            env={"SSL_CERT_FILE": str(authority_file), "PATH": ""},
        )
        said = json.loads((await child.communicate())[0])
    assert said[0] == "Page"
    told = [
        "certificate has expired",
        "certificate is not yet valid",
        "not valid (Hostname mismatch",
        "not valid (Hostname mismatch",
        "not valid (unable to get local issuer|not valid (self-signed",
        "broke the connection off|cannot be reached",
        "could not be reached in time",
        "no secure connection",
    ]
    for words, wanted in zip(said[1:], told, strict=True):
        assert any(part in words for part in wanted.split("|")), (words, wanted)
