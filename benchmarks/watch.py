"""The shipped rules on real text: hits found, near misses that alarm, and false alarms on other news.

An alert is a hit of a rule whose level is alert or flash. Near rows and other news count as false alarms with any
rule, whatever its level. Rows of the other sets that `watch` labels as hits are none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import shorten

from benchmarks.data import DataMissing, rows
from benchmarks.figures import Figure
from monitor.core.match import Matcher
from monitor.core.match.explain import explain
from monitor.core.model import FeedUrl, Hit, Level, Story, StoryKey
from monitor.rulebook import Library

ROOT = Path(__file__).parent.parent
OTHER_NEWS = (
    ("headlines-en/abc-2003", "title", ""),
    ("headlines-en/kcna-2024", "title", ""),
    ("articles-en/wikinews-2019", "title", "text"),
    ("topics-tg/telegram-contest-categories", "title", "text"),
    ("clusters-en/uci-news-aggregator", "title", ""),
)
MOST_OF_NEAR = 1.0
"""Per cent of near rows that may alarm."""

MOST_OF_OTHERS = 1 / 5_000
SHOWN = 160


def story(title: str, text: str = "", lang: str | None = None) -> Story:
    return Story(feed=FeedUrl(""), key=StoryKey(""), title=title, text=text, lang=lang)


def told(hits: Iterable[Hit]) -> str:
    """Rules and what they found."""
    return "; ".join(
        f"{hit.rule} ({hit.level.word}): {', '.join(dict.fromkeys(each.surface for each in hit.evidence))}"
        for hit in hits
    )


def why_missed(library: Library, one: Story) -> str:
    """The rule that came nearest to an alert, and what it lacked."""
    book = library.book
    alerting = [rule for rule in book.rules if rule.level >= Level.ALERT]
    told_of = [explain(rule, book.entities, one) for rule in alerting]
    nearest = min(told_of, key=lambda each: (each.match.short, -each.match.found))
    lacked = nearest.blocker.clause if nearest.blocker else "nothing"
    return f"nearest {nearest.rule}, which lacks {shorten(lacked, SHOWN)}"


def labelled(library: Library, name: str) -> list[Figure]:
    """Hits and near misses of one labelled set."""
    found = missed = alarms = near = 0
    for row in rows(name):
        one = story(row["text"], lang=row["lang"])
        hits = library.matcher.hits(one)
        if row["label"] == "hit":
            alert = any(hit.level >= Level.ALERT for hit in hits)
            found += alert
            missed += not alert
            print(f"  {'found ' if alert else 'MISSED'} {row['id']}: {row['text'][:SHOWN]}")
            print(f"         {told(hits) if alert else why_missed(library, one)}")
        elif row["label"] == "near":
            near += 1
            alarms += bool(hits)
        if row["label"] != "hit" and hits:
            print(f"  alarm on {row['label']} {row['id']}: {row['text'][:SHOWN]}\n         {told(hits)}")
    print(f"{name}: {found} of {found + missed} hits found; {alarms} of {near} near rows alarm")
    return [
        Figure(f"hits missed, {name}", missed, "rows", 0),
        Figure(f"near rows that alarm, {name}", 100 * alarms / max(1, near), "%", MOST_OF_NEAR),
    ]


def false_alarms(matcher: Matcher) -> Figure:
    """Alarms on news that is about something else, all sets together."""
    known = {row["text"] for row in rows("watch/watch") if row["label"] == "hit"}
    total = alarms = 0
    by_rule: Counter[str] = Counter()
    for name, title, text in OTHER_NEWS:
        before = alarms
        for row in rows(name):
            if row[title] in known:
                continue
            total += 1
            hits = matcher.hits(story(row[title], row[text] if text else "", row.get("lang")))
            alarms += bool(hits)
            by_rule.update(hit.rule for hit in hits)
            if hits:
                print(f"  false alarm in {name}: {row[title][:SHOWN]}\n         {told(hits)}")
        print(f"{name}: {alarms - before} alarms in {len(rows(name))} stories")
    print(f"by rule: {dict(by_rule) or 'none'}")
    return Figure(f"false alarms in {total} other stories", alarms, "stories", total * MOST_OF_OTHERS)


def run() -> list[Figure]:
    """Measure all."""
    library = Library(ROOT / "rules.yaml")
    figures = labelled(library, "watch/watch")
    try:
        figures += labelled(library, "watch-nc/ag-news-2004")
    except DataMissing as error:
        print(error)
    return [*figures, false_alarms(library.matcher)]


if __name__ == "__main__":
    run()
