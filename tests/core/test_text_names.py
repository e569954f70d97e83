from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.core.text import relational, russian_keys, russian_name

STEADY = settings(database=None, derandomize=True, deadline=None, max_examples=300)

ADJECTIVES = """
Россия российск, Япония японск, Монголия монгольск, Грузия грузинск, Венеция венецианск, Норвегия норвежск,
Белоруссия белорусск, Чехия чешск, Франция французск, Украина украинск, Корея корейск, Европа европейск, Куба кубинск,
Америка американск, Прага пражск, Москва московск, Литва литовск, Чечня чеченск, Чили чилийск, Токио токийск,
Приморье приморск, Подмосковье подмосковн, Забайкалье забайкальск, Одесса одесск, Тула тульск, Камчатка камчатск,
Минск минск, Донецк донецк, Череповец череповецк, Донбасс донбасск, Сеул сеульск, Париж парижск, Киев киевск,
Китай китайск, Пермь пермск, Израиль израильск, Кремль кремлевск, Владивосток владивостокск
"""


@pytest.mark.parametrize(
    ("name", "base"), [pytest.param(*row.split(), id=row.strip()) for row in ADJECTIVES.split(",")]
)
def test_adjectives_are_made_of_names(name: str, base: str) -> None:
    assert base in relational(name.lower())


def test_short_words_make_no_adjectives() -> None:
    assert relational("ош") == ()


def is_name(term: str, word: str) -> bool:
    """Whether a capitalised word of a text is the name that a term asks for."""
    return not set(russian_name(term.lower())).isdisjoint(russian_keys(word.lower(), capitalised=True))


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        pytest.param("Вертинская", "Вертинская Вертинской Вертинскую", id="woman"),
        pytest.param("Вертинский", "Вертинский Вертинского Вертинскому Вертинским Вертинском", id="man"),
        pytest.param("Донской", "Донской Донского Донскому Донским", id="man in -ой"),
        pytest.param("Петров", "Петров Петрова Петрову Петровым", id="surname"),
        pytest.param("Нидерланды", "Нидерланды Нидерландов Нидерландам Нидерландах", id="plural"),
        pytest.param("Россия", "Россия России Россию Россией", id="country"),
        pytest.param("Сочи", "Сочи", id="unchanging"),
        pytest.param("Токио", "Токио", id="unchanging, no base"),
        pytest.param("Рим", "Рим Рима Риме", id="short"),
        pytest.param("После", "После", id="without forms"),
    ],
)
def test_names_have_forms(name: str, forms: str) -> None:
    assert [form for form in forms.split() if not is_name(name, form)] == []


@pytest.mark.parametrize(
    ("name", "other"),
    [
        pytest.param("Вертинская", "Вертинский", id="man of woman"),
        pytest.param("Вертинский", "Вертинская", id="woman of man"),
        pytest.param("Стругацкий", "Стругацкие", id="brothers"),
        pytest.param("Франция", "Франца", id="stem"),
        pytest.param("Петров", "Петра", id="surname of first name"),
        pytest.param("Иван", "Иванов", id="first name of surname"),
    ],
)
def test_namesakes_are_no_forms(name: str, other: str) -> None:
    assert not is_name(name, other)


@STEADY
@given(st.text(alphabet="абвгдеикклмноостскйуыьяию", min_size=1, max_size=9))
def test_a_name_is_always_itself(word: str) -> None:
    assert not set(russian_name(word)).isdisjoint(russian_keys(word, capitalised=True))
    assert not set(russian_name(word)).isdisjoint(russian_keys(word, capitalised=False))
    assert all(relational(word)) or len(word) < 3
