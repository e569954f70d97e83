from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import canonical_url

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        pytest.param("HTTPS://Example.ORG:443/A/?id=3#top", "https://example.org/A?id=3", id="case, port, fragment"),
        pytest.param("http://example.org:8080", "http://example.org:8080/", id="other port, no path"),
        pytest.param("https://example.org/", "https://example.org/", id="root"),
        pytest.param("https://example.org/a//", "https://example.org/a", id="slashes at the end"),
        pytest.param("https://e.org/a?utm_source=x&b=1&fbclid=2&&at_medium=RSS", "https://e.org/a?b=1", id="tracking"),
        pytest.param("https://e.org/a?utm_source=x", "https://e.org/a", id="tracking only"),
        pytest.param(" https://e.org/a b/при ", "https://e.org/a%20b/%D0%BF%D1%80%D0%B8", id="encoded"),
        pytest.param("https://e.org/%D0%BF", "https://e.org/%D0%BF", id="encoded already"),
        pytest.param("https://пример.рф/x", "https://xn--e1afmkfd.xn--p1ai/x", id="international host"),
        pytest.param("https://example.org./x", "https://example.org/x", id="rooted host"),
        pytest.param("http://[::1]:80/x", "http://[::1]/x", id="address"),
    ],
)  # fmt: skip
def test_one_page_has_one_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("/relative", id="relative"),
        pytest.param("//example.org/x", id="no scheme"),
        pytest.param("javascript:alert(1)", id="script"),
        pytest.param("ftp://example.org/", id="other scheme"),
        pytest.param("https://user:pass@example.org/", id="user information"),
        pytest.param("https://example.org@evil.example/", id="user only"),
        pytest.param("https:///path", id="no host"),
        pytest.param("https://example.org:99999/", id="no such port"),
        pytest.param("https://[::1/", id="broken address"),
        pytest.param("https://ex ample.org/", id="space in host"),
        pytest.param("https://" + "ы" * 300 + ".org/", id="host too long"),
        pytest.param("https://example.org/\ud800", id="half a character"),
        pytest.param("https://example.org/" + "a" * 3000, id="too long"),
    ],
)
def test_what_cannot_be_followed_is_no_link(url: str) -> None:
    assert canonical_url(url) is None


@STEADY
@given(st.text() | st.text().map("https://example.org/{}".format))
def test_nothing_makes_it_raise(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or canonical.startswith(("http://", "https://"))
