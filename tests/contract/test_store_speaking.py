"""The language of a chat in every store."""

from __future__ import annotations

from dataclasses import replace

from monitor.ports import Store
from tests.build import CHAT, GROUP

TOPIC = replace(GROUP, topic=7)


def test_a_chat_without_a_choice_has_none(store: Store) -> None:
    assert store.language(CHAT) is None


def test_what_was_chosen_last_counts_until_it_is_taken_back(store: Store) -> None:
    store.set_language(CHAT, "ko")
    store.set_language(CHAT, "ru")
    assert store.language(CHAT) == "ru"
    assert store.language(GROUP) is None
    store.set_language(CHAT, None)
    assert store.language(CHAT) is None


def test_a_topic_speaks_as_its_chat_unless_it_chose_for_itself(store: Store) -> None:
    store.set_language(GROUP, "ko")
    assert store.language(TOPIC) == "ko"
    store.set_language(TOPIC, "en")
    assert (store.language(TOPIC), store.language(GROUP)) == ("en", "ko")


def test_a_chat_that_moves_takes_its_language_along(store: Store) -> None:
    store.set_language(GROUP, "ko")
    new = replace(GROUP, address="-100999")
    store.move_destination(GROUP, new)
    assert store.language(new) == "ko"
