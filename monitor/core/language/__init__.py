"""The query language of rules, search and mute: what people write, and what it means.

`parse` reads, `show` writes, `tree` is what lies between. Matching is done in `monitor.core.match`.
"""

from monitor.core.language.fields import (
    DATE_FIELDS,
    FIELDS,
    HISTORY_FIELDS,
    LEVELS,
    STATES,
    VALUE_FIELDS,
    WORD_FIELDS,
    Dialect,
    card_of,
    day_of,
    span_of,
)
from monitor.core.language.parse import parse, parse_term
from monitor.core.language.printing import show
from monitor.core.language.reach import entities_used, fields_used
from monitor.core.language.terms import SHORTEST_FUZZY, is_long
from monitor.core.language.tree import (
    And,
    AtLeast,
    In,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Pattern,
    Query,
    Ref,
    Term,
    children,
    walk,
)

__all__ = [
    "DATE_FIELDS",
    "FIELDS",
    "HISTORY_FIELDS",
    "LEVELS",
    "SHORTEST_FUZZY",
    "STATES",
    "VALUE_FIELDS",
    "WORD_FIELDS",
    "And",
    "AtLeast",
    "Dialect",
    "In",
    "Kind",
    "Near",
    "Node",
    "Not",
    "Or",
    "Pattern",
    "Query",
    "Ref",
    "Term",
    "card_of",
    "children",
    "day_of",
    "entities_used",
    "fields_used",
    "is_long",
    "parse",
    "parse_term",
    "show",
    "span_of",
    "walk",
]
