"""The stage on which the whole bot plays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.botapi import BotApi
from tests.flow.process import Stage
from tests.flow.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """A feed server and a Telegram on loopback, an empty folder; the bots' logs are shown if the test fails."""
    async with Site() as site, BotApi() as api:
        stage = Stage(tmp_path, site, api)
        yield stage
        for bot in stage.bots:
            bot.clean_up()
            sys.stdout.write(f"--- {bot.log_file.name}\n{bot.log}")
