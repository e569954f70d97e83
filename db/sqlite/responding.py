"""What readers do with an alert, in SQLite: they acknowledge it, judge it, have it repeated elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from db.promises import chat_of
from db.rows import Row, destination_of, to_text, to_time
from db.sqlite import cards, outbox
from db.sqlite.connection import Connection
from monitor.core.discretion import without_others
from monitor.core.model import (
    Acknowledged,
    CardView,
    Claimed,
    Destination,
    Escalated,
    Escalation,
    Feedback,
    Kind,
    Level,
    Owed,
    RuleId,
    Unanswered,
    Vote,
)

CARRY = "kind in ('alert', 'escalation')"
"""Messages that tell of one card."""

CHAT = "substr({0}, 1, instr({0} || '/', '/') - 1)"
"""The chat of a destination."""

INSIDE = "(destination = ?1 or substr(destination, 1, length(?1) + 1) = ?1 || '/')"
"""A destination is the chat ?1, or a topic of it."""

FLASHED = """
select min(s.seen_at) from card_stories c join stories s on s.id = c.story_id
join hits h on h.story_id = s.id where c.card = o.card and h.level = 3
"""
"""When a card became flash."""

UNANSWERED = f"""
select o.card, o.destination as sent_to, max(o.settled_at, coalesce(({FLASHED}), '')) as sent_at, e.*
from outbox o join cards k on k.number = o.card and k.level = 3
join escalations e on e.destination = o.destination
    or e.destination = {CHAT.format("o.destination")}
    and not exists (select 1 from escalations x where x.destination = o.destination)
where o.kind = 'alert' and o.state = 'sent' and o.settled_at >= ?1 and o.settled_at >= e.since
and not exists (select 1 from acknowledgements a
    where a.card = o.card and a.destination = {CHAT.format("o.destination")})
and not exists (select 1 from escalated d where d.card = o.card and d.destination = o.destination)
order by o.settled_at, o.id
"""  # noqa: S608 - constants
"""Flash alerts that nobody acknowledged, where somebody wants to hear of that."""

FEEDBACK = """
with verdicts as (
    select card, 2 * sum(useful) >= count(*) as useful from votes where at >= ?1 group by card)
select rule, sum(useful) as useful, count(*) as judged from (
    select distinct h.rule, v.card, v.useful from verdicts v
    join card_stories c on c.card = v.card join hits h on h.story_id = c.story_id
    where h.rule = ?2 or ?2 is null and h.rule not glob 'watch-[0-9]*')
group by rule order by rule
"""
"""How the cards of rules were judged; a draw is useful."""

JUDGED = """
select card, 2 * sum(useful) >= count(*) as useful from votes where card in (
    select c.card from hits h join card_stories c on c.story_id = h.story_id where h.rule = ?1)
group by card order by card desc limit ?2
"""


class Responding:
    """The part of the store that keeps it; each method is one transaction."""

    _link: Connection

    def card_of_message(self, destination: Destination, message: str) -> int | None:
        """See `Store.card_of_message`."""
        with self._link.reading():
            row = self._link.first(
                f"select card from outbox where {INSIDE} and message = ?2 and ({CARRY} or kind = 'update') "  # noqa: S608 - constants
                "order by id desc limit 1",
                (str(chat_of(destination)), message),
            )
            return None if row is None else row["card"]

    def acknowledge(self, acknowledged: Acknowledged) -> Acknowledged:
        """See `Store.acknowledge`."""
        with self._link.writing():
            known = _acknowledged(self._link, acknowledged.chat, (acknowledged.card,))
            if acknowledged.card in known:
                return known[acknowledged.card]
            for chat in _concerned(self._link, acknowledged.card, acknowledged.chat):
                _acknowledge(self._link, replace(acknowledged, chat=chat))
            return acknowledged

    def acknowledged(self, chat: Destination, cards: Iterable[int]) -> Mapping[int, Acknowledged]:
        """See `Store.acknowledged`."""
        with self._link.reading():
            return _acknowledged(self._link, chat_of(chat), cards)

    def vote(self, vote: Vote) -> bool:
        """See `Store.vote`."""
        with self._link.writing():
            key = (vote.card, str(vote.chat), vote.by)
            was = self._link.first(
                "select useful from votes where card = ? and destination = ? and by_whom = ?", key
            )
            self._link.run(
                "insert or replace into votes (card, destination, by_whom, useful, at) values (?, ?, ?, ?, ?)",
                (*key, int(vote.useful), to_text(vote.at)),
            )
            return was is None or bool(was["useful"]) != vote.useful

    def feedback(self, rule: RuleId | None, since: datetime) -> Mapping[RuleId, Feedback]:
        """See `Store.feedback`."""
        with self._link.reading():
            rows = self._link.all(FEEDBACK, (to_text(since), rule))
            return {RuleId(row["rule"]): Feedback(row["useful"], row["judged"]) for row in rows}

    def judged(self, rule: RuleId, limit: int) -> tuple[tuple[CardView, bool], ...]:
        """See `Store.judged`."""
        with self._link.reading():
            verdicts = {row["card"]: bool(row["useful"]) for row in self._link.all(JUDGED, (rule, limit))}
            views = cards.views(self._link, verdicts)
            return tuple((without_others(views[card], {rule}), useful) for card, useful in verdicts.items())

    def set_escalation(self, source: Destination, escalation: Escalation | None) -> None:
        """See `Store.set_escalation`."""
        with self._link.writing():
            self._link.run("delete from escalations where destination = ?", (str(source),))
            if escalation is not None:
                self._link.run(
                    "insert into escalations (destination, target, after, since, by_whom, title, called) "
                    "values (?, ?, ?, ?, ?, ?, ?)",
                    (
                        str(source),
                        str(escalation.target),
                        escalation.after,
                        to_text(escalation.since),
                        escalation.by,
                        escalation.title,
                        escalation.called,
                    ),
                )

    def escalation(self, source: Destination) -> Escalation | None:
        """See `Store.escalation`."""
        with self._link.reading():
            row = self._link.first("select * from escalations where destination = ?", (str(source),))
            return None if row is None else _escalation(row)

    def unanswered(self, since: datetime) -> tuple[Unanswered, ...]:
        """See `Store.unanswered`."""
        with self._link.reading():
            if self._link.first("select 1 from escalations limit 1") is None:
                return ()
            return tuple(
                Unanswered(
                    row["card"], destination_of(row["sent_to"]), to_time(row["sent_at"]), _escalation(row)
                )
                for row in self._link.all(UNANSWERED, (to_text(since),))
            )

    def escalate(self, unanswered: Unanswered, now: datetime) -> bool:
        """See `Store.escalate`."""
        card, wish = unanswered.card, unanswered.escalation
        with self._link.writing():
            if _acknowledged(self._link, chat_of(unanswered.source), (card,)):
                return False
            begun = self._link.run(
                "insert or ignore into escalated (card, destination, target, title, after, at) "
                "values (?, ?, ?, ?, ?, ?)",
                (card, str(unanswered.source), str(wish.target), wish.title, wish.after, to_text(now)),
            )
            owed = Owed(card, wish.target, Kind.ESCALATION, Level.FLASH)
            outbox.owe(self._link, (owed,), now, replayed=False)
            return begun == 1

    def fall_back(self, chat: Destination, *, on: bool) -> None:
        """See `Store.fall_back`."""
        with self._link.writing():
            self._link.run("delete from topic_fallbacks where destination = ?", (str(chat_of(chat)),))
            if on:
                self._link.run("insert into topic_fallbacks values (?)", (str(chat_of(chat)),))

    def falls_back(self, chat: Destination) -> bool:
        """See `Store.falls_back`."""
        with self._link.reading():
            return _falls_back(self._link, chat)


def told(link: Connection, claims: Iterable[Claimed]) -> tuple[Claimed, ...]:
    """Claimed deliveries with what is to be said of them: who acknowledged the card, and why it is repeated."""
    return tuple(_told(link, claimed) for claimed in claims)


def _told(link: Connection, claimed: Claimed) -> Claimed:
    delivery = claimed.delivery
    seen = _acknowledged(link, chat_of(delivery.destination), (delivery.card,)).get(delivery.card)
    row = link.first(
        "select title, after from escalated where card = ?1 and target = ?2 and (?3 = 'escalation' "
        "or ?3 = 'update' and not exists ("
        "select 1 from outbox where card = ?1 and destination = ?2 and kind = 'alert')) order by at, destination",
        (delivery.card, str(delivery.destination), delivery.kind),
    )
    where = delivery.destination
    return replace(
        claimed,
        acknowledged=seen,
        escalated=None if row is None else Escalated(row["title"], row["after"]),
        falls_back=where.topic is not None and _falls_back(link, where),
    )


def _falls_back(link: Connection, where: Destination) -> bool:
    wanted = (str(chat_of(where)),)
    return link.first("select 1 from topic_fallbacks where destination = ?", wanted) is not None


def move(link: Connection, old: Destination, new: Destination) -> None:
    """What is repeated in a chat is repeated at its new address; call it in the transaction of `people.move`."""
    for table in ("escalations", "escalated"):
        link.run(
            f"update {table} set target = ?2 || substr(target, length(?1) + 1) "  # noqa: S608 - constants
            f"where {INSIDE.replace('destination', 'target')}",
            (str(chat_of(old)), str(chat_of(new))),
        )


def _acknowledged(link: Connection, chat: Destination, numbers: Iterable[int]) -> dict[int, Acknowledged]:
    rows = link.all(
        "select * from acknowledgements where destination = ? and card in (select value from json_each(?))",
        (str(chat), json.dumps(sorted(numbers))),
    )
    return {
        row["card"]: Acknowledged(row["card"], chat, row["by_whom"], row["name"], to_time(row["at"]))
        for row in rows
    }


def _concerned(link: Connection, card: int, chat: Destination) -> list[Destination]:
    """The chat, those whose alert was repeated there, and those where its own was."""
    found = {chat: None}
    for row in link.all("select destination, target from escalated where card = ?", (card,)):
        pair = [chat_of(destination_of(row["destination"])), chat_of(destination_of(row["target"]))]
        if chat in pair:
            found |= dict.fromkeys(pair)
    return list(found)


def _acknowledge(link: Connection, seen: Acknowledged) -> None:
    """One chat knows it: its messages say so, and nothing more is repeated for want of it."""
    link.run(
        "insert or ignore into acknowledgements (card, destination, by_whom, name, at) values (?, ?, ?, ?, ?)",
        (seen.card, str(seen.chat), seen.by, seen.name, to_text(seen.at)),
    )
    link.run(
        "delete from outbox where card = ?2 and kind = 'escalation' and state = 'owed' and attempt = 0 "  # noqa: S608 - a constant
        f"and destination in (select target from escalated where card = ?2 and {INSIDE})",
        (str(seen.chat), seen.card),
    )
    rows = link.all(
        f"select destination, max(level) as level from outbox where {INSIDE} and card = ?2 and {CARRY} "  # noqa: S608 - constants
        "and state = 'sent' and message is not null group by destination",
        (str(seen.chat), seen.card),
    )
    owed = [
        Owed(seen.card, destination_of(row["destination"]), Kind.UPDATE, Level(row["level"])) for row in rows
    ]
    outbox.owe(link, owed, seen.at, replayed=False)


def _escalation(row: Row) -> Escalation:
    """A row of `escalations`."""
    return Escalation(
        source=destination_of(row["destination"]),
        target=destination_of(row["target"]),
        after=row["after"],
        since=to_time(row["since"]),
        by=row["by_whom"],
        title=row["title"],
        called=row["called"],
    )
