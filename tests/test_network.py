"""Whose fault is it: the feed's, or our own network's?"""

from datetime import datetime, timedelta

import pytest

from monitor.core.model import Failed, FeedUrl, Gone, Page, RetryLater, Unchanged
from monitor.network import Network
from tests.build import NOW

URLS = [FeedUrl(f"https://host{number}.example/rss") for number in range(20)]


def offline(number: int) -> Failed:
    return Failed(URLS[number], "no name server answers", offline=True)


class Line:
    """Judges tries, a second apart."""

    def __init__(self, hosts: int = 20) -> None:
        self.network = Network()
        self.hosts = hosts
        self.now = NOW

    def tried(self, number: int, fetched=None):
        self.now += timedelta(seconds=1)
        return self.network.judge(URLS[number], fetched or offline(number), self.now, self.hosts)

    def down_since(self) -> datetime | None:
        return self.network.down_since

    def heard(self, number: int):
        return self.tried(number, Unchanged(URLS[number]))


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Page(URLS[0], URLS[0], b"", "d"), id="a page"),
        pytest.param(Unchanged(URLS[0]), id="unchanged"),
        pytest.param(RetryLater(URLS[0], "429"), id="patience"),
        pytest.param(Gone(URLS[0], "410"), id="gone"),
        pytest.param(Failed(URLS[0], "404", status=404), id="an error of the server"),
        pytest.param(Failed(URLS[0], "timeout"), id="a failure of its own"),
    ],
)
def test_what_a_server_says_or_does_is_its_own(answer):
    verdict = Line().tried(0, answer)
    assert (verdict.fetched, verdict.excuses, verdict.freed) == (answer, 0, ())


def test_a_feed_that_is_alone_in_it_is_excused_once_and_then_blamed():
    line = Line()
    line.heard(1)
    assert line.tried(0).excuses == 1
    line.heard(1)
    verdict = line.tried(0)
    assert (verdict.excuses, verdict.fetched) == (0, Failed(URLS[0], "no name server answers"))
    assert line.down_since() is None


def test_as_long_as_nobody_else_was_heard_it_is_excused():
    line = Line()
    assert [line.tried(0).excuses for _ in range(3)] == [1, 2, 3]


def test_an_outage_blames_nobody_and_frees_all_when_it_ends(caplog):
    line = Line()
    line.heard(0)
    excuses = [line.tried(number).excuses for number in (1, 2, 3, 4, 1)]
    assert excuses == [1, 1, 1, 1, 2]
    assert line.down_since() == NOW + timedelta(seconds=2)
    assert caplog.text.count("our own network is down") == 1
    verdict = line.heard(5)
    assert verdict.freed == tuple(URLS[1:5])
    assert line.down_since() is None
    assert "the network is back" in caplog.text
    assert line.tried(1).excuses == 1


def test_when_everything_fails_at_once_even_plain_failures_are_excused():
    line = Line()
    verdicts = [line.tried(number, Failed(URLS[number], "no answer within 30 s")) for number in range(12)]
    assert [verdict.excuses for verdict in verdicts] == [0] * 9 + [1] * 3
    assert verdicts[-1].fetched == Failed(URLS[11], "no answer within 30 s", offline=True)


def test_the_only_feed_there_is_is_never_blamed_for_what_could_be_our_line():
    line = Line(hosts=1)
    assert [line.tried(0).excuses for _ in range(4)] == [1, 2, 3, 4]
    assert line.down_since() is not None


def test_a_feed_that_was_heard_has_no_old_excuses():
    line = Line()
    line.tried(0)
    line.heard(0)
    assert line.tried(0).excuses == 1
