"""`check` and `match`: rules on the workbench, without a database or a network."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn

import click

from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line
from monitor.core.errors import RulesError
from monitor.core.match import Matcher, compile_book
from monitor.core.model import FeedUrl, Hit, Story, StoryKey
from monitor.core.text import plain
from monitor.rulebook import load

RULES = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=example("python bot.py check rules.yaml"))
@click.argument("rules", required=False, type=RULES)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def check(house: House, rules: Path | None, *, as_json: bool) -> None:
    """Check a rules file and run the examples inside it.

    Every mistake is printed with its line, its column and the mend; the exit code is 1 if there is any.
    """
    path = rules or house.settings().rules
    try:
        book = load(path)
    except RulesError as wrong:
        if not as_json:
            raise
        mistakes = [
            {"line": m.line, "column": m.column, "message": m.message, "hint": m.hint} for m in wrong.mistakes
        ]
        echo_json({"ok": False, "file": str(path), "mistakes": mistakes})
        raise SystemExit(1) from wrong
    examples = sum(len(rule.examples.match) + len(rule.examples.no_match) for rule in book.rules)
    figures = {
        "feeds": len(book.feeds),
        "entities": len(book.entities),
        "rules": len(book.rules),
        "examples": examples,
    }
    if as_json:
        echo_json({"ok": True, "file": str(path), "version": book.version, **figures})
    else:
        click.echo(f"{path}: " + ", ".join(f"{n} {what}" for what, n in figures.items()) + ": all right")


@click.command(
    epilog=example("""echo '{"id": 1, "title": "Worker asks for asylum"}' | python bot.py match --json""")
)
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--rules", type=RULES, help="The rules file; else the setting RULES.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@click.pass_obj
def match(house: House, file: IO[bytes], rules: Path | None, *, as_json: bool) -> None:
    """Match stories, one JSON object a line, against the rules.

    Keys: id, title, and if there are any text, summary, lang, url, source, author, published, tags, tier. A bad
    line is reported with its number, the others go on, and the exit code is 1.
    """
    matcher = compile_book(load(rules or house.settings().rules))
    bad = 0
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            given = _object(line)
            story = _story(given)
        except ValueError as wrong:
            bad += 1
            click.echo(f"line {number}: {wrong}", err=True)
            continue
        _show(given["id"], story, matcher, as_json=as_json)
    if bad:
        raise SystemExit(1)


def _object(line: bytes) -> dict[str, Any]:
    try:
        given = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except UnicodeDecodeError as wrong:
        message = f"not UTF-8 (byte {wrong.start + 1})"
        raise ValueError(message) from wrong
    except json.JSONDecodeError as wrong:
        message = f"not JSON: {wrong.msg} (column {wrong.colno})"
        raise ValueError(message) from wrong
    except RecursionError as wrong:
        message = "not JSON: nested too deep"
        raise ValueError(message) from wrong
    if not isinstance(given, dict):
        message = 'not a JSON object; write {"id": ..., "title": ...}'
        raise ValueError(message)  # noqa: TRY004 - one kind of error for one bad line
    if "id" not in given:
        message = 'the key "id" is missing'
        raise ValueError(message)
    story_id = given["id"]
    whole = isinstance(story_id, int) and not isinstance(story_id, bool)
    if not (isinstance(story_id, str) or whole or (isinstance(story_id, float) and math.isfinite(story_id))):
        message = 'the key "id" must be a text or a number'
        raise ValueError(message)
    if not isinstance(given.get("title"), str):
        message = 'the key "title" is missing or not a text'
        raise ValueError(message)  # noqa: TRY004 - as above
    return given


def _no_number(word: str) -> NoReturn:
    message = f"not JSON: {word} is no number there"
    raise ValueError(message)


def _story(given: dict[str, Any]) -> Story:
    tags = given.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        message = 'the key "tags" must be a list of texts'
        raise ValueError(message)
    return Story(
        feed=FeedUrl(""),
        key=StoryKey(str(given["id"])),
        title=given["title"],
        url=_text(given, "url"),
        summary=_text(given, "summary") or "",
        text=_text(given, "text") or "",
        author=_text(given, "author"),
        published=_date(given),
        lang=_text(given, "lang"),
        source=_text(given, "source") or "",
        tags=tuple(tags),
        tier=_text(given, "tier"),
    )


def _text(given: dict[str, Any], key: str) -> str | None:
    value = given.get(key)
    if value is not None and not isinstance(value, str):
        message = f'the key "{key}" must be a text'
        raise ValueError(message)
    return value


def _date(given: dict[str, Any]) -> datetime | None:
    written = _text(given, "published")
    if not written:
        return None
    try:
        read = datetime.fromisoformat(written)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as wrong:
        message = f'the key "published" must be an ISO 8601 time, not {written[:40]!r}'
        raise ValueError(message) from wrong


def _show(story_id: str | float, story: Story, matcher: Matcher, *, as_json: bool) -> None:
    hits = matcher.hits(story)
    if as_json:
        echo_json({"id": story_id, "hits": [_hit(hit) for hit in hits]})
        return
    click.echo(f"{one_line(str(story_id))}: {one_line(plain(story.title))}")
    for hit in hits:
        found = ", ".join(dict.fromkeys(evidence.surface for evidence in hit.evidence))
        click.echo(f"  {hit.level.word} {hit.rule}: {one_line(found)}")
    if not hits:
        click.echo("  no rule matches")


def _hit(hit: Hit) -> dict[str, Any]:
    evidence = [
        {
            "clause": e.clause,
            "term": e.term,
            "field": e.field,
            "start": e.start,
            "end": e.end,
            "surface": e.surface,
        }
        for e in hit.evidence
    ]
    return {"rule": hit.rule, "level": hit.level.word, "evidence": evidence}
