"""Draws the CPU of every workload and server as bars, on a logarithmic scale."""

import math
from collections.abc import Iterator
from html import escape

from tests.benchmarks import rivals, servers
from tests.benchmarks.table import number
from tests.benchmarks.targets import Cells
from tests.benchmarks.workloads import WORKLOADS

_COLORS = {
    servers.GATEWAY: "#3b5bdb",
    servers.WHOLE: "#1c2f80",
    rivals.STRAWBERRY: "#e8590c",
    rivals.MERCURIUS: "#2f9e44",
    rivals.MERCURIUS_LISTS: "#8ce99a",
    servers.CONSTANT: "#adb5bd",
    servers.RELAY: "#adb5bd",
}
_WIDTH, _LEFT, _RIGHT = 860, 20, 90
_BAR, _GAP, _TITLE = 14, 3, 24
_TOP = 92
_FEWEST = 10.0
"""Microseconds where the scale begins."""

_INK, _FAINT = "#343a40", "#dee2e6"
_BOLD = 'font-weight="600"'
_HEADING = "CPU of one request, on a logarithmic scale: less is better"


def _text(x: float, y: float, words: str, size: int = 12, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" {more}>{escape(words)}</text>'


def _bar(x: float, y: float, width: float, color: str) -> str:
    size = f'width="{width:.1f}" height="{_BAR}"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} rx="2" fill="{color}"/>'


class _Scale:
    """Where a figure stands."""

    def __init__(self, most: float) -> None:
        self.decades = math.ceil(math.log10(most / _FEWEST))
        self._wide = (_WIDTH - _LEFT - _RIGHT) / self.decades

    def at(self, figure: float) -> float:
        return _LEFT + max(0.02, math.log10(figure / _FEWEST)) * self._wide


def _time(microseconds: float) -> str:
    if microseconds < 1000:
        return f"{number(microseconds)} us"
    return f"{number(microseconds / 1000)} ms"


def _legend(names: list[str]) -> Iterator[str]:
    for at, name in enumerate(names):
        x, y = _LEFT + at % 3 * 260, 40 + at // 3 * 20
        yield _bar(x, y, 14, _COLORS[name])
        yield _text(x + 20, y + 11, name)


def _grid(scale: _Scale, bottom: float) -> Iterator[str]:
    for decade in range(scale.decades + 1):
        figure = _FEWEST * 10**decade
        x = scale.at(figure) if decade else _LEFT
        line = f'x1="{x:.1f}" y1="{_TOP - 4}" x2="{x:.1f}" y2="{bottom}"'
        yield f'<line {line} stroke="{_FAINT}"/>'
        unit = f"{figure:.0f} us" if figure < 1000 else f"{figure / 1000:.0f} ms"
        yield _text(x, bottom + 14, unit, 10, 'text-anchor="middle"' if decade else "")


def svg(cells: Cells) -> str:
    """Return the picture."""
    names = [name for name in _COLORS if any(name in some for some in cells.values())]
    scale = _Scale(max(cell.cpu for some in cells.values() for cell in some.values()))
    body: list[str] = []
    y = float(_TOP)
    for workload, some in cells.items():
        shown = f"{workload}: {WORKLOADS[workload].title.replace('`', '')}"
        body.append(_text(_LEFT, y + 14, shown, 12, _BOLD))
        y += _TITLE
        for name in (name for name in names if name in some):
            end = scale.at(some[name].cpu)
            body.append(_bar(_LEFT, y, end - _LEFT, _COLORS[name]))
            body.append(_text(end + 5, y + 11, _time(some[name].cpu), 11))
            y += _BAR + _GAP
        y += _GAP * 2
    font = 'font-family="system-ui, sans-serif"'
    size = f'width="{_WIDTH}" height="{y + 24:.0f}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font} fill="{_INK}" role="img">',
            f"<title>{_HEADING}</title>",
            f'<rect {size} rx="8" fill="#fff"/>',
            *_grid(scale, y),
            _text(_LEFT, 24, _HEADING, 15, _BOLD),
            *_legend(names),
            *body,
            "</svg>",
            "",
        ]
    )
