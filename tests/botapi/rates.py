"""How often the bot may write: to a chat, to a group, overall; who does it too often is penalised, longer each time.

As Telegram's FAQ for bots says, and strictly: no bursts are tolerated. Off until `enforce` is called, because most
tests write faster than any bot should.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from tests.botapi.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

WRITES = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText", "editMessageReplyMarkup"}
"""Methods that count as messages; edits do, too."""

FIRST_PENALTY, LONGEST_PENALTY = 3.0, 3600.0
FORGIVEN = 60.0
"""Seconds without a violation after which the next penalty is a short one again."""


class Limit:
    """At most `most` messages in any `window` seconds; a violation is a penalty that doubles with each one."""

    def __init__(self, most: int, window: float) -> None:
        self.most = most
        self.window = window
        self.times: deque[float] = deque()
        self.until = 0.0
        self.penalty = FIRST_PENALTY

    def left(self, now: float) -> float:
        """Seconds that a message now is refused for; a message during a penalty makes it longer."""
        while self.times and self.times[0] <= now - self.window:
            self.times.popleft()
        if now >= self.until and len(self.times) < self.most:
            return 0.0
        if now >= self.until + FORGIVEN:
            self.penalty = FIRST_PENALTY
        self.until = max(self.until, now + self.penalty)
        self.penalty = min(2 * self.penalty, LONGEST_PENALTY)
        return self.until - now


class Rates:
    """The limits of one bot. `refusals` has the time and chat of every 429."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.refusals: list[tuple[float, int | None]] = []
        self.accepted: list[tuple[float, int | None]] = []
        self._enforced = False
        self._parameters = True
        self._bot = Limit(30, 1.0)
        self._chats: dict[int | None, tuple[Limit, ...]] = {}
        self._holds: defaultdict[int | None, float] = defaultdict(float)

    def enforce(self, *, parameters: bool = True) -> None:
        """Refuse from now on what comes too often; without `parameters` a 429 does not say how long."""
        self._enforced = True
        self._parameters = parameters

    def hold(self, chat: int | None, seconds: float) -> None:
        """Refuse all messages to a chat (None: to all) for so long, whatever the bot did."""
        self._enforced = True
        self._holds[chat] = self.clock() + seconds

    def count(self, method: str, chat: int | None) -> None:
        """A valid request; raises ApiError 429 if it came too soon."""
        if not self._enforced or method not in WRITES:
            return
        now = self.clock()
        limits = (*self._limits(chat), self._bot)
        waits = [limit.left(now) for limit in limits]
        left = max(*waits, self._holds[chat] - now, self._holds[None] - now)
        if left <= 0:
            for limit in limits:
                limit.times.append(now)
            self.accepted.append((now, chat))
            return
        self.refusals.append((now, chat))
        seconds = math.ceil(left)
        if not self._parameters:
            raise ApiError(429, "Too Many Requests")
        raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})

    def _limits(self, chat: int | None) -> tuple[Limit, ...]:
        if chat not in self._chats:
            group = chat is not None and chat < 0
            self._chats[chat] = (Limit(1, 1.0), Limit(20, 60.0)) if group else (Limit(1, 1.0),)
        return self._chats[chat]
