"""Russian adjectives made of names: `российский` of `Россия`, `киевский` of `Киев`.

Russian says with them what English says with a noun: `российский консул` is the consul of Russia. All likely
bases are given; those that no word has cost nothing. Adjectives that share no letters with the name (`немецкий`)
are names of their own.
"""

from __future__ import annotations

_SHORTEST = 3
"""Letters of the shortest name."""

_VOWELS = frozenset("аеиоуыэюя")

_IRREGULAR = {
    "азия": "азиатск",
    "армения": "армянск",
    "дания": "датск",
    "индия": "индийск",
    "италия": "итальянск",
    "конго": "конголезск",
    "польша": "польск",
    "словакия": "словацк",
    "турция": "турецк",
    "уфа": "уфимск",
    "финляндия": "финск",
    "франция": "французск",
    "чехия": "чешск",
    "швеция": "шведск",
    "греция": "греческ",
}

_SOFTENED = {"г": "ж", "к": "", "х": "ш"}
"""What becomes of a last consonant before -ск: Прага, Камчатка."""


def relational(name: str) -> tuple[str, ...]:
    """Bases of the adjectives that may be made of a folded name, without their endings."""
    if len(name) < _SHORTEST:
        return ()
    if name in _IRREGULAR:
        return (_IRREGULAR[name],)
    if name[-1] == "ь":
        bases = [name + "ск", name[:-1] + "ск", name[:-1] + "евск"]  # Израиль, Пермь, Кремль
    elif name[-1] == "й":
        bases = [name + "ск"]  # Китай
    elif name[-1] not in _VOWELS:
        bases = _of_consonant(name)
    elif name.endswith("ия"):
        bases = _of_iya(name[:-2])
    else:
        bases = _of_vowel(name)
    return tuple(dict.fromkeys(bases))


def _of_consonant(name: str) -> list[str]:
    """Bases for Минск, Елец, Донбасс, Сеул, Париж."""
    if name.endswith(("ск", "цк")):
        return [name]
    if name[-1] in "цс":
        return [name + "к", name + "ск"]
    return [name + "ск", name + "ьск"] if name[-1] == "л" else [name + "ск"]


def _of_iya(root: str) -> list[str]:
    """Bases for Россия, Япония, Монголия, Грузия, Венеция, Норвегия, Белоруссия, by what stands before -ия."""
    bases = [root + "ийск", root + "ск", root + "ьск", root + "инск", root + "ианск"]
    if root[-1] in _SOFTENED:
        bases.append(root[:-1] + _SOFTENED[root[-1]] + "ск")
    if root[-1] == "с":
        bases.append(root + "к")
    return bases


def _of_vowel(name: str) -> list[str]:
    """Bases for Украина, Корея, Европа, Куба, Америка, Прага, Москва, Чечня, Чили, Приморье, Подмосковье."""
    root = name[:-1]
    bases = [root + "ск", root + "йск", root + "ейск", root + "ийск", root + "инск", root + "анск"]
    if root[-1] in _SOFTENED:
        bases.append(root[:-1] + _SOFTENED[root[-1]] + "ск")
    if root[-1] == "с":
        bases.append(root + "к")
    if root[-1] == "л":
        bases.append(root + "ьск")
    if root[-1] == "ь":
        bases += [root[:-1] + "ск", root[:-1] + "н"]
    if root[-1] == "в":
        bases.append(root[:-1] + "овск")
    if root[-1] == "н":
        bases.append(root[:-1] + "енск")
    return bases
