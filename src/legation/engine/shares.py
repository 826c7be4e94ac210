"""Programmes whose ceilings grow with a share: the best plan known at each share, and what may matter in a span.

Only the upper bounds of some rows depend on the share s: rhs(s) = rhs + s x amount. The share can thus be a column.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from legation.engine.core import Core, compress, keep, usable
from legation.engine.courses import courses
from legation.engine.prices import price
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.highs import relax
from legation.programme.solver import Limits

STEP = 1e-5
"""Shares nearer to each other than this are not told apart: the solver's tolerance of rows is of that size."""
ROUNDING = 1e-9
"""What sums of floating-point numbers may be wrong by, of the bound: nothing is dropped within it."""
TOGETHER = 3
"""Fewer like columns are not counted."""
KINDS = 150
"""Where ceilings tell more kinds of columns apart, nothing is counted by kind: each site is then a kind of its own."""
Rows = Mapping[int, float]
"""Rows with what one share adds to their upper bounds, above 0."""
Span = tuple[float, float]


def moved(formulation: Formulation, rows: Rows, share: float) -> Formulation:
    """Return the formulation with its rows raised by a share (lowered where it is negative)."""
    upper = formulation.row_upper.copy()
    for row, amount in rows.items():
        upper[row] += share * amount
    return replace(formulation, row_upper=upper)


def share_needed(formulation: Formulation, rows: Rows, x: Vector) -> float:
    """Return the least share by which the rows' limits must move for a point to keep them (below 0: they may fall)."""
    f = formulation
    needed = [
        (float(f.value[f.start[r] : f.start[r + 1]] @ x[f.index[f.start[r] : f.start[r + 1]]]) - f.row_upper[r])
        / amount
        for r, amount in rows.items()
        if amount > 0
    ]
    return max(needed, default=-np.inf)


@dataclass(slots=True, eq=False)
class Stairs:
    """The best plans known: each is good from the share that it needs; those of less worth for no less are forgotten.

    number: how many were taken, so that others notice
    """

    at: list[float] = field(default_factory=list)
    worth: list[float] = field(default_factory=list)
    plans: list[Vector] = field(default_factory=list)
    number: int = 0

    def add(self, at: float, worth: float, plan: Vector) -> None:
        """Take a plan in where none is worth as much for as little."""
        first = bisect_right(self.at, at)
        if first and self.worth[first - 1] >= worth:
            return
        if first and self.at[first - 1] == at:
            first -= 1
        last = first
        while last < len(self.at) and self.worth[last] <= worth:
            last += 1
        self.at[first:last], self.worth[first:last], self.plans[first:last] = [at], [worth], [plan]
        self.number += 1

    def best(self, share: float) -> float:
        """Return the worth of the best plan known at a share, -inf where there is none."""
        known = bisect_right(self.at, share)
        return self.worth[known - 1] if known else -np.inf

    def enough(self, level: float) -> int | None:
        """Return the place of the plan that is worth a level for the least share, None where none is."""
        return next((n for n, worth in enumerate(self.worth) if worth >= level), None)

    def treads(self, span: Span) -> tuple[Vector, Vector]:
        """Return the last share of each tread in a span, one STEP before the next begins, and what is known there."""
        low, high = span
        inside = [(at, worth) for at, worth in zip(self.at, self.worth, strict=True) if low < at <= high]
        begins = np.array([low, *(at for at, _ in inside)])
        worth = np.array([self.best(low), *(worth for _, worth in inside)])
        ends = np.append(begins[1:] - STEP, high)
        told = ends >= begins
        return ends[told], worth[told]


@dataclass(frozen=True, slots=True, eq=False)
class Scaled:
    """What may matter in a span, with numbers of like columns behind and the share as the last column.

    rows' bounds are those at share 0; keys: by what to know each column in another span; numbers: how many there are
    """

    formulation: Formulation
    core: Core
    keys: Index
    numbers: int
    span: Span


def kinds(f: Formulation, rows: Rows) -> tuple[Index, ...]:
    """Return like columns: those that stand alike in the rows that move, and those alike in all long rows of rules.

    How many of each kind are taken says what a plan spends, and so from which share on it is good.
    """
    long = np.flatnonzero((f.row_rule >= 0) & (np.diff(f.start) >= TOGETHER)).tolist()
    long = [r for r in long if not np.isin(r, f.layout.own).any()] if f.layout is not None else long
    found = [*_alike(f, sorted(rows)), *_alike(f, sorted({*rows, *long}))]
    return tuple({kind.tobytes(): kind for kind in found}.values())


def _alike(f: Formulation, rows: Sequence[int]) -> list[Index]:
    table = np.zeros((len(rows), f.columns))
    for place, row in enumerate(rows):
        part = slice(int(f.start[row]), int(f.start[row + 1]))
        table[place, f.index[part]] = f.value[part]
    some = np.flatnonzero(table.any(axis=0) & f.integer & (f.upper > f.lower))
    if not len(some):
        return []
    _, kind, size = np.unique(table[:, some], axis=1, return_inverse=True, return_counts=True)
    few = np.flatnonzero(size >= TOGETHER)
    return [some[kind.ravel() == k] for k in few] if len(few) <= KINDS else []


def scaled(
    f: Formulation, rows: Rows, span: Span, likes: tuple[Index, ...], limits: Limits, budget: Budget
) -> Scaled | None:
    """Return what may matter in a span, None where there is no plan in it.

    budget: how much a plan of interest may lose of a line that bounds all plans
    """
    root = relax(moved(f, rows, span[1]), limits)
    if root is None:
        return None
    core = _core(f, rows, span, root[1], budget)
    larger, keys = counted(core, likes)
    numbers = len(keys) - len(core.kept)
    place = {int(r): n for n, r in enumerate(core.rows)}
    moving = [(place[r], amount) for r, amount in rows.items() if r in place]
    key = np.append(keys, f.columns + len(likes))
    return Scaled(_with_share(larger, moving, span), core, key, numbers, span)


@dataclass(frozen=True, slots=True)
class Budget:
    """What plans of interest may lose: those worth no more than the stairs, or than the floor, are of none.

    most: at most this share of the bound, whatever might be missed: to look for first plans
    """

    stairs: Stairs
    floor: float = -np.inf
    most: float = np.inf

    def of(self, bound: float, slope: float, span: Span) -> float:
        """Return how much may be lost of a line: its value at the end of the span, and its slope."""
        ends, worth = self.stairs.treads(span)
        over = bound + slope * (ends - span[1] + STEP) - np.maximum(worth, self.floor)
        size = max(1.0, abs(bound))
        return min(max(float(over.max()), 0.0) + ROUNDING * size, self.most * size)


def counted(core: Core, counts: Sequence[Index]) -> tuple[Formulation, Index]:
    """Return a core with a whole column for what is still open of each count, and by what to know each column again.

    A column of the programme is known by its place there, a count by its place behind them.
    """
    f, width = core.formulation, len(core.fixed)
    place = np.full(width, -1)
    place[core.kept] = np.arange(len(core.kept))
    wanted = [(k, found[found >= 0]) for k, found in enumerate(place[one] for one in counts)]
    wanted = [(k, found) for k, found in wanted if len(found) > 1]
    more, most = len(wanted), np.array([float(len(found)) for _, found in wanted])
    rows = [np.append(found, f.columns + n) for n, (_, found) in enumerate(wanted)]
    larger = replace(
        f,
        objective=np.append(f.objective, np.zeros(more)),
        lower=np.append(f.lower, np.zeros(more)),
        upper=np.append(f.upper, most),
        integer=np.append(f.integer, np.ones(more, dtype=bool)),
        whole=np.append(f.whole, np.ones(more, dtype=bool)),
        start=np.append(f.start, f.start[-1] + np.cumsum([len(row) for row in rows], dtype=np.int64)),
        index=np.concatenate((f.index, *rows)).astype(np.int64),
        value=np.concatenate((f.value, *(np.append(np.ones(len(row) - 1), -1.0) for row in rows))),
        row_lower=np.append(f.row_lower, np.zeros(more)),
        row_upper=np.append(f.row_upper, np.zeros(more)),
        row_rule=np.append(f.row_rule, np.full(more, -1)),
        scale=np.append(f.scale, np.ones(more)),
    )
    return larger, np.append(core.kept, width + np.array([k for k, _ in wanted], dtype=np.int64))


def _core(f: Formulation, rows: Rows, span: Span, prices: Vector, budget: Budget) -> Core:
    """Return the columns that a plan of interest may use, and the rows that may bind anywhere in the span."""
    least, lower, upper = moved(f, rows, span[0]), f.lower, f.upper
    layout = usable(f)
    if layout is not None:
        top = moved(f, rows, span[1])
        priced = price(top, layout, prices)
        found = courses(top, layout, priced)
        if np.isfinite(found.bound):
            slope = sum(max(float(prices[row]), 0.0) * amount for row, amount in rows.items())
            lower, upper = keep(top, layout, priced, found, budget.of(found.bound, slope, span))
    core = compress(least, lower, upper)
    at_none = core.formulation.row_upper.copy()
    for place, row in enumerate(core.rows.tolist()):
        at_none[place] -= span[0] * rows.get(row, 0.0)
    return replace(core, formulation=replace(core.formulation, row_upper=at_none))


def _with_share(f: Formulation, moving: list[tuple[int, float]], span: Span) -> Formulation:
    row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    row = np.append(row, np.array([r for r, _ in moving], dtype=np.int64))
    order = np.argsort(row, kind="stable")
    return replace(
        f,
        objective=np.append(f.objective, 0.0),
        lower=np.append(f.lower, span[0]),
        upper=np.append(f.upper, span[1]),
        integer=np.append(f.integer, False),
        whole=np.append(f.whole, False),
        start=np.concatenate(([0], np.cumsum(np.bincount(row, minlength=len(f.row_lower))))),
        index=np.append(f.index, np.full(len(moving), f.columns))[order],
        value=np.append(f.value, np.array([-amount for _, amount in moving]))[order],
    )
