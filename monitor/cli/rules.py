"""`check` and `match`: rules on the workbench, without a database or a network."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import IO, Any

import click

from monitor.cli.given import Given, each_given
from monitor.cli.house import House
from monitor.cli.output import echo_json, example, one_line, places
from monitor.core.errors import Mistake, RulesError
from monitor.core.match import Everything, Matcher, compile_book
from monitor.core.match.lint import Sample, sample
from monitor.core.model import Hit
from monitor.core.text import plain
from monitor.rulebook import load
from monitor.rulebook.doubts import doubts
from monitor.rulebook.reading import file_bytes

ARCHIVE = 20_000
"""Stored stories whose words are counted."""

RULES = click.Path(path_type=Path, dir_okay=False)


@click.command(epilog=example("python bot.py check rules.yaml"))
@click.argument("rules", required=False, type=RULES)
@click.option(
    "--archive", is_flag=True, help="Warn of words that stand in too many of the stored stories, too."
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_obj
def check(house: House, rules: Path | None, *, archive: bool, as_json: bool) -> None:
    """Check a rules file and run the examples inside it.

    Every mistake is printed with its line, its column and the mend; the exit code is 1 if there is any. What is
    only doubtful is a warning.
    """
    path = rules or house.settings().rules
    try:
        book = load(path)
        warnings = doubts(file_bytes(path), str(path), _archive(house) if archive else None)
    except RulesError as wrong:
        if not as_json:
            raise
        echo_json({"ok": False, "file": str(path), "mistakes": _mistakes(wrong.mistakes)})
        raise SystemExit(1) from wrong
    examples = sum(len(rule.examples.match) + len(rule.examples.no_match) for rule in book.rules)
    figures = {
        "feeds": len(book.feeds),
        "entities": len(book.entities),
        "rules": len(book.rules),
        "examples": examples,
    }
    if as_json:
        told = {"ok": True, "file": str(path), "version": book.version, **figures}
        echo_json({**told, "warnings": _mistakes(warnings.found)})
    else:
        if warnings.found:
            click.echo(warnings.report(str(path)), err=True)
        click.echo(f"{path}: " + ", ".join(f"{n} {what}" for what, n in figures.items()) + ": all right")


def _mistakes(found: Iterable[Mistake]) -> list[dict[str, Any]]:
    return [{"line": m.line, "column": m.column, "message": m.message, "hint": m.hint} for m in found]


def _archive(house: House) -> Sample:
    """The words of the newest stored stories."""
    with closing(house.reader()) as store:
        return sample(stored.story for stored in islice(store.candidates(Everything()), ARCHIVE))


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
    each_given(file, lambda given: _show(given, matcher, as_json=as_json))


def _show(given: Given, matcher: Matcher, *, as_json: bool) -> None:
    hits = matcher.hits(given.story)
    if as_json:
        echo_json({"id": given.id, "hits": [_hit(hit) for hit in hits]})
        return
    click.echo(f"{one_line(str(given.id))}: {one_line(plain(given.story.title))}")
    for hit in hits:
        found = ", ".join(dict.fromkeys(evidence.surface for evidence in hit.evidence))
        click.echo(f"  {hit.level.word} {hit.rule}: {one_line(found)}")
    if not hits:
        click.echo("  no rule matches")


def _hit(hit: Hit) -> dict[str, Any]:
    return {"rule": hit.rule, "level": hit.level.word, "evidence": places(hit.evidence)}
