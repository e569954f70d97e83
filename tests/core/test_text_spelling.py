from __future__ import annotations

import pytest

from monitor.core.text import north_korean_variants
from monitor.core.text.spelling import MOST_VARIANTS


@pytest.mark.parametrize(
    ("term", "variants"),
    [
        pytest.param("여성", ("녀성", "려성"), id="dropped"),
        pytest.param("역사", ("녁사", "력사"), id="dropped r"),
        pytest.param("노동", ("로동",), id="changed"),
        pytest.param("로동신문", ("노동신문",), id="from the north"),
        pytest.param("녀자", ("여자",), id="from the north, n"),
        pytest.param("력사", ("역사",), id="from the north, r"),
        pytest.param(
            "여성 노동", ("여성 로동", "녀성 노동", "녀성 로동", "려성 노동", "려성 로동"), id="phrase"
        ),
        pytest.param("=여성", ("=녀성", "=려성"), id="marks stay"),
        pytest.param("북한", (), id="alike"),
        pytest.param("너", (), id="one syllable"),
        pytest.param("아동", (), id="a vowel that keeps nothing"),
        pytest.param("더위", (), id="another vowel"),
        pytest.param("Pyongyang 2026", (), id="no hangul"),
        pytest.param("", (), id="nothing"),
    ],
)
def test_the_other_half_of_korea_writes(term: str, variants: tuple[str, ...]) -> None:
    assert north_korean_variants(term) == variants


def test_a_long_phrase_has_a_bounded_number_of_spellings() -> None:
    assert len(north_korean_variants("여성 " * 30)) == MOST_VARIANTS
