"""The least change with which a form enters the best plan, or leaves it: exact, by solving on both sides.

For a change of size s let g(s) be the worth of the best plan that holds the form at the end, h(s) of the best that
does not. The form is in a best plan where g(s) >= h(s). Nothing is assumed of how often that changes; the least s is
approached from below. At a known lower end s0 every plan without the form bounds h from below; no s before the first
at which g reaches that bound can be the answer. There h is solved again: either the bound is met, or it has risen.
Each round ends at a new plan, so the rounds are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np

from legation.inquiry.asking import Question, aimed, holding, least_money, money_rows, moved_money
from legation.planning.outcome import Plan
from legation.programme.formulation import Formulation, Vector
from legation.programme.solver import Solution
from legation.values import value

ROUNDS = 60
Line = tuple[float, float]
"""Worth of one plan as a function of the size of a change: at 0, and what each unit adds."""


@value
class Threshold:
    """The least change that flips the answer.

    at: its size, None where none up to `most` does; proven: every smaller change was shown not to do it (False where
    the rounds ran out: then `at` is only a size that nothing smaller than does); plan: the best plan there
    """

    at: Decimal | None
    most: Decimal
    proven: bool = True
    plan: Plan | None = None


def by_money(question: Question, rung: int, most: float, *, held: bool = True) -> Threshold:
    """Return the least share by which all ceilings must rise for a rung to be held (or not) at the end."""
    rows = money_rows(question)
    wanted, other = (holding(question, rung, held=h) for h in (held, not held))

    def rival(share: float) -> float:
        solution = question.solve(moved_money(other, rows, share))
        return -np.inf if solution is None else solution.objective

    level, low = rival(0.0), 0.0
    for _ in range(ROUNDS):
        found = least_money(question, wanted, rows, level, (low, most))
        if found is None:
            return Threshold(None, decimal(most))
        low, solution = found
        level_there = rival(low)
        if level_there <= level + question.slack(level):
            return Threshold(decimal(low), decimal(most), plan=question.plan(solution))
        level = level_there
    return Threshold(decimal(low), decimal(most), proven=False)


def by_direction(question: Question, rung: int, direction: Vector, most: float, *, held: bool = True) -> Threshold:
    """Return the least multiple of a change of the objective with which a rung is held (or not) at the end.

    direction: what one unit of the change adds to the objective of each column
    """
    wanted, other = (holding(question, rung, held=h) for h in (held, not held))

    def best(side: Formulation, size: float) -> tuple[Solution, Line] | None:
        solution = question.solve(aimed(side, side.objective + size * direction))
        if solution is None:
            return None
        return solution, (float(side.objective @ solution.x) + side.constant, float(direction @ solution.x))

    low, last = 0.0, best(other, 0.0)
    for _ in range(ROUNDS):
        if last is None:
            first = best(wanted, low)
            plan = None if first is None else question.plan(first[0])
            return Threshold(None if first is None else decimal(low), decimal(most), plan=plan)
        met = _first_meeting(lambda size: best(wanted, size), last[1], low, most, question.slack)
        if met is None:
            return Threshold(None, decimal(most))
        low, solution = met
        again = best(other, low)
        level = _at(last[1], low)
        if again is None or _at(again[1], low) <= level + question.slack(level):
            return Threshold(decimal(low), decimal(most), plan=question.plan(solution))
        last = again
    return Threshold(decimal(low), decimal(most), proven=False)


def _first_meeting(
    best: Callable[[float], tuple[Solution, Line] | None],
    line: Line,
    low: float,
    most: float,
    slack: Callable[[float], float],
) -> tuple[float, Solution] | None:
    """Return the first size from `low` on at which the best wanted plan is worth a line; None where none up to `most`.

    The best is convex in the size, so where it lies under the line at `low` it crosses it once: Newton's method from
    the right, where each step is exact on the plan it stands on.
    """
    at_low = best(low)
    if at_low is None:
        return None
    if _at(at_low[1], low) >= _at(line, low) - slack(_at(line, low)):
        return low, at_low[0]
    size, found = most, best(most)
    if found is None or _at(found[1], most) < _at(line, most) - slack(_at(line, most)):
        return None
    while True:
        (start, slope), (other_start, other_slope) = found[1], line
        if slope <= other_slope:
            return size, found[0]
        crossing = max(low, (other_start - start) / (slope - other_slope))
        there = best(crossing)
        if there is None or _at(there[1], crossing) <= _at(found[1], crossing) + slack(_at(line, crossing)):
            return crossing, found[0]
        size, found = crossing, there


def _at(line: Line, size: float) -> float:
    return line[0] + line[1] * size


def decimal(number: float) -> Decimal:
    """Return a number of the solver's as a decimal of nine places."""
    return Decimal(repr(round(number, 9)))
