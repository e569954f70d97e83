"""The commands /addfeed and /feed: a feed found, looked at and added; one paused, resumed, asked now."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from monitor.chat import drafts, feedwords, wording
from monitor.chat.excerpt import line
from monitor.chat.helping import usage
from monitor.chat.message import Message
from monitor.chat.reading import feeds
from monitor.chat.tongue import tr
from monitor.chat.work import Abroad
from monitor.chat.written import split_fields
from monitor.core.model import DraftKind, FeedUrl
from monitor.desk.answers import Forbidden, QueryMistake
from monitor.desk.editing import Draft
from monitor.desk.feeding import OneFeed, Paused
from monitor.desk.proposals import Broken, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.chat.ask import Ask
    from monitor.chat.work import Steps
    from monitor.core.model import Preview, Sighting
    from monitor.desk.feeding import UnknownFeed

ADD = "/addfeed URL [lang:ko] [tier:wire] [tags:A,B] [name:WORDS]"
ADD_EXAMPLE = "/addfeed example.org tier:national"
FEED = "/feed NAME|NUMBER [pause|resume|check]"
FEED_EXAMPLE = "/feed 1 check"

KEYS = ("lang", "tier", "tags", "name")

LONGEST_NAME = 100
"""Letters of a feed's name that come from outside."""

PAUSE, RESUME, CHECK = "pause", "resume", "check"


def addfeed(ask: Ask) -> Message | Steps:
    """Look at an address, and offer what feed is there."""
    if refused := ask.desk.feeding.may_edit(ask.caller):
        return wording.forbidden(refused, ask.caller)
    address, fields = split_fields(ask.arguments, KEYS)
    if not address or " " in address:
        return usage(ask, "addfeed", tr("Which address? A site's will do: I look for its feeds."))
    return _looked(ask, address, fields)


def _looked(ask: Ask, address: str, fields: Mapping[str, str]) -> Steps:
    yield Message(tr("Looking at {address} …").format(address=line(address, 100)))
    sighting: Sighting = yield Abroad(partial(ask.desk.feeding.errands.look, address))
    if not sighting.feeds:
        return feedwords.no_feed(sighting)
    if len(sighting.feeds) > 1 or sighting.named:
        return feedwords.choice(sighting, fields, ask.desk.now())
    return (yield from _offered(ask, sighting.feeds[0], fields))


def _offered(ask: Ask, preview: Preview, fields: Mapping[str, str]) -> Steps:
    """A feed that was read, as a draft that can be applied."""
    if ask.desk.feeding.listed(preview.url):
        return feedwords.listed(preview)
    name = fields.get("name") or " ".join(line(preview.title, LONGEST_NAME).split())
    given = {"name": name, "lang": fields.get("lang") or preview.lang or "", **_only(fields, "tier", "tags")}
    begun = ask.desk.editing.draft(ask.caller, DraftKind.ADD_FEED, preview.url, given.items())
    if not isinstance(begun, Draft):
        return drafts.broken(begun) if isinstance(begun, Broken) else _lost(ask)
    made = yield Abroad(partial(asyncio.to_thread, begun.work_out))
    if isinstance(made, Broken):
        return drafts.broken(made)
    if not isinstance(made, Proposal):
        return wording.query_mistake(made.error) if isinstance(made, QueryMistake) else drafts.unchanged()
    kept = replace(begun.kept, number=ask.desk.editing.keep(begun))
    out = drafts.proposal(kept, made, anew=False)
    feedwords.preview(out.line(), preview, ask.zone, ask.desk.now(), guessed="lang" not in fields)
    return drafts.offered(out, kept, approval=ask.desk.editing.approval, own=True)


def _only(fields: Mapping[str, str], *keys: str) -> dict[str, str]:
    return {key: fields[key] for key in keys if fields.get(key)}


def _lost(ask: Ask) -> Message:
    """The right to edit went while the site was looked at."""
    refused = ask.desk.feeding.may_edit(ask.caller)
    return wording.forbidden(refused, ask.caller) if refused else drafts.unchanged()


def feed(ask: Ask) -> Message | Steps:
    """How one feed does; `pause`, `resume` or `check` it."""
    if refused := ask.desk.feeding.may_edit(ask.caller):
        return wording.forbidden(refused, ask.caller)
    asked, _, last = ask.arguments.strip().rpartition(" ")
    wish = last.casefold()
    if wish not in {PAUSE, RESUME, CHECK} or not asked:
        asked, wish = ask.arguments.strip(), ""
    if not asked:
        return usage(ask, "feed", tr("Which feed? /feeds lists them."))
    if wish == CHECK:
        one = ask.desk.feeding.one(ask.caller, asked)
        return _check(ask, one) if isinstance(one, OneFeed) else _unknown(ask, one)
    if not wish:
        return _told(ask, ask.desk.feeding.one(ask.caller, asked))
    pausing = ask.desk.feeding.pause if wish == PAUSE else ask.desk.feeding.resume
    return _told(ask, pausing(ask.caller, asked))


def pressed(ask: Ask) -> Message | Steps:
    """The buttons below a feed: `feed:pause:ADDRESS`; the address alone shows it."""
    wish, _, url = ask.arguments.partition(":")
    if wish in {PAUSE, RESUME, CHECK}:
        return feed(replace(ask, arguments=f"{url} {wish}"))
    return feed(replace(ask, arguments=ask.arguments))


def turn(ask: Ask) -> Message:
    """The button that turns the pages of /feeds: `feeds:PAGE`."""
    return replace(feeds(ask), replaces=True)


def _told(ask: Ask, told: OneFeed | Paused | UnknownFeed | Forbidden) -> Message:
    if isinstance(told, OneFeed):
        return feedwords.one(told, ask.zone, ask.desk.now())
    if isinstance(told, Paused):
        return feedwords.paused(told, ask.zone, ask.desk.now())
    return _unknown(ask, told)


def _unknown(ask: Ask, told: UnknownFeed | Forbidden) -> Message:
    return wording.forbidden(told, ask.caller) if isinstance(told, Forbidden) else feedwords.unknown(told)


def _check(ask: Ask, one: OneFeed) -> Steps:
    """Ask it now, as polling does, and tell what came."""
    yield Message(tr("Asking {feed} …").format(feed=line(one.feed.name, 60)))
    new: int | None = yield Abroad(partial(ask.desk.feeding.errands.poll, FeedUrl(one.feed.url)))
    after = ask.desk.feeding.again(one.feed.url)
    if after is None:
        return Message(tr("rules.yaml lists this feed no more. /feeds lists those that there are."))
    return feedwords.checked(after, new, ask.zone, ask.desk.now())


__all__ = ["addfeed", "feed", "pressed", "turn"]
