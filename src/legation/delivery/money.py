"""Money that will not be spent in its year: what measures cost by the plan, and by the forecast of their days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from legation.delivery.forecast import HIGH, LOW, Outlook
from legation.delivery.milestones import effect_month
from legation.model import Form
from legation.planning.accounts import height, to_decimal
from legation.planning.outcome import Measure
from legation.planning.problem import Problem, Site
from legation.values import value

SAMPLES = 2000
SEED = 20_110_729
WHOLE = Decimal(1)


@value
class Unspent:
    """What measures cost in a year: by the plan and by the forecast, beyond the network without them.

    measure: the site of one measure with its year, empty for all together; planned: by the plan; expected: by the
    forecast, on average; low, high: one in ten is less, one in ten is more; left: planned less expected, below 0 where
    money is needed that the plan had in an earlier year
    """

    year: int
    planned: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    left: Decimal
    measure: str = ""


def unspent(problem: Problem, outlooks: Sequence[Outlook]) -> tuple[Unspent, ...]:
    """Return what is left of each year's money over all measures.

    Establishing is paid in the year of effect and its lead share in the year before, running from the month of effect
    on; what falls after the last year of the plan is not counted, nor what concurrent services cost. The interval is
    drawn from the days of effect of each measure, taken as independent, with a fixed seed.
    """
    seeded = np.random.default_rng(SEED)
    made = []
    for t, year in enumerate(problem.brief.years):
        costs = [_costs(problem, o, t) for o in outlooks]
        planned = sum((_planned(problem, o.way.measure, t) for o in outlooks), Fraction(0))
        draws = [np.array([float(cost) for cost in some]) for some in costs]
        total = sum((seeded.choice(some, SAMPLES) for some in draws), np.zeros(SAMPLES))
        made.append(_row(year, planned, sum((_mean(some) for some in costs), Fraction(0)), total))
    return tuple(made)


def by_measure(problem: Problem, outlook: Outlook) -> tuple[Unspent, ...]:
    """Return what is left of each year's money at one measure."""
    measure = outlook.way.measure
    made = []
    for t, year in enumerate(problem.brief.years):
        costs = _costs(problem, outlook, t)
        found = _row(year, _planned(problem, measure, t), _mean(costs), np.array([float(cost) for cost in costs]))
        made.append(replace(found, measure=f"{measure.site} {measure.year}"))
    return tuple(made)


def _mean(costs: Sequence[Fraction]) -> Fraction:
    return sum(costs, Fraction(0)) / len(costs)


def _planned(problem: Problem, measure: Measure, t: int) -> Fraction:
    site = next(s for s in problem.sites if s.id == measure.site)
    return _cost(problem, site, measure, date(measure.year, effect_month(problem, measure.kind), 1), t)


def _row(year: int, planned: Fraction, mean: Fraction, costs: NDArray[np.float64]) -> Unspent:
    expected = to_decimal(mean)
    low, high = expected, expected
    if float(np.ptp(costs)) > 0:
        low, high = (Decimal(repr(end)).quantize(WHOLE) for end in np.quantile(costs, [LOW, HIGH]).tolist())
    return Unspent(year, to_decimal(planned), expected, low, high, to_decimal(planned - mean))


def _costs(problem: Problem, outlook: Outlook, t: int) -> list[Fraction]:
    """Return what a measure costs in the t-th year on each of its equally probable days of effect."""
    measure = outlook.way.measure
    site = next(s for s in problem.sites if s.id == measure.site)
    months = Counter((day.year, day.month) for day in outlook.effects)
    costs = {when: _cost(problem, site, measure, date(*when, 1), t) for when in months}
    return [costs[when] for when, count in months.items() for _ in range(count)]


def _cost(problem: Problem, site: Site, measure: Measure, effect: date, t: int) -> Fraction:
    """Return what a measure costs in the t-th year if it takes effect on a day; before the plan is its first month."""
    years = problem.brief.years
    effect = max(effect, date(years[0], 1, 1))
    once = sum(
        (_once(site, measure, u, t) for u in (t, t + 1) if u < len(years) and years[u] == effect.year), Fraction(0)
    )
    more = _running(site, measure.after, t) - _running(site, measure.before, t)
    if effect.year > years[t]:
        return once
    return once + more * (Fraction(13 - effect.month, 12) if effect.year == years[t] else 1)


def _once(site: Site, measure: Measure, at: int, t: int) -> Fraction:
    """Return what is paid once in the t-th year for a measure that takes effect in another."""
    low, high = height(site, measure.before), height(site, measure.after)
    if high < low:
        closing = [Fraction(0), *(Fraction(r.closing[at]) for r in site.ladder)]
        return closing[low] - closing[high] if at == t else Fraction(0)
    amounts = [Fraction(0), *(Fraction(r.establishing[at]) for r in site.ladder)]
    paid = Fraction(0)
    for rungs in range(low + 1, high + 1):
        lead = Fraction(site.ladder[rungs - 1].lead_share) if at else Fraction(0)
        paid += {at: 1 - lead, at - 1: lead}.get(t, Fraction(0)) * (amounts[rungs] - amounts[rungs - 1])
    return paid


def _running(site: Site, form: Form, t: int) -> Fraction:
    rungs = height(site, form)
    return Fraction(site.ladder[rungs - 1].running[t]) if rungs else Fraction(0)
