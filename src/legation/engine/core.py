"""What is left of a programme once columns are known: fewer columns, and only the rows that can still bind."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.engine.courses import Courses, levels, others, rung_height, rung_site
from legation.engine.prices import Priced
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.layout import Layout

NAME = "Legation with HiGHS"
SLACK = 1e-9  # rows that cannot be broken by more than this are left out


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """A smaller programme, the columns and rows of the larger one that it keeps, and the values of other columns."""

    formulation: Formulation
    kept: Index
    rows: Index
    fixed: Vector

    def whole(self, point: Vector) -> Vector:
        """Return a point of the core as a point of the programme."""
        out = self.fixed.copy()
        out[self.kept] = point
        return out


def keep(f: Formulation, layout: Layout, priced: Priced, found: Courses, budget: float) -> tuple[Vector, Vector]:
    """Return bounds of the columns that hold every plan that loses less than the budget, (columns,) each."""
    lower, upper = f.lower.copy(), f.upper.copy()
    height, site = rung_height(layout), rung_site(layout)
    for k in range(levels(layout) - 1):
        rungs = np.flatnonzero(height == k)
        of, x, up, down = site[rungs], layout.x[rungs], layout.up[rungs], layout.down[rungs]
        at, step = found.at[of], found.step[of]
        upper[x[at[:, k + 1 :].min(axis=1) >= budget]] = 0.0
        lower[x[at[:, : k + 1].min(axis=1) >= budget]] = 1.0
        upper[up[(step[:, : k + 1, k + 1 :].min(axis=(1, 2)) >= budget) & (up >= 0)]] = 0.0
        upper[down[(step[:, k + 1 :, : k + 1].min(axis=(1, 2)) >= budget) & (down >= 0)]] = 0.0
    upper[layout.y[found.used >= budget]] = 0.0
    _drop_acts(layout, found, budget, upper)
    _fix_others(f, layout, priced, budget, lower, upper)
    return lower, upper


def _drop_acts(layout: Layout, found: Courses, budget: float, upper: Vector) -> None:
    stays = np.eye(levels(layout), dtype=bool)[None, :, :, None]
    moving = np.where(stays, np.inf, found.step).min(axis=(1, 2), initial=np.inf)
    for act in layout.acts:
        upper[act[(act >= 0) & (moving >= budget)]] = 0.0


def _fix_others(f: Formulation, layout: Layout, priced: Priced, budget: float, lower: Vector, upper: Vector) -> None:
    """Hold columns of no site at the bound that pays, where leaving it by one would lose the whole budget."""
    free = others(layout) & f.integer
    high, low = free & (priced.worth >= budget), free & (-priced.worth >= budget)
    lower[high] = f.upper[high]
    upper[low] = f.lower[low]


def compress(f: Formulation, lower: Vector, upper: Vector, also: Vector | None = None) -> Core:
    """Return the programme within these bounds; a point given is let in where the bounds would shut it out."""
    if also is not None:
        shut = (also < lower - SLACK) | (also > upper + SLACK)
        lower, upper = np.where(shut, f.lower, lower), np.where(shut, f.upper, upper)
    free = upper > lower
    fixed = np.where(free, 0.0, lower)
    rows = len(f.row_lower)
    row = np.repeat(np.arange(rows), np.diff(f.start))
    spent = np.bincount(row, weights=f.value * fixed[f.index], minlength=rows)
    inside = free[f.index]
    row, column, value = row[inside], f.index[inside], f.value[inside]
    one, other = value * lower[column], value * upper[column]
    least = spent + np.bincount(row, weights=np.minimum(one, other), minlength=rows)
    most = spent + np.bincount(row, weights=np.maximum(one, other), minlength=rows)
    binds = (least < f.row_lower - SLACK) | (most > f.row_upper + SLACK)
    kept, place = np.flatnonzero(free), np.cumsum(free) - 1
    count = np.bincount(row, minlength=rows)[binds]
    inside = binds[row]
    smaller = replace(
        f,
        objective=f.objective[kept],
        constant=f.constant + float(f.objective @ fixed),
        lower=lower[kept],
        upper=upper[kept],
        integer=f.integer[kept],
        whole=f.whole[kept],
        start=np.concatenate(([0], np.cumsum(count))),
        index=place[column[inside]],
        value=value[inside],
        row_lower=(f.row_lower - spent)[binds],
        row_upper=(f.row_upper - spent)[binds],
        row_rule=f.row_rule[binds],
        scale=f.scale[binds],
        soft=(),
        layout=None,
    )
    return Core(smaller, kept, np.flatnonzero(binds), fixed)


def usable(f: Formulation) -> Layout | None:
    """Return the layout if the programme is still as it was laid: no column more, no row of a single site lifted."""
    layout = f.layout
    if layout is None or layout.columns != f.columns:
        return None
    lifted = np.isneginf(f.row_lower[layout.own]) & np.isposinf(f.row_upper[layout.own])
    return None if lifted.any() else layout
