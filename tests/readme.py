"""Writes the generated parts of the README from the code: `python -m tests.readme` (which is `make docs`)."""

from __future__ import annotations

import re
from pathlib import Path

from monitor.chat.commands import COMMANDS
from monitor.settings import markdown_table

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"


def commands_table() -> str:
    """The chat commands as a Markdown table."""
    rows = ["| command | what it does |", "| --- | --- |"]
    for command in COMMANDS.values():
        usage = command.usage.replace("|", "\\|")
        rows.append(f"| `{usage}` | {command.summary} |")
    return "\n".join(rows)


def refreshed(text: str) -> str:
    """The README with its generated parts as the code says now."""
    for name, content in (("commands", commands_table()), ("settings", markdown_table())):
        block = re.compile(rf"(<!-- {name}:[^>]*-->\n).*?(<!-- /{name} -->)", re.DOTALL)
        if not block.search(text):
            message = f"README.md has no block {name}"
            raise ValueError(message)
        text = block.sub(lambda found, new=content: f"{found[1]}{new}\n{found[2]}", text)
    return text


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text("utf-8")), "utf-8")
