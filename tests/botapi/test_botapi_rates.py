"""The test server's rates: what it grants, what it refuses, and how penalties grow."""

from __future__ import annotations

import httpx
import pytest

from tests.botapi import BotApi
from tests.botapi.errors import ApiError
from tests.botapi.rates import FORGIVEN, LONGEST_PENALTY, Rates


class Watch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def wait_of(rates: Rates, chat: int, method: str = "sendMessage") -> int:
    """Seconds that a message is refused for; 0 if it is granted."""
    try:
        rates.count(method, chat)
    except ApiError as error:
        if error.code != 429:
            raise
        return (error.parameters or {"retry_after": -1})["retry_after"]
    return 0


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def rates(watch: Watch) -> Rates:
    made = Rates(watch)
    made.enforce()
    return made


def test_nothing_is_refused_until_it_is_asked_for() -> None:
    assert [wait_of(Rates(), 7) for _ in range(100)] == [0] * 100


def test_a_chat_takes_one_message_a_second_and_edits_count(rates: Rates, watch: Watch) -> None:
    assert wait_of(rates, 7) == 0
    watch.now += 0.99
    assert wait_of(rates, 7, "editMessageText") == 3
    assert wait_of(rates, 7, "getMe") == 0
    assert wait_of(rates, 8) == 0
    assert [chat for _, chat in rates.refusals] == [7]


def test_a_group_takes_twenty_a_minute(rates: Rates, watch: Watch) -> None:
    for _ in range(20):
        assert wait_of(rates, -7) == 0
        watch.now += 2.9
    assert wait_of(rates, -7) == 3
    watch.now += 3
    assert wait_of(rates, -7) == 0


def test_all_chats_take_thirty_a_second(rates: Rates, watch: Watch) -> None:
    assert [wait_of(rates, chat) for chat in range(1, 32)] == [0] * 30 + [3]
    watch.now += 3
    assert wait_of(rates, 99) == 0


def test_penalties_grow_while_they_are_not_heeded_and_are_forgiven_in_time(
    rates: Rates, watch: Watch
) -> None:
    wait_of(rates, 7)
    assert [wait_of(rates, 7) for _ in range(4)] == [3, 6, 12, 24]
    watch.now += 24 + FORGIVEN
    assert [wait_of(rates, 7), wait_of(rates, 7)] == [0, 3]
    assert max(wait_of(rates, 7) for _ in range(20)) == LONGEST_PENALTY


def test_a_hold_of_one_chat_or_of_all(rates: Rates, watch: Watch) -> None:
    rates.hold(7, 60)
    assert (wait_of(rates, 7), wait_of(rates, 8)) == (60, 0)
    rates.hold(None, 5)
    watch.now += 1
    assert (wait_of(rates, 7), wait_of(rates, 8)) == (59, 4)
    watch.now += 59
    assert (wait_of(rates, 7), wait_of(rates, 8)) == (0, 0)


def test_a_refusal_without_parameters(rates: Rates) -> None:
    rates.enforce(parameters=False)
    assert [wait_of(rates, 7), wait_of(rates, 7)] == [0, -1]


async def test_over_the_wire_the_second_message_is_refused_as_telegram_does() -> None:
    async with BotApi() as api, httpx.AsyncClient(base_url=f"{api.url}/bot{api.token}/") as line:
        chat = api.private(7, "Ann")
        api.rates.enforce()
        answers = [await line.post("sendMessage", json={"chat_id": 7, "text": "news"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 429]
        assert answers[1].json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }
        assert len(chat.messages) == 1
