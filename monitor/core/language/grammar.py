"""The grammar of the query language, for lark's LALR parser with the contextual lexer.

Binding: `-` > NEAR > AND > OR. What the grammar cannot say (mixing AND and OR, NOT inside NEAR, unknown
fields, a query of negatives only, too short a prefix) is checked when the tree is built.
"""

from __future__ import annotations

from functools import cache

from lark import Lark

GRAMMAR = r"""
start: any
any: all (OR all)*
all: near (AND? near)*
near: unary (NEAR unary)*
?unary: negated | scoped | group | at_least | WORD | QUOTED | ENTITY | ADDRESS | PATTERN
negated: (MINUS | NOT) unary
scoped: FIELD unary
group: LPAR any RPAR
at_least: COUNT LPAR any (COMMA any)* RPAR

AND.3: /AND(?=[\s()",]|$)/
OR.3: /OR(?=[\s()",]|$)/
NOT.3: /NOT(?=[\s()",]|$)/
NEAR.3: /O?NEAR(\/[^\s()",]*)?(?=[\s()",]|$)/
COUNT.3: /\d+of(?=\()/
ADDRESS.3: /url:[^\s()",=@*\-][^\s()",]*/i
QUOTED.2: /[=*]?"[^"]*"[*~]{0,2}/
PATTERN.2: /\/(?:[^\/\\\n]|\\.)+\/[^\s()",]*/
FIELD.2: /[^\W\d_]+:/
ENTITY.2: /@[^\s()",]*/
MINUS.2: /-(?=[^\s)])/
LPAR: "("
RPAR: ")"
COMMA: ","
WORD: /(?!(?:AND|OR|NOT|O?NEAR(?:\/[^\s()",]*)?)(?=[\s()",]|$))[^\s()",\-][^\s()",]*/
WHITE: /\s+/
%ignore WHITE
"""


@cache
def parser() -> Lark:
    """The parser, built once."""
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=True)
