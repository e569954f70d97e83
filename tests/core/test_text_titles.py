from __future__ import annotations

import pytest

from monitor.core.text import fingerprint, title_words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("North Korean defects in Russia - Yonhap", "North Korean defects in Russia", id="dash"),
        pytest.param("North Korean defects in Russia | Reuters", "NORTH KOREAN defects in Russia", id="bar"),
        pytest.param("Он бежал в консульство — РИА Новости", "Он бежал в консульство", id="long dash"),
        pytest.param(
            "북한 노동자 미국 총영사관 진입 | 연합뉴스", "북한 노동자 미국 총영사관 진입", id="korean"
        ),
        pytest.param("“Quoted” title, here", '"Quoted" title here', id="signs"),
    ],
)
def test_the_same_headline_has_one_fingerprint(one: str, other: str) -> None:
    assert fingerprint(one) == fingerprint(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Talks on the border - part 1", "Talks on the border - part 2", id="numbered"),
        pytest.param("Talks on the border - a long and telling end of it", "Talks on the border", id="many words"),
        pytest.param("Talks on the border - and then", "Talks on the border", id="lower case"),
        pytest.param("Seoul - Live", "Seoul - Update", id="too little left"),
        pytest.param("???", "!!!", id="no words"),
    ],
)  # fmt: skip
def test_other_headlines_have_others(one: str, other: str) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_an_empty_title_has_an_empty_fingerprint() -> None:
    assert fingerprint("") == fingerprint("  ") == ""


@pytest.mark.parametrize(
    ("title", "words"),
    [
        pytest.param("The defectors at a consulate", {"defector", "consulate"}, id="english"),
        pytest.param("북한 외교관이 미국으로", {"북한", "외교관", "미국"}, id="korean"),
        pytest.param("", set(), id="empty"),
    ],
)
def test_titles_are_compared_by_content_words(title: str, words: set[str]) -> None:
    assert title_words(title) == words


def test_russian_titles_share_words_across_cases() -> None:
    assert title_words("Перебежчик в консульстве") == title_words("перебежчики и консульства")
