"""`explain`, `backtest`, `rules near-miss`, `rules coverage` on the command line."""

from __future__ import annotations

import json

import pytest

from tests.cli.bench import RULES, Bench, Keyboard

NEWS = ("Embassy opens", "Asylum at the consulates", "Consulate, asylum: a film", "Asylum for a dog")


@pytest.fixture(name="bench")
def fixture_bench(desk: Keyboard) -> Bench:
    made = Bench(desk)
    made.write()
    return made


@pytest.fixture(name="filled")
def fixture_filled(bench: Bench) -> Bench:
    bench.news(*NEWS)
    return bench


def test_explain_shows_what_was_found_and_the_first_clause_that_fails(bench: Bench) -> None:
    answer = bench.ask("explain", "--rule", "refuge", "--text", "Consulates reopen")
    assert answer.exit_code == 0
    assert answer.stdout.splitlines() == [
        "refuge does not hit: Consulates reopen",
        "  ✗ all 2 of",
        "    ✓ @mission  “Consulates” for consulate (title 1)",
        "    ✗ asylum  not found",
        "  ✓ unless title:film  not found",
        "  first clause that fails: asylum, not found",
    ]


def test_explain_says_what_suppressed_a_hit(bench: Bench) -> None:
    answer = bench.ask("explain", "--rule", "refuge", "--text", "A film: asylum\nat the consulate")
    assert "  ✗ unless title:film  “film” (title 3)" in answer.stdout
    assert "it would hit, but for its unless: found “film” (title 3)" in answer.stdout
    told = bench.json("explain", "--rule", "refuge", "--text", "A film: asylum\nat the consulate")
    assert (told["hit"], told["suppressed"], told["failing"]) == (False, True, None)
    assert told["unless"]["evidence"][0]["surface"] == "film"
    assert told["match"]["parts"][0]["evidence"][0]["field"] == "text"


def test_explain_tells_as_json_how_far_apart_sides_are(bench: Bench) -> None:
    bench.write(RULES + "  - {id: near, match: a1 NEAR/2 b1}\n")
    told = bench.json("explain", "--rule", "near", "--text", "a1 x x x b1")
    assert (told["failing"], told["match"]["shape"], told["match"]["apart"]) == ("a1 NEAR/2 b1", "near", 4)


def test_explain_of_a_stored_story(filled: Bench) -> None:
    told = filled.json("explain", "--rule", "refuge", "--story", "2")
    assert (told["id"], told["hit"], told["path"]) == (2, True, [])
    answer = filled.ask("explain", "--rule", "refuge", "--story", "99")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "there is no story 99" in answer.stderr


def test_explain_reads_stories_from_a_file_and_goes_on_after_a_bad_line(bench: Bench) -> None:
    lines = ['{"id": "a", "title": "Asylum at the embassy"}', "", "nonsense", '{"id": 2, "title": "Asylum"}']
    answer = bench.ask("explain", "--rule", "mission", "-", "--json", given="\n".join(lines))
    assert answer.exit_code == 1
    assert [(told["id"], told["hit"]) for told in map(json.loads, answer.stdout.splitlines())] == [
        ("a", True),
        (2, False),
    ]
    assert "line 3: not JSON" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["explain", "--text", "x"], 2, "Missing option '--rule'", id="no rule"),
        pytest.param(
            ["explain", "--rule", "refuge"], 2, "name one thing to explain", id="nothing to explain"
        ),
        pytest.param(
            ["explain", "--rule", "refuge", "--text", "x", "--story", "1"],
            2,
            "name one thing",
            id="two things",
        ),
        pytest.param(
            ["explain", "--rule", "refuges", "--text", "x"], 1, "did you mean refuge?", id="a misspelt rule"
        ),
        pytest.param(
            ["explain", "--rule", "zzz", "--text", "x"], 1, "there are refuge, mission", id="an unknown rule"
        ),
        pytest.param(
            ["rules", "near-miss", "--rule", "refuges"], 1, "did you mean refuge?", id="near misses of it"
        ),
        pytest.param(["backtest", "a OR b c"], 1, "can be read in two ways", id="a query with a mistake"),
        pytest.param(["backtest", "a", "--since", "soon"], 2, "write 36h, 7d or 4w", id="no time"),
        pytest.param(["backtest", "a", "--since", "9999w"], 2, "at most 10 years", id="too long ago"),
    ],
)
def test_what_is_wrong_is_said_with_its_mend(filled: Bench, arguments, code, message) -> None:
    answer = filled.ask(*arguments)
    assert (answer.exit_code, answer.stdout) == (code, "")
    assert message in answer.stderr


def test_backtest_shows_totals_days_samples_overlap_and_noise(filled: Bench) -> None:
    answer = filled.ask("backtest", "refuge", "--since", "36h")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[0].startswith("1 hit in 4 stories, ")
    assert lines[0].endswith(": refuge")
    assert any("#2  Example: Asylum at the consulates" in line for line in lines)
    assert "mission  1  100% of these  33% of its 3" in lines
    assert "  busiest source: Example with 100%" in lines
    assert "\x1b" not in answer.stdout


def test_backtest_as_json(filled: Bench) -> None:
    told = filled.json("backtest", "asylum OR embassy")
    assert (told["hits"], told["stories"]) == (4, 4)
    assert len(told["days"]) == 31
    assert sum(day["hits"] for day in told["days"]) == 4
    assert [one["title"] for one in told["samples"]] == list(reversed(NEWS))
    assert told["samples"][0]["evidence"][0]["surface"] == "Asylum"
    assert told["overlap"][0] == {
        "rule": "mission",
        "both": 3,
        "theirs": 3,
        "of_ours": 0.75,
        "of_theirs": 1.0,
    }
    assert told["noise"]["busiest_source"] == {"name": "Example", "share": 1.0}


def test_backtest_without_a_hit(filled: Bench) -> None:
    answer = filled.ask("backtest", "zebra")
    assert answer.stdout.startswith("0 hits in 4 stories")
    assert filled.json("backtest", "zebra")["noise"] is None


@pytest.mark.parametrize("command", [["backtest", "x"], ["rules", "near-miss"], ["rules", "history"]])
def test_what_needs_a_database_says_so(bench: Bench, command) -> None:
    answer = bench.ask(*command)
    assert answer.exit_code == 1
    assert "no database yet" in answer.stderr


def test_near_misses_name_the_clause_and_what_the_story_had(filled: Bench) -> None:
    told = filled.json("rules", "near-miss", "--rule", "refuge")
    assert told["rules"] == [{"rule": "refuge", "stories": 3}]
    assert [(one["title"], one["cause"], one["clause"]) for one in told["newest"]] == [
        (NEWS[3], "lacks", "@mission"),
        (NEWS[2], "unless", "title:film"),
        (NEWS[0], "lacks", "asylum"),
    ]
    assert [e["surface"] for e in told["newest"][2]["had"]] == ["Embassy"]
    assert [e["surface"] for e in told["newest"][1]["against"]] == ["film"]


def test_near_misses_for_people(filled: Bench) -> None:
    answer = filled.ask("rules", "near-miss", "--limit", "2")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert "refuge  3" in lines
    assert "mission  0" in lines
    assert "      refuge lacks @mission" in lines
    assert "      refuge its unless keeps it away: “film” (title 22)" in lines
    assert not any(NEWS[0] in line for line in lines)


def test_coverage_without_a_database_takes_all_feeds_as_live(bench: Bench) -> None:
    answer = bench.ask("rules", "coverage")
    assert answer.exit_code == 0
    lines = answer.stdout.splitlines()
    assert lines[:4] == ["refuge  en  1", "refuge  ko  no form", "mission  en  1", "mission  ko  1"]
    assert "no feed was polled yet: all count as live" in lines
    assert "blind refuge in ko: no form of asylum" in lines


def test_coverage_as_json(filled: Bench) -> None:
    told = filled.json("rules", "coverage")
    assert told["polled"]
    assert told["blind"] == [{"rule": "refuge", "lang": "ko"}]
    assert told["cells"][1] == {
        "rule": "refuge",
        "lang": "ko",
        "tier": "wire",
        "standing": "no form",
        "feeds": 1,
        "able": 0,
        "live": 0,
        "clause": "asylum",
    }


def test_a_broken_rules_file_is_reported_with_its_place(bench: Bench) -> None:
    bench.write(RULES.replace("'@mission asylum'", "'@mision asylum'"))
    answer = bench.ask("backtest", "x")
    assert answer.exit_code == 1
    assert ":7:" in answer.stderr
    assert "did you mean @mission" in answer.stderr.replace("Did", "did")


DOUBTFUL = (
    RULES + "  - id: doubtful\n    match: >-\n      border\n      AND ab\n    unless: '@mission.ko ab'\n"
)


def test_check_warns_of_what_is_doubtful_at_its_place(bench: Bench) -> None:
    bench.write(DOUBTFUL)
    answer = bench.ask("check")
    assert answer.exit_code == 0
    assert answer.stdout.endswith("all right\n")
    assert "rules.yaml:12:11: warning: doubtful: " in answer.stderr
    assert "rules.yaml:13:26: warning: doubtful: " in answer.stderr
    assert "      AND ab\n" in answer.stderr
    places = [(each["line"], each["column"]) for each in bench.json("check")["warnings"]]
    assert (12, 11) in places
    assert (13, 26) in places


def test_check_is_silent_about_rules_without_a_doubt(bench: Bench) -> None:
    bench.write(RULES.replace("asylum", "(asylum OR 망명)"))
    answer = bench.ask("check")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert bench.json("check")["warnings"] == []


def test_check_warns_of_words_that_the_archive_is_full_of(bench: Bench) -> None:
    bench.write(RULES.replace("asylum", "(asylum OR 망명)"))
    bench.news(*[f"Asylum at the consulate {number}" for number in range(60)])
    answer = bench.ask("check", "--archive")
    assert answer.exit_code == 0
    assert "warning: refuge: " in answer.stderr
    assert "asylum" in answer.stderr


def test_the_archive_needs_a_database(bench: Bench) -> None:
    answer = bench.ask("check", "--archive")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "no database yet" in answer.stderr
