"""How fast messages may go out: rates that a messenger grants, and what its refusals (429) teach.

Telegram's limits are undocumented and vary: about one message a second to a chat, 20 a minute to a group or channel,
30 a second overall (its FAQ for bots). So the rates are kept, smoothed, and a 429 slows down what it concerns: the one
chat, or all of them if several chats are refused together. How much is its *heat*: each degree halves the speed. Heat
comes a degree at a time and goes slowly, with each message that is accepted and with time.

Everything is a frozen value, and time is passed in: seconds on a clock that never jumps; only `Pace`, which outlives
the process, has dates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.core.model import Destination

LONG_AGO = float("-inf")

FIRST_WAIT = 5.0
"""Seconds to wait after a 429 that does not say how long."""

LONGEST_WAIT = 300.0
"""Seconds; a wait that we choose ourselves grows up to this."""

HOTTEST = 4.0
"""Degrees: a sixteenth of the speed."""

CHAT_COOLS = 0.05
"""Degrees that each accepted message takes from its chat: 20 messages are back at full speed."""

LINE_COOLS = 0.002
"""Degrees that each accepted message takes from all chats together."""

HOUR = 3600.0
"""Seconds in which heat falls by a degree without any message."""

REACH = 2.0
"""Seconds after which a request is believed to have arrived, though its answer is not there."""

CATCH_UP = 0.25
"""Seconds that a line makes up for after it could not keep its smooth pace, because the machine was busy."""

TOGETHER = 10.0
"""Seconds within which refusals of several chats are one refusal of all."""

SEVERAL = 3
"""Chats refused together that mean all."""


@dataclass(frozen=True, slots=True)
class Rates:
    """What a messenger grants: least seconds between two messages to a chat, most messages in any second."""

    chat: float = 0.0
    group: float = 0.0  # as `chat`, for groups and channels
    per_second: int | None = None  # over all chats


TELEGRAM = Rates(chat=1.0, group=3.0, per_second=30)
"""Telegram's, smoothed: 20 a minute is one every three seconds."""

SERVICES = Rates(chat=2.0, group=2.0, per_second=10)
"""For mail servers, ntfy and the like, whose limits are all different: gently to each."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a chat, or a messenger for all its chats, has taught by asking for patience; kept across restarts."""

    name: str  # `chat_name`, or the messenger's
    asked_at: datetime
    until: datetime
    heat: float  # at `asked_at`

    @property
    def over(self) -> bool:
        """Whether it holds back nothing any more."""
        return self.until <= self.asked_at and not self.heat

    def left(self, now: datetime) -> float:
        """Seconds still to wait; never longer than was asked for, even if the clock was set back."""
        return min(max((self.until - now).total_seconds(), 0.0), (self.until - self.asked_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Heat:
    """How much slower than usual, in degrees, when it was last changed."""

    degrees: float = 0.0
    at: float = 0.0

    def now(self, now: float) -> float:
        """What time has left of it."""
        return max(self.degrees - max(now - self.at, 0.0) / HOUR, 0.0)

    def risen(self, now: float) -> Heat:
        """One degree more."""
        return Heat(min(self.now(now) + 1.0, HOTTEST), now)

    def fallen(self, now: float, by: float) -> Heat:
        """So many degrees less."""
        return Heat(max(self.now(now) - by, 0.0), now)


def chat_of(destination: Destination) -> Destination:
    """The chat of a destination: its topics share limits."""
    return replace(destination, topic=None)


def is_group(destination: Destination) -> bool:
    """Whether Telegram's id is that of a group or channel: those are negative, or a channel's public @name."""
    return destination.address.startswith(("-", "@"))


def wait(after: float, degrees: float) -> float:
    """Seconds to wait after a 429 that asks for `after`, by the heat before it: never less, and more each time."""
    return max(after, min(FIRST_WAIT * 2.0**degrees, LONGEST_WAIT)) if degrees else after


@dataclass(frozen=True, slots=True)
class Place:
    """One chat: when its next message may go."""

    gap: float  # seconds between two messages at full speed
    ready: float = LONG_AGO
    heat: Heat = Heat()

    def sent(self, now: float, *, accepted: bool) -> Place:
        """A request was answered now; it may have arrived until now, so the gap counts from here."""
        heat = self.heat.fallen(now, CHAT_COOLS) if accepted else self.heat
        return replace(self, ready=max(self.ready, now + self.gap * 2.0 ** heat.now(now)), heat=heat)

    def flooded(self, now: float, after: float) -> Place:
        """It asked for patience, for `after` seconds."""
        until = now + wait(after, self.heat.now(now))
        return replace(self, ready=max(self.ready, until), heat=self.heat.risen(now))

    def idle(self, now: float) -> bool:
        """Whether there is nothing to remember of it."""
        return self.ready <= now and not self.heat.now(now)


@dataclass(frozen=True, slots=True)
class Line:
    """All chats of one messenger: when the next message to any of them may go.

    No second has more messages than are granted, as the other side counts them: a message arrives at any time between
    its start and its answer, so it counts until a second after its answer (or after `REACH`, if that is late).
    """

    per_second: int | None = None
    next_start: float = LONG_AGO
    held: float = LONG_AGO
    heat: Heat = Heat()
    counted: tuple[tuple[int, float], ...] = ()  # of recent messages: which, and until when they count
    refused: tuple[
        tuple[str, float, float], ...
    ] = ()  # chats refused lately: which, when, for how many seconds
    last: int = 0  # the number of the last message

    def opens(self, now: float) -> float:
        """When the next message may start; `now` or a moment to come."""
        opens = max(now, self.held, self.next_start)
        if self.per_second is None:
            return opens
        counted = sorted(until for _, until in self.counted if until > now)
        room = self._speed(now)
        return opens if len(counted) < room else max(opens, counted[len(counted) - room])

    def started(self, now: float) -> Line:
        """A message starts; its number is then `last`."""
        if self.per_second is None:
            return self
        number = self.last + 1
        counted = tuple(each for each in self.counted if each[1] > now)
        gap = 2.0 ** self.heat.now(now) / self.per_second
        start = max(self.next_start, self.held, now - CATCH_UP)
        return replace(
            self, next_start=start + gap, counted=(*counted, (number, now + REACH + 1.0)), last=number
        )

    def landed(self, now: float, number: int, *, accepted: bool) -> Line:
        """The message of that number was answered."""
        counted = tuple((n, min(until, now + 1.0) if n == number else until) for n, until in self.counted)
        heat = self.heat.fallen(now, LINE_COOLS) if accepted and self.heat.degrees else self.heat
        return replace(self, counted=counted, heat=heat)

    def flooded(self, now: float, after: float) -> Line:
        """All chats are asked for patience, for `after` seconds; while they wait, hearing it again changes nothing."""
        if now < self.held:
            return replace(self, held=max(self.held, now + after))
        return replace(self, held=now + wait(after, self.heat.now(now)), heat=self.heat.risen(now))

    def chat_flooded(self, now: float, chat: str, after: float) -> Line:
        """One chat is asked for patience; several together are all.

        Then the longest wait but one holds all, because one of them may have a long wait of its own; while all are
        held, each further refusal holds them longer, within `LONGEST_WAIT`.
        """
        if now < self.held:
            return self.flooded(now, min(after, LONGEST_WAIT))
        lately = [each for each in self.refused if each[0] != chat and now - each[1] < TOGETHER]
        refused = (*lately, (chat, now, after))
        if len(refused) < SEVERAL:
            return replace(self, refused=refused)
        return replace(
            self.flooded(now, sorted(at + seconds for _, at, seconds in refused)[-2] - now), refused=()
        )

    def _speed(self, now: float) -> int:
        """Messages that a second may have now."""
        return max(int((self.per_second or 1) / 2.0 ** self.heat.now(now)), 1)


def kept(name: str, ready: float, heat: Heat, now: float, date: datetime) -> Pace:
    """What is to be kept of a place or line; `now` and `date` are the same moment on both clocks."""
    return Pace(name, date, date + timedelta(seconds=max(ready - now, 0.0)), heat.now(now))


def restored(pace: Pace, now: float, date: datetime) -> tuple[float, Heat]:
    """From when on it may be sent again, and the heat, in a new process."""
    passed = max((date - pace.asked_at).total_seconds(), 0.0)
    return now + pace.left(date), Heat(pace.heat, now - passed)
