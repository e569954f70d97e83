"""From the tree of a rules file to its RuleBook, or to every mistake: schema, queries, entities, examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from monitor.core.errors import Mistake, QueryError
from monitor.core.language import Dialect, Query, parse, parse_term
from monitor.core.match import Matcher, compile_book, compile_query
from monitor.core.model import Entity, Examples, Feed, FeedUrl, Level, Rule, RuleBook, RuleId
from monitor.rulebook.document import Listing, Mapping, Node, Scalar, Source
from monitor.rulebook.entities import MOST_TERMS, TooManyTerms, entities
from monitor.rulebook.entity_values import ANY_LANGUAGE, ENTITY_KEYS
from monitor.rulebook.examples import failing_examples
from monitor.rulebook.includes import include_mistakes
from monitor.rulebook.offsets import file_offset
from monitor.rulebook.outlets import destination_mistakes
from monitor.rulebook.pausing import collection_paused
from monitor.rulebook.schema import RuleEntry, RulesFile
from monitor.rulebook.tables import LANGUAGES
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
        with collection_paused():
            return self._checked()

    def _checked(self) -> Loaded | None:
        file = self._schema()
        self._entities()
        self._rules()
        self._feeds()
        self.mistakes += destination_mistakes(
            self._section("destinations"), self._section("rules"), self._source
        )
        if file is None or self.mistakes:
            self._compile_each()
            return None
        book = self._book(file)
        if book is None:
            return None
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
            for key, value in _term_lists(entity):
                for term in _scalars(value):
                    self._understand(term, parse_term)
                if key == "except":
                    self._excepted(entity, value)
        self.mistakes += include_mistakes(section, self._source)

    def _excepted(self, entity: Node, excepted: Node) -> None:
        """Refuse what would leave nothing of one of the entity's own terms."""
        own = {
            scalar.value.strip()
            for key, value in _term_lists(entity)
            if key != "except"
            for scalar in _scalars(value)
        }
        for scalar in _scalars(excepted):
            if scalar.value.strip() in own:
                message = (
                    f"`{scalar.value.strip()}` is a term of this entity too: nothing of it would be found"
                )
                hint = "Except longer terms that hold it, like 태평양 for 평양, or remove one of the two."
                self.mistakes.append(self._source.mistake(scalar.start, message, hint))

    def _rules(self) -> None:
        for entry in self._entries("rules"):
            for _, scalar in _clauses(entry):
                query = self._understand(scalar, _parse_rule)
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
        return {
            name.value: Entity(name.value, dict.fromkeys(_languages(entity), ("x",)))
            for name, entity in (section.pairs if isinstance(section, Mapping) else ())
        }

    def _book(self, file: RulesFile) -> RuleBook | None:
        rules = tuple(
            self._rule(entry, node) for entry, node in zip(file.rules, self._entries("rules"), strict=True)
        )
        try:
            found = entities(file.entities)
        except TooManyTerms as error:
            self._too_many(error.name)
            return None
        self._fuzzy(file, found)
        feeds = tuple(
            Feed(
                url=FeedUrl(entry.url),
                name=entry.name or urlsplit(entry.url).hostname or entry.url,
                lang=entry.lang,
                tags=tuple(entry.tags),
                tier=entry.tier,
                every=entry.every,
                floor=entry.floor,
                weight=entry.weight,
                zone=entry.zone,
                full_text=entry.full_text,
                headers=tuple(entry.headers.items()),
                proxy=entry.proxy,
            )
            for entry in file.feeds
        )
        ways = tuple(entry.outlet() for entry in file.destinations)
        return RuleBook(feeds, found, rules, self._version, destinations=ways)

    def _too_many(self, name: str) -> None:
        section = self._section("entities")
        pair = section.get(name) if isinstance(section, Mapping) else None
        message = f"with the terms of this entity there are more than {MOST_TERMS:,} together"
        hint = "Include fewer entities: the terms of an included one count again."
        self.mistakes.append(self._source.mistake(pair[0].start if pair else 0, message, hint))

    def _fuzzy(self, file: RulesFile, found: dict[str, Entity]) -> None:
        """Refuse `fuzzy` where it could do nothing."""
        section = self._section("entities")
        for name, entity in section.pairs if isinstance(section, Mapping) else ():
            pair = entity.get("fuzzy") if isinstance(entity, Mapping) else None
            terms = (term for each in found[name.value].terms.values() for term in each)
            if pair and file.entities[name.value].fuzzy and not any(term.endswith("~") for term in terms):
                message = "`fuzzy` does nothing here: no term has a word of 6 letters, Latin or Cyrillic"
                self.mistakes.append(self._source.mistake(pair[0].start, message, "Remove the line."))

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


def _parse_rule(text: str) -> Query:
    return parse(text, Dialect.RULE)


def _clauses(entry: Mapping) -> Iterator[tuple[str, Scalar]]:
    """A rule's queries, as far as they are texts."""
    for key in _CLAUSES:
        pair = entry.get(key)
        if pair is not None and isinstance(pair[1], Scalar) and not pair[1].is_null:
            yield key, pair[1]


def _term_lists(entity: Node) -> Iterator[tuple[str, Node]]:
    """What in an entity holds terms, by its key: a language, `except`, or "" for an entity that is a list."""
    if not isinstance(entity, Mapping):
        yield "", entity
        return
    for key, value in entity.pairs:
        if key.value not in ENTITY_KEYS or key.value == "except":
            yield key.value, value


def _languages(entity: Node) -> set[str]:
    """The languages in which an entity may have terms."""
    if not isinstance(entity, Mapping):
        return {ANY_LANGUAGE}
    keys = {key.value for key, _ in entity.pairs}
    ready = set(LANGUAGES) if not keys.isdisjoint({"country", "place", "include"}) else set()
    if "include" in keys:
        ready.add(ANY_LANGUAGE)
    return ready | {ANY_LANGUAGE if key == "any" else key for key in keys.difference(ENTITY_KEYS)}


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
