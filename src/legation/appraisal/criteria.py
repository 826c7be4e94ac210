"""Criteria: one attribute each, which end of it is better, how value grows along it, and its swing weight."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from legation.values import value


class Prefer(StrEnum):
    """Which end of the scale is better."""

    HIGH = "high"
    LOW = "low"


class Shape(StrEnum):
    """How value (0 to 1) grows from the worst performance to the best.

    linear: in proportion; log: by order of magnitude (performances below the worst bound count as the worst);
    steps: value of the last point at or below; piecewise: straight between the points
    """

    LINEAR = "linear"
    LOG = "log"
    STEPS = "steps"
    PIECEWISE = "piecewise"


class Missing(StrEnum):
    """What a missing fact counts as: never silently; a finding says so.

    worst: value 0; median: the median value of the subjects that have a fact; best: value 1
    """

    WORST = "worst"
    MEDIAN = "median"
    BEST = "best"


@value
class Criterion:
    """One criterion of the appraisal of interests of one kind.

    id: its name, unique in the case; title: what reports call it; attribute: which facts it reads
    weight: swing weight, what going from worst to best is worth against the other criteria of the kind
    kind: kind of interest it appraises; heading: the announced aim it stands
    under (national interest, leading states, regions, world organisations, mutuality, ...)
    prefer: whether more or less of the attribute is better; scale: how performance becomes a value from 0 to 1
    worst, best: ends of the scale in the attribute's unit; where absent, the lowest and highest performance seen
    (after `prefer`); points: (performance, value) for steps and piecewise
    missing: what a subject without a fact counts as; reason: why it is a criterion and weighs what it does
    """

    id: str
    title: str
    attribute: str
    weight: Decimal
    kind: str = "bilateral"
    heading: str = ""
    prefer: Prefer = Prefer.HIGH
    scale: Shape = Shape.LINEAR
    worst: Decimal | None = None
    best: Decimal | None = None
    points: tuple[tuple[Decimal, Decimal], ...] = ()
    missing: Missing = Missing.WORST
    reason: str = ""
