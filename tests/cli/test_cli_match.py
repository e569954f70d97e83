"""`match`: one JSON object a line in, one a line out; a bad line never stops the others."""

import json

import pytest

STORY = {"id": "a1", "title": "Defector enters the consulate", "text": "He asked for asylum."}


def lines(*objects):
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)


def read(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_hits_come_with_their_evidence(desk):
    result = desk.run("match", "--json", typed=lines(STORY, {"id": 2, "title": "An embassy moves"}))
    assert result.exit_code == 0
    first, second = read(result)
    assert set(first) == {"id", "hits"}
    assert second == {"id": 2, "hits": []}
    (hit,) = first["hits"]
    assert (set(hit), hit["rule"], hit["level"]) == ({"rule", "level", "evidence"}, "asylum", "flash")
    for each in hit["evidence"]:
        assert set(each) == {"clause", "term", "field", "start", "end", "surface"}
        assert STORY[each["field"]][each["start"] : each["end"]] == each["surface"]
    assert {(each["term"], each["field"], each["surface"]) for each in hit["evidence"]} >= {
        ("consulate", "title", "consulate"),
        ("asylum", "text", "asylum"),
    }


@pytest.mark.parametrize(
    ("arguments", "typed"),
    [
        pytest.param([], lines(STORY), id="nothing-named"),
        pytest.param(["-"], lines(STORY), id="dash"),
        pytest.param(["stories.jsonl"], None, id="file"),
        pytest.param(["--rules", "rules.yaml", "stories.jsonl"], None, id="rules-named"),
    ],
)
def test_stories_come_from_a_file_or_standard_input(desk, arguments, typed):
    (desk.folder / "stories.jsonl").write_text(lines(STORY), "utf-8")
    assert [each["id"] for each in read(desk.run("match", "--json", *arguments, typed=typed))] == ["a1"]


@pytest.mark.parametrize(
    "story",
    [
        pytest.param({"id": 1, "title": "consulate", "summary": "asylum"}, id="summary"),
        pytest.param({"id": 1, "title": "북한 노동자, 총영사관서 망명 요청", "lang": "ko"}, id="korean"),
        pytest.param(
            {
                "id": 1,
                "title": "Defector in embassy",
                "text": None,
                "summary": "",
                "lang": "en",
                "url": "https://news.example/1",
                "source": "Example",
                "published": "2026-09-27T10:00:00+09:00",
                "tags": ["wire"],
                "unknown": {"deep": [1]},
            },
            id="all-keys",
        ),
    ],
)
def test_what_a_story_may_hold(desk, story):
    (told,) = read(desk.run("match", "--json", typed=lines(story)))
    assert [hit["rule"] for hit in told["hits"]] == ["asylum"]


def test_fields_of_the_story_can_be_asked_for(desk):
    rules = (
        (desk.folder / "rules.yaml").read_text("utf-8").replace("match: rain", "match: 'source:wire lang:en'")
    )
    (desk.folder / "rules.yaml").write_text(rules, "utf-8")
    given = lines(
        {"id": 1, "title": "x", "source": "The Wire", "lang": "en"}, {"id": 2, "title": "x", "lang": "en"}
    )
    assert [len(told["hits"]) for told in read(desk.run("match", "--json", typed=given))] == [1, 0]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param(b"{", "not JSON", id="no-json"),
        pytest.param(b"[1, 2]", "not a JSON object", id="a-list"),
        pytest.param(b'"text"', "not a JSON object", id="a-text"),
        pytest.param(b'{"title": "x"}', '"id" is missing', id="no-id"),
        pytest.param(b'{"id": null, "title": "x"}', '"id" must be', id="id-null"),
        pytest.param(b'{"id": {"a": 1}, "title": "x"}', '"id" must be', id="id-object"),
        pytest.param(b'{"id": true, "title": "x"}', '"id" must be', id="id-true"),
        pytest.param(b'{"id": 1e999, "title": "x"}', '"id" must be', id="id-infinite"),
        pytest.param(b'{"id": NaN, "title": "x"}', "NaN", id="nan"),
        pytest.param(b'{"id": 1}', '"title" is missing', id="no-title"),
        pytest.param(b'{"id": 1, "title": 5}', '"title" is missing or not', id="title-number"),
        pytest.param(b'{"id": 1, "title": "x", "text": ["a"]}', '"text" must be a text', id="text-list"),
        pytest.param(b'{"id": 1, "title": "x", "tags": "a"}', '"tags" must be', id="tags-text"),
        pytest.param(b'{"id": 1, "title": "x", "published": "soon"}', "ISO 8601", id="no-date"),
        pytest.param(
            b'{"id": 1, "title": "x", "published": "0001-01-01T00:00:00+23:00"}', "ISO 8601", id="before-time"
        ),
        pytest.param(b'{"id": 1, "title": "\xff"}', "not UTF-8 (byte 21)", id="no-utf-8"),
        pytest.param(b"\x00\x00", "not JSON", id="nul"),
        pytest.param(b'{"id": 1, "title": "a\x00b"}', "not JSON", id="nul-inside"),
        pytest.param(b"[" * 100_000, "nested too deep", id="deep"),
        pytest.param(b'{"id": ' + b"9" * 10_000 + b', "title": "x"}', "", id="huge-number"),
        pytest.param(b"x" * 1_000_000, "not JSON", id="a-megabyte"),
    ],
)
def test_a_bad_line_is_reported_with_its_number_and_the_others_go_on(desk, line, reason):
    given = lines(STORY).encode() + b"\n" + line + b"\n" + lines({"id": "last", "title": "rain"}).encode()
    result = desk.run("match", "--json", typed=given)
    assert result.exit_code == 1
    assert [each["id"] for each in read(result)] == ["a1", "last"]
    (told,) = result.stderr.splitlines()
    assert told.startswith("line 3: ")
    assert reason in told
    assert len(told) < 300


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("rain " * 200_000, id="a-megabyte"),
        pytest.param("rain \ud800 \u0000 \x1b[2J \u202e", id="hostile-characters"),
        pytest.param("rain <b>" + "<" * 10_000, id="markup"),
        pytest.param("", id="empty"),
    ],
)
@pytest.mark.parametrize("form", [["--json"], []], ids=["json", "text"])
def test_no_title_gives_a_traceback_or_reaches_the_terminal(desk, title, form):
    result = desk.run("match", *form, typed=json.dumps({"id": "1\x1b[2J", "title": title}) + "\n")
    assert result.exit_code == 0
    assert result.stdout.count("\n") >= 1
    assert not set(result.stdout) & set("\x1b\x00\u202e")


def test_people_read_rules_and_words(desk):
    told = desk.run("match", typed=lines(STORY, {"id": 2, "title": "An embassy moves"})).stdout
    first, hit, *rest = told.splitlines()
    assert first == "a1: Defector enters the consulate"
    assert sorted(hit.replace("  flash asylum: ", "").split(", ")) == ["Defector", "asylum", "consulate"]
    assert rest == ["2: An embassy moves", "  no rule matches"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_the_output_is_json_in_every_encoding(desk, encoding):
    given = (
        lines({"id": "둘", "title": "총영사관 망명 🔴"}).encode() + b'{"id": "\\ud83d", "title": "rain"}\n'
    )
    result = desk.process("match", "--json", typed=given, PYTHONIOENCODING=encoding)
    assert result.returncode == 0, result.stderr
    told = [json.loads(line) for line in result.stdout.decode(encoding).splitlines()]
    assert [each["id"] for each in told] == ["둘", "\ud83d"]


def test_a_byte_order_mark_and_windows_line_ends_are_taken(desk):
    given = b"\xef\xbb\xbf" + lines(STORY, STORY).replace("\n", "\r\n").encode()
    result = desk.run("match", "--json", typed=given)
    assert result.exit_code == 0
    assert len(read(result)) == 2


def test_no_database_is_needed_or_made(desk):
    assert desk.run("match", typed=lines(STORY)).exit_code == 0
    assert [path.name for path in desk.folder.iterdir()] == ["rules.yaml"]
