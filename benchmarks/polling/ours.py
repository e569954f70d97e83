"""Polls every feed once, wired as the bot is, and ends.

A process of its own, `python -m benchmarks.polling.ours DATABASE PORT COUNT [0]`: what it and its parser
processes cost is what the system says of it. With a 0 at the end it only makes the database. It prints the CPU
seconds that it took to start, how many polls brought a page, and how many stories are stored.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

if __name__ == "__main__":  # parser processes import this file, too, and need nothing of it
    from benchmarks.polling.one_round import round_of

    asyncio.run(round_of(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), poll=sys.argv[4:] != ["0"]))
