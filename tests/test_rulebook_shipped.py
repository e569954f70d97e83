"""The shipped rules.yaml, and the published schema of such files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from monitor.core.language import entities_used
from monitor.core.model import FeedUrl, Level, RuleId, Story, StoryKey
from monitor.rulebook import Library, schema

ROOT = Path(__file__).parent.parent
GOOD = sorted((ROOT / "tests/data/rules/good").glob("*.yaml"))
BAD = sorted((ROOT / "tests/data/rules/bad").glob("*.yaml"))

SMALL = """\
feeds:
  - {url: "https://example.org/rss.xml", lang: en}
rules:
  - id: rain
    match: rain
"""


def _rules_hit(library: Library, title: str) -> list[str]:
    story = Story(feed=FeedUrl("x"), key=StoryKey("x"), title=title)
    return [hit.rule for hit in library.matcher.hits(story)]


@pytest.fixture(scope="module", name="shipped")
def fixture_shipped() -> Library:
    return Library(ROOT / "rules.yaml")


class TestShippedRules:
    def test_the_watch_has_feeds_in_three_languages(self, shipped: Library) -> None:
        languages = [feed.lang for feed in shipped.book.feeds]
        assert {language: languages.count(language) >= 10 for language in ("en", "ko", "ru")} == {
            "en": True,
            "ko": True,
            "ru": True,
        }
        assert all(feed.name and feed.tier for feed in shipped.book.feeds)
        assert len({feed.name for feed in shipped.book.feeds}) == len(shipped.book.feeds)

    def test_every_rule_has_examples_for_and_against_in_three_languages(self, shipped: Library) -> None:
        scripts = ("[a-z]{3}", "[가-힣]{2}", "[а-я]{3}")
        for rule in shipped.book.rules:
            for texts in (rule.examples.match, rule.examples.no_match):
                for script in scripts:
                    assert any(re.search(script, text) for text in texts), (rule.id, script)

    def test_every_entity_is_used(self, shipped: Library) -> None:
        queries = [query for rule in shipped.book.rules for query in (rule.match, rule.unless) if query]
        assert set(shipped.book.entities) == {name for query in queries for name in entities_used(query)}

    @pytest.mark.parametrize(
        "title",
        [
            pytest.param(
                "North Korean worker enters U.S. consulate in Vladivostok, asks for asylum", id="en"
            ),
            pytest.param("N. Korean walks into US Consulate General in Vladibostok", id="en-other-spelling"),
            pytest.param("북한 노동자, 블라디보스토크 美총영사관 진입해 망명 요청", id="ko"),
            pytest.param("北노동자 1명 블라디보스토크 미국 총영사관에 진입", id="ko-han"),
            pytest.param(
                "Северокорейский рабочий попросил убежища в генконсульстве США во Владивостоке", id="ru"
            ),
            pytest.param("Гражданин КНДР проник в консульство США во Владивостоке", id="ru-other-words"),
        ],
    )
    def test_the_model_event_is_a_flash(self, shipped: Library, title: str) -> None:
        story = Story(feed=FeedUrl("x"), key=StoryKey("x"), title=title)
        hits = {hit.rule: hit.level for hit in shipped.matcher.hits(story)}
        assert hits[RuleId("defection-at-mission")] is Level.FLASH

    def test_they_point_editors_to_the_schema(self) -> None:
        first = (ROOT / "rules.yaml").read_text(encoding="utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert found
        assert (ROOT / found[1]).is_file()


class TestSchema:
    def test_the_published_one_is_fresh(self) -> None:
        published = (ROOT / "docs/rules.schema.json").read_text(encoding="utf-8")
        assert json.loads(published) == schema()
        assert published == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"

    def test_it_knows_every_key_and_says_what_it_is_for(self) -> None:
        published: dict[str, Any] = schema()
        assert set(published["properties"]) == {"feeds", "entities", "rules", "destinations"}
        entry = published["$defs"]["RuleEntry"]
        assert entry["required"] == ["id", "match"]
        assert entry["additionalProperties"] is False
        assert entry["properties"]["level"]["enum"] == ["info", "alert", "flash"]
        assert "KP" in published["$defs"]["Country"]["enum"]
        for part in (published, *published["$defs"].values()):
            assert all(each.get("description") for each in part.get("properties", {}).values())
