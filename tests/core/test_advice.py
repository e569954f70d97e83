"""What a rule learns from the cards that its readers call not useful."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.core.advice import Advice, Judged, advise
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import Entity, Rule, Story
from tests.build import rule, story

RULE = rule("defection", "defector")
LEAVES = "Korean defector plays football"


def cards(useful: bool | None, *titles: str, **fields: str) -> list[Judged]:
    return [Judged((told(title, **fields),), useful) for title in titles]


def told(title: str, **fields: str) -> Story:
    return story(title, **{"source": "Wire", **fields})


def football(count: int) -> list[str]:
    clubs = ("united", "rovers", "wanderers", "albion", "athletic", "rangers", "city", "celtic", "thistle")
    return [f"Defector {clubs[n % len(clubs)]} football number{n}" for n in range(count)]


def test_one_word_that_only_rejected_cards_have() -> None:
    rejected = [*football(14), "Defector opera", "Defector ballet", "Defector circus"]
    judged = cards(False, *rejected) + cards(True, "Defector at the consulate", "Defector at the border")

    advice = advise(RULE, {}, judged + cards(None, "Defector football again", "Defector seeks asylum"))

    assert advice == Advice("-football", "defector -football", 14, 17, 2, 2, 1)


def test_what_it_says_is_what_the_amended_rule_does() -> None:
    judged = cards(False, *football(6), "Defector opera") + cards(True, "Defector at the consulate")
    advice = advise(RULE, {}, judged)
    assert advice is not None
    amended = compile_query(parse(advice.match), {})

    hit = [[amended.evidence(each) is not None for each in one.stories] for one in judged]

    assert hit == [[False]] * 6 + [[True], [True]]


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        pytest.param(cards(False, *football(4)), "too few", id="too-few-rejected"),
        pytest.param(
            cards(False, *football(6)) + cards(True, "Defector football"),
            "an accepted hit",
            id="would-lose-one",
        ),
        pytest.param(
            cards(
                False,
                *(f"Defector {word}" for word in ("opera", "ballet", "circus", "jazz", "rock", "folk")),
                source="",
            ),
            "nothing in common",
            id="nothing-in-common",
        ),
        pytest.param(cards(True, *football(9)), "all good", id="none-rejected"),
        pytest.param(cards(False, *["Football results"] * 9), "the rule changed", id="no-longer-hit"),
    ],
)
def test_no_advice_where_none_is_worth_it(judged: list[Judged], why: str) -> None:
    assert advise(RULE, {}, judged) is None, why


def test_a_word_of_the_rule_itself_is_never_excluded() -> None:
    every = rule("every", "(defector OR escapee) consulate")
    judged = cards(
        False, *(f"Escapee near consulate {word}" for word in ("aa", "bb", "cc", "dd", "ee")), source=""
    )

    advice = advise(every, {}, judged)

    assert advice is not None
    assert advice.exclusion == "-near"


def test_common_words_are_no_advice() -> None:
    judged = cards(False, *(f"The defector was said to be {n}" for n in range(6)), source="")

    assert advise(RULE, {}, judged) is None


def test_the_body_counts_and_the_title_alone_where_bodies_are_alike() -> None:
    rejected = [Judged((told(f"Defector league {n}x"),), False) for n in "abcdef"]
    accepted = [Judged((told("Defector flees", summary="It was the league of his life"),), True)]

    advice = advise(RULE, {}, rejected + accepted)

    assert advice is not None
    assert advice.exclusion == "-title:league"
    hidden = [Judged((told(f"Defector {n}x", summary="In the league"),), False) for n in "abcdef"]
    found = advise(RULE, {}, hidden)
    assert found is not None
    assert found.exclusion == "-league"


def test_a_source_that_brings_nothing_else() -> None:
    words = ("opera", "ballet", "circus", "jazz", "rock", "folk")
    rejected = [Judged((told(f"Defector {word}", source="Gossip Daily"),), False) for word in words]

    advice = advise(RULE, {}, rejected + cards(True, "Defector at the consulate"))

    assert advice is not None
    assert (advice.exclusion, advice.removed) == ('-source:"Gossip Daily"', 6)
    assert advise(RULE, {}, rejected) is None, "that would end the rule"


@pytest.mark.parametrize("source", ['The "Sun"', "***"])
def test_a_source_that_no_query_can_name_is_passed_over(source: str) -> None:
    words = ("opera", "ballet", "circus", "jazz", "rock", "folk")
    rejected = [Judged((told(f"Defector {word}", source=source),), False) for word in words]

    assert advise(RULE, {}, rejected + cards(True, "Defector at the consulate")) is None


def test_a_card_goes_only_with_all_its_stories() -> None:
    whole = cards(False, *football(6))
    mixed = Judged((told("Defector football"), told("Defector opera")), False)

    advice = advise(RULE, {}, [*whole, mixed])

    assert advice is not None
    assert (advice.removed, advice.rejected) == (6, 7)


def test_korean_words_are_found_without_their_particles() -> None:
    korean = rule("망명", "망명")
    judged = cards(
        False,
        "망명 축구가 열렸다",
        "망명 축구를 보다",
        "망명 축구는 끝",
        "망명 축구에 관한",
        "망명 축구도 있다",
        source="",
    )

    advice = advise(korean, {}, judged)

    assert advice is not None
    assert advice.exclusion == "-축구"
    assert advice.removed == 5


def test_of_equal_words_the_one_that_spares_more_that_nobody_judged() -> None:
    judged = cards(False, *(f"Defector opera football {n}x" for n in "abcdef"))
    others = cards(None, "Defector opera house", "Defector opera night")

    advice = advise(RULE, {}, judged + others)

    assert advice is not None
    assert (advice.exclusion, advice.others, advice.others_removed) == ("-football", 2, 0)


@pytest.mark.parametrize(
    ("match", "amended"),
    [
        pytest.param("defector", "defector -football", id="a-word"),
        pytest.param("defector OR escapee", "(defector OR escapee) -football", id="either"),
        pytest.param("defector\n   football*", "defector football* -football", id="lines"),
        pytest.param("@people NEAR/9 football*", "@people NEAR/9 football* -football", id="near"),
    ],
)
def test_how_the_rule_is_written_then(match: str, amended: str) -> None:
    entities = {"people": Entity("people", {"en": ("defector",)})}
    judged = cards(False, *football(6))
    one: Rule = replace(RULE, match=parse(match))
    if "football" in match:
        judged = cards(False, *(f"Defector footballers {n}x at opera" for n in "abcdef"))
        amended = amended.replace("-football", "-opera")

    advice = advise(one, entities, judged)

    assert advice is not None
    assert advice.match == amended
    assert parse(advice.match).tree is not None
