"""How far a weight may move, either way, while the plan stays a best one."""

from __future__ import annotations

from decimal import Decimal

from legation.inquiry.asking import Question, aimed
from legation.inquiry.reasons import Direction, direction
from legation.inquiry.thresholds import decimal
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.programme.formulation import Vector
from legation.programme.solver import Solution
from legation.values import value


@value
class Reach:
    """How far a change may go while the plan stays best: to `far`; from there on `next` is better (None: never)."""

    far: Decimal
    next: Pairing | None = None


@value
class Interval:
    """The interval of one change in which the plan stays a best one: below 0 and above."""

    name: str
    down: Reach
    up: Reach


def intervals(question: Question, directions: tuple[tuple[Direction, Decimal], ...]) -> tuple[Interval, ...]:
    """Return, for each change of worths, how far it may go either way; with each the furthest it can go down."""
    first = question.solve(question.formulation)
    if first is None:
        return ()
    plan = question.plan(first)
    found = []
    for (name, added), lowest in directions:
        way = direction(question, added)
        ends = (reach(question, plan, first, -way, -float(lowest)), reach(question, plan, first, way, 1.0))
        found.append(Interval(name, *ends))
    return tuple(found)


def reach(question: Question, plan: Plan, solution: Solution, way: Vector, most: float) -> Reach:
    """Return how far the objective may move in a direction while a solution stays a best one.

    The best worth is convex in the step, the solution's own is a line under it: from the far end back to where the
    line of each better plan meets it, until no plan is better there.
    """
    f = question.formulation
    start, slope = float(f.objective @ solution.x), float(way @ solution.x)
    size = most
    rival: Plan | None = None
    while True:
        found = question.solve(aimed(f, f.objective + size * way))
        own = start + size * slope
        if found is None or found.objective - f.constant <= own + question.slack(own):
            beaten = pair(rival.measures, plan.measures) if rival else None
            return Reach(decimal(size), beaten)
        other_start, other_slope = float(f.objective @ found.x), float(way @ found.x)
        rival = question.plan(found)
        if other_slope <= slope:
            return Reach(decimal(0.0), pair(rival.measures, plan.measures))
        size = min(size, max(0.0, (start - other_start) / (other_slope - slope)))
