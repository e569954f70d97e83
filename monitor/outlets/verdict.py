"""What it means for a delivery that a service did not take it: the table of failures, in one place.

Apprise answers yes or no; why not stands in what it logs, and there either with the status of an HTTP answer
(`error=503`) or with the words of an exception.

| what happened                                | receipt                                                |
| -------------------------------------------- | ------------------------------------------------------ |
| 429                                          | Later, not counted as an attempt; pacing slows         |
| 503                                          | Later: the server says that it did not take it         |
| 401, 403, 404, 405, 407, 410: wrong address  | Later, ever more rarely, up to once an hour            |
| any other 4xx                                | Refused, this message only                             |
| refused or unreachable, unknown host, no TLS | Later: it never arrived                                |
| a login that is refused                      | the same                                               |
| other 5xx, broken line, time out             | Unknown: it may have arrived, so it is repeated once   |
| no word at all                               | Unknown                                                |

A service is never suspended: what it misses while its address is wrong waits, in order, until it is mended.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from monitor.core.model import Flood, Later, Receipt, Refused, Unknown
from monitor.core.pacing import FIRST_WAIT

LONGEST = 3_600.0
"""Seconds; waits grow up to this."""

MISPLACED = {401, 403, 404, 405, 407, 410}
"""Answers that blame the address, not the message."""

_STATUS = re.compile(r"error\s*[=:]\s*(\d{3})\b")
_NEVER_LEFT = re.compile(
    r"connection refused|failed to establish|NewConnectionError|NameResolutionError|name or service not known|"
    r"nodename nor servname|temporary failure in name|no route to host|network is unreachable|"
    r"ConnectTimeout|connect timeout|certificate verify|SSLCertVerificationError|WRONG_VERSION_NUMBER|"
    r"no address associated",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"authentication (?:failed|unsuccessful|required)|\b535\b|bad credentials", re.IGNORECASE)
_REFUSED = re.compile(r"sending email to .* failed|\b55[0-4]\b", re.IGNORECASE)


def verdict(said: str, attempt: int, shown: str) -> Receipt:
    """The receipt for a send that failed.

    `said` is all that the library said of it, `shown` the same in short and without secrets; `attempt` counts from 1.
    """
    found = _STATUS.search(said)
    if found is not None:
        return _answered(int(found[1]), attempt, shown)
    if _LOGIN.search(said):
        return wrong_address(shown, attempt)
    if _NEVER_LEFT.search(said):
        return Later(growing(10.0, attempt), shown)
    if _REFUSED.search(said):
        return Refused(shown)
    return Unknown(shown or "the service did not take it, and nobody says why")


def wrong_address(why: str, attempt: int) -> Later:
    """Nothing can arrive until somebody mends the address."""
    return Later(growing(60.0, attempt), why)


def growing(first: float, attempt: int) -> float:
    """`first` seconds, doubled with each attempt before, bounded."""
    return float(min(LONGEST, first * 2 ** min(max(attempt - 1, 0), 12)))


def _answered(status: int, attempt: int, shown: str) -> Receipt:
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Later(FIRST_WAIT, shown, counts=False, flood=Flood.CHAT)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Later(growing(10.0, attempt), shown)
    if status in MISPLACED:
        return wrong_address(shown, attempt)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refused(shown)
    return Unknown(shown)


__all__ = ["growing", "verdict", "wrong_address"]
