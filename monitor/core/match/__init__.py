"""Matching: compiled rules and queries, from a story to hits with evidence.

`compile_book` for all rules at once, `compile_query` for one query, `plan` for what the store may narrow a
search by.
"""

from monitor.core.match.history import History, history_of
from monitor.core.match.matcher import Finder, Matcher, compile_book, compile_query
from monitor.core.match.plan import AllOf, AnyOf, Everything, Plan, Token

__all__ = [
    "AllOf",
    "AnyOf",
    "Everything",
    "Finder",
    "History",
    "Matcher",
    "Plan",
    "Token",
    "compile_book",
    "compile_query",
    "history_of",
]
