"""Programmes alike, solved one after another: each is the easier for what the ones before it have shown.

The same columns, and mostly the same rows: the relaxation begins where the last one ended, plans that were best before
are tried first, and the tree knows which branches paid. The proof of each rests on its own bound alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from legation.engine.by_course import Counts, by_course
from legation.engine.core import NAME, usable
from legation.engine.courses import Courses, courses
from legation.engine.prices import Priced, price
from legation.engine.tailored import ROUNDING, tailored
from legation.engine.tree import Experience, Searched, Tree
from legation.errors import UnsolvedError
from legation.programme.formulation import Formulation, Vector
from legation.programme.highs import Repeated
from legation.programme.layout import Layout
from legation.programme.plans import settle
from legation.programme.solver import Limits, Solution, Status

FEASIBLE = 1e-7
"""By how much a plan may break a row, as scaled, and still count as keeping it: what solvers allow."""
TYPICAL = 6e-4
"""How far from the bound the best plan is taken to be, of the bound, until some have been found."""
LIKELY = 0.7
"""At so many times the usual distance the likeliest plans are looked for: a small core, which mostly holds the best."""
FAR = 2.2
"""How far from the bound, in usual distances, a plan is looked for at first."""
FIRST = 300
"""After so many relaxations the search among the likeliest plans ends."""
WIDER = 1.6
TRIES = 6
MOST = 4000
"""After so many relaxations a tree is given up, and the programme solved by the ordinary road."""
CLOSE = 0.999
"""Which share of the gap a tree leaves open: what is rounded must not make it more than was asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class _Root:
    """A programme at its prices, and the best plan known of it, with its value (-inf where there is none)."""

    formulation: Formulation
    layout: Layout
    priced: Priced
    found: Courses
    best: Vector | None
    value: float

    def worth(self, plan: Vector) -> float:
        """Return what a plan is worth."""
        return float(self.formulation.objective @ plan) + self.formulation.constant


@dataclass(frozen=True, slots=True)
class Done:
    """What was searched: all plans in which nothing loses a budget; bound: what none of them is worth more than."""

    budget: float
    bound: float

    def covers(self, budget: float, level: float) -> bool:
        """Say whether nothing that loses less than a budget can be worth more than a level."""
        return self.budget >= budget and self.bound <= level


NOTHING_DONE = Done(0.0, -np.inf)


@dataclass(slots=True, eq=False)
class Alike:
    """What is remembered of programmes solved. counts: columns whose sums are worth a branch."""

    counts: Counts
    limits: Limits
    known: list[Vector] = field(default_factory=list)
    _experience: Experience | None = None
    _relaxation: Repeated | None = None
    _last: Formulation | None = None
    _missed: list[float] = field(default_factory=list)

    def solve(self, formulation: Formulation) -> Solution:
        """Return the best plan of a formulation, within the gap."""
        try:
            root = self._root(formulation)
            solution = None if root is None else self._searched(root)
        except UnsolvedError:
            solution = None
        if solution is None:
            solution = ordinary(formulation, self.limits, best_known(formulation, self.known))
        if solution.status in (Status.OPTIMAL, Status.FEASIBLE) and not any(
            np.array_equal(solution.x, other) for other in self.known
        ):
            self.known.append(solution.x)
        return solution

    def _root(self, f: Formulation) -> _Root | None:
        """Price a programme; None where the ordinary road must be taken."""
        layout = usable(f)
        prices = self._prices(f) if layout is not None else None
        if layout is None or prices is None:
            return None
        priced = price(f, layout, prices)
        found = courses(f, layout, priced)
        if not np.isfinite(found.bound):
            return None
        best = best_known(f, self.known)
        value = -np.inf if best is None else float(f.objective @ best) + f.constant
        return _Root(f, layout, priced, found, best, value)

    def _prices(self, f: Formulation) -> Vector | None:
        """Return prices of rows, from where the last relaxation ended."""
        if self._relaxation is None or self._last is None or not _same_rows(self._last, f):
            self._relaxation = Repeated(f, self.limits, steady=True)
        else:
            self._relaxation.aim(f.objective)
        self._last = f
        relaxed = self._relaxation.solve(f.lower, f.upper)
        return None if relaxed is None else self._relaxation.prices()

    def _searched(self, root: _Root) -> Solution | None:
        """Look for a plan among the likeliest, and then prove it; None where no tree came to an end."""
        gap, scale = self.limits.gap * CLOSE, max(1.0, abs(root.found.bound))
        usual = float(np.mean(self._missed)) if self._missed else TYPICAL
        root, done = self._sought(root, usual * scale)
        reach, wanted = FAR * usual, root.value + gap * abs(root.value)
        if root.best is not None and root.found.bound <= wanted:
            return _told(root.best, root.value, root.found.bound)
        if root.best is not None and done.covers(root.found.bound - wanted, wanted + ROUNDING * scale):
            self._missed.append((root.found.bound - root.value) / scale)
            return _told(root.best, root.value, max(done.bound, wanted))
        for _ in range(TRIES):
            level = max(root.found.bound - reach * scale, wanted)
            searched, plan = self._tree(root, level, root.found.bound - level, MOST)
            if not searched.ended or (searched.x is not None and plan is None):
                return None
            if plan is not None:
                value = root.worth(plan)
                self._missed.append((root.found.bound - value) / scale)
                return _told(plan, value, min(searched.bound, root.found.bound + ROUNDING * scale))
            if root.best is not None and level == wanted:
                self._missed.append((root.found.bound - root.value) / scale)
                return _told(root.best, root.value, level)
            reach *= WIDER
        return None

    def _sought(self, root: _Root, usual: float) -> tuple[_Root, Done]:
        """Return the root with a better plan, if there is one among the likeliest, and what was searched for it."""
        budget = LIKELY * usual
        searched, plan = self._tree(root, max(root.found.bound - FAR * usual, root.value), budget, FIRST)
        found = root if plan is None else replace(root, best=plan, value=root.worth(plan))
        lost = searched.x is not None and plan is None
        return found, Done(budget, searched.bound) if searched.ended and not lost else NOTHING_DONE

    def _tree(self, root: _Root, level: float, budget: float, most: int) -> tuple[Searched, Vector | None]:
        """Search what may be worth more than a level and loses less than a budget; return what it found, as a plan."""
        f, limits = root.formulation, replace(self.limits, gap=self.limits.gap * CLOSE)
        budget += ROUNDING * max(1.0, abs(root.found.bound))
        core = by_course(f, root.layout, root.priced, root.found, budget, self.counts)
        if core is None or not core.formulation.integer.any():
            return Searched(None, np.inf, ended=False), None
        if self._experience is None:
            self._experience = Experience.none(f.columns + self.counts.many)
        searched = Tree(core.formulation, core.branches, self._experience, level, limits).search(most)
        return searched, None if searched.x is None else _plan(f, core.whole(searched.x))


def ordinary(formulation: Formulation, limits: Limits, known: Vector | None = None) -> Solution:
    """Return the best plan of a formulation within the gap, from nothing else than one that keeps its rows."""
    solution = settle(formulation, tailored(formulation, limits, known), tailored, limits)
    if solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return solution
    return replace(solution, objective=float(formulation.objective @ solution.x) + formulation.constant)


def best_known(formulation: Formulation, known: Sequence[Vector]) -> Vector | None:
    """Return the best of some plans that keeps the rows of a formulation, None where none does."""
    if not known:
        return None
    values = np.array(known) @ formulation.objective
    ranked = (known[k] for k in np.argsort(-values, kind="stable"))
    return next((x for x in ranked if keeps(formulation, x)), None)


def keeps(formulation: Formulation, x: Vector) -> bool:
    """Say whether a point keeps the bounds and rows of a formulation."""
    f = formulation
    if (x < f.lower - FEASIBLE).any() or (x > f.upper + FEASIBLE).any():
        return False
    row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    sums = np.bincount(row, weights=f.value * x[f.index], minlength=len(f.row_lower))
    room = FEASIBLE * np.maximum(1.0, np.abs(sums))
    return bool((sums >= f.row_lower - room).all() and (sums <= f.row_upper + room).all())


def _plan(f: Formulation, point: Vector) -> Vector | None:
    """Return a point with whole columns exactly so, None where services came out in parts or a row would break."""
    x = np.where(f.whole, np.round(point), point)
    return x if np.abs(x - point).max(initial=0.0) < 1e-3 and keeps(f, x) else None


def _told(x: Vector, value: float, bound: float) -> Solution:
    return Solution(Status.OPTIMAL, x, value, max(value, bound), NAME)


def _same_rows(one: Formulation, other: Formulation) -> bool:
    return (
        one.index is other.index
        and np.array_equal(one.value, other.value)
        and np.array_equal(one.row_lower, other.row_lower)
        and np.array_equal(one.row_upper, other.row_upper)
    )
