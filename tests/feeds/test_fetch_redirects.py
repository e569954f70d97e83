"""Which redirects are followed, and where they lead."""

from __future__ import annotations

import pytest

from monitor.feeds.redirects import objection, target, without_login

FROM = "https://me:pw@a.example/feeds/x.xml"


@pytest.mark.parametrize(
    ("location", "url"),
    [
        pytest.param("https://b.example/y#z", "https://b.example/y", id="absolute, fragment dropped"),
        pytest.param("y.xml", "https://me:pw@a.example/feeds/y.xml", id="relative keeps the login"),
        pytest.param("//b.example/y", "https://b.example/y", id="same scheme"),
        pytest.param("https://a.example/y", "https://a.example/y", id="login not repeated"),
        pytest.param("https://evil:pw@b.example/y", "https://b.example/y", id="login of a stranger"),
        pytest.param("/\xeb\x89\xb4", "https://me:pw@a.example/뉴", id="UTF-8 as it comes over the wire"),
        pytest.param("/caf\xe9", "https://me:pw@a.example/caf\xe9", id="latin-1"),
    ],
)
def test_a_redirect_leads_to_an_absolute_address(location: str, url: str) -> None:
    assert target(FROM, location) == url


def test_nonsense_is_no_address() -> None:
    with pytest.raises(ValueError, match="Invalid IPv6 URL"):
        target(FROM, "http://[")


@pytest.mark.parametrize(
    ("url", "found", "told"),
    [
        pytest.param("https://a.example/", "http://a.example/", "from https to plain http", id="downgrade"),
        pytest.param("http://a.example/", "http://seen.example/", "in a circle", id="seen before"),
        pytest.param("http://a.example/", "https://a.example/", None, id="upgrade"),
        pytest.param("http://a.example/", "http://b.example/", None, id="elsewhere"),
    ],
)
def test_circles_and_downgrades_are_not_followed(url: str, found: str, told: str | None) -> None:
    words = objection(url, found, {"http://seen.example/"})
    assert words is None if told is None else told in (words or "")


def test_logins_are_taken_off() -> None:
    assert without_login("https://u:p@a.example:8/x?y=u@b") == "https://a.example:8/x?y=u@b"
