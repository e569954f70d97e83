"""What every store does alike with outcomes and receipts: pure, and shared so that stores cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from db.rows import maybe_text
from monitor.core.identity import candidates
from monitor.core.model import (
    Delivery,
    DeliveryState,
    Destination,
    Edit,
    Kept,
    Kind,
    Later,
    Level,
    Outcome,
    Receipt,
    Sent,
    StoredStory,
    Story,
    StoryKey,
    Unknown,
)

PAUSE = timedelta(seconds=15)
"""Between a send of which nobody knows whether it arrived and its repeat: what broke it may still be broken."""


QUIET = "quiet hours"
"""The reason of an alert that waits unsent for their end."""

ON_A_PAGE = 500
"""The last stories of a feed, which stay however old they are: its page may still carry them, and one that came back
would be news. No page gives more."""

PACE_AGE = timedelta(days=1)
"""How long what a messenger taught is kept after the wait it asked for is over; by then it means nothing."""

FORGOTTEN = timedelta(days=90)
"""How long it is remembered of an invitation that it expired."""

VERSIONS_KEPT = 20
"""Earlier versions that are kept of a story: the first, which people were told of, and the newest."""


def asked_keys(stories: Sequence[Story]) -> dict[StoryKey, tuple[StoryKey, ...]]:
    """By its own key, all keys under which each story may lie in the store."""
    return {story.key: candidates(story) for story in stories}


def latest_compared(stories: Sequence[Story]) -> int:
    """Among how many of a feed's latest stories those are looked for that came back under a new id."""
    return max(200, 2 * len(stories))


def before(now: Story, then: Story) -> Story:
    """A story as it was, under the key that it has by now."""
    return replace(
        now,
        title=then.title,
        url=then.url,
        summary=then.summary,
        text=then.text,
        author=then.author,
        published=then.published,
    )


def same_edit(stored: StoredStory, edit: Edit) -> bool:
    """Whether an edit is true already."""
    there = (stored.story, stored.article, stored.card)
    return there == (edit.story, edit.article, edit.card) and {hit.rule for hit in edit.hits} <= set(
        stored.rules
    )


def named_cards(outcome: Outcome) -> set[int]:
    """The cards that an outcome names without bringing them: they have to be in the store already."""
    both: tuple[Kept | Edit, ...] = (*outcome.stories, *outcome.edits)
    named = {each.card for each in both if each.card is not None}
    named |= {owed.card for owed in outcome.deliveries} | {each.card for each in outcome.gathered}
    return named - {card.number for card in outcome.cards}


def check(outcome: Outcome, missing_cards: Iterable[int]) -> None:
    """Raise ValueError if an outcome breaks its promises, before anything of it is stored.

    `missing_cards` are those of `named_cards` that the store does not have.
    """
    if missing := sorted(missing_cards):
        message = f"cards that do not exist: {missing}"
        raise ValueError(message)
    if several := [owed.kind.value for owed in outcome.deliveries if owed.kind.gathers]:
        message = f"owed by a story, though they tell of what was gathered: {several}"
        raise ValueError(message)
    both: tuple[Kept | Edit, ...] = (*outcome.stories, *outcome.edits)
    for kept in both:
        if kept.story.feed != outcome.state.url:
            message = f"a story of {kept.story.feed} in an outcome of {outcome.state.url}"
            raise ValueError(message)
        maybe_text(kept.story.published)  # raises if it is not aware
        if twice := [rule for rule, count in Counter(hit.rule for hit in kept.hits).items() if count > 1]:
            message = f"two hits of one rule on one story: {twice}"
            raise ValueError(message)


def chat_of(destination: Destination) -> Destination:
    """The chat of which a destination may be a topic."""
    return replace(destination, topic=None)


def inside(destination: Destination, chat: Destination) -> bool:
    """Whether a destination is that one, or if it names no topic, a topic of it."""
    return destination == chat or (chat.topic is None and chat_of(destination) == chat)


NOT_REPEATED = "it may have arrived, and sends to this chat are not repeated"
"""Why an alert is dead of which nobody knows whether it arrived, where the chat wants each at most once."""

CUT_SHORT = "Tocsin ended amid the send"
"""Why nobody knows it."""


def rank(kind: Kind, level: Level) -> int:
    """How early something goes out: what tells of several cards after all that tells of one."""
    return 0 if kind.gathers else int(level)


def rewound(moment: datetime | None, since: datetime, now: datetime) -> datetime | None:
    """A moment that was set at `since`, which by a clock that was set back is still to come: as far off as then."""
    return None if moment is None else now + max(moment - since, timedelta())


def settled(delivery: Delivery, receipt: Receipt, now: datetime, *, once: bool = False) -> Delivery:
    """What a claimed delivery becomes by its receipt.

    An answer that leaves open whether the message arrived is repeated once, after a pause; a repeat that ends
    the same way is dead, because a third copy would be worse than a reason that people can see. With `once`
    the first is dead already, and keeps the mark of a repeat in case that somebody sends it again.
    """
    done = replace(delivery, not_before=None, reason="" if isinstance(receipt, Sent) else receipt.reason)
    match receipt:
        case Sent(message):
            return replace(done, state=DeliveryState.SENT, message=message)
        case Later(after, _, counts):
            return replace(
                done,
                state=DeliveryState.OWED,
                not_before=now + timedelta(seconds=after),
                attempt=delivery.attempt if counts else delivery.attempt - 1,
            )
        case Unknown(reason) if once and not delivery.repeat:
            return replace(done, state=DeliveryState.DEAD, repeat=True, reason=f"{reason}; {NOT_REPEATED}")
        case Unknown() if not delivery.repeat:
            return replace(done, state=DeliveryState.OWED, repeat=True, not_before=now + PAUSE)
    return replace(done, state=DeliveryState.DEAD)
