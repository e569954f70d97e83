"""From the text of a setting to its value; each function raises SettingsError with the mend."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from monitor.core.access import Mode
from monitor.core.errors import SettingsError
from monitor.settings.table import LANGUAGES

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
_YES = frozenset({"yes", "true", "on", "1"})
_NO = frozenset({"no", "false", "off", "0"})
_LARGEST_TOKEN_FILE = 4096  # bytes
_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_SIZES = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_LOCAL_ENDINGS = (".local", ".lan", ".internal", ".localhost", ".home.arpa")


@dataclass(frozen=True, slots=True)
class Secret:
    """A text that is not shown by accident: `reveal` is the only way to it."""

    _value: str = field(repr=False)

    def reveal(self) -> str:
        """The secret itself: for the one call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"


@dataclass(frozen=True, slots=True)
class Budget:
    """How much is polled, of all feeds together; what is None is not bounded."""

    mean: float | None = None  # seconds, mean interval of a feed
    per_hour: float | None = None  # requests


def refuse(variable: str, message: str, cause: Exception | None = None) -> NoReturn:
    """Raise SettingsError for a variable: what is wrong, and the mend."""
    raise SettingsError(variable, message) from cause


def token(value: str, file: str, warnings: list[str]) -> Secret | None:
    """The bot's token, from the variable or from the file; None if neither is set."""
    variable = "TELEGRAM_BOT_TOKEN"
    if value and file:
        refuse(variable, "is set, and TELEGRAM_BOT_TOKEN_FILE too; keep one of them, best the file")
    if file:
        variable = "TELEGRAM_BOT_TOKEN_FILE"
        value = _token_of_file(variable, path(file), warnings)
    if value and not _TOKEN.fullmatch(value):
        refuse(
            variable,
            "does not hold a bot token; copy it whole from @BotFather, it looks like 123456789:AAF0…",
        )
    return Secret(value) if value else None


def _token_of_file(variable: str, file: Path, warnings: list[str]) -> str:
    try:
        with file.open("rb") as stream:
            mode = os.fstat(stream.fileno()).st_mode
            value = stream.read(_LARGEST_TOKEN_FILE).decode("utf-8-sig", errors="replace").strip()
    except OSError as error:
        refuse(
            variable, f"{file} cannot be read ({error.strerror}); name a file that this user may read", error
        )
    if not value:
        refuse(variable, f"{file} is empty; write the token from @BotFather into it")
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        warnings.append(f"{variable}: {file} can be read by other users; run: chmod 600 {file}")
    return value


def _web_url(variable: str, value: str, example: str) -> SplitResult:
    """The parts of an http(s) URL with a host. The message never shows the value: it may hold a password."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises on a port that is none
    except ValueError as error:
        refuse(variable, f"is not a URL; write it like {example}", error)
    if parts.scheme not in {"http", "https"} or not parts.hostname or any(mark.isspace() for mark in value):
        refuse(variable, f"must be an http:// or https:// address; write it like {example}")
    return parts


def api_url(value: str, warnings: list[str]) -> str:
    """The Bot API server, without a slash at its end."""
    variable = "TELEGRAM_API_URL"
    parts = _web_url(variable, value, "https://api.telegram.org")
    if parts.query or parts.fragment or parts.username is not None:
        refuse(
            variable, "must be an address without user, '?' or '#'; write it like https://api.telegram.org"
        )
    host = parts.hostname or ""
    if parts.scheme == "http" and not _is_near(host):
        warnings.append(f"{variable}: the token travels to {host} unencrypted; use https://")
    return value.rstrip("/")


def _is_near(host: str) -> bool:
    """Whether a host is this machine or in the local network, as far as its name tells."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(_LOCAL_ENDINGS)


def proxy(value: str) -> Secret | None:
    """The proxy's URL, secret because it may carry a password."""
    if not value:
        return None
    if value.lower().startswith("socks"):
        refuse("PROXY", "SOCKS proxies are not supported; name an HTTP proxy, like http://proxy.lan:3128")
    _web_url("PROXY", value, "http://proxy.lan:3128")
    return Secret(value)


def path(value: str) -> Path:
    """A path; `~` is the home directory."""
    try:
        return Path(value).expanduser()
    except RuntimeError:  # "~someone" without such a user
        return Path(value)


def database(value: str) -> Path:
    """The database file, from a path or an sqlite:// URL."""
    variable = "DATABASE"
    scheme, separator, rest = value.partition("://")
    if separator and scheme == "sqlite":
        value = rest.removeprefix("/")  # sqlite:///relative and sqlite:////absolute, as everybody writes them
    elif separator:
        refuse(
            variable, f"{scheme}:// is not known; write the path of an SQLite file, like db/data/tocsin.db"
        )
    if not value or value == ":memory:":
        refuse(
            variable, "must be a file, else a restart forgets what is owed; write it like db/data/tocsin.db"
        )
    return path(value)


def _parts(value: str) -> list[str]:
    return [part for part in re.split(r"[,\s]+", value) if part]


def owners(value: str) -> frozenset[int]:
    """Telegram user ids."""
    found: set[int] = set()
    for part in _parts(value):
        if not re.fullmatch(r"[1-9][0-9]{0,15}", part):
            kind = "a group's or channel's id" if re.fullmatch(r"-[0-9]+", part) else "no user id"
            refuse("OWNERS", f"{part!r} is {kind}; write people's numbers with commas: 123456789,987654321")
        found.add(int(part))
    return frozenset(found)


def access(value: str) -> Mode:
    """Whom the bot answers."""
    return Mode(one_of("ACCESS", value, tuple(mode.value for mode in Mode)))


def yes_or_no(variable: str, value: str) -> bool:
    """A switch."""
    if value.lower() not in _YES | _NO:
        refuse(variable, f"{value!r} is neither yes nor no; write one of them")
    return value.lower() in _YES


def poll_floor(value: str) -> int:
    """Seconds, at least one."""
    if not re.fullmatch(r"[0-9]{1,7}", value) or int(value) < 1:
        refuse("POLL_FLOOR", f"{value!r} is not a number of seconds; write a whole one from 1 up, like 900")
    return int(value)


def poll_budget(value: str, floor: int) -> Budget:
    """A mean interval (`30m`) or requests an hour (`600`); neither if it is empty."""
    if not value:
        return Budget()
    found = re.fullmatch(r"([0-9]{1,7})(s|m|h|d)?", value)
    if found is None or not int(found[1]):
        refuse(
            "POLL_BUDGET", f"{value!r} is no budget; write requests an hour (600) or a mean interval (30m)"
        )
    if found[2] is None:
        return Budget(per_hour=float(found[1]))
    seconds = int(found[1]) * _UNITS[found[2]]
    if seconds < floor:
        refuse("POLL_BUDGET", f"{value} is less than POLL_FLOOR, {floor} seconds; write a longer interval")
    return Budget(mean=float(seconds))


def backup_every(value: str) -> float | None:
    """Seconds, at least a minute; None for never."""
    found = re.fullmatch(r"([0-9]{1,7})(m|h|d)", value)
    if value == "0":
        return None
    if found is None or not int(found[1]):
        refuse("BACKUP_EVERY", f"{value!r} is no interval; write one like 6h or 1d, or 0 for never")
    return float(int(found[1]) * _UNITS[found[2]])


def count(variable: str, value: str, example: str) -> int:
    """A whole number from 1 up."""
    if not re.fullmatch(r"[0-9]{1,6}", value) or not int(value):
        refuse(variable, f"{value!r} is not a whole number from 1 up; write one like {example}")
    return int(value)


def size(variable: str, value: str) -> int:
    """Bytes, from a number with an optional K, M, G or T (powers of ten)."""
    found = re.fullmatch(r"([0-9]{1,15})([KMGT]?)B?", value.upper())
    if found is None:
        refuse(variable, f"{value!r} is no size; write one like 200M or 1G, or 0 for none")
    return int(found[1]) * _SIZES[found[2]]


def host_gap(value: str) -> float:
    """Seconds, or none."""
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", value):
        refuse("HOST_GAP", f"{value!r} is not a number of seconds; write one like 1 or 2.5")
    return float(value)


def contact(value: str) -> str:
    """A URL or a mail address."""
    if value and not re.fullmatch(r"https?://\S+|(?:mailto:)?[^\s@]+@[^\s@]+", value):
        refuse(
            "CONTACT",
            f"{value!r} is neither; write an address like https://example.org/our-bot or a mail address",
        )
    return value


def callback_url(value: str) -> str:
    """The public address under which hubs find us, without a slash at its end; empty if there is none."""
    if not value:
        return ""
    parts = _web_url("CALLBACK_URL", value, "https://bot.example.org/tocsin")
    if parts.query or parts.fragment or parts.username is not None:
        refuse(
            "CALLBACK_URL",
            "must be an address without user, '?' or '#'; write it like https://bot.example.org",
        )
    return value.rstrip("/")


def webhook_url(value: str) -> str:
    """The public address under which Telegram finds us, without a slash at its end; empty if there is none."""
    if not value:
        return ""
    example = "https://bot.example.org/tocsin"
    parts = _web_url("WEBHOOK_URL", value, example)
    if parts.query or parts.fragment or parts.username is not None:
        refuse("WEBHOOK_URL", f"must be an address without user, '?' or '#'; write it like {example}")
    if parts.scheme != "https" or parts.port not in {None, 443, 80, 88, 8443}:  # Bot API, setWebhook
        refuse(
            "WEBHOOK_URL",
            f"Telegram calls https:// on port 443, 80, 88 or 8443 only; write it like {example}",
        )
    return value.rstrip("/")


def webhook_secret(value: str) -> Secret | None:
    """The secret that Telegram sends with each update (Bot API, setWebhook)."""
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{8,256}", value):
        refuse(
            "WEBHOOK_SECRET", "must be 8 to 256 of A-Z, a-z, 0-9, _ and -; leave it out to have one made up"
        )
    return Secret(value) if value else None


def listen(variable: str, value: str) -> tuple[str, int] | None:
    """An address to listen at and a port, like 127.0.0.1:8092 or [::1]:8092; None for none."""
    if not value:
        return None
    host, colon, number = value.rpartition(":")
    try:
        address = str(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        address = ""
    if not colon or not address:
        refuse(variable, f"{value!r} is not an address with a port; write one like 127.0.0.1:8092")
    return address, port(variable, number)


def port(variable: str, value: str) -> int:
    """A port to listen on."""
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 0 < int(value) < 65_536:  # noqa: PLR2004 - of TCP
        refuse(variable, f"{value!r} is no port; write a number from 1 to 65535")
    return int(value)


def allow_hosts(value: str) -> tuple[str, ...]:
    """Host names in lower case (IDNA), addresses and networks as CIDR, each once."""
    return tuple(dict.fromkeys(_host_or_network(part) for part in _parts(value)))


def _host_or_network(part: str) -> str:
    try:
        return str(ipaddress.ip_network(part.strip("[]"), strict=False))
    except ValueError:
        pass
    try:
        host = part.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host) or re.fullmatch(r"[0-9.]+", host):
        mend = "write them without scheme and port: rss.lan,127.0.0.0/8"
        refuse("ALLOW_HOSTS", f"{part!r} is no host, address or network; {mend}")
    return host.lower().rstrip(".")


def timezone(value: str) -> ZoneInfo:
    """The zone that times are shown in."""
    known = available_timezones()
    if value in known:
        return ZoneInfo(value)
    by_key: dict[str, str] = {}
    for name in sorted(known):
        by_key.setdefault(name.lower(), name)
        by_key.setdefault(name.rpartition("/")[2].lower(), name)  # "Seoul"
    near = difflib.get_close_matches(value.lower().replace(" ", "_"), by_key, n=1)
    mend = f"did you mean {by_key[near[0]]}?" if near else "write an IANA name such as Asia/Seoul"
    refuse("TIMEZONE", f"{value!r} is not a known zone; {mend}")


def language(value: str, warnings: list[str]) -> str:
    """The chat's language.

    Desktops set LANGUAGE themselves, as gettext's list ("de_DE:de"). That is a wish to all programs, not a
    choice made for this one: it gets the first language that there is, else English and a warning.
    """
    tags = [re.split(r"[_.@-]", part)[0].lower() for part in value.split(":")]
    there = [tag for tag in tags if tag in LANGUAGES]
    if there:
        return there[0]
    if ":" not in value and "_" not in value:
        refuse("LANGUAGE", f"{value!r} is not there; there is: {', '.join(LANGUAGES)}")
    warnings.append(
        f"LANGUAGE: {value} is not there, only {', '.join(LANGUAGES)}; going on in {LANGUAGES[0]}"
    )
    return LANGUAGES[0]


def one_of(variable: str, value: str, known: tuple[str, ...]) -> str:
    """One of a few known words, in lower case."""
    word = value.lower()
    if word not in known:
        near = difflib.get_close_matches(word, known, n=1)
        mend = f"did you mean {near[0]}?" if near else f"there is: {', '.join(known)}"
        refuse(variable, f"{value!r} is not known; {mend}")
    return word
