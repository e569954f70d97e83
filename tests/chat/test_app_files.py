"""Files through Telegram: an export as a document, figures as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.core.model import Card, Kept, Level, Outcome
from tests.build import NOW, hit, state, story
from tests.chat.telegram_world import ANN, chatting

if TYPE_CHECKING:
    from db.memory import MemoryStore
    from tests.botapi.server import BotApi


def told(store: MemoryStore) -> None:
    kept = Kept(story("Defector enters consulate"), (hit("defection"),), 1, "new")
    store.save(Outcome(state(), NOW, (kept,), (Card(1, Level.ALERT, NOW),)))


async def test_an_export_comes_as_a_document(api: BotApi, store: MemoryStore) -> None:
    told(store)
    async with chatting(api, store):
        await api.chats[ANN].says(api.people[ANN], "/export csv defector")
        sent = await api.chats[ANN].next_message()

    assert sent.text.startswith("1 story for “defector”")
    assert len(api.calls("sendDocument")) == 1


async def test_figures_come_as_a_picture_with_the_words_below(api: BotApi, store: MemoryStore) -> None:
    told(store)
    async with chatting(api, store):
        await api.chats[ANN].says(api.people[ANN], "/stats")
        sent = await api.chats[ANN].next_message(timeout=30)

    assert sent.text.startswith("All rules, last 7 days\n1 hit on 1 card")
    assert len(api.calls("sendPhoto")) == 1
