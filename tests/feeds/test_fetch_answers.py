"""What a server says besides the page, read from its headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.core.model import Failed, FeedUrl, Gone, RetryLater, Validators
from monitor.feeds.answers import Headers, conditions, max_age, refused, retry_after, validators

NOW = datetime(2026, 9, 27, 10, 0, tzinfo=UTC)
FEED = FeedUrl("https://example.org/feed.xml")


def headers(**values: str) -> Headers:
    return Headers(tuple((k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in values.items()))


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        pytest.param(headers(), None, id="silent"),
        pytest.param(headers(Cache_Control="max-age=600"), 600, id="max-age"),
        pytest.param(headers(Cache_Control='public, MAX-AGE="600" , x'), 600, id="quoted, in a list"),
        pytest.param(headers(Cache_Control="max-age=600", Age="100"), 500, id="aged on the way"),
        pytest.param(headers(Cache_Control="max-age=60", Age="100"), None, id="stale on arrival"),
        pytest.param(headers(Cache_Control="s-maxage=600"), None, id="for shared caches only"),
        pytest.param(headers(Cache_Control="no-cache, max-age=600"), None, id="no-cache wins"),
        pytest.param(headers(Cache_Control="max-age=9999999999"), 86_400, id="at most a day"),
        pytest.param(headers(Cache_Control="max-age=soon"), None, id="nonsense"),
        pytest.param(headers(Expires="Sun, 27 Sep 2026 11:00:00 GMT"), 3600, id="expires, by our clock"),
        pytest.param(
            headers(Expires="Sun, 27 Sep 2026 11:00:00 GMT", Date="Sun, 27 Sep 2026 10:30:00 GMT"),
            1800,
            id="expires, by its clock",
        ),
        pytest.param(headers(Expires="Sunday, 27-Sep-26 11:00:00 GMT"), 3600, id="old form of dates"),
        pytest.param(headers(Expires="Sun Sep 27 11:00:00 2026"), 3600, id="oldest form of dates"),
        pytest.param(headers(Expires="0"), None, id="expires at once"),
        pytest.param(headers(Expires="Sun, 27 Sep 2020 11:00:00 GMT"), None, id="expired"),
        pytest.param(
            headers(Expires="Sun, 27 Sep 2026 11:00:00 GMT", Cache_Control="max-age=5"), 5, id="both"
        ),
    ],
)
def test_freshness_is_what_the_server_says(given: Headers, seconds: int | None) -> None:
    assert max_age(given, NOW) == seconds


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        pytest.param(headers(), None, id="silent"),
        pytest.param(headers(Retry_After="120"), 120, id="seconds"),
        pytest.param(headers(Retry_After="Sun, 27 Sep 2026 10:05:00 GMT"), 300, id="date, by our clock"),
        pytest.param(
            headers(Retry_After="Sun, 27 Sep 2026 10:05:00 GMT", Date="Sun, 27 Sep 2026 10:04:00 GMT"),
            60,
            id="date, by its clock",
        ),
        pytest.param(headers(Retry_After="Sun, 27 Sep 2020 10:05:00 GMT"), 0, id="date gone by"),
        pytest.param(headers(Retry_After="9999999999"), 30 * 86_400, id="believed for a month at most"),
        pytest.param(headers(Retry_After="9" * 5000), None, id="no number that anyone means"),
        pytest.param(headers(Retry_After="-5"), None, id="negative"),
        pytest.param(headers(Retry_After="tomorrow"), None, id="nonsense"),
    ],
)
def test_retry_after_is_read_in_both_forms(given: Headers, seconds: float | None) -> None:
    assert retry_after(given, NOW) == seconds


def test_validators_are_kept_byte_for_byte() -> None:
    raw = ((b"ETag", b'W/"caf\xc3\xa9,,"'), (b"Last-Modified", b"whenever, 99 Foo"), (b"etag", b'"second"'))
    kept = validators(Headers(raw))
    assert kept == Validators('W/"caf\xc3\xa9,,"', "whenever, 99 Foo")
    assert conditions(kept)["If-None-Match"].encode() == b'W/"caf\xc3\xa9,,"'


def test_a_validator_that_cannot_be_given_back_exactly_is_not_given_back() -> None:
    kept = validators(Headers(((b"ETag", b'"\xe9"'), (b"Last-Modified", b"x\x00y"))))
    assert kept == Validators('"\xe9"', None)
    assert conditions(kept) == {}


@pytest.mark.parametrize(
    ("status", "kind", "told"),
    [
        pytest.param(429, RetryLater, "asks for patience", id="too many requests"),
        pytest.param(503, RetryLater, "asks for patience", id="unavailable"),
        pytest.param(410, Gone, "gone for good", id="gone"),
        pytest.param(404, Failed, "put it into rules.yaml", id="not found"),
        pytest.param(403, Failed, "does not let us in", id="forbidden"),
        pytest.param(401, Failed, "wants a login", id="login"),
        pytest.param(500, Failed, "500 Internal Server Error: the server has a fault", id="server fault"),
        pytest.param(599, Failed, "answered 599: the server has a fault", id="unknown server fault"),
        pytest.param(204, Failed, "that is no page", id="success without a page"),
        pytest.param(304, Failed, "that is no page", id="not modified, though not asked"),
    ],
)
def test_every_other_status_has_a_meaning_in_words(status: int, kind: type, told: str) -> None:
    answer = refused(FEED, status, headers(Retry_After="60"), NOW)
    assert type(answer) is kind
    assert told in answer.reason


def test_patience_carries_its_seconds() -> None:
    assert refused(FEED, 429, headers(Retry_After="60"), NOW) == RetryLater(
        FEED, "the server asks for patience (429), for 60 seconds", 60.0
    )
    assert refused(FEED, 503, headers(), NOW) == RetryLater(FEED, "the server asks for patience (503)", None)
