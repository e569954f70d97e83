from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.language import parse, parse_term
from monitor.core.language.tree import Query
from monitor.core.match import compile_query
from monitor.core.model import Evidence, FeedUrl, Story, StoryKey

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


def story(title: str = "", **more: object) -> Story:
    return Story(FeedUrl("https://example.org/rss"), StoryKey("1"), title, **more)  # type: ignore[arg-type]  # any field


def surfaces(query: str, title: str) -> list[str] | None:
    """What the query finds in a title; None if it does not match."""
    found = compile_query(parse(query), {}).evidence(story(title))
    return None if found is None else [one.surface for one in found]


FOUND = [
    # query, title, what is found
    ("consulate", "The consulate's guard; two Consulates", ["consulate's", "Consulates"]),
    ("embassies", "an embassy", ["embassy"]),
    ("US", "the U.S. and U.S, not us", ["U.S.", "U.S", "us"]),
    ("U.S.", "US troops", ["US"]),
    ('"asylum seeker"', "asylum-seekers", ["asylum-seekers"]),
    ("asylum-seeker", "an asylum seeker", ["asylum seeker"]),
    ('"N. Korean"', "the N. Korean and the N.Korean", ["N. Korean", "N.Korean"]),
    ('"North Korean"', "North Koreans of the north", ["North Koreans"]),
    ("defect*", "defected, a defection", ["defected", "defection"]),
    ('"North Kor"*', "North Koreans", ["North Koreans"]),
    ('"1,00"*', "1,000 or 1,5", ["1,000"]),
    ('"1,000"', "it cost 1,000", ["1,000"]),
    ("перебежчик", "Перебежчиков из КНДР", ["Перебежчиков"]),
    ("елка", "у ёлки", ["ёлки"]),
    ("총영사관", "블라디보스토크총영사관에 갔다", ["총영사관"]),
    ("총영사관", "총영사관과 총영사관총영사관", ["총영사관"] * 3),
    ("평양", "평양에서", ["평양"]),
    ("북", "북 미사일", ["북"]),
    ('"미국 총영사관"', "미국의 주총영사관에", ["미국의 주총영사관"]),
    ('"미국 총영사관"', "미국총영사관에", ["미국총영사관"]),
    ('"주 미국 총영사관"', "주미국 총영사관", ["주미국 총영사관"]),
    ("*망명", "정치망명을", ["망명"]),
    ("탈북*", "탈북민이", ["탈북"]),
    ("北", "北노동자 對北", ["北", "北"]),
    ("北노동자", "北노동자들", ["北노동자"]),
    ("노동", "北노동자", ["노동"]),
    ("美총영사관", "駐美총영사관에", ["美총영사관"]),
    ("*北", "對北", ["北"]),
    ("北京*", "北京大", ["北京"]),
    ("LG전자", "LG전자의", ["LG전자"]),
    ("전자", "LG전자의", ["전자"]),
    ("K팝", "K팝을", ["K팝"]),
    ("한국GM", "한국GM은", ["한국GM"]),
    ("대한민국GM", "주대한민국GM", ["대한민국GM"]),
    ("=GIFT", "GIFT gift Gift", ["GIFT"]),
    ('="U.S."', "US U.S. U.S", ["U.S."]),
    ('="C++"', "C++ and C", ["C++"]),
    ('="#MeToo"', "#MeToo MeToo", ["#MeToo"]),
    ('="North Korean"', "North  Korean, north korean", ["North  Korean"]),
    ("=북한", "북한 북한은", ["북한"]),
    ("=北", "北노동자 北京", ["北"]),
    ("=K팝", "K팝 K팝을", ["K팝"]),
    ("Россия", "Россия и российский президент", ["Россия", "российский"]),
    ("Россия", "посол Российской Федерации", ["Российской"]),
    ("Россия", "украинский и российский лидеры", ["российский"]),
    ("Россия", "российская государственная нефтяная компания", ["российская"]),
    ("Надежда", "Надежда и надежды", ["Надежда"]),
    ("Надежда", "потерял надежду", ["надежду"]),
    ("Надежда", "мать-надежда и вера-мать", ["надежда"]),
    ("Консульство", "в консульстве", ["консульстве"]),
    ("Северокорейский", "Северокорейские дипломаты", ["Северокорейские"]),
    ("Северокорейский", "Сегодня. Северокорейская делегация", ["Северокорейская"]),
    ("Вертинская", "Вертинская и Вертинский", ["Вертинская"]),
    ('"Нью-Йорк"', "нью-йоркская биржа в Нью-Йорке", ["нью-йоркская", "Нью-Йорке"]),
    ('"Власти КНР"', "властями КНР", ["властями КНР"]),
    ('"КНДР Today"', "КНДР today", ["КНДР today"]),
    ("asylum-seeker", "asylumseekers, asylum seekers", ["asylumseekers", "asylum seekers"]),
    ("K-팝", "K팝 K-팝", ["K팝", "K-팝"]),
    ("COVID-19", "COVID19 COVID-19", ["COVID19", "COVID-19"]),
    ("ελλάδα", "στην Ελλάδα", ["Ελλάδα"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "title", "found"), [pytest.param(*row, id=f"{row[0]} in {row[1]}") for row in FOUND]
)
def test_terms_find_their_forms(query: str, title: str, found: list[str]) -> None:
    assert surfaces(query, title) == found


MISSED = [
    ("consulate", "consul consular"),
    ("defect", "defected defection"),
    ("평양", "태평양 함대"),
    ("망명", "희망명단"),
    ("북", "북한 성북구"),
    ('"미국 총영사관"', "총영사관 미국"),
    ('"북 주민"', "성북주민센터"),
    ('"North Korean"', "North and Korean"),
    ('"a b"', "b a"),
    ('"a b"', "a"),
    ('"b a"', "a"),
    ("=consulate", "consulate's Consulate"),
    ('="U.S."', "US"),
    ('="C++"', "C"),
    ('="++C"', "C"),
    ("ＫＯＲＥＡ", "Кorea"),
    ("한국GM", "한국은 GM"),
    ("한국GM", "남한국GM"),
    ("대한민국GM", "대한민국의 GM"),
    ("美총영사관", "美의 총영사관"),
    ("K팝", "스팝 K"),
    ("北京*", "對北京"),
    ("defect*", "detect"),
    ("북한", "북 한"),
    ("Россия", "российский рынок"),
    ("Россия", "российский"),
    ("россия", "российский президент"),
    ("Франция", "писатель Франц Кафка"),
    ("Вертинская", "артист Вертинский"),
    ("asylum seeker", "asylumseeker"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "title"), [pytest.param(*row, id=f"{row[0]} not in {row[1]}") for row in MISSED]
)
def test_terms_find_nothing_else(query: str, title: str) -> None:
    assert surfaces(query, title) is None


def test_evidence_counts_in_the_original() -> None:
    title = unicodedata.normalize("NFD", "ﬁne: 미국 총영사관에서")
    found = compile_query(parse("총영사관"), {}).evidence(story(title))
    assert found is not None
    start = title.index(unicodedata.normalize("NFD", "총영사관"))
    surface = unicodedata.normalize("NFD", "총영사관")
    assert found == (Evidence("총영사관", "총영사관", "title", start, start + len(surface), surface),)


@STEADY
@given(
    st.text(alphabet="aA.U'S- 북한北é1,", min_size=1, max_size=8),
    st.text(alphabet="aA.U'S- 북한北é1,", max_size=30),
)
def test_no_match_is_lost_by_forms(term: str, title: str) -> None:
    """Whatever is found exactly is found with forms."""
    if not any(character.isalnum() for character in term):
        return
    exact = compile_query(Query(term, parse_term(f'="{term}"')), {}).evidence(story(f"{term} {title}"))
    forms = compile_query(Query(term, parse_term(f'"{term}"')), {}).evidence(story(f"{term} {title}"))
    assert exact is None or forms is not None
