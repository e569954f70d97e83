"""The decision: a parsed page and what the store knows become one outcome.

Order of evaluation:

1. Each story gets the key that it has in the store, or shall have (`monitor.core.identity`); a key that came twice
   in the page counts once.
2. A story with a known key, or one that came back under a new id (`monitor.core.edits`), is not new. If it says
   something else now, the stored one becomes this version; only rules that did not match before are news.
3. All rules are matched with every new story, oldest first. Without a hit it is kept, and that is all (a bounded
   number of them for a feed that never ends, see `monitor.core.vigil`).
4. A hit finds its card (`monitor.core.group`) or opens the next one.
5. Destinations that wait for one of its rules and were not told of the card are owed an ALERT; those that were
   told are owed an UPDATE of the message they have. For those that want such hits in a digest the card is gathered.
6. A destination that muted all that it waits for in the story is owed nothing; that is said with the story, and of
   the card. In a destination's quiet hours what is owed waits for their end.
7. At the first sight of a feed nobody is owed anything: its stories may be old (unless the policy says so).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from monitor.core import vigil
from monitor.core.arrival import plausible
from monitor.core.board import Board, mark_of, wants
from monitor.core.cadence import Pace, after_poll
from monitor.core.edits import edition, returned, rewritten
from monitor.core.identity import settled
from monitor.core.match import Matcher
from monitor.core.model import Batch, Edit, Facts, Feed, Kept, Outcome, Page, RuleBook, StoredStory, Story

ARTICLE_LIMIT = 200_000
"""Characters of an article's text that are kept."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator decides once for all feeds."""

    pace: Pace = Pace()
    alert_on_first_poll: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """One page, fetched and parsed; `jitter` is in [0, 1)."""

    feed: Feed
    page: Page
    batch: Batch
    now: datetime
    jitter: float


@dataclass(frozen=True, slots=True)
class _Sorted:
    """A page's stories: new ones, oldest first; stored ones with what the page says of them now."""

    fresh: tuple[Story, ...]
    known: tuple[tuple[StoredStory, Story], ...]


EMPTY_BOOK = RuleBook()


def decide(
    arrival: Arrival, facts: Facts, matcher: Matcher, policy: Policy, book: RuleBook = EMPTY_BOOK
) -> Outcome:
    """What a page means. Pure; deciding twice on the same facts gives the same outcome.

    `book` is that of the matcher: it tells the tags of rules, and the entities that a mute may name.
    """
    now, batch = arrival.now, arrival.batch
    found = _sorted(batch, facts)
    watch = vigil.watched(facts.state, now, fresh=len(found.fresh), known=len(found.known) + batch.known)
    board = Board(facts, book, now)
    edits = [
        edit
        for stored, story in found.known
        if (edit := _edited(stored, story, now, board, matcher)) is not None
    ]
    kept = _kept(
        [plausible(story, now) for story in found.fresh],
        now,
        board,
        matcher,
        quiet=not facts.state.seen_before and not policy.alert_on_first_poll,
        room=vigil.room(watch, len(found.fresh)),
    )
    watch = replace(watch, left_out=watch.left_out + len(found.fresh) - len(kept))
    state = after_poll(
        arrival.feed,
        replace(
            facts.state,
            vigil=watch,
            hub=arrival.page.hub or batch.hub,
            topic=arrival.page.topic or batch.topic,
        ),
        arrival.page,
        now=now,
        jitter=arrival.jitter,
        pace=policy.pace,
        batch=batch,
        fresh=tuple(each.story for each in kept),
    )
    return Outcome(
        state,
        now,
        tuple(kept),
        board.changed(),
        board.owed(),
        edits=tuple(sorted(edits, key=lambda edit: edit.id)),
        items=batch.items,
        hushed=board.hushed(),
        gathered=board.gathered(),
        notices=vigil.news(facts.state, state),
    )


def decide_article(
    stored: StoredStory,
    text: str,
    now: datetime,
    facts: Facts,
    matcher: Matcher,
    *,
    book: RuleBook = EMPTY_BOOK,
) -> Outcome:
    """What the text of a story's own page means: it takes the place of what the feed carries of it.

    `text` is plain. Rules that match only now are news, as after any edit.
    """
    story = replace(stored.story, text=text[:ARTICLE_LIMIT])
    board = Board(facts, book, now)
    edit = replace(_reread(stored, story, now, board, matcher), keep=False, article=True)
    return Outcome(
        facts.state,
        now,
        (),
        board.changed(),
        board.owed(),
        edits=(edit,),
        hushed=board.hushed(),
        gathered=board.gathered(),
    )


def _sorted(batch: Batch, facts: Facts) -> _Sorted:
    """Which stories are new.

    Undated ones count as the newest, in reversed document order, as feeds list newest first.
    """
    page: dict[str, Story] = {}
    for story in batch.stories:
        page.setdefault(story.key, story)
    known_as = {key: stored.story for key, stored in facts.known.items()}
    stories = {story.key: story for story in settled(tuple(page.values()), known_as)}
    strange = [story for key, story in stories.items() if key not in facts.known]
    all_strange = facts.state.seen_before and not batch.known and len(strange) == len(stories)
    back = returned(strange, facts.alike, all_strange=all_strange) if facts.alike else {}
    known = [
        (stored, story)
        for story in stories.values()
        if (stored := facts.known.get(story.key) or back.get(story.key)) is not None
    ]
    fresh = [story for story in strange if story.key not in back]
    fresh.reverse()
    latest = max((story.published for story in fresh if story.published is not None), default=None)
    if latest is not None:
        fresh.sort(key=lambda story: story.published or latest)
    return _Sorted(tuple(fresh), tuple(known))


def _kept(
    fresh: Sequence[Story], now: datetime, board: Board, matcher: Matcher, *, quiet: bool, room: int | None
) -> list[Kept]:
    """The new stories that are to be stored; `room` bounds those without a hit, the newest of them stay."""
    kept: list[Kept] = []
    for story in fresh:
        hits = matcher.hits(story, now)
        if not hits:
            kept.append(Kept(story))
            continue
        card, why = board.put(story, hits, now)
        if quiet:
            why += "; first sight of this feed, so nobody was alerted"
        else:
            why = "; ".join(filter(None, (why, board.owe(card, hits, story))))
        kept.append(Kept(story, hits, card, why))
    if room is None:
        return kept
    excess = max(sum(not each.hits for each in kept) - room, 0)
    out: list[Kept] = []
    for each in kept:
        if excess and not each.hits:
            excess -= 1
        else:
            out.append(each)
    return out


def _edited(stored: StoredStory, story: Story, now: datetime, board: Board, matcher: Matcher) -> Edit | None:
    """The stored story in the version that came, or None if it is the one that is stored."""
    if plausible(story, stored.seen_at) != story:  # it was not true when it was first seen, and is not now
        story = replace(story, published=None, doubt="")
    version = edition(stored, story)
    return None if version is None else _reread(stored, version, now, board, matcher)


def _reread(stored: StoredStory, story: Story, now: datetime, board: Board, matcher: Matcher) -> Edit:
    """A new version is matched anew; what it newly hits is told, on the card that the story is on."""
    hits = matcher.hits(story, now)
    newly = [hit for hit in hits if hit.rule not in stored.rules]
    card, why = stored.card, ""
    if newly:
        if card is None:
            card, why = board.put(story, newly, now)
        else:
            board.grow(card, newly)
        muted = board.owe(card, newly, story)
        rules = ", ".join(hit.rule for hit in newly)
        why = "; ".join(filter(None, (why, f"since it was edited it matches {rules}", muted)))
    return Edit(
        stored.id, story, hits, card, why, keep=rewritten(stored.story, story), article=stored.article
    )


__all__ = ["ARTICLE_LIMIT", "Arrival", "Policy", "decide", "decide_article", "mark_of", "wants"]
