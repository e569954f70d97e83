"""Text analysis: folding, words with offsets, forms per script, plain text, links and titles made comparable.

Pure functions over strings. Imports nothing of ours but errors; the stemmer's only home.
"""

from monitor.core.text.folding import Folded, fold, key
from monitor.core.text.indexing import index_text
from monitor.core.text.korean import bigrams
from monitor.core.text.links import canonical_url
from monitor.core.text.markup import plain
from monitor.core.text.relational import relational
from monitor.core.text.russian import russian_keys, russian_name
from monitor.core.text.scripts import Script
from monitor.core.text.shapes import Shape, indexable
from monitor.core.text.spelling import north_korean_variants
from monitor.core.text.titles import fingerprint, title_words
from monitor.core.text.words import CAPITAL, CHUNKS, LONGEST_KEPT, SMALL, Chunk, Word, Words

__all__ = [
    "CAPITAL",
    "CHUNKS",
    "LONGEST_KEPT",
    "SMALL",
    "Chunk",
    "Folded",
    "Script",
    "Shape",
    "Word",
    "Words",
    "bigrams",
    "canonical_url",
    "fingerprint",
    "fold",
    "index_text",
    "indexable",
    "key",
    "north_korean_variants",
    "plain",
    "relational",
    "russian_keys",
    "russian_name",
    "title_words",
]
