"""Stories as people see them: the alert, lists of cards, search results, and why a card came.

Every part has its own limit, so that the sum fits one message and the last lines always survive: they say
which rule it was, the card's number, and what to do next. Evidence offsets are into the original text of a
story's field.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from monitor.chat.excerpt import Excerpt, around, clean, head, line
from monitor.chat.message import Button, Message, Style, Writer
from monitor.chat.phrases import asks_why, badge, count, dated, marked, opens, presses, quoted, row
from monitor.core.model import CardStory, CardView, Claimed, Evidence, Level, RuleId, Story
from monitor.desk.answers import Find, Found, Latest, Why, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

TITLE = 300
SHORT_TITLE = 160  # where several stories share a message
SNIPPET = 300
SHORT_SNIPPET = 200
SOURCE = 60
NAMES = 200  # all rules of a card together
ALSO = 5  # other outlets named on a card
CLAUSES = 12  # shown by /why, of all rules together, as far as they leave room for the last lines
ROOM = 1_800  # UTF-16 units that may be used before the last clause
PLACES = 3  # shown per clause
CONTEXT = 100
ROW = 5  # buttons side by side

UNTITLED = "(no title)"
REPEAT = "↻ may be a repeat: the connection broke while it was first sent"
FIELDS = {"title": "the title", "summary": "the summary", "text": "the text", "source": "the source"}


def alert(claimed: Claimed, zone: tzinfo, now: datetime, names: Mapping[RuleId, str]) -> Message:
    """An alert: level and rule, the story, who else has it, the card's number.

    `names` says in words what a rule waits for, where that is known. A card of level info makes no sound.
    """
    view = claimed.view
    rules = rules_of(view)
    first = view.stories[0]
    out = Writer()
    heading = [line(names.get(rule) or rule) for rule in _leading(view)]
    out.line(f"{badge(view.card.level)} · {listed(heading, NAMES)}", Style.BOLD)
    _title(out, first.story, _evidence(first), TITLE).line()
    out.line(_source(first.story, first.seen_at, zone, now))
    snippet = _snippet(first.story, _evidence(first), SNIPPET)
    if snippet.text:
        marked(out.line(), snippet).line()
    _also(out, view.stories[1:])
    out.line()
    if claimed.delivery.repeat:
        out.line(REPEAT, Style.ITALIC)
    out.add(f"{listed(rules, NAMES)} · card #{view.card.number}")
    buttons = row(asks_why(view.card.number, "Why?"), opens("Open", first.story.url))
    return out.message(buttons, silent=view.card.level is Level.INFO)


def _leading(view: CardView) -> tuple[RuleId, ...]:
    """The rules that give a card its level: they name it, the others are listed below."""
    hits = [hit for story in view.stories for hit in story.hits if hit.level is view.card.level]
    return tuple(dict.fromkeys(hit.rule for hit in hits)) or rules_of(view)


def latest(answer: Latest, zone: tzinfo, now: datetime) -> Message:
    """The newest cards, with a button to know why for each, and one for older ones."""
    out = Writer()
    for view in answer.cards:
        first = view.stories[0]
        out.line(
            f"{badge(view.card.level)} · {listed(rules_of(view), SOURCE)} · #{view.card.number}", Style.BOLD
        )
        _title(out, first.story, _evidence(first), SHORT_TITLE).line()
        others = len(view.stories) - 1
        more = f" · and {count(others, 'more report', 'more reports')}" if others else ""
        out.line(_source(first.story, first.seen_at, zone, now) + more)
        if (mute := answer.hushed.get(view.card.number)) is not None:
            out.line(f"🔇 not told here: muted by {line(mute, SOURCE)}", Style.ITALIC)
        out.line()
    out.line("/why NUMBER shows what matched.")
    buttons = row(*(asks_why(view.card.number) for view in answer.cards[:ROW]))
    if answer.older is not None:
        size, rule = len(answer.cards), answer.rule or ""
        typed = f"/latest {size} {rule}".strip() + f" older:{answer.older}"
        buttons += _go_on(out, presses("Older", f"latest:{size}:{answer.older}:{rule}", typed), typed)
    return out.message(buttons)


def found(answer: Found, zone: tzinfo, now: datetime) -> Message:
    """One page of a search, with the way to the next."""
    out = Writer()
    for find in answer.finds:
        _find(out, find, zone, now)
    if answer.back_to is not None:
        out.line(
            f"Searched back to {_day(answer.back_to, zone)} so far; older stories were not looked at yet."
        )
    if answer.older is None:
        out.line("That is all." if answer.finds else "Nothing older.")
    cards = dict.fromkeys(find.stored.card for find in answer.finds if find.stored.card is not None)
    buttons = row(*(asks_why(number) for number in cards))
    if answer.older is not None:
        typed = f"/search {answer.query} older:{answer.older}"
        buttons += _go_on(out, presses("Older", f"s:{answer.older}:{answer.query}", typed), typed)
    return out.message(buttons)


def why(answer: Why, zone: tzinfo, now: datetime, names: Mapping[RuleId, str]) -> Message:
    """Clause by clause: what a rule asked for, what stands in the story, where."""
    view = answer.card
    first = view.stories[0]
    out = Writer().line(f"Why card #{view.card.number}: {badge(view.card.level)}", Style.BOLD)
    _title(out, first.story, (), SHORT_TITLE).line()
    out.line(_source(first.story, first.seen_at, zone, now))
    if answer.hushed is not None:
        out.line(f"🔇 not told here: muted by {line(answer.hushed, SOURCE)}", Style.ITALIC)
    left = CLAUSES
    rules = rules_of(view)
    for rule in rules:
        if left <= 0 or out.units() > ROOM:
            out.line().line("More rules matched: " + listed(rules[rules.index(rule) :], NAMES))
            break
        story, evidence = next((s, h.evidence) for s in view.stories for h in s.hits if h.rule == rule)
        called = names.get(rule)
        out.line().add(line(rule), Style.BOLD).line(f" · {line(called)}" if called else "")
        if story is not first:
            _title(out.add("in: "), story.story, (), SHORT_TITLE).line()
        left = _clauses(out, story.story, evidence, left)
    if len(view.stories) > 1:
        _also(out, view.stories[1:])
    out.line().add("Too much of this? /subs lists what comes here and how to end it.")
    return out.message(row(opens("Open", first.story.url)))


def listed(words: Sequence[str], limit: int) -> str:
    """Words with commas, as many as fit into `limit` characters; how many more there are."""
    shown: list[str] = []
    for word in words:
        if shown and sum(map(len, shown)) + 2 * len(shown) + len(word) > limit:
            return f"{', '.join(shown)} and {len(words) - len(shown)} more"
        shown.append(line(word, limit))
    return ", ".join(shown)


def _clauses(out: Writer, story: Story, evidence: Sequence[Evidence], left: int) -> int:
    """Up to `left` clauses with the places that fulfil them; returns how many may follow."""
    clauses: dict[str, list[Evidence]] = {}
    for each in evidence:
        clauses.setdefault(each.clause, []).append(each)
    shown = 0
    for clause, places in islice(clauses.items(), left):
        if out.units() > ROOM:
            break
        shown += 1
        out.add("✓ ").line(line(clause, CONTEXT), Style.CODE)
        for place in places[:PLACES]:
            _place(out, story, place)
        if len(places) > PLACES:
            out.line(f"   … and {count(len(places) - PLACES, 'more place', 'more places')}")
    if shown < len(clauses):
        out.line(f"… and {count(len(clauses) - shown, 'more clause', 'more clauses')}")
        return 0
    return left - shown


def _place(out: Writer, story: Story, place: Evidence) -> None:
    """One place: what was asked for, where it differs from what stands there, and the words around it."""
    asked = "" if place.term == place.surface else f"{quoted(place.term, 40)} as "
    out.add(f"   {asked}{quoted(place.surface, 40)} in {FIELDS.get(place.field, place.field)}: ")
    text = getattr(story, place.field, None)
    if isinstance(text, str):
        marked(out, around(text, CONTEXT, [(place.start, place.end)], CONTEXT // 3))
    out.line()


def _go_on(out: Writer, button: Button | None, typed: str) -> tuple[tuple[Button, ...], ...]:
    """The next page by a button, or where that could not carry the question by a line to copy and send."""
    if button is None:
        out.add("Older: ").line(typed, Style.CODE)
    return row(button)


def _find(out: Writer, find: Find, zone: tzinfo, now: datetime) -> None:
    stored = find.stored
    _title(out.add("▪ "), stored.story, find.evidence, SHORT_TITLE).line()
    hits = f" · {listed(stored.rules, SOURCE)}" if stored.rules else ""
    card = f" · #{stored.card}" if stored.card is not None else ""
    out.line(_source(stored.story, stored.seen_at, zone, now) + hits + card)
    snippet = _snippet(stored.story, find.evidence, SHORT_SNIPPET, only_matched=True)
    if snippet.text:
        marked(out, snippet).line()
    out.line()


def _title(out: Writer, story: Story, evidence: Iterable[Evidence], limit: int) -> Writer:
    """The title as a link; a story without one shows its first words in its place."""
    shown = head(story.title, limit, _spans(evidence, "title"))
    if not shown.text:
        shown = Excerpt(UNTITLED)
    return marked(out, shown, url=story.url)


def _snippet(
    story: Story, evidence: Sequence[Evidence], limit: int, *, only_matched: bool = False
) -> Excerpt:
    """The words around matches outside the title, else the summary's first, unless the title says them."""
    for field, text in (("summary", story.summary), ("text", story.text)):
        spans = _spans(evidence, field)
        if spans:
            return around(text, limit, spans)
    if only_matched:
        return Excerpt("")
    begins = clean((story.summary or story.text)[:TITLE]).text
    if begins and clean(story.title[:TITLE]).text.startswith(begins):
        return Excerpt("")
    return head(story.summary or story.text, limit)


def _also(out: Writer, others: Sequence[CardStory]) -> None:
    """Who else carries it."""
    if not others:
        return
    out.line().line("Also:")
    for each in others[:ALSO]:
        title = head(each.story.title, SHORT_TITLE).text or UNTITLED
        out.add(f"• {line(each.story.source, SOURCE) or 'another feed'}: ")
        marked(out, Excerpt(title), url=each.story.url).line()
    if len(others) > ALSO:
        out.line(f"… and {count(len(others) - ALSO, 'more report', 'more reports')}")


def _source(story: Story, seen_at: datetime, zone: tzinfo, now: datetime) -> str:
    source = line(story.source, SOURCE)
    return f"{source} · " * bool(source) + dated(story, seen_at, zone, now)


def _evidence(story: CardStory) -> tuple[Evidence, ...]:
    return tuple(e for hit in story.hits for e in hit.evidence)


def _spans(evidence: Iterable[Evidence], field: str) -> list[tuple[int, int]]:
    return [(e.start, e.end) for e in evidence if e.field == field]


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
