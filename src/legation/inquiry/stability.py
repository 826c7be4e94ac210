"""How far a weight may move, either way, while the plan stays a best one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import numpy as np

from legation.engine.narrowing import keeps
from legation.inquiry.asking import Question, aimed
from legation.inquiry.reasons import Direction, direction
from legation.inquiry.thresholds import Line, decimal
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.programme.formulation import Vector
from legation.programme.solver import Solution
from legation.values import value

FIRST, WIDER = 1 / 16, 4.0
"""The first step tried, as a share of how far it may reach at most, and by how much each is wider that follows."""


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

    The best worth is convex in the step and the solution's own is a line under it, so it stays best up to one step:
    no further than where the line of any plan known meets its own. Where a plan is better at a step tried, its line
    meets sooner, and there it is tried again; else a wider step is, as plans near today's are found quickest.
    """
    f, own = question.formulation, _line(question, way, solution.x)
    size, rival = _meeting(question, way, own, most, (x for x in question.known if keeps(f, x)))
    step = size * FIRST
    while size > 0.0:
        found = question.solve(aimed(f, f.objective + step * way))
        level = own[0] + step * own[1]
        if found is not None and found.objective - f.constant > level + question.slack(level):
            size, rival = _meeting(question, way, own, step, (found.x,))
            size, rival = (0.0, found.x) if rival is None else (size, rival)  # better everywhere: a tie, but for slack
            step = size
        elif step >= size:
            break
        else:
            step = min(size, step * WIDER)
    beaten = question.plan(replace(solution, x=rival)) if rival is not None else None
    return Reach(decimal(size), pair(beaten.measures, plan.measures) if beaten else None)


def _line(question: Question, way: Vector, x: Vector) -> Line:
    return float(question.formulation.objective @ x), float(way @ x)


def _meeting(
    question: Question, way: Vector, own: Line, most: float, plans: Iterable[Vector]
) -> tuple[float, Vector | None]:
    """Return the first step at which a plan is worth as much as one's own line, and that plan; else the most."""
    size, first = most, None
    for x in plans:
        start, slope = _line(question, way, x)
        met = max(0.0, (own[0] - start) / (slope - own[1])) if slope > own[1] else np.inf
        if met < size:
            size, first = met, x
    return size, first
