"""Score interests against criteria, and keep every part so that any score can be taken apart."""

from __future__ import annotations

from legation.errors import Finding
from legation.model import Fact
from legation.values import value


@value
class Part:
    """What one criterion adds to one score.

    fact: where the performance comes from; None where it is missing; worth: value on the 0-1 scale; weight:
    swing weight divided by the sum of the kind's weights; points: weight x worth x points of the kind
    """

    criterion: str
    title: str
    heading: str
    performance: float | None
    unit: str
    fact: Fact | None
    worth: float
    weight: float
    points: float


@value
class Score:
    """What one interest is worth each year, in points, and the parts that add up to it."""

    interest: str
    kind: str
    state: str
    title: str
    points: float
    parts: tuple[Part, ...]


@value
class Appraisal:
    """All scores, best first within a kind, and what was found missing on the way."""

    scores: tuple[Score, ...]
    findings: tuple[Finding, ...] = ()
