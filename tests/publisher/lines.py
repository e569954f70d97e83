"""The first nineteen lines: conditions, time, and where a feed lives. Each judge looks at the request log alone."""

from __future__ import annotations

from itertools import pairwise

from tests.publisher.card import HOUR, Evidence, Line, Verdict, fail_if, line
from tests.publisher.log import Seen, gaps
from tests.publisher.scripts import DAY, FEEDS

FLOOR = 900.0
BLIND = 3600.0
SLACK = 2.0
"""Seconds by which a clock may differ."""

TAGGED = tuple(feed.path for feed in FEEDS if feed.line in (1, 2))
ALL_TAGGED = (*TAGGED, *(feed.path for feed in FEEDS if feed.line in (3, 8, 22)))


def expected(asked: list[Seen]) -> list[tuple[Seen, tuple[bytes | None, bytes | None]]]:
    """Each request but the first with the validators that were given last, by a page or by a 304."""
    out: list[tuple[Seen, tuple[bytes | None, bytes | None]]] = []
    known: tuple[bytes | None, bytes | None] = (None, None)
    for number, one in enumerate(asked):
        if number:
            out.append((one, known))
        if one.status == 200:
            known = one.validators
        elif one.status == 304:
            known = (one.validators[0] or known[0], one.validators[1] or known[1])
    return out


@line(1, 6, "first fetch unconditional, all later ones conditional")
def conditional(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    count = 0
    for path in ALL_TAGGED:
        first, *later = seen.need(path, 3)
        count += len(later)
        if first.conditional:
            wrong.append(f"{path}: the first is conditional")
        wrong += [f"{path}: one without a condition" for one in later if not one.conditional]
    return fail_if(wrong, f"{count} later requests of {len(ALL_TAGGED)} feeds, all conditional")


@line(2, 6, "ETag returned byte for byte")
def etags(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    count = 0
    for path in TAGGED:
        for one, (etag, _) in expected(seen.need(path, 3)):
            count += 1
            if one.conditions[0] != etag:
                wrong.append(f"{path}: gave {etag!r}, got {one.conditions[0]!r}")
    return fail_if(wrong, f"{count} ETags of {len(TAGGED)} forms")


@line(3, 5, "Last-Modified returned byte for byte, never invented")
def dates(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    count = 0
    for path in (*TAGGED, *(feed.path for feed in FEEDS if feed.line == 3)):
        for one, (_, modified) in expected(seen.need(path, 3)):
            count += modified is not None
            if one.conditions[1] != modified:
                wrong.append(f"{path}: gave {modified!r}, got {one.conditions[1]!r}")
    return fail_if(wrong, f"{count} dates, odd ones among them; none where none was given")


@line(4, 3, "both sent when both given; dropped with a page that comes without")
def both(seen: Evidence) -> Verdict:
    asked = seen.need("/04/dropping", 6)
    wrong = [
        f"gave {given}, got {one.conditions}" for one, given in expected(asked) if one.conditions != given
    ]
    return fail_if(wrong, f"{len(asked)} requests in all three states")


@line(5, 4, "validators updated only after the page was read and kept")
def after_keeping(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    asked = seen.need("/05/broken", 6)
    good: bytes | None = None
    for number, one in enumerate(asked):
        if number and one.conditions[0] != good:
            wrong.append(f"knew {good!r}, got {one.conditions[0]!r}")
        if number % 2 == 0:  # the others are no feed, or half of one
            good = one.validators[0]
    deadly = seen.need("/05/deadly", 3)
    half = next((at for at, one in enumerate(deadly) if "x-half" in one.given), None)
    if half is None or half + 1 == len(deadly):
        return None, "the page that broke off amid its body was not asked again"
    if deadly[half + 1].conditions[0] != b'"before"':
        wrong.append(f"after half a page: got {deadly[half + 1].conditions[0]!r}")
    how = f"a page cut off by the {'death of the reader' if seen.killed else 'server'}"
    return fail_if(wrong, f"{len(asked)} requests with broken pages between, and {how}")


@line(6, 4, "validators kept across restart and kill -9")
def kept(seen: Evidence) -> Verdict:
    if not seen.runs:
        return None, "no restart was seen"
    wrong: list[str] = []
    count = 0
    for path in ALL_TAGGED:
        for before, (one, given) in zip(seen.need(path, 3), expected(seen.need(path, 3)), strict=False):
            if before.run != one.run:
                count += 1
                if one.conditions != given:
                    wrong.append(f"{path}: after the restart {one.conditions}, not {given}")
    return (
        fail_if(wrong, f"{count} first requests after a kill -9 and a restart") if count else (None, "none")
    )


@line(7, 3, "validators shown only to the address that issued them")
def issuers(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    for path in ("/07/sometimes", "/07/always", "/07/target", "/07/second"):
        own = {one.validators[0] for one in seen.need(path, 3)}
        shown = {one.conditions[0] for one in seen.log.of(path)} - {None}
        wrong += [f"{path} was shown {etag!r}" for etag in shown - own]
    known = [one for one in seen.log.of("/07/second") if one.status == 304]
    if not known:
        wrong.append("the target of a lasting redirect was never asked conditionally")
    return fail_if(wrong, f"none shown to another address; {len(known)} 304s of a redirect's target")


@line(8, 3, "304: no error, refreshes max-age, may carry new validators")
def unchanged(seen: Evidence) -> Verdict:
    asked = seen.need("/08/renewing", 5)
    wrong = [
        f"gave {given[0]!r}, got {one.conditions[0]!r}"
        for one, given in expected(asked)
        if one.conditions[0] != given[0]
    ]
    if sum(one.status == 304 for one in asked) < 3:
        wrong.append("too few 304s")
    for one, gap in zip(asked, gaps(asked), strict=False):
        least = float(one.given["cache-control"].partition(b"=")[2])
        if not least - SLACK <= gap <= 2 * least + 4 * HOUR:
            wrong.append(f"came after {gap / HOUR:.1f} h where {least / HOUR:.1f} h were said")
    return fail_if(wrong, f"{len(asked)} requests, each after its max-age, with the newest validator")


@line(9, 6, "never faster than the floor: 15 min, 60 min without validators")
def floor(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    count = 0
    for feed in FEEDS:
        if feed.host == "localhost" and not seen.hosts:
            continue
        least = BLIND if feed.path == "/09/blind" else FLOOR
        found = gaps(seen.whole(feed.path))
        count += len(found)
        wrong += [f"{feed.path}: after {gap:.0f} s" for gap in found if gap < least - SLACK]
    seen.need("/09/busy", 10)
    seen.need("/09/blind", 5)
    return fail_if(
        wrong, f"{count} intervals; the least of the busiest {min(gaps(seen.log.of('/09/busy'))):.0f} s"
    )


@line(10, 5, "max-age, Expires, ttl, skipHours, skipDays, updatePeriod")
def freshness(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    for path, least in (
        ("max-age", 9000),
        ("expires", 3 * HOUR),
        ("ttl", 3 * HOUR),
        ("daily", 6 * HOUR),
        ("for-ever", DAY),
    ):
        least_seen = min(gaps(seen.need(f"/10/{path}", 3)))
        if least_seen < least - SLACK:
            wrong.append(f"{path}: after {least_seen:.0f} s")
    longest = max(gaps(seen.need("/10/for-ever", 3)))
    if longest > 1.25 * DAY:
        wrong.append(f"ten days of max-age were believed for {longest / DAY:.1f} days")
    wrong += [
        f"skipHours: at {hour} h" for one in seen.need("/10/hours", 5)[1:] if (hour := seen.hour(one)) < 7
    ]
    wrong += ["skipDays: on a Saturday" for one in seen.need("/10/days", 5)[1:] if seen.weekday(one) == 5]
    return fail_if(wrong, "six feeds; a max-age of ten days counts as one")


@line(11, 5, "429 and 503: Retry-After in seconds")
def patience(seen: Evidence) -> Verdict:
    return _patience(seen, {"/11/many": 9000.0, "/11/busy": 20_000.0})


@line(12, 3, "Retry-After as a date")
def patience_until(seen: Evidence) -> Verdict:
    return _patience(seen, {"/12/date": 5 * HOUR})


def _patience(seen: Evidence, paths: dict[str, float]) -> Verdict:
    wrong: list[str] = []
    least: list[str] = []
    for path, wait in paths.items():
        found = gaps(seen.need(path, 4)[1:])
        least.append(f"{min(found):.0f} of {wait:.0f} s")
        wrong += [f"{path}: after {gap:.0f} s instead of {wait:.0f}" for gap in found if gap < wait - SLACK]
    return fail_if(wrong, f"the shortest wait: {', '.join(least)}")


@line(13, 3, "429 without Retry-After: the interval doubles each time")
def doubling(seen: Evidence) -> Verdict:
    found = gaps(seen.need("/13/many", 6)[1:])
    wrong = [
        f"{later:.0f} s after {sooner:.0f} s"
        for sooner, later in pairwise(found)
        if later < min(1.999 * sooner, 0.9 * DAY)
    ]
    return fail_if(wrong, " ".join(f"{gap / HOUR:.1f}" for gap in found) + " h")


@line(14, 4, "faults and broken connections: back-off with jitter to a day; success resets")
def back_off(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    rows: list[list[float]] = []
    for path in ("/14/fault", "/14/other", "/14/broken"):
        asked = seen.need(path, 6)
        bad = [at for at, one in enumerate(asked) if one.status >= 500]
        if len(bad) < 4 or bad[-1] + 3 > len(asked):
            return None, f"{path}: not seen for long enough"
        found = gaps(asked)
        failing, well = found[bad[0] : bad[-1] + 1], found[bad[-1] + 1 :]
        rows.append(failing)
        wrong += [
            f"{path}: {b:.0f} s after {a:.0f} s" for a, b in pairwise(failing) if b < min(1.4 * a, 0.8 * DAY)
        ]
        if max(failing) > 1.25 * DAY or max(failing) < 6 * HOUR:
            wrong.append(f"{path}: at most {max(failing) / HOUR:.1f} h apart")
        if well[0] > 6 * HOUR:
            wrong.append(f"{path}: after its recovery only every {well[0] / HOUR:.1f} h")
    if len({round(row[-1]) for row in rows}) < len(rows):
        wrong.append("no jitter: feeds that failed together come back together")
    return fail_if(wrong, " ".join(f"{gap / HOUR:.1f}" for gap in rows[0]) + " h, then as before")


@line(15, 3, "404, 403, 401: slow down; give up only after days")
def refused(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    counts: list[int] = []
    for path in ("/15/missing", "/15/closed", "/15/login"):
        asked = seen.need(path, 4)
        if seen.days < 3:
            return None, f"{seen.days:.1f} days are too few"
        counts.append(len(asked))
        if max(gaps(asked)) < 6 * HOUR:
            wrong.append(f"{path}: still asked every {max(gaps(asked)) / HOUR:.1f} h")
        if asked[-1].at - asked[0].at < 1.5 * DAY:
            wrong.append(f"{path}: given up after {(asked[-1].at - asked[0].at) / DAY:.1f} days")
    return fail_if(wrong, f"asked {counts} times in {seen.days:.1f} days")


@line(16, 4, "410: stop at once, never asked again")
def gone(seen: Evidence) -> Verdict:
    counts = [
        sum(one.status == 410 for one in seen.need(f"/16/{path}", 1)) for path in ("gone", "gone-first")
    ]
    if 0 in counts or seen.days < 1:
        return None, "no 410 was seen for long enough"
    wrong = [f"asked again {count - 1} times" for count in counts if count > 1]
    return fail_if(wrong, f"not once in the {seen.days:.1f} days that followed, restarts among them")


@line(17, 3, "301 and 308: kept only after the target was read, seen twice over 24 h")
def moves(seen: Evidence) -> Verdict:
    if seen.days < 2:
        return None, f"{seen.days:.1f} days are too few"
    wrong: list[str] = []
    for path, target in (("/17/old", "/17/new"), ("/17/older", "/17/newer")):
        asked = seen.need(path, 2)
        if asked[-1].at - asked[0].at < DAY - 3 * HOUR:
            wrong.append(f"{path} was left before a day had passed")
        if asked[-1].at > seen.start + 2 * DAY:
            wrong.append(f"{path} was still asked after {(asked[-1].at - seen.start) / DAY:.1f} days")
        if seen.need(target, 3)[-1].at <= asked[-1].at + HOUR:
            wrong.append(f"{target} was not asked by itself")
    end = seen.log.all[-1].at
    for path, why in (
        ("/17/lost", "its target is no feed"),
        ("/17/mistake", "the redirect was soon taken back"),
    ):
        if seen.need(path, 3)[-1].at < end - 2 * DAY:
            wrong.append(f"{path} was left, but {why}")
    return fail_if(
        wrong, "two feeds moved after a day; one whose target is no feed, and one moved by mistake, did not"
    )


@line(18, 2, "302, 303, 307: followed, the original kept")
def temporary(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    hops = 0
    for path in ("/18/found", "/18/other", "/18/temporary"):
        asked = seen.need(path, 3)
        hops += len(asked)
        if asked[-1].at < seen.log.all[-1].at - 1.5 * DAY:
            wrong.append(f"{path} was left")
    reached = len(seen.need("/18/target", 3))
    if not hops - seen.runs <= reached <= hops:  # who is killed may not come to the second step
        wrong.append(f"{hops} redirects, {reached} requests at their target")
    return fail_if(wrong, f"{hops} redirects, each followed from the original")


@line(19, 3, "circle, more than 5 hops, https to http, private address: stop, no storm")
def bad_redirects(seen: Evidence) -> Verdict:
    wrong: list[str] = []
    if len(seen.need("/19/circle2", 2)) > len(seen.log.of("/19/circle")):
        wrong.append("it went round the circle")
    if seen.log.of("/19/chain6"):
        wrong.append("it followed more than five redirects")
    if seen.hosts and (seen.log.of("/19/canary") or seen.log.of("/19/insecure")):
        wrong.append("it went to a private address, or from https to http")
    if seen.hosts:
        seen.need("/19/secure", 2)
        seen.need("/19/private", 2)
    storm = [
        feed.path for feed in FEEDS if feed.line == 19 and len(seen.log.of(feed.path)) > 4 + 8 * seen.days
    ]
    wrong += [f"{path}: asked {len(seen.log.of(path))} times in {seen.days:.1f} days" for path in storm]
    return fail_if(wrong, f"{len(seen.log.of('/19/circle'))} requests in {seen.days:.1f} days, none beyond")


LINES: tuple[Line, ...] = (
    conditional,
    etags,
    dates,
    both,
    after_keeping,
    kept,
    issuers,
    unchanged,
    floor,
    freshness,
    patience,
    patience_until,
    doubling,
    back_off,
    refused,
    gone,
    moves,
    temporary,
    bad_redirects,
)
