"""A desk over a store in memory, and the people who come to it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from db.memory import MemoryStore
from monitor.chat.commands import begin, press
from monitor.chat.message import Message, Style
from monitor.chat.work import Work
from monitor.core.access import Mode, Place, Rights
from monitor.core.model import Card, Destination, Kept, Kind, Level, Outcome, Owed, Refused, RuleBook
from monitor.desk import Desk
from monitor.desk.answers import Caller, Target
from tests.build import CHAT, FEED, GROUP, NOW, book, hit, rule, state, story, subscription
from tests.errands import FakeErrands
from tests.fakes import FixedClock, inline

BOOK = book(
    replace(rule("defection-at-mission", "defector consulate", Level.FLASH), name="Refuge at a mission"),
    rule("border", "border", Level.INFO, unless="film"),
)
PERSON = Caller("telegram:42", "Ann", Rights(Place.PRIVATE), CHAT, "Ann")
OWNER = replace(PERSON, rights=Rights(Place.PRIVATE, owner=True))
MEMBER = Caller("telegram:43", "Bo", Rights(Place.GROUP), GROUP, "Newsroom")
ADMIN = replace(MEMBER, rights=Rights(Place.GROUP, chat_admin=True))
ANONYMOUS = replace(MEMBER, rights=Rights(Place.GROUP, chat_admin=True, anonymous=True))
CHANNEL = Target(Destination("telegram", "-1009"), "Channel", admin=True, may_post=True)


def known() -> MemoryStore:
    """A store that knows FEED."""
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    return store


def answer(
    desk: Desk, caller: Caller, name: str, arguments: str, target: Target | None = None, *, zone: tzinfo = UTC
) -> Message:
    """What is said to a command that needs no time."""
    told = begin(desk, caller, name, arguments, target, zone=zone)
    assert isinstance(told, Message), f"/{name} takes its time"
    return told


def answer_button(desk: Desk, caller: Caller, data: str, *, zone: tzinfo = UTC) -> Message | None:
    """What is said to a button that needs no time."""
    told = press(desk, caller, data, zone=zone)
    assert told is None or isinstance(told, Message), f"{data} takes its time"
    return told


@dataclass
class World:
    """A desk with its surroundings, and what is said at it."""

    store: MemoryStore = field(default_factory=known)
    clock: FixedClock = field(default_factory=FixedClock)
    book: RuleBook = BOOK
    problem: str | None = None
    errands: FakeErrands = field(default_factory=FakeErrands)
    approval: bool = False

    def desk(self, access: Mode = Mode.OPEN) -> Desk:
        return Desk(
            store=self.store,
            book=lambda: self.book,
            access=access,
            clock=self.clock,
            rules_problem=lambda: self.problem,
            errands=self.errands,
            approval=self.approval,
        )

    def say(self, line: str, caller: Caller = PERSON, mode: Mode = Mode.OPEN) -> Message:
        """Type a command."""
        name, _, arguments = line.partition(" ")
        return answer(self.desk(mode), caller, name, arguments)

    def press(self, data: str, caller: Caller = PERSON) -> Message | None:
        """Press a button."""
        return answer_button(self.desk(), caller, data)

    async def work(self, line: str, caller: Caller = PERSON, shown: list[Message] | None = None) -> Message:
        """Type a command that may take its time; `shown` gets what is shown until then."""
        name, _, arguments = line.partition(" ")
        return await finished(begin(self.desk(), caller, name, arguments), shown)

    async def press_work(
        self, data: str, caller: Caller = PERSON, shown: list[Message] | None = None
    ) -> Message:
        """Press a button whose answer may take its time."""
        told = press(self.desk(), caller, data)
        assert told is not None, f"no button carries {data}"
        return await finished(told, shown)

    def selectors(self, where: Destination = CHAT) -> list[str]:
        """What is subscribed."""
        return [each.selector for each in self.store.subscriptions(where)]

    def card(self, number: int, rule_id: str = "border", *owed: Destination) -> None:
        """A story at the border on a card of its own."""
        title = f"Story {number} at the border"
        kept = Kept(story(title, url=f"https://e.example/{number}"), (hit(rule_id),), number, "new")
        owing = tuple(Owed(number, where, Kind.ALERT, Level.ALERT) for where in owed)
        self.store.save(Outcome(state(), NOW, (kept,), (Card(number, Level.ALERT, NOW),), owing))

    def stories(self, *titles: str) -> None:
        """Stories that hit nothing."""
        self.store.save(Outcome(state(), NOW, tuple(Kept(story(title)) for title in titles)))

    def hold_back(self, where: Destination, reason: str = "blocked") -> None:
        """A send that was refused for the whole chat."""
        self.store.subscribe(subscription(where))
        self.card(1, "border", where)
        (claimed,) = self.store.claim(NOW, 60, 1)
        refused = Refused(reason, suspend=True)
        self.store.settle(claimed.delivery.id, claimed.delivery.attempt, refused, NOW)


async def finished(told: Message | Work, shown: list[Message] | None = None) -> Message:
    """The answer at the end of a work."""

    async def show(message: Message) -> None:
        if shown is not None:
            shown.append(message)

    return told if isinstance(told, Message) else await told.finish(inline, show)


def data(message: Message | None) -> list[str]:
    """What the buttons of an answer send."""
    assert message is not None
    return [b.data for row in message.buttons for b in row if b.data is not None]


def code(message: Message) -> list[str]:
    """What stands there to be copied."""
    return [message.text[m.start : m.end] for m in message.marks if m.style is Style.CODE]
