"""What rules.yaml may hold: the typed schema, and the JSON Schema by which editors complete and check it.

All values arrive as the text that stands in the file (`document` resolves nothing), so that each field reads
its own text: `every: 10m`, `every: 600` and `lang: no` mean what they say.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

ANY_LANGUAGE = "*"
LONGEST_ID = 40  # ids travel in chat buttons, of which Telegram takes 64 bytes
LONGEST_INTERVAL = 30 * 86_400

MEND: Literal["mend"] = "mend"  # the type of our own errors, whose context holds `message` and `hint`

_TEMPLATE: Literal["{message}"] = "{message}"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LANGUAGES = {"english": "en", "korean": "ko", "russian": "ru"}
_FORMS = "Write it like 90s, 10m, 2h, 1d, or as a number of seconds."


def _refuse(message: str, hint: str) -> NoReturn:
    raise PydanticCustomError(MEND, _TEMPLATE, {"message": message, "hint": hint})


def _slug(written: str, separator: str) -> str:
    return re.sub(r"[^a-z0-9]+", separator, written.lower()).strip(separator)


def _text(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    """One text: neither nothing nor a list or mapping."""
    if written is None:
        _refuse("a value is missing here", "Write one, or remove the line.")
    if not isinstance(written, str):
        kind = "list" if isinstance(written, list) else "mapping (`key: value`)"
        _refuse(
            f"a {kind} stands where one text belongs",
            "Write one text; put it in quotes if it holds : [ or {.",
        )
    if not written.strip():
        _refuse("the text is empty", "Write something, or remove the line.")
    return written.strip()


def _texts(written: Any) -> Any:  # noqa: ANN401 - as above
    """A list of texts; one text alone counts as a list of one."""
    if isinstance(written, str):
        return [written]
    if written is None:
        _refuse("a list is missing here", "Write one like [a, b], or remove the line.")
    if not isinstance(written, list):
        _refuse("a mapping stands where a list belongs", "Write a list like [a, b].")
    return written


def _terms(written: Any) -> Any:  # noqa: ANN401 - as above
    """Terms per language; a plain list counts for any language."""
    if isinstance(written, list | str):
        return {ANY_LANGUAGE: written}
    if written is None:
        _refuse("the entity has no terms", "Write them per language, like en: [consulate, embassy].")
    if "any" in written and ANY_LANGUAGE in written:
        _refuse("`any` and `*` mean the same", "Write one list under `any`.")
    return written


def _url(written: str) -> str:
    example = "Write the whole address, like https://example.org/rss.xml."
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        _refuse("this is not a URL", example)
    if parts.scheme not in {"http", "https"}:
        _refuse("a feed's address begins with http:// or https://", example)
    if not parts.hostname or any(mark.isspace() for mark in written):
        _refuse("this is not a URL", example)
    if parts.username is not None:
        _refuse(
            "a user or password stands in the address",
            "Secrets do not belong into this file; remove the part before @.",
        )
    return written


def _every(written: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})\s*([smhd]?)", written)
    if found is None:
        _refuse(f"`{written}` is not an interval", _FORMS)
    seconds = int(found[1]) * _UNITS[found[2] or "s"]
    if not 1 <= seconds <= LONGEST_INTERVAL:
        _refuse(f"`{written}` is not between one second and 30 days", _FORMS)
    return seconds


def _language(written: str) -> str:
    if re.fullmatch(r"[a-z]{2,3}", written):
        return written
    primary = _LANGUAGES.get(written.lower(), re.split(r"[-_]", written.lower())[0])
    known = f"Write {primary}." if re.fullmatch(r"[a-z]{2,3}", primary) else "Write en, ko, ru or the like."
    _refuse(f"`{written}` is not a language's short tag", known)


def _language_key(written: str) -> str:
    return ANY_LANGUAGE if written in {"any", ANY_LANGUAGE} else _language(written)


def _word(written: str) -> str:
    if not re.fullmatch(r"\w[\w-]{0,39}", written):
        _refuse(f"`{written}` is not one word", "Use letters, digits and - only, at most 40.")
    return written


def _entity_name(written: str) -> str:
    if not re.fullmatch(r"[a-z0-9_]{1,40}", written):
        _refuse(
            f"`{written}` cannot be an entity's name",
            f"Use a-z, 0-9 and _ only, at most 40; for example {_slug(written, '_')[:40] or 'place'}.",
        )
    return written


def _rule_id(written: str) -> str:
    if written == "all":
        _refuse("`all` cannot be a rule's id: it means all rules in /subscribe", "Choose another word.")
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", written) or len(written) > LONGEST_ID:
        _refuse(
            f"`{written}` cannot be a rule's id",
            f"Use a-z, 0-9 and - only, at most {LONGEST_ID}; "
            f"for example {_slug(written, '-')[:LONGEST_ID].strip('-') or 'my-rule'}.",
        )
    return written


def _json(kind: str = "string", **more: Any) -> WithJsonSchema:  # noqa: ANN401 - JSON Schema's own shapes
    return WithJsonSchema({"type": kind, **more})


_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

_GIVEN = BeforeValidator(_text)  # a key may be left out, but not be left empty

Text = Annotated[str, BeforeValidator(_text)]
Word = Annotated[Text, AfterValidator(_word)]
Texts = Annotated[list[Text], BeforeValidator(_texts), WithJsonSchema(_ONE_OR_MORE)]
Words = Annotated[list[Word], BeforeValidator(_texts), WithJsonSchema(_ONE_OR_MORE)]
Url = Annotated[Text, AfterValidator(_url), _json(format="uri", pattern="^https?://")]
Interval = Annotated[
    int,
    BeforeValidator(lambda written: _every(_text(written))),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]+ *[smhd]?$"}]}
    ),
]
Language = Annotated[Text, AfterValidator(_language), _json(pattern="^[a-z]{2,3}$")]
LanguageKey = Annotated[Text, AfterValidator(_language_key), _json(pattern="^([a-z]{2,3}|any|\\*)$")]
EntityName = Annotated[Text, AfterValidator(_entity_name), _json(pattern="^[a-z0-9_]{1,40}$")]
RuleIdText = Annotated[
    Text, AfterValidator(_rule_id), _json(pattern="^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", maxLength=LONGEST_ID)
]
LevelWord = Annotated[Literal["info", "alert", "flash"], BeforeValidator(_text)]


Terms = Annotated[dict[LanguageKey, Texts], BeforeValidator(_terms)]


class _Part(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedEntry(_Part):
    """One feed."""

    url: Url = Field(description="Address of an RSS, Atom or JSON feed, http or https.")
    name: Annotated[Text | None, _GIVEN] = Field(
        default=None, description="How alerts call it; the host if left out."
    )
    lang: Annotated[Language | None, _GIVEN] = Field(
        default=None, description="Language of its stories: en, ko, ru, ..."
    )
    tags: Words = Field(default=[], description="Words for `tag:` in a query.")
    tier: Annotated[Word | None, _GIVEN] = Field(
        default=None,
        description="Kind of source for `tier:`: official, wire, national, local, state, social, ...",
    )
    every: Annotated[Interval | None, _GIVEN] = Field(
        default=None,
        description="Fixed interval (90s, 10m, 2h, 1d, or seconds); without it the rhythm is learnt.",
    )


class ExampleLists(_Part):
    """Texts that show what a rule means; they run at every load."""

    match: Texts = Field(default=[], description="Texts that the rule must match.")
    no_match: Texts = Field(default=[], description="Texts that it must not match.")


class RuleEntry(_Part):
    """One rule."""

    id: RuleIdText = Field(description="Its short name, used in /subscribe: a-z, 0-9 and -.")
    match: Text = Field(description="The query that a story must match.")
    unless: Annotated[Text | None, _GIVEN] = Field(
        default=None, description="A query that keeps the rule silent."
    )
    level: LevelWord = Field(default="alert", description="How much it matters.")
    name: Annotated[Text | None, _GIVEN] = Field(default=None, description="What it waits for, in words.")
    tags: Words = Field(default=[], description="Words to group rules by.")
    examples: ExampleLists = Field(
        default=ExampleLists(), description="Texts that it must and must not match."
    )


class RulesFile(_Part):
    """Feeds to watch, names for what is looked for, and the rules that raise alerts."""

    feeds: list[FeedEntry] = Field(min_length=1, description="Where stories come from.")
    entities: dict[EntityName, Terms] = Field(
        default={},
        description="Named lists of terms per language, or `any` for all; `@name` in a query means any.",
    )
    rules: list[RuleEntry] = Field(min_length=1, description="What raises an alert.")


def schema() -> dict[str, Any]:
    """The JSON Schema of rules.yaml, for editors."""
    found = _without_null(RulesFile.model_json_schema())
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **found, "title": "Tocsin rules.yaml"}


def _without_null(part: Any) -> Any:  # noqa: ANN401 - JSON Schema's own shapes
    """What may be left out may still not be written as nothing; titles that only repeat the key go, too."""
    if isinstance(part, list):
        return [_without_null(each) for each in part if each != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    kept = {
        key: _without_null(value)
        for key, value in part.items()
        if not (key == "default" and value is None) and not (key == "title" and isinstance(value, str))
    }
    alternatives = kept.get("anyOf", [])
    if len(alternatives) == 1:
        del kept["anyOf"]
        kept.update(alternatives[0])
    return kept


__all__ = ["ANY_LANGUAGE", "ExampleLists", "FeedEntry", "RuleEntry", "RulesFile", "schema"]
