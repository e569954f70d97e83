"""What the demo says while the real job runs: each poll as a line, a heading now and then, what to try next."""

from __future__ import annotations

import asyncio
from collections import Counter

from monitor.core.model import FeedUrl, Kind, RuleBook
from monitor.poll import Polled
from monitor.terminal.screen import Screen

ROUNDS = 2
TRY = "/latest   /search defector consulate   /why 1   /help"


class Tour:
    """Comments the polls of the demo's feeds; `polled_twice` is set once each was polled twice, or one failed."""

    def __init__(self, screen: Screen, book: RuleBook) -> None:
        self._screen = screen
        self._book = book
        self._polls: Counter[FeedUrl] = Counter()
        self._stories = 0
        self._silent = 0
        self._alerts = 0
        self._later_alerts = 0
        self.failed = False  # a feed could not be read: there is nothing to wait for
        self.polled_twice = asyncio.Event()

    def begin(self) -> None:
        """What is going to happen."""
        say = self._screen.line
        say("Tocsin demo: the real job on three small feeds, served on this machine.", "bold")
        say(
            f"{len(self._book.rules)} rules of rules.yaml watch {len(self._book.feeds)} feeds "
            "for a North Korean who enters a consulate in Vladivostok."
        )
        say("Texts: Wikinews (CC BY 2.5) and samples written for this demo; nothing here is news.", "dim")
        say()

    def polled(self, polled: Polled) -> None:
        """One poll ended."""
        url = polled.feed.url
        self._polls[url] += 1
        turn = self._polls[url]
        if turn > ROUNDS:
            return
        name = f"poll {turn}  {polled.feed.name}: "
        if polled.state.last_error:
            self._screen.line(name + f"failed, {polled.state.last_error}", "red")
            self.failed = True
        elif polled.outcome is None:
            self._screen.line(name + "unchanged, the server had nothing to send", "dim")
        else:
            stories = polled.outcome.stories
            hits = sum(1 for kept in stories if kept.hits)
            alerts = sum(1 for owed in polled.outcome.deliveries if owed.kind is Kind.ALERT)
            self._stories += len(stories)
            self._silent += len(stories) - hits
            self._alerts += alerts
            self._later_alerts += alerts if turn > 1 else 0
            what = (
                f"{len(stories)} new stories, {hits} matched"
                if stories
                else "a new page, but no new story in it"
            )
            self._screen.line(name + what, "dim")
        if self.failed or all(self._polls[feed.url] >= ROUNDS for feed in self._book.feeds):
            self.polled_twice.set()

    def end(self) -> None:
        """What happened."""
        say = self._screen.line
        say()
        say(
            f"{self._stories} stories came: {self._alerts} raised an alert, {self._silent} rightly raised nothing. "
            f"The second polls raised {self._later_alerts or 'none'}.",
            "bold",
        )
        say("Silent were, among others:")
        say(
            "  Байден просил отказать Сноудену в предоставлении убежища   (asylum, but for somebody else)",
            "dim",
        )
        say("  태평양 섬나라 외교장관 회의   (the Pacific, 태평양, contains Pyongyang, 평양)", "dim")
        say("  시민단체, 장학금 희망명단 공개   (희망명단, a list, contains 망명, asylum)", "dim")
        say()

    def invite(self) -> None:
        """What a person can do now."""
        self._screen.line(f"Your turn, as in the chat: {TRY}   (/quit ends)", "bold")

    def decline(self) -> None:
        """What a person could do if there was one."""
        self._screen.line(f"At a terminal you could now type: {TRY}")

    def farewell(self) -> None:
        """Where to go on."""
        self._screen.line("Next: `make run`, and make rules.yaml yours; README.md says how.")
