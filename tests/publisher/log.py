"""What the publisher saw: every request, with its time on both clocks, and what was answered."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass
class Seen:
    """One request. `at` is the steered clock (epoch seconds); `began` and `ended` are the real one, for spacing."""

    at: float
    began: float
    host: str
    method: str
    path: str  # with its query, as it was sent
    headers: dict[str, bytes]  # names in lower case
    connection: int
    run: int  # which process asked
    ended: float = 0.0
    status: int = 0
    sent: int = 0  # bytes of the body
    given: dict[str, bytes] = field(default_factory=dict)  # headers of the answer, names in lower case

    @property
    def conditions(self) -> tuple[bytes | None, bytes | None]:
        """If-None-Match and If-Modified-Since, byte for byte."""
        return self.headers.get("if-none-match"), self.headers.get("if-modified-since")

    @property
    def validators(self) -> tuple[bytes | None, bytes | None]:
        """ETag and Last-Modified that were given with the answer."""
        return self.given.get("etag"), self.given.get("last-modified")

    @property
    def conditional(self) -> bool:
        """Whether it has any condition."""
        return self.conditions != (None, None)


class Log:
    """All requests, in order of arrival."""

    def __init__(self) -> None:
        self.all: list[Seen] = []
        self._paths: defaultdict[str, list[Seen]] = defaultdict(list)

    def add(self, seen: Seen) -> None:
        """Keep one."""
        self.all.append(seen)
        self._paths[seen.path].append(seen)

    def of(self, path: str) -> list[Seen]:
        """Those for one path."""
        return self._paths.get(path, [])

    def under(self, start: str) -> list[Seen]:
        """Those for all paths that begin so."""
        return [seen for seen in self.all if seen.path.startswith(start)]


def gaps(seen: Iterable[Seen]) -> list[float]:
    """Seconds between one request and the next."""
    times = [one.at for one in seen]
    return [later - sooner for sooner, later in pairwise(times)]
