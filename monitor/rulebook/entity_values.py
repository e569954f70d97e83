"""What an entity of rules.yaml may hold: terms per language, and where more of them come from."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from monitor.rulebook.countries import country, guess
from monitor.rulebook.places import nearest, places
from monitor.rulebook.values import (
    LANGUAGE_NAMES,
    ONE_OR_MORE,
    Text,
    Texts,
    as_json,
    given_text,
    language,
    primary,
    refuse,
    refuse_key,
    slug,
    texts,
)

ANY_LANGUAGE = "*"
NORTH_KOREAN = "north-korean"

ENTITY_KEYS = ("country", "place", "include", "fuzzy", "except", "spelling")
"""What may stand in an entity beside lists of terms per language."""

ENTITY_NAME = re.compile("[a-z0-9_]{1,40}")
LANGUAGE_KEY = r"^([a-z]{2,3}|any|\*)$"
_OTHER_WORDS = {  # what people may call an entity's key
    "countries": "country", "nation": "country", "places": "place", "city": "place", "town": "place",
    "region": "place", "includes": "include", "extends": "include", "entities": "include", "typos": "fuzzy",
    "unless": "except", "not": "except", "exclude": "except", "without": "except", "terms": "any",
    "words": "any", "eng": "en", "kor": "ko", "kr": "ko", "rus": "ru",
}  # fmt: skip


def _language_key(written: str) -> str:
    return ANY_LANGUAGE if written in {"any", ANY_LANGUAGE} else language(written)


def _entity_name(written: str) -> str:
    if not ENTITY_NAME.fullmatch(written):
        refuse(
            f"`{written}` cannot be an entity's name",
            f"Use a-z, 0-9 and _ only, at most 40; for example {slug(written, '_')[:40] or 'place'}.",
        )
    return written


def _terms(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    """Terms per language; a plain list counts for any language."""
    if isinstance(written, list | str):
        return {ANY_LANGUAGE: written}
    if not written:
        refuse("there are no terms here", "Write them per language, like en: [consulate, embassy].")
    if "any" in written and ANY_LANGUAGE in written:
        refuse("`any` and `*` mean the same", "Write one list under `any`.")
    return written


def _entity_key(written: str) -> str:
    """`any`, a language's tag; the keys that mean more are fields of their own."""
    low = written.lower()
    if low not in _OTHER_WORDS and (low in LANGUAGE_NAMES or re.fullmatch(r"[a-z]{2,3}([-_].*)?", low)):
        return _key_of_language(written)
    if written != ANY_LANGUAGE:
        meant = _OTHER_WORDS.get(low) or next(
            iter(get_close_matches(low, (*ENTITY_KEYS, *LANGUAGE_NAMES), n=1, cutoff=0.7)), ""
        )
        known = f"There is: en, ko, ru or another language, any, {', '.join(ENTITY_KEYS)}."
        hint = f"Did you mean `{LANGUAGE_NAMES.get(meant, meant)}`?" if meant else known
        refuse_key(f"`{written}` is not known in an entity", hint)
    return written


def _key_of_language(written: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}", written):
        refuse_key(f"`{written}` is not a language's short tag", f"Write {primary(written)}.")
    return written


def _country(written: str) -> str:
    if country(written) is None:
        meant = guess(written)
        hint = (
            f"Write {meant.code} for {meant.name}."
            if meant
            else "Write its two letters of ISO 3166, like KP for North Korea."
        )
        refuse(f"`{written}` is not a country's two capital letters", hint)
    return written


def _place(written: str) -> str:
    found = places(written)
    if not found:
        near = nearest(written)
        hint = f"Did you mean {near.name}?" if near else "List its names yourself, like en: [Somewhere]."
        refuse(f"there is no place `{written}` in the gazetteer", hint)
    if len(found) > 1:
        choice = " or ".join(
            f"{one.number or one.name} ({one.country}, {one.people:,} people)" for one in found
        )
        refuse(f"`{written}` is the name of {len(found)} places", f"Write the number of one: {choice}.")
    return written


def _spelling(written: str) -> str:
    if written != NORTH_KOREAN:
        refuse(f"`{written}` is no spelling that is known here", f"There is: {NORTH_KOREAN}.")
    return written


def _yes_or_no(written: str) -> bool:
    if written not in {"true", "false"}:
        refuse(f"`{written}` is neither true nor false", "Write true, or remove the line.")
    return written == "true"


def entity_terms(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    """A plain list is one of terms for any language; something must say what the entity means."""
    if written is None or (isinstance(written, dict) and not {*written} - {"fuzzy", "except", "spelling"}):
        refuse("the entity has no terms", "Write them per language, like en: [consulate, embassy].")
    return _terms(written)


TERMS_JSON = {
    "anyOf": [
        *ONE_OR_MORE["anyOf"],
        {"type": "object", "propertyNames": {"pattern": LANGUAGE_KEY}, "additionalProperties": ONE_OR_MORE},
    ]
}

EntityName = Annotated[Text, AfterValidator(_entity_name), as_json(pattern=f"^{ENTITY_NAME.pattern}$")]
EntityKey = Annotated[Text, AfterValidator(_entity_key)]
LanguageKey = Annotated[Text, AfterValidator(_language_key), as_json(pattern=LANGUAGE_KEY)]
Terms = Annotated[dict[LanguageKey, Texts], BeforeValidator(_terms)]
Codes = Annotated[
    list[Annotated[Text, AfterValidator(_country)]], BeforeValidator(texts), WithJsonSchema(ONE_OR_MORE)
]
Places = Annotated[
    list[Annotated[Text, AfterValidator(_place)]], BeforeValidator(texts), WithJsonSchema(ONE_OR_MORE)
]
EntityNames = Annotated[list[EntityName], BeforeValidator(texts), WithJsonSchema(ONE_OR_MORE)]
Flag = Annotated[bool, BeforeValidator(lambda written: _yes_or_no(given_text(written))), as_json("boolean")]
Spelling = Annotated[Text, AfterValidator(_spelling), as_json(enum=[NORTH_KOREAN])]
