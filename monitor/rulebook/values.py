"""What a value of rules.yaml may be: each reads its own text, and refuses what it cannot read with a mend."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, NoReturn
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from monitor.core.model import personal

LONGEST_ID = 40  # ids travel in chat buttons, of which Telegram takes 64 bytes
LONGEST_INTERVAL = 30 * 86_400

MEND: Literal["mend"] = "mend"  # the type of our own errors, whose context holds `message` and `hint`
MEND_KEY: Literal["mend_key"] = "mend_key"  # the same about a key instead of its value

LANGUAGE_NAMES = {"english": "en", "korean": "ko", "russian": "ru"}

SECRETS = "Secrets do not belong into this file"
"""How the mend begins where one stands there; the line is then not shown."""

_TEMPLATE: Literal["{message}"] = "{message}"
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORMS = "Write it like 90s, 10m, 2h, 1d, or as a number of seconds."


def refuse(message: str, hint: str) -> NoReturn:
    """Raise what the schema tells about a value."""
    raise PydanticCustomError(MEND, _TEMPLATE, {"message": message, "hint": hint})


def refuse_key(message: str, hint: str) -> NoReturn:
    """Raise what the schema tells about the key of a value."""
    raise PydanticCustomError(MEND_KEY, _TEMPLATE, {"message": message, "hint": hint})


def slug(written: str, separator: str) -> str:
    """What was written as a name that can be used: `Heavy Rain` as heavy_rain."""
    return re.sub(r"[^a-z0-9]+", separator, written.lower()).strip(separator)


def given_text(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    """One text: neither nothing nor a list or mapping."""
    if written is None:
        refuse("a value is missing here", "Write one, or remove the line.")
    if not isinstance(written, str):
        kind = "list" if isinstance(written, list) else "mapping (`key: value`)"
        refuse(
            f"a {kind} stands where one text belongs",
            "Write one text; put it in quotes if it holds : [ or {.",
        )
    if not written.strip():
        refuse("the text is empty", "Write something, or remove the line.")
    return written.strip()


def texts(written: Any) -> Any:  # noqa: ANN401 - as above
    """A list of texts; one text alone counts as a list of one."""
    if isinstance(written, str):
        return [written]
    if written is None:
        refuse("a list is missing here", "Write one like [a, b], or remove the line.")
    if not isinstance(written, list):
        refuse("a mapping stands where a list belongs", "Write a list like [a, b].")
    return written


def _url(written: str) -> str:
    example = "Write the whole address, like https://example.org/rss.xml."
    try:
        parts = urlsplit(written)
        _ = parts.port
    except ValueError:
        refuse("this is not a URL", example)
    if parts.scheme not in {"http", "https"}:
        refuse("a feed's address begins with http:// or https://", example)
    if not parts.hostname or any(mark.isspace() for mark in written):
        refuse("this is not a URL", example)
    if parts.username is not None:
        refuse(
            "a user or password stands in the address",
            f"{SECRETS}; remove the part before @.",
        )
    return written


def _every(written: str) -> int:
    found = re.fullmatch(r"([0-9]{1,9})\s*([smhd]?)", written)
    if found is None:
        refuse(f"`{written}` is not an interval", _FORMS)
    seconds = int(found[1]) * _UNITS[found[2] or "s"]
    if not 1 <= seconds <= LONGEST_INTERVAL:
        refuse(f"`{written}` is not between one second and 30 days", _FORMS)
    return seconds


def language(written: str) -> str:
    """A short language tag such as en."""
    if not re.fullmatch(r"[a-z]{2,3}", written):
        meant = primary(written)
        known = f"Write {meant}." if re.fullmatch(r"[a-z]{2,3}", meant) else "Write en, ko, ru or the like."
        refuse(f"`{written}` is not a language's short tag", known)
    return written


def primary(written: str) -> str:
    """The short tag that is probably meant: en for English, EN and en-US."""
    return LANGUAGE_NAMES.get(written.lower(), re.split(r"[-_]", written.lower())[0])


def _word(written: str) -> str:
    if not re.fullmatch(r"\w[\w-]{0,39}", written):
        refuse(f"`{written}` is not one word", "Use letters, digits and - only, at most 40.")
    return written


def _rule_id(written: str) -> str:
    if written == "all":
        refuse("`all` cannot be a rule's id: it means all rules in /subscribe", "Choose another word.")
    if personal(written):
        refuse(f"`{written}` cannot be a rule's id: personal rules are called so", "Choose another word.")
    if not re.fullmatch(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", written) or len(written) > LONGEST_ID:
        refuse(
            f"`{written}` cannot be a rule's id",
            f"Use a-z, 0-9 and - only, at most {LONGEST_ID}; "
            f"for example {slug(written, '-')[:LONGEST_ID].strip('-') or 'my-rule'}.",
        )
    return written


def as_json(kind: str = "string", **more: Any) -> WithJsonSchema:  # noqa: ANN401 - JSON Schema's own shapes
    """How the JSON Schema tells a value."""
    return WithJsonSchema({"type": kind, **more})


ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}

GIVEN = BeforeValidator(given_text)  # a key may be left out, but not be left empty

Text = Annotated[str, BeforeValidator(given_text)]
Word = Annotated[Text, AfterValidator(_word)]
Texts = Annotated[list[Text], BeforeValidator(texts), WithJsonSchema(ONE_OR_MORE)]
Words = Annotated[list[Word], BeforeValidator(texts), WithJsonSchema(ONE_OR_MORE)]
Url = Annotated[Text, AfterValidator(_url), as_json(format="uri", pattern="^https?://")]
Interval = Annotated[
    int,
    BeforeValidator(lambda written: _every(given_text(written))),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^[0-9]+ *[smhd]?$"}]}
    ),
]
Language = Annotated[Text, AfterValidator(language), as_json(pattern="^[a-z]{2,3}$")]
RuleIdText = Annotated[
    Text, AfterValidator(_rule_id), as_json(pattern="^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", maxLength=LONGEST_ID)
]
LevelWord = Annotated[Literal["info", "alert", "flash"], BeforeValidator(given_text)]
