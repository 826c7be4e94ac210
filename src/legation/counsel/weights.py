"""What it does to the worth of every interest if one criterion comes to count for more."""

from __future__ import annotations

from decimal import Decimal

from legation.appraisal import Appraisal
from legation.cases.case import Case
from legation.inquiry.reasons import Direction

PLACES = Decimal("0.000001")


def directions(case: Case, appraisal: Appraisal) -> tuple[Direction, ...]:
    """Return, for each criterion, what moving all weight to it would add to the worth of each interest, in points.

    Half the step moves half of the weight: with a step s the weights are (1 - s) x the stated ones, and s more for the
    criterion. A worth is (sum of weight x value) x the points of its kind, so it moves in proportion. Interests whose
    kind does not ask for the criterion stay as they are.
    """
    points = dict(case.settings.points)
    found = []
    for criterion in case.criteria:
        added = tuple(
            (score.interest, (Decimal(repr(part.worth)) * points[score.kind] - _whole(score.points)).quantize(PLACES))
            for score in appraisal.scores
            for part in score.parts
            if part.criterion == criterion.id and score.kind in points
        )
        if any(more for _, more in added):
            found.append((criterion.id, added))
    return tuple(found)


def stated(appraisal: Appraisal) -> dict[str, Decimal]:
    """Return the share that each criterion has of the weights, the largest where kinds of interests differ."""
    found: dict[str, float] = {}
    for score in appraisal.scores:
        for part in score.parts:
            found[part.criterion] = max(found.get(part.criterion, 0.0), part.weight)
    return {criterion: Decimal(repr(round(weight, 9))) for criterion, weight in found.items()}


def lowest(share: Decimal) -> Decimal:
    """Return the step, below 0, at which a criterion of this share of the weights counts for nothing."""
    return -share / (1 - share) if share < 1 else Decimal(-1)


def after(share: Decimal, step: Decimal) -> Decimal:
    """Return the share of the weights that a criterion has after a step."""
    return share + step * (1 - share)


def _whole(points: float) -> Decimal:
    return Decimal(repr(points))
