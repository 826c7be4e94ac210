"""The engine: a bound from prices, a good plan from the likeliest columns, and a proof on what could still beat it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from legation.engine.core import Core, compress, keep
from legation.engine.courses import Courses, courses
from legation.engine.prices import Priced, price
from legation.programme.formulation import Formulation, Vector
from legation.programme.highs import highs, prove, relax
from legation.programme.layout import Layout
from legation.programme.solver import Limits, Solution, Status

NAME = "Legation with HiGHS"
FEW = 300
"""So many whole columns, and HiGHS by itself is as quick."""
FIRST = (1.5e-4, 5e-5, 1.5e-5)
"""Budgets of the first plan, of the bound: the widest that leaves a core small enough to be solved at once."""
SMALL = 500
WIDER = 4.0
TRIES = 3
NODES = 20
FOUND = (Status.OPTIMAL, Status.FEASIBLE)
MOST = 0.6
"""Where more of the free whole columns than this share would be kept, the first plan was poor: HiGHS does it alone."""
ROUNDING = 1e-9
"""What sums of floating-point numbers may be wrong by, of the bound: nothing is dropped within it."""


def legation(formulation: Formulation, limits: Limits) -> Solution:
    """Solve by the tailored method where it applies and pays, else by HiGHS."""
    if int(formulation.integer.sum()) <= FEW or not formulation.objective.any():
        return highs(formulation, limits)
    return tailored(formulation, limits)


def tailored(formulation: Formulation, limits: Limits, known: Vector | None = None) -> Solution:
    """Solve by prices, restriction and proof, whatever the size; by HiGHS where the method has nothing to go by.

    known: a plan that keeps all rows; where the bound shows it to be good enough it is the answer
    """
    layout = _usable(formulation)
    root = relax(formulation, limits) if layout is not None else None
    if layout is None or root is None:
        return highs(formulation, limits)
    priced = price(formulation, layout, root[1])
    found = courses(formulation, layout, priced)
    if not np.isfinite(found.bound):
        return highs(formulation, limits)
    given = None if known is None else _given(formulation, known, found.bound)
    if given and found.bound - given.objective <= limits.gap * abs(given.objective):
        return given
    first = _first(formulation, layout, priced, found, limits)
    if given and (first is None or first.objective < given.objective):
        first = given
    return highs(formulation, limits) if first is None else _proof(formulation, layout, priced, found, first, limits)


def _given(f: Formulation, known: Vector, bound: float) -> Solution:
    value = float(f.objective @ known) + f.constant
    return Solution(Status.OPTIMAL, known, value, max(value, bound), NAME)


def _usable(f: Formulation) -> Layout | None:
    """Return the layout if the programme is still as it was laid: no column more, no row of a single site lifted."""
    layout = f.layout
    if layout is None or layout.columns != f.columns:
        return None
    lifted = np.isneginf(f.row_lower[layout.own]) & np.isposinf(f.row_upper[layout.own])
    return None if lifted.any() else layout


def _first(f: Formulation, layout: Layout, priced: Priced, found: Courses, limits: Limits) -> Solution | None:
    """Return a good plan: the best, or nearly, of those in which every site's course loses little."""
    budget = 0.0
    for part in FIRST:
        budget = part * max(abs(found.bound), 1.0)
        core = compress(f, *keep(f, layout, priced, found, budget))
        if core.formulation.integer.sum() <= SMALL:
            break
    for _ in range(TRIES):
        solution = prove(core.formulation, limits, nodes=NODES)
        if solution.status in FOUND:
            return replace(solution, x=_whole(core, solution.x))
        budget *= WIDER
        core = compress(f, *keep(f, layout, priced, found, budget))
    return None


def _proof(f: Formulation, layout: Layout, priced: Priced, found: Courses, first: Solution, limits: Limits) -> Solution:
    """Solve what may hold a better plan than the first; nothing that was dropped is worth more than the first."""
    rounding = ROUNDING * max(abs(found.bound), 1.0)
    budget = max(found.bound - first.objective, 0.0) + rounding
    core = compress(f, *keep(f, layout, priced, found, budget), also=first.x)
    left = replace(limits, seconds=max(limits.seconds - first.seconds, 1.0))
    if core.formulation.integer.sum() > max(FEW, MOST * (f.integer & (f.upper > f.lower)).sum()):
        return highs(f, left)
    if not len(core.kept):
        return replace(first, status=Status.OPTIMAL, bound=first.objective, solver=NAME)
    last = prove(core.formulation, left, start=first.x[core.kept])
    if last.status not in FOUND:  # the first plan itself was lost on the way, to rounding: prove nothing from it
        return highs(f, left)
    return replace(
        last,
        x=_whole(core, last.x),
        bound=min(max(last.bound, first.objective), found.bound + rounding),
        solver=NAME,
        seconds=first.seconds + last.seconds,
    )


def _whole(core: Core, point: Vector) -> Vector:
    """Return the point of the whole programme, with whole columns exactly so."""
    integer = core.formulation.integer
    return core.whole(np.where(integer, np.round(point), point))
