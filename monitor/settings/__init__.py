"""Settings: the only reader of the environment and of `.env`.

`load` gives one frozen `Settings` or raises SettingsError, which names the variable and the mend and never
shows a secret. `table` is the contract in one place, `convert` turns each text into its value.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv.parser import parse_stream

from monitor.core.access import Mode
from monitor.settings import convert
from monitor.settings.convert import Budget, Secret
from monitor.settings.table import (
    DEFAULTS,
    FEED_VARIABLE,
    FULL_TEXTS,
    LOG_FORMATS,
    LOG_LEVELS,
    NAMES,
    NOTIFY_VARIABLE,
    TABLE,
    Variable,
    markdown_table,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

ENV_FILE = Path(".env")
LEAST_SECRET = 6
"""Characters from which the value of a FEED_ variable is a secret: hiding a shorter one would blot out half a log."""
FEEDS = "atom"
"""The folder of Atom feeds beside the database, unless ATOM_DIR names another."""
BACKUPS = "backups"
"""The folder of backups beside the database, unless BACKUP_DIR names another."""
_FREE = (FEED_VARIABLE, NOTIFY_VARIABLE)
TOKEN_NAMES = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. Durations are seconds."""

    token: Secret | None = field(default=None, repr=False)  # None: the terminal is the chat
    telegram_api_url: str = DEFAULTS["TELEGRAM_API_URL"]  # without a slash at its end
    database: Path = Path(DEFAULTS["DATABASE"])
    backup_dir: Path = Path(DEFAULTS["DATABASE"]).parent / BACKUPS
    backup_every: float | None = 86_400.0  # None: never
    backup_keep: int = int(DEFAULTS["BACKUP_KEEP"])
    free_space_floor: int = 200_000_000  # bytes; 0: none
    keep_stories: int | None = None  # days; None: for ever
    rules: Path = Path(DEFAULTS["RULES"])
    rules_approval: bool = False
    history: bool = True
    owners: frozenset[int] = frozenset()
    access: Mode = Mode.CLOSED
    quota_subscriptions: int = int(DEFAULTS["QUOTA_SUBSCRIPTIONS"])  # of a chat
    quota_watches: int = int(DEFAULTS["QUOTA_WATCHES"])  # of a chat
    quota_searches: int = int(DEFAULTS["QUOTA_SEARCHES"])  # of a person in an hour
    alert_on_first_poll: bool = False
    poll_floor: int = int(DEFAULTS["POLL_FLOOR"])
    poll_budget: Budget = Budget()
    poll_idle: bool = True
    host_gap: float = float(DEFAULTS["HOST_GAP"])
    robots: bool = False
    contact: str = ""
    full_text: str = DEFAULTS["FULL_TEXT"]  # no, matching
    callback_url: str = ""  # without a slash at its end; empty: no WebSub
    callback_port: int = int(DEFAULTS["CALLBACK_PORT"])
    webhook_url: str = ""  # without a slash at its end; empty: long polling
    webhook_port: int = int(DEFAULTS["WEBHOOK_PORT"])
    webhook_secret: Secret | None = field(default=None, repr=False)  # None: made up at each start
    atom_dir: Path | None = None  # None: beside the database
    atom_listen: tuple[str, int] | None = None  # address and port; None: files only
    feed_variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # FEED_*, for rules.yaml
    notify_variables: Mapping[str, str] = field(default_factory=dict, repr=False)  # NOTIFY_*, for rules.yaml
    allow_hosts: tuple[str, ...] = ()  # host names in lower case; addresses and networks as CIDR
    proxy: Secret | None = field(default=None, repr=False)  # may carry a password
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo(DEFAULTS["TIMEZONE"]))
    language: str = DEFAULTS["LANGUAGE"]
    log_level: str = DEFAULTS["LOG_LEVEL"]
    log_format: str = DEFAULTS["LOG_FORMAT"]
    warnings: tuple[str, ...] = ()  # what works but should be mended, a sentence each

    @property
    def atom_folder(self) -> Path:
        """Where the Atom feeds of alerts lie."""
        return self.atom_dir or self.database.parent / FEEDS

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no log or message may show.

        The token, the webhook's secret, the proxy's password as written and decoded, FEED_* and NOTIFY_*.
        """
        found: list[str] = []
        if self.token is not None:
            found.append(self.token.reveal())
        if self.proxy is not None:
            password = urlsplit(self.proxy.reveal()).password or ""
            found += [password, unquote(password)]
        if self.webhook_secret is not None:
            found.append(self.webhook_secret.reveal())
        variables = (*self.feed_variables.values(), *self.notify_variables.values())
        found += [value for value in variables if len(value) >= LEAST_SECRET]
        return tuple(dict.fromkeys(secret for secret in found if secret))


def read_environment() -> Settings:
    """The settings of this process: its environment, then `.env` beside it. Raises SettingsError."""
    return load(os.environ, ENV_FILE)


def load(environ: Mapping[str, str], env_file: Path | None) -> Settings:
    """Settings from the environment and, for what is not set there, from `env_file` (which need not exist).

    An empty value counts as not set. Raises SettingsError at the first variable that cannot be used.
    """
    warnings: list[str] = []
    written = _from_file(env_file, warnings) if env_file is not None and env_file.exists() else {}
    if any(environ.get(name, "").strip() for name in TOKEN_NAMES):  # the environment's choice of the two wins
        written = {name: value for name, value in written.items() if name not in TOKEN_NAMES}
    values = {name: _chosen(name, environ, written) for name in NAMES}
    floor = convert.poll_floor(values["POLL_FLOOR"])
    database = convert.database(values["DATABASE"])
    return Settings(
        token=convert.token(values["TELEGRAM_BOT_TOKEN"], values["TELEGRAM_BOT_TOKEN_FILE"], warnings),
        telegram_api_url=convert.api_url(values["TELEGRAM_API_URL"], warnings),
        database=database,
        backup_dir=convert.path(values["BACKUP_DIR"]) if values["BACKUP_DIR"] else database.parent / BACKUPS,
        backup_every=convert.backup_every(values["BACKUP_EVERY"]),
        backup_keep=convert.count("BACKUP_KEEP", values["BACKUP_KEEP"], "3"),
        free_space_floor=convert.size("FREE_SPACE_FLOOR", values["FREE_SPACE_FLOOR"]),
        keep_stories=convert.count("KEEP_STORIES", values["KEEP_STORIES"], "365")
        if values["KEEP_STORIES"]
        else None,
        rules=convert.path(values["RULES"]),
        owners=convert.owners(values["OWNERS"]),
        access=convert.access(values["ACCESS"]),
        quota_subscriptions=convert.count("QUOTA_SUBSCRIPTIONS", values["QUOTA_SUBSCRIPTIONS"], "50"),
        quota_watches=convert.count("QUOTA_WATCHES", values["QUOTA_WATCHES"], "10"),
        quota_searches=convert.count("QUOTA_SEARCHES", values["QUOTA_SEARCHES"], "60"),
        alert_on_first_poll=convert.yes_or_no("ALERT_ON_FIRST_POLL", values["ALERT_ON_FIRST_POLL"]),
        poll_floor=floor,
        poll_budget=convert.poll_budget(values["POLL_BUDGET"], floor),
        poll_idle=convert.yes_or_no("POLL_IDLE", values["POLL_IDLE"]),
        host_gap=convert.host_gap(values["HOST_GAP"]),
        robots=convert.yes_or_no("ROBOTS", values["ROBOTS"]),
        rules_approval=convert.yes_or_no("RULES_APPROVAL", values["RULES_APPROVAL"]),
        history=convert.yes_or_no("HISTORY", values["HISTORY"]),
        contact=convert.contact(values["CONTACT"]),
        full_text=convert.one_of("FULL_TEXT", values["FULL_TEXT"], FULL_TEXTS),
        callback_url=convert.callback_url(values["CALLBACK_URL"]),
        callback_port=convert.port("CALLBACK_PORT", values["CALLBACK_PORT"]),
        webhook_url=convert.webhook_url(values["WEBHOOK_URL"]),
        webhook_port=convert.port("WEBHOOK_PORT", values["WEBHOOK_PORT"]),
        webhook_secret=convert.webhook_secret(values["WEBHOOK_SECRET"]),
        atom_dir=convert.path(values["ATOM_DIR"]) if values["ATOM_DIR"] else None,
        atom_listen=convert.listen("ATOM_LISTEN", values["ATOM_LISTEN"]),
        feed_variables=_variables(FEED_VARIABLE, environ, written),
        notify_variables=_variables(NOTIFY_VARIABLE, environ, written),
        allow_hosts=convert.allow_hosts(values["ALLOW_HOSTS"]),
        proxy=convert.proxy(values["PROXY"]),
        timezone=convert.timezone(values["TIMEZONE"]),
        language=convert.language(values["LANGUAGE"], warnings),
        log_level=convert.one_of("LOG_LEVEL", values["LOG_LEVEL"], LOG_LEVELS),
        log_format=convert.one_of("LOG_FORMAT", values["LOG_FORMAT"], LOG_FORMATS),
        warnings=tuple(warnings),
    )


def _variables(
    names: re.Pattern[str], environ: Mapping[str, str], written: Mapping[str, str]
) -> dict[str, str]:
    """The variables that rules.yaml may use by name."""
    both = {**written, **environ}
    return {name: value for name, value in both.items() if names.fullmatch(name) and value}


def _chosen(name: str, environ: Mapping[str, str], written: Mapping[str, str]) -> str:
    for source in (environ, written):
        value = source.get(name, "").strip()
        if value:
            return value
    return DEFAULTS[name]


def _from_file(path: Path, warnings: list[str]) -> dict[str, str]:
    """What `.env` sets; warns of lines that cannot be read and of names that look like ours misspelt."""
    found: dict[str, str] = {}
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except OSError as error:
        convert.refuse(str(path), f"cannot be read ({error.strerror}); mend its access or remove it", error)
    except UnicodeDecodeError as error:
        convert.refuse(str(path), "is not UTF-8 text; save it as UTF-8", error)
    for binding in bindings:
        if binding.error:
            warnings.append(f"{path}, line {binding.original.line}: cannot be read; write NAME=value")
        elif binding.key is not None and binding.value is not None:
            found[binding.key] = binding.value
            near = (
                None
                if binding.key in NAMES or any(each.fullmatch(binding.key) for each in _FREE)
                else _nearest_name(binding.key)
            )
            if near is not None:
                place = f"{path}, line {binding.original.line}"
                warnings.append(f"{place}: {binding.key} is not a setting; did you mean {near}?")
    return found


def _nearest_name(key: str) -> str | None:
    upper = key.upper().replace("-", "_")
    contained = [name for name in NAMES if upper == name or name.endswith(f"_{upper}")]
    near = contained or difflib.get_close_matches(upper, NAMES, n=1, cutoff=0.75)
    return near[0] if near else None


__all__ = ["TABLE", "Budget", "Secret", "Settings", "Variable", "load", "markdown_table", "read_environment"]
