"""The command /digest, the messages of digests and summaries, and what stood in them, page by page."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.chat import wording
from monitor.chat.cards import REPEAT, SHORT_TITLE, UNTITLED
from monitor.chat.excerpt import Excerpt, head, line
from monitor.chat.helping import usage
from monitor.chat.message import TEXT_LIMIT, Button, Message, Style, Writer
from monitor.chat.phrases import badge, fill, marked, moment, presses, row, where
from monitor.chat.tongue import mark, number, tr, trn
from monitor.core.model import Every, Kind, Level, Schedule
from monitor.desk.answers import Forbidden, UnknownRule, rules_of
from monitor.desk.digests import PAGE, NoDigest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime, tzinfo

    from monitor.chat.ask import Ask
    from monitor.core.model import CardView, Claimed, DigestPart, DigestWish, RuleId, Waiting
    from monitor.desk.digests import Digests, Listed, SentNow

Buttons = tuple[tuple[Button, ...], ...]

USAGE = "/digest [now|off|hourly|daily 08:00|weekly Mon 08:00] [RULE|tag:NAME|level:WORD|all] [@channel]"
EXAMPLE = "/digest daily 08:00 level:info"

OFFERS = ("hourly", "daily 08:00", "weekly Mon 08:00")
"""Offered where nothing is gathered yet."""

WEEKDAYS = (
    mark("Monday"),
    mark("Tuesday"),
    mark("Wednesday"),
    mark("Thursday"),
    mark("Friday"),
    mark("Saturday"),
    mark("Sunday"),
)

SOURCE = 40
RULES = 80  # of a heading

TITLES = (SHORT_TITLE, 100, 50, 20)
"""Characters of a title: the first length with which a message holds all its cards."""

SHOWN = 20
"""Wishes in one list."""


def digest(ask: Ask) -> Message:
    """`/digest WHEN WHAT`; alone it tells what is gathered, and when it comes."""
    words = ask.arguments.split()
    if not words:
        told = ask.desk.digests.digests(ask.caller, ask.target)
        return _told(told, ask)
    if words == ["now"]:
        sent = ask.desk.digests.send(ask.caller, ask.target)
        return wording.forbidden(sent, ask.caller) if isinstance(sent, Forbidden) else _sent(sent)
    schedule, what = _read(words)
    if schedule is None and words[0].casefold() != "off":
        return usage(ask, "digest", tr("Say when: now, off, hourly, daily 08:00 or weekly Mon 08:00."))
    zone = ask.zone if isinstance(ask.zone, ZoneInfo) else ZoneInfo("UTC")
    return _told(ask.desk.digests.set(ask.caller, schedule, what or "all", zone, ask.target), ask)


def pressed(ask: Ask) -> Message:
    """A button below /digest: what it changed stands in its place."""
    return replace(digest(ask), replaces=True)


def gathered(ask: Ask) -> Message:
    """The button below a digest or summary: `gathered:NUMBER:PAGE`, below such a page with `:turn`."""
    written, page, turn = [*ask.arguments.split(":", 2), "", ""][:3]
    wanted = int(written) if written.isdecimal() and len(written) < 19 else 0  # noqa: PLR2004 - digits of 64 bits
    told = ask.desk.digests.listed(ask.caller, wanted, int(page) if page.isdecimal() and len(page) < 9 else 1)  # noqa: PLR2004
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, NoDigest):
        return Message(tr("This list belongs to another chat, or is gone. /latest shows the newest cards."))
    return replace(_page(told, ask), replaces=bool(turn))


def worded(
    claimed: Claimed, part: DigestPart, zone: tzinfo, now: datetime, names: Mapping[RuleId, str]
) -> Message:
    """One message of a digest, or a summary; `names` says in words what a rule waits for."""

    def written(limit: int) -> tuple[Writer, Buttons]:
        out = Writer()
        _heading(out, claimed, part, zone, now)
        _list(out, part.views, names, limit)
        if claimed.delivery.repeat:
            out.line(tr(REPEAT), Style.ITALIC)
        return out, _ending(out, claimed, part)

    return _fitting(written)


def _fitting(written: Callable[[int], tuple[Writer, Buttons]]) -> Message:
    """A message with titles as long as it has room for."""
    tries = (written(limit) for limit in TITLES)
    fits = (each for each in tries if each[0].units() <= TEXT_LIMIT)
    out, buttons = next(fits, None) or written(TITLES[-1])
    return out.message(buttons)


def scheduled(schedule: Schedule | None) -> str:
    """When something comes, in words."""
    if schedule is None:
        return tr("at once")
    at = f"{schedule.at:%H:%M}"
    if schedule.every is Every.HOUR:
        return tr("every hour")
    if schedule.every is Every.DAY:
        return tr("every day at {time}").format(time=at)
    return tr("every {day} at {time}").format(day=tr(WEEKDAYS[schedule.day]), time=at)


def _read(words: list[str]) -> tuple[Schedule | None, str]:
    """The schedule at the beginning of what was typed, and the rest."""
    for count in (3, 2, 1):
        schedule = Schedule.read(" ".join(words[:count]))
        if schedule is not None and len(words) >= count:
            return schedule, " ".join(words[count:])
    return None, " ".join(words[1:])


def _told(told: Digests | UnknownRule | Forbidden, ask: Ask) -> Message:
    if isinstance(told, Forbidden):
        return wording.forbidden(told, ask.caller)
    if isinstance(told, UnknownRule):
        return wording.unknown_rule(told, offer=f"/digest {ask.arguments.removesuffix(told.asked).strip()}")
    here, zone = where(told.target), told.zone or ask.zone
    out = Writer()
    if told.changed is not None:
        out.add(tr("Done.") + " ", Style.BOLD)
    if not any(each.schedule for each in told.wishes):
        out.line(tr("No digest in {chat}: every alert comes at once.").format(chat=here))
    else:
        out.line(tr("Digests in {chat}:").format(chat=here), Style.BOLD)
        _wishes(out, told.wishes)
        out.line(tr("By the clock of {zone}; /settings zone changes it.").format(zone=str(zone)))
    if told.let_go:
        out.line(trn("{n} gathered card comes now.", "{n} gathered cards come now.", told.let_go))
    for each in told.waiting:
        out.line(_waits(each, zone, ask.desk.now()))
    if not told.follows:
        out.line(tr("Nothing is subscribed there yet: /subscribe all begins."))
    fill(out.line(), tr("For example: {example}"), example=(EXAMPLE, Style.CODE))
    return out.message(() if told.target else _choices(told))


def _wishes(out: Writer, wishes: tuple[DigestWish, ...]) -> None:
    for each in wishes[:SHOWN]:
        out.line(f"• {line(each.selector, RULES)}: {scheduled(each.schedule)}")
    if (left := len(wishes) - SHOWN) > 0:
        out.line(tr("… and {n} more").format(n=number(left)))
    if all(each.selector != f"level:{Level.FLASH.word}" for each in wishes):
        out.line(tr("Flash alerts come at once all the same, unless their rule or level:flash is named."))


def _waits(each: Waiting, zone: tzinfo, now: datetime) -> str:
    due = moment(each.due_at, zone, now)
    if each.schedule is None:
        return trn(
            "{n} card was held back by the cap; the summary comes at {time}.",
            "{n} cards were held back by the cap; the summary comes at {time}.",
            each.cards,
        ).format(time=due)
    return trn(
        "{n} card is gathered; it comes at {time}.",
        "{n} cards are gathered; they come at {time}.",
        each.cards,
    ).format(time=due)


def _choices(told: Digests) -> Buttons:
    buttons: Buttons = ()
    if told.waiting:
        buttons += row(presses(tr("Send it now"), "digest:now", "/digest now"))
    if any(each.schedule for each in told.wishes):
        return buttons + row(presses(tr("Everything at once"), "digest:off", "/digest off"))
    for each in OFFERS:  # a row each: side by side they do not fit a phone
        text = _begun(scheduled(Schedule.read(each)))
        buttons += row(presses(text, f"digest:{each}", f"/digest {each}"))
    return buttons


def _begun(words: str) -> str:
    """Words as they begin a line."""
    return words[:1].upper() + words[1:]


def _sent(told: SentNow) -> Message:
    here = where(told.target)
    if not told.cards:
        return Message(
            tr("Nothing is gathered for {chat}, so nothing is sent. /latest shows the newest cards.").format(
                chat=here
            )
        )
    coming = trn("{n} card comes to {chat} now.", "{n} cards come to {chat} now.", told.cards)
    return Message(coming.format(chat=here) + " " + tr("/digest tells what is gathered next."))


def _heading(out: Writer, claimed: Claimed, part: DigestPart, zone: tzinfo, now: datetime) -> None:
    digest, delivery = part.digest, claimed.delivery
    total = len(digest.cards)
    if digest.kind is Kind.SUMMARY:
        held = trn("🗜 {n} more alert was held back", "🗜 {n} more alerts were held back", total)
        out.line(held, Style.BOLD)
        since = tr("That is over the cap of this chat, since {time}.")
        out.line(since.format(time=moment(digest.begun_at, zone, now))).line()
        return
    title = trn("🗞 Digest of {n} card", "🗞 Digest of {n} cards", total)
    out.add(title, Style.BOLD)
    if delivery.parts > 1:
        out.add(" · " + tr("part {part} of {parts}").format(part=delivery.part, parts=delivery.parts))
    out.line()
    if delivery.part == 1:
        out.line(
            tr("Since {time}; {schedule}.").format(
                time=moment(digest.begun_at, zone, now), schedule=scheduled(digest.schedule)
            )
        )
    out.line()


def _list(out: Writer, views: Iterable[CardView], names: Mapping[RuleId, str], limit: int) -> None:
    """Cards, those of the same level and rule together."""
    for (level, rule), some in groupby((each for each in views if each.stories), _group):
        called = names.get(rule) or rule
        out.line(f"{badge(level)} · {line(called, RULES)}", Style.BOLD)
        for view in some:
            _card(out, view, limit)
        out.line()


def _group(view: CardView) -> tuple[Level, RuleId]:
    return view.card.level, rules_of(view)[0]


def _card(out: Writer, view: CardView, limit: int) -> None:
    story = view.stories[0].story
    title = head(story.title, limit)
    marked(out.add("• "), title if title.text else Excerpt(tr(UNTITLED)), url=story.url)
    source = line(story.source, SOURCE)
    others = len(view.stories) - 1
    more = " · " + trn("and {n} more report", "and {n} more reports", others) if others else ""
    out.line(f" · {source}" * bool(source) + more + f" · #{view.card.number}")


def _ending(out: Writer, claimed: Claimed, part: DigestPart) -> Buttons:
    """What does not stand here, and the next step."""
    digest, delivery = part.digest, claimed.delivery
    if delivery.part < delivery.parts:
        return ()
    left = len(digest.cards) - digest.listed
    first = digest.listed // PAGE + 1 if digest.kind is Kind.DIGEST else 1
    if left:
        out.line(trn("… and {n} more; nothing is lost.", "… and {n} more; nothing is lost.", left))
    if digest.kind is Kind.SUMMARY:
        out.add(tr("/latest shows all cards, /settings changes the cap."))
    else:
        out.add(tr("/why NUMBER shows what matched, /digest changes when this comes."))
    return row(presses(tr("Show them"), f"gathered:{digest.id}:{first}", "/latest")) if left else ()


def _page(told: Listed, ask: Ask) -> Message:
    digest, total = told.digest, len(told.digest.cards)
    made = moment(digest.made_at, ask.zone, ask.desk.now())
    pages = tr("page {page} of {pages}").format(page=told.page, pages=told.pages)
    turns = [
        presses(text, f"gathered:{digest.id}:{told.page + step}:turn", "/latest")
        for text, step in ((tr("Back"), -1), (tr("Further"), 1))
        if 1 <= told.page + step <= told.pages
    ]

    def written(limit: int) -> tuple[Writer, Buttons]:
        name = (
            trn("🗜 {n} card held back by the cap", "🗜 {n} cards held back by the cap", total)
            if digest.kind is Kind.SUMMARY
            else trn("🗞 Digest of {n} card", "🗞 Digest of {n} cards", total)
        )
        out = Writer().add(name, Style.BOLD).line(f" · {made} · {pages}").line()
        _list(out, told.cards, ask.desk.names(), limit)
        return out.add(tr("/why NUMBER shows what matched.")), row(*turns)

    return _fitting(written)


__all__ = ["digest", "gathered", "pressed", "scheduled", "worded"]
