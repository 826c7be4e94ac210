"""Milestones: the days by which each step of a measure is due, and the days on which it was taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from legation.cases.case import Case
from legation.cases.siting import hold, posts_at
from legation.errors import InvalidError
from legation.model import EMBASSIES, Event, EventKind, Form, Track
from legation.model.life import OPENING
from legation.planning.brief import Kind
from legation.planning.outcome import Measure
from legation.planning.problem import Problem
from legation.values import value

MONTH = 365.2425 / 12
"""Days."""

SHARE = {
    EventKind.DECISION: 0.0,
    EventKind.FUNDING: 0.1,
    EventKind.CONSENT: 0.3,
    EventKind.AGREMENT: 0.5,
    EventKind.ADVANCE_TEAM: 0.7,
    EventKind.FIRST_WORKING_DAY: 1.0,
    EventKind.RAISED: 1.0,
    EventKind.LOWERED: 1.0,
    EventKind.CLOSED: 1.0,
    EventKind.CREDENTIALS: 1.15,
    EventKind.EXEQUATUR: 1.15,
    EventKind.OFFICIAL_OPENING: 1.4,
}
"""Where a step lies on the way from the decision (0) to the day the measure takes effect (1).

The shares are our assumptions, drawn from no statistics: published cases date the two ends only. Consent comes before
money is spent (VCDR 2, VCCR 4), agrément is asked for once there is consent (VCDR 4), premises and local staff take the
last third; credentials and exequatur follow the arrival (VCDR 13, VCCR 10 to 12), a ceremony waits for final premises.
"""

LENGTH = {Kind.ESTABLISH: 1.0, Kind.UPGRADE: 0.5, Kind.DOWNGRADE: 0.25, Kind.CLOSE: 0.5}
"""Length of the way, in lead times of an opening: our assumption. Nothing is built to raise a post, nobody is asked to
lower one, and closing ends leases and contracts."""

EFFECT = {
    Kind.ESTABLISH: EventKind.FIRST_WORKING_DAY,
    Kind.UPGRADE: EventKind.RAISED,
    Kind.DOWNGRADE: EventKind.LOWERED,
    Kind.CLOSE: EventKind.CLOSED,
}
"""The step at which a measure takes effect."""

_E = EventKind
STEPS: dict[tuple[Kind, Track], tuple[EventKind, ...]] = {
    (Kind.ESTABLISH, Track.DIPLOMATIC): (
        *(_E.DECISION, _E.FUNDING, _E.CONSENT, _E.AGREMENT, _E.ADVANCE_TEAM),
        *(_E.FIRST_WORKING_DAY, _E.CREDENTIALS, _E.OFFICIAL_OPENING),
    ),
    (Kind.ESTABLISH, Track.CONSULAR): (
        *(_E.DECISION, _E.FUNDING, _E.CONSENT, _E.ADVANCE_TEAM),
        *(_E.FIRST_WORKING_DAY, _E.EXEQUATUR, _E.OFFICIAL_OPENING),
    ),
    (Kind.ESTABLISH, Track.MULTILATERAL): (
        *(_E.DECISION, _E.FUNDING, _E.ADVANCE_TEAM),
        *(_E.FIRST_WORKING_DAY, _E.CREDENTIALS),
    ),
    (Kind.ESTABLISH, Track.TRADE): (_E.DECISION, _E.FUNDING, _E.CONSENT, _E.FIRST_WORKING_DAY),
    (Kind.UPGRADE, Track.CONSULAR): (_E.DECISION, _E.CONSENT, _E.RAISED, _E.EXEQUATUR),
}
"""Steps by kind of measure and track; an upgrade to an embassy has more (`steps_of`), others a decision and an effect.
"""


@value
class Milestone:
    """One step of one measure: when it is due, and when it was taken.

    kind: the step; planned: the day it is due; actual: empty until it was taken; source: who says when; first: the day
    it was due by the plan, where events moved it; stated: an event says when it is due
    """

    kind: EventKind
    planned: date
    actual: date | None = None
    source: str = ""
    first: date | None = None
    stated: bool = False

    @property
    def day(self) -> date:
        """Return the day it was taken, else the day it is due."""
        return self.actual or self.planned


@value
class Way:
    """The milestones of one measure of a plan, in their usual order, as far as they are known on a day."""

    measure: Measure
    steps: tuple[Milestone, ...]

    @property
    def effect(self) -> Milestone:
        """Return the step at which the measure takes effect."""
        return next(m for m in self.steps if m.kind is EFFECT[self.measure.kind])

    @property
    def taken(self) -> tuple[Milestone, ...]:
        """Return the steps taken."""
        return tuple(m for m in self.steps if m.actual)

    @property
    def done(self) -> date | None:
        """Return the day on which the measure took effect, if it has; a ceremony proves an opening too."""
        proofs = OPENING if self.measure.kind is Kind.ESTABLISH else (EFFECT[self.measure.kind],)
        return min((m.actual for m in self.taken if m.kind in proofs and m.actual), default=None)

    @property
    def under_way(self) -> bool:
        """Say whether it was begun (decided, or any later step) and has not taken effect."""
        return bool(self.taken) and self.done is None

    @property
    def months(self) -> float | None:
        """Return the lead time it took in fact, in months of an opening, where both ends are known."""
        decided = next((m.actual for m in self.taken if m.kind is EventKind.DECISION), None)
        if decided is None or self.done is None or self.done <= decided:
            return None
        return (self.done - decided).days / MONTH / LENGTH[self.measure.kind]


def steps_of(measure: Measure, track: Track) -> tuple[EventKind, ...]:
    """Return the steps of a measure, in their usual order."""
    if measure.kind is Kind.UPGRADE and measure.after in EMBASSIES and measure.before not in EMBASSIES:
        return EventKind.DECISION, EventKind.AGREMENT, EventKind.RAISED, EventKind.CREDENTIALS
    return STEPS.get((measure.kind, track), (EventKind.DECISION, EFFECT[measure.kind]))


def effect_month(problem: Problem, kind: Kind) -> int:
    """Return the month in which measures of a kind take effect, as the shares of a problem have it."""
    falls = kind in (Kind.DOWNGRADE, Kind.CLOSE)
    return min(12, max(1, round(12 * problem.last_share) + 1 if falls else 13 - round(12 * problem.first_share)))


def planned(problem: Problem, measure: Measure, months: float, start: date) -> tuple[Milestone, ...]:
    """Return the milestones of a measure, counted back from the first of the month in which it takes effect.

    months: lead time of an opening; start: no step is due before it, and where the lead time would ask for one the
    steps stand closer together. Raise InvalidError where the site of the measure is not in the problem.
    """
    track = next((s.track for s in problem.sites if s.id == measure.site), None)
    if track is None:
        raise InvalidError(f"The problem has no site {measure.site}.", hint="Take the case that the plan is of.")
    effect = date(measure.year, effect_month(problem, measure.kind), 1)
    whole = months * LENGTH[measure.kind] * MONTH
    begin = min(effect, max(start, effect - timedelta(days=round(whole))))
    span = (effect - begin).days
    made = []
    for kind in steps_of(measure, track):
        share = SHARE[kind]
        day = effect + timedelta(days=round(whole * (share - 1))) if share > 1 else begin
        made.append(Milestone(kind, day + timedelta(days=round(span * share)) if share <= 1 else day))
    return tuple(made)


# What has happened


def ways(case: Case, problem: Problem, measures: Iterable[Measure], months: float, on: date) -> tuple[Way, ...]:
    """Return the milestones of every measure by year and site, with what had happened by a day.

    months: lead time of an opening. An event planned moves the day that is due, and what depends on it moves along.
    Raise InvalidError as `planned` does.
    """
    told = sited(case)
    made = []
    for site, own in _by_site(measures):
        since = _since(case, told, site)
        rest = sorted((e for e in told if e.post == site and e.day > since), key=lambda e: e.day)
        for measure in own:
            steps = planned(problem, measure, months, case.as_of)
            way = Way(measure, _moved(steps, [_filled(m, measure, rest, on) for m in steps], EFFECT[measure.kind]))
            made.append(way)
            rest = [e for e in rest if way.done and e.day > way.done]  # the next measure begins where this one ended
    return tuple(sorted(made, key=lambda w: (w.measure.year, w.measure.site)))


def sited(case: Case) -> tuple[Event, ...]:
    """Return the events of a case by site: one of a post counts for the site where the post sits."""
    at = {post: site for site, post in posts_at(case).items()} | {
        h.post.id: h.place.id for h in hold(case)[0] if h.post
    }
    sites = {p.id for p in case.places}
    return tuple(e if e.post in sites else replace(e, post=at.get(e.post, e.post)) for e in case.events)


def _by_site(measures: Iterable[Measure]) -> Iterable[tuple[str, list[Measure]]]:
    found: dict[str, list[Measure]] = defaultdict(list)
    for measure in sorted(measures, key=lambda m: m.year):
        found[measure.site].append(measure)
    return found.items()


def _since(case: Case, told: Iterable[Event], site: str) -> date:
    """Return the day on which a site last changed before the record: what was told before belongs to that change."""
    opened = {p.id: p.span.start for p in case.posts if p.span.start}
    post = posts_at(case).get(site, "")
    changes = (*OPENING, *EFFECT.values())
    days = [e.day for e in told if e.post == site and e.kind in changes and not e.planned and e.day <= case.as_of]
    return max([*days, opened.get(post, date.min)])


def _filled(milestone: Milestone, measure: Measure, told: Sequence[Event], on: date) -> Milestone:
    """Return a milestone with the day on which it was taken, and the last day that is due for it."""
    own = [e for e in told if e.kind is milestone.kind and _fits(e, measure)]
    taken = next((e for e in own if not e.planned and e.day <= on), None)
    due = next((e for e in reversed(own) if e.planned), None)
    return Milestone(
        milestone.kind,
        due.day if due else milestone.planned,
        taken.day if taken else None,
        taken.source if taken else due.source if due else "",
        milestone.planned if due and due.day != milestone.planned else None,
        due is not None,
    )


def _moved(usual: Sequence[Milestone], told: Sequence[Milestone], effect: EventKind) -> tuple[Milestone, ...]:
    """Move the steps of which nothing is told along with those that are.

    What follows a step that is due later is later by as many days; what follows the effect comes earlier with it too,
    but the effect itself comes no earlier because a step before it does. What goes before a step is due by its day at
    the latest.
    """
    days, late = [], timedelta()
    for before, step in zip(usual, told, strict=True):
        if step.stated:
            late = (
                step.planned - before.planned
                if step.kind is effect
                else max(timedelta(), step.planned - before.planned)
            )
        days.append(step.planned if step.stated or step.actual else before.planned + late)
    for at in range(len(told) - 2, -1, -1):
        if not (told[at].stated or told[at].actual):
            days[at] = min(days[at], days[at + 1])
    return tuple(
        m if m.planned == day else replace(m, planned=day, first=m.planned) for m, day in zip(told, days, strict=True)
    )


def crossed(way: Way) -> Iterator[tuple[Milestone, Milestone]]:
    """Go through the pairs of steps whose days contradict each other: one is told to come before what goes before it.

    Two steps that were both taken are facts, whatever their order.
    """
    told = [m for m in way.steps if m.stated or m.actual]
    for earlier, later in combinations(told, 2):
        if (
            SHARE[earlier.kind] < SHARE[later.kind]
            and later.day < earlier.day
            and not (earlier.actual and later.actual)
        ):
            yield earlier, later


def _fits(event: Event, measure: Measure) -> bool:
    """Say whether an event may be a step of a measure: a raise to another form is none of its."""
    return event.kind not in (EventKind.RAISED, EventKind.LOWERED) or event.form in (None, Form.NONE, measure.after)
