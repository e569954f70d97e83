import pytest

from monitor.core.errors import Mistake, QueryError, RulesError, SettingsError, StoreLocked, TocsinError


def test_a_rules_error_shows_every_mistake_with_its_line_a_caret_and_the_mend():
    lines = ("feeds:", "\t- url: x", "rules: []")
    wrong = RulesError(
        "rules.yaml",
        (
            Mistake(2, 4, "not an address", "write https://..."),
            Mistake(0, 0, "no rules"),
            Mistake(9, 1, "beyond"),
        ),
        lines,
    )
    assert str(wrong).splitlines() == [
        "rules.yaml: no rules",
        "rules.yaml:2:4: not an address",
        "     - url: x",
        "       ^",
        "    write https://...",
        "rules.yaml:9:1: beyond",
    ]
    assert [m.line for m in wrong.mistakes] == [0, 2, 9]


def test_a_query_error_points_at_one_character_unless_told_otherwise():
    wrong = QueryError("unclosed", query='a "b', position=2)
    assert (wrong.position, wrong.end, str(wrong), wrong.hint) == (2, 3, "unclosed", "")
    assert QueryError("m", query="abc", position=0, end=3, hint="mend").end == 3


@pytest.mark.parametrize(
    "error",
    [
        QueryError("m", query="", position=0),
        RulesError("f", ()),
        SettingsError("OWNERS", "not a number"),
        StoreLocked("x"),
    ],
)
def test_all_that_a_person_can_mend_is_one_family(error):
    assert isinstance(error, TocsinError)


def test_a_settings_error_names_the_variable():
    wrong = SettingsError("OWNERS", "not a number")
    assert (wrong.variable, str(wrong)) == ("OWNERS", "OWNERS: not a number")
