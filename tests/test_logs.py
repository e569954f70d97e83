"""Logs: one line an event, no secret in it, no trick of a feed's text played on it."""

from __future__ import annotations

import io
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from monitor.logs import Guard, configure, log_uncaught

TOKEN = "123456789:AAE-not_a_real_token_0123456789abcd"
URL = f"https://api.telegram.org/bot{TOKEN}/getMe"

Configure = Callable[..., io.StringIO]


@pytest.fixture(name="log_to")
def fixture_log_to() -> Iterator[Configure]:
    root = logging.getLogger()
    before = (root.level, list(root.handlers), {each: list(each.filters) for each in root.handlers})
    quiet = {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "apscheduler")}
    hooks = (sys.excepthook, threading.excepthook)

    def start(level: str = "DEBUG", fmt: str = "text", secrets: tuple[str, ...] = (TOKEN,)) -> io.StringIO:
        stream = io.StringIO()
        configure(level, fmt, secrets, stream=stream)
        return stream

    yield start
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    for handler, filters in before[2].items():
        handler.filters[:] = filters
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)
    sys.excepthook, threading.excepthook = hooks


def _fail(text: str) -> None:
    raise RuntimeError(text)


def _in_message(log: logging.Logger) -> None:
    log.debug(f"calling {URL}")  # noqa: G004 - the careless call is the point


def _in_arguments(log: logging.Logger) -> None:
    log.debug("calling %s for %r", URL, {"token": TOKEN})


def _in_exception(log: logging.Logger) -> None:
    try:
        _fail(f"cannot connect to {URL}")
    except RuntimeError:
        log.exception("no connection")


def _in_cause(log: logging.Logger) -> None:
    try:
        try:
            _fail(URL)
        except RuntimeError as error:
            message = "wrapped"
            raise ValueError(message) from error
    except ValueError:
        log.exception("no connection")


def _in_extra(log: logging.Logger) -> None:
    log.debug("call", extra={"url": URL, "parts": [TOKEN]})


def _in_unfit_arguments(log: logging.Logger) -> None:
    log.debug("two %s %s", URL)  # noqa: PLE1206 - the careless call is the point


def _in_quoted_url(log: logging.Logger) -> None:
    log.debug("moved to /bot%s/getMe", TOKEN.replace(":", "%3A"))


def _in_stack(log: logging.Logger) -> None:
    log.debug(TOKEN, stack_info=True)


LEAKS = [
    _in_message,
    _in_arguments,
    _in_exception,
    _in_cause,
    _in_extra,
    _in_unfit_arguments,
    _in_quoted_url,
    _in_stack,
]


@pytest.mark.parametrize("fmt", ["text", "json"])
@pytest.mark.parametrize("leak", LEAKS)
def test_the_token_never_appears(
    log_to: Configure, capsys: pytest.CaptureFixture[str], leak: Callable[[logging.Logger], None], fmt: str
) -> None:
    stream = log_to(fmt=fmt)
    leak(logging.getLogger("monitor.test"))
    written = stream.getvalue() + capsys.readouterr().err
    assert "monitor.test" in written
    assert TOKEN.split(":")[1] not in written


def test_another_bots_token_in_a_url_is_masked_too(log_to: Configure) -> None:
    stream = log_to(secrets=())
    logging.getLogger("monitor.test").info("GET %s and /file/bot%s/a.jpg", URL, TOKEN)
    assert "/bot[redacted]/getMe and /file/bot[redacted]/a.jpg" in stream.getvalue()


def test_a_foreign_handler_gets_the_redacted_record(log_to: Configure) -> None:
    seen: list[str] = []

    class Foreign(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(self.format(record))

    logging.getLogger().addHandler(Foreign())
    log_to()
    logging.getLogger("monitor.test").info("token %s", TOKEN)
    assert seen == ["token [redacted]"]


HOSTILE = [
    pytest.param("a\nlevel=critical message=forged", id="newline"),
    pytest.param("a\r\n\r\nb", id="carriage-return"),
    pytest.param("\x1b[2J\x1b]0;owned\x07", id="terminal-codes"),
    pytest.param("evil \u202egnp.exe", id="right-to-left-override"),
    pytest.param("a\u2028b\u2029c\x85d\x0be", id="unicode-line-ends"),
    pytest.param("nul \x00 and lone \ud800 surrogate", id="nul-and-surrogate"),
    pytest.param('quote " and \\ backslash', id="quotes"),
]


@pytest.mark.parametrize("fmt", ["text", "json"])
@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_stays_one_printable_line(log_to: Configure, title: str, fmt: str) -> None:
    stream = log_to(fmt=fmt)
    logging.getLogger("monitor.test").info("story %s", title, extra={"title": title})
    line = stream.getvalue()
    assert line.endswith("\n")
    assert line[:-1].isprintable()
    assert len(line.splitlines()) == 1
    if fmt == "json":
        assert json.loads(line)["title"] == title


def test_a_quote_in_a_value_cannot_start_a_field_of_its_own(log_to: Configure) -> None:
    stream = log_to()
    logging.getLogger("monitor.test").info('x" level=critical y="')
    assert 'message="x\\" level=critical y=\\""' in stream.getvalue()


def test_text_lines_are_key_value_pairs_and_keep_every_script(log_to: Configure) -> None:
    stream = log_to()
    logging.getLogger("monitor.poll").info("polled", extra={"feed": "연합뉴스", "stories": 3, "note": ""})
    line = stream.getvalue()
    assert line.startswith("time=20")
    assert line.endswith('Z level=info logger=monitor.poll message=polled feed=연합뉴스 stories=3 note=""\n')


def test_json_lines_carry_fields_and_the_traceback(log_to: Configure) -> None:
    stream = log_to(fmt="json")
    try:
        _fail("broken")
    except RuntimeError:
        logging.getLogger("monitor.poll").exception("poll failed", extra={"feed": "a", "level": "high"})
    told = json.loads(stream.getvalue())
    assert told["level"] == "error"
    assert told["level_"] == "high"
    assert told["message"] == "poll failed"
    assert told["feed"] == "a"
    assert told["error"].endswith("RuntimeError: broken")


def test_a_giant_message_is_cut_and_a_traceback_keeps_its_end(log_to: Configure) -> None:
    stream = log_to()
    try:
        _fail("x" * 50_000 + " the end")
    except RuntimeError:
        logging.getLogger("monitor.test").exception("y" * 1_000_000)
    line = stream.getvalue()
    assert len(line) < 25_000
    assert "996000 characters more" in line
    assert "the end" in line


@pytest.mark.parametrize("name", ["httpx", "httpcore", "apscheduler"])
def test_chatty_libraries_are_heard_from_warning_up_only(log_to: Configure, name: str) -> None:
    stream = log_to(level="debug")
    logging.getLogger(name).info("quiet")
    logging.getLogger(f"{name}.inner").debug("quiet")
    logging.getLogger(name).warning("loud")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_configuring_twice_writes_every_line_once_and_forgets_the_first_stream(log_to: Configure) -> None:
    first = log_to(fmt="json")
    second = log_to(level="INFO", secrets=("other-secret",))
    logging.getLogger("monitor.test").debug("too fine")
    logging.getLogger("monitor.test").info("once with other-secret")
    assert first.getvalue() == ""
    assert second.getvalue().count("once with [redacted]") == 1
    assert "too fine" not in second.getvalue()
    ours = logging.getLogger().handlers[-1]
    assert [type(one) for one in ours.filters] == [Guard]


def test_a_short_secret_does_not_mask_half_the_log(log_to: Configure) -> None:
    stream = log_to(secrets=("a", ""))
    logging.getLogger("monitor.test").info("banana")
    assert "message=banana" in stream.getvalue()


def test_an_unknown_format_is_refused(log_to: Configure) -> None:
    with pytest.raises(ValueError, match="unknown log format 'xml'; there is text, json"):
        log_to(fmt="xml")


def test_uncaught_errors_of_main_and_threads_go_through_the_log(log_to: Configure) -> None:
    stream = log_to()
    log_uncaught()
    error = RuntimeError(URL)
    sys.excepthook(RuntimeError, error, None)
    worker = threading.Thread(target=_fail, args=(URL,))
    worker.start()
    worker.join()
    assert stream.getvalue().count("uncaught error") == 2
    assert "[redacted]" in stream.getvalue()
    assert TOKEN not in stream.getvalue()


def test_ctrl_c_is_not_reported_as_an_error(log_to: Configure, capsys: pytest.CaptureFixture[str]) -> None:
    stream = log_to()
    log_uncaught()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert stream.getvalue() == ""
    assert "KeyboardInterrupt" in capsys.readouterr().err
