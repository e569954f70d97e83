"""Writes what the documents take from the code: `python -m tests.readme` (part of `make docs`).

These are two tables of the README and the JSON Schema of rules.yaml.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from monitor.chat.commands import COMMANDS
from monitor.core.access import Action
from monitor.rulebook import schema
from monitor.settings import markdown_table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
WHO = {Action.EDIT: "editors", Action.RUN: "admins", Action.GRANT: "admins"}
"""Whom a command is for, by what it needs; in groups those that change what comes need an admin of the group."""

SCHEMA = ROOT / "docs" / "rules.schema.json"


def commands_table() -> str:
    """The chat commands as a Markdown table."""
    rows = ["| command | what it does | who |", "| --- | --- | --- |"]
    for command in COMMANDS.values():
        usage = command.usage.replace("|", "\\|")
        rows.append(f"| `{usage}` | {command.summary} | {WHO.get(command.needs, 'readers')} |")
    return "\n".join(rows)


def refreshed(text: str) -> str:
    """The README with its generated parts as the code says now."""
    for name, content in (("commands", commands_table()), ("settings", markdown_table())):
        block = re.compile(rf"(<!-- {name}:[^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        found = block.search(text)
        if found is None:
            message = f"README.md has no block {name}"
            raise ValueError(message)
        text = f"{text[: found.end(1)]}{content.strip()}\n{text[found.start(2) :]}"
    return text


def published_schema() -> str:
    """The JSON Schema of rules.yaml as docs/ holds it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text("utf-8")), "utf-8")
    SCHEMA.write_text(published_schema(), "utf-8")
