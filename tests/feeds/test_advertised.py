"""Hubs named in Link headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.advertised import Advertised, advertised

URL = "https://news.example/rss"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        pytest.param(
            '<https://hub.example/>; rel="hub", <https://news.example/rss>; rel="self"',
            Advertised("https://hub.example/", URL),
            id="both",
        ),
        pytest.param(
            "</hub>;rel=hub,</rss>;rel=self", Advertised("https://news.example/hub", URL), id="short"
        ),
        pytest.param(
            '<https://a.example/>; title="x; y"; REL="alternate HUB"',
            Advertised("https://a.example/"),
            id="among-others",
        ),
        pytest.param(
            "<https://a.example/>; rel=hub, <https://b.example/>; rel=hub",
            Advertised("https://a.example/"),
            id="first",
        ),
        pytest.param("<https://a.example/>; rel=next", Advertised(), id="another-relation"),
        pytest.param("<https://a.example/>", Advertised(), id="no-relation"),
        pytest.param("<javascript:x>; rel=hub", Advertised(), id="no-web-address"),
        pytest.param("<https://u:p@a.example/>; rel=hub", Advertised(), id="login"),
        pytest.param("", Advertised(), id="empty"),
    ],
)
def test_hub_and_topic_are_read(link, found):
    assert advertised(link, URL) == found


@given(st.text(alphabet=st.sampled_from('<>;=", relhubsf:/.\x00'), max_size=200))
def test_nothing_makes_it_raise(link):
    hub, topic = advertised(link, URL)
    assert all(one is None or one.startswith("http") for one in (hub, topic))
