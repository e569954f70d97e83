"""Random updates against a closed bot: it must stand them all, and do what its owner says alone."""

from __future__ import annotations

import logging
import pickle
import re
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from db.memory import MemoryStore
from monitor.chat.table import PRESSES, TABLE
from monitor.core.access import Mode
from monitor.core.model import Card, Destination, Kept, Level, Outcome
from monitor.core.quota import Rate
from tests.botapi.inventing import Inventor
from tests.botapi.people import Member, administrator
from tests.botapi.server import BotApi
from tests.build import FEED, NOW, hit, state, story, subscription
from tests.chat.telegram_world import ANN, BOB, NEWS, TEAM, chatting, until

if TYPE_CHECKING:
    from collections.abc import Sequence

STRANGER = 9
FIRST = 200_000_000
UNREADABLE = ("an update cannot be read", "Error while parsing updates")
"""How we, and the library, log that it cannot make anything of an update: it is passed over, as it should be."""

SERVICE = frozenset({"migrate_to_chat_id", "migrate_from_chat_id"})
"""In a message: Telegram itself says that a group moved."""


@dataclass
class Report:
    """What became of them."""

    sent: int = 0
    unreadable: int = 0
    answers: int = 0
    by_owner: int = 0  # updates of the owner that changed something
    errors: list[str] = field(default_factory=list)  # what was not foreseen, as it was logged
    unauthorised: list[str] = field(default_factory=list)  # updates of others that changed something


class Ears(logging.Handler):
    """Hears what the program calls an error."""

    def __init__(self, report: Report) -> None:
        super().__init__(logging.ERROR)
        self._report = report

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage()
        if said.startswith(UNREADABLE):
            self._report.unreadable += record.name.startswith("monitor")
        else:
            cause = record.exc_info[1] if record.exc_info else ""
            self._report.errors.append(f"{said}: {cause!r}")


def texts() -> Sequence[str]:
    """What people and programs write: commands as they should be, not quite, and nonsense."""
    examples = [each.example for each in TABLE]
    mangled = [f"{each}@TocsinBot" for each in examples] + [each.upper() for each in examples]
    wild = [
        "",
        "/",
        "//",
        "/start " + "x" * 32,
        "/subscribe all @newschannel",
        "/grant 9 owner",
        "/watch \ud83d",
        "\0",
    ]
    presses = [f"{kind}:{rest}" for kind in PRESSES for rest in ("", "1", "all", "telegram:9", "9" * 30)]
    return (*examples * 8, *mangled, *wild, *presses, "hello")


async def bombard(count: int, seed: int) -> Report:
    """Send so many updates, one by one, to a bot that only Ann owns."""
    report = Report()
    ears = Ears(report)
    logging.getLogger().addHandler(ears)
    try:
        async with BotApi() as api:
            await _bombarded(api, count, seed, report)
    finally:
        logging.getLogger().removeHandler(ears)
    return report


async def _bombarded(api: BotApi, count: int, seed: int, report: Report) -> None:
    api.private(ANN, "Ann")
    api.private(BOB, "Bob")
    api.group(TEAM, "Team", {api.people[ANN]: administrator(), api.people[BOB]: Member()}, forum=True)
    api.channel(NEWS, "News", {api.people[ANN]: administrator()}, username="newschannel")
    store = furnished()
    inventor = Inventor(
        Random(seed),  # noqa: S311 - no secret
        people=(ANN, BOB, STRANGER, STRANGER),
        chats=(ANN, BOB, STRANGER, TEAM, NEWS),
        texts=texts(),
    )
    async with chatting(api, store, access=Mode.CLOSED, owners=(ANN,), rate=Rate(10**6, 1e-6)):
        before = kept(store)
        for number in range(FIRST, FIRST + count):
            update = inventor.update(number)
            api.updates.repeat(update)
            await until(lambda: not api.updates.waiting)
            report.sent += 1
            after = kept(store)
            if after != before and not allowed(update):
                report.unauthorised.append(re.sub(r"\s+", " ", str(update))[:500])
            report.by_owner += after != before
            before = after
    report.answers = sum(each.method.startswith("send") for each in api.requests)


def furnished() -> MemoryStore:
    """A store with something to change in it."""
    store = MemoryStore()
    store.sync_feeds([FEED], NOW)
    on_card = Kept(story("A border story", url="https://e.example/1"), (hit("exams"),), 1, "new")
    store.save(Outcome(state(), NOW, (on_card,), (Card(1, Level.ALERT, NOW),)))
    for chat in (ANN, BOB, TEAM, NEWS):
        where = Destination("telegram", str(chat))
        store.subscribe(subscription(where))
        store.add_watch(where, "exam", "telegram:7", NOW)
    return store


def kept(store: MemoryStore) -> bytes:
    """All that people may change, as it is stored; what buttons mean is no such thing."""
    return pickle.dumps({name: value for name, value in vars(store).items() if name not in BUTTONS})


BUTTONS = frozenset({"_buttons", "_secret"})


def allowed(update: dict[str, Any]) -> bool:
    """Whether an update may change something: the owner wrote it as herself, or Telegram itself tells something."""
    (kind,) = (name for name in update if name != "update_id")
    body = update[kind]
    if kind == "my_chat_member" or (kind == "message" and SERVICE & body.keys()):
        return True
    anonymous = "sender_chat" in body
    return bool(body.get("from", {}).get("id") == ANN and not anonymous)
