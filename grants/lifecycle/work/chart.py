"""Bars of days as SVG, drawn on the server: readable on a telephone and on paper, and beside a table that says the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

BAR, GAP, LABEL = 16, 34, 17  # pixels
# The share of the width, in percent, that the longest bar takes: the numbers behind it need the rest, on a telephone too.
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart: its name, the days by which half and nine tenths had gone on, and whether it holds late files."""

    label: str
    median: int
    ninetieth: int
    late: bool


def bars(lines: Iterable[Bar], *, title: str) -> Markup:
    """Two bars a line, one inside the other: the median full, the 90th percentile pale.

    Widths are shares of whatever the page gives, so that the bars fill a desk and a telephone while letters keep their size.
    """
    lines = list(lines)
    longest = max([line.ninetieth for line in lines] or [0]) or 1
    height = len(lines) * (GAP + LABEL) + 4
    drawn = [f'<svg class="chart" width="100%" height="{height}" role="img" aria-label="{escape(title)}">']
    for number, line in enumerate(lines):
        drawn += _line(line, number * (GAP + LABEL), LONGEST / longest)
    drawn.append("</svg>")
    return Markup("".join(drawn))  # noqa: S704  (every text in it is escaped)


def _line(line: Bar, top: int, scale: float) -> Iterable[str]:
    outer, inner = round(line.ninetieth * scale, 2), round(line.median * scale, 2)
    base = top + LABEL + 6
    yield f'<text class="chart-label" x="0" y="{top + LABEL}">{escape(line.label)}</text>'
    tone = " late" if line.late else ""
    yield f'<rect class="chart-wide{tone}" x="0" y="{base}" width="{max(outer, 0.5)}%" height="{BAR}" rx="2"/>'
    yield f'<rect class="chart-bar{tone}" x="0" y="{base + 4}" width="{max(inner, 0.5)}%" height="{BAR - 8}" rx="1"/>'
    words = _("%(median)s / %(ninetieth)s", median=line.median, ninetieth=line.ninetieth)
    yield f'<text class="chart-end" x="{max(outer, 0.5)}%" dx="8" y="{base + BAR - 4}">{escape(words)}</text>'
