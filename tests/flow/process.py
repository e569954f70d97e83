"""The whole bot as people run it: `python bot.py run` in a process of its own, and the little world around it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from db import open_reader, open_store
from monitor.core.model import Destination, Subscription
from monitor.settings.table import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from monitor.core.model import StoreStatus
    from tests.botapi import BotApi, Chat, Message
    from tests.flow.site import Site

ROOT = Path(__file__).parents[2]

PATIENCE = 30.0
"""Seconds until a test gives up waiting; a busy machine is slow, not wrong."""

LONGEST_FAREWELL = 10.0
"""Seconds that the bot may take to end: those that Docker gives it."""


RULES = """\
entities:
  north_korean: {en: ["North Korean"], ko: [북한], ru: [северокорейский, КНДР]}
  mission: {en: [consulate, embassy], ko: [총영사관], ru: [консульство, генконсульство]}
rules:
  - id: defection
    name: A North Korean at the door of a mission
    level: flash
    match: '@north_korean NEAR/15 @mission'
    examples: {match: North Korean enters U.S. consulate}
  - {id: floods, level: info, match: 'flood*'}
"""


async def until(true: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something is true; fails the test, naming `what`, if it does not become so."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while not true():
        if loop.time() > deadline:
            pytest.fail(f"not within {seconds:g} s: {what}")
        await asyncio.sleep(0.01)


class Bot:
    """One run of the bot. Its log goes to a file, so that no full pipe can hold it up.

    It runs in a folder without a `.env`, in an environment without settings but those given.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str], *, name: str = "run") -> None:
        self.log_file = folder / f"{name}.log"
        kept = {key: value for key, value in os.environ.items() if key not in NAMES}
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "bot.py"), "run"],
                cwd=folder,
                env={**kept, **settings, "PYTHONUTF8": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.pid = self.process.pid

    @property
    def log(self) -> str:
        """All that it said so far, on stdout and stderr."""
        return self.log_file.read_text("utf-8")

    @property
    def running(self) -> bool:
        """Whether it did not end yet."""
        return self.process.poll() is None

    async def says(self, pattern: str, times: int = 1) -> None:
        """Wait until so many lines of its log match a pattern."""
        await until(
            lambda: len(re.findall(pattern, self.log)) >= times or not self.running,
            f"{pattern!r} {times} times in the log:\n{self.log}",
        )
        assert len(re.findall(pattern, self.log)) >= times, (
            f"it ended without saying {pattern!r}:\n{self.log}"
        )

    async def ends(self, seconds: float = PATIENCE) -> int:
        """Wait until it ended by itself; its exit code."""
        await until(lambda: not self.running, f"the end of the bot:\n{self.log}", seconds)
        return self.process.wait()

    async def stop(self) -> int:
        """Tell it to stop, as systemd and Docker do; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ends(LONGEST_FAREWELL)

    async def kill(self) -> None:
        """End it at once, as a power cut would; nothing of it can react."""
        self.process.kill()
        assert await self.ends() == -signal.SIGKILL

    @property
    def haunting(self) -> bool:
        """Whether something that it started still lives."""
        try:
            os.killpg(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def clean_up(self) -> None:
        """Kill what is left of it, workers among it."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


@dataclass
class Stage:
    """A folder with rules and a database, a feed server, a Telegram, and the bots that ran between them."""

    folder: Path
    site: Site
    api: BotApi
    bots: list[Bot] = field(default_factory=list)

    @property
    def rules_file(self) -> Path:
        """The rules that the bots read."""
        return self.folder / "rules.yaml"

    @property
    def database(self) -> Path:
        """The database that the bots keep."""
        return self.folder / "tocsin.db"

    def settings(self, **others: str) -> dict[str, str]:
        """The settings of a bot on this stage."""
        return {
            "TELEGRAM_BOT_TOKEN": self.api.token,
            "TELEGRAM_API_URL": self.api.url,
            "OWNERS": "7,8",
            "DATABASE": str(self.database),
            "RULES": str(self.rules_file),
            "ALLOW_HOSTS": "127.0.0.0/8,localhost",
            "POLL_FLOOR": "1",
            "HOST_GAP": "0",
            **others,
        }

    def write_rules(self, *feeds: str, elsewhere: Sequence[str] = (), rules: str = RULES) -> None:
        """Write rules.yaml: feeds by their paths, some of them with another publisher, and the rules."""
        urls = {path: self.site.url(path) for path in feeds}
        urls |= {path: self.site.url(path, "localhost") for path in elsewhere}
        lines = [
            f'  - {{url: "{url}", name: {path.partition(".")[0]}, lang: en, every: 1s}}\n'
            for path, url in urls.items()
        ]
        self.rules_file.write_text("feeds:\n" + "".join(lines) + rules, "utf-8")

    def run(self, **settings: str) -> Bot:
        """Start a bot; it is killed at the end of the test, if it still runs then."""
        bot = Bot(self.folder, self.settings(**settings), name=f"run-{len(self.bots) + 1}")
        self.bots.append(bot)
        return bot

    async def polled(self, path: str) -> None:
        """Wait until a feed was asked once more: the sign that polling goes on, when nothing shall happen."""
        seen = self.site.asked[path]
        await until(lambda: self.site.asked[path] > seen, f"one more poll of {path}")

    def subscribe(self, *chats: Chat) -> None:
        """Make all alerts go to these chats; before a bot runs."""
        with closing(open_store(str(self.database), now=datetime.now(UTC))) as store:
            for chat in chats:
                here = Destination("telegram", str(chat.id))
                store.subscribe(Subscription(here, "all", datetime.now(UTC), "telegram:7", chat.title))

    def status(self) -> StoreStatus:
        """The database in figures."""
        with closing(open_reader(str(self.database))) as store:
            return store.status()


async def tells(chat: Chat) -> Message:
    """The next message of the bot in a chat."""
    return await chat.next_message(PATIENCE)


async def asks(chat: Chat, words: str) -> str:
    """What the bot answers to the person of a private chat."""
    await chat.says(chat.user, words)
    return (await tells(chat)).text
