from __future__ import annotations

import pytest

from monitor.core.text import Words


def same(one: str, other: str) -> bool:
    """Whether two words are forms of one another."""
    (first,), (second,) = Words(one).all, Words(other).all
    return not set(first.shape.keys).isdisjoint(second.shape.keys)


ENGLISH = [
    ("consulate", "consulates consulate's Consulates’"),
    ("embassy", "embassies EMBASSY"),
    ("story", "stories story's"),
    ("movie", "movies"),
    ("refugee", "refugees"),
    ("church", "churches"),
    ("box", "boxes"),
    ("case", "cases"),
    ("gas", "gases"),
    ("crisis", "crises"),
    ("thief", "thieves"),
    ("knife", "knives"),
    ("hero", "heroes"),
    ("shoe", "shoes"),
    ("woman", "women women's"),
    ("policeman", "policemen"),
    ("child", "children"),
    ("Iraqi", "Iraqis"),
    ("US", "U.S. U.S us"),
    ("tie", "ties"),
    ("spy", "spies"),
    ("Hindu", "Hindus"),
]

RUSSIAN = [
    (
        "северокорейский",
        "северокорейского северокорейскому северокорейским северокорейском северокорейская северокорейской ",
    ),
    ("северокорейская", "северокорейскую северокорейские северокорейских северокорейскими"),
    ("консульство", "консульства консульству консульством консульстве консульств консульствам консульствами"),
    ("генконсульство", "генконсульства генконсульстве"),
    ("перебежчик", "перебежчика перебежчику перебежчиком перебежчике перебежчики перебежчиков Перебежчиками"),
    ("убежище", "убежища убежищу убежищем убежищах"),
    ("посольство", "посольства посольстве посольств"),
    ("Владивосток", "Владивостока Владивостоку Владивостоком Владивостоке"),
    ("беженец", "беженца беженцы беженцев беженцами"),
    ("кореец", "корейца корейцы корейцев"),
    ("посол", "посла послу послом послы"),
    ("россиянин", "россияне россиян россиянина"),
    ("Медведев", "Медведева Медведеву Медведевым Медведеве"),
    ("Путин", "Путина Путиным"),
    ("Афганистан", "Афганистана Афганистане"),
    ("Сеул", "Сеула Сеуле Сеулом"),
    ("Ким", "Кима Киму Кимом"),
    ("Китай", "Китая Китаю Китаем Китае"),
    ("Корея", "Кореи Корею Кореей Корее"),
    ("Кремль", "Кремля Кремлю Кремлем"),
    ("связь", "связью связи"),
    ("Хруничев", "Хруничева"),
    ("месяц", "месяцем месяцы месяцев"),
    ("сбежал", "сбежали сбежала"),
    ("ёлка", "елки ёлку"),
    ("суд", "суда суды судом"),
]


@pytest.mark.parametrize(("word", "forms"), [pytest.param(*row, id=row[0]) for row in ENGLISH + RUSSIAN])
def test_forms_of_a_word_are_the_word(word: str, forms: str) -> None:
    assert [form for form in forms.split() if not same(word, form)] == []


DIFFERENT = [
    "defect defected", "defect defection", "defector defected", "consul consulate", "new news", "Lao Laos",
    "Hama Hamas", "Julie July",
    "Mary Marie", "us user", "Doe does", "William Williams", "bus bush", "1980 1980s", "a as",
    "spec specimen",
    "консул консульство", "посол после", "Иван Иванова", "Иван Иванов", "Илья или", "Киев Кива", "том эта",
    "Сеул село", "КНДР КНР", "бежать убежище", "суд судья", "мир мэр",
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), [pytest.param(*row.split(), id=row) for row in DIFFERENT])
def test_other_words_are_other_words(one: str, other: str) -> None:
    assert not same(one, other)


@pytest.mark.parametrize(
    "word",
    ["Laos", "Texas", "Reuters", "Kansas", "news", "process", "status", "is", "NATO", "Yemen", "people"],
)
def test_a_word_is_its_own_form(word: str) -> None:
    assert same(word, word.lower())
    assert word.lower() in Words(word).all[0].shape.keys
