"""The other eleven lines: manners. What a reader says of itself, how it spaces its requests, what it leaves alone."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from tests.publisher.card import Evidence, Line, Verdict, fail_if, line
from tests.publisher.log import Seen, gaps
from tests.publisher.scripts import DAY, ENDLESS_PATH, FEEDS, OTHERS

LARGEST_BODY = 60_000_000
"""Bytes that may leave for a body without end: a reader's cap of 20 MB, and what the system had on its way.

Linux lets a connection's buffers grow to 33 MB on the reading side (net.ipv4.tcp_rmem) and 4 MB on the writing one, and
on a busy machine they fill before the reader gets to see its cap.
"""

WINDOW = 900.0
"""Seconds of the first round of a crowd."""


@line(20, 3, "User-Agent: product, version, contact, subscribers when shared")
def agent(seen: Evidence) -> Verdict:
    seen.need("/20/shared", 1)
    agents = Counter(one.headers.get("user-agent", b"").decode("latin-1") for one in seen.log.all)
    wrong = [f"{said!r}" for said in agents if not re.match(r"[\w.-]+/\d[\w.]* .*(https?://|mailto:)", said)]
    shared = [one.headers.get("user-agent", b"").decode("latin-1") for one in seen.log.of("/20/shared")]
    if seen.shared > 1 and not all(re.search(rf"\b{seen.shared} subscribers", said) for said in shared):
        wrong.append(f"{seen.shared} wanted the feed, but: {shared[0]!r}")
    return fail_if(wrong, shared[0])


@line(21, 3, "no Referer, no cookies, no query noise, no fragment")
def clean(seen: Evidence) -> Verdict:
    seen.need("/21/sweet?q=%20a&b", 3)
    wrong = [
        f"{name} on {one.path}"
        for one in seen.log.all
        for name in ("referer", "cookie", "cookie2")
        if name in one.headers
    ]
    paths = {feed.path for feed in FEEDS} | set(OTHERS) | {"/21/sweet?q=1"}
    wrong += [f"asked for {path}" for path in {one.path for one in seen.log.all if "?" in one.path} - paths]
    wrong += [f"a fragment: {one.path}" for one in seen.log.all if "#" in one.path]
    return fail_if(wrong, f"{len(seen.log.all)} requests, cookies and fragments offered")


@line(22, 2, "gzip accepted and understood; Accept lists feed types")
def accepts(seen: Evidence) -> Verdict:
    asked = seen.need("/22/packed", 3)
    wrong = [
        f"Accept: {accept.decode('latin-1')}"
        for accept in {one.headers.get("accept", b"") for one in asked}
        if b"application/rss+xml" not in accept or b"application/atom+xml" not in accept
    ]
    if not all(b"gzip" in one.headers.get("accept-encoding", b"") for one in asked):
        wrong.append("gzip is not accepted")
    if not any(one.conditional for one in asked):
        wrong.append("the packed page was not understood: its validator never came back")
    return fail_if(wrong, f"{len(asked)} requests for a packed feed")


@line(23, 4, "one conversation per host at a time, and a pause between two")
def spacing(seen: Evidence) -> Verdict:
    asked = [one for one in seen.log.under("/23/") if one.ended]
    if len(asked) < 10:
        return None, f"{len(asked)} requests are too few"
    wrong: list[str] = []
    least = 9.9
    for sooner, later in _in_a_row(asked):
        least = min(least, later.began - sooner.ended)
        if later.began < sooner.ended:
            wrong.append("two at once")
        elif later.began - sooner.ended < seen.pause / 2:
            wrong.append(f"a pause of {later.began - sooner.ended:.2f} s")
    return fail_if(
        wrong, f"{len(asked)} requests to a host with five feeds; the shortest pause {least:.2f} s"
    )


@line(24, 3, "polls spread over the interval, no peak after the start")
def spread(seen: Evidence) -> Verdict:
    if seen.crowd is None:
        return None, "needs a play with many feeds"
    start = min(one.at for one in seen.crowd.all)
    first = [one for one in seen.crowd.all if one.at < start + WINDOW]
    mean = len(first) / WINDOW
    most = max(Counter(int(one.at - start) for one in first).values())
    wrong = [f"{most} in one second where the mean is {mean:.2f}"] if most > max(3 * mean, 1) else []
    if mean * WINDOW < 500:
        return None, f"{len(first)} requests in the first {WINDOW:.0f} s are too few"
    return fail_if(wrong, f"{len(first)} requests in {WINDOW:.0f} s, at most {most} in one second")


@line(25, 3, "a feed that many want is fetched once")
def once(seen: Evidence) -> Verdict:
    asked = seen.need("/20/shared", 3)
    if seen.shared < 2:
        return None, "nobody shared a feed"
    wrong = [f"asked again after {gap:.0f} s" for gap in gaps(asked) if gap < 900]
    return fail_if(wrong, f"{seen.shared} wanted it; {len(asked)} requests in {seen.days:.1f} days")


@line(26, 2, "robots.txt: our Disallow respected when enabled, fetched daily at most")
def robots(seen: Evidence) -> Verdict:
    if not seen.robots:
        return None, "the reader was not told to keep to robots.txt"
    wrong = ["the forbidden feed was fetched"] if seen.log.of("/26/private/feed") else []
    seen.need("/26/public/feed", 3)
    asked = seen.need("/robots.txt", 1)
    for host in {one.host for one in asked}:
        wrong += [
            f"{host}: again after {gap / 3600:.1f} h"
            for gap in gaps(one for one in asked if one.host == host)
            if gap < DAY - 2
        ]
    return fail_if(
        wrong, f"{len(asked)} times by {len({one.host for one in asked})} hosts in {seen.days:.1f} days"
    )


@line(27, 1, "what nobody wants any more is not asked")
def unwanted(seen: Evidence) -> Verdict:
    asked = seen.need("/27/unwanted", 2)
    if seen.removed_at is None:
        return None, "the feed was wanted to the end"
    late = [one for one in asked if one.at > seen.removed_at]
    wrong = [f"{len(late)} requests after it was taken out"] if late else []
    return fail_if(wrong, f"{len(asked)} requests while it was wanted, none afterwards")


@line(28, 1, "articles, icons, pictures not fetched unless asked for")
def pages(seen: Evidence) -> Verdict:
    if len(seen.log.all) < len(FEEDS):
        return None, f"{len(seen.log.all)} requests are too few"
    known = {feed.path for feed in FEEDS} | set(OTHERS) | {"/21/sweet?q=1"}
    wrong = sorted({one.path for one in seen.log.all} - known)
    return fail_if(wrong, "nothing but feeds, their redirects and robots.txt")


@line(29, 1, "connections used again within a host batch; no HEAD")
def connections(seen: Evidence) -> Verdict:
    asked = seen.log.under("/23/")
    if len(asked) < 10:
        return None, f"{len(asked)} requests are too few"
    wrong = [f"{one.method} {one.path}" for one in seen.log.all if one.method != "GET"]
    batches = 1 + sum(gap > 60 for gap in gaps(asked))
    used = len({(one.run, one.connection) for one in asked})
    if used > (batches + len(asked)) / 2:
        wrong.append(f"{used} connections for {len(asked)} requests in {batches} batches")
    return fail_if(wrong, f"{used} connections for {len(asked)} requests in {batches} batches")


@line(30, 2, "connection ended at the caps, not downloaded again and again")
def caps(seen: Evidence) -> Verdict:
    asked = seen.need(ENDLESS_PATH, 2)
    most = max(one.sent for one in asked)
    wrong = [f"{most / 1e6:.0f} MB were taken"] if most > LARGEST_BODY else []
    if len(asked) > 4 + 4 * seen.days:
        wrong.append(f"asked {len(asked)} times in {seen.days:.1f} days")
    return fail_if(wrong, f"at most {most / 1e6:.0f} MB, {len(asked)} times in {seen.days:.1f} days")


def _in_a_row(asked: list[Seen]) -> list[tuple[Seen, Seen]]:
    """Requests of one process that came one after the other."""
    return [(a, b) for a, b in pairwise(asked) if a.run == b.run]


LINES: tuple[Line, ...] = (
    agent,
    clean,
    accepts,
    spacing,
    spread,
    once,
    robots,
    unwanted,
    pages,
    connections,
    caps,
)
