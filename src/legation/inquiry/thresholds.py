"""The least change with which a form enters the best plan, or leaves it: exact, by solving on both sides.

For a change of size s let g(s) be the worth of the best plan that holds the form at the end, h(s) of the best that
does not. The form is in a best plan where g(s) >= h(s). Nothing is assumed of how often that changes; the least s is
approached from below. At a known lower end s0 every plan without the form bounds h from below; no s before the first
at which g reaches that bound can be the answer. There h is solved again: either the bound is met, or it has risen.
Each round ends at a new plan, so the rounds are finite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from legation.engine.core import NAME
from legation.engine.parametric import Look, ShareTree, at_share, grown, worth_at_least
from legation.engine.shares import Budget, Rows, Span, Stairs
from legation.inquiry.asking import Question, aimed, holding, money_rows
from legation.planning.outcome import Plan
from legation.programme.formulation import Formulation, Vector
from legation.programme.solver import Solution, Status
from legation.values import value

ROUNDS = 60
RELAXATIONS = 5_000
"""After so many of one search, what is not proven is left so."""
REACH = (0.02, 0.1, 0.4, 1.0)
"""How far of a span is searched first: what is asked for mostly takes little."""
AT_ONCE = (0.3, 1.0)
"""The same where the plans of a span are few."""
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


def by_money(
    question: Question, rung: int, most: float, known: Known, *, held: bool = True, relaxations: int = RELAXATIONS
) -> Threshold:
    """Return the least share by which all ceilings must rise for a rung to be held (or not) at the end.

    relaxations: after so many in all, the share is told up to which nothing was found
    """
    rows, patience = money_rows(question), Patience(relaxations)
    sides = tuple(holding(question, rung, held=h) for h in (held, not held))
    level = -np.inf if known.other is None else known.other.objective
    for span in parts((0.0, most)):
        wanted, other = (side(question, base, rows, span, level, patience) for base in sides)
        found, level = (None, level) if wanted is None else _overtaking(wanted, other, level)
        if found is not None:
            return replace(found, most=decimal(most))
    return Threshold(None, decimal(most))


def _overtaking(wanted: Side, other: Side | None, level: float) -> tuple[Threshold | None, float]:
    """Return where in a span what is wanted is first worth as much as all others, and what these are worth by then.

    level: what others are worth where the span begins, at least
    """
    question, span = wanted.question, wanted.span
    for _ in range(ROUNDS):
        least = wanted.least(level)
        if least is None:
            return None, level
        at = decimal(least.share)
        if least.solution is None:
            return Threshold(at, at, proven=False), level
        rival, proven = other.best(least.share) if other else (None, True)
        if rival is None or rival.objective <= level + question.slack(level):
            best, sure = wanted.best(least.share)
            return Threshold(at, at, proven and sure, question.plan(best or least.solution)), level
        level = rival.objective
    return Threshold(decimal(span[0]), decimal(span[1]), proven=False), level


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


# Money


@dataclass(frozen=True, slots=True, eq=False)
class Least:
    """The least share found, and a plan there. None: nothing was proven beyond the share, below it there is none."""

    share: float
    solution: Solution | None


@dataclass(slots=True)
class Patience:
    """How many relaxations may still be solved."""

    left: int = RELAXATIONS


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """The plans of a variant that are worth more than a floor, over a span of shares."""

    question: Question
    branches: ShareTree
    span: Span
    patience: Patience

    def least(self, level: float) -> Least | None:
        """Return the least share of the span at which a plan is worth a level, None where there is none."""
        enough = level - self.question.slack(level)
        ended = self._search(worth_at_least(self.branches, enough))
        known, stairs = self.branches.stairs.enough(enough), self.branches.stairs
        if not ended or self.branches.stuck:
            return Least(self._proven(enough), None)
        if known is None:
            return None
        return Least(max(stairs.at[known], self.span[0]), self._solution(known))

    def best(self, share: float) -> tuple[Solution | None, bool]:
        """Return the best plan at a share (None: there is none worth more than the floor), and whether it is proven."""
        ended = self._search(at_share(self.branches, share))
        stairs = self.branches.stairs
        known = int(np.searchsorted(stairs.at, share, side="right"))
        return (self._solution(known - 1) if known else None), ended and not self.branches.stuck

    def _search(self, look: Look) -> bool:
        before = self.branches.relaxed
        ended = self.branches.search(look, before + self.patience.left)
        self.patience.left = max(self.patience.left - (self.branches.relaxed - before), 0)
        return ended

    def _proven(self, level: float) -> float:
        """Return the share below which no plan was shown to be worth a level."""
        left = (*self.branches.leaves, *self.branches.stuck)
        return min(max(self.span[0], min((leaf.reaches(level) for leaf in left), default=np.inf)), self.span[1])

    def _solution(self, place: int) -> Solution:
        return told(self.question, self.branches.stairs, place)


def told(question: Question, stairs: Stairs, place: int, bound: float | None = None) -> Solution:
    """Return a plan of the stairs as a solution: proven within the gap where no bound is given."""
    worth = stairs.worth[place]
    proven = bound is None
    most = worth + question.limits.gap * abs(worth) if bound is None else bound
    return Solution(Status.OPTIMAL if proven else Status.FEASIBLE, stairs.plans[place], worth, most, NAME)


def side(
    question: Question, base: Formulation, rows: Rows, span: Span, floor: float, patience: Patience
) -> Side | None:
    """Return a variant over a span, of whose plans those above a floor matter; None where it has none."""
    budget = Budget(Stairs(), floor - question.slack(floor) if np.isfinite(floor) else floor)
    branches = grown(base, rows, span, question.likes, question.limits, budget)
    return None if branches is None else Side(question, branches, span, patience)


def parts(span: Span, reach: tuple[float, ...] = REACH) -> Iterator[Span]:
    """Go through the parts of a span, from its start; reach: where each ends, as a share of the span."""
    low, most = span
    begin = low
    for part in reach:
        end = low + (most - low) * part
        if end > begin:
            yield begin, end
        begin = end


def least_share(question: Question, base: Formulation, rows: Rows, level: float, span: Span) -> Least | None:
    """Return the least share by which the rows' limits must move for a plan to be worth a level, None where none is.

    Nothing less than that by more than one STEP is enough.
    """
    for part in parts(span, AT_ONCE):
        here = side(question, base, rows, part, level, Patience())
        found = None if here is None else here.least(level)
        if found is not None:
            return found
    return None
