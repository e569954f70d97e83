"""Where the feeds are: on 200 loopback addresses, as some real ones share a host."""

from __future__ import annotations

HOSTS = 200


def address(number: int, port: int) -> str:
    """The URL of a feed."""
    return f"http://127.0.0.{number % HOSTS + 2}:{port}/{number}.xml"
