"""Forms of Russian words: every case and number of nouns and adjectives.

A word's keys are its Snowball stem and, since Snowball takes names for verbs (`Афганистан` loses its н, `Медведев`
parts from `Медведева`), the bases that it could have in each of three declensions. Two words are forms of one
another if they share a key. Words of four letters and fewer have no stem: `Илья` would meet `или`.

A name is asked for more narrowly: by its bases and not by its stem (`Франция` is no `Франц`), and as an adjective
by its gender and number (`Вертинская` is no `Вертинский`, `Стругацкий` not the brothers `Стругацкие`).
"""

from __future__ import annotations

import re
from functools import cache

import Stemmer

_SHORTEST_STEMMED = 5
_SHORTEST_BASE = 3
_SHORTEST_FLEETING = 2

_CONSONANTS = frozenset("бвгджзклмнпрстфхцчшщ")
_HUSHING = frozenset("жшчщц")
_I_AFTER = frozenset("гкхжчшщ")

_HARD = ("", "а", "о", "у", "е", "ом", "ой", "ою", "ам", "ами", "ах", "ов")
_AFTER_HUSHING = ("ем", "ей", "ев")
_OF_SURNAMES = ("ым", "ых", "ыми")
_SOFT = ("я", "ю", "е", "и", "ем", "ей", "ею", "ям", "ями", "ях")
_ADJECTIVE = re.compile("(?:ы[йехм]|и[йехм]|ыми|ими|ая|яя|ое|ее|ого|его|ому|ему|ую|юю|о[йюм]|е[йюм])$")
_SURNAME = re.compile("[оеи]в$|[иы]н$")
_GENDERS = {
    "4": re.compile("(?:[ыи][йм]|[ое]е|[ое]го|[ое]му|[ое]м)$"),  # masculine and neuter
    "5": re.compile("(?:[ая]я|[ое]й|[ую]ю|[ое]ю)$"),  # feminine
    "6": re.compile("(?:[ыи][ехм]|[ыи]ми)$"),  # plural
}
_OF_ADJECTIVES = ("ский", "цкий")
"""Endings of names that are adjectives through and through: Василий is not."""
_FLEETING = re.compile("(?P<vowel>[ео])(?P<last>ц|к|л)$")

_NO_FORMS = frozenset(
    # words that do not change and look like forms of others: `после` of `посол`
    re.findall(
        r"\w+",
        """
        после или для при под над уже еще это эти этот как так там тут том тем кто что чем чего того той тот они она
        оно его ему ими ней нем них без из за до от об обо про через между перед около ради если чтобы когда пока
        более менее очень также тоже лишь даже хотя либо было были быть была будет есть нет нас вас нам вам мой твой
        свой весь все всех всем всего сам сама самого один одна одно где куда туда сюда здесь потом затем теперь
        """,
    )
)


@cache
def _stemmer() -> Stemmer.Stemmer:
    """Snowball for Russian; our own memo stands before it, so it needs none."""
    return Stemmer.Stemmer("russian", 0)


def russian_keys(word: str, *, capitalised: bool) -> tuple[str, ...]:
    """Keys of a folded word, its stem first; stem and bases carry a digit, so that they meet only their like.

    A capitalised word in -ов is a surname, not a genitive plural: `Иванов` is no form of `Иван`. But it may be the
    genitive of a name that is a plural itself: `Нидерландов`.
    """
    if word in _NO_FORMS:
        return (word,)
    keys = [f"{_stemmer().stemWord(word)}0" if len(word) >= _SHORTEST_STEMMED else word]
    keys += [base + "1" for base in _hard(word, capitalised=capitalised)]
    keys += [base + "2" for base in _soft(word)]
    if capitalised and word.endswith("ов") and _is_base(word[:-2]):
        keys.append(word[:-2] + "7")
    base = _adjective(word)
    if base:
        keys.append(base + "3")
        keys += [base + gender for gender, endings in _GENDERS.items() if endings.search(word)]
    return tuple(dict.fromkeys(keys))


def russian_name(word: str) -> tuple[str, ...]:
    """Keys of a folded word as a name; `russian_keys` of the same word has one of them at least."""
    if word in _NO_FORMS or len(word) < _SHORTEST_STEMMED:
        return russian_keys(word, capitalised=True)
    keys = [base + "1" for base in _hard(word, capitalised=True)]
    if not word.endswith(_OF_ADJECTIVES):
        keys += [base + "2" for base in _soft(word)]
    if word.endswith(("ы", "и")):
        keys += [base + "7" for base in _hard(word, capitalised=True)]  # Советов, of Советы
    base = _adjective(word)
    if base:
        keys += [base + gender for gender, endings in _GENDERS.items() if endings.search(word)]
        if word.endswith(("ой", "ей")):
            keys.append(base + "4")  # Донской, as a nominative
    return tuple(dict.fromkeys(keys)) or russian_keys(word, capitalised=True)


def _adjective(word: str) -> str:
    """Base of what may be an adjective, or nothing."""
    found = _ADJECTIVE.search(word)
    base = word[: found.start()] if found else ""
    return base if len(base) >= _SHORTEST_BASE and base[-1] in _CONSONANTS else ""


def _hard(word: str, *, capitalised: bool) -> list[str]:
    """Bases of a noun such as стол, женщина, консульство, Медведев."""
    out: list[str] = []
    for ending in _HARD:
        base = word.removesuffix(ending)
        if word.endswith(ending) and _is_base(base) and not (ending == "ов" and capitalised):
            out.append(base)
    plural = word[:-1]
    if word.endswith(("ы", "и")) and _is_base(plural) and (plural[-1] in _I_AFTER) == word.endswith("и"):
        out.append(plural)
    out += [
        word.removesuffix(ending)
        for ending in _AFTER_HUSHING
        if word.endswith(ending)
        and word.removesuffix(ending)[-1:] in _HUSHING
        and _is_base(word.removesuffix(ending))
    ]
    out += [
        word.removesuffix(ending)
        for ending in _OF_SURNAMES
        if word.endswith(ending) and _SURNAME.search(word.removesuffix(ending))
    ]
    if word.endswith(("анин", "янин")):
        out.append(word[:-2])  # россиянин, россияне
    fleeting = _FLEETING.search(word)
    if fleeting and fleeting.start() >= _SHORTEST_FLEETING:
        before = word[: fleeting.start()]
        out.append(
            before + ("" if before[-1] in _CONSONANTS else "й") + fleeting["last"]
        )  # беженец, кореец, посол
    return out


def _soft(word: str) -> list[str]:
    """Bases of a noun such as кремль, Китай, Корея, заявление."""
    out: list[str] = []
    if word.endswith(("ь", "й")) and (word[-2:-1] in _CONSONANTS) == word.endswith("ь"):
        out.append(word[:-1])
    if word.endswith("ью"):
        out.append(word[:-2])
    out += [word.removesuffix(ending) for ending in _SOFT if word.endswith(ending)]
    return [base for base in out if len(base) >= _SHORTEST_BASE]


def _is_base(base: str) -> bool:
    return len(base) >= _SHORTEST_BASE and base[-1] in _CONSONANTS
