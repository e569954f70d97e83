"""From the tree of a rules file to its RuleBook, or to every mistake: schema, queries, entities, examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from monitor.core.errors import Mistake, QueryError
from monitor.core.language import Query, parse, parse_term
from monitor.core.match import Matcher, compile_book, compile_query
from monitor.core.model import Entity, Examples, Feed, FeedUrl, Level, Rule, RuleBook, RuleId
from monitor.rulebook.document import Listing, Mapping, Node, Scalar, Source
from monitor.rulebook.examples import failing_examples
from monitor.rulebook.offsets import file_offset
from monitor.rulebook.schema import RuleEntry, RulesFile
from monitor.rulebook.wording import plain, schema_mistakes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_CLAUSES = ("match", "unless")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A rule book without a mistake, and the matcher compiled from it."""

    book: RuleBook
    matcher: Matcher


class Checker:
    """Goes through one file and collects its mistakes."""

    def __init__(self, source: Source, root: Node, version: str) -> None:
        self._source = source
        self._root = root
        self._version = version
        self._queries: dict[int, Query] = {}  # offset of the scalar -> what it says
        self.mistakes: list[Mistake] = []

    def check(self) -> Loaded | None:
        """The book and its matcher, or None: then `mistakes` says why."""
        file = self._schema()
        self._entities()
        self._rules()
        self._feeds()
        if file is None or self.mistakes:
            self._compile_each()
            return None
        book = self._book(file)
        try:
            matcher = compile_book(book)
        except QueryError:
            self._compile_each()
            return None
        for rule, node in zip(book.rules, self._entries("rules"), strict=True):
            self._run_examples(rule, node, book, matcher)
        return None if self.mistakes else Loaded(book, matcher)

    def _schema(self) -> RulesFile | None:
        try:
            return RulesFile.model_validate(plain(self._root))
        except ValidationError as error:
            self.mistakes += schema_mistakes(error, self._root, self._source)
            return None

    def _section(self, name: str) -> Node | None:
        pair = self._root.get(name) if isinstance(self._root, Mapping) else None
        return pair[1] if pair else None

    def _entries(self, name: str) -> Iterator[Mapping]:
        section = self._section(name)
        for item in section.items if isinstance(section, Listing) else ():
            if isinstance(item, Mapping):
                yield item

    def _entities(self) -> None:
        section = self._section("entities")
        for _, entity in section.pairs if isinstance(section, Mapping) else ():
            for term in _scalars(entity):
                self._understand(term, parse_term)

    def _rules(self) -> None:
        for entry in self._entries("rules"):
            for _, scalar in _clauses(entry):
                query = self._understand(scalar, parse)
                if query is not None:
                    self._queries[scalar.start] = query
        self._unique("rules", "id", str, "two rules cannot have the same id; the first stands in line {line}")

    def _feeds(self) -> None:
        self._unique("feeds", "url", same_url, "this feed is listed twice; the first time in line {line}")

    def _unique(self, section: str, key: str, same: Callable[[str], str], message: str) -> None:
        seen: dict[str, int] = {}
        for entry in self._entries(section):
            pair = entry.get(key)
            if pair is None or not isinstance(pair[1], Scalar) or pair[1].is_null:
                continue
            value = pair[1]
            first = seen.setdefault(same(value.value.strip()), value.start)
            if first != value.start:
                line = self._source.mistake(first, "").line
                hint = "Remove one of them." if key == "url" else "Give one of them another id."
                self.mistakes.append(self._source.mistake(value.start, message.format(line=line), hint))

    def _understand(self, scalar: Scalar, reader: Callable[[str], Query | object]) -> Query | None:
        """Read a query or a term; note what is wrong at its place in the file."""
        text = scalar.value.strip()
        if scalar.is_null or not text:
            return None  # the schema says so
        try:
            found = reader(text)
        except QueryError as error:
            self._note(error, scalar)
            return None
        return found if isinstance(found, Query) else None

    def _note(self, error: QueryError, scalar: Scalar) -> None:
        before = len(scalar.value) - len(scalar.value.lstrip())
        index = file_offset(scalar, self._source.text, before + error.position)
        hint = error.hint[:1].upper() + error.hint[1:] or "Write the words that you look for."
        self.mistakes.append(self._source.mistake(index, error.message, hint))

    def _compile_each(self) -> None:
        """Find the rules that do not fit to the entities, each for itself."""
        entities = self._loose_entities()
        for entry in self._entries("rules"):
            for _, scalar in _clauses(entry):
                query = self._queries.get(scalar.start)
                if query is None:
                    continue
                try:
                    compile_query(query, entities)
                except QueryError as error:
                    self._note(error, scalar)

    def _loose_entities(self) -> dict[str, Entity]:
        """The entities as far as they can be read, so that a mistake in one does not make it unknown."""
        section = self._section("entities")
        found: dict[str, Entity] = {}
        for name, entity in section.pairs if isinstance(section, Mapping) else ():
            terms = (
                {key.value: ("x",) for key, _ in entity.pairs}
                if isinstance(entity, Mapping)
                else {"*": ("x",)}
            )
            found[name.value] = Entity(
                name.value, {"*" if key == "any" else key: text for key, text in terms.items()}
            )
        return found

    def _book(self, file: RulesFile) -> RuleBook:
        rules = tuple(
            self._rule(entry, node) for entry, node in zip(file.rules, self._entries("rules"), strict=True)
        )
        entities = {
            name: Entity(name, {language: tuple(texts) for language, texts in terms.items()})
            for name, terms in file.entities.items()
        }
        feeds = tuple(
            Feed(
                url=FeedUrl(entry.url),
                name=entry.name or urlsplit(entry.url).hostname or entry.url,
                lang=entry.lang,
                tags=tuple(entry.tags),
                tier=entry.tier,
                every=entry.every,
            )
            for entry in file.feeds
        )
        return RuleBook(feeds=feeds, entities=entities, rules=rules, version=self._version)

    def _rule(self, entry: RuleEntry, node: Mapping) -> Rule:
        queries = {key: self._queries[scalar.start] for key, scalar in _clauses(node)}
        return Rule(
            id=RuleId(entry.id),
            match=queries["match"],
            unless=queries.get("unless"),
            level=Level[entry.level.upper()],
            name=entry.name or "",
            tags=tuple(entry.tags),
            examples=Examples(tuple(entry.examples.match), tuple(entry.examples.no_match)),
        )

    def _run_examples(self, rule: Rule, node: Mapping, book: RuleBook, matcher: Matcher) -> None:
        places = node.get("examples")
        for failure in failing_examples(rule, book, matcher):
            index = _example_place(places[1], failure.list, failure.index) if places else node.start
            self.mistakes.append(self._source.mistake(index, failure.message, failure.hint))


def _clauses(entry: Mapping) -> Iterator[tuple[str, Scalar]]:
    """A rule's queries, as far as they are texts."""
    for key in _CLAUSES:
        pair = entry.get(key)
        if pair is not None and isinstance(pair[1], Scalar) and not pair[1].is_null:
            yield key, pair[1]


def _scalars(node: Node) -> Iterator[Scalar]:
    """The texts in an entity, whatever its shape."""
    if isinstance(node, Scalar):
        yield node
    for child in node.items if isinstance(node, Listing) else ():
        yield from _scalars(child)
    for _, child in node.pairs if isinstance(node, Mapping) else ():
        yield from _scalars(child)


def same_url(written: str) -> str:
    """Two addresses that differ in the case of scheme and host only are one."""
    scheme, separator, rest = written.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{separator}{host.lower()}{slash}{path}"


def _example_place(examples: Node, name: str, index: int) -> int:
    pair = examples.get(name) if isinstance(examples, Mapping) else None
    texts = pair[1] if pair else examples
    return texts.items[index].start if isinstance(texts, Listing) else texts.start


__all__ = ["Checker", "Loaded"]
