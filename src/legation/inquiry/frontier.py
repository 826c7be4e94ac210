"""Value against money, exactly: every amount of money at which a better plan becomes possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np

from legation.engine.parametric import ShareTree, everywhere, grown, slack
from legation.engine.shares import Budget, Rows, Span, Stairs
from legation.engine.tree import Experience
from legation.inquiry.asking import Question, money_rows
from legation.inquiry.thresholds import decimal, told
from legation.planning.brief import Class
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.values import value

WIDTH, MOST_STRETCHES = 0.05, 40
"""How wide the stretches are that are searched one by one, unless there would be more of them."""
FEW = 300
"""With no more whole columns than this, all is searched at once."""
SCOUTED = 5e-4
"""What plans may lose of the bound among which the first are looked for."""
SCOUTS, ROUNDS = 1_000, 20_000
"""After so many relaxations the look for first plans, and the proof, of a stretch ends."""


@value
class Point:
    """From this share of the ceilings on, up to the next point, this plan is the best.

    share: 0 for the brief's own ceilings; worth: the plan's; change: against the plan of the point before
    supported: some price of money makes it the best; proven: False where a better plan was not shut out before the next
    """

    share: Decimal
    worth: Decimal
    plan: Plan
    change: Pairing | None = None
    supported: bool = False
    proven: bool = True


@value
class Frontier:
    """Points by rising share. lowest: below it no plan satisfies the brief, None where one does all the way down.

    whole: every point is proven, and there are no others
    """

    points: tuple[Point, ...]
    low: Decimal
    high: Decimal
    lowest: Decimal | None = None
    whole: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A part of a frontier that can be found by itself."""

    question: Question
    rows: Rows
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Climbed:
    """The plans of a stretch, and what is not proven of it: a share and what a plan there may be worth."""

    stairs: Stairs
    open_: tuple[tuple[float, float], ...]


Through = Callable[[Callable[[Stretch], Climbed], tuple[Stretch, ...]], Iterable[Climbed]]


def frontier(
    question: Question,
    low: float,
    high: float,
    *,
    year: int | None = None,
    money: Class | None = None,
    progress: Callable[[float], None] | None = None,
    through: Through = map,
) -> Frontier:
    """Return every breakpoint of the best worth between two shares of the ceilings.

    year, money: move only the ceilings of one year, or of one class of money
    progress: told the share down to which all is found; through: how the stretches are gone through, from the highest
    """
    rows = money_rows(question, year=year, money=money)
    stretches, stairs = _stretches(question, rows, (low, high)), Stairs()
    open_: list[tuple[float, float]] = []
    for stretch, climbed in zip(stretches, through(climb, stretches), strict=True):
        for step in zip(climbed.stairs.at, climbed.stairs.worth, climbed.stairs.plans, strict=True):
            stairs.add(*step)
        open_ += climbed.open_
        if progress:
            progress(stretch.span[0])
    return _told(question, stairs, (low, high), open_)


def _stretches(question: Question, rows: Rows, span: Span) -> tuple[Stretch, ...]:
    low, high = span
    whole = question.formulation.integer & (question.formulation.upper > question.formulation.lower)
    parts = 1 if whole.sum() <= FEW or not rows else min(MOST_STRETCHES, max(1, round((high - low) / WIDTH)))
    edges = np.linspace(high, low, parts + 1).tolist()
    return tuple(Stretch(question, rows, (end, begin)) for begin, end in pairwise(edges))


def climb(stretch: Stretch) -> Climbed:
    """Find all steps of a stretch: first plans among the likeliest columns, then the proof on what may beat them."""
    question, rows, span = stretch.question, stretch.rows, stretch.span
    stairs, likes = Stairs(), question.likes
    known = Experience.none(question.formulation.columns + len(likes) + 1)

    def branches(budget: Budget) -> ShareTree | None:
        return grown(question.formulation, rows, span, likes, question.limits, budget, known)

    if question.formulation.integer.sum() > FEW:
        scouts = branches(Budget(stairs, most=SCOUTED))
        if scouts is None:
            return Climbed(stairs, ())
        scouts.search(everywhere(scouts), SCOUTS)
    proof = branches(Budget(stairs))
    if proof is None:
        return Climbed(stairs, ())
    proof.search(everywhere(proof), ROUNDS)
    return Climbed(stairs, tuple(_open(proof, span)))


def _open(proof: ShareTree, span: Span) -> list[tuple[float, float]]:
    """Return where a plan might still be better than what is known, and what it may be worth."""
    ends, worth = proof.stairs.treads(span)
    bounds = [leaf.bound(ends) for leaf in (*proof.leaves, *proof.stuck)]
    most = np.max(bounds, axis=0, initial=-np.inf) if bounds else np.full(len(ends), -np.inf)
    left = most > np.where(np.isfinite(worth), worth + slack(worth, proof.limits), -np.inf)
    return list(zip(ends[left].tolist(), most[left].tolist(), strict=True))


def _told(question: Question, stairs: Stairs, span: Span, open_: list[tuple[float, float]]) -> Frontier:
    """Return the frontier: of plans that are worth as much as one for less, none."""
    low, high = span
    kept: list[int] = []
    for n, (at, worth) in enumerate(zip(stairs.at, stairs.worth, strict=True)):
        if n + 1 < len(stairs.at) and stairs.at[n + 1] <= low:
            continue
        if at <= high and (not kept or worth > stairs.worth[kept[-1]] + question.slack(worth)):
            kept.append(n)
    found = []
    for n, after in zip(kept, [*kept[1:], None], strict=False):
        end = high if after is None else stairs.at[after]
        left = [bound for share, bound in open_ if stairs.at[n] <= share <= end]
        solution = told(question, stairs, n, max(left) if left else None)
        found.append((max(stairs.at[n], low), question.plan(solution), not left))
    first = found[0][0] if found else low
    lowest = first if first > low and not any(share < first for share, _ in open_) else None
    return Frontier(_points(found), decimal(low), decimal(high), None if lowest is None else decimal(lowest), not open_)


def _points(rising: list[tuple[float, Plan, bool]]) -> tuple[Point, ...]:
    hull = _hull([(share, float(plan.proof.objective)) for share, plan, _ in rising])
    before = [None, *(plan for _, plan, _ in rising)]
    return tuple(
        Point(
            decimal(share),
            plan.proof.objective,
            plan,
            pair(plan.measures, last.measures) if last else None,
            n in hull,
            proven,
        )
        for n, ((share, plan, proven), last) in enumerate(zip(rising, before, strict=False))
    )


def _hull(points: list[tuple[float, float]]) -> set[int]:
    """Return which points lie on the upper concave hull: those that some price of money makes the best."""
    kept: list[int] = []
    for n, (x, y) in enumerate(points):
        while len(kept) > 1:
            (x0, y0), (x1, y1) = points[kept[-2]], points[kept[-1]]
            if (y1 - y0) * (x - x0) > (y - y0) * (x1 - x0):
                break
            kept.pop()
        kept.append(n)
    return set(kept)
