"""Forecast: when each milestone that is still ahead will be, with an interval, given what has happened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from legation.delivery.leadtimes import Spread
from legation.delivery.milestones import LENGTH, MONTH, SHARE, Milestone, Way
from legation.values import value

LOW, HIGH = 0.1, 0.9
"""The ends of the interval: four of five fall between them."""


@value
class Expected:
    """A milestone with its forecast.

    expected: as likely before as after; low, high: one in ten comes before, one in ten after; for a step that was
    taken all three are the day it was taken
    """

    milestone: Milestone
    expected: date
    low: date
    high: date

    @property
    def late(self) -> int:
        """Return how many days it is expected after the day it was due; below 0 before it."""
        return (self.expected - self.milestone.planned).days


@value
class Outlook:
    """One measure on a day: its milestones with their forecast, and the days on which it may take effect.

    state: done, under-way, due (not begun, though it should have been), or ahead; effects: equally probable days of
    effect, earliest first; one where it is known
    """

    way: Way
    state: str
    steps: tuple[Expected, ...]
    effects: tuple[date, ...]

    @property
    def effect(self) -> Expected:
        """Return the forecast of the step at which the measure takes effect."""
        return next(s for s in self.steps if s.milestone.kind is self.way.effect.kind)


def outlooks(ways: Iterable[Way], spread: Spread, on: date) -> tuple[Outlook, ...]:
    """Return the forecast of every measure on a day."""
    return tuple(outlook(way, spread, on) for way in ways)


def _after(day: date, days: float) -> date:
    """Return the day so many days later, or the last there is."""
    return day + timedelta(days=min(round(days), (date.max - day).days))


def outlook(way: Way, spread: Spread, on: date) -> Outlook:
    """Return the forecast of one measure on a day.

    From the last step taken, at the share s of the way on the day d, the effect is (1 - s) T away, where T is a lead
    time given that it is more than what has passed: T > (on - d) / (1 - s). So what is late is expected later still. A
    measure not begun is expected to begin when it is due, or today where that is past. What was told to be due later
    than the plan has it is not expected before that day.
    """
    at, base = _base(way, on)
    length = LENGTH[way.measure.kind] * MONTH
    passed = (on - base).days / ((1 - at) * length) if at < 1 and way.under_way else 0.0
    times = spread.draws(above=max(0.0, passed))

    def day(step: Milestone, months: float) -> date:
        put_off = step.planned if step.first and step.first < step.planned else on
        return max(on, put_off, _after(base, (SHARE[step.kind] - at) * months * length))

    ends = (spread.quantile(q, above=max(0.0, passed)) for q in (0.5, LOW, HIGH))
    middle, low, high = ends
    steps = tuple(
        Expected(m, m.actual, m.actual, m.actual)
        if m.actual
        else Expected(m, *(day(m, months) for months in (middle, low, high)))
        for m in _told(way)
    )
    effects = (way.done,) if way.done else tuple(day(way.effect, months) for months in times)
    return Outlook(way, _state(way, on), steps, effects)


def _told(way: Way) -> tuple[Milestone, ...]:
    """Return the steps; the first working day of a post that a ceremony proves open was not after it."""
    if way.done is None or way.effect.actual:
        return way.steps
    proven = Milestone(way.effect.kind, way.effect.planned, way.done, "")
    return tuple(proven if m is way.effect else m for m in way.steps)


def _base(way: Way, on: date) -> tuple[float, date]:
    """Return the share of the way that is behind, and the day from which the rest counts."""
    if way.done:
        return 1.0, way.done
    taken = [(SHARE[m.kind], m.actual) for m in way.taken if m.actual and SHARE[m.kind] < 1]
    if taken:
        return max(taken)
    return 0.0, max(on, min(m.planned for m in way.steps))


def _state(way: Way, on: date) -> str:
    if way.done:
        return "done"
    if way.under_way:
        return "under-way"
    return "due" if min(m.planned for m in way.steps) < on else "ahead"
