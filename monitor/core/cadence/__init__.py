"""When to look again, and when to try again: one pure decision after every poll.

Order of precedence: a server's own wish to be left alone (410, Retry-After) beats everything; nothing goes under the
floors, of the operator and of the server (max-age); then a fixed `every` of rules.yaml, and what the feed says of
itself (ttl, skipHours, skipDays). Between floor and ceiling the interval follows the feed's own rhythm, on one
budget for all feeds (`balanced`). Failures double the wait up to a day, with jitter, so that a server that comes
back is not met by a crowd.
"""

from monitor.core.cadence.after import after_poll
from monitor.core.cadence.budget import Need, balanced, scale
from monitor.core.cadence.explain import explain
from monitor.core.cadence.pace import DAY, HOUR, Pace
from monitor.core.cadence.profile import Bounds, expected_posts
from monitor.core.cadence.rhythm import rate
from monitor.core.cadence.start import first_poll, most_starts
from monitor.core.cadence.words import spell

__all__ = [
    "DAY",
    "HOUR",
    "Bounds",
    "Need",
    "Pace",
    "after_poll",
    "balanced",
    "expected_posts",
    "explain",
    "first_poll",
    "most_starts",
    "rate",
    "scale",
    "spell",
]
