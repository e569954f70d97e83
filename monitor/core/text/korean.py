"""Hangul: what an index needs to find it, and what a title loses before it is compared."""

from __future__ import annotations

import re

_PARTICLES = re.compile(
    "(?:에서는|에게서|으로는|으로서|으로써|에서도|이라고|이라는|까지|부터|에서|에게|께서|한테|으로|이나|이라|라고|라는|처럼|보다|"
    "마다|조차|밖에|은|는|이|가|을|를|의|에|로|와|과|도|만|나|랑|께|서)$"
)
"""Endings that mark a noun's part in the sentence."""

_SHORTEST = 2
"""Syllables that must stay when an ending is taken off."""


def bigrams(run: str) -> tuple[str, ...]:
    """Overlapping pairs of syllables of a run of Hangul; a run of one syllable is itself."""
    return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)


def without_particle(run: str) -> str:
    """A run of Hangul without its last particle: good enough to compare titles, not to match terms."""
    bare = _PARTICLES.sub("", run)
    return bare if len(bare) >= _SHORTEST else run
