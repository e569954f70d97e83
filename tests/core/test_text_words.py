from __future__ import annotations

import unicodedata
from collections.abc import Collection

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import CHUNKS, Script, Words, bigrams, fold
from monitor.core.text import words as words_module
from monitor.core.text.korean import without_particle
from monitor.core.text.shapes import MEMO_LIMIT, SHAPES
from monitor.core.text.words import CHUNKS_LIMIT

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=150)


def cut(text: str) -> list[tuple[str, int]]:
    """Surfaces in the original, each with its place."""
    words = Words(text)
    return [(text[slice(*words.span(word.start, word.end))], word.place) for word in words.all]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("asylum-seeker here", [("asylum", 0), ("seeker", 1), ("here", 2)], id="hyphen parts"),
        pytest.param("the U.S. Navy", [("the", 0), ("U.S.", 1), ("Navy", 2)], id="dotted"),
        pytest.param("U.S's U.S.’s", [("U.S's", 0), ("U.S.’s", 1)], id="dotted possessive"),
        pytest.param("N. Korea N.Korea", [("N", 0), ("Korea", 1), ("N", 2), ("Korea", 3)], id="initial"),
        pytest.param(
            "А. Иванов А.С.Пушкин",
            [("А", 0), ("Иванов", 1), ("А", 2), ("С", 3), ("Пушкин", 4)],
            id="russian initials",
        ),
        pytest.param("U.S.Navy", [("U.S.", 0), ("Navy", 1)], id="dots before a word"),
        pytest.param(
            "consulate's consulates’ O'Brien",
            [("consulate's", 0), ("consulates", 1), ("O'Brien", 2)],
            id="apostrophes",
        ),
        pytest.param(
            "北노동자 美총영사관에",
            [("北", 0), ("노동자", 0), ("美", 1), ("총영사관에", 1)],
            id="han beside hangul",
        ),
        pytest.param(
            "LG전자의 K팝", [("LG", 0), ("전자의", 0), ("K", 1), ("팝", 1)], id="latin beside hangul"
        ),
        pytest.param("1,000.5 G20 3.5bn", [("1,000.5", 0), ("G20", 1), ("3.5", 2), ("bn", 2)], id="numbers"),
        pytest.param("foo_bar", [("foo", 0), ("bar", 1)], id="underscore parts"),
        pytest.param("!?", [], id="no words"),
    ],
)
def test_words_are_cut_with_their_places(text: str, expected: list[tuple[str, int]]) -> None:
    assert cut(text) == expected


@STEADY
@given(st.text())
def test_words_stand_where_they_say(text: str) -> None:
    words = Words(text)
    last = -1
    for word in words.all:
        start, end = words.span(word.start, word.end)
        assert 0 <= start < end <= len(text)
        assert word.place in {last, last + 1}
        last = word.place
    assert len(words.sentence) == len(words.all)


@STEADY
@given(st.text(alphabet="aU.S 1,5가北'-é"))
def test_marks_are_keys_and_tokens_of_the_words(text: str) -> None:
    words = Words(text)
    assert words.marks == {mark for word in words.all for mark in (*word.shape.keys, *word.shape.tokens)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("He fled. She stayed! Why? So", [0, 0, 1, 1, 2, 3], id="stops"),
        pytest.param("The U.S. Embassy", [0, 0, 0], id="dotted abbreviation"),
        pytest.param("Mr. Kim met N. Korea", [0, 0, 0, 0, 0], id="abbreviation and initial"),
        pytest.param("А. Иванов. Он", [0, 0, 1], id="russian initial"),
        pytest.param("It rose 3.5 percent", [0, 0, 0, 0], id="number"),
        pytest.param("bbc.co.uk said", [0, 0, 0, 0], id="dot inside"),
        pytest.param("망명했다.그는 갔다", [0, 1, 1], id="korean without space"),
        pytest.param("进入。离开", [0, 1], id="han stop"),
        pytest.param("title\nlead", [0, 1], id="line break"),
        pytest.param('He "fled." Then', [0, 0, 1], id="closing quote"),
        pytest.param("approx. five", [0, 0], id="abbreviation before lower case"),
        pytest.param("so it goes. five", [0, 0, 0, 0], id="lower case goes on"),
        pytest.param("Wait… Then", [0, 1], id="ellipsis"),
        pytest.param("see X... Then", [0, 0, 1], id="dots behind a letter"),
        pytest.param("а др. Потом", [0, 0, 0], id="russian abbreviation"),
        pytest.param("one, two", [0, 0], id="comma"),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[int]) -> None:
    assert list(Words(text).sentence) == expected


@pytest.mark.parametrize(
    ("word", "script"),
    [
        pytest.param("consulate", Script.LATIN, id="latin"),
        pytest.param("G20", Script.LATIN, id="latin and digits"),
        pytest.param("КНДР", Script.CYRILLIC, id="cyrillic"),
        pytest.param("북한", Script.HANGUL, id="hangul"),
        pytest.param("北", Script.HAN, id="han"),
        pytest.param("2026", Script.NUMBER, id="number"),
        pytest.param("ελλάδα", Script.OTHER, id="greek"),
        pytest.param("iPhoneы", Script.OTHER, id="two scripts"),
    ],
)
def test_each_word_has_one_script(word: str, script: Script) -> None:
    assert Words(word).all[0].shape.script is script
    assert Words(word).by_script == {script: [0]}


def test_jamo_are_read_as_syllables() -> None:
    assert [word.shape.text for word in Words(unicodedata.normalize("NFD", "북한은")).all] == ["북한은"]


def test_the_memo_starts_afresh_when_full() -> None:
    SHAPES.clear()
    SHAPES.update((f"filler{i}", SHAPES["filler"]) for i in range(MEMO_LIMIT))
    assert SHAPES["embassies"].keys == ("embassie", "embassy")
    assert len(SHAPES) == 1


@pytest.mark.parametrize(
    ("run", "pairs"),
    [
        pytest.param("총영사관", ("총영", "영사", "사관"), id="overlapping"),
        pytest.param("북", ("북",), id="alone"),
    ],
)
def test_hangul_is_indexed_by_pairs(run: str, pairs: tuple[str, ...]) -> None:
    assert bigrams(run) == pairs


@pytest.mark.parametrize(
    ("run", "bare"),
    [
        pytest.param("미국으로", "미국", id="particle"),
        pytest.param("북한에서는", "북한", id="two particles"),
        pytest.param("나라", "나라", id="too short to lose it"),
        pytest.param("망명", "망명", id="none"),
    ],
)
def test_titles_lose_particles(run: str, bare: str) -> None:
    assert without_particle(run) == bare


def _word_by_word(text: str) -> list[tuple[int, int, int, str]]:
    """What `Words` finds chunk by chunk, found in one go."""
    folded = fold(text).text
    out: list[tuple[int, int, int, str]] = []
    place = before = -1
    for found in words_module._PATTERN.finditer(folded):
        start, end = found.span()
        place += start != before or folded[start - 1] == "."
        before = end
        out.append((start, end, place, SHAPES[found.group()].text))
    return out


ODD = st.text(
    alphabet=st.sampled_from("aA.U'S- \u00a0\u2028\u3000\n\x1c\u00a8\u0301\u00ad\u200bе\u0300북부北é1,ﬁ…’Ⅷ½"),
    max_size=24,
)


@STEADY
@given(ODD | st.text())
def test_no_word_reaches_over_white_space(text: str) -> None:
    words = Words(text)
    assert [(word.start, word.end, word.place, word.shape.text) for word in words.all] == _word_by_word(text)
    assert [words[number] for number in range(len(words))] == list(words.all)
    assert [word.place for word in words.all] == words.places
    assert words.folded == fold(text)


@STEADY
@given(ODD, st.sampled_from(["a", "us", "s", "е", "북", "1", "as"]))
def test_words_are_found_by_key_and_by_text(text: str, key: str) -> None:
    words = Words(text)
    assert words.having((key,)) == [n for n, word in enumerate(words.all) if key in word.shape.keys]
    assert {n for n, word in enumerate(words.all) if "북" in word.shape.text} <= set(words.holding("북", ""))


class Looked:
    """Somebody who looked for these marks."""

    def __init__(self, *marks: str) -> None:
        self.marks = set(marks)

    def watches(self, marks: Collection[str]) -> bool:
        return self.marks.issuperset(marks)


def test_what_was_looked_for_is_not_looked_for_again() -> None:
    words = Words("tea for two, tea for 북한")
    told = [
        (False, (), (), marks) if (marks := {0: ("tea",), 3: ("tea",), 5: ("^북=",)}.get(at)) else None
        for at in range(6)
    ]
    words.note(Looked("tea", "coffee", "^북="), told)
    assert words.having(("tea",)) == [0, 3]
    assert words.having(("coffee", "tea")) == [0, 3]
    assert words.having(("coffee",)) == []
    assert words.having(("two", "tea")) == [0, 2, 3], "nobody looked for two"
    assert words.holding("북", "^북=") == [5]
    assert words.holding("북", "북=") == [5], "nobody looked for it"
    assert words.lacks(("coffee",))
    assert not words.lacks(("two",))


def test_chunks_are_forgotten_when_too_many() -> None:
    CHUNKS.clear()
    CHUNKS.update((f"filler{number}", CHUNKS["filler"]) for number in range(CHUNKS_LIMIT))
    assert [shape.text for shape in Words("two words").shapes] == ["two", "words"]
    assert len(CHUNKS) <= 3


def test_a_long_chunk_is_not_remembered() -> None:
    CHUNKS.clear()
    assert len(Words("-".join(["green"] * 20)).shapes) == 20
    assert CHUNKS == {}


def test_a_sentence_begins_behind_a_stop() -> None:
    words = Words("Tea. – Two teas,  Dr. Who-Me!\nFour")
    begun = [word.shape.text for number, word in enumerate(words.all) if words.begins_sentence(number)]
    assert begun == ["tea", "two", "four"]
