"""The least change with which a form enters the best plan, or leaves it: exact, by solving on both sides.

For a change of size s let g(s) be the worth of the best plan that holds the form at the end, h(s) of the best that
does not. The form is in a best plan where g(s) >= h(s). Nothing is assumed of how often that changes; the least s is
approached from below. At a known lower end s0 every plan without the form bounds h from below; no s before the first
at which g reaches that bound can be the answer. There h is solved again: either the bound is met, or it has risen.
Each round ends at a new plan, so the rounds are finite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from legation.inquiry.asking import Question, aimed, holding, least_share, money_rows, moved_money
from legation.planning.outcome import Plan
from legation.programme.formulation import Vector
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


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known before the change: the best with what is wanted (None: there is none), and the best without it."""

    wanted: Solution | None
    other: Solution | None


def by_money(question: Question, rung: int, most: float, known: Known, *, held: bool = True) -> Threshold:
    """Return the least share by which all ceilings must rise for a rung to be held (or not) at the end."""
    rows = money_rows(question)
    wanted, other = (holding(question, rung, held=h) for h in (held, not held))
    level, low = -np.inf if known.other is None else known.other.objective, 0.0
    for _ in range(ROUNDS):
        found = least_share(question, wanted, rows, level, (low, most))
        if found is None:
            return Threshold(None, decimal(most))
        low, solution = found
        rival = question.solve(moved_money(other, rows, low))
        if rival is None or rival.objective <= level + question.slack(level):
            return Threshold(decimal(low), decimal(most), plan=question.plan(solution))
        level = rival.objective
    return Threshold(decimal(low), decimal(most), proven=False)


def by_direction(
    question: Question, rung: int, direction: Vector, most: float, known: Known, *, held: bool = True
) -> Threshold:
    """Return the least multiple of a change of the objective with which a rung is held (or not) at the end.

    direction: what one unit of the change adds to the objective of each column
    """
    sides = {h: holding(question, rung, held=h) for h in (held, not held)}

    def best(side: bool, size: float) -> Solution | None:
        return question.solve(aimed(sides[side], sides[side].objective + size * direction))

    def line(solution: Solution) -> Line:
        x = solution.x
        return float(question.formulation.objective @ x) + question.formulation.constant, float(direction @ x)

    wanted, other, low = known.wanted, known.other, 0.0
    for _ in range(ROUNDS):
        if wanted is None or other is None:
            plan = None if wanted is None else question.plan(wanted)
            return Threshold(None if wanted is None else decimal(low), decimal(most), plan=plan)
        target = line(other)
        size, wanted = _meeting(lambda s: best(held, s), line, wanted, target, (low, most), question.slack)
        if wanted is None:
            return Threshold(None, decimal(most))
        low, other = size, best(not held, size)
        level = _at(target, low)
        if other is None or _at(line(other), low) <= level + question.slack(level):
            return Threshold(decimal(low), decimal(most), plan=question.plan(wanted))
    return Threshold(decimal(low), decimal(most), proven=False)


def _meeting(
    best: Callable[[float], Solution | None],
    line: Callable[[Solution], Line],
    found: Solution,
    target: Line,
    span: tuple[float, float],
    slack: Callable[[float], float],
) -> tuple[float, Solution | None]:
    """Return the first size from the lower end on at which the best wanted plan is worth a line, and that plan.

    found: the best wanted plan at the lower end. The best is convex in the size, so where it lies under the line at
    the lower end it crosses it once: Newton's method from the right, each step exact on the plan it stands on. It
    starts where the plan already found crosses the line, which is never too early.
    """
    low, most = span
    if _at(line(found), low) >= _at(target, low) - slack(_at(target, low)):
        return low, found
    size = _crossing(line(found), target, low)
    there: Solution | None = found
    if size is None or size > most:
        size, there = most, best(most)
        if there is None or _at(line(there), most) < _at(target, most) - slack(_at(target, most)):
            return most, None
        size = min(most, _crossing(line(there), target, low) or most)
    while there is not None:
        better = best(size)
        if better is None or _at(line(better), size) <= _at(line(there), size) + slack(_at(target, size)):
            return size, there
        there, size = better, _crossing(line(better), target, low) or size
    return size, None


def _crossing(line: Line, target: Line, low: float) -> float | None:
    """Return where a line that starts under another meets it, not before the lower end; None where it never does."""
    if line[1] <= target[1]:
        return None
    return max(low, (target[0] - line[0]) / (line[1] - target[1]))


def _at(line: Line, size: float) -> float:
    return line[0] + line[1] * size


def decimal(number: float) -> Decimal:
    """Return a number of the solver's as a decimal of nine places."""
    return Decimal(repr(round(float(number), 9)))
