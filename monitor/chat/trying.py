"""The commands /test and /backtest: a rule or query on one story, or on all that was stored."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from monitor.chat import wording
from monitor.chat.clauses import clauses
from monitor.chat.excerpt import head, line
from monitor.chat.helping import usage
from monitor.chat.message import Message, Style, Writer
from monitor.chat.phrases import badge, fill, linkable, presses, quoted, row
from monitor.chat.tongue import tr
from monitor.chat.trials import tell_trial
from monitor.chat.work import Abroad
from monitor.core.errors import QueryError
from monitor.core.language import span_of
from monitor.core.model import Story
from monitor.desk.answers import Forbidden, NoCard, QueryMistake, UnknownRule
from monitor.desk.trying import USUAL, Given, NoStory, Trying

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime
    from typing import Any

    from monitor.chat.ask import Ask
    from monitor.chat.work import Steps
    from monitor.core.authoring.trial import Trial
    from monitor.desk.backtesting import Backtest
    from monitor.desk.trying import Judged

TEST = "/test RULE|QUERY | TEXT|#STORY|URL"
TEST_EXAMPLE = "/test defector consulate | Defectors enter the consulate"
BACKTEST = "/backtest RULE|QUERY [30d]"
BACKTEST_EXAMPLE = "/backtest defector consulate 30d"

LONGEST = timedelta(days=366)
"""As far back as a backtest looks for somebody in a chat."""

SHOWN = timedelta(seconds=2)
"""Between two looks at how far a work came: messages are not edited more often."""

STORY = re.compile(r"#?(\d{1,18})", re.ASCII)
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
LAST = re.compile(r"(?s)(.*\S)\s+(#\d{1,18}|https?://\S+)\s*\Z", re.ASCII | re.IGNORECASE)
BACK = re.compile(r"(?s)(.*\S)\s+(\d{1,4}[hdw])\s*\Z", re.ASCII)


def split_test(arguments: str, about: int | None) -> tuple[str, Given | str] | None:
    """The query, and what it is to be tried on: a Given, or the address of a page; None if one is missing.

    They stand on two lines, or on two sides of a bar; a story's number or an address may simply stand at the end.
    In reply to a card its story is meant.
    """
    query, rest = arguments.strip(), ""
    if bar := min((mark for mark in ("\n", " | ") if mark in query), key=query.index, default=""):
        query, _, rest = query.partition(bar)
    elif last := LAST.fullmatch(arguments):
        query, rest = last[1], last[2]
    query, rest = query.strip(), rest.strip()
    if not query:
        return None
    if not rest:
        return None if about is None else (query, Given(card=about))
    if ADDRESS.fullmatch(rest):
        return query, rest
    number = STORY.fullmatch(rest)
    return query, Given(story=int(number[1])) if number else Given(text=rest)


def test(ask: Ask) -> Message | Steps:
    """Whether a rule or query matches a story, clause by clause."""
    if refused := ask.desk.allowed(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked = split_test(ask.arguments, ask.about)
    if asked is None:
        wrong = tr(
            "Say what to look for, and after a bar or on the next line a text, a story's number or an address."
        )
        return usage(ask, "test", wrong)
    return _test(ask, *asked)


def _test(ask: Ask, query: str, given: Given | str) -> Steps:
    if isinstance(given, str):
        yield Message(tr("Reading {address} …").format(address=line(given, 100)))
        read = yield Abroad(partial(ask.desk.editing.errands.read, given))
        if not isinstance(read, Story):
            told = tr("I cannot read {address}: {reason}.").format(
                address=line(given, 100), reason=line(read, 200)
            )
            return Message(f"{told}\n{tr('Send its headline as text instead.')}")
        given = Given(fetched=read)
    taken = ask.desk.trying.take(ask.caller, query, given)
    if not isinstance(taken, Trying):
        return _not_taken(ask, taken)
    judged = yield Abroad(partial(asyncio.to_thread, taken.judge))
    return wording.query_mistake(judged.error) if isinstance(judged, QueryMistake) else _judged(judged)


def _not_taken(ask: Ask, told: NoStory | NoCard | QueryMistake | Forbidden) -> Message:
    match told:
        case Forbidden():
            return wording.forbidden(told, ask.caller)
        case QueryMistake():
            return wording.query_mistake(told.error)
        case NoCard():
            return wording.no_card(told)
        case NoStory():
            sentence = tr("There is no stored story #{number}. /search and /backtest show the numbers.")
            return Message(sentence.format(number=told.number))


def _judged(answer: Judged) -> Message:
    """The verdict, the clauses, and what to do next."""
    out = Writer()
    hit = answer.explained.hit
    out.add("✓ " if hit else "✗ ")
    if answer.named:
        sentence = tr("{rule} matches.") if hit else tr("{rule} does not match.")
        fill(out, sentence, rule=(line(answer.rule.id), Style.BOLD))
        out.line(f" {badge(answer.rule.level)}" if hit else "")
    else:
        out.line(tr("It matches.") if hit else tr("It does not match."), Style.BOLD)
    title = head(answer.story.title, 200).text or tr("(no title)")
    url = answer.story.url if answer.story.url is not None and linkable(answer.story.url) else None
    out.add(title, Style.ITALIC, url=url).line()
    if answer.story.source:
        out.line(line(answer.story.source, 60))
    out.line()
    clauses(out, answer.explained)
    if answer.also:
        out.line().line(
            tr("These rules match it as well: {rules}.").format(rules=", ".join(answer.also[:10]))
        )
    out.line()
    if answer.named:
        typed = f"/backtest {answer.rule.id}"
        out.add(
            tr("/rule {rule} shows it in full, /backtest {rule} what it finds in the past.").format(
                rule=answer.rule.id
            )
        )
        return out.message(row(presses(tr("Backtest"), f"backtest:{answer.rule.id}", typed)))
    source = answer.rule.match.source
    out.add(tr("/search looks for it in the past."))
    return out.message(
        row(
            presses(tr("Backtest"), f"backtest:{source}", f"/backtest {source}"),
            presses(tr("Make it a rule"), f"addrule:{source}", f"/addrule NAME {source}"),
        )
    )


def backtest(ask: Ask) -> Message | Steps:
    """What a rule or query would have raised: `/backtest QUERY 30d`."""
    asked, since = ask.arguments.strip(), USUAL
    if found := BACK.fullmatch(asked):
        span = span_of(found[2])
        if span is not None and timedelta() < span <= LONGEST:
            asked, since = found[1], span
        else:
            return usage(ask, "backtest", tr("I look back a year at most: write 36h, 30d or 12w."))
    if not asked:
        return usage(ask, "backtest", tr("Which rule, or what query?"))
    now = ask.desk.now()
    begun = ask.desk.trying.backtest(ask.caller, asked, now - since, ask.zone)
    if isinstance(begun, Forbidden):
        return wording.forbidden(begun, ask.caller)
    if isinstance(begun, UnknownRule):
        return wording.unknown_rule(begun, offer="/backtest", press="backtest")
    return _backtest(ask, asked, begun)


def _backtest(ask: Ask, asked: str, begun: Backtest) -> Steps:
    trial = yield from carried_out(ask, begun, Writer())
    if isinstance(trial, QueryMistake):
        return wording.query_mistake(trial.error)
    out = Writer().line(tr("Backtest of {asked}").format(asked=quoted(trial.asked, 200)), Style.BOLD)
    tell_trial(out, trial, ask.zone, ask.desk.now(), samples=5)
    out.line().add(tr("A story's number works in /test, /story and /why."))
    known = {rule.id for rule in ask.desk.office.book().rules}
    offer = None
    if trial.asked not in known:
        offer = presses(tr("Make it a rule"), f"addrule:{asked}", f"/addrule NAME {asked}")
    return out.message(row(offer))


def carried_out(
    ask: Ask, test: Backtest, shown: Writer
) -> Generator[Message | Abroad, Any, Trial | QueryMistake]:
    """Do a backtest step by step; below what is `shown` already stands how far it came."""
    told_at: datetime | None = None
    try:
        yield Abroad(partial(asyncio.to_thread, test.prepare))
    except QueryError as error:
        return QueryMistake(error)
    while ask.desk.trying.go_on(test):
        now = ask.desk.now()
        if told_at is None or now - told_at >= SHOWN:
            told_at = now
            progress = tr("Looking at stored stories: {share} …").format(share=f"{test.share:.0%}")
            so_far = shown.message()
            yield replace(so_far, text=f"{so_far.text}\n\n{progress}".strip())
        else:
            yield Abroad(partial(asyncio.sleep, 0))  # others have their turn
    trial: Trial = yield Abroad(partial(asyncio.to_thread, test.finish))
    return trial


__all__ = ["backtest", "carried_out", "split_test", "test"]
