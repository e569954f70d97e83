"""Stories as people see them: the alert, lists of cards, search results, and why a card came.

Every part has its own limit, so that the sum fits one message and the last lines always survive: they say
which rule it was, the card's number, and what to do next. Evidence offsets are into the original text of a
story's field.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from monitor.chat import alert_parts
from monitor.chat.excerpt import Excerpt, around, clean, head, line
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import badge, dated, marked, opens, quoted, row
from monitor.chat.tongue import mark, tr, trn
from monitor.core.model import CardStory, CardView, Claimed, Evidence, Level, RuleId, Story
from monitor.desk.answers import Why, rules_of

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

UNTITLED = mark("(no title)")
REPEAT = mark("↻ may be a repeat: the connection broke while it was first sent")
FIELDS = {
    "title": mark("the title"),
    "summary": mark("the summary"),
    "text": mark("the text"),
    "source": mark("the source"),
}


def alert(claimed: Claimed, zone: tzinfo, now: datetime, names: Mapping[RuleId, str]) -> Message:
    """An alert: level and rule, the story, who else has it, the card's number.

    `names` says in words what a rule waits for, where that is known. A card of level info makes no sound.
    """
    view = claimed.view
    rules = rules_of(view)
    first = view.stories[0]
    out = Writer()
    alert_parts.repeated(out, claimed.escalated)
    heading = [line(names.get(rule) or rule) for rule in _leading(view)]
    out.line(f"{badge(view.card.level)} · {listed(heading, NAMES)}", Style.BOLD)
    titled(out, first.story, evidence_of(first), TITLE).line()
    out.line(sourced(first.story, first.seen_at, zone, now))
    snippet = snippet_of(first.story, evidence_of(first), SNIPPET)
    if snippet.text:
        marked(out.line(), snippet).line()
    _also(out, view.stories[1:])
    out.line()
    if claimed.delivery.repeat:
        out.line(tr(REPEAT), Style.ITALIC)
    alert_parts.acknowledged(out, claimed.acknowledged, zone, now)
    out.add(f"{listed(rules, NAMES)} · " + tr("card #{n}").format(n=view.card.number))
    return out.message(alert_parts.rows(view, claimed.acknowledged), silent=view.card.level is Level.INFO)


def _leading(view: CardView) -> tuple[RuleId, ...]:
    """The rules that give a card its level: they name it, the others are listed below."""
    hits = [hit for story in view.stories for hit in story.hits if hit.level is view.card.level]
    return tuple(dict.fromkeys(hit.rule for hit in hits)) or rules_of(view)


def why(answer: Why, zone: tzinfo, now: datetime, names: Mapping[RuleId, str]) -> Message:
    """Clause by clause: what a rule asked for, what stands in the story, where."""
    view = answer.card
    first = view.stories[0]
    out = Writer()
    out.line(
        tr("Why card #{n}: {level}").format(n=view.card.number, level=badge(view.card.level)), Style.BOLD
    )
    titled(out, first.story, (), SHORT_TITLE).line()
    out.line(sourced(first.story, first.seen_at, zone, now))
    if answer.hushed is not None:
        out.line(muted_by(answer.hushed), Style.ITALIC)
    left = CLAUSES
    rules = rules_of(view)
    for rule in rules:
        if left <= 0 or out.units() > ROOM:
            more = listed(rules[rules.index(rule) :], NAMES)
            out.line().line(tr("More rules matched: {rules}").format(rules=more))
            break
        story, evidence = next((s, h.evidence) for s in view.stories for h in s.hits if h.rule == rule)
        called = names.get(rule)
        out.line().add(line(rule), Style.BOLD).line(f" · {line(called)}" if called else "")
        if story is not first:
            titled(out.add(tr("in: ")), story.story, (), SHORT_TITLE).line()
        left = _clauses(out, story.story, evidence, left)
    if len(view.stories) > 1:
        _also(out, view.stories[1:])
    out.line().add(tr("Too much of this? /subs lists what comes here and how to end it."))
    return out.message(row(opens(tr("Open"), first.story.url)))


def listed(words: Sequence[str], limit: int) -> str:
    """Words with commas, as many as fit into `limit` characters; how many more there are."""
    shown: list[str] = []
    for word in words:
        if shown and sum(map(len, shown)) + 2 * len(shown) + len(word) > limit:
            return tr("{names} and {n} more").format(names=", ".join(shown), n=len(words) - len(shown))
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
            out.line("   " + trn("… and {n} more place", "… and {n} more places", len(places) - PLACES))
    if shown < len(clauses):
        out.line(trn("… and {n} more clause", "… and {n} more clauses", len(clauses) - shown))
        return 0
    return left - shown


def _place(out: Writer, story: Story, place: Evidence) -> None:
    """One place: what was asked for, where it differs from what stands there, and the words around it."""
    field = tr(FIELDS[place.field]) if place.field in FIELDS else place.field
    found = (
        tr("{words} in {field}: ") if place.term == place.surface else tr("{term} as {words} in {field}: ")
    )
    words, term = quoted(place.surface, 40), quoted(place.term, 40)
    out.add("   " + found.format(words=words, term=term, field=field))
    text = getattr(story, place.field, None)
    if isinstance(text, str):
        marked(out, around(text, CONTEXT, [(place.start, place.end)], CONTEXT // 3))
    out.line()


def titled(out: Writer, story: Story, evidence: Iterable[Evidence], limit: int) -> Writer:
    """The title as a link; a story without one shows its first words in its place."""
    shown = head(story.title, limit, spans_in(evidence, "title"))
    if not shown.text:
        shown = Excerpt(tr(UNTITLED))
    return marked(out, shown, url=story.url)


def snippet_of(
    story: Story, evidence: Sequence[Evidence], limit: int, *, only_matched: bool = False
) -> Excerpt:
    """The words around matches outside the title, else the summary's first, unless the title says them."""
    for field, text in (("summary", story.summary), ("text", story.text)):
        spans = spans_in(evidence, field)
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
    out.line().line(tr("Also:"))
    for each in others[:ALSO]:
        title = head(each.story.title, SHORT_TITLE).text or tr(UNTITLED)
        out.add(f"• {line(each.story.source, SOURCE) or tr('another feed')}: ")
        marked(out, Excerpt(title), url=each.story.url).line()
    if len(others) > ALSO:
        out.line(trn("… and {n} more report", "… and {n} more reports", len(others) - ALSO))


def muted_by(mute: str) -> str:
    """Why a card was not told."""
    return tr("🔇 not told here: muted by {mute}").format(mute=line(mute, SOURCE))


def sourced(story: Story, seen_at: datetime, zone: tzinfo, now: datetime) -> str:
    """Who carries a story, and when it was published."""
    source = line(story.source, SOURCE)
    return f"{source} · " * bool(source) + dated(story, seen_at, zone, now)


def evidence_of(story: CardStory) -> tuple[Evidence, ...]:
    """What matched in a story, of all its hits."""
    return tuple(e for hit in story.hits for e in hit.evidence)


def spans_in(evidence: Iterable[Evidence], field: str) -> list[tuple[int, int]]:
    """The matched places in one field."""
    return [(e.start, e.end) for e in evidence if e.field == field]
