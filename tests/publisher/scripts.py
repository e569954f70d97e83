"""What is answered to whom: for each line of the card the feeds that show it, and how each of them behaves."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.publisher.server import Reply, Script, Visit, http_date

if TYPE_CHECKING:
    from tests.publisher.server import Header

HOUR = 3600.0
DAY = 86_400.0
CALM = (("Cache-Control", b"max-age=21600"),)
"""For scripts that are about something else: six hours are asked for, and the days of a card pass quickly."""

EDITION = 15 * HOUR  # seconds after which most feeds have something new: some requests find it, others do not
ENDLESS_PATH = "/30/endless"
CLOSE = (("Connection", b"close"),)
"""A connection that is used again and breaks may be tried once more at once; on a new one that would be a sin."""

KILLED_AFTER = 1.2  # days
REMOVED_AFTER = 2.0  # days, for whoever plays a card; nobody wants that feed from then on


@dataclass(frozen=True)
class Feed:
    """A feed that the reader is told to read."""

    line: int
    path: str
    script: Script
    host: str = ""  # without one, that of its line
    fragment: str = ""
    options: Mapping[str, str] = field(default_factory=dict)  # of rules.yaml

    @property
    def site(self) -> str:
        """Its host."""
        return self.host or f"line{self.line:02}.example"


def rss(visit: Visit, edition: int, head: str = "") -> bytes:
    """A feed of ten items, one of them new with each edition; they name pages and pictures that nobody asked for."""
    place = visit.urls(visit.seen.host, "/28")
    name = visit.seen.path.partition("?")[0].strip("/").replace("/", "-")
    items = "".join(
        f"<item><title>Story {number} of {name}</title><link>{place}/story/{number}</link><guid>{name}-{number}</guid>"
        f'<enclosure url="{place}/sound/{number}.mp3" length="1" type="audio/mpeg"/>'
        f"<description>&lt;img src='{place}/picture/{number}.png'&gt; Words about {number}.</description></item>"
        for number in range(edition + 10, edition, -1)
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        f'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>{name}</title>'
        f"<link>{place}/site</link><description>For the card</description>{head}"
        f"<image><url>{place}/icon.png</url><title>{name}</title><link>{place}/site</link></image>{items}</channel></rss>"
    ).encode()


def page(
    visit: Visit,
    edition: int,
    *,
    etag: bytes | None = None,
    modified: bytes | None = None,
    more: tuple[Header, ...] = CALM,
    head: str = "",
) -> Reply:
    """The feed, or a 304 to who knows it: compared byte for byte, and the ETag counts before the date."""
    given: tuple[Header, ...] = (("ETag", etag),) if etag is not None else ()
    given += (("Last-Modified", modified),) if modified is not None else ()
    match, since = visit.seen.conditions
    known = (
        match == etag if match is not None and etag is not None else since is not None and since == modified
    )
    if known:
        return Reply(304, (*given, *more))
    body = rss(visit, edition, head)
    return Reply(200, (("Content-Type", b"application/rss+xml"), *given, *more), body)


def edition_of(visit: Visit, seconds: float = EDITION) -> int:
    """One edition after the other as time goes by."""
    return int((visit.seen.at - visit.start) // seconds)


def tagged(form: str) -> Script:
    """A feed with an ETag of its own form; `#` in it stands for the edition."""

    def script(visit: Visit) -> Reply:
        edition = edition_of(visit)
        return page(visit, edition, etag=form.replace("#", str(edition)).encode())

    return script


def dated(form: str) -> Script:
    """A feed with a Last-Modified of its own form, and no ETag."""

    def script(visit: Visit) -> Reply:
        edition = edition_of(visit)
        proper = http_date(visit.start + edition * EDITION)
        return page(visit, edition, modified=form.replace("#", str(edition)).encode() or proper)

    return script


def plain(visit: Visit) -> Reply:
    """A feed as good publishers serve it."""
    edition = edition_of(visit)
    return page(
        visit, edition, etag=f'"{edition}"'.encode(), modified=http_date(visit.start + edition * EDITION)
    )


def dropping(visit: Visit) -> Reply:
    """Gives both validators, then none, then only one: in turn, a new page each time."""
    number = visit.number
    etag = f'"{number}"'.encode() if number % 3 != 1 else None
    modified = http_date(visit.seen.at) if number % 3 == 0 else None
    return page(visit, number, etag=etag, modified=modified)


def broken_at_times(visit: Visit) -> Reply:
    """Every second page is no feed, or only half of one, yet comes with a new validator."""
    reply = page(visit, visit.number, etag=f'"{visit.number}"'.encode())
    if visit.number % 4 == 1:
        return Reply(200, reply.headers, b"<html><body>Database error</body></html>" + b" " * 100)
    return Reply(200, reply.headers, reply.body, broken=visit.number % 4 == 3)


def deadly(visit: Visit) -> Reply:
    """Once, amid a new page, the reader is killed; later it gets the whole page."""
    late = visit.days > KILLED_AFTER
    met = any(one.given.get("x-half") for one in visit.before)
    reply = page(visit, int(late), etag=b'"after"' if late else b'"before"')
    if late and not met and reply.status == 200:
        return Reply(200, (*reply.headers, ("X-Half", b"1")), reply.body, lethal=True)
    return reply


def sometimes_elsewhere(visit: Visit) -> Reply:
    """Redirects for a while to a page with validators of its own, which knows other ones than this one."""
    if visit.number % 3:
        return Reply(302, (("Location", visit.urls("other07.example", "/07/target").encode()),))
    return page(visit, visit.number, etag=b'"own-%d"' % visit.number)


def elsewhere(visit: Visit) -> Reply:
    """Always redirects there."""
    return Reply(302, (("Location", visit.urls("other07.example", "/07/second").encode()),))


def renewing(visit: Visit) -> Reply:
    """Never changes; its 304s say so for longer and longer, and rename the validator."""
    etag = b'"name-%d"' % (visit.number // 3)
    old = b'"name-%d"' % max(0, visit.number // 3 - 1)
    fresh = (("Cache-Control", b"max-age=%d" % (7200 + 3600 * (visit.number % 5))),)
    if visit.seen.conditions[0] in (etag, old):
        return Reply(304, (("ETag", etag), *fresh))
    return page(visit, 0, etag=etag, more=fresh)


def busy(visit: Visit) -> Reply:
    """Something new at every request: a reader would love to come every minute; after a while it asks for calm."""
    return page(visit, visit.number, etag=b'"%d"' % visit.number, more=() if visit.days < 1.5 else CALM)


def blind(visit: Visit) -> Reply:
    """Something new at every request, and no validators."""
    return page(visit, visit.number, more=() if visit.days < 1.5 else CALM)


def fresh(*headers: tuple[str, Callable[[Visit], bytes]], head: str = "") -> Script:
    """A busy feed that says how long it stays as it is."""

    def script(visit: Visit) -> Reply:
        more = tuple((name, value(visit)) for name, value in headers)
        return page(visit, visit.number, etag=b'"%d"' % visit.number, more=more, head=head)

    return script


def always(status: int, *headers: tuple[str, Callable[[Visit], bytes]], well: int = 1) -> Script:
    """Well for the first requests, then only this status."""

    def script(visit: Visit) -> Reply:
        if visit.number < well:
            return page(visit, 0, etag=b'"1"', more=())
        return Reply(status, tuple((name, value(visit)) for name, value in headers), b"no")

    return script


def failing(until: float, status: int = 500) -> Script:
    """Fails from the second request until a time (days), then is well for ever; status 0 is a broken connection."""

    def script(visit: Visit) -> Reply:
        if visit.number and visit.days < until:
            return Reply(status or 500, body=b"oops", mute=not status)
        return page(visit, visit.number, etag=b'"%d"' % visit.number, more=CLOSE)

    return script


def moved(status: int, path: str, host: str = "", until: float = 99.0) -> Script:
    """Redirects to another path until a time (days), then is there itself again."""

    def script(visit: Visit) -> Reply:
        if visit.days >= until:
            return plain(visit)
        return Reply(status, (("Location", visit.urls(host or visit.seen.host, path).encode()),), b"moved")

    return script


def no_feed(visit: Visit) -> Reply:
    """A page for people."""
    return Reply(
        200, (("ETag", b'"html"'), ("Content-Type", b"text/html"), *CALM), b"<html><p>We have moved</html>"
    )


def sweet(visit: Visit) -> Reply:
    """Offers cookies on every way."""
    reply = plain(visit)
    return Reply(reply.status, (*reply.headers, ("Set-Cookie", b"id=1; Path=/")), reply.body)


def packed(visit: Visit) -> Reply:
    """Packed with gzip for who accepts that."""
    reply = plain(visit)
    if reply.status != 200 or b"gzip" not in visit.seen.headers.get("accept-encoding", b""):
        return reply
    return Reply(200, (*reply.headers, ("Content-Encoding", b"gzip")), gzip.compress(reply.body))


def slow(visit: Visit) -> Reply:
    """Takes a moment, so that requests side by side would meet."""
    reply = plain(visit)
    return Reply(reply.status, reply.headers, reply.body, seconds=0.05)


def endless(visit: Visit) -> Reply:
    """A feed without an end."""
    return Reply(
        200, (("ETag", b'"endless"'),), b"<rss version='2.0'><channel>" + b" " * 65_000, endless=True
    )


def robots(visit: Visit) -> Reply:
    """Forbids one folder to everybody who keeps to such files: to Tocsin by name, and to all others."""
    return Reply(
        200, CLOSE, b"User-agent: Tocsin\nDisallow: /26/private\n\nUser-agent: *\nDisallow: /26/private\n"
    )


def seconds(count: int) -> Callable[[Visit], bytes]:
    """A number of seconds as a header's value."""
    return lambda _: str(count).encode()


def date_in(later: float) -> Callable[[Visit], bytes]:
    """A date so many seconds from now as a header's value."""
    return lambda visit: visit.date(later)


def age(count: int) -> tuple[str, Callable[[Visit], bytes]]:
    """A max-age."""
    return "Cache-Control", lambda _: b"public, max-age=%d" % count


_SKIP_HOURS = "<skipHours>" + "".join(f"<hour>{hour}</hour>" for hour in range(7)) + "</skipHours>"
_SKIP_DAYS = "<skipDays><day>Saturday</day></skipDays>"
_DAILY = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"

FEEDS: tuple[Feed, ...] = (
    Feed(1, "/01/plain", plain),
    Feed(2, "/02/strong", tagged('"edition-#"')),
    Feed(2, "/02/weak", tagged('W/"edition-#"'), "weak.example"),
    Feed(2, "/02/odd", tagged('"a,b; c=\\d W/ #"'), "odd.example"),
    Feed(2, "/02/bare", tagged("bare-#"), "bare.example"),
    Feed(2, "/02/letters", tagged('"новости-#-뉴스"'), "letters.example"),
    Feed(3, "/03/proper", dated("")),
    Feed(3, "/03/odd", dated("Someday, 32 Foo 2026 25:61:#"), "odd.example"),
    Feed(3, "/03/number", dated("17000000#"), "number.example"),
    Feed(3, "/03/zone", dated("Mon,  2 Mar 2026 0#:00:00 +0900"), "zone.example"),
    Feed(4, "/04/dropping", dropping),
    Feed(5, "/05/broken", broken_at_times),
    Feed(5, "/05/deadly", deadly, "deadly.example"),
    Feed(7, "/07/sometimes", sometimes_elsewhere),
    Feed(7, "/07/always", elsewhere, "always07.example"),
    Feed(8, "/08/renewing", renewing),
    Feed(9, "/09/busy", busy),
    Feed(9, "/09/blind", blind, "blind.example"),
    Feed(10, "/10/max-age", fresh(age(9000))),
    Feed(10, "/10/expires", fresh(("Expires", date_in(3 * HOUR))), "expires.example"),
    Feed(10, "/10/for-ever", fresh(age(864_000)), "ever.example"),
    Feed(10, "/10/ttl", fresh(head="<ttl>180</ttl>"), "ttl.example"),
    Feed(10, "/10/hours", fresh(age(3600), head=_SKIP_HOURS), "hours.example"),
    Feed(10, "/10/days", fresh(age(3600), head=_SKIP_DAYS), "days.example"),
    Feed(10, "/10/daily", fresh(head=_DAILY), "daily.example"),
    Feed(11, "/11/many", always(429, ("Retry-After", seconds(9000)))),
    Feed(11, "/11/busy", always(503, ("Retry-After", seconds(20_000))), "busy11.example"),
    Feed(12, "/12/date", always(503, ("Retry-After", date_in(5 * HOUR)))),
    Feed(13, "/13/many", always(429)),
    Feed(14, "/14/fault", failing(2.2)),
    Feed(14, "/14/other", failing(2.2, 502), "other14.example"),
    Feed(14, "/14/broken", failing(2.2, 0), "broken14.example"),
    Feed(15, "/15/missing", always(404)),
    Feed(15, "/15/closed", always(403), "closed.example"),
    Feed(15, "/15/login", always(401), "login.example"),
    Feed(16, "/16/gone", always(410)),
    Feed(16, "/16/gone-first", always(410, well=0), "gone.example"),
    Feed(17, "/17/old", moved(301, "/17/new", "new17.example")),
    Feed(17, "/17/older", moved(308, "/17/newer"), "older.example"),
    Feed(17, "/17/lost", moved(301, "/17/html"), "lost.example"),
    Feed(17, "/17/mistake", moved(301, "/17/new", "new17.example", until=0.6), "mistake.example"),
    Feed(18, "/18/found", moved(302, "/18/target")),
    Feed(18, "/18/other", moved(303, "/18/target"), "other18.example"),
    Feed(18, "/18/temporary", moved(307, "/18/target"), "temporary.example"),
    Feed(19, "/19/circle", moved(302, "/19/circle2")),
    Feed(19, "/19/chain0", moved(302, "/19/chain1"), "chain.example"),
    Feed(19, "/19/private", moved(302, "/19/canary", "127.0.0.1"), "private.example"),
    Feed(19, "/19/secure", moved(302, "/19/insecure", "line19.example"), "localhost"),
    Feed(20, "/20/shared", plain),
    Feed(21, "/21/sweet?q=%20a&b", sweet, fragment="#part"),
    Feed(21, "/21/way", moved(302, "/21/sweet?q=1"), "way.example", fragment="#part"),
    Feed(22, "/22/packed", packed),
    *(Feed(23, f"/23/{number}", slow) for number in range(5)),
    Feed(26, "/26/private/feed", plain),
    Feed(26, "/26/public/feed", plain),
    Feed(27, "/27/unwanted", plain),
    Feed(30, ENDLESS_PATH, endless),
)

OTHERS: dict[str, Script] = {
    "/07/target": tagged('"target-#"'),
    "/07/second": tagged('"second-#"'),
    "/17/new": plain,
    "/17/newer": plain,
    "/17/html": no_feed,
    "/18/target": plain,
    "/19/circle2": moved(302, "/19/circle"),
    **{f"/19/chain{number}": moved(302, f"/19/chain{number + 1}") for number in range(1, 8)},
    "/19/chain8": plain,
    "/19/canary": plain,
    "/19/insecure": plain,
    "/robots.txt": robots,
}

SCRIPTS: dict[str, Script] = {feed.path.partition("?")[0]: feed.script for feed in FEEDS} | OTHERS
