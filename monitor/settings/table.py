"""The settings as a table: names (a contract), defaults, meanings. The README's table is written from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

LANGUAGES = ("en", "ko", "ru")
"""Languages that the chat speaks."""

FULL_TEXTS = ("no", "matching")
LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
LOG_FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: what the README's table says of it."""

    name: str
    default: str  # as it would be written; empty if there is none
    meaning: str
    example: str


TABLE: tuple[Variable, ...] = (
    Variable(
        "TELEGRAM_BOT_TOKEN",
        "",
        "The bot's token from @BotFather. Without one the terminal is the chat.",
        "123456789:AAF0…",
    ),
    Variable(
        "TELEGRAM_BOT_TOKEN_FILE",
        "",
        "A file that holds the token, instead of the token itself; best readable by its owner only.",
        "/run/secrets/bot_token",
    ),
    Variable(
        "TELEGRAM_API_URL",
        "https://api.telegram.org",
        "Another Bot API server.",
        "http://127.0.0.1:8081",
    ),
    Variable(
        "DATABASE", "db/data/tocsin.db", "Where everything is kept: one SQLite file.", "/var/lib/tocsin.db"
    ),
    Variable(
        "BACKUP_DIR",
        "",
        "Where scheduled backups lie, best on another disk; without one in `backups` beside the database.",
        "/mnt/backup/tocsin",
    ),
    Variable("BACKUP_EVERY", "1d", "How often the database is backed up, like `6h`; `0` for never.", "6h"),
    Variable("BACKUP_KEEP", "3", "How many backups are kept; the oldest make room.", "14"),
    Variable(
        "FREE_SPACE_FLOOR",
        "200M",
        "Free space on the database's disk below which polling pauses, while commands and deliveries go on; "
        "`0` for none.",
        "1G",
    ),
    Variable(
        "KEEP_STORIES",
        "",
        "How many days stories are kept that no rule hit; without it for ever. Hits and cards always stay, and "
        "so do the last 500 stories of each feed.",
        "365",
    ),
    Variable("RULES", "rules.yaml", "The feeds, entities and rules.", "/etc/tocsin/rules.yaml"),
    Variable(
        "RULES_APPROVAL",
        "no",
        "Whether a change of the rules that is made in a chat has to be applied by another editor: `yes` or `no`.",
        "yes",
    ),
    Variable(
        "HISTORY",
        "yes",
        "Whether the terminal remembers what was typed, in a file beside the database: `yes` or `no`.",
        "no",
    ),
    Variable(
        "OWNERS",
        "",
        "Telegram user ids of those who own the bot, separated by commas. Without one the log tells a code at each "
        "start that makes whoever sends it the owner.",
        "123456789,987654321",
    ),
    Variable(
        "ACCESS",
        "closed",
        "Whom the bot answers: `closed` its owners and those whom an owner lets in, `invite` the same while admins "
        "let people in as well, `open` everybody.",
        "invite",
    ),
    Variable("QUOTA_SUBSCRIPTIONS", "50", "Subscriptions that a chat may have where ACCESS is `open`.", "20"),
    Variable("QUOTA_WATCHES", "10", "Personal rules (`/watch`) that a chat may have.", "25"),
    Variable(
        "QUOTA_SEARCHES", "60", "Searches that a person may make in an hour where ACCESS is `open`.", "30"
    ),
    Variable(
        "ALERT_ON_FIRST_POLL",
        "no",
        "Whether stories that a new feed already carries raise alerts, too: `yes` or `no`.",
        "yes",
    ),
    Variable("POLL_FLOOR", "900", "Least interval between two polls of a feed, in seconds.", "300"),
    Variable(
        "POLL_BUDGET",
        "",
        "How much is polled: a mean interval of all feeds (`30m`), or requests an hour of all of them (`600`). "
        "Without one the mean interval is twice POLL_FLOOR.",
        "600",
    ),
    Variable(
        "POLL_IDLE",
        "yes",
        "Whether feeds are polled while nobody is subscribed to anything: `yes` or `no`.",
        "no",
    ),
    Variable(
        "HOST_GAP", "1", "Seconds between the end of one request and the next one to the same site.", "2.5"
    ),
    Variable("ROBOTS", "no", "Whether feeds and pages that a robots.txt forbids are left alone.", "yes"),
    Variable(
        "CONTACT",
        "",
        "Whom publishers can talk to, a URL or a mail address: sent in the User-Agent.",
        "https://example.org/our-bot",
    ),
    Variable(
        "FULL_TEXT",
        "no",
        "Whose articles are read whole: `matching` those of stories that match, `no` only those of feeds with "
        "`full_text: true`.",
        "matching",
    ),
    Variable(
        "CALLBACK_URL",
        "",
        "Where hubs can reach us (WebSub), as the world sees it; without it feeds are only polled.",
        "https://bot.example.org/tocsin",
    ),
    Variable(
        "CALLBACK_PORT", "8090", "The port on which hubs are listened to, if CALLBACK_URL is set.", "9000"
    ),
    Variable(
        "WEBHOOK_URL",
        "",
        "Where Telegram can reach us, as the world sees it (https, port 443, 80, 88 or 8443); without it we ask "
        "Telegram by long polling.",
        "https://bot.example.org/tocsin",
    ),
    Variable(
        "WEBHOOK_PORT", "8091", "The port on which Telegram is listened to, if WEBHOOK_URL is set.", "8443"
    ),
    Variable(
        "WEBHOOK_SECRET",
        "",
        "What Telegram proves itself with: up to 256 of A-Z, a-z, 0-9, _ and -; without one it is made up at each "
        "start.",
        "4f9aa1c04e6b",
    ),
    Variable(
        "ATOM_DIR",
        "",
        "Where the Atom feeds of `destinations` are written; without one in `atom` beside the database.",
        "/var/www/alerts",
    ),
    Variable(
        "ATOM_LISTEN",
        "",
        "Address and port on which those feeds can be read; whoever reaches it reads the alerts.",
        "127.0.0.1:8092",
    ),
    Variable(
        "ALLOW_HOSTS",
        "",
        "Hosts, addresses or networks that feeds may reach although they are private, separated by commas.",
        "rss.lan,127.0.0.0/8",
    ),
    Variable("PROXY", "", "An HTTP proxy for all feeds and for Telegram.", "http://proxy.lan:3128"),
    Variable("TIMEZONE", "UTC", "The zone that times are shown in, by its IANA name.", "Asia/Seoul"),
    Variable(
        "LANGUAGE",
        "en",
        "The language of alerts and answers where neither a chat (`/settings language ko`) nor its reader's own "
        f"Telegram says another; there is: {', '.join(LANGUAGES)}.",
        "ko",
    ),
    Variable("LOG_LEVEL", "info", f"How much is logged: {', '.join(LOG_LEVELS)}.", "debug"),
    Variable("LOG_FORMAT", "text", "Lines for people (`text`, key=value) or for machines (`json`).", "json"),
)

FEED_VARIABLE = re.compile(r"FEED_[A-Z0-9_]+")
"""Names that rules.yaml may use as `${FEED_KEY}` in a feed's headers or proxy."""

NOTIFY_VARIABLE = re.compile(r"NOTIFY_[A-Z0-9_]+")
"""Names that rules.yaml may use as `${NOTIFY_MAIL}` for the address of a destination."""

NAMES = tuple(variable.name for variable in TABLE)
DEFAULTS = {variable.name: variable.default for variable in TABLE}


def markdown_table() -> str:
    """The settings as the README shows them."""
    rows = ["| variable | default | meaning | example |", "|---|---|---|---|"]
    for one in TABLE:
        default = f"`{one.default}`" if one.default else ""
        rows.append(f"| `{one.name}` | {default} | {one.meaning} | `{one.example}` |")
    return "\n".join(rows) + "\n"
