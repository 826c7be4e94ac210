"""The curve of a plan: how many steps and measures were due by each day, how many were taken, and when the rest is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from legation.delivery.forecast import Outlook
from legation.delivery.milestones import Milestone
from legation.values import value

QUARTER = 3  # months


@value
class Earned:
    """What a plan has earned by the end of a day.

    steps_due, measures_due: by the plan; steps_taken, measures_done: in fact, None for a day that is ahead;
    steps_expected: by the forecast, each on the day before which it is as likely as after; measures_expected: how many
    on average, from the equally probable days on which each may take effect
    """

    day: date
    steps_due: int
    steps_taken: int | None
    steps_expected: int
    measures_due: int
    measures_done: int | None
    measures_expected: float


def curve(outlooks: Sequence[Outlook], on: date) -> tuple[Earned, ...]:
    """Return what is earned by the end of every quarter, and by the day of asking, until all is expected to be done."""
    if not outlooks:
        return ()
    return tuple(_earned(outlooks, day, on) for day in _days(outlooks, on))


def _earned(outlooks: Sequence[Outlook], day: date, on: date) -> Earned:
    steps = [s for o in outlooks for s in o.steps]
    known = day <= on
    return Earned(
        day,
        steps_due=sum(_due(s.milestone) <= day for s in steps),
        steps_taken=sum(bool(s.milestone.actual and s.milestone.actual <= day) for s in steps) if known else None,
        steps_expected=sum(s.expected <= day for s in steps),
        measures_due=sum(_due(o.way.effect) <= day for o in outlooks),
        measures_done=sum(bool(o.way.done and o.way.done <= day) for o in outlooks) if known else None,
        measures_expected=sum(sum(e <= day for e in o.effects) / len(o.effects) for o in outlooks),
    )


def _due(step: Milestone) -> date:
    """Return the day a step was due by the plan, before anything moved it."""
    return step.first or step.planned


def _days(outlooks: Sequence[Outlook], on: date) -> Iterator[date]:
    """Go through the ends of the quarters from the first step due to the last one expected, and the day of asking."""
    steps = [s for o in outlooks for s in o.steps]
    first = min(min(_due(s.milestone), s.expected) for s in steps)
    last = max(on, *(max(_due(s.milestone), s.expected) for s in steps))
    ends: list[date] = []
    year, quarter = first.year, (first.month - 1) // QUARTER
    while not ends or (ends[-1] < last and year < date.max.year):
        year, quarter = (year + 1, 0) if quarter == QUARTER else (year, quarter + 1)
        ends.append(date(year, QUARTER * quarter + 1, 1) - timedelta(days=1))
    return iter(sorted({*ends, on}))
