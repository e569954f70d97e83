"""The news desk: all that a person may ask, answered with values that are worded elsewhere.

`answers` who asks and what is answered; `desk` the questions; `past` the search of stored stories; `figures`
how Tocsin does; `workbench` tries rules on stored stories; `books` keeps their history; `names` what people
type. Nobody else asks `monitor.core.access`. Synchronous: runs in the thread that owns the store.
"""

from monitor.desk.desk import Desk

__all__ = ["Desk"]
