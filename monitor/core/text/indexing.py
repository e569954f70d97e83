"""What the full-text index is fed, so that a plan finds every story that the matcher would accept."""

from __future__ import annotations

from monitor.core.text.words import CHUNKS, LONGEST_KEPT

TOKENS_LIMIT = 50_000
"""Chunks of text whose tokens are remembered: about 10 MB."""


def index_text(*parts: str) -> str:
    """Space-joined index tokens of title, summary and text, for FTS5's `unicode61 remove_diacritics 0`.

    Words give their folded form and the keys of their forms; Hangul gives overlapping pairs of syllables, or
    the syllable itself where it stands alone; Han gives single characters. Every token is letters and digits
    that the tokenizer keeps whole and unchanged; words of scripts that it does not know are left out.
    """
    look = TOKENS.__getitem__
    return " ".join([tokens for part in parts for tokens in map(look, part.split()) if tokens])


class _Memo(dict[str, str]):
    """The tokens of a chunk, space-joined; forgetting all of them changes nothing."""

    def __missing__(self, chunk: str) -> str:
        made = " ".join([token for word in CHUNKS[chunk].words for token in word[3].tokens])
        if len(chunk) <= LONGEST_KEPT:
            if len(self) >= TOKENS_LIMIT:
                self.clear()
            self[chunk] = made
        return made


TOKENS = _Memo()
