"""The messages of the gallery: commands as people type them, and what follows from pressing their buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from monitor.chat.commands import COMMANDS, begin, press
from monitor.chat.message import Message
from monitor.chat.work import Work
from monitor.core.access import Mode
from monitor.core.match import compile_book
from monitor.core.model import (
    Card,
    FeedState,
    FeedUrl,
    Kept,
    Kind,
    Outcome,
    Owed,
    Sighting,
    Story,
    StoryKey,
)
from monitor.desk.answers import Caller
from tests.build import CHAT, FEED, NOW, state, subscription
from tests.errands import RULES
from tests.frontdesk import BOOK, MEMBER, OWNER, PERSON, World, finished

DEPTH = 2
"""How many buttons in a row are pressed."""

MOST = 3
"""Buttons pressed below one message; the others say the same of other things."""

NEWS = (
    (
        "North Korean defector enters U.S. consulate in Vladivostok",
        "He asked for protection at the border.",
        "Wire",
        "en",
    ),
    (
        "러시아 극동서 북한 노동자 망명, 총영사관 진입",
        "블라디보스토크 주재 총영사관에 들어간 defector, consulate 확인.",
        "한국통신",
        "ko",
    ),
    (
        "Северокорейский перебежчик вошёл в консульство во Владивостоке",
        "The defector reached the consulate.",
        "Владивосток ФМ",
        "ru",
    ),
    ("Border reopens to trade", "Trucks cross the border again after a week.", "Example", "en"),
)
MATCHER = compile_book(BOOK)


@dataclass(frozen=True)
class Scene:
    """What was typed or pressed, and what came."""

    typed: str
    message: Message


TYPED = (
    *(f"/{name}" for name in COMMANDS),
    *(f"/help {name}" for name in ("search", "subscribe", "addrule", "nonsense")),
    "/nonsense",
    "/subscrib all",
    "/subscribe bordr",
    "/subscribe border",
    "/subscribe all",
    "/unsubscribe nothing",
    "/unsubscribe border",
    "/subs @nowhere",
    "/latest 2",
    "/latest nobody",
    "/search defector consulate",
    "/search перебежчик",
    "/search 망명 OR defector sort:best",
    "/search zeppelin",
    "/search (a OR b",
    "/search a b OR c",
    "/search -film",
    "/search after:2026-13-01 border",
    "/story 1",
    "/story 99",
    "/why 1",
    "/why 99",
    "/why x",
    "/stats 30d",
    "/stats border",
    "/export csv border",
    "/export csv zeppelin",
    "/mute border",
    "/mute border for 2h",
    "/mute source:wire until 08:00",
    "/mute nobody for 2h",
    "/unmute nobody",
    "/unmute border",
    "/quiet 22:00-07:00 Asia/Seoul except flash",
    "/quiet 22:00-22:00",
    "/quiet 22:00-07:00 Mars",
    "/quiet off",
    "/digest daily 08:00",
    "/digest weekly Mon 08:00 border",
    "/digest now",
    "/digest sometimes",
    "/digest off",
    "/settings zone Asia/Seoul",
    "/settings silent info",
    "/settings cap 20",
    "/settings protect on",
    "/settings colour blue",
    "/ack 1",
    "/vote 1 useful",
    "/vote 1 useless",
    "/escalate me 15m",
    "/escalate off",
    "/rule border",
    "/rules bord",
    "/rules zzz",
    "/test border | A story at the border",
    "/test defector NEAR/5 consulate | The consulate said nothing of the man. A defector was there.",
    "/backtest border 30d",
    "/backtest zeppelin",
    "/addrule floods flood*",
    "/addrule border something",
    "/addrule floods (a OR",
    "/editrule border border -film",
    "/editrule border border",
    "/rollback zz",
    "/apply 77",
    "/feed Example",
    "/feed nowhere",
    "/feed Example pause",
    "/feed Example check",
    "/addfeed https://site.example",
    "/addfeed https://nothing.example",
    "/watch zeppelin",
    "/watch -film",
    "/unwatch 9",
    "/invite editor for 2d",
    "/invite emperor",
    "/grant 77 editor",
    "/revoke 77",
    "/grant",
    "/audit",
)


def world() -> World:
    """A newsroom with something in it: cards in three scripts, a failing feed, feedback."""
    here = World()
    here.book = replace(here.book, entities=here.book.entities)
    here.errands.text = RULES
    listed = [
        FEED,
        *(replace(FEED, url=FeedUrl(f"https://f{n}.example/rss"), name=f"Feed {n}") for n in range(2, 5)),
    ]
    here.store.sync_feeds(listed, NOW)
    kept = []
    for number, (title, summary, source, lang) in enumerate(NEWS, start=1):
        told = Story(
            feed=FEED.url,
            key=StoryKey(f"k{number}"),
            title=title,
            summary=summary,
            url=f"https://news.example/{number}",
            source=source,
            lang=lang,
            published=NOW - timedelta(hours=number),
        )
        kept.append(Kept(told, MATCHER.hits(told), number if MATCHER.hits(told) else None, "new"))
    cards = tuple(Card(k.card, max(h.level for h in k.hits), NOW) for k in kept if k.card is not None)
    owed = tuple(Owed(c.number, CHAT, Kind.ALERT, c.level) for c in cards)
    here.store.subscribe(subscription(CHAT))
    here.store.save(Outcome(state(), NOW, tuple(kept), cards, owed))
    failing = FeedState(
        listed[1].url,
        listed[1].name,
        next_poll_at=NOW + timedelta(hours=1),
        last_poll_at=NOW,
        last_error="the server said 503 Service Unavailable",
        failures=7,
    )
    here.store.save_state(failing)
    here.errands.sightings["https://site.example"] = here.errands.sightings.get(
        "https://site.example", Sighting("https://site.example", reason="")
    )
    return here


async def scenes(language: str) -> list[Scene]:
    """All of them in a language; each line is typed in a newsroom of its own."""
    found: list[Scene] = []
    for line in TYPED:
        for caller, mode in _callers(line):
            found += await _told(line, replace(caller, language=language), mode)
    return found


def _callers(line: str) -> Iterator[tuple[Caller, Mode]]:
    yield OWNER, Mode.CLOSED
    if line in {"/start", "/status", "/backup"}:
        yield PERSON, Mode.CLOSED
        yield MEMBER, Mode.OPEN
    if line in {"/subscribe all", "/addrule floods flood*", "/audit"}:
        yield MEMBER, Mode.OPEN


async def _told(line: str, caller: Caller, mode: Mode) -> list[Scene]:
    here = world()
    name, _, arguments = line.partition(" ")
    shown: list[Message] = []
    answer = await finished(begin(here.desk(mode), caller, name, arguments), shown)
    found = [Scene(f"{line} …", each) for each in shown[:1]]
    found.append(Scene(f"{line}   ({caller.name}, {caller.rights.place.value})", answer))
    waiting: list[tuple[int, str, Message]] = [(0, line, answer)]
    while waiting:
        depth, path, message = waiting.pop(0)
        if depth >= DEPTH:
            continue
        pressed = [b for row in message.buttons for b in row if b.data is not None][:MOST]
        for button in pressed:
            assert button.data is not None
            told = press(here.desk(mode), caller, button.data)
            if told is None:
                continue
            after = await finished(told) if isinstance(told, Work) else told
            trail = f"{path} › {button.text}"
            found.append(Scene(trail, after))
            waiting.append((depth + 1, trail, after))
    return found
