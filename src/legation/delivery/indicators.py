"""Indicators: what each post was opened for, by the facts that the criteria read, and whether it came true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from statistics import median

from legation.appraisal.criteria import Criterion, Prefer
from legation.appraisal.scoring import Appraisal, Part, Score
from legation.cases.case import Case
from legation.model import Fact, Facts
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Plan
from legation.values import value

SHARE_OF_POINTS = 0.95
"""The largest parts of a score that add up to this much of it are what a post was opened for."""

NOT_FACTS = ("resident_here", "points")
"""Attributes that the record makes itself: no later fact speaks of them."""


class Verdict(StrEnum):
    """Whether what a post was opened for came true."""

    CAME_TRUE = "came-true"
    FELL_SHORT = "fell-short"
    NOT_YET_KNOWN = "not-yet-known"


@value
class Indicator:
    """One thing a post was opened for.

    site, year: of the measure; interest, criterion, attribute: what was counted; points: what it added to the worth of
    the interest; fact: the figure the plan went by; target: what it had to come to; actual: the last later figure
    known; elsewhere: how the figure moved for the others, as the median of actual / before, where it is known of some;
    verdict: whether it came true
    """

    site: str
    year: int
    interest: str
    criterion: str
    attribute: str
    title: str
    points: float
    fact: Fact
    target: float
    actual: Fact | None
    elsewhere: float | None
    verdict: Verdict


def indicators(case: Case, plan: Plan, appraisal: Appraisal, on: date, *, growth: float = 0.0) -> tuple[Indicator, ...]:
    """Return what each post that a plan opens or raises was opened for, and what the facts known by a day say.

    growth: by how much a figure had to become better, as a share of it: 0 asks that it is no worse than it was. A
    figure counts as actual if it is about a later year than the one the plan went by, and was known by the day.
    """
    facts, criteria = Facts(case.facts), {c.id: c for c in case.criteria}
    scores = {s.interest: s for s in appraisal.scores}
    return tuple(
        _indicator(measure, score, part, part.fact, criteria[part.criterion], facts, on, growth)
        for measure in plan.measures
        if measure.kind in (Kind.ESTABLISH, Kind.UPGRADE)
        for score in (scores[i] for i in _served(measure, plan) if i in scores)
        for part in _reasons(score)
        if part.fact and part.fact.attribute not in NOT_FACTS
    )


def _served(measure: Measure, plan: Plan) -> Sequence[str]:
    """Return the interests that a site serves by residing from the year of a measure on."""
    rows = (s for s in plan.services if s.site == measure.site and s.year >= measure.year and not s.concurrent)
    return tuple(dict.fromkeys(s.interest for s in rows))


def _reasons(score: Score) -> Iterator[Part]:
    """Go through the largest parts of a score until they add up to nearly all of it."""
    total, whole = 0.0, sum(p.points for p in score.parts)
    for part in sorted(score.parts, key=lambda p: -p.points):
        if part.points <= 0 or total >= SHARE_OF_POINTS * whole:
            return
        total += part.points
        yield part


def _indicator(
    measure: Measure, score: Score, part: Part, fact: Fact, criterion: Criterion, facts: Facts, on: date, growth: float
) -> Indicator:
    better = 1 if criterion.prefer is Prefer.HIGH else -1
    target = _target(fact.value, criterion, better * growth)
    actual = _later(facts, fact, on)
    return Indicator(
        *(measure.site, measure.year, score.interest, part.criterion, criterion.attribute, part.title, part.points),
        *(fact, target, actual, _elsewhere(facts, fact, actual)),
        _verdict(actual, target, better),
    )


def _target(value: float, criterion: Criterion, growth: float) -> float:
    """Say what a figure has to come to: one that is as good as the scale counts, as a membership, has only to stay."""
    best = None if criterion.best is None else float(criterion.best)
    at_best = best is not None and (value >= best if criterion.prefer is Prefer.HIGH else value <= best)
    return value if at_best else value + growth * abs(value)


def _verdict(actual: Fact | None, target: float, better: int) -> Verdict:
    if actual is None:
        return Verdict.NOT_YET_KNOWN
    return Verdict.CAME_TRUE if better * (actual.value - target) >= 0 else Verdict.FELL_SHORT


def _later(facts: Facts, fact: Fact, on: date) -> Fact | None:
    found = facts.latest(fact.subject, fact.attribute, by=on.year)
    return found if found and found.year > fact.year else None


def _elsewhere(facts: Facts, fact: Fact, actual: Fact | None) -> float | None:
    """Return how the figure moved for all others between the same two years."""
    if actual is None:
        return None
    ratios = list(_ratios(facts, fact, actual, (s for s in facts.subjects(fact.attribute) if s != fact.subject)))
    return median(ratios) if ratios else None


def _ratios(facts: Facts, fact: Fact, actual: Fact, others: Iterable[str]) -> Iterator[float]:
    for other in others:
        then = facts.latest(other, fact.attribute, by=fact.year)
        now = facts.latest(other, fact.attribute, by=max(actual.year, actual.known or 0))
        if then and now and now.year > then.year and then.value > 0:
            yield now.value / then.value
