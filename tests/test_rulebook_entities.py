"""Entities of a rules file: countries, places, other entities, exceptions, spellings."""

from __future__ import annotations

import pytest

from monitor.core.errors import RulesError
from monitor.core.language import parse
from monitor.core.match import compile_query
from monitor.core.model import FeedUrl, Guard, RuleBook, Story, StoryKey
from monitor.rulebook import read

FEED = 'feeds:\n  - {url: "https://example.org/rss.xml", lang: en}\n'


def book_of(entities: str) -> RuleBook:
    return read(f"{FEED}entities:\n{entities}rules:\n  - {{id: rain, match: '@a'}}\n", "rules.yaml")


def surfaces(entities: str, text: str, query: str = "@a") -> list[str]:
    """What an entity finds in a text."""
    finder = compile_query(parse(query), book_of(entities).entities)
    found = finder.evidence(Story(feed=FeedUrl("x"), key=StoryKey("x"), title=text))
    return [one.surface for one in found or ()]


COUNTRIES = [
    pytest.param("KP", "N. Korea's workers", ["N. Korea's"], id="abbreviated"),
    pytest.param("KP", "North Koreans in Beijing", ["North Koreans"], id="people"),
    pytest.param("KP", "северокорейским рабочим", ["северокорейским"], id="adjective-inflected"),
    pytest.param("KP", "у границы Северной Кореи", ["Северной Кореи"], id="name-inflected"),
    pytest.param("KP", "посольство КНДР", ["КНДР"], id="letters"),
    pytest.param("KP", "북한군 병사", ["북한"], id="compound"),
    pytest.param("KP", "北노동자 귀순", ["北"], id="han-beside-hangul"),
    pytest.param("KP", "北京 회담", [], id="han-of-a-city"),
    pytest.param("KP", "북중미 월드컵", [], id="other-region-that-begins-so"),
    pytest.param("KP", "북 캘리포니아", [], id="other-north"),
    pytest.param("KP", "북한, 남북 대화 제의", ["북한", "남북"], id="both-koreas-in-one-word"),
    pytest.param("KP", "South Korean president", [], id="the-other-one"),
    pytest.param("KR", "South Koreans and Korean food", ["South Koreans", "Korean"], id="the-south"),
    pytest.param("KR", "North Korean workers", [], id="the-north-is-not-the-south"),
    pytest.param("KR", "North Korean and South Korean envoys", ["South Korean"], id="only-the-south"),
    pytest.param("KR", "Северная Корея и Корея", ["Корея"], id="only-the-south-in-russian"),
    pytest.param("KR", "the Korean Peninsula", [], id="peninsula"),
    pytest.param("KR", "한미 연합훈련", ["한미"], id="compound-of-two"),
    pytest.param("US", "한미 연합훈련", ["한미"], id="the-other-of-the-two"),
    pytest.param("US", "美총영사관 앞", ["美"], id="han-in-a-headline"),
    pytest.param("US", "각선美 뽐낸 배우", [], id="han-for-beauty"),
    pytest.param("US", "미 국무부 대변인", ["미"], id="one-syllable"),
    pytest.param("US", "it told us nothing", [], id="not-a-pronoun"),
    pytest.param("US", "US and U.S. envoys, Americans", ["US", "U.S.", "Americans"], id="letters-and-people"),
    pytest.param("US", "Latin America votes", [], id="other-america"),
    pytest.param("US", "10 долларов США", [], id="currency"),
    pytest.param("CN", "South China Sea", [], id="sea"),
    pytest.param("CN", "미·중 정상회담", ["미·중"], id="joined-by-a-dot"),
    pytest.param(
        "RU", "россиянам и российскому послу", ["россиянам", "российскому"], id="people-and-adjective"
    ),
    pytest.param("RU", "러 외무부 논평", ["러"], id="one-syllable-of-russia"),
    pytest.param("JP", "15日 서울", [], id="a-day-of-the-month"),
    pytest.param("JP", "日 외무성", ["日"], id="han-for-japan"),
    pytest.param("IN", "인도네시아 지진", [], id="longer-name-of-another-country"),
    pytest.param("DE", "a German and Germany", ["German", "Germany"], id="any-country"),
    pytest.param("MN", "монгольские пограничники", ["монгольские"], id="any-country-in-russian"),
]


@pytest.mark.parametrize(("code", "text", "found"), COUNTRIES)
def test_a_country_is_found_by_what_it_and_its_people_are_called(code, text, found):
    assert surfaces(f"  a: {{country: {code}}}\n", text) == found


PLACES = [
    pytest.param("Vladivostok", "во Владивостоке", ["Владивостоке"], id="inflected"),
    pytest.param("Vladivostok", "블라디보스토크서", ["블라디보스토크"], id="korean"),
    pytest.param("Владивосток", "in Vladivostok", ["Vladivostok"], id="written-in-another-language"),
    pytest.param('"2013348"', "in Vladivostok", ["Vladivostok"], id="by-number"),
    pytest.param(
        "[Kamchatka, Primorye]",
        "на Камчатке и в Приморском крае",
        ["Камчатке", "Приморском крае"],
        id="regions",
    ),
    pytest.param("Russian Far East", "на Дальнем Востоке", ["Дальнем Востоке"], id="region-of-two-words"),
    pytest.param("Pyongyang", "태평양과 평양냉면, 평양", ["평양"], id="not-in-other-words"),
]


@pytest.mark.parametrize(("place", "text", "found"), PLACES)
def test_a_place_is_found_in_three_languages(place, text, found):
    assert surfaces(f"  a: {{place: {place}}}\n", text) == found


class TestFuzzy:
    def test_a_misspelt_name_is_found_only_where_the_entity_says_so(self):
        assert surfaces("  a: {en: [Vladivostok], fuzzy: true}\n", "in Vladibostok") == ["Vladibostok"]
        assert surfaces("  a: {en: [Vladivostok]}\n", "in Vladibostok") == []

    def test_short_words_exact_ones_and_hangul_stay_as_they_are(self):
        terms = book_of("  a: {en: [Seoul, ='Incheon', Vladivostok], ko: [블라디보스토크], fuzzy: true}\n")
        assert terms.entities["a"].terms == {
            "en": ("Seoul", "='Incheon'", "Vladivostok~"),
            "ko": ("블라디보스토크",),
        }

    def test_names_of_places_are_forgiven_too(self):
        assert surfaces("  a: {place: Khabarovsk, fuzzy: true}\n", "in Khabarowsk") == ["Khabarowsk"]

    def test_false_is_as_good_as_nothing(self):
        assert surfaces("  a: {en: [Vladivostok], fuzzy: false}\n", "in Vladibostok") == []


class TestExcept:
    def test_a_hit_inside_an_excepted_term_does_not_count(self):
        entity = "  a: {ko: ['*평양'], except: [태평양]}\n"
        assert surfaces(entity, "태평양 도서국") == []
        assert surfaces(entity, "태평양과 평양") == ["평양"]

    def test_it_may_be_written_per_language(self):
        entity = "  a: {en: [refuge], except: {en: [wildlife refuge], any: [refuge island]}}\n"
        assert surfaces(entity, "Wildlife refuge, refuge island, refuge") == ["refuge"]

    def test_it_takes_nothing_away_from_hits_that_reach_farther(self):
        entity = "  a: {en: [refuge island light], except: [refuge island]}\n"
        assert surfaces(entity, "the refuge island light") == ["refuge island light"]

    def test_near_and_not_see_only_what_is_left(self):
        entity = "  a: {ko: ['*평양'], except: [태평양]}\n"
        assert surfaces(entity, "태평양 회의", "@a NEAR/3 회의") == []
        assert surfaces(entity, "평양 회의", "@a NEAR/3 회의") == ["평양", "회의"]
        assert surfaces(entity, "태평양 회의", "회의 -@a") == ["회의"]

    def test_it_guards_the_names_of_a_country_beside_its_own_exceptions(self):
        entity = "  a: {country: KR, en: [Samsung], except: {en: [Korea Herald]}}\n"
        assert surfaces(entity, "Korea Herald, North Korea, Samsung, Korea") == ["Samsung", "Korea"]


class TestInclude:
    def test_terms_of_others_belong_to_it_in_their_languages(self):
        found = book_of("  a: {include: [b, c], en: [x]}\n  b: {en: [y], ko: [가나]}\n  c: [z]\n").entities[
            "a"
        ]
        assert found.terms == {"en": ("x", "y"), "ko": ("가나",), "*": ("z",)}

    def test_others_may_include_further_ones_and_stand_below(self):
        assert book_of("  a: {include: b}\n  b: {include: c}\n  c: {en: [x]}\n").entities["a"].terms == {
            "en": ("x",)
        }

    def test_exceptions_stay_with_the_terms_that_they_were_written_for(self):
        entities = "  a: {include: b, ko: [평양]}\n  b: {ko: ['*서울'], except: [남서울]}\n"
        assert surfaces(entities, "남서울, 서울, 평양") == ["서울", "평양"]
        assert book_of(entities).entities["a"].guards == (Guard(frozenset({"*서울"}), ("남서울",)),)

    def test_a_term_that_one_of_them_leaves_free_is_free(self):
        entities = "  a: {include: b, ko: ['*평양']}\n  b: {ko: ['*평양'], except: [태평양]}\n"
        assert surfaces(entities, "태평양") == ["평양"]

    def test_fuzzy_is_for_the_entity_that_says_so(self):
        entities = "  a: {include: b, en: [Khabarovsk], fuzzy: true}\n  b: {en: [Vladivostok]}\n"
        assert book_of(entities).entities["a"].terms == {"en": ("Khabarovsk~", "Vladivostok")}

    def test_a_chain_may_be_long(self):
        chain = "".join(f"  n{number}: {{include: n{number + 1}}}\n" for number in range(2000))
        assert book_of(f"  a: {{include: n0}}\n{chain}  n2000: [x]\n").entities["a"].terms == {"*": ("x",)}

    def test_includes_that_would_fill_the_memory_are_refused(self):
        chain = "".join(
            f"  n{number}: {{include: n{number - 1}, en: w{number}}}\n" for number in range(1, 1000)
        )
        with pytest.raises(RulesError, match="more than 200,000 together"):
            book_of(f"  a: [x]\n  n0: [y]\n{chain}")

    def test_many_circles_are_told_up_to_a_bound(self):
        circles = "".join(f"  n{number}: {{include: n{number}, en: x}}\n" for number in range(30))
        with pytest.raises(RulesError) as caught:
            book_of(f"  a: [x]\n{circles}")
        assert len(caught.value.mistakes) == 20


class TestNorthKoreanSpelling:
    def test_words_are_found_as_the_north_writes_them(self):
        assert surfaces("  a: {ko: [노동자], spelling: north-korean}\n", "로동자들") == ["로동자"]
        assert surfaces("  a: {ko: [노동자]}\n", "로동자들") == []
