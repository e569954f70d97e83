"""Who asks the desk, and what it answers: values only, worded elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from monitor.core.access import Reach, Refusal, Rights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.core.errors import QueryError
    from monitor.core.model import (
        CardView,
        DeadLetter,
        Destination,
        Evidence,
        FeedState,
        Level,
        Rule,
        RuleId,
        StoredStory,
    )

ALL = "all"
"""The selector that means every rule, those to come included."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The person who asks, and from where."""

    person: str  # "telegram:42"
    name: str
    rights: Rights
    here: Destination  # the chat they speak in
    title: str = ""  # of that chat, as people know it
    language: str = ""  # what the person's own client speaks, as an IETF tag (BCP 47), if it says so


@dataclass(frozen=True, slots=True)
class Target:
    """Another chat that a command is about, as the chat layer found it."""

    destination: Destination
    title: str
    admin: bool  # whether the caller administers it
    may_post: bool  # whether the bot may post there

    @property
    def reach(self) -> Reach:
        """What the access decision needs of it."""
        return Reach(self.admin, self.may_post)


@dataclass(frozen=True, slots=True)
class Forbidden:
    """The caller may not do that."""

    reason: Refusal
    target: Target | None = None


@dataclass(frozen=True, slots=True)
class UnknownRule:
    """No rule has that name."""

    asked: str
    nearest: str | None  # what was probably meant
    known: tuple[str, ...]  # what there is to choose from


@dataclass(frozen=True, slots=True)
class QueryMistake:
    """The query cannot be understood; the error knows where and how to mend it."""

    error: QueryError


@dataclass(frozen=True, slots=True)
class Welcome:
    """Answer to /start."""

    rules: int
    feeds: int
    subscriptions: int  # of this chat
    resumed: bool  # deliveries were held back, and now go on
    may_follow: bool  # whether this person may subscribe this chat


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The chat now gets the alerts of `selector`."""

    selector: str
    rule: Rule | None  # None for "all", a tag or a level
    target: Target | None  # None for the chat the caller speaks in
    new: bool  # False: it was subscribed already
    covered: bool  # "all" is subscribed there as well
    taste: tuple[CardView, ...]  # the last few cards of it


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """What went, and what still comes."""

    selector: str
    target: Target | None
    gone: int
    left: tuple[str, ...]  # selectors


@dataclass(frozen=True, slots=True)
class NotSubscribed:
    """There is no such subscription; nothing changed."""

    asked: str
    nearest: str | None
    have: tuple[str, ...]
    target: Target | None


@dataclass(frozen=True, slots=True)
class Followed:
    """One subscription as /subs lists it."""

    selector: str
    since: datetime
    rule: Rule | None  # None for "all", a tag or a level, and for a rule that rules.yaml no longer has
    lost: bool  # no rule of rules.yaml is meant by it any more


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """What a chat gets."""

    followed: tuple[Followed, ...]  # oldest first
    target: Target | None
    held: str | None  # why deliveries to it are held back


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest cards, newest first."""

    cards: tuple[CardView, ...]
    rule: str | None
    older: int | None  # ask for cards before this number
    hushed: Mapping[int, str] = field(default_factory=dict)  # which were not told here, and by which mute


@dataclass(frozen=True, slots=True)
class Find:
    """A story that a search found, and why."""

    stored: StoredStory
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of a search, newest stored first or best first."""

    query: str
    finds: tuple[Find, ...]
    older: int | None  # go on with stories before this id, or after so many of the best; None: that was all
    back_to: datetime | None = None  # the search stopped here before the page was full, to let others work
    first: bool = True  # whether this is the first page
    best: bool = False  # the order
    editor: bool = False  # whether the asker may make a rule of it


@dataclass(frozen=True, slots=True)
class Counted:
    """How many stories a search finds, as far as they were counted."""

    number: int
    more: bool  # there are more than that
    done: bool = True  # nobody counts on


@dataclass(frozen=True, slots=True)
class Why:
    """A card with the evidence of every hit."""

    card: CardView
    hushed: str | None = None  # the mute for which it was not told here


@dataclass(frozen=True, slots=True)
class NoCard:
    """There is no card of that number."""

    number: int
    newest: int | None  # the highest number there is


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as /rules lists it."""

    rule: Rule
    subscribed: bool  # here, by name or by "all"


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in the order of rules.yaml; or the one that was asked for."""

    lines: tuple[RuleLine, ...]
    version: str
    problem: bool  # the file was changed since, and cannot be used
    total: int = 0  # of which the lines are those that a filter picked; 0: it was not filtered


@dataclass(frozen=True, slots=True)
class OneRule:
    """One rule in full."""

    line: RuleLine
    last: CardView | None  # its newest card


@dataclass(frozen=True, slots=True)
class Feeds:
    """How the feeds do. `states` is empty for those who may see counts only."""

    total: int
    failing: int
    unpolled: int  # never asked yet
    ended: int  # the server said: gone for good
    dead: int  # failing for days
    silent: int  # quiet far beyond their rhythm
    endless: int  # page after page of new stories
    gaps: int  # stories were probably lost of late
    states: tuple[FeedState, ...]  # failing first, then those with something amiss, then by name
    detailed: bool
    paused: int = 0  # kept from being asked by an editor


@dataclass(frozen=True, slots=True)
class Status:
    """How Tocsin does. Lists and words that may name private addresses are empty unless `detailed`."""

    feeds: Feeds
    last_poll_at: datetime | None
    lag: float  # seconds by which the most overdue feed is late; 0 if none is
    overdue: int
    stories: int
    hits: int
    cards: int
    subscriptions: int
    owed: int
    oldest_owed_at: datetime | None
    sent: int
    dead_count: int
    dead: tuple[DeadLetter, ...]
    suspended_count: int
    suspended: tuple[tuple[Destination, str], ...]
    unwell: tuple[str, ...]  # what has stopped, in words; empty if all is well
    rules: int
    version: str
    problem: bool  # the last reload of rules.yaml failed
    report: str  # of that failure
    detailed: bool


def rules_of(card: CardView) -> tuple[RuleId, ...]:
    """The rules that put stories on a card: highest level first, then in order of appearance."""
    best: dict[RuleId, Level] = {}
    for story in card.stories:
        for hit in story.hits:
            best[hit.rule] = max(hit.level, best.get(hit.rule, hit.level))
    return tuple(sorted(best, key=lambda rule: -best[rule]))
