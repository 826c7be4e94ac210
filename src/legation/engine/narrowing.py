"""Solve a variant of a programme from plans that are known: few columns can hold a better plan, and those are tried.

Prices of the relaxation say what a plan must lose by each column, and that no plan is worth more than a bound. Let a
core hold every plan that loses less than a budget. The best plan U of the core is the best of all once bound - budget
is no more than U. A small core is solved in a blink and gives a good plan, with which the last is small as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from legation.engine.core import NAME, compress, keep, usable
from legation.engine.counts import counted
from legation.engine.courses import Courses, courses
from legation.engine.prices import Priced, price
from legation.programme.formulation import Formulation, Vector
from legation.programme.highs import highs, prove, relax
from legation.programme.layout import Layout
from legation.programme.solver import Limits, Solution, Status

FEW = 300
"""So many whole columns, and HiGHS by itself is as quick."""
FIRST, WIDER, TRIES = 2e-4, 4.0, 3
"""The budget of the first core, as a share of the bound; how much wider each is after one that holds no plan."""
FAR = 4e-3
"""How far the first plan may be from the bound for HiGHS to be spared the search for others."""
POOR = 3e-3
"""How far from the bound a known plan may be for no better one to be sought first."""
ROUNDING = 1e-9
"""What sums of floating-point numbers may be wrong by, of the bound: nothing is dropped within it."""
KEPT = 1e-7
"""By how much a known plan may break a row: what the solver itself allows."""
FOUND = (Status.OPTIMAL, Status.FEASIBLE)


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """A programme, what its columns say, and what the prices of its relaxation have shown."""

    formulation: Formulation
    layout: Layout
    priced: Priced
    found: Courses


def best_known(formulation: Formulation, plans: Iterable[Vector]) -> Vector | None:
    """Return the one of some points that keeps all rows and bounds and is worth most, None where none does."""
    kept = [x for x in plans if keeps(formulation, x)]
    return max(kept, key=lambda x: float(formulation.objective @ x), default=None)


def keeps(f: Formulation, x: Vector) -> bool:
    """Say whether a point is within the bounds and keeps all rows."""
    if len(x) != f.columns or np.any(x < f.lower - KEPT) or np.any(x > f.upper + KEPT):
        return False
    row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    total = np.bincount(row, weights=f.value * x[f.index], minlength=len(f.row_lower))
    return bool(np.all(total >= f.row_lower - KEPT) and np.all(total <= f.row_upper + KEPT))


def narrowed(formulation: Formulation, limits: Limits, start: Vector | None = None) -> Solution:
    """Solve by cores, from a plan that keeps all rows where there is one; what is small, by HiGHS alone."""
    if int((formulation.integer & (formulation.upper > formulation.lower)).sum()) <= FEW:
        return highs(formulation, limits)
    return by_cores(formulation, limits, start)


def by_cores(formulation: Formulation, limits: Limits, start: Vector | None = None) -> Solution:
    """Solve by two cores whatever the size: a small one for a good plan, where none is given, and one for the proof.

    By HiGHS alone where there are no prices, and where no plan is found to begin with.
    """
    seen = _prices(formulation, limits)
    if seen is None:
        return highs(formulation, limits)
    first = _first(seen, limits, None if start is None else _given(formulation, start))
    left = replace(limits, seconds=max(limits.seconds - first.seconds, 1.0))
    if first.status not in FOUND:
        return highs(formulation, left)
    budget = max(seen.found.bound - first.objective, 0.0) + ROUNDING * max(abs(seen.found.bound), 1.0)
    if budget <= limits.gap * abs(first.objective):
        return replace(first, status=Status.OPTIMAL, bound=max(seen.found.bound, first.objective))
    far = start is None and budget > FAR * abs(first.objective)
    last = _core(seen, budget, first.x, left, far=far)
    if last.status not in FOUND or last.objective < first.objective - KEPT * max(abs(first.objective), 1.0):
        return highs(formulation, left)  # the first plan was lost on the way, to rounding: prove nothing from it
    bound = max(last.objective, min(max(last.bound, first.objective), seen.found.bound))
    return replace(last, bound=bound, seconds=first.seconds + last.seconds)


def _prices(f: Formulation, limits: Limits) -> _Priced | None:
    """Return prices, bound and losses, None where the programme is no longer as it was laid or has no relaxation."""
    layout = usable(f)
    root = relax(f, limits) if layout is not None else None
    if layout is None or root is None:
        return None
    priced = price(f, layout, root[1])
    found = courses(f, layout, priced)
    return _Priced(f, layout, priced, found) if np.isfinite(found.bound) else None


def _first(seen: _Priced, limits: Limits, given: Solution | None) -> Solution:
    """Return a good plan: the one given, unless it is so far from the bound that a small core may hold a better one."""
    size = max(abs(seen.found.bound), 1.0)
    if given is not None and seen.found.bound - given.objective <= POOR * size:
        return given
    budget, solution = FIRST * size, Solution(Status.UNKNOWN, np.empty(0))
    for _ in range(TRIES):
        solution = _core(seen, budget, None, limits)
        if solution.status in FOUND:
            break
        budget *= WIDER
    return solution if given is None or solution.objective > given.objective else given


def _given(f: Formulation, x: Vector) -> Solution:
    return Solution(Status.FEASIBLE, x, float(f.objective @ x) + f.constant, np.inf, NAME)


def _core(seen: _Priced, budget: float, known: Vector | None, limits: Limits, *, far: bool = False) -> Solution:
    """Return the best plan of those that lose less than a budget, and of the known one.

    far: the known plan is a poor one, so that HiGHS does well to look for others itself before it proves
    """
    core = compress(seen.formulation, *keep(seen.formulation, seen.layout, seen.priced, seen.found, budget), also=known)
    smaller = core.formulation
    if not len(core.kept) and known is not None:
        return replace(_given(seen.formulation, known), status=Status.OPTIMAL, bound=-np.inf)
    if far or not smaller.integer.any():
        solution = highs(smaller, limits)
    else:
        numbers = counted(smaller)
        start = None if known is None else numbers.point(known[core.kept])
        solution = prove(numbers.formulation, limits, start)
    if solution.status not in FOUND:
        return solution
    point = solution.x[: smaller.columns]
    whole = np.where(smaller.integer, np.round(point), point)
    return replace(solution, x=core.whole(whole), solver=NAME)
