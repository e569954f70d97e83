"""Figures as a picture, for a phone: a chart as JSON comes in, a PNG goes out.

Runs as a process of its own (`python -m monitor.chat.drawing`): the plotting library takes a second and a
hundred megabytes, which go away with it. All words come from outside, in the reader's language. Colours are
those of Okabe and Ito (2008), which colour-blind readers can tell apart; bars that stand on each other are
hatched as well.
"""

from __future__ import annotations

import io
import logging
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, cast

from matplotlib import font_manager, rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from monitor.chat.charts import Chart

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from monitor.chat.charts import Panel

SIZE = (10.0, 8.0)
DOTS = 100
"""Dots an inch: 1000 by 800 in all."""

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#999999")
HATCHES = ("", "//", "..", "xx", "\\\\", "++", "")
INK = "#222222"
FAINT = "#bbbbbb"

FONTS = ("NanumGothic.ttf", "NanumGothicBold.ttf")
"""Hangul; Latin and Cyrillic are DejaVu Sans, which comes with the library."""

FAMILIES = ["DejaVu Sans", "NanumGothic"]
LARGE, USUAL, SMALL = 22, 17, 15
"""Points: what a phone shows at a third of the size stays readable."""

LABEL = 26
"""Characters of a name beside a bar."""

TITLE = 60
"""Characters of the heading."""

DATES = 7
"""Dates written under the bars."""

WIDE = 45
"""Days up to which the bars are wide enough for hatches."""

SHADES = 64
"""Colours of the file: a tenth of its size, and nobody sees it."""


def draw(chart: Chart) -> bytes:
    """The picture as PNG."""
    known = _fonts()
    with rc_context({"font.family": FAMILIES[: 1 + known], "font.size": USUAL, "text.color": INK}):
        figure = Figure(figsize=SIZE, dpi=DOTS, layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(_short(chart.title, TITLE), fontsize=LARGE, fontweight="bold")
        top, below = cast("list[SubFigure]", figure.subfigures(2, 1, height_ratios=(1.25, 1.0)))
        left, right = cast("list[SubFigure]", below.subfigures(1, 2, wspace=0.04))
        _days(top.subplots(), chart)
        _bars(left, chart.left, COLOURS[0], chart.nothing)
        _bars(right, chart.right, COLOURS[2], chart.nothing)
        whole = io.BytesIO()
        figure.savefig(whole, format="png")
    out = io.BytesIO()
    Image.open(whole).convert("RGB").quantize(SHADES).save(out, "png", optimize=True)
    return out.getvalue()


def _fonts() -> bool:
    """Make the Hangul font known, if it is installed; its package is not run, only its files are used."""
    found = find_spec("koreanize_matplotlib")
    folders = [] if found is None else list(found.submodule_search_locations or ())
    paths = [Path(folder) / "fonts" / name for folder in folders for name in FONTS]
    for path in paths:
        font_manager.fontManager.addfont(path)
    return bool(paths)


def _days(axes: Axes, chart: Chart) -> None:
    """Bars by day, the series on each other."""
    places = range(len(chart.days))
    under = [0] * len(chart.days)
    wide = len(chart.days) <= WIDE
    for number, (name, values) in enumerate(chart.series):
        look = number % len(COLOURS)
        axes.bar(
            places,
            values,
            bottom=under,
            width=0.8 if wide else 1.0,
            color=COLOURS[look],
            hatch=HATCHES[look] if wide else "",
            edgecolor="white",
            linewidth=0.5 if wide else 0,
            label=_short(name, LABEL),
        )
        under = [a + b for a, b in zip(under, values, strict=True)]
    every = -(-len(chart.days) // DATES)
    shown = [place for place in places if (len(chart.days) - 1 - place) % every == 0]
    axes.set_xticks(shown, [chart.days[place] for place in shown])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.set_ylim(0, max([*under, 1]) * 1.05)
    _plain(axes)
    axes.grid(axis="y", color=FAINT, linewidth=0.6)
    axes.set_axisbelow(True)
    if chart.series:
        axes.legend(
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=2,
            fontsize=SMALL,
            frameon=False,
            handlelength=1.2,
            borderaxespad=0,
        )
    else:
        _say(axes, chart.nothing)


def _bars(part: SubFigure, panel: Panel, colour: str, nothing: str) -> None:
    """Bars that lie, each with its name before and its number behind it."""
    part.suptitle(_short(panel.title, LABEL + 8), fontsize=USUAL, x=0.03, ha="left", fontweight="bold")
    axes = part.subplots()
    _plain(axes)
    axes.spines["bottom"].set_visible(False)
    axes.set_xticks([])
    if not any(panel.values):
        axes.set_yticks([])
        _say(axes, nothing)
        return
    places = range(len(panel.names))
    drawn = axes.barh(places, panel.values, color=colour, height=0.7)
    axes.bar_label(drawn, [f"{value:g}" for value in panel.values], padding=4, fontsize=SMALL)
    axes.set_yticks(places, [_short(name, LABEL) for name in panel.names], fontsize=SMALL)
    axes.invert_yaxis()
    axes.set_xlim(0, max(panel.values) * 1.2)


def _plain(axes: Axes) -> None:
    """No frame, no ticks."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, colors=INK, labelsize=SMALL)


def _say(axes: Axes, words: str) -> None:
    axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color="#666666")


def _short(text: str, limit: int) -> str:
    """A name that fits; `$` would begin a formula."""
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return shown.replace("$", r"\$")


def main() -> None:
    """A chart from standard input to standard output."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # a missing weight of a font is no news
    chart = Chart.read(sys.stdin.buffer.read().decode())
    sys.stdout.buffer.write(draw(chart))


if __name__ == "__main__":
    main()
