"""What every store does alike with outcomes and receipts: pure, and shared so that stores cannot differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from db.rows import maybe_text
from monitor.core.model import Delivery, DeliveryState, Later, Outcome, Receipt, Sent, Unknown

PAUSE = timedelta(seconds=15)
"""Between a send of which nobody knows whether it arrived and its repeat: what broke it may still be broken."""


def named_cards(outcome: Outcome) -> set[int]:
    """The cards that an outcome names without bringing them: they have to be in the store already."""
    named = {kept.card for kept in outcome.stories if kept.card is not None}
    named |= {owed.card for owed in outcome.deliveries}
    return named - {card.number for card in outcome.cards}


def check(outcome: Outcome, missing_cards: Iterable[int]) -> None:
    """Raise ValueError if an outcome breaks its promises, before anything of it is stored.

    `missing_cards` are those of `named_cards` that the store does not have.
    """
    if missing := sorted(missing_cards):
        message = f"cards that do not exist: {missing}"
        raise ValueError(message)
    for kept in outcome.stories:
        if kept.story.feed != outcome.state.url:
            message = f"a story of {kept.story.feed} in an outcome of {outcome.state.url}"
            raise ValueError(message)
        maybe_text(kept.story.published)  # raises if it is not aware
        if twice := [rule for rule, count in Counter(hit.rule for hit in kept.hits).items() if count > 1]:
            message = f"two hits of one rule on one story: {twice}"
            raise ValueError(message)


def settled(delivery: Delivery, receipt: Receipt, now: datetime) -> Delivery:
    """What a claimed delivery becomes by its receipt.

    An answer that leaves open whether the message arrived is repeated once, after a pause; a repeat that ends
    the same way is dead, because a third copy would be worse than a reason that people can see.
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
        case Unknown() if not delivery.repeat:
            return replace(done, state=DeliveryState.OWED, repeat=True, not_before=now + PAUSE)
    return replace(done, state=DeliveryState.DEAD)
