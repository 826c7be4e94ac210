"""Replanning: the problem as it stands on a day, in which the past is past and what is under way is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from legation.delivery.forecast import Outlook
from legation.delivery.milestones import MONTH, effect_month
from legation.errors import Finding, InvalidError, Severity
from legation.model import Event, EventKind, Form
from legation.model.life import OPENING
from legation.planning.accounts import height
from legation.planning.brief import (
    After,
    AtLeast,
    Ceiling,
    Conditional,
    Kind,
    MeasuresPerYear,
    Reciprocate,
    Require,
    Rule,
    StaffCeiling,
    Window,
)
from legation.planning.problem import Problem, Site
from legation.values import value

REASON = {"done": "Done", "under-way": "Under way"}


@value
class Kept:
    """A measure that is fixed in a replan. state: done or under-way; year: of its effect, in fact or as expected."""

    site: str
    state: str
    before: Form
    after: Form
    planned: int
    year: int


@value
class Fresh:
    """A problem from a day on.

    problem: to be solved; first: first year in which anything may still be decided anew; kept: what is fixed; findings:
    what could not be fixed as it is
    """

    problem: Problem
    first: int
    kept: tuple[Kept, ...]
    findings: tuple[Finding, ...] = ()


def fresh(problem: Problem, kept: Sequence[Kept], on: date, *, after_months: float = 0.0) -> Fresh:
    """Return the problem that a day leaves open.

    Years before the first free one keep what happened in them: their money is spent or lost, apart from what a ceiling
    carries over. What took effect stays in its year, what is under way comes in the year in which it is expected, and
    all else is free from the first free year on: this one, or the next once the month of effect is past. What was
    lowered or closed counts as held so from the start; a closing under way may still be revoked.

    kept: from `kept_of` and `unplanned`; after_months: what is not begun takes effect so many months from the day at
    the earliest. Raise InvalidError where no year of the plan is left.
    """
    first = _first_free(problem, on)
    if first > problem.brief.years[-1]:
        message = f"No year of the plan is left on {on}: it ends with {problem.brief.years[-1]}."
        raise InvalidError(message, hint="Make a case for the next years, with the posts of today.")
    begun = max(first, _year_of(on, after_months, effect_month(problem, Kind.ESTABLISH)))
    sites: list[Site] = []
    pins: list[Rule] = []
    findings: list[Finding] = []
    for site in problem.sites:
        own = [k for k in kept if k.site == site.id]
        pinned, rules, found = _pinned(problem, site, own, first, begun)
        sites.append(pinned)
        pins += rules
        findings += found
    eased = tuple(_eased(problem, {k.site for k in kept}, first))
    brief = replace(problem.brief, rules=(*eased, *pins))
    return Fresh(replace(problem, sites=tuple(sites), brief=brief), first, tuple(kept), tuple(findings))


def _first_free(problem: Problem, on: date) -> int:
    years = problem.brief.years
    year = _year_of(max(on, date(years[0], 1, 1)), 0, effect_month(problem, Kind.ESTABLISH))
    return next((y for y in years if y >= year), year)


def _year_of(on: date, months: float, effect: int) -> int:
    """Return the first year whose month of effect is not past so many months after a day."""
    day = date.fromordinal(on.toordinal() + round(months * MONTH))
    return day.year if day <= date(day.year, effect, 1) else day.year + 1


# What is fixed


def kept_of(outlooks: Iterable[Outlook]) -> tuple[Kept, ...]:
    """Return the measures of a plan that are done or under way, each in the year of its effect."""
    kept = (o for o in outlooks if o.state in REASON)
    return tuple(
        Kept(m.site, o.state, m.before, m.after, m.year, o.effect.expected.year)
        for m, o in ((o.way.measure, o) for o in kept)
    )


def unplanned(problem: Problem, outlooks: Iterable[Outlook], told: Sequence[Event], on: date) -> tuple[Kept, ...]:
    """Return what was opened, raised, lowered or closed by a day and is no measure of the plan.

    told: events by site, after the day of the record
    """
    done = {(o.way.measure.site, o.way.done): o.way.measure.after for o in outlooks if o.way.done}
    made = []
    for site in problem.sites:
        form = site.today
        for event in sorted((e for e in told if e.post == site.id and not e.planned and e.day <= on), key=_day):
            after = done.get((site.id, event.day)) or _after(site, form, event)
            if after is not form and (site.id, event.day) not in done:
                made.append(Kept(site.id, "done", form, after, event.day.year, event.day.year))
            form = after
    return tuple(made)


def _day(event: Event) -> date:
    return event.day


def _after(site: Site, form: Form, event: Event) -> Form:
    """Return the form a site holds after an event; one that its ladder has not is left aside."""
    if event.kind is EventKind.CLOSED:
        return Form.NONE
    ladder = [r.form for r in site.ladder]
    if event.kind in OPENING and form is Form.NONE:
        return event.form if event.form in ladder else ladder[-1]
    renamed = event.kind in (EventKind.RAISED, EventKind.LOWERED) and event.form in ladder
    return event.form if renamed and event.form else form


# One site


def _pinned(
    problem: Problem, site: Site, kept: Sequence[Kept], first: int, begun: int
) -> tuple[Site, list[Rule], list[Finding]]:
    """Return a site and the rules that keep its past and what is under way, and leave the rest to later years."""
    years = problem.brief.years
    site, kept = _from_start(site, kept, years[0])
    late = [k for k in kept if k.year > years[-1]]
    kept = [k for k in kept if k.year <= years[-1]]
    if not kept and not late:
        still = _still(site, first, years[-1]) if first > years[0] else []
        return replace(site, first=_later(site.first, begun) if begun > years[0] else site.first), still, []
    free = max(first, begun, *(k.year + 1 for k in kept)) if not late else years[-1] + 1
    start = min((k.year for k in kept), default=free)
    rules: list[Rule] = [_require(k) for k in kept]
    until = [*(k.year for k in kept[1:]), free] if kept else []
    rules += [pin for k, year in zip(kept, until, strict=True) for pin in _lid(problem, site, k, year)]
    rules += _still(site, min(start, years[-1]), years[-1])
    return replace(site, first=start, last=_last(site, start)), rules, [_beyond(k, years[-1]) for k in late]


def _from_start(site: Site, kept: Sequence[Kept], year: int) -> tuple[Site, list[Kept]]:
    """Take what happened before the plan, and what was lowered or closed, for the form held from the start."""
    rest = []
    for k in kept:
        falls = height(site, k.after) < height(site, k.before)
        if k.state == "done" and (k.year < year or falls):
            site = replace(site, today=k.after)
        elif not falls:  # what is being closed and is not closed yet may still be kept
            rest.append(k)
    return site, rest


def _require(kept: Kept) -> Require:
    reason = f"{REASON[kept.state]}: planned for {kept.planned}."
    return Require(kept.site, kept.after, kept.year, exactly=True, reason=reason)


def _still(site: Site, first: int, last: int) -> list[Rule]:
    """Keep a site from being lowered or closed before a year."""
    return [Window(site.id, first, last, reason="What is past is past.")] if site.closable else []


def _lid(problem: Problem, site: Site, kept: Kept, free: int) -> Iterator[Rule]:
    """Keep a site from rising above a form, once taken up, before a year that is free."""
    rungs = height(site, kept.after)
    lag = sum(kept.year <= year < free for year in problem.brief.years)
    if lag and rungs < len(site.ladder):
        above = site.ladder[rungs].form
        yield After(site.id, above, site.id, kept.after, lag, reason="Later years alone are free.")


def _later(first: int | None, free: int | None) -> int | None:
    return max((y for y in (first, free) if y is not None), default=None)


def _last(site: Site, start: int) -> int | None:
    return None if site.last is None else max(site.last, start)


def _beyond(kept: Kept, last: int) -> Finding:
    message = f"{kept.site} is under way but expected in {kept.year} only, after the last year of the plan ({last})."
    remedy = "Plan the years after, or bring it forward; nothing is spent on it in this plan."
    return Finding("replan-beyond", Severity.WARNING, kept.site, message, remedy)


# The rules


def _eased(problem: Problem, kept: set[str], first: int) -> Iterator[Rule]:
    """Go through the rules without what they ask of years that are past, or of what is fixed anyway."""
    years = problem.brief.years
    for rule in problem.brief.rules:
        if isinstance(rule, Ceiling | StaffCeiling):
            yield from _ceiling(rule, years, first)
        elif isinstance(rule, MeasuresPerYear):
            open_ = tuple(y for y in (rule.years or years) if y >= first)
            yield from [replace(rule, years=open_ if first > years[0] else rule.years)] if open_ else []
        elif isinstance(rule, Require):
            yield from [] if rule.site in kept and rule.by < first else [_by(rule, first)]
        elif isinstance(rule, AtLeast):
            yield replace(rule, by=max(rule.by, first))
        elif isinstance(rule, Reciprocate):
            yield replace(rule, within=max(rule.within, years.index(first) + 1 if first in years else 1))
        elif isinstance(rule, Conditional):
            yield replace(rule, met=rule.met or rule.site in kept)
        elif not (isinstance(rule, Window) and rule.site in kept):
            yield rule


def _by(rule: Require, first: int) -> Require:
    return rule if rule.by >= first else replace(rule, by=first, exactly=False)


def _ceiling(rule: Ceiling | StaffCeiling, years: Sequence[int], first: int) -> Iterator[Ceiling | StaffCeiling]:
    """Keep the amounts of years that are free, and of the one before where it may pass on what is left of it."""
    carries = isinstance(rule, Ceiling) and rule.carry_over > 0
    since = first if first == years[0] or not carries else years[max(0, years.index(first) - 1)]
    amounts = tuple((year, amount) for year, amount in rule.amounts if year >= since)
    if amounts:
        yield replace(rule, amounts=amounts)
