"""Queries, patterns and texts of bad intent, and random rubbish: for the tests and for the measurement of safety."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from monitor.core.model import Entity, FeedUrl, Story, StoryKey

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 20260901

PIECES = [
    *"abcxyzАбв북한北é0123 ",
    *'()"",,::--==**@@~~//\\|+?.;!#[]{}^$&%<>_\'`',
    *"“”«»–—（）：，＠＝＊～／…\t\n\r\u00a0\u00ad\u200b\u202e\ufeff\x00\x7f\ud800\udfff\U0001f600",
    *(" AND ", " OR ", " NOT ", " NEAR ", " NEAR/3 ", " ONEAR/s ", " NEAR/99 ", "2of(", "999of(", " and "),
    *(
        "title:",
        "text:",
        "url:",
        "url:http://e.org/a(b",
        "after:",
        "after:2026-09-01",
        "within:24h",
        "is:muted",
    ),
    *(
        "rule:",
        "card:#1",
        "level:flash",
        "nofield:",
        "@mission",
        "@a.ko",
        "=US",
        '="U.S."',
        "defect*",
        "*망명",
    ),
    *(
        "Vladivostok~",
        '"a b"',
        '"a b"*',
        "/a(b|c)/i",
        r"/\b(\w+)/",
        "/[/",
        "(a OR b)",
        "-c",
        "U.S.",
        "a-b",
        "1,000.5",
    ),
]


def rubbish(count: int) -> Iterator[str]:
    """Random queries, the same ones every time."""
    chance = random.Random(SEED)  # noqa: S311 - the same ones every time, not secrets
    for number in range(count):
        if number % 10 == 9:
            yield "".join(chr(chance.randrange(0x11000)) for _ in range(chance.randrange(30)))
        else:
            yield "".join(chance.choices(PIECES, k=chance.randrange(1, 24)))


ENTITIES = {"a": Entity("a", {"*": ("a", "aab", "consulate", "가", "ab-1", "aaaaaa~")})}

HOSTILE = [
    # queries that are long or deep
    "(" * 10_000 + "a" + ")" * 10_000,
    "(" * 40 + "a" + ")" * 40,
    "-(" * 39 + "a" + ")" * 39,
    "a " * 500_000,
    "a" * 1_000_000,
    '"' * 999_999,
    "/" * 1_000_000,
    "@" * 4000,
    "title:" * 666,
    "\ud800" * 100,
    "a \udfff",
    "NEAR " * 800,
    "a OR " * 799 + "a",
    " ".join(f"w{number}" for number in range(700)),
    " ".join(f"aa{'a' * number}*" for number in range(1, 60)),
    " OR ".join(["a", "A", "=a", '"a"', "a!", "a?", "=a.", '"a;"'] * 8),
    " OR ".join(f'"a{sign * count}"' for sign in "!?%&+;<>$#" for count in range(1, 16)),
    " OR ".join(f'="a{sign}"' for sign in "!?%&+;<>$# " * 5),
    " ".join('"' + " ".join("a" * count) + '"' for count in range(1, 11)),
    '"' + " ".join("a" * 64) + '"',
    '"' + " ".join(["aab"] * 64) + '"',
    " OR ".join(f"aaaaa{letter}~" for letter in "abcdefghijklmnopqrstuvwxyz"),
    " ".join(["aaaaaa~"] * 64),
    " OR ".join(["*가가"] * 64),
    "*" + "가" * 300,
    "=" + "a" * 3000,
    "2of(" + ", ".join("a" * 63) + ")",
    "32of(" + ", ".join(f"a{number}" for number in range(63)) + ")",
    "1of(" * 13 + "a" + ", a)" * 13,
    "2of(a, 2of(a, b)) " * 20,
    # NEAR over words that stand everywhere
    " NEAR ".join("a" * 40),
    " NEAR/50 ".join("a" * 5),
    " ONEAR/50 ".join("a" * 5),
    " NEAR/s ".join("a" * 5),
    " ONEAR/s ".join("a" * 5),
    "(a NEAR/50 a) NEAR/50 (a NEAR/50 a)",
    "((a NEAR/50 a) NEAR/50 a) OR ((a NEAR/50 a) NEAR/50 a)",
    "@a NEAR/50 @a NEAR/50 @a NEAR/50 @a NEAR/50 @a",
    " OR ".join(["(a NEAR/50 @a)"] * 8),
    "(" + " ".join("a" * 70) + ") NEAR/50 (" + " ".join("a" * 70) + ")",
    "(a aa aaa) NEAR/50 (a =a @a) NEAR/50 (a @a)",
    "2of(a, =a, @a) NEAR/50 2of(a, =a, @a, A!)",
    "3of(a, =a, @a, =A) NEAR/50 5of(a, b, =a, @a, =A)",
    "("
    + " OR ".join(["a", "=a", "@a", "A"] * 7)
    + ") NEAR/50 ("
    + " OR ".join(["a", "=a", "@a", "A"] * 7)
    + ")",
    "(=a OR @a) NEAR/s (=a OR @a) NEAR/s (=a OR @a) NEAR/s (=a OR @a)",
    "title:(a NEAR/50 a NEAR/50 a) text:(a NEAR/50 a NEAR/50 a)",
    "aaa* NEAR/50 가가*",
    '"a a" NEAR/50 "a a" NEAR/50 "a a a" NEAR/50 "a a"',
    "/a/ NEAR/50 /a/ NEAR/50 /a/ NEAR/50 /a/",
    "/a|b/ NEAR/50 a",
    "-a NEAR -a",
]

PATTERNS = [
    # the classics of backtracking
    "(a+)+$", "(a|a)*$", "(a|aa)+$", "(a*)*b", "((a*)*)*b", "(.*a){20}", "(a?){30}a{30}", "(a?){100}a{100}",
    "(x+x+)+y", "(.*)(.*)(.*)(.*)(.*)(.*)z", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a|b|ab)*c", r"(\w+\s?)*$x",
    r"^(\w+\s?)*$", r"(\S+)*x", r"([a-zA-Z]+)*x", r"(\d+|\w+|\s+)*y", "a.*b|a", ".*.*.*.*=", "(?:.|a)+x",
    # large programs
    "a{1000}", ".{1000}", "(a{100}){10}", "(a{30}){30}", "((a{10}){10}){10}", "(.?){500}x", r"\w{1,200}z",
    r"[\s\S]{0,900}z", "[^a]{900}", "(?:(?:(?:a?){8}){8}){8}b", r"(\pL{1,50}){15}q", r"\pL{99}", "가{0,900}x",
    "(가?){300}x", "(가|나|다|라){200}", "(?i)(а|б|в|г|д){200}", "a{0,1000}{2}", "(a{1000}){1000}",
    "|".join("abcdefghij" * 25), "(" * 200 + "a" + ")" * 200, "[" + "a-z" * 160 + "]", "(?:a|" * 90 + "b" + ")" * 90,
    # our boundaries
    r"\b", r"\b*", r"(\b\w*\b.?)+z", r"\b(\w+\b )+\bz", r"\b\w{1,40}\b\w{1,40}\bz", r"(\b|a)*x", r"\b.{0,60}\b.{0,60}z",
    r"(\b\b\b)+a", r"(?:\b.)+$x", r"(\w+\b\W*)+=",
    # not patterns
    "(", ")", "[", "a**", r"\8", "(?=a)", "(?<!a)", r"(a)\1", r"\C", r"\p{Nothing}", "(?P<a>a)(?P<a>b)", "[z-a]",
    "\\\\\\",
]  # fmt: skip

STORIES = [
    Story(FeedUrl("https://example.org/rss"), StoryKey("1"), "a " * 40, summary=text)
    for text in (
        "a " * 150,
        "aab " * 75,
        "a" * 300,
        "가 " * 150,
        "가" * 300,
        "the consulate, a man. " * 14,
        "ab-1. \n" * 42,
    )
]
"""A title and 300 characters, each such that much is found in it."""
