"""Candidates through FTS5: quoted, in portions, and with an index that follows the analysis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.sqlite import SqliteStore
from db.sqlite.search import DEEPEST, expression, refresh
from db.sqlite.searching import PORTION, candidates
from monitor.core.match.plan import AllOf, AnyOf, Everything, Plan, Token
from monitor.core.model import Edit
from tests.build import FEED, NOW, minutes, story
from tests.contract.outcomes import kept, outcome

A, B = Token("a"), Token("b")


@pytest.fixture(name="store")
def fixture_store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store that knows FEED."""
    store = SqliteStore.open(tmp_path / "a.db", NOW)
    store.sync_feeds([FEED], NOW)
    yield store
    store.close()


def titles(store: SqliteStore, plan: Plan, before: int | None = None) -> list[str]:
    return [each.story.title for each in store.candidates(plan, before)]


@pytest.mark.parametrize(
    ("plan", "match"),
    [
        pytest.param(Token("망명"), '"망명"', id="token"),
        pytest.param(Token("def", prefix=True), '"def" *', id="prefix"),
        pytest.param(Token('a" OR "b'), '"a"" OR ""b"', id="quotes are doubled"),
        pytest.param(Token("a\0b"), '"a b"', id="a NUL would end the expression"),
        pytest.param(AllOf((A, B)), '("a" AND "b")', id="all of"),
        pytest.param(AnyOf((A, B)), '("a" OR "b")', id="any of"),
        pytest.param(AllOf((A, AnyOf((A, B)))), '("a" AND ("a" OR "b"))', id="nested"),
        pytest.param(Everything(), None, id="everything"),
        pytest.param(AllOf((A, Everything())), '("a")', id="everything does not restrict"),
        pytest.param(AnyOf((A, Everything())), None, id="everything or something is everything"),
        pytest.param(AllOf((Everything(), Everything())), None, id="everything twice"),
        pytest.param(Token("🔔"), None, id="what the index drops does not restrict"),
        pytest.param(Token(""), None, id="empty"),
    ],
)
def test_a_plan_becomes_an_expression_of_quoted_tokens(plan: Plan, match: str | None) -> None:
    assert expression(plan) == match


def test_a_plan_deeper_than_sqlite_can_read_is_cut_to_something_wider(store: SqliteStore) -> None:
    store.save(outcome(kept("a b"), kept("c")))
    deep: Plan = A
    for level in range(200):
        deep = AllOf((A, deep)) if level % 2 else AllOf((B, AnyOf((A, deep))))
    assert (expression(deep) or "").count("(") <= DEEPEST + 1
    assert titles(store, deep) == ["a b"]


def test_a_plan_of_very_many_words_is_no_trouble(store: SqliteStore) -> None:
    store.save(outcome(kept("a b"), kept("word777")))
    many = AnyOf(tuple(Token(f"word{i}") for i in range(2000)))
    assert titles(store, many) == ["word777"]
    assert titles(store, AllOf((A, *(AnyOf((B, Token(f"word{i}"))) for i in range(500))))) == ["a b"]


def test_the_index_narrows_down(store: SqliteStore) -> None:
    store.save(outcome(kept("북한 총영사관"), kept("대사관 앞"), kept("consulate"), kept("консульство")))
    assert titles(store, Token("사관")) == ["대사관 앞", "북한 총영사관"]
    assert titles(store, Token("consulate")) == ["consulate"]
    assert titles(store, Token("conse")) == []


def test_portions_join_without_a_gap_or_a_repeat(store: SqliteStore) -> None:
    count = 2 * PORTION + 7
    store.save(outcome(*(kept(f"story {i}") for i in range(1, count + 1))))
    for plan in (Token("story"), Everything()):
        assert [each.id for each in store.candidates(plan)] == list(range(count, 0, -1))
        assert [each.id for each in store.candidates(plan, PORTION + 3)] == list(range(PORTION + 2, 0, -1))


def test_nothing_is_read_before_it_is_asked_for_and_no_cursor_stays_open(store: SqliteStore) -> None:
    store.save(outcome(*(kept(f"story {i}") for i in range(PORTION + 1))))
    asked: list[str] = []
    store._link.database._tracer = lambda sql, _: asked.append(sql)
    found = candidates(store._link, Token("story"), None)
    assert asked == []
    next(found)
    assert [sql.split()[0] for sql in asked] == ["begin", "select", "select"]
    assert not store._link.database.conn.in_transaction


def test_a_story_that_is_no_longer_stored_is_no_candidate(store: SqliteStore) -> None:
    store.save(outcome(*(kept(f"story {i}") for i in range(1, 6))))
    with store._link.writing():
        store._link.run("delete from stories where id in (2, 5)")
    assert [each.id for each in store.candidates(Token("story"))] == [4, 3, 1]
    store.save(outcome(kept("story 6")))
    assert [each.id for each in store.candidates(Token("story"))] == [6, 4, 3, 1]


def test_the_index_is_made_anew_when_the_analysis_has_changed(store: SqliteStore, tmp_path: Path) -> None:
    store.save(outcome(*(kept(f"story {i}") for i in range(PORTION + 5))))
    with store._link.writing():
        store._link.run("insert into story_index (story_index) values ('delete-all')")
        store._link.run("insert into story_index (rowid, tokens) values (1, 'stale')")
        assert not refresh(store._link)
        store._link.run("update meta set value = 'of another version' where name = 'index_probe'")
    assert titles(store, Token("story")) == []
    store.close()
    store = SqliteStore.open(tmp_path / "a.db", NOW)
    assert len(titles(store, Token("story"))) == PORTION + 5
    assert titles(store, Token("stale")) == []
    store.close()


def test_an_edited_story_is_found_by_its_new_words_only_and_the_index_stays_whole(tmp_path: Path) -> None:
    store = SqliteStore.open(tmp_path / "a.db", NOW)
    store.sync_feeds([FEED], NOW)
    store.save(outcome(*(kept(f"{word} harbour 총영사관", key=word) for word in ("early", "middle", "late"))))
    store.save(outcome(edits=(Edit(2, story("centre harbour", key="middle")),), at=minutes(1)))
    found = {
        word: [each.id for each in store.candidates(Token(word, prefix=False))]
        for word in ("early", "middle", "centre", "harbour", "영사")
    }
    assert found == {"early": [1], "middle": [], "centre": [2], "harbour": [3, 2, 1], "영사": [3, 1]}
    store._link.run("insert into story_index (story_index) values ('integrity-check')")
    store.close()
