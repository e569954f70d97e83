"""`check`: a rules file and its mistakes."""

import json

import pytest

BROKEN = """\
feeds:
  - {url: "ftp://news.example/rss.xml"}
rules:
  - id: asylum
    match: '망명 consulate OR'
    levle: flash
"""


def test_good_rules_are_counted(desk):
    told = desk.run("check").stdout
    assert told == "rules.yaml: 1 feeds, 1 entities, 2 rules, 2 examples: all right\n"
    figures = desk.json("check", "rules.yaml")
    assert {key: figures[key] for key in ("ok", "feeds", "entities", "rules", "examples")} == {
        "ok": True,
        "feeds": 1,
        "entities": 1,
        "rules": 2,
        "examples": 2,
    }


def test_every_mistake_stands_at_its_place_with_a_caret_and_the_mend(desk):
    (desk.folder / "broken.yaml").write_text(BROKEN, "utf-8")
    result = desk.run("check", "broken.yaml")
    assert result.exit_code == 1
    assert result.stdout == ""
    places = [line.split(": ")[0] for line in result.stderr.splitlines() if line.startswith("broken.yaml")]
    assert places == ["broken.yaml:2:11", "broken.yaml:5:26", "broken.yaml:6:5"]
    lines = result.stderr.splitlines()
    at = lines.index("        match: '망명 consulate OR'")
    assert lines[at + 1].index("^") == 4 + 25 + 2  # the margin, the column, two wide letters
    assert "level" in result.stderr.split("broken.yaml:6:5")[1]


def test_the_same_as_json(desk):
    (desk.folder / "broken.yaml").write_text(BROKEN, "utf-8")
    result = desk.run("check", "broken.yaml", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["ok"] is False
    assert [(m["line"], m["column"]) for m in told["mistakes"]] == [(2, 11), (5, 26), (6, 5)]
    assert all(m["message"] and m["hint"] for m in told["mistakes"])


def test_a_failing_example_is_a_mistake(desk):
    text = (
        (desk.folder / "rules.yaml").read_text("utf-8").replace("An embassy moves", "Embassy grants asylum")
    )
    (desk.folder / "rules.yaml").write_text(text, "utf-8")
    result = desk.run("check")
    assert result.exit_code == 1
    assert "Embassy grants asylum" in result.stderr


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\xff\xfe\x00", id="utf-16"),
        pytest.param(b"feeds: \x00", id="nul"),
        pytest.param(b"[" * 5_000, id="deep"),
        pytest.param(b"", id="empty"),
        pytest.param(b"feeds: '\x1b[2J'\n", id="escape"),
    ],
)
def test_no_bytes_give_a_traceback(desk, data):
    (desk.folder / "rules.yaml").write_bytes(data)
    result = desk.run("check")
    assert result.exit_code == 1
    assert result.stderr.startswith("rules.yaml")
    assert "\x1b" not in result.stderr
