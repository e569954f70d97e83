"""What rules.yaml may hold: the typed schema, and the JSON Schema by which editors complete and check it.

All values arrive as the text that stands in the file (`document` resolves nothing), so that each field reads
its own text: `every: 10m`, `every: 600` and `lang: no` mean what they say.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from monitor.rulebook.countries import codes
from monitor.rulebook.entity_values import (
    ANY_LANGUAGE,
    LANGUAGE_KEY,
    TERMS_JSON,
    Codes,
    EntityKey,
    EntityName,
    EntityNames,
    Flag,
    Places,
    Spelling,
    Terms,
    entity_terms,
)
from monitor.rulebook.feed_values import Headers, Proxy, Weight, Zone, has_secret
from monitor.rulebook.outlets import DestinationEntry
from monitor.rulebook.values import (
    GIVEN,
    ONE_OR_MORE,
    Interval,
    Language,
    LevelWord,
    RuleIdText,
    Text,
    Texts,
    Url,
    Word,
    Words,
    refuse,
)


class _Part(BaseModel):
    """A mapping whose keys are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FeedEntry(_Part):
    """One feed."""

    url: Url = Field(description="Address of an RSS, Atom or JSON feed, http or https.")
    name: Annotated[Text | None, GIVEN] = Field(
        default=None, description="How alerts call it; the host if left out."
    )
    lang: Annotated[Language | None, GIVEN] = Field(
        default=None, description="Language of its stories: en, ko, ru, ..."
    )
    tags: Words = Field(default=[], description="Words for `tag:` in a query.")
    tier: Annotated[Word | None, GIVEN] = Field(
        default=None,
        description="Kind of source for `tier:`: official, wire, national, local, state, social, ...",
    )
    every: Annotated[Interval | None, GIVEN] = Field(
        default=None,
        description="Fixed interval (90s, 10m, 2h, 1d, or seconds); without it the rhythm is learnt.",
    )
    floor: Annotated[Interval | None, GIVEN] = Field(
        default=None, description="Least interval, however busy the feed is; the rhythm is learnt above it."
    )
    weight: Weight = Field(
        default=1.0, description="How much its delay matters: 4 is asked twice as often as 1, 0.25 half."
    )
    zone: Annotated[Zone | None, GIVEN] = Field(
        default=None, description="Time zone of its dates that name none, like Asia/Seoul."
    )
    full_text: Flag = Field(
        default=False, description="Whether the article behind every new story is fetched and searched, too."
    )
    headers: Headers = Field(
        default={}, description="More request headers; secrets as ${FEED_...} from the environment."
    )
    proxy: Annotated[Proxy | None, GIVEN] = Field(
        default=None, description="HTTP proxy for this feed alone, instead of the setting PROXY."
    )

    @field_validator("floor")
    @classmethod
    def _floor_alone(cls, floor: int | None, info: ValidationInfo) -> int | None:
        if floor is not None and info.data.get("every") is not None:
            refuse("`floor` does nothing beside `every`, which fixes the interval", "Remove one of the two.")
        return floor

    @field_validator("headers")
    @classmethod
    def _secrets_over_https(cls, headers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if has_secret(headers) and str(info.data.get("url", "https:")).startswith("http:"):
            refuse(
                "a secret header would travel openly: the feed's address begins with http://",
                "Use its https:// address, or remove the header.",
            )
        return headers


class ExampleLists(_Part):
    """Texts that show what a rule means; they run at every load."""

    match: Texts = Field(default=[], description="Texts that the rule must match.")
    no_match: Texts = Field(default=[], description="Texts that it must not match.")


class RuleEntry(_Part):
    """One rule."""

    id: RuleIdText = Field(description="Its short name, used in /subscribe: a-z, 0-9 and -.")
    match: Text = Field(description="The query that a story must match.")
    unless: Annotated[Text | None, GIVEN] = Field(
        default=None, description="A query that keeps the rule silent."
    )
    level: LevelWord = Field(default="alert", description="How much it matters.")
    name: Annotated[Text | None, GIVEN] = Field(default=None, description="What it waits for, in words.")
    tags: Words = Field(default=[], description="Words to group rules by.")
    examples: ExampleLists = Field(
        default=ExampleLists(), description="Texts that it must and must not match."
    )


class EntityEntry(BaseModel):
    """Terms per language (`any` for all), and where more of them come from."""

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[EntityKey, Texts] = Field(init=False)

    country: Codes = Field(
        default=[], description="Two letters of ISO 3166 (KP, RU, ...): names of the country and its people."
    )
    place: Places = Field(
        default=[],
        description="Names of a town, region or river, by its English name or its number in GeoNames.",
    )
    include: EntityNames = Field(default=[], description="Other entities whose terms belong here too.")
    fuzzy: Flag = Field(
        default=False, description="Whether words of 6+ letters may be misspelt by one letter."
    )
    excepted: Annotated[Terms, WithJsonSchema(TERMS_JSON)] = Field(
        default={}, alias="except", description="Terms inside which a hit does not count: 태평양 for 평양."
    )
    spelling: Annotated[Spelling | None, GIVEN] = Field(
        default=None, description="north-korean: find Korean words in the North's spelling too (로동, 녀성)."
    )

    @property
    def terms(self) -> dict[str, list[str]]:
        """The terms that are written here, per language."""
        return {
            ANY_LANGUAGE if key == "any" else key: terms for key, terms in self.__pydantic_extra__.items()
        }


Entity = Annotated[EntityEntry, BeforeValidator(entity_terms)]


class RulesFile(_Part):
    """Feeds to watch, names for what is looked for, and the rules that raise alerts."""

    feeds: list[FeedEntry] = Field(min_length=1, description="Where stories come from.")
    entities: dict[EntityName, Entity] = Field(
        default={},
        description="Named lists of terms, per language or from a country or place; `@name` in a query means any.",
    )
    rules: list[RuleEntry] = Field(min_length=1, description="What raises an alert.")
    destinations: list[DestinationEntry] = Field(
        default=[], description="Ways out beside the chats: mail, ntfy, Slack, a webhook, an Atom feed, ..."
    )


def schema() -> dict[str, Any]:
    """The JSON Schema of rules.yaml, for editors."""
    found = _without_null(RulesFile.model_json_schema())
    parts, listed = found["$defs"], found["properties"]["entities"]
    parts["Country"] = {"type": "string", "enum": list(codes())}
    one = {"$ref": "#/$defs/Country"}
    entity = parts["EntityEntry"]
    entity["properties"]["country"]["anyOf"] = [one, {"type": "array", "items": one}]
    entity["patternProperties"] = {LANGUAGE_KEY: ONE_OR_MORE}
    entity["additionalProperties"] = False
    (pattern,) = listed["patternProperties"]
    listed["patternProperties"][pattern] = {"anyOf": [*ONE_OR_MORE["anyOf"], {"$ref": "#/$defs/EntityEntry"}]}
    listed["additionalProperties"] = False
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


__all__ = [
    "ANY_LANGUAGE",
    "DestinationEntry",
    "ExampleLists",
    "FeedEntry",
    "RuleEntry",
    "RulesFile",
    "schema",
]
