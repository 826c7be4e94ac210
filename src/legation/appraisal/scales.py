"""Scales: what a performance is worth, from 0 (worst) to 1 (best)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import log

from legation.appraisal.criteria import Criterion, Prefer, Shape
from legation.values import value


@value
class Scale:
    """A criterion's scale with its ends settled, in the attribute's unit; points only for steps and piecewise."""

    shape: Shape
    prefer: Prefer
    worst: float
    best: float
    points: tuple[tuple[float, float], ...] = ()


def settle(criterion: Criterion, seen: Sequence[float]) -> Scale:
    """Return the scale of a criterion: stated ends where there are any, else the range of the performances seen.

    A log scale looks at positive performances only: there is no order of magnitude below them.
    """
    usable = [p for p in seen if p > 0 or criterion.scale is not Shape.LOG]
    ends = (min(usable, default=0.0), max(usable, default=0.0))
    worst, best = ends if criterion.prefer is Prefer.HIGH else ends[::-1]
    return Scale(
        criterion.scale,
        criterion.prefer,
        worst if criterion.worst is None else float(criterion.worst),
        best if criterion.best is None else float(criterion.best),
        tuple(sorted((float(x), float(v)) for x, v in criterion.points)),
    )


def distinguishes(scale: Scale) -> bool:
    """Say whether the scale can tell performances apart: its ends differ, in the direction preferred."""
    if scale.shape in (Shape.STEPS, Shape.PIECEWISE):
        return bool(scale.points)
    if scale.shape is Shape.LOG and min(scale.worst, scale.best) <= 0:
        return False
    span = _position(scale, scale.best) - _position(scale, scale.worst)
    return span > 0 if scale.prefer is Prefer.HIGH else span < 0


def worth(scale: Scale, performance: float) -> float:
    """Return the worth, 0 to 1, of a performance; beyond the ends it stays 0 or 1, on a flat scale it is 0.

    linear: (p - worst) / (best - worst); log: the same of logarithms; steps: the value of the last point at or
    below p, 0 below the first; piecewise: straight between the points, level beyond them.
    """
    if not distinguishes(scale):
        return 0.0
    if scale.shape is Shape.STEPS:
        found = [v for x, v in scale.points if x <= performance]
        return _clamp(found[-1] if found else 0.0)
    if scale.shape is Shape.PIECEWISE:
        return _clamp(_between(scale.points, performance))
    worst = _position(scale, scale.worst)
    return _clamp((_position(scale, performance) - worst) / (_position(scale, scale.best) - worst))


def _position(scale: Scale, performance: float) -> float:
    if scale.shape is not Shape.LOG:
        return performance
    return log(max(performance, min(scale.worst, scale.best)))  # nothing lies below the lower end


def _between(points: tuple[tuple[float, float], ...], performance: float) -> float:
    if performance <= points[0][0]:
        return points[0][1]
    for (x, v), (x_next, v_next) in pairwise(points):
        if performance <= x_next:
            return v + (v_next - v) * (performance - x) / (x_next - x)
    return points[-1][1]


def _clamp(number: float) -> float:
    return min(1.0, max(0.0, number))
