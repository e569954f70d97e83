"""The data sets that benchmarks measure on: JSON lines in a folder beside the checkout.

The folder is `--data`, else the environment variable TOCSIN_DATA, else `../shared/data` beside the checkout.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from monitor.core.model import FeedUrl, Story, StoryKey

VARIABLE = "TOCSIN_DATA"
DEFAULT = Path(__file__).parent.parent.parent / "shared" / "data"

SHORT = 300
"""Characters of the text of a short story."""

TOGETHER = 3
"""Sentences that make one story where a data set has single sentences."""

Row = dict[str, Any]


class DataMissing(Exception):
    """A data set is not there; says where it was looked for."""


@dataclass(frozen=True, slots=True)
class Document:
    """A title and a text in one language."""

    lang: str
    title: str
    text: str

    def story(self, key: int | str = "") -> Story:
        """As the matcher reads it."""
        url = FeedUrl("https://example.org/feed")
        return Story(url, StoryKey(str(key)), self.title, text=self.text, lang=self.lang)


def folder() -> Path:
    """Where the data sets are."""
    return Path(os.environ.get(VARIABLE) or DEFAULT).resolve()


@cache
def rows(name: str) -> list[Row]:
    """Rows of one data set, such as `ner-ru/factrueval-2016`; raises DataMissing."""
    path = folder() / f"{name}.jsonl"
    if not path.is_file():
        message = f"there is no {path}: name the folder of the data with --data or {VARIABLE}."
        raise DataMissing(message)
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def corpora() -> dict[str, list[Document]]:
    """Every data set as stories, whole."""
    made: dict[str, list[Document]] = {}
    for name in ("headlines-en/abc-2003", "headlines-en/kcna-2024", "clusters-en/uci-news-aggregator"):
        made[name] = [Document("en", row["title"], "") for row in rows(name)]
    for name in (
        "articles-en/wikinews-2019",
        "topics-tg/telegram-contest-categories",
        "ner-ru/factrueval-2016",
    ):
        made[name] = [Document(row["lang"], row["title"], row["text"]) for row in rows(name)]
    made["pairs-tg"] = [
        Document(row["lang"], row[f"title_{side}"], row[f"text_{side}"])
        for row in rows("pairs-tg/telegram-contest-pairs")
        for side in "12"
    ]
    made["pairs-ru"] = [Document("ru", row["text_1"], row["text_2"]) for row in rows("pairs-ru/paraphraser")]
    made["ner-ko"] = [Document("ko", "", row["text"]) for row in rows("ner-ko/klue-ner-wikitree")]
    made["watch"] = [Document(row["lang"], row["text"], "") for row in rows("watch/watch")]
    for name in ("parallel-en-ko/korean-english-news", "parallel-en-ko-ru/sib200-flores"):
        made[name] = [
            Document(lang, row[lang], "") for row in rows(name) for lang in ("en", "ko", "ru") if lang in row
        ]
    return made


def short_stories() -> list[Document]:
    """Stories of a title and 300 characters in three languages, cut from longer texts and joined from sentences."""
    made: list[Document] = []
    for name in (
        "articles-en/wikinews-2019",
        "topics-tg/telegram-contest-categories",
        "ner-ru/factrueval-2016",
    ):
        for row in rows(name):
            made += _windows(row["lang"], row["title"], row["text"])
    for row in rows("pairs-tg/telegram-contest-pairs"):
        for side in "12":
            made += _windows(row["lang"], row[f"title_{side}"], row[f"text_{side}"])
    for name, fields in (
        ("ner-ko/klue-ner-wikitree", {"ko": "text"}),
        ("parallel-en-ko/korean-english-news", {"en": "en", "ko": "ko"}),
        ("parallel-en-ko-ru/sib200-flores", {"en": "en", "ko": "ko", "ru": "ru"}),
    ):
        for lang, field in fields.items():
            made += _joined(lang, [row[field] for row in rows(name)])
    return made


def _windows(lang: str, title: str, text: str, most: int = 4) -> Iterator[Document]:
    """Up to `most` stories of one article, cut between words."""
    words = text.split()
    at = 0
    for _ in range(most):
        taken: list[str] = []
        size = 0
        while at < len(words) and size + len(words[at]) < SHORT:
            taken.append(words[at])
            size += len(words[at]) + 1
            at += 1
        if size < SHORT // 2:
            return
        yield Document(lang, title, " ".join(taken))


def _joined(lang: str, sentences: list[str]) -> Iterator[Document]:
    """One story of every few sentences: the first is its title."""
    for at in range(0, len(sentences) - TOGETHER + 1, TOGETHER):
        title, *more = sentences[at : at + TOGETHER]
        yield Document(lang, title, " ".join(more)[:SHORT])
