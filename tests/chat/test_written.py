"""What editors write behind a command."""

from __future__ import annotations

import pytest

from monitor.chat.editing import KEYS
from monitor.chat.written import proposed_id, split_fields


@pytest.mark.parametrize(
    ("written", "rest", "fields"),
    [
        pytest.param("a b", "a b", {}, id="a query"),
        pytest.param("a b level:flash", "a b", {"level": "flash"}, id="at the end"),
        pytest.param("level:FLASH a b", "a b", {"level": "flash"}, id="at the beginning"),
        pytest.param(
            "a unless:b OR c level:info d", "a d", {"unless": "b OR c", "level": "info"}, id="between"
        ),
        pytest.param(
            'name:"Who asks" match:x y', "", {"name": "Who asks", "match": "x y"}, id="reaching far"
        ),
        pytest.param("name:“Who asks”", "", {"name": "Who asks"}, id="quotes of a phone"),
        pytest.param('tags:"a,b" c', "c", {"tags": "a,b"}, id="a quoted word"),
        pytest.param("unless:-", "", {"unless": ""}, id="a key shall go"),
        pytest.param("unless: tags:none", "", {"unless": "", "tags": ""}, id="an empty key shall go"),
        pytest.param('"level:flash" a', '"level:flash" a', {}, id="inside of quotes"),
        pytest.param("title:a tag:b sublevel:c", "title:a tag:b sublevel:c", {}, id="fields of the query"),
        pytest.param("a\nb\tlevel:info", "a b", {"level": "info"}, id="white space"),
        pytest.param("", "", {}, id="nothing"),
    ],
)
def test_keys_are_told_from_the_query(written: str, rest: str, fields: dict[str, str]) -> None:
    assert split_fields(written, KEYS) == (rest, fields)


@pytest.mark.parametrize(
    ("query", "known", "expected"),
    [
        pytest.param("asylum (embassy OR consulate) refuge", (), "asylum-embassy-consulate", id="words"),
        pytest.param("title:Asylum AND asylum", (), "asylum", id="once each"),
        pytest.param("망명", (), "rule-1", id="no Latin letter"),
        pytest.param("망명", ("rule-1", "rule-2"), "rule-3", id="the next number"),
        pytest.param("asylum", ("asylum", "asylum-2"), "asylum-3", id="taken"),
        pytest.param("a" * 80, (), "a" * 36, id="a long word"),
    ],
)
def test_a_name_is_proposed(query: str, known: tuple[str, ...], expected: str) -> None:
    assert proposed_id(query, known) == expected
