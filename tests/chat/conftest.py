"""A Bot API server where Ann has a private chat, a group and a channel of hers, and a line to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from db.memory import MemoryStore
from tests.botapi.people import OWNER, Member, administrator
from tests.botapi.server import BotApi
from tests.build import FEED, NOW
from tests.chat.one_delivery import line_to
from tests.chat.telegram_world import ANN, BOB, NEWS, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Bot


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as server:
        server.private(ANN, "Ann")
        yield server
        assert not server.rejected


@pytest.fixture
def store() -> MemoryStore:
    made = MemoryStore()
    made.sync_feeds([FEED], NOW)
    return made


@pytest.fixture
def team(api: BotApi) -> BotApi:
    """A group with Ann as its admin and Bob as a member."""
    api.private(BOB, "Bob")
    people = {api.people[ANN]: administrator(), api.people[BOB]: Member()}
    api.group(TEAM, "Team", people, forum=True)
    return api


@pytest.fixture
def news(team: BotApi) -> BotApi:
    """A channel that Ann owns."""
    people = {team.people[ANN]: OWNER, team.people[BOB]: Member()}
    team.channel(NEWS, "News", people, username="newschannel")
    return team


@pytest.fixture
async def line(api: BotApi) -> AsyncIterator[Bot]:
    async with line_to(api.url, api.token) as made:
        yield made
