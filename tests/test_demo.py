"""The demo as a newcomer sees it: three alerts, each once, whatever the terminal, from whatever folder."""

import asyncio
import io
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from monitor.core.match import compile_book
from monitor.core.model import Batch, Feed, FeedState, FeedUrl, RuleBook
from monitor.demo.server import LIST, FeedServer, bundled
from monitor.demo.tour import Tour
from monitor.feeds.parse import parse
from monitor.poll import Polled
from monitor.rulebook import load
from monitor.terminal.screen import Screen
from tests.build import NOW

ROOT = Path(__file__).parent.parent
FEEDS = ROOT / "monitor" / "demo" / "feeds"
TITLES = (
    "North Korean worker enters U.S. consulate in Vladivostok, asks for asylum",
    "북한 노동자, 블라디보스토크 美총영사관에 진입해 망명 요청",
    "Северокорейский рабочий попросил убежища в генконсульстве США во Владивостоке",
)


def files():
    """What lies in the checkout, but for what running Python leaves behind."""
    return {
        path.relative_to(ROOT): path.stat().st_mtime_ns
        for top in ("monitor", "db", "docs")
        for path in [ROOT / top, *(ROOT / top).rglob("*")]
        if "__pycache__" not in path.parts and not (path / "__pycache__").exists()
    }


def demo(folder, **environment):
    return subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "demo"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=folder,
        env=os.environ | environment,
        check=False,
        timeout=20,  # as promised
    )


class TestProcess:
    def test_it_raises_each_alert_once_and_leaves_nothing_behind(self, tmp_path):
        before = files()
        ended = demo(tmp_path, PYTHONIOENCODING="utf-8")
        assert ended.returncode == 0, ended.stderr
        assert ended.stderr == b""
        told = ended.stdout.decode()
        assert told.count("FLASH") == 3
        for title in TITLES:
            assert told.count(title) == 1
        assert len(re.findall(r"^poll 1 .* 1 matched$", told, re.MULTILINE)) == 3
        assert len(re.findall(r"^poll 2 .*(?:unchanged|no new story)", told, re.MULTILINE)) == 3
        assert "3 raised an alert, 16 rightly raised nothing. The second polls raised none." in told
        assert list(tmp_path.iterdir()) == []
        assert files() == before

    @pytest.mark.parametrize(
        "environment",
        [
            pytest.param(
                {"NO_COLOR": "1", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
                id="no-colour-in-an-ascii-locale",
            ),
            pytest.param(
                {"PYTHONIOENCODING": "ascii", "FORCE_COLOR": "1", "TERM": "dumb", "COLUMNS": "20"},
                id="narrow-and-ascii",
            ),
            pytest.param(
                {"LANG": "C", "TELEGRAM_BOT_TOKEN": "x", "POLL_FLOOR": "x", "PROXY": "http://127.0.0.1:9"},
                id="settings-of-a-real-bot",
            ),
        ],
    )
    def test_it_works_in_every_surrounding(self, tmp_path, environment):
        ended = demo(tmp_path, **environment)
        assert ended.returncode == 0, ended.stderr
        assert b"Traceback" not in ended.stderr + ended.stdout
        assert ended.stdout.count(b"FLASH") == 3


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
class TestTerminal:
    """The prompt that waits behind the alerts, at a pseudo-terminal."""

    def test_it_answers_as_the_chat_does(self, tmp_path):
        with Terminal(tmp_path) as terminal:
            told = terminal.until("Your turn")
            assert told.count("FLASH") == 3
            terminal.until("tocsin> ")
            assert TITLES[0].split(",")[0] in terminal.say("/latest")
            found = terminal.say("/search defector consulate")
            assert "North Korean worker" in found
            number = re.findall(r"^/why (\d)", found, re.MULTILINE)[-1]
            assert f"Why card #{number}" in terminal.say(f"/why {number}")
            assert "/subscribe" in terminal.say("/help")
            assert "There is no command" in terminal.say("/nonsense")
            terminal.type("/quit")
            assert terminal.end() == 0
            assert "Traceback" not in terminal.seen

    def test_the_end_of_input_ends_it(self, tmp_path):
        with Terminal(tmp_path) as terminal:
            terminal.until("tocsin> ")
            terminal.type("\x04", enter="")
            assert terminal.end() == 0


class Terminal:
    """The demo at a pseudo-terminal of 100 columns."""

    def __init__(self, folder):
        import pty

        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "bot.py"), "demo"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"},
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""
        self.waiting = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.ours)

    def until(self, words):
        """What is shown up to these words, codes removed; fails after a while."""
        import select

        deadline = time.monotonic() + 30
        while words not in self.waiting:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.ours], [], [], 1)[0]:
                self._take()
        told, _, self.waiting = self.waiting.partition(words)
        return told

    def say(self, command):
        """What a command shows, up to the next prompt."""
        self.type(command)
        self.until(command)
        return self.until("tocsin> ")

    def type(self, keys, enter="\r"):
        os.write(self.ours, (keys + enter).encode())

    def end(self):
        """How it ends."""
        deadline = time.monotonic() + 20
        while self.process.poll() is None:
            assert time.monotonic() < deadline, self.seen
            import select

            if select.select([self.ours], [], [], 0.05)[0]:
                try:
                    self._take()
                except OSError:
                    break  # nobody holds the other end any more
        return self.process.wait(20)

    def _take(self):
        fresh = os.read(self.ours, 65536).decode("utf-8", errors="ignore")
        self.seen += fresh
        self.waiting += re.sub(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\]8;[^\x1b]*\x1b\\)", "", fresh)


class TestFeeds:
    @pytest.mark.parametrize(("file", "name", "lang"), LIST, ids=[file for file, _, _ in LIST])
    def test_each_parses_without_a_warning_and_rings_once(self, file, name, lang):
        url = FeedUrl(f"http://127.0.0.1/{file}")
        batch = parse(Feed(url, name, lang), bundled(NOW)[file], "application/rss+xml", url)
        assert isinstance(batch, Batch)
        assert batch.warnings == ()
        matcher = compile_book(load(ROOT / "rules.yaml"))
        ringing = [story.title for story in batch.stories if matcher.hits(story)]
        assert len(ringing) == 1
        assert ringing[0] in TITLES
        assert len(batch.stories) > 3

    def test_every_text_has_its_licence_named(self):
        notice = (FEEDS / "NOTICE.md").read_text("utf-8")
        assert set(bundled(NOW)) == {file for file, _, _ in LIST}
        for path in FEEDS.glob("*.xml"):
            creators = set(re.findall("<dc:creator>(.*?)</dc:creator>", path.read_text("utf-8")))
            assert path.read_text("utf-8").count("<item>") == path.read_text("utf-8").count("<dc:creator>")
            assert all(c == "Tocsin sample" or "CC BY 2.5" in c for c in creators)
            assert any("CC BY" in c for c in creators) == (f"`{path.name}`" in notice)
        assert "all three" in notice

    def test_samples_say_that_they_are_no_news(self):
        texts = [path.read_text("utf-8") for path in FEEDS.glob("*.xml")]
        items = [item for text in texts for item in re.findall("<item>.*?</item>", text, re.DOTALL)]
        samples = [item for item in items if "Tocsin sample" in item]
        assert len(samples) == 6
        assert all(re.search(r"\((?:Sample text|Текст-образец|Tocsin 시연용)", item) for item in samples)

    async def test_the_server_is_a_good_publisher(self):
        with FeedServer(lambda: NOW) as server:
            reader, writer = await asyncio.open_connection(*server.url.removeprefix("http://").split(":"))
            answers: list[str] = []
            etag = ""
            for lines in (
                ["GET /world-en.xml"],
                ["GET /world-en.xml", "If-None-Match: {}"],
                ["GET /../bot.py"],
            ):
                request = "\r\n".join([lines[0] + " HTTP/1.1", "Host: x", *lines[1:], "", ""]).format(etag)
                writer.write(request.encode())
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = dict(re.findall(r"^([\w-]+): (.*?)\r$", head, re.MULTILINE))
                await reader.readexactly(int(fields["Content-Length"]))
                etag = fields.get("ETag", etag)
                answers.append(head)
            writer.close()
            await writer.wait_closed()
        assert [head.split()[1] for head in answers] == ["200", "304", "404"]


class TestTour:
    def test_a_feed_that_cannot_be_read_ends_the_wait_and_is_told(self):
        out = io.StringIO()
        feed = Feed(FeedUrl("http://127.0.0.1/x"), "X")
        tour = Tour(Screen(out), RuleBook((feed, Feed(FeedUrl("http://127.0.0.1/y"), "Y"))))
        assert not tour.polled_twice.is_set()
        tour.polled(Polled(feed, FeedState(feed.url, "X", last_error="refused"), None))
        assert tour.failed
        assert tour.polled_twice.is_set()
        assert "failed, refused" in out.getvalue()

    def test_what_it_says_was_silent_is_in_the_feeds_and_rings_nothing(self):
        out = io.StringIO()
        Tour(Screen(out), RuleBook()).end()
        titles = re.findall(r"^  (.+?)   \(", out.getvalue(), re.MULTILINE)
        assert len(titles) == 3
        texts = b"".join(bundled(NOW).values()).decode()
        assert all(f"<title>{title}" in texts for title in titles), json.dumps(titles, ensure_ascii=False)
