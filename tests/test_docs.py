"""What people read is what the program does: README, CONTRIBUTING, CHANGELOG, the shipped rules, the picture."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import click
import pytest

from bot import VERSION
from monitor.chat.commands import COMMANDS
from monitor.cli.command import main
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import FeedUrl, Story, StoryKey
from monitor.rulebook import load, read, schema
from monitor.settings import TABLE
from tests.frontdesk import OWNER, World
from tests.picture import PICTURE, draw
from tests.readme import README, SCHEMA, published_schema, refreshed

ROOT = Path(__file__).parent.parent
TEXT = README.read_text("utf-8")
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
SHELL = [README, ROOT / "Makefile", ROOT / "rules.yaml", ROOT / "Dockerfile"]


def section(title, text=TEXT):
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def first_cells(title, text=TEXT):
    """What stands in backticks in the first column of a section's tables."""
    rows = [line for line in section(title, text).splitlines() if line.startswith("| `")]
    return [found for row in rows for found in re.findall("`([^`]+)`", row.split(" | ")[0])]


class TestReadme:
    def test_its_generated_parts_are_fresh(self):
        assert refreshed(TEXT) == TEXT, "run `make docs`"

    def test_a_missing_block_is_noticed(self):
        with pytest.raises(ValueError, match="settings"):
            refreshed(TEXT.replace("<!-- settings", "<!-- sets"))

    @pytest.mark.parametrize("name", COMMANDS)
    def test_every_command_is_in_it_and_in_the_help(self, name):
        assert f"| `{COMMANDS[name].usage}".replace("|", "\\|")[1:] in TEXT
        assert f"/{name} " in World().say("help", OWNER).text + " "

    @pytest.mark.parametrize("name", [setting.name for setting in TABLE])
    def test_every_setting_is_in_it(self, name):
        assert name in first_cells("Settings")

    def test_its_rules_load_and_keep_their_examples(self):
        (snippet,) = re.findall("```yaml\n(.*?)```", TEXT, re.DOTALL)
        book = read(snippet, "README.md")
        assert len(snippet.splitlines()) < 20
        assert all(rule.examples.match and rule.examples.no_match for rule in book.rules)

    def test_its_claims_about_forms_hold(self):
        claims = re.findall(r"`([^`]+)` finds \*([^*]+)\*", TEXT)
        assert len(claims) == 3
        for query, text in claims:
            story = Story(FeedUrl("x"), StoryKey("x"), text)
            assert compile_query(parse(query), {}).evidence(story), query

    @pytest.mark.parametrize("query", first_cells("The query language"))
    def test_every_query_of_its_table_can_be_asked(self, query):
        if query == "( )":
            query = "(a OR b) c"
        fields = re.fullmatch(r"(?:\w+: ?)+", query)
        for each in [f"{name}:x" for name in re.findall(r"\w+", query)] if fields else [query]:
            asked = each if not re.match("-|NOT ", each) else f"word {each}"
            assert parse(asked).source == asked

    def test_its_first_screen_has_the_picture_and_the_two_commands(self):
        screen = "\n".join(TEXT.splitlines()[:15])
        assert "(docs/alert.svg)" in screen
        assert "make demo" in screen
        assert "make test" in screen

    def test_the_commands_at_the_keyboard_are_those_of_the_program(self):
        told = section("Commands").split("lists ")[1].split(";")[0]
        assert set(re.findall("`([a-z]+)`", told)) == set(main.commands)


def test_the_page_on_feeds_tells_every_option_that_a_feed_has():
    text = (ROOT / "docs" / "feeds.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    told = {name for row in rows for name in re.findall(r"`(\w+)(?:: [^`]*)?`", row.split(" | ")[0])}
    assert told == set(schema()["$defs"]["FeedEntry"]["properties"])


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_make_targets_that_a_document_names_exist(path):
    targets = set(re.findall(r"(?:`|\$ )make ([a-z]+)", path.read_text("utf-8")))
    assert targets or path.parent.name == "docs"
    assert targets <= set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_the_commands_that_a_document_names_exist(path):
    text = path.read_text("utf-8")
    named = re.findall(r"python[\"', ]+bot\.py((?:[\"', ]+[a-z]+\b)*)", text)
    assert named
    for words in named:
        command: click.Command = main
        for word in re.findall("[a-z]+", words):
            if not isinstance(command, click.Group):
                break  # an argument
            assert word in command.commands, f"{path.name}: bot.py {words}"
            command = command.commands[word]


@pytest.mark.parametrize("path", [README, *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name)
def test_the_chat_commands_that_a_document_names_exist(path):
    named = set(re.findall(r"`/([a-z]{2,})\b(?![/.])", path.read_text("utf-8")))
    assert named <= set(COMMANDS)


def test_every_make_target_says_what_it_is_for():
    text = (ROOT / "Makefile").read_text("utf-8")
    assert re.findall(r"^([a-z]+):(?!.*## )", text, re.MULTILINE) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_linked_files_exist(path):
    for link in re.findall(r"\]\(([^)#\s]+)\)", path.read_text("utf-8")):
        assert link.startswith("https://") or (path.parent / link).exists(), link


def test_the_places_that_contributing_names_exist():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    places = re.findall(r"`([\w./-]+(?:/|\.(?:py|yaml|toml)))`", text)
    assert len(places) > 15
    for place in places:
        assert any((top / place).exists() for top in (ROOT, ROOT / "monitor")), place


def test_the_map_in_contributing_shows_every_part():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for part in (ROOT / "monitor").iterdir():
        if part.name not in ("__init__.py", "__pycache__"):
            assert f"monitor/{part.name}" in text, part.name


def test_the_changelog_tells_of_this_version():
    assert f"\n## {VERSION}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_shipped_rules_are_in_order_and_speak_three_languages():
    book = load(ROOT / "rules.yaml")
    assert {"en", "ko", "ru"} <= {feed.lang for feed in book.feeds}
    assert all(rule.name and rule.examples.match and rule.examples.no_match for rule in book.rules)


def test_the_published_schema_is_fresh():
    assert SCHEMA.read_text("utf-8") == published_schema(), "run `make docs`"


class TestPicture:
    def test_it_is_fresh(self, tmp_path):
        draw(tmp_path / "alert.svg")
        assert (tmp_path / "alert.svg").read_text("utf-8") == PICTURE.read_text("utf-8"), "run `make docs`"

    def test_it_shows_both_samples_and_loads_nothing(self):
        text = PICTURE.read_text("utf-8")
        shown = "".join("".join(ET.fromstring(text).itertext()).split())  # noqa: S314 - our own file
        assert shown.count("FLASH") == 2
        assert "NorthKoreanworkerentersU.S.consulateinVladivostok" in shown
        assert "북한노동자,블라디보스토크" in shown
        assert not re.search(r"url\((?!#)|<image|<script|xlink:href", text)
