"""The engine: a bound from prices, a good plan from the likeliest columns, and a proof on what could still beat it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from legation.engine.core import NAME, Core, compress, keep, usable
from legation.engine.counts import Counted, counted, uncounted
from legation.engine.courses import Courses, courses
from legation.engine.cuts import ROUNDS, Tightened, tighten, with_rows
from legation.engine.narrowing import by_cores
from legation.engine.prices import Priced, price
from legation.programme.formulation import Formulation, Vector
from legation.programme.highs import highs, prove, relax, seek
from legation.programme.layout import Layout, Mask
from legation.programme.solver import Limits, Solution, Status

FEW, MANY = 300, 2_000
"""So many whole columns, and HiGHS by itself is as quick; so many, and cuts do not pay."""
FIRST = 3.2e-4
"""Budget of the first plan, of the bound, if that leaves a core small enough to be solved at once; else less."""
SMALL = 250
FINER = 2.0**-0.5
LEAST = 1e-6
WIDER = 4.0
TRIES = 3
NODES = 30
NEAR, NEARER = 1e-4, 0.2
"""Plans on the way need not be better than this of the best of their core, and than this part of what is open."""
QUICK, SHARP = 2, 200
"""Rounds of cuts after the first plan, and the whole columns that are then searched."""
CUT = 500
"""Fewer whole columns are not worth cuts."""
LIKELY = 1.5e-4
MANAGED = 500
FIRST_NODES = 20
"""Budget of the first plan, of the bound, where that leaves no more whole columns than this, and the nodes it gets."""
MOST, HAND = 0.6, 750
"""Where such a plan leaves more of the free whole columns than this share, or more than so many, it was poor."""
LARGER = (450, 720, 1150, 1840)
"""Whole columns of the cores that are searched next, until a plan closes so much of what is open as this: """
ENOUGH = 0.1
MUCH = 4.0
"""Where so many times the columns of the core just searched may hold a better plan, the next is searched even so."""
AGAIN = 3
"""So often a core of one size is searched, each time at the prices of new cuts: a better plan makes them stronger."""
NEARLY_ALL = 1.3
"""Where all that may hold a better plan is hardly more than the next core, it is solved at once."""
SOON, LATER = 60, 200
"""A proof that is not had in so many nodes is begun again, with numbers to branch on and from what was found: later
where few columns were likely."""
HARD, LITTLE = 1500, 600
"""Where more whole columns are left, or no more than so many, the numbers are there from the beginning."""
FOUND = (Status.OPTIMAL, Status.FEASIBLE)
ROUNDING = 1e-9
"""What sums of floating-point numbers may be wrong by, of the bound: nothing is dropped within it."""
CUT_ROUNDING = 1e-8
"""The same, once cuts stand among the rows."""


def legation(formulation: Formulation, limits: Limits) -> Solution:
    """Solve by the method that suits the size: HiGHS alone, two cores, or the tailored method with its cuts."""
    free = int((formulation.integer & (formulation.upper > formulation.lower)).sum())
    if free <= FEW or not formulation.objective.any():
        return highs(formulation, limits)
    return by_cores(formulation, limits) if free <= MANY else tailored(formulation, limits)


def tailored(formulation: Formulation, limits: Limits, known: Vector | None = None) -> Solution:
    """Solve by prices, restriction and proof, whatever the size; by HiGHS where the method has nothing to go by.

    known: a plan that keeps all rows; where the bound shows it to be good enough it is the answer
    """
    layout = usable(formulation)
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
    search = Search(formulation, layout, priced, found, limits)
    if search.begin(given) and not search.at_hand():
        if search.likely:
            search.sharpen()
        else:
            search.tighten()
            search.widen()
    return search.finish()


def _given(f: Formulation, known: Vector, bound: float) -> Solution:
    value = float(f.objective @ known) + f.constant
    return Solution(Status.OPTIMAL, known, value, max(value, bound), NAME)


@dataclass(slots=True, eq=False)
class Search:
    """What is known on the way to a proof: the bound with its prices and losses, and the best plan so far.

    rows: the programme with the cuts, if any, and within the bounds for which they hold
    likely: whether few whole columns are likely at the first prices
    """

    formulation: Formulation
    layout: Layout
    priced: Priced
    found: Courses
    limits: Limits
    rows: Formulation = field(init=False)
    rounding: float = field(init=False)
    likely: bool = field(init=False)
    best: Solution | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        """Begin with the programme as it is."""
        self.rows = self.formulation
        self.rounding = ROUNDING * max(abs(self.found.bound), 1.0)
        self.likely = self._size(LIKELY * max(abs(self.found.bound), 1.0)) <= MANAGED

    @property
    def open(self) -> float:
        """Return what a course may lose and yet belong to a plan that is better than the best so far."""
        best = self.found.bound if self.best is None else self.best.objective
        return max(self.found.bound - best, 0.0) + self.rounding

    def begin(self, given: Solution | None) -> bool:
        """Find a first plan, from a given one if there is any; say whether there is one."""
        self.best = given
        size = max(abs(self.found.bound), 1.0)
        budget = LIKELY * size if self.likely else self._budget(SMALL, FIRST * size)
        for _ in range(TRIES):
            self._seek(budget, FIRST_NODES if self.likely else None, numbers=not self.likely)
            if self.best is not None:
                return True
            budget *= WIDER
        return False

    def at_hand(self) -> bool:
        """Say whether so little may hold a better plan that it is solved at once, without cuts."""
        free = int((self.formulation.integer & (self.formulation.upper > self.formulation.lower)).sum())
        return self.likely and self._size(self.open) <= min(HAND, max(FEW, MOST * free))

    def sharpen(self) -> None:
        """Cut a little, and search what then looks likeliest: prices of cuts tell best plans from others far better."""
        self.tighten(QUICK)
        self._seek(self._budget(SHARP, self.open), NODES)

    def tighten(self, rounds: int = ROUNDS) -> None:
        """Add cuts that hold for all better plans: other prices, and a lower bound."""
        if self._size(self.open) <= CUT:
            return
        lower, upper = self._keep(self.open)
        core = compress(self.formulation, lower, upper)
        numbers = counted(core.formulation)
        cut = tighten(numbers.formulation, _whole(self.formulation, self.layout, core, numbers), self.limits, rounds)
        if cut is None:
            return
        rows, prices = with_cuts(self.formulation, core, numbers, cut)
        rows = replace(rows, lower=lower, upper=upper)
        priced = price(rows, self.layout, prices)
        found = courses(rows, self.layout, priced)
        if np.isfinite(found.bound) and found.bound < self.found.bound:
            self.rows, self.priced, self.found = rows, priced, found
            self.rounding = CUT_ROUNDING * max(abs(found.bound), 1.0)

    def widen(self) -> None:
        """Search larger and larger cores for better plans, until one is found that leaves much less open."""
        for size in LARGER:
            for _ in range(AGAIN):
                before = self.open
                if self._size(before) <= NEARLY_ALL * size:
                    return
                self._seek(self._budget(size, before))
                if before - self.open < ENOUGH * before:
                    break
                if self._size(self.open) <= MUCH * size:
                    return
                self.tighten()

    def finish(self) -> Solution:
        """Solve what may hold a better plan than the best so far; nothing that was dropped is worth more."""
        if self.best is None:
            return highs(self.formulation, self._left())
        at_hand = self.rows is self.formulation and self.at_hand()
        last = self._prove(self.best, nodes=None if at_hand else LATER if self.likely else SOON)
        if last is not None and last.status is Status.FEASIBLE and self.seconds < self.limits.seconds:
            self.tighten()
            last = self._prove(self.best, nodes=None, hard=True)
        return highs(self.formulation, self._left()) if last is None else last

    def _prove(self, best: Solution, nodes: int | None, *, hard: bool = False) -> Solution | None:
        """Return the best there is and its bound; None if the best plan itself was lost on the way, to rounding."""
        core = self._core(self.open)
        if not len(core.kept):
            return replace(best, status=Status.OPTIMAL, bound=best.objective, solver=NAME, seconds=self.seconds)
        columns = int(core.formulation.integer.sum())
        hard = hard or (nodes is not None and columns > HARD)
        numbers = counted(core.formulation) if hard or columns <= LITTLE else uncounted(core.formulation)
        start = numbers.point(best.x[core.kept])
        last = prove(numbers.formulation, self._left(), start, nodes=None if hard else nodes)
        self.seconds += last.seconds
        if last.status not in FOUND:
            return None
        bound = min(max(last.bound, best.objective), self.found.bound + self.rounding)
        last = replace(last, x=core.whole(_rounded(core, last.x)), bound=bound, solver=NAME, seconds=self.seconds)
        self.best = max(best, last, key=lambda plan: plan.objective)
        return last

    def _seek(self, budget: float, nodes: int | None = None, *, numbers: bool = True) -> None:
        """Look for a better plan among those whose every course loses less than the budget.

        nodes: prove it the best of them within so many; else look about, and it need only be near
        """
        core = self._core(budget)
        more = counted(core.formulation) if numbers else uncounted(core.formulation)
        start = None if self.best is None else more.point(self.best.x[core.kept])
        near = min(NEAR, NEARER * self.open / max(abs(self.found.bound), 1.0))
        limits = replace(self._left(), gap=max(self.limits.gap, near))
        found = (
            seek(more.formulation, limits, start, NODES)
            if nodes is None
            else prove(more.formulation, self._left(), start, nodes)
        )
        self.seconds += found.seconds
        if found.status in FOUND and (self.best is None or found.objective > self.best.objective):
            self.best = replace(found, x=core.whole(_rounded(core, found.x)))

    def _core(self, budget: float) -> Core:
        return compress(self.formulation, *self._keep(budget), also=None if self.best is None else self.best.x)

    def _keep(self, budget: float) -> tuple[Vector, Vector]:
        return keep(self.rows, self.layout, self.priced, self.found, budget)

    def _size(self, budget: float) -> int:
        lower, upper = self._keep(budget)
        return int((self.formulation.integer & (upper > lower)).sum())

    def _budget(self, size: int, most: float) -> float:
        """Return the largest budget, by steps from the most, that keeps no more whole columns than this."""
        least = LEAST * max(abs(self.found.bound), 1.0)
        while most > least and self._size(most) > size:
            most *= FINER
        return most

    def _left(self) -> Limits:
        return replace(self.limits, seconds=max(self.limits.seconds - self.seconds, 1.0))


def _rounded(core: Core, point: Vector) -> Vector:
    """Return the point of the core, with whole columns exactly so, and without the numbers behind."""
    integer = core.formulation.integer
    point = point[: len(integer)]
    return np.where(integer, np.round(point), point)


def _whole(f: Formulation, layout: Layout, core: Core, numbers: Counted) -> Mask:
    """Return which columns come out whole once the forms are so, numbers included: steps do too."""
    whole = f.integer | f.whole
    for moved in (layout.up, layout.down):
        whole[moved[moved >= 0]] = True
    return np.append(whole[core.kept], np.ones(numbers.formulation.columns - len(core.kept), dtype=bool))


def with_cuts(f: Formulation, core: Core, numbers: Counted, cut: Tightened) -> tuple[Formulation, Vector]:
    """Return the programme with the cuts of its core behind its own rows, and prices of all."""
    own = len(numbers.formulation.row_lower)
    prices = np.zeros(len(f.row_lower))
    prices[core.rows] = cut.prices[: len(core.rows)]
    rows = []
    for r in range(own, len(cut.formulation.row_lower)):
        some = slice(cut.formulation.start[r], cut.formulation.start[r + 1])
        line = np.zeros(cut.formulation.columns)
        line[cut.formulation.index[some]] = cut.formulation.value[some]
        rows.append(numbers.spread(line))
    table = np.array(rows).reshape(len(rows), len(core.kept))
    row, column = np.nonzero(table)
    start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(rows)))))
    more = with_rows(f, start, core.kept[column], table[row, column], cut.formulation.row_lower[own:])
    return more, np.append(prices, cut.prices[own:])
