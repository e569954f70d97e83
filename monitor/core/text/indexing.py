"""What the full-text index is fed, so that a plan finds every story that the matcher would accept."""

from __future__ import annotations

from monitor.core.text.words import shapes


def index_text(*parts: str) -> str:
    """Space-joined index tokens of title, summary and text, for FTS5's `unicode61 remove_diacritics 0`.

    Words give their folded form and the keys of their forms; Hangul gives overlapping pairs of syllables, or
    the syllable itself where it stands alone; Han gives single characters. Every token is letters and digits
    that the tokenizer keeps whole and unchanged; words of scripts that it does not know are left out.
    """
    return " ".join(token for part in parts for shape in shapes(part) for token in shape.tokens)
