"""Feeds: what rules.yaml says of one, and what polling has taught us about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

FeedUrl = NewType("FeedUrl", str)
"""A feed's address as rules.yaml writes it: its identity for ever, whatever it redirects to."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One feed of rules.yaml."""

    url: FeedUrl
    name: str
    lang: str | None = None  # primary language tag (BCP 47) of its stories: "en", "ko", "ru"
    tags: tuple[str, ...] = ()
    tier: str | None = None  # kind of source: official, wire, national, local, state, social
    every: int | None = None  # fixed interval in seconds; None lets the cadence choose


@dataclass(frozen=True, slots=True)
class Validators:
    """What the server gave to make the next request conditional (RFC 9110 section 8.8), kept byte-exact.

    Header bytes are kept as latin-1 text, so that what goes out is what came in.
    """

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class FeedState:
    """What polling knows of one feed; kept in the store."""

    url: FeedUrl
    name: str
    validators: Validators = Validators()
    body_digest: str | None = None  # of the last body that was parsed and stored; equal bytes need no parsing
    next_poll_at: datetime | None = None  # None: never again (the server said 410 Gone)
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None  # 200 that parsed, or 304
    failures: int = 0  # in a row
    last_error: str | None = None  # in words for people; None after a success
    seen_before: bool = False  # whether a page of it was ever stored: the first one raises no alert
    reason: str = ""  # why next_poll_at is what it is, in words for people
