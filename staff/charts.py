"""Geometry of the server-made charts; the templates draw them as SVG without any script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from staff.statistics import Figure

WIDTH, HEIGHT, BASE = 720, 180, 22
"""Of the column chart, in SVG units; `BASE` is left for dates below it."""


@dataclass(frozen=True)
class Column:
    """One column, with the label below it if it bears one."""

    x: float
    y: float
    width: float
    height: float
    figure: Figure
    day: date
    label: str


def columns(figures: Sequence[Figure]) -> list[Column]:
    """Columns for days; a hidden count has no height."""
    top = max((figure.count or 0 for figure in figures), default=0) or 1
    step = WIDTH / max(1, len(figures))
    every = max(1, round(len(figures) / 8))
    drawn = []
    for index, figure in enumerate(figures):
        height = (HEIGHT - BASE - 16) * (figure.count or 0) / top
        day = date.fromisoformat(figure.name)
        drawn.append(
            Column(
                x=round(index * step + step * 0.14, 1),
                y=round(HEIGHT - BASE - height, 1),
                width=round(step * 0.72, 1),
                height=round(height, 1),
                figure=figure,
                day=day,
                label=day.strftime("%d/%m") if index % every == 0 else "",
            )
        )
    return drawn


def share(figure: Figure, figures: Sequence[Figure]) -> float:
    """Length of a bar against the longest, 0 to 100."""
    top = max((other.count or 0 for other in figures), default=0) or 1
    return round(100 * (figure.count or 0) / top, 1)
