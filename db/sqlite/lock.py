"""One process owns a database: a lock on a file beside it, which the system lets go when the process dies."""

from __future__ import annotations

import os
import sys
import weakref
from datetime import datetime
from functools import partial
from pathlib import Path

from db.rows import to_text
from monitor.core.errors import StoreLocked

if sys.platform == "win32":  # pragma: no cover - only one of the two branches exists on a machine
    import msvcrt

    BEYOND = 1 << 30  # a byte far behind the text: a locked region cannot be read by others there

    def _take(fd: int) -> None:
        """Lock the file or raise OSError at once."""
        os.lseek(fd, BEYOND, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        os.lseek(fd, 0, os.SEEK_SET)

    def _let_go_in_children(lock: Lock) -> None:
        """Children do not inherit it there."""

else:
    import fcntl

    def _take(fd: int) -> None:
        """Lock the file or raise OSError at once."""
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _let_go_in_children(lock: Lock) -> None:
        """See that a forked worker, which may outlive us, does not go on holding the lock."""
        os.register_at_fork(after_in_child=partial(_let_go, weakref.ref(lock)))


class Lock:
    """The right to write to the database at `path`, held until `let_go` or the end of the process.

    Raises StoreLocked if another process (or another store of this one) holds it. The file `<path>.lock`
    names the holder; it stays behind, because removing it would race with whoever opens it next.
    """

    def __init__(self, path: Path, now: datetime) -> None:
        self.path = path.with_name(path.name + ".lock")
        self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _take(self._fd)
        except OSError:
            holder = os.read(self._fd, 200).decode(errors="replace").strip() or "another process"
            self.let_go()
            message = (
                f"{path} is in use by {holder} (lock file {self.path}). Stop that one first, "
                "or give this one another file in DATABASE."
            )
            raise StoreLocked(message) from None
        os.ftruncate(self._fd, 0)
        os.write(self._fd, f"process {os.getpid()}, since {to_text(now)}\n".encode())
        _let_go_in_children(self)

    def let_go(self) -> None:
        """Give the right back; doing so twice is harmless."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _let_go(lock: weakref.ref[Lock]) -> None:
    """Close what a forked child inherited; the parent's lock stays."""
    held = lock()
    if held is not None:
        held.let_go()
