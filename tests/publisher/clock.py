"""A clock that the polling process steers and the publisher reads: eight bytes of a file that both have open."""

from __future__ import annotations

import mmap
import struct
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from pathlib import Path

_TIME = struct.Struct("=d")


class SharedClock:
    """Epoch seconds in a file; who kills the process that steers it does not stop the time it had."""

    def __init__(self, path: Path) -> None:
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), _TIME.size)

    @classmethod
    def made(cls, path: Path, at: datetime) -> Self:
        """A new clock."""
        path.write_bytes(_TIME.pack(at.timestamp()))
        return cls(path)

    @property
    def at(self) -> float:
        """The time, in epoch seconds."""
        (at,) = _TIME.unpack(self._memory[:])
        return float(at)

    def __call__(self) -> datetime:
        """The time, as the parts of a bot want it."""
        return datetime.fromtimestamp(self.at, UTC)

    def set(self, at: float) -> None:
        """Steer it; never back."""
        self._memory[:] = _TIME.pack(max(at, self.at))

    def close(self) -> None:
        """Let go of the file."""
        with closing(self._memory):
            pass
