"""Value against money, exactly: every amount of money at which a better plan becomes possible."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from legation.inquiry.asking import STEP, Question, money_rows, moved_money, share_needed
from legation.inquiry.thresholds import decimal
from legation.planning.brief import Class
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.values import value


@value
class Point:
    """From this share of the ceilings on, up to the next point, this plan is the best.

    share: 0 for the brief's own ceilings; worth: the plan's; change: against the plan of the point before
    """

    share: Decimal
    worth: Decimal
    plan: Plan
    change: Pairing | None = None
    supported: bool = False


@value
class Frontier:
    """Points by rising share. lowest: below it no plan satisfies the brief, None where one does all the way down."""

    points: tuple[Point, ...]
    low: Decimal
    high: Decimal
    lowest: Decimal | None = None
    whole: bool = True


def frontier(
    question: Question,
    low: float,
    high: float,
    *,
    year: int | None = None,
    money: Class | None = None,
    progress: Callable[[float], None] | None = None,
    most: int = 10_000,
) -> Frontier:
    """Return every breakpoint of the best worth between two shares of the ceilings.

    From the right: the best at a share is good from the share that it needs itself; then on one STEP below that.
    year, money: move only the ceilings of one year, or of one class of money. most: stop after so many points.
    """
    rows = money_rows(question, year=year, money=money)
    found: list[tuple[float, Plan]] = []
    share, lowest = high, None
    while share >= low and len(found) < most:
        best = question.solve(moved_money(question.formulation, rows, share))
        if best is None:
            lowest = decimal(found[-1][0]) if found else None
            break
        plan = question.plan(best)
        if found and best.objective >= float(found[-1][1].proof.objective) - question.slack(best.objective):
            found.pop()  # the same worth for less money
        at = min(share, share_needed(question.formulation, rows, best.x))
        found.append((max(at, low), plan))
        if progress:
            progress(at)
        share = at - STEP
    return Frontier(_points(found), decimal(low), decimal(high), lowest, len(found) < most)


def _points(found: list[tuple[float, Plan]]) -> tuple[Point, ...]:
    rising = list(reversed(found))
    hull = _hull([(share, float(plan.proof.objective)) for share, plan in rising])
    before = [None, *(plan for _, plan in rising)]
    return tuple(
        Point(
            decimal(share),
            plan.proof.objective,
            plan,
            pair(plan.measures, last.measures) if last else None,
            n in hull,
        )
        for n, ((share, plan), last) in enumerate(zip(rising, before, strict=False))
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
