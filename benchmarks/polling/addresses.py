"""Where the feeds are: each on a loopback address of its own, as each real one is on a host of its own."""

from __future__ import annotations


def address(number: int, port: int) -> str:
    """The URL of a feed."""
    return f"http://127.{1 + number // 40_000}.{number // 200 % 200}.{number % 200 + 2}:{port}/{number}.xml"
