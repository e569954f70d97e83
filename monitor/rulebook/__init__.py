"""rules.yaml -> RuleBook: the only home of YAML and pydantic.

`reading` takes bytes; `document` makes them a tree that knows its places and refuses YAML's traps, `syntax`
words what it cannot read; `schema` says what may stand in the file and `wording` what does not fit; `build`
reads the queries (`offsets` finds their mistakes in the file) and runs the `examples`; `library` keeps the
last good rules.
"""

from monitor.rulebook.library import Library
from monitor.rulebook.reading import load, read
from monitor.rulebook.schema import schema

__all__ = ["Library", "load", "read", "schema"]
