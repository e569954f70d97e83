"""The query language of rules, search and mute: what people write, and what it means.

`parse` reads, `show` writes, `tree` is what lies between. Matching is done in `monitor.core.match`.
"""

from monitor.core.language.build import FIELDS
from monitor.core.language.parse import parse, parse_term
from monitor.core.language.printing import show
from monitor.core.language.reach import entities_used, fields_used
from monitor.core.language.tree import (
    And,
    AtLeast,
    In,
    Kind,
    Near,
    Node,
    Not,
    Or,
    Query,
    Ref,
    Term,
    children,
    walk,
)

__all__ = [
    "FIELDS",
    "And",
    "AtLeast",
    "In",
    "Kind",
    "Near",
    "Node",
    "Not",
    "Or",
    "Query",
    "Ref",
    "Term",
    "children",
    "entities_used",
    "fields_used",
    "parse",
    "parse_term",
    "show",
    "walk",
]
