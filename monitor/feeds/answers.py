"""Reads what a server says besides the page: validators, freshness, when to come back, why not. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from monitor.core.model import Failed, FeedUrl, Gone, RetryLater, Validators

if TYPE_CHECKING:
    from collections.abc import Mapping

FRESH_AT_MOST = 86_400
"""Seconds: a server may not put us off for longer than a day by calling its page fresh."""

WAIT_AT_MOST = 30 * 86_400
"""Seconds: longest wait that a Retry-After is believed."""

_SECONDS = re.compile(r"\d{1,10}")
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,10})\"?\s*(?:,|$)", re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|,)\s*(?:no-store|no-cache)\s*(?:,|=|$)", re.IGNORECASE)
_PRINTABLE = re.compile(r"[^\x00-\x1f\x7f]+")


class Headers:
    """An answer's headers as they came: names in lower case, values as latin-1 text, no byte lost."""

    def __init__(self, raw: tuple[tuple[bytes, bytes], ...]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in raw:
            self._values.setdefault(name.decode("latin-1").lower(), []).append(
                value.decode("latin-1").strip(" \t")
            )

    def first(self, name: str) -> str | None:
        """The header's first value that is not empty."""
        return next((value for value in self._values.get(name, ()) if value), None)

    def joined(self, name: str) -> str:
        """All values, with commas between (RFC 9110 section 5.3)."""
        return ", ".join(self._values.get(name, ()))


def validators(headers: Headers) -> Validators:
    """What makes the next request conditional, byte for byte; never re-formatted, even if malformed."""
    return Validators(_sendable(headers.first("etag")), _sendable(headers.first("last-modified")))


def conditions(kept: Validators) -> dict[str, str]:
    """The request headers that give validators back to who issued them (RFC 9110 sections 13.1.2 and 13.1.3).

    Header values leave as UTF-8 from our HTTP library; a validator whose bytes are not UTF-8 cannot be
    given back exactly, and is rather not given back at all.
    """
    out: dict[str, str] = {}
    for name, value in (("If-None-Match", kept.etag), ("If-Modified-Since", kept.last_modified)):
        if value is not None:
            try:
                out[name] = value.encode("latin-1").decode("utf-8")
            except UnicodeError:
                continue
    return out


def max_age(headers: Headers, now: datetime) -> int | None:
    """Seconds for which the page stays fresh (RFC 9111 sections 4.2, 5.2.2); None if the server is silent."""
    control = headers.joined("cache-control")
    if _NOT_KEPT.search(control):
        return None
    age = headers.first("age") or ""
    found = _MAX_AGE.search(control)
    if found is not None:
        seconds = int(found[1])
    else:
        expires = _moment(headers.first("expires"))
        if expires is None:
            return None
        seconds = int((expires - (_moment(headers.first("date")) or now)).total_seconds())
    seconds -= int(age) if _SECONDS.fullmatch(age) else 0
    return min(seconds, FRESH_AT_MOST) if seconds > 0 else None


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Seconds to wait, from Retry-After in either form (RFC 9110 section 10.2.3); None if there is none.

    A date counts from the server's own clock where it shows one: a wrong clock on either side does no harm.
    """
    written = headers.first("retry-after")
    if written is None:
        return None
    if _SECONDS.fullmatch(written):
        return min(float(written), WAIT_AT_MOST)
    moment = _moment(written)
    if moment is None:
        return None
    seconds = (moment - (_moment(headers.first("date")) or now)).total_seconds()
    return min(max(seconds, 0.0), WAIT_AT_MOST)


def refused(feed: FeedUrl, status: int, headers: Headers, now: datetime) -> RetryLater | Gone | Failed:
    """What an answer means that is neither a page nor a 304 nor a redirect."""
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        after = retry_after(headers, now)
        said = "" if after is None else f", for {after:.0f} seconds"
        return RetryLater(feed, f"the server asks for patience ({status}){said}", after)
    if status == HTTPStatus.GONE:
        return Gone(feed, "the server says that the feed is gone for good (410); take it out of rules.yaml")
    mend = _MENDS.get(status)
    if mend is None and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        mend = "the server has a fault of its own; it will be asked again"
    words = f"the server answered {_status(status)}: {mend or 'that is no page; check the address'}"
    return Failed(feed, words, status=status)


_MENDS: Mapping[int, str] = {
    400: "it does not understand the address; check it in rules.yaml",
    401: "the feed wants a login; give one in its address or take it out of rules.yaml",
    402: "the feed is for paying readers only",
    403: "it does not let us in; ask its publisher, or look for another address of the feed",
    404: "the address is wrong or the feed was removed; look for the new one and put it into rules.yaml",
    407: "the proxy wants a login; check PROXY",
    451: "the feed is blocked for legal reasons where we are",
}


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _sendable(value: str | None) -> str | None:
    """Control characters cannot be sent back, and nobody sends them in good faith."""
    return value if value is not None and _PRINTABLE.fullmatch(value) else None


def _moment(written: str | None) -> datetime | None:
    """An HTTP date in any of its three forms (RFC 9110 section 5.6.7), aware, in UTC."""
    if written is None:
        return None
    try:
        moment = parsedate_to_datetime(written)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (
        ValueError,
        TypeError,
        OverflowError,
        IndexError,
    ):  # what the parser of e-mail dates raises on nonsense
        return None
