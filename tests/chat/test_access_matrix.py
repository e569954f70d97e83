"""Every command and button x role x kind of chat x mode: who may, who may not, and that a refusal changes nothing.

What is expected is derived from the tables below, not from the program. A command or button that has no row in
them fails the test, and so does a row without a command.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from enum import Enum
from itertools import product

import pytest

from monitor.chat import wording
from monitor.chat.commands import begin, press
from monitor.chat.message import Message
from monitor.chat.table import COMMANDS, PRESSES
from monitor.chat.tongue import ENGLISH, speaking
from monitor.chat.work import Work
from monitor.core.access import Mode, Place, Refusal, Rights, Role
from monitor.core.model import Card, Destination, Grant, Invite, Kept, Level, Outcome
from monitor.desk import Desk
from monitor.desk.answers import Caller, Forbidden, Target
from monitor.desk.roles import Person
from monitor.ports import Store
from tests.build import CHAT, GROUP, NOW, hit, minutes, state, story, subscription
from tests.errands import FakeErrands
from tests.frontdesk import World, finished


class Does(Enum):
    """What a command or button wants."""

    READS = "reads"
    CHANGES = "changes what comes to a chat"
    LEAVES = "ends what comes to a chat"
    EDITS = "changes rules or feeds"
    RUNS = "runs the bot"
    GRANTS = "lets people in"
    REPEATS = "shows what is repeated; with another chat written, repeats alerts there"
    LETS_A_GROUP_IN = "lets the group in where it is said"


COMMAND_ROWS: dict[str, tuple[tuple[Does, str], ...]] = {
    "start": ((Does.READS, ""),),
    "help": ((Does.READS, ""), (Does.READS, "search")),
    "subscribe": ((Does.CHANGES, "border"),),
    "unsubscribe": ((Does.LEAVES, "all"),),
    "subs": ((Does.READS, ""),),
    "mute": ((Does.CHANGES, "border for 2h"), (Does.READS, "")),
    "unmute": ((Does.LEAVES, "all"), (Does.READS, "")),
    "quiet": ((Does.CHANGES, "22:00-07:00"), (Does.CHANGES, "off"), (Does.READS, "")),
    "digest": ((Does.CHANGES, "daily 08:00"), (Does.READS, "")),
    "settings": ((Does.READS, ""), (Does.CHANGES, "preview on")),
    "latest": ((Does.READS, ""), (Does.READS, "3 border")),
    "search": ((Does.READS, "border"),),
    "story": ((Does.READS, "1"),),
    "stats": ((Does.READS, ""),),
    "export": ((Does.READS, "csv border"), (Does.RUNS, "csv all")),
    "why": ((Does.READS, "1"),),
    "ack": ((Does.READS, "1"),),
    "vote": ((Does.READS, "1 yes"),),
    "escalate": ((Does.REPEATS, ""),),
    "topics": ((Does.READS, ""), (Does.CHANGES, "general")),
    "rules": ((Does.READS, ""),),
    "rule": ((Does.READS, "border"),),
    "test": ((Does.READS, "border: a story at the border"),),
    "backtest": ((Does.EDITS, "border"),),
    "addrule": ((Does.EDITS, "exam exam paper"),),
    "editrule": ((Does.EDITS, "border frontier"),),
    "apply": ((Does.EDITS, "1"),),
    "rollback": ((Does.EDITS, ""),),
    "feeds": ((Does.READS, ""),),
    "feed": ((Does.EDITS, "Example"),),
    "addfeed": ((Does.EDITS, "https://news.example/other.xml"),),
    "watch": ((Does.CHANGES, "exam"), (Does.READS, "")),
    "unwatch": ((Does.LEAVES, "1"),),
    "status": ((Does.READS, ""),),
    "reload": ((Does.RUNS, ""),),
    "backup": ((Does.RUNS, ""),),
    "invite": ((Does.GRANTS, ""), (Does.GRANTS, "editor for 1d")),
    "grant": ((Does.GRANTS, ""), (Does.GRANTS, "99 reader"), (Does.LETS_A_GROUP_IN, "here")),
    "revoke": ((Does.GRANTS, "98"), (Does.LETS_A_GROUP_IN, "here")),
    "audit": ((Does.GRANTS, ""),),
}
"""What each command wants, with arguments that are good."""

PRESS_ROWS: dict[str, tuple[Does, str]] = {
    "why": (Does.READS, "1"),
    "story": (Does.READS, "1"),
    "export": (Does.READS, "csv::border"),
    "stats": (Does.READS, ""),
    "latest": (Does.READS, "5:2:"),
    "find": (Does.READS, "0::border"),
    "sub": (Does.CHANGES, "border"),
    "unsub": (Does.LEAVES, "all"),
    "mute": (Does.CHANGES, "border for 2h"),
    "muting": (Does.CHANGES, "1"),
    "hush": (Does.CHANGES, "1:rule:1h"),
    "ack": (Does.READS, "1"),
    "escalate": (Does.READS, ""),
    "vote": (Does.READS, "1 yes"),
    "more": (Does.READS, "source:Example"),
    "unmute": (Does.LEAVES, "all"),
    "quiet": (Does.CHANGES, "off"),
    "digest": (Does.CHANGES, "off"),
    "gathered": (Does.READS, "1"),
    "set": (Does.CHANGES, "preview on"),
    "rules": (Does.READS, "1"),
    "rule": (Does.READS, "border"),
    "backtest": (Does.EDITS, "border"),
    "addrule": (Does.EDITS, "exam"),
    "editrule": (Does.EDITS, "border frontier"),
    "apply": (Does.EDITS, "1"),
    "draft": (Does.EDITS, "1"),
    "undraft": (Does.EDITS, "1"),
    "rollback": (Does.EDITS, "x"),
    "versions": (Does.EDITS, ""),
    "feed": (Does.EDITS, "Example"),
    "addfeed": (Does.EDITS, "https://news.example/other.xml"),
    "feeds": (Does.READS, "1"),
    "watch": (Does.CHANGES, "exam"),
    "watches": (Does.READS, "1"),
    "unwatch": (Does.LEAVES, "1"),
    "revoke": (Does.GRANTS, "telegram:98"),
    "audit": (Does.GRANTS, "5"),
}
"""What each button wants, with what stands behind its colon."""

DRAWN = frozenset({"stats"})
"""Answered with a picture, which takes a second to draw: that it is begun is proof enough."""

LEAST = {
    Does.EDITS: (Role.EDITOR, Refusal.NOT_EDITOR),
    Does.RUNS: (Role.ADMIN, Refusal.NOT_RUNNER),
    Does.GRANTS: (Role.ADMIN, Refusal.NOT_RUNNER),
}
"""The least role of what is about the bot itself, and what those below it are told."""

RANKS = (None, Role.READER, Role.EDITOR, Role.ADMIN, Role.OWNER)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of chat, and who speaks in it."""

    rights: Rights
    here: Destination
    target: Target | None = None

    @property
    def group(self) -> bool:
        return self.rights.place is Place.GROUP


NEWS = Destination("telegram", "-1009")
KINDS = {
    "private": Kind(Rights(Place.PRIVATE, chat_admin=True), CHAT),
    "group member": Kind(Rights(Place.GROUP), GROUP),
    "group admin": Kind(Rights(Place.GROUP, chat_admin=True), GROUP),
    "anonymous admin": Kind(Rights(Place.GROUP, chat_admin=True, anonymous=True), GROUP),
    "own channel": Kind(
        Rights(Place.PRIVATE, chat_admin=True), CHAT, Target(NEWS, "News", admin=True, may_post=True)
    ),
    "mute channel": Kind(
        Rights(Place.PRIVATE, chat_admin=True), CHAT, Target(NEWS, "News", admin=True, may_post=False)
    ),
    "channel of others": Kind(
        Rights(Place.PRIVATE, chat_admin=True), CHAT, Target(NEWS, "News", admin=False, may_post=True)
    ),
    "channel from a group": Kind(
        Rights(Place.GROUP, chat_admin=True), GROUP, Target(NEWS, "News", admin=True, may_post=True)
    ),
    "terminal": Kind(Rights(Place.TERMINAL, owner=True, chat_admin=True), Destination("terminal")),
}
HERE = [name for name, kind in KINDS.items() if kind.target is None]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix."""

    kind: str
    role: Role | None
    mode: Mode

    def __str__(self) -> str:
        return f"{self.mode} bot, {self.role or 'no role'}, {self.kind}"

    def expected(self, does: Does) -> Refusal | None:
        """What the tables say of it."""
        kind = KINDS[self.kind]
        role = self.role
        if kind.rights.place is Place.TERMINAL:
            role = Role.OWNER
        elif kind.rights.anonymous:
            role = None  # nobody can see who it is
        if role is None and self.mode is not Mode.OPEN:
            return Refusal.ANONYMOUS if kind.rights.anonymous else Refusal.STRANGER
        role = role or Role.READER
        if does is Does.LETS_A_GROUP_IN:
            return self._lets_in(role, kind)
        if does in LEAST:
            return self._about_the_bot(does, role)
        if does is Does.REPEATS:
            does = Does.READS if kind.target is None else Does.CHANGES
        if kind.target is not None:
            return self._elsewhere(does, kind)
        return Refusal.NOT_ADMIN if does is not Does.READS and self.kind == "group member" else None

    def _about_the_bot(self, does: Does, role: Role) -> Refusal | None:
        if KINDS[self.kind].group:
            return Refusal.IN_PRIVATE
        if does is Does.GRANTS and self.mode is Mode.CLOSED and role is not Role.OWNER:
            return Refusal.NOT_OWNER
        least, refusal = LEAST[does]
        return None if RANKS.index(role) >= RANKS.index(least) else refusal

    def _elsewhere(self, does: Does, kind: Kind) -> Refusal | None:
        if kind.group:
            return Refusal.PRIVATE_ONLY
        if self.kind == "channel of others":
            return Refusal.NOT_ADMIN_THERE
        return Refusal.CANNOT_POST if self.kind == "mute channel" and does is Does.CHANGES else None

    def _lets_in(self, role: Role, kind: Kind) -> Refusal | None:
        if self.mode is Mode.CLOSED and role is not Role.OWNER:
            return Refusal.NOT_OWNER
        if RANKS.index(role) < RANKS.index(Role.ADMIN):
            return Refusal.NOT_RUNNER
        return Refusal.NOT_ADMIN if self.kind == "group member" else None


class Scene:
    """A bot with something of everything in it, and one person before it."""

    def __init__(self, cell: Cell) -> None:
        self.kind = KINDS[cell.kind]
        self.world = World(errands=FakeErrands())
        store = self.world.store
        self._fill(store)
        owner = cell.role is Role.OWNER or self.kind.rights.owner
        if cell.role is not None and not owner:
            store.grant(Grant("telegram:42", cell.role, "Ann", "telegram:1", NOW))
        person = "telegram:-1001" if self.kind.rights.anonymous else "telegram:42"
        rights = replace(self.kind.rights, owner=owner and not self.kind.rights.anonymous)
        self.caller = Caller(person, "Ann", rights, self.kind.here, "Here")
        self.desk: Desk = self.world.desk(cell.mode)

    def _fill(self, store: Store) -> None:
        kept = tuple(
            Kept(story(f"Story {n} at the border", url=f"https://e.example/{n}"), (hit("border"),), n, "new")
            for n in (1, 2)
        )
        store.save(Outcome(state(), NOW, kept, tuple(Card(n, Level.INFO, NOW) for n in (1, 2))))
        for where in (CHAT, GROUP, NEWS, Destination("terminal")):
            store.subscribe(subscription(where))
        store.add_watch(self.kind.here, "refuge", "telegram:42", NOW)
        store.grant(Grant("telegram:98", Role.READER, "Cy", "telegram:1", NOW))
        store.keep_invite(Invite("f" * 64, Role.READER, minutes(9), "telegram:1", NOW))

    def state(self) -> bytes:
        """All that is stored, to see whether it changed."""
        return pickle.dumps((self.world.store, self.world.errands.text))

    async def told(self, answer: Message | Work | None, *, drawn: bool) -> Refusal | None:
        """Why not, as it was worded; None if it was answered. What is `drawn` is not waited for."""
        assert answer is not None
        if drawn and isinstance(answer, Work):
            answer.steps.close()
            return None
        message = await finished(answer)
        if message.attachment is not None and not isinstance(message.attachment.content, bytes):
            message.attachment.content.close()
        with speaking(ENGLISH):
            worded = {
                wording.forbidden(Forbidden(reason, target), self.caller).text: reason
                for reason, target in product(Refusal, {None, self.kind.target})
            }
        return worded.get(message.text)


CELLS = [
    Cell(kind, role, mode)
    for kind, role, mode in product(KINDS, RANKS, Mode)
    if kind != "terminal" or role is Role.OWNER  # whoever sits there owns the process
]


@pytest.mark.parametrize("name", COMMANDS)
async def test_every_command_in_every_cell(name: str) -> None:
    assert name in COMMAND_ROWS, f"say in COMMAND_ROWS what /{name} wants"
    wrong = []
    for (does, arguments), cell in product(COMMAND_ROWS[name], CELLS):
        scene = Scene(cell)
        target = scene.kind.target
        if target is not None and not COMMANDS[name].targets:
            continue  # it takes no other chat
        line = f"{arguments} -1009".strip() if target is not None else arguments
        before = scene.state()
        person = Person("telegram:99", "Di")
        answer = begin(scene.desk, scene.caller, name, line, target, person=person, bot="TocsinBot")
        told = await scene.told(answer, drawn=name in DRAWN)
        expected = cell.expected(does)
        if told is not expected:
            wrong.append(f"/{name} {arguments}, {cell}: expected {expected}, got {told}")
        elif expected is not None and scene.state() != before:
            wrong.append(f"/{name} {arguments}, {cell}: refused, and yet something changed")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("kind", PRESSES)
async def test_every_button_in_every_cell(kind: str) -> None:
    assert kind in PRESS_ROWS, f"say in PRESS_ROWS what the button {kind} wants"
    does, rest = PRESS_ROWS[kind]
    wrong = []
    for cell in CELLS:
        if cell.kind not in HERE:
            continue
        scene = Scene(cell)
        before = scene.state()
        told = await scene.told(press(scene.desk, scene.caller, f"{kind}:{rest}"), drawn=kind in DRAWN)
        expected = cell.expected(does)
        if told is not expected:
            wrong.append(f"{cell}: expected {expected}, got {told}")
        elif expected is not None and scene.state() != before:
            wrong.append(f"{cell}: refused, and yet something changed")
    assert not wrong, "\n".join(wrong)


def test_no_row_is_left_over() -> None:
    assert set(COMMAND_ROWS) == set(COMMANDS)
    assert set(PRESS_ROWS) == set(PRESSES)


def test_what_the_menus_promise_is_what_the_matrix_allows() -> None:
    for name, command in COMMANDS.items():
        does = {does for does, _ in COMMAND_ROWS[name]}
        about_the_bot = does & set(LEAST)
        wanted = {"edit": Does.EDITS, "run": Does.RUNS, "grant": Does.GRANTS}.get(command.needs.value)
        assert about_the_bot == {wanted} or (wanted is None and (not about_the_bot or Does.READS in does)), (
            name
        )
