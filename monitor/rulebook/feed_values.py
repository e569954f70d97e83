"""What an option of a feed may be: weight, zone, headers, proxy. Secrets stand in the environment, not here."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, NoReturn
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from monitor.rulebook.values import SECRETS, Text, as_json, given_text, refuse

LEAST_WEIGHT = 0.01
MOST_WEIGHT = 100.0
MOST_HEADERS = 20

_REFERENCE = re.compile(r"\$\{([^{}]*)\}")
_VARIABLE = re.compile(r"FEED_[A-Z0-9_]{1,60}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_VALUE = re.compile(r"[\x20-\x7e]{1,2000}")
_SECRET = re.compile(r"auth|key|token|secret|passw|session|credential", re.IGNORECASE)
_ZONES = {
    "kst": "Asia/Seoul", "korea": "Asia/Seoul", "seoul": "Asia/Seoul", "jst": "Asia/Tokyo", "msk": "Europe/Moscow",
    "moscow": "Europe/Moscow", "vlat": "Asia/Vladivostok", "vladivostok": "Asia/Vladivostok", "gmt": "UTC",
    "cet": "Europe/Berlin", "est": "America/New_York", "edt": "America/New_York", "pst": "America/Los_Angeles",
    "bst": "Europe/London", "+09:00": "Asia/Seoul", "+0900": "Asia/Seoul", "+9": "Asia/Seoul",
    "+03:00": "Europe/Moscow", "+0300": "Europe/Moscow", "+3": "Europe/Moscow", "z": "UTC",
}  # fmt: skip
_OURS = {  # what we say ourselves, and why nobody else may
    "host": "it is the address's own",
    "connection": "it belongs to the connection",
    "keep-alive": "it belongs to the connection",
    "te": "it belongs to the connection",
    "trailer": "it belongs to the connection",
    "transfer-encoding": "it belongs to the connection",
    "content-length": "it belongs to the connection",
    "upgrade": "it belongs to the connection",
    "expect": "it belongs to the connection",
    "accept-encoding": "only gzip and deflate are unpacked",
    "if-none-match": "it is set from what the server gave",
    "if-modified-since": "it is set from what the server gave",
    "range": "only whole pages are read",
    "referer": "nobody is told where we come from",
    "cookie": "cookies are never sent",
    "user-agent": "Tocsin says who it is",
}


def _weight(written: str) -> float:
    example = (
        f"Write a number from {LEAST_WEIGHT:g} to {MOST_WEIGHT:g}; 1 is usual, 4 is asked twice as often."
    )
    if not re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", written):
        refuse(f"`{written}` is not a weight", example)
    weight = float(written)
    if not LEAST_WEIGHT <= weight <= MOST_WEIGHT:
        refuse(f"`{written}` is too {'small' if weight < LEAST_WEIGHT else 'large'} a weight", example)
    return weight


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _zone(written: str) -> str:
    known = _zones()
    if written not in known:
        _refuse_zone(written, known)
    return written


def _refuse_zone(written: str, known: frozenset[str]) -> NoReturn:
    near = _ZONES.get(written.lower()) or next(
        iter(get_close_matches(written.title(), known, n=1, cutoff=0.6)), None
    )
    hint = f"Write {near}." if near else "Write its name in the IANA list, like Asia/Seoul or Europe/Moscow."
    refuse(f"`{written}` is not a time zone's name", hint)


def _header_name(written: str) -> str:
    why = _OURS.get(written.lower())
    if why is None and written.lower().startswith(("proxy-", "sec-")):
        why = "it belongs to the connection"
    if why is not None:
        refuse(f"the header `{written}` cannot be set: {why}", "Remove the line.")
    if not _HEADER.fullmatch(written):
        refuse(f"`{written}` cannot be a header's name", "Use letters, digits and -, like X-Api-Key.")
    return written


def _referring(written: str) -> str:
    """A text whose references, if there are any, name variables that a feed may use."""
    for reference in _REFERENCE.finditer(written):
        if not _VARIABLE.fullmatch(reference[1]):
            refuse(
                f"`${{{reference[1]}}}` cannot be used here: only variables whose names begin with FEED_ can",
                f"Set FEED_{_upper(reference[1]) or 'KEY'} in the environment or in .env, and write that.",
            )
    if "${" in _REFERENCE.sub("", written):
        refuse("a `${` is not closed", "Write ${FEED_KEY}.")
    return written


def _upper(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_").removeprefix("FEED_")[:40]


def _header_value(written: str) -> str:
    if not _VALUE.fullmatch(written):
        refuse("a header's value is one line of plain ASCII", "Percent-encode what is not.")
    return _referring(written)


def headers(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    """Headers by name: a mapping, each name once whatever its case, none with an open secret."""
    if not isinstance(written, dict):
        refuse("a header is a name with a value", "Write {X-Api-Key: '${FEED_KEY}'}, or remove the line.")
    if len(written) > MOST_HEADERS:
        refuse(f"{len(written)} headers are too many", f"Keep at most {MOST_HEADERS}.")
    names = [str(name).lower() for name in written]
    for name, value in written.items():
        if names.count(str(name).lower()) > 1:
            refuse(f"the header `{name}` stands here twice", "Keep one; the case of a name does not count.")
        if _SECRET.search(str(name)) and isinstance(value, str) and not _REFERENCE.search(value):
            refuse(
                f"the value of `{name}` looks like a secret",
                f"{SECRETS}: write ${{FEED_{_upper(str(name))}}} and set that in the environment or in .env.",
            )
    return written


def has_secret(given: dict[str, str]) -> bool:
    """Whether any of the headers may only travel over https."""
    return any(_SECRET.search(name) or _REFERENCE.search(value) for name, value in given.items())


def _proxy(written: str) -> str:
    example = "Write it like http://proxy.lan:3128; with a password as ${FEED_PROXY}, set in the environment."
    _referring(written)
    if _REFERENCE.fullmatch(written):
        return written
    try:
        parts = urlsplit(_REFERENCE.sub("x", written))
        _ = parts.port
    except ValueError:
        refuse("this is not a URL", example)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not _VALUE.fullmatch(written):
        refuse("a proxy's address begins with http:// or https://", example)
    if parts.password is not None and not _REFERENCE.search(written.rpartition("@")[0]):
        refuse("a password stands in the proxy's address", f"{SECRETS}. {example}")
    return written


Weight = Annotated[
    float,
    BeforeValidator(lambda written: _weight(given_text(written))),
    WithJsonSchema({"type": "number", "minimum": LEAST_WEIGHT, "maximum": MOST_WEIGHT}),
]
Zone = Annotated[Text, AfterValidator(_zone), as_json(pattern="^[A-Za-z_]+(/[A-Za-z0-9_+-]+)*$")]
HeaderName = Annotated[str, AfterValidator(_header_name)]
HeaderValue = Annotated[Text, AfterValidator(_header_value)]
Headers = Annotated[
    dict[HeaderName, HeaderValue],
    BeforeValidator(headers),
    WithJsonSchema(
        {
            "type": "object",
            "maxProperties": MOST_HEADERS,
            "propertyNames": {"pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}$"},
            "additionalProperties": {"type": "string"},
        }
    ),
]
Proxy = Annotated[Text, AfterValidator(_proxy), as_json(pattern=r"^(https?://|\$\{FEED_)")]
