"""`destinations:` of rules.yaml: ways out beside the chats, and what each of them gets."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic import model_validator as validates

from monitor.core.model import Level, Outlet
from monitor.rulebook.document import Listing, Mapping, Scalar
from monitor.rulebook.values import (
    GIVEN,
    LONGEST_ID,
    ONE_OR_MORE,
    SECRETS,
    Text,
    Texts,
    as_json,
    refuse,
    slug,
    texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from monitor.core.errors import Mistake
    from monitor.rulebook.document import Node, Source

WAYS = ("url", "url_file", "atom")
"""The keys of which one says where it goes."""

_REFERENCE = re.compile(r"\$\{(NOTIFY_[A-Z0-9_]{1,60})\}")
_NAME = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_FILE = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
_LEVELS = tuple(level.word for level in Level)


def _name(written: str) -> str:
    if not re.fullmatch(_NAME, written) or len(written) > LONGEST_ID:
        mend = slug(written, "-")[:LONGEST_ID].strip("-") or "my-mail"
        refuse(
            f"`{written}` cannot be a destination's name",
            f"Use a-z, 0-9 and - only, at most {LONGEST_ID}; for example {mend}.",
        )
    return written


def _url(written: str) -> str:
    found = _REFERENCE.fullmatch(written)
    if found is None and "$" not in written and "://" in written:
        refuse(
            "an address stands here openly: such addresses hold passwords and tokens",
            f"{SECRETS}: write ${{NOTIFY_MAIL}} and set that in the environment or in .env.",
        )
    if found is None:
        wanted = re.sub(r"[^A-Z0-9]+", "_", written.upper()).strip("_").removeprefix("NOTIFY_")[:40] or "MAIL"
        refuse(
            "this does not name a variable that begins with NOTIFY_",
            f"{SECRETS}: write ${{NOTIFY_{wanted}}} and set that in the environment or in .env.",
        )
    return found[1]


def _url_file(written: str) -> str:
    if "://" in written:
        refuse(
            "an address stands here, not a file's name",
            f"{SECRETS}: write it into a file, and the file's path here.",
        )
    if not written.startswith("/"):
        refuse(f"`{written}` is not a whole path", "Write it like /run/secrets/mail_url.")
    return written


def _atom(written: str) -> str:
    if not re.fullmatch(_FILE, written) or not written.endswith((".xml", ".atom")):
        stem = re.split(r"[/\\]", written)[-1].rpartition(".")[0] or written
        refuse(
            f"`{written}` cannot be the name of a feed's file",
            f"Write a name without folders that ends with .xml or .atom, like {slug(stem, '-')[:40] or 'alerts'}.xml; "
            "its folder is the setting ATOM_DIR.",
        )
    return written


def _gets(written: Any) -> Any:  # noqa: ANN401 - a validator is given whatever stands in the file
    found = texts(written)
    if not found:
        refuse("the list is empty: nothing would go there", "Write rules' ids, tag:NAME, level:NAME, or all.")
    return found


class DestinationEntry(BaseModel):
    """One way out beside the chats; one of `url`, `url_file` and `atom` says where it goes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[
        Text, AfterValidator(_name), as_json(pattern=f"^{_NAME}$".replace("(?:", "("), maxLength=LONGEST_ID)
    ] = Field(description="How /status and the log call it: a-z, 0-9 and -.")
    gets: Annotated[Texts, BeforeValidator(_gets), WithJsonSchema(ONE_OR_MORE)] = Field(
        description="What it gets: rules' ids, tag:NAME, level:NAME (that or higher), or all."
    )
    url: Annotated[
        str | None,
        AfterValidator(lambda written: None if written is None else _url(written)),
        GIVEN,
        WithJsonSchema({"type": "string", "pattern": r"^\$\{NOTIFY_[A-Z0-9_]+\}$"}),
    ] = Field(
        default=None,
        description="Mail, ntfy, Slack, a webhook, ...: an address as Apprise knows it, as ${NOTIFY_...} from the "
        "environment.",
    )
    url_file: Annotated[
        str | None,
        AfterValidator(lambda written: None if written is None else _url_file(written)),
        GIVEN,
        WithJsonSchema({"type": "string", "pattern": "^/"}),
    ] = Field(default=None, description="A file that holds such an address, by its whole path.")
    atom: Annotated[
        str | None,
        AfterValidator(lambda written: None if written is None else _atom(written)),
        GIVEN,
        WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]*[.](xml|atom)$"}),
    ] = Field(
        default=None,
        description="The name of an Atom feed of its alerts, in the folder of the setting ATOM_DIR.",
    )

    @validates(mode="after")
    def _one_way(self) -> Self:
        given = [way for way in WAYS if getattr(self, way) is not None]
        if not given:
            refuse(
                "nothing says where this goes",
                "Add one of: url: ${NOTIFY_...}, url_file: /run/secrets/..., atom: alerts.xml.",
            )
        if len(given) > 1:
            refuse(f"`{given[0]}` and `{given[1]}` stand here both", "Make two destinations of them.")
        return self

    def outlet(self) -> Outlet:
        """As the book keeps it."""
        return Outlet(
            self.name, tuple(dict.fromkeys(self.gets)), self.url or "", self.url_file or "", self.atom or ""
        )


def destination_mistakes(section: Node | None, rules: Node | None, source: Source) -> Iterator[Mistake]:
    """What is wrong in what destinations get, and names and files that stand twice."""
    known = _Known(rules)
    seen: dict[tuple[str, str], int] = {}
    for entry in _entries(section):
        for key in ("name", "atom"):
            pair = entry.get(key)
            if pair is None or not isinstance(pair[1], Scalar) or pair[1].is_null:
                continue
            first = seen.setdefault((key, pair[1].value.strip()), pair[1].start)
            if first != pair[1].start:
                line = source.mistake(first, "").line
                what = (
                    "two destinations cannot have the same name" if key == "name" else "two feeds in one file"
                )
                mend = "Give one of them another name."
                yield source.mistake(pair[1].start, f"{what}; the first stands in line {line}", mend)
        gets = entry.get("gets")
        for scalar in _scalars(gets[1]) if gets else ():
            wrong = known.refusal(scalar.value.strip())
            if wrong is not None:
                yield source.mistake(scalar.start, *wrong)


class _Known:
    """What can be asked for: the rules and tags of the file."""

    def __init__(self, rules: Node | None) -> None:
        self.rules: dict[str, None] = {}
        self.tags: dict[str, None] = {}
        for entry in _entries(rules):
            for key, found in (("id", self.rules), ("tags", self.tags)):
                pair = entry.get(key)
                found.update(
                    dict.fromkeys(each.value.strip() for each in _scalars(pair[1]))
                ) if pair else None

    def refusal(self, selector: str) -> tuple[str, str] | None:
        """Message and mend for a selector that means nothing here, None for a good one."""
        if selector in self.rules or selector in {"all", ""}:  # of an empty one the schema tells
            return None
        kind, colon, value = selector.partition(":")
        if colon and kind == "level":
            return (
                None if value in _LEVELS else (f"`{value}` is no level", f"There is: {', '.join(_LEVELS)}.")
            )
        if colon and kind == "tag":
            return (
                None
                if value in self.tags
                else (f"no rule has the tag `{value}`", _near(value, self.tags, "tag:"))
            )
        return f"there is no rule `{selector}`", _near(selector, {**self.rules, "all": None}, "")


def _near(written: str, known: dict[str, None], before: str) -> str:
    near = difflib.get_close_matches(written, known, n=1)
    if near:
        return f"Did you mean {before}{near[0]}?"
    return "Write a rule's id, tag:NAME, level:NAME, or all."


def _entries(section: Node | None) -> Iterator[Mapping]:
    for item in section.items if isinstance(section, Listing) else ():
        if isinstance(item, Mapping):
            yield item


def _scalars(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar) and not node.is_null:
        yield node
    for item in node.items if isinstance(node, Listing) else ():
        if isinstance(item, Scalar) and not item.is_null:
            yield item


__all__ = ["DestinationEntry", "destination_mistakes"]
