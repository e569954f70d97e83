"""What the process says of itself: one line an event, no secret in it, no trick of a feed's text.

Every handler of the root logger gets a `Guard`, which turns a record into finished, redacted text before any
formatter sees it: message, arguments, extra fields, traceback and stack. The formatters then escape whatever
is not printable (newlines, terminal codes, bidirectional overrides), so that a hostile title stays one line.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TextIO
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

QUIET = ("httpx", "httpcore", "apscheduler")
"""Libraries that tell URLs or chatter at INFO; httpx would log the bot token with every call (measured)."""

MASK = "[redacted]"

_BOT_PATH = re.compile(r"(/(?:file/)?bot)\d+(?::|%3[Aa])[\w-]+")
_MESSAGE_MOST = 4_000  # characters; a feed may put megabytes into a title
_TRACE_MOST = 16_000
_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def configure(level: str, fmt: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Set up logging for the process: `level` by its name, `fmt` "text" (key=value) or "json", to stderr.

    Calling it again replaces what it set up before. `secrets` are masked wherever they occur, unless
    shorter than four characters: that would mask half the log. Handlers that others put on the root logger
    stay and are guarded too. Raises ValueError for an unknown level or format.
    """
    formatters = {"text": TextLines, "json": JsonLines}
    if fmt not in formatters:
        message = f"unknown log format {fmt!r}; there is {', '.join(formatters)}"
        raise ValueError(message)
    root = logging.getLogger()
    root.setLevel(level.upper())
    for old in [handler for handler in root.handlers if isinstance(handler, _Ours)]:
        root.removeHandler(old)
    handler = _Ours(stream)
    handler.setFormatter(formatters[fmt]())
    root.addHandler(handler)
    guard = Guard(secrets)
    for each in root.handlers:
        for old_guard in [one for one in each.filters if isinstance(one, Guard)]:
            each.removeFilter(old_guard)
        each.addFilter(guard)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))


def log_uncaught() -> None:
    """Let what nobody catches, in any thread, go through the log and its guard instead of raw to stderr."""

    def on_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        logging.getLogger("monitor").critical("uncaught error", exc_info=(kind, error, trace))

    def on_thread(told: threading.ExceptHookArgs) -> None:
        on_main(told.exc_type, told.exc_value or told.exc_type(), told.exc_traceback)

    sys.excepthook = on_main
    threading.excepthook = on_thread


def redactor(secrets: Iterable[str]) -> re.Pattern[str]:
    """One pattern for all secrets, as they are and as a URL carries them; longest first."""
    forms = {form for secret in secrets if len(secret) >= 4 for form in (secret, quote(secret, safe=""))}  # noqa: PLR2004 - see configure
    return re.compile("|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True)) or r"(?!)")


class Guard(logging.Filter):
    """Finishes a record's text and masks the secrets in it. Lets every record pass.

    It changes the record itself: whatever handles the record next sees the redacted one, the safe side.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        self._secrets = redactor(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace message and arguments, extra fields, traceback and stack by redacted text."""
        record.msg = self.redact(_message(record))
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_info = None
        record.exc_text = self.redact(record.exc_text) if record.exc_text else None
        record.stack_info = self.redact(record.stack_info) if record.stack_info else None
        for name, value in _extra(record).items():
            if not isinstance(value, bool | int | float | None):
                setattr(record, name, self.redact(str(value)))
        return True

    def redact(self, text: str) -> str:
        """The text with every secret masked, and whatever stands in a Bot API path in the token's place."""
        return _BOT_PATH.sub(rf"\1{MASK}", self._secrets.sub(MASK, text))


class TextLines(logging.Formatter):
    """`time=... level=info logger=monitor.poll message="..." key=value`, one line a record."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as key=value pairs."""
        return " ".join(f"{key}={_quoted(value)}" for key, value in _fields(record).items())


class JsonLines(logging.Formatter):
    """One JSON object a line, the same fields as `TextLines`; plain ASCII: nothing can act on a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        return json.dumps(_fields(record), default=str)


class _Ours(logging.StreamHandler[TextIO]):
    """The handler that `configure` sets up, so that it can find it again."""


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - a wrong log call must not print its raw arguments, as logging would
        return f"{record.msg} [log arguments do not fit: {type(error).__name__}]"


def _extra(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in record.__dict__.items() if name not in _OWN_FIELDS}


def _fields(record: logging.LogRecord) -> dict[str, object]:
    moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields: dict[str, object] = {
        "time": moment.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": _cut(record.getMessage(), _MESSAGE_MOST),
    }
    for name, value in _extra(record).items():
        key = name if name not in fields else f"{name}_"
        fields[key] = _cut(value, _MESSAGE_MOST) if isinstance(value, str) else value
    if record.exc_text:
        fields["error"] = record.exc_text[-_TRACE_MOST:]  # its end says what happened
    if record.stack_info:
        fields["stack"] = record.stack_info[-_TRACE_MOST:]
    return fields


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} [{len(text) - most} characters more]"


def _quoted(value: object) -> str:
    """A value for a key=value line: bare if it is one plain word, else quoted and escaped."""
    text = str(value)
    if text and text.isprintable() and not any(mark in text for mark in ' "=\\'):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return '"' + "".join(each if each.isprintable() else _escape(each) for each in escaped) + '"'


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the end of the first plane


__all__ = ["Guard", "JsonLines", "TextLines", "configure", "log_uncaught", "redactor"]
