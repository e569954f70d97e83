"""Has a chart drawn by a process of its own, which ends with it: at rest nothing of the library is in memory."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.chat.charts import Chart

log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds for one picture; about one and a half are needed."""

INHERITED = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "MPLCONFIGDIR", "VIRTUAL_ENV")
"""What the process is told of its surroundings: no token, no password."""

ROOT = Path(__file__).parent.parent.parent
"""Where the package lies."""

WORDS = 300
"""Characters of what the process says if it fails."""


async def drawn(
    chart: Chart, *, module: str = "monitor.chat.drawing", patience: float = PATIENCE
) -> bytes | None:
    """The chart as PNG; None if it cannot be drawn here, which is logged: its figures are told in words, too."""
    around = {name: os.environ[name] for name in INHERITED if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**around, "PYTHONPATH": str(ROOT)},
    )
    try:
        async with asyncio.timeout(patience):
            picture, said = await process.communicate(chart.written().encode())
    except TimeoutError:
        log.warning("a picture was not drawn within %g s", patience)
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        log.warning("a picture could not be drawn: %s", said.decode(errors="replace")[-WORDS:])
        return None
    return picture
