"""Gomory's mixed-integer cuts: rows that every whole point keeps and the best point of the relaxation breaks.

A column that should be whole is, at a corner, a fraction b of a unit plus a sum of a x t over what is held at a bound,
t being the distance from it. If the column is to be whole, sum of g t >= 1, where with f the fraction of b

    g = a / f where a >= 0, -a / (1 - f) where a < 0                              t of any size
    g = min (r / f, (1 - r) / (1 - f)) with r the fraction of a                   t whole
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.highs import Relaxation, Relaxed
from legation.programme.layout import Mask
from legation.programme.solver import Limits

ROUNDS = 8
TRIED, ADDED = 80, 40  # a round
CLEAR = 0.02  # a column nearer to a whole number is as good as whole
TINY = 1e-9
SMALL, WIDEST, DENSEST = 1e-7, 1e6, 1000
"""Coefficients, of the largest, that are left out; how far they may lie apart; how many there may be."""
BROKEN = 1e-4
LOOSE = 1e-7
"""What the bound of a row is lowered by, of its largest coefficient: more than rounding could take."""


@dataclass(frozen=True, slots=True, eq=False)
class Tightened:
    """A programme with rows added behind its own, and the prices of all of them."""

    formulation: Formulation
    prices: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Corner:
    """A best point, with what is the same for all its cuts: entries by row; which columns and rows come out whole."""

    formulation: Formulation
    row: Index
    point: Relaxed
    whole: Mask
    row_whole: Mask


def tighten(f: Formulation, whole: Mask, limits: Limits, rounds: int = ROUNDS) -> Tightened | None:
    """Add cuts in rounds; whole: columns that are so in some best plan, (columns,). None if no point keeps all rows."""
    relaxation, own = Relaxation(f, limits), len(f.row_lower)
    point = relaxation.solve()
    for _ in range(rounds):
        if point is None:
            return None
        cuts = _cuts(_corner(f, whole, point), relaxation)
        if not cuts:
            break
        start, index, value, lower = cuts
        relaxation.add(start, index, value, lower)
        f = with_rows(f, start, index, value, lower)
        point = relaxation.solve()
        if point is not None:
            idle = own + np.flatnonzero(point.rows[own:] > f.row_lower[own:] + 1e-6)
            relaxation.drop(idle)
            f = _without_rows(f, idle)
            point = relaxation.solve()
    return None if point is None else Tightened(f, point.prices)


def _corner(f: Formulation, whole: Mask, point: Relaxed) -> _Corner:
    """Note which rows come out whole: those of whole numbers and columns only, with whole bounds."""
    row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    broken = np.bincount(row, weights=~whole[f.index] | _is_broken(f.value), minlength=len(f.row_lower)) > 0
    bound = np.where(point.row_side > 0, f.row_lower, np.where(point.row_side < 0, f.row_upper, 0.0))
    return _Corner(f, row, point, whole, ~broken & ~_is_broken(bound))


def _is_broken(value: Vector) -> Mask:
    return np.abs(value - np.round(value)) > TINY


def _cuts(corner: _Corner, relaxation: Relaxation) -> tuple[Index, Index, Vector, Vector] | None:
    """Return the deepest cuts of a corner as rows: start, index, value, lower."""
    x, basic = corner.point.x, corner.point.basic
    place = np.flatnonzero(basic >= 0)
    place = place[corner.whole[basic[place]]]
    part = x[basic[place]] - np.floor(x[basic[place]])
    middle = np.abs(part - 0.5)
    tried = place[np.argsort(middle, kind="stable")][: min(TRIED, int((middle < 0.5 - CLEAR).sum()))]
    found = [cut for p in tried.tolist() if (cut := _cut(corner, x[basic[p]], relaxation.inverse(p)))]
    found = sorted(found, key=lambda cut: -cut[0])[:ADDED]
    if not found:
        return None
    start = np.concatenate(([0], np.cumsum([len(columns) for _, columns, _, _ in found])))
    columns, values = (np.concatenate([cut[k] for cut in found]) for k in (1, 2))
    return start, columns, values, np.array([cut[3] for cut in found])


def _cut(corner: _Corner, basic: float, inverse: Vector) -> tuple[float, Index, Vector, float] | None:
    """Return how far a cut is broken, its columns and values, and its lower bound; None if it is not worth a row."""
    f, point = corner.formulation, corner.point
    part = float(basic - np.floor(basic))
    along = np.bincount(f.index, weights=f.value * inverse[corner.row], minlength=f.columns)
    gain = _gain(point.side * along, corner.whole, part) * point.side
    moving = np.where(f.row_upper - f.row_lower > TINY, point.row_side, 0.0)
    row_gain = _gain(-moving * inverse, corner.row_whole, part) * moving
    lower = 1.0 + _at(gain, point.side, f.lower, f.upper) + _at(row_gain, moving, f.row_lower, f.row_upper)
    row = gain + np.bincount(f.index, weights=f.value * row_gain[corner.row], minlength=f.columns)
    largest = float(np.abs(row).max(initial=0.0))
    if largest < TINY:
        return None
    out = np.abs(row) < SMALL * largest
    lower -= float(np.maximum(row * f.lower, row * f.upper)[out].sum())
    columns = np.flatnonzero(~out)
    values, lower = row[columns] / largest, lower / largest - LOOSE
    depth = (lower - float(values @ point.x[columns])) / float(np.sqrt(values @ values))
    if depth < BROKEN or len(columns) > DENSEST or np.abs(values).min() * WIDEST < 1.0:
        return None
    return depth, columns, values, lower


def _gain(along: Vector, whole: Mask, part: float) -> Vector:
    """Return the coefficient of each distance from a bound."""
    along = np.where(np.abs(along) < TINY, 0.0, along)
    rest = along - np.floor(along)
    steps = np.minimum(rest / part, (1.0 - rest) / (1.0 - part))
    return np.where(whole, steps, np.where(along >= 0.0, along / part, -along / (1.0 - part)))


def _at(gain: Vector, side: Vector, lower: Vector, upper: Vector) -> float:
    """Return the sum of gains times the bounds that things are held at."""
    bound = np.where(side > 0.0, lower, np.where(side < 0.0, upper, 0.0))
    return float(gain @ bound)


def with_rows(f: Formulation, start: Index, index: Index, value: Vector, lower: Vector) -> Formulation:
    """Return the programme with rows behind its own."""
    more = len(lower)
    return replace(
        f,
        start=np.concatenate((f.start, f.start[-1] + start[1:])),
        index=np.concatenate((f.index, index)),
        value=np.concatenate((f.value, value)),
        row_lower=np.concatenate((f.row_lower, lower)),
        row_upper=np.concatenate((f.row_upper, np.full(more, np.inf))),
        row_rule=np.concatenate((f.row_rule, np.full(more, -1))),
        scale=np.concatenate((f.scale, np.ones(more))),
    )


def _without_rows(f: Formulation, rows: Index) -> Formulation:
    kept = np.ones(len(f.row_lower), dtype=bool)
    kept[rows] = False
    inside = np.repeat(kept, np.diff(f.start))
    return replace(
        f,
        start=np.concatenate(([0], np.cumsum(np.diff(f.start)[kept]))),
        index=f.index[inside],
        value=f.value[inside],
        row_lower=f.row_lower[kept],
        row_upper=f.row_upper[kept],
        row_rule=f.row_rule[kept],
        scale=f.scale[kept],
    )
