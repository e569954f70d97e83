"""Make api.json anew: the part of the Bot API that the test server plays, from aiogram's generated classes.

Usage: `python tests/botapi/spec/reduce.py AIOGRAM_FOLDER > tests/botapi/spec/api.json`, where the folder is
the unpacked package (the one with `methods/` and `types/` in it). The files are read, never imported, so
aiogram need not be installed.

The notation, kept small because the file is shipped: `"name": "Integer|String"` is a field that must be
there, `"name?"` one that may be missing, `"[X]"` a list of X, and `"'x'"` the constant x.
A type is a table of its fields, or, where it is only a name for alternatives, those alternatives.
"""

from __future__ import annotations

import ast
import json
import sys
from dataclasses import dataclass
from pathlib import Path

METHODS = (
    "getMe", "logOut", "close", "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo",
    "sendMessage", "sendPhoto", "sendDocument", "sendChatAction",
    "editMessageText", "editMessageReplyMarkup", "deleteMessage",
    "answerCallbackQuery", "answerInlineQuery", "setMyCommands", "deleteMyCommands", "getMyCommands",
    "getChat", "getChatMember", "getChatAdministrators", "getChatMemberCount", "leaveChat",
)  # fmt: skip
ROOTS = ("Update", "ResponseParameters")
"""What a server answers or hands out without being a method's result."""
PLAIN = {"int": "Integer", "str": "String", "bool": "Boolean", "float": "Float", "InputFile": "InputFile"}
PLAIN |= {
    "DateTime": "Integer",
    "DateTimeUnion": "Integer",
    "ChatIdUnion": "Integer|String",
    "InputFileUnion": "InputFile|String",
}
Fields = dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    """The syntax trees of the package: classes by name, aliases of unions, members of enumerations."""

    classes: dict[str, ast.ClassDef]
    aliases: dict[str, ast.expr]
    constants: dict[tuple[str, str], str]

    @classmethod
    def read(cls, folder: Path) -> Source:
        """Parse every file of `methods`, `types` and `enums` below `folder`."""
        classes: dict[str, ast.ClassDef] = {}
        aliases: dict[str, ast.expr] = {}
        constants: dict[tuple[str, str], str] = {}
        for path in sorted(p for part in ("methods", "types", "enums") for p in (folder / part).glob("*.py")):
            for node in statements(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and path.parent.name == "enums":
                    for item in node.body:
                        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                            constants[node.name, item.targets[0].id] = str(ast.literal_eval(item.value))
                elif isinstance(node, ast.ClassDef):
                    classes[node.name] = node
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                    aliases[node.target.id] = node.value
        return cls(classes, aliases, constants)

    def word(self, node: ast.expr) -> list[str]:  # noqa: C901, PLR0911 - one line a shape of annotation
        """One annotation as the alternatives of the notation; None and client-side defaults are left out."""
        match node:
            case ast.BinOp(left=left, right=right):
                return list(dict.fromkeys([*self.word(left), *self.word(right)]))
            case ast.Attribute(value=ast.Name(id="datetime")):
                return ["Integer"]
            case ast.Subscript(value=ast.Name(id="list"), slice=inner):
                return [f"[{'|'.join(self.word(inner))}]"]
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
                return self.word(inner)
            case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Constant(value=True)):
                return ["True"]
            case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Constant(value=str(word))):
                return [f"'{word}'"]
            case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Constant()):
                return ["Integer"]
            case ast.Subscript(
                value=ast.Name(id="Literal"), slice=ast.Attribute(value=ast.Name(id=enum), attr=name)
            ):
                return [f"'{self.constants[enum, name]}'"]
            case ast.Name(id=name) if name in PLAIN:
                return [PLAIN[name]]
            case ast.Name(id="Default") | ast.Constant(value=None):
                return []
            case ast.Name(id=name) | ast.Constant(value=str(name)) if name in self.aliases:
                return [name.removesuffix("Union")]
            case ast.Name(id=name) if name in self.classes:
                return [name]
        message = f"line {node.lineno}: no reading for {ast.unparse(node)}"
        raise ValueError(message)

    def fields(self, name: str) -> Fields:
        """The fields of one class with those it inherits."""
        found: Fields = {}
        for parent in self.classes[name].bases:
            if isinstance(parent, ast.Name) and parent.id in self.classes:
                found |= self.fields(parent.id)
        for item in self.classes[name].body:
            if not (isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)):
                continue
            if item.target.id.startswith(("__", "model_config")) or "deprecated" in ast.unparse(item):
                continue
            words = self.word(item.annotation)
            must = item.value is None or "Literal" in ast.unparse(item.annotation)[:7]
            must = must or ast.unparse(item.value or item.annotation).startswith("Field(...")
            found[f"{alias(item)}{'' if must else '?'}"] = "|".join(words)
        return found


def statements(tree: ast.Module) -> list[ast.stmt]:
    """The statements of a file; of `if TYPE_CHECKING: ... else: ...` the first half."""
    return [inner for node in tree.body for inner in (node.body if isinstance(node, ast.If) else [node])]


def alias(item: ast.AnnAssign) -> str:
    """The field's name on the wire (`from` cannot be a name in Python)."""
    if isinstance(item.value, ast.Call):
        for keyword in item.value.keywords:
            if keyword.arg == "alias":
                return str(ast.literal_eval(keyword.value))
    return item.target.id if isinstance(item.target, ast.Name) else ""


def returned(source: Source, name: str) -> str:
    """What a method answers, in the notation."""
    for item in source.classes[name].body:
        if isinstance(item, ast.Assign) and ast.unparse(item.targets[0]) == "__returning__":
            return "|".join(source.word(item.value))
    message = f"{name} says nothing of what it returns"
    raise ValueError(message)


def names(text: str) -> set[str]:
    """The types named in a notation."""
    return {w for w in text.replace("[", "|").replace("]", "|").split("|") if w and not w.startswith("'")}


def reduce(folder: Path) -> dict[str, object]:
    """The whole of api.json."""
    source = Source.read(folder)
    methods: dict[str, object] = {}
    waiting = set(ROOTS)
    for method in METHODS:
        name = method[0].upper() + method[1:]
        params, result = source.fields(name), returned(source, name)
        methods[method] = {"params": params, "returns": result}
        waiting |= {n for text in (*params.values(), result) for n in names(text)}
    types: dict[str, Fields | str] = {}
    while waiting:
        name = waiting.pop()
        if name in types or name in {*PLAIN.values(), "True"}:
            continue
        union = source.aliases.get(f"{name}Union")
        found = "|".join(source.word(union)) if union else source.fields(name)
        types[name] = found
        waiting |= {
            n for text in ([found] if isinstance(found, str) else found.values()) for n in names(text)
        }
    return {"methods": methods, "types": dict(sorted(types.items()))}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(reduce(Path(sys.argv[1])), separators=(",", ":"), ensure_ascii=False) + "\n")
