"""Bars of days as SVG, drawn on the server: readable on a telephone and on paper, and beside a table that says the same."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from markupsafe import Markup, escape

WIDTH, BAR, GAP, LABEL = 400, 16, 34, 17
# Room on the right for the number that ends a bar.
END = 72


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of the chart: its name, the days by which half and nine tenths had gone on, and whether it holds late files."""

    label: str
    median: int
    ninetieth: int
    late: bool


def bars(lines: Iterable[Bar], *, title: str) -> Markup:
    """Two bars a line, one inside the other: the median full, the 90th percentile pale."""
    lines = list(lines)
    longest = max([line.ninetieth for line in lines] or [0]) or 1
    height = len(lines) * (GAP + LABEL) + 4
    drawn = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}" '
        'preserveAspectRatio="xMinYMin meet">'
    ]
    for number, line in enumerate(lines):
        drawn += _line(line, number * (GAP + LABEL), (WIDTH - END) / longest)
    drawn.append("</svg>")
    return Markup("".join(drawn))  # noqa: S704  (every text in it is escaped)


def _line(line: Bar, top: int, scale: float) -> Iterable[str]:
    outer, inner = round(line.ninetieth * scale, 1), round(line.median * scale, 1)
    base = top + LABEL + 6
    yield f'<text class="chart-label" x="0" y="{top + LABEL}">{escape(line.label)}</text>'
    tone = " late" if line.late else ""
    yield f'<rect class="chart-wide{tone}" x="0" y="{base}" width="{max(outer, 2)}" height="{BAR}" rx="2"/>'
    yield f'<rect class="chart-bar{tone}" x="0" y="{base + 4}" width="{max(inner, 2)}" height="{BAR - 8}" rx="1"/>'
    words = _("%(median)s / %(ninetieth)s", median=line.median, ninetieth=line.ninetieth)
    yield f'<text class="chart-end" x="{round(max(outer, 2) + 8, 1)}" y="{base + BAR - 4}">{escape(words)}</text>'
