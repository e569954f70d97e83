"""A group becomes a supergroup: what it is owed comes to its new id, whoever tells of the move first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.chat.messenger import TelegramMessenger
from monitor.core.model import Destination, Kind, Refused, Sent
from tests.botapi.people import KICKED, OWNER, Member
from tests.build import NOW
from tests.chat.one_delivery import ALERT, post
from tests.chat.telegram_world import ANN, TEAM, ask, chatting, until
from tests.contract.outcomes import LEASE, grown, opened, outcome, owed, send

if TYPE_CHECKING:
    from telegram import Bot

    from db.memory import MemoryStore
    from tests.botapi.chats import Chat
    from tests.botapi.server import BotApi

OLD, NEW = Destination("telegram", "-5"), Destination("telegram", "-1005")


def group(api: BotApi) -> Chat:
    return api.group(-5, "Team", {api.people[ANN]: OWNER}, kind="group")


async def test_a_send_that_is_answered_with_a_move_takes_all_along(
    api: BotApi, store: MemoryStore, line: Bot
) -> None:
    old = group(api)
    async with chatting(api, store) as chat:
        await ask(api, "/subscribe all", where=-5)
        store.save(opened(1, OLD))
        store.save(opened(2, OLD))
        await old.migrates(-1005, api.people[ANN])
        api.updates.waiting.clear()
        one = TelegramMessenger(post(line), words=lambda _: ALERT, migrated=chat.migrated)
        for number in (1, 2):
            (claimed,) = store.claim(NOW, LEASE, 9)
            assert claimed.delivery.card == number
            receipt = await one.deliver(claimed)
            assert isinstance(receipt, Sent)
            assert store.settle(claimed.delivery.id, 1, receipt, NOW)
            assert store.subscriptions(NEW)
            assert not store.subscriptions(OLD)
    assert len(api.chats[-1005].messages) == 2
    assert [entry.delivery.destination for entry in store.outbox(9)] == [NEW, NEW]


async def test_the_new_group_alone_may_tell_of_the_move(api: BotApi, store: MemoryStore) -> None:
    old = group(api)
    store.save(opened(1, OLD))
    await old.migrates(-1005, api.people[ANN])
    api.updates.waiting = [each for each in api.updates.waiting if "migrate_from_chat_id" in str(each)]
    assert len(api.updates.waiting) == 1
    async with chatting(api, store):
        await until(lambda: store.outbox(1)[0].delivery.destination == NEW)


async def test_a_message_left_behind_is_not_mistaken_for_one_of_the_new_group(
    api: BotApi, store: MemoryStore, line: Bot
) -> None:
    old = group(api)
    store.save(opened(1, OLD))
    send(store, Sent("1"))
    new = await old.migrates(-1005, api.people[ANN])
    store.move_destination(OLD, NEW)
    store.save(grown(1, "b", to=NEW))
    store.save(outcome(owe=[owed(1, NEW)]))
    (update,) = store.claim(NOW, LEASE, 9)
    assert update.delivery.kind is Kind.UPDATE
    assert await TelegramMessenger(post(line), words=lambda _: ALERT).deliver(update) == Sent()
    assert not new.messages
    assert not api.calls("editMessageText")


async def test_a_chat_that_lets_the_bot_in_again_gets_its_topics_too(
    team: BotApi, store: MemoryStore
) -> None:
    for number, topic in enumerate((None, 7), start=1):
        store.save(opened(number, Destination("telegram", str(TEAM), topic)))
        send(store, Refused("kicked", suspend=True))
    assert len(store.status().suspended) == 2
    async with chatting(team, store):
        await team.chats[TEAM].puts_bot(KICKED, team.people[ANN])
        await team.chats[TEAM].puts_bot(Member(), team.people[ANN])
        await until(lambda: not store.status().suspended)
