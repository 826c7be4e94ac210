"""How the cost of planning grows: along the number of sites, of years, and of options from which a State is covered."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from benchmarks.methods import METHODS
from benchmarks.world import Size

BASE = Size(3, 3)
AXES: dict[str, tuple[Size, ...]] = {
    "sites": (
        replace(BASE, states=49, cities=30, organisations=5),
        replace(BASE, states=98, cities=60, organisations=9),
        BASE,
        replace(BASE, cities=480),
    ),
    "years": tuple(replace(BASE, years=years) for years in (2, 3, 5)),
    "options": tuple(replace(BASE, options=options) for options in (2, 4, 8, 16)),
}
SIZES = tuple(dict.fromkeys(size for sizes in AXES.values() for size in sizes))
PLACES: dict[str, Callable[[Size], int]] = {
    "sites": lambda size: size.states + size.cities + size.organisations,
    "years": lambda size: size.years,
    "options": lambda size: size.options,
}
FIGURES = {
    "to build, s": lambda row: row["build"],
    "to build and solve, s": lambda row: (row["build"] or 0) + row["solve"],
    "peak of memory, MB": lambda row: row["peak_mb"],
}
Row = dict[str, Any]


def report(rows: Sequence[Row]) -> str:
    """Return a table for every axis and figure."""
    found = {(row["method"], row["size"]): row for row in rows}
    return "\n".join(line for axis in AXES for figure in FIGURES for line in table(axis, figure, found))


def table(axis: str, figure: str, found: dict[tuple[str, str], Row]) -> Iterator[str]:
    """Yield the lines of one table: a method each; none where nothing was measured."""
    sizes = AXES[axis]
    methods = [m for m in METHODS if any((m, str(size)) in found for size in sizes)]
    if not methods:
        return
    yield f"| {axis}: {figure} | " + " | ".join(str(PLACES[axis](size)) for size in sizes) + " | power |"
    yield "|---|" + "--:|" * (len(sizes) + 1)
    for method in methods:
        row = [found.get((method, str(size))) for size in sizes]
        cells = [told(cell, figure) for cell in row]
        points = (
            (PLACES[axis](size), cell) for size, cell in zip(sizes, row, strict=True) if cell and counts(cell, figure)
        )
        yield f"| {method} | " + " | ".join((*cells, power((x, FIGURES[figure](cell)) for x, cell in points))) + " |"
    yield ""


def counts(row: Row, figure: str) -> bool:
    """Tell whether a figure is all there is: of a cell that was ended, only building is."""
    return FIGURES[figure](row) is not None and (row["proven"] or figure == "to build, s")


def told(row: Row | None, figure: str) -> str:
    """Write one figure; nothing where it was not measured."""
    value = FIGURES[figure](row) if row else None
    if row is None or value is None:
        return ""
    digits = 0 if "MB" in figure else 2
    return f"{'' if counts(row, figure) else '> '}{value:.{digits}f}"


def power(points: Iterable[tuple[float, float]]) -> str:
    """Return the slope in logarithms by least squares: 1 where twice as much costs twice as much."""
    some = [(math.log(x), math.log(y)) for x, y in points if y > 0]
    if len(some) < 3:
        return ""
    mean_x, mean_y = (sum(part) / len(some) for part in zip(*some, strict=True))
    return f"{sum((x - mean_x) * (y - mean_y) for x, y in some) / sum((x - mean_x) ** 2 for x, _ in some):.1f}"
