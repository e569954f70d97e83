"""What Tocsin asks of the world. Fakes stand here and nowhere else.

`Store` is implemented in `db/` (SQLite, memory) and held to one contract suite; `Fetch` and `Parse` in
`monitor/feeds/`; `Messenger` in `monitor/chat/` (Telegram) and `monitor/terminal/`; `Errands` in
`monitor/errands.py`; `Clock` and `Offload` in `bot.py`.
"""

from __future__ import annotations

from monitor.core.model import CardView
from monitor.ports.errands import Errands, Put
from monitor.ports.store import Store
from monitor.ports.world import Articles, Clock, Copies, Fetch, Messenger, Offload, Parse

__all__ = [
    "Articles",
    "CardView",
    "Clock",
    "Copies",
    "Errands",
    "Fetch",
    "Messenger",
    "Offload",
    "Parse",
    "Put",
    "Store",
]
