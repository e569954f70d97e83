from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.botapi.description import SPEC, Description, MismatchError
from tests.botapi.methods import METHODS
from tests.botapi.spec.reduce import Source, names

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = {"Integer", "String", "Boolean", "Float", "True", "InputFile"}


def test_every_method_described_is_played_and_no_other() -> None:
    assert {*METHODS, "getUpdates"} == set(Description.load().methods)


def test_every_type_named_is_described() -> None:
    description = Description.load()
    texts = [field.notation for method in description.methods.values() for field in method.params.values()]
    texts += [method.returns for method in description.methods.values()]
    texts += [field.notation for fields in description.types.values() for field in fields.values()]
    texts += description.unions.values()
    assert {n for text in texts for n in names(text)} <= PLAIN | set(description.types) | set(
        description.unions
    )


def test_description_is_shipped_small_and_with_its_licence() -> None:
    assert SPEC.stat().st_size < 150_000
    assert "Permission is hereby granted" in (SPEC.parent / "LICENSE").read_text(encoding="utf-8")
    assert "aiogram" in (SPEC.parent / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("notation", "value", "where"),
    [
        pytest.param("Chat", {"id": 1}, "x", id="field missing"),
        pytest.param("Chat", {"id": 1, "type": "private", "name": "n"}, "x.name", id="field unknown"),
        pytest.param("[Chat]", [{"id": "1", "type": "private"}], "x[0].id", id="field of the wrong type"),
        pytest.param("BotCommandScope", {"type": "chat"}, "x", id="the alternative meant is the one blamed"),
        pytest.param("Float", True, "x", id="truth is no number"),
        pytest.param("ForceReply", {"force_reply": False}, "x.force_reply", id="only true will do"),
    ],
)
def test_mismatch_names_the_place(notation: str, value: object, where: str) -> None:
    with pytest.raises(MismatchError) as mismatch:
        Description.load().check(notation, value, "x")
    assert mismatch.value.where == where


def test_reduce_reads_generated_classes(tmp_path: Path) -> None:
    files = {
        "enums/kind.py": "class Kind(str, Enum):\n    ART = 'article'\n",
        "types/thing_union.py": "ThingUnion: TypeAlias = Thing | Other\n",
        "types/thing.py": (
            "class Thing(TelegramObject):\n"
            "    type: Literal[Kind.ART] = Kind.ART\n"
            "    sender: User = Field(..., alias='from')\n"
            "    rows: list[list[str]] | None = None\n"
            "    when: DateTimeUnion | Default | None = Default('x')\n"
            "    gone: int | None = Field(None, json_schema_extra={'deprecated': True})\n"
        ),
        "types/other.py": "class Other(Thing):\n    more: ThingUnion\n",
        "types/user.py": "class User(TelegramObject):\n    id: int\n",
        "methods/do.py": "class Do(TelegramMethod[bool]):\n    chat_id: ChatIdUnion\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    source = Source.read(tmp_path)
    thing = {"type": "'article'", "from": "User", "rows?": "[[String]]", "when?": "Integer"}
    assert source.fields("Thing") == thing
    assert source.fields("Other") == {**thing, "more": "Thing"}
    assert source.fields("Do") == {"chat_id": "Integer|String"}
