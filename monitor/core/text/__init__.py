"""Text analysis: folding, words with offsets, forms per script, plain text, links and titles made comparable.

Pure functions over strings. Imports nothing of ours but errors; the stemmer's only home.
"""

from monitor.core.text.folding import Folded, fold, key
from monitor.core.text.indexing import index_text
from monitor.core.text.korean import bigrams
from monitor.core.text.links import canonical_url
from monitor.core.text.markup import plain
from monitor.core.text.scripts import Script
from monitor.core.text.shapes import Shape, indexable
from monitor.core.text.titles import fingerprint, title_words
from monitor.core.text.words import Word, Words

__all__ = [
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
    "plain",
    "title_words",
]
