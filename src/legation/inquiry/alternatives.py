"""Other plans that are nearly as good, each different from all before it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from legation.inquiry.asking import Question, with_row, worth_at_least
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.programme.formulation import Index, Vector
from legation.values import value


@value
class Alternative:
    """Another plan, what it loses against the best, and what it does otherwise."""

    plan: Plan
    lost: Decimal
    pairing: Pairing


def alternatives(
    question: Question, *, count: int = 5, within: float = 0.01, differ: int = 1, timing: bool = False
) -> tuple[Alternative, ...]:
    """Return up to `count` plans besides the best, in falling worth, none further from it than a share of its worth.

    differ: in so many forms held at the end of the last year each differs from the best and from each other
    (timing: forms held in any year count, so that the same measures in other years are another plan)
    """
    f, columns = question.formulation, question.columns
    watched = (columns.x if timing else columns.x[:, -1]).ravel()
    first = question.solve(f)
    if first is None:
        return ()
    best = question.plan(first)
    allowed = worth_at_least(f, first.objective - within * abs(first.objective) - question.slack(first.objective))
    found, last = [], first
    for _ in range(count):
        allowed = with_row(allowed, *_cut(watched, last.x), lower=differ - float(last.x[watched].sum()))
        again = question.solve(allowed)
        if again is None:
            break
        plan = question.plan(again)
        found.append(Alternative(plan, best.proof.objective - plan.proof.objective, pair(plan.measures, best.measures)))
        last = replace(again)
    return tuple(found)


def _cut(watched: Index, x: Vector) -> tuple[Index, Vector]:
    """Write that a plan differs: the sum of (1 - x) where it holds and of x where it does not, less a constant."""
    return watched, np.where(x[watched] > 0.5, -1.0, 1.0)
