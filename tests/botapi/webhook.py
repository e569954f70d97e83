"""Webhook mode: updates are posted to the bot, one at a time and in order, until it says 2xx."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from tests.botapi.updates import Updates

AGAIN = 0.02
"""Seconds between two tries; Telegram waits longer, a test need not."""
PATIENCE = 10.0
SECRET = "X-Telegram-Bot-Api-Secret-Token"


async def pump(updates: Updates) -> None:
    """Post what waits whenever a webhook is set; runs until cancelled."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as client:
        while True:
            updates.due.clear()
            if not (updates.webhook and updates.waiting):
                await updates.due.wait()
                continue
            update = updates.waiting[0]
            if await _posted(client, updates, update):
                updates.confirm(update["update_id"] + 1)
            else:
                await asyncio.sleep(AGAIN)


async def _posted(client: aiohttp.ClientSession, updates: Updates, update: dict[str, Any]) -> bool:
    """Whether the bot took it."""
    headers = {SECRET: updates.secret} if updates.secret else {}
    url = updates.webhook
    for public, near in updates.ways.items():
        url = near + url.removeprefix(public) if url.startswith(public) else url
    try:
        async with client.post(url, json=update, headers=headers, allow_redirects=False) as answer:
            if 200 <= answer.status < 300:
                return True
            why = f"Wrong response from the webhook: {answer.status} {answer.reason}"
    except (aiohttp.ClientError, TimeoutError) as error:
        why = f"Connection failed: {type(error).__name__}"
    updates.failure = (int(time.time()), why)
    return False
