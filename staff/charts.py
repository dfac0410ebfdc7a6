"""Geometry of the server-made charts; the templates draw them as SVG without any script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from staff.statistics import Figure

WIDTH, HEIGHT = 720, 150
"""Of the column chart, in SVG units; it is stretched to the width of the page."""
FEW = 3.0
"""Height of a column whose count is hidden."""


@dataclass(frozen=True)
class Column:
    """One column."""

    x: float
    y: float
    width: float
    height: float
    figure: Figure


def columns(figures: Sequence[Figure]) -> list[Column]:
    """Columns side by side, the highest as high as the chart."""
    step = WIDTH / max(1, len(figures))
    return [_column(index * step, step, figure, highest(figures)) for index, figure in enumerate(figures)]


def share(figure: Figure, figures: Sequence[Figure]) -> float:
    """Length of a bar against the longest, 0 to 100."""
    return round(100 * (figure.count or 0) / highest(figures), 1)


def highest(figures: Sequence[Figure]) -> int:
    """The largest count that is shown; 1 when there is none."""
    return max((figure.count or 0 for figure in figures), default=0) or 1


def _column(left: float, step: float, figure: Figure, top: int) -> Column:
    height = FEW if figure.count is None else HEIGHT * figure.count / top
    return Column(
        x=round(left + step * 0.14, 1),
        y=round(HEIGHT - height, 1),
        width=round(step * 0.72, 1),
        height=round(height, 1),
        figure=figure,
    )
