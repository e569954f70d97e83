"""The tables of names: complete, tidy, and readable as queries."""

from __future__ import annotations

import re

import pytest

from monitor.core.language import parse, parse_term
from monitor.core.match import compile_query
from monitor.core.model import Entity, FeedUrl, Story, StoryKey
from monitor.rulebook.countries import codes, country, guess
from monitor.rulebook.places import nearest, places
from monitor.rulebook.tables import LANGUAGES, names_of, rows


def test_every_country_has_names_in_three_languages():
    assert len(codes()) >= 249
    for code in codes():
        found = country(code)
        assert found is not None
        assert set(found.names.terms) == set(LANGUAGES), code


@pytest.mark.parametrize("table", ["territories.tsv", "countries.tsv", "places.tsv", "places-more.tsv"])
def test_every_name_is_a_term_of_the_query_language(table):
    for row in rows(table):
        found = names_of(row, {})
        for terms in (*found.terms.values(), *found.excepted.values()):
            for term in terms:
                assert parse_term(term).text, (row, term)


@pytest.mark.parametrize("table", ["territories.tsv", "countries.tsv", "places.tsv", "places-more.tsv"])
def test_every_name_stands_in_the_column_of_its_language(table):
    scripts = {"en": "[A-Za-z]", "ko": "[가-힣\u4e00-\u9fff]|DMZ|NLL|UAE", "ru": "[А-Яа-яЁё]"}
    for row in rows(table):
        for language, terms in names_of(row, {}).terms.items():
            for term in terms:
                assert re.search(scripts[language], term), (row, term)


def test_every_exception_takes_something_away():
    """One that covers no name is a slip of the pen."""
    idle = []
    everything = [(code, found.names) for code in codes() if (found := country(code))]
    everything += [(row["name"], names_of(row, {})) for row in rows("places-more.tsv")]
    for name, names in everything:
        entity = Entity("a", names.terms)
        finder = compile_query(parse("@a"), {"a": entity})
        for term in (term for each in names.excepted.values() for term in each):
            text = parse_term(term).text
            if finder.evidence(Story(feed=FeedUrl("x"), key=StoryKey("x"), title=text)) is None:
                idle.append((name, term))
    assert idle == []


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("kp", "KP", id="small-letters"),
        pytest.param("North Korea", "KP", id="english"),
        pytest.param("북한", "KP", id="korean"),
        pytest.param("россия", "RU", id="russian"),
        pytest.param("Germny", "DE", id="misspelt"),
        pytest.param("Narnia", None, id="nowhere"),
    ],
)
def test_a_country_that_is_written_otherwise_is_guessed(written, code):
    found = guess(written)
    assert (found.code if found else None) == code


def test_places_are_known_by_name_alias_and_number():
    assert {one.name for one in places("vladivostok")} == {"Vladivostok"}
    assert places("블라디보스토크") == places("2013348") == places("Владивосток")
    assert places("Kamchatka")[0].number == ""
    assert places("Atlantis") == ()
    near = nearest("Kamchatca")
    assert near is not None
    assert near.name == "Kamchatka"


def test_a_name_that_several_places_share_gives_them_all():
    assert len(places("Solnechnyy")) == 2
    assert {one.country for one in places("Washington")} == {"US"}
