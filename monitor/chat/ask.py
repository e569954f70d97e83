"""What somebody asks, taken apart: what every command is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from monitor.desk import Desk
    from monitor.desk.answers import Caller, Target


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody asks, taken apart."""

    desk: Desk
    caller: Caller
    arguments: str  # without the target
    zone: tzinfo  # of the reader
    written: str | None = None  # the other chat, as it was written
    target: Target | None = None  # the other chat, as it was found
