"""Delivery at the desk: how far a plan has come on a day, what it leaves unspent, and how it would go on from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from legation import codec
from legation.cases.case import Case
from legation.cases.drafting import Draft, draft
from legation.cases.siting import lives, mistold, names_of, posts_at
from legation.chancery.dossiers import Papers, case_of_id, papers_of
from legation.delivery.curve import Earned, curve
from legation.delivery.forecast import Expected, Outlook, outlooks
from legation.delivery.indicators import Indicator, indicators
from legation.delivery.leadtimes import LeadTime, Spread, Trial, spread_of, trials
from legation.delivery.milestones import crossed, sited, ways
from legation.delivery.money import Unspent, by_measure, unspent
from legation.delivery.replanning import Fresh, Kept, fresh, kept_of, unplanned
from legation.desk.registry import case_changes, case_of
from legation.errors import Finding, InvalidError, NotFoundError, RefusedError, Severity
from legation.model import Event
from legation.model.life import AWAY
from legation.model.revisions import Revision
from legation.planning.comparison import Comparison, compare
from legation.planning.outcome import Measure, Plan
from legation.planning.problem import Problem
from legation.programme.plans import plan as solve
from legation.programme.solver import Limits
from legation.review.access import Permission, require
from legation.review.people import Person
from legation.sources.reading import read_case
from legation.sources.world import load_table
from legation.sources.writing import add_event, check_event
from legation.store import Store
from legation.values import value


@value
class Line:
    """One measure on a day: done, under-way, due or ahead, its milestones, and its money by year."""

    measure: Measure
    state: str
    effect: Expected
    steps: tuple[Expected, ...]
    money: tuple[Unspent, ...]


@value
class Usual:
    """The lead times that the forecast rests on, in months from the decision to an opening.

    low, median, high: one in ten is shorter, half are, nine in ten are; published, own: how many cases of others and
    completed measures of our own; inside: how many published cases fall into the interval that the others give
    """

    low: float
    median: float
    high: float
    published: int
    own: int
    inside: int


@value
class Tracked:
    """A plan on a day."""

    case: str
    on: date
    currency: str
    lines: tuple[Line, ...]
    money: tuple[Unspent, ...]
    unplanned: tuple[Kept, ...]
    usual: Usual
    findings: tuple[Finding, ...] = ()
    curve: tuple[Earned, ...] = ()


@value
class Replanned:
    """The best plan from a day on, beside the one of before by the same problem.

    first: first year in which anything was free; kept: what was fixed
    """

    first: int
    kept: tuple[Kept, ...]
    problem: Problem
    plan: Plan
    comparison: Comparison
    findings: tuple[Finding, ...] = ()


def published() -> tuple[LeadTime, ...]:
    """Return the published lead times of the product's own table."""
    return tuple(
        LeadTime(
            *(row["sender"], row["form"], _number(row["months_low"]), _number(row["months_high"])),
            *(row["basis"] == "observed", int(row["posts"]), row["source"], row["note"]),
        )
        for row in load_table("lead_times")
    )


def backtest() -> tuple[Trial, ...]:
    """Hold every published lead time against the interval that the others give."""
    return trials(published())


def read_plan(path: Path) -> Plan:
    """Read a plan from a file; raise NotFoundError or InvalidError with what is wrong."""
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Write one with: legation plan CASE -o plan.json")
    found: Plan = codec.load(Plan, path.read_text(encoding="utf-8"))
    return found


def track(case: Case, problem: Problem, plan: Plan, on: date) -> Tracked:
    """Return how far a plan of a case has come by a day, when the rest is expected, and what is left unspent."""
    seen, spread = _outlooks(case, problem, plan, on)
    cases = published()
    own = sum(o.way.months is not None for o in seen)
    low, median, high = (round(spread.quantile(q), 1) for q in (0.1, 0.5, 0.9))
    return Tracked(
        case=case.name,
        on=on,
        currency=problem.currency,
        lines=tuple(Line(o.way.measure, o.state, o.effect, o.steps, by_measure(problem, o)) for o in seen),
        money=unspent(problem, seen),
        unplanned=unplanned(problem, seen, _later(case), on),
        usual=Usual(low, median, high, len(cases), own, sum(t.inside for t in trials(cases))),
        findings=(*_findings(case, problem, plan, on), *_crossed(case, problem, seen)),
        curve=curve(seen, on),
    )


def replan(
    case: Case, problem: Problem, plan: Plan, on: date, *, after_months: float = 0.0, limits: Limits = Limits()
) -> Replanned:
    """Return the best plan from a day on: what is done or under way is kept, later years are free.

    after_months: what is not begun takes effect so many months from the day at the earliest. Raise InvalidError where
    no year is left, InfeasibleError where what is kept and the rules cannot hold together.
    """
    made = rest(case, problem, plan, on, after_months=after_months)
    new = solve(made.problem, digest=codec.digest(made.problem), limits=limits)
    found = (*_findings(case, problem, plan, on), *made.findings)
    return Replanned(made.first, made.kept, made.problem, new, compare(made.problem, new, plan), found)


def rest(case: Case, problem: Problem, plan: Plan, on: date, *, after_months: float = 0.0) -> Fresh:
    """Return the problem that a day leaves open of a plan."""
    seen, _ = _outlooks(case, problem, plan, on)
    kept = (*kept_of(seen), *unplanned(problem, seen, _later(case), on))
    return fresh(problem, sorted(kept, key=lambda k: (k.year, k.site)), on, after_months=after_months)


def opened_for(case: Case, drafted: Draft, plan: Plan, on: date, *, growth: float = 0.0) -> tuple[Indicator, ...]:
    """Return what the posts of a plan were opened for, and whether it came true by a day."""
    _fits(drafted.problem, plan)
    return indicators(case, plan, drafted.appraisal, on, growth=growth)


def record(source: str, event: Event) -> tuple[Finding, ...]:
    """Add an event to a case folder or workbook and return what is odd about it now.

    Raise InvalidError with every fault, and write nothing then.
    """
    add_event(source, event)
    return odd(read_case(source)[0], event)


def odd(case: Case, event: Event) -> tuple[Finding, ...]:
    """Return what is odd about the post that an event is told of."""
    subjects = {event.post, posts_at(case).get(event.post)}
    return tuple(f for f in mistold(case) if f.subject in subjects)


# On record


def track_dossier(store: Store, who: Person, id_: str, on: date, *, at: int | None = None) -> Tracked:
    """Return how far the plan of a dossier has come by a day, by the events on record as of a revision."""
    case, found = _dossier(store, who, id_, at)
    return track(case, found.problem, found.plan, on)


def odd_on_record(store: Store, name: str, event: Event) -> tuple[Finding, ...]:
    """Return what is odd about the post of a case on record that an event is told of."""
    return odd(case_of(store, name), event)


def sites_of(store: Store, who: Person, id_: str, *, at: int | None = None) -> dict[str, str]:
    """Return what people call the sites of a dossier's plan, by their ids."""
    case, found = _dossier(store, who, id_, at)
    return names_of(case, found.problem.sites)


def replan_dossier(
    store: Store,
    who: Person,
    id_: str,
    on: date,
    *,
    after_months: float = 0.0,
    limits: Limits = Limits(),
    at: int | None = None,
) -> Replanned:
    """Return the best way on from a day for the plan of a dossier; nothing is put on record."""
    require(who, Permission.PLAN)
    case, found = _dossier(store, who, id_, at)
    return replan(case, found.problem, found.plan, on, after_months=after_months, limits=limits)


def came_true(
    store: Store, who: Person, id_: str, on: date, *, growth: float = 0.0, at: int | None = None
) -> tuple[Indicator, ...]:
    """Return what the posts of a dossier's plan were opened for, and whether it came true by a day."""
    case, found = _dossier(store, who, id_, at)
    return opened_for(case, draft(case), found.plan, on, growth=growth)


def tell_event(store: Store, who: Person, name: str, event: Event, at: datetime, *, read: int = 0) -> Revision:
    """Put what happened to a post or site of a case on record; raise InvalidError with every fault of it.

    read: the revision the writer saw, the last by default; raise ConflictError where another event came since
    """
    require(who, Permission.TRACK)
    read = read or store.touched(name)
    case = case_of(store, name, at=read or None)
    check_event(case, event)
    changes = tuple(case_changes(store, replace(case, events=(*case.events, event))))
    if event in case.events or not changes:
        raise RefusedError(f"It is on record already: {event.post}, {event.kind.value} on {event.day}.")
    reason = f"{event.post}: {event.kind.value} {'due ' if event.planned else ''}on {event.day}"
    return store.commit(changes, actor=who.name, reason=reason, at=at, read=read)


def _dossier(store: Store, who: Person, id_: str, at: int | None) -> tuple[Case, Papers]:
    found = papers_of(store, who, id_, at=at)
    return case_of(store, case_of_id(id_), at=at), found


def _number(text: str) -> float | None:
    return float(text) if text else None


def _outlooks(case: Case, problem: Problem, plan: Plan, on: date) -> tuple[tuple[Outlook, ...], Spread]:
    """Return the forecast of each measure, and the lead times it rests on: those of others and our own."""
    _fits(problem, plan)
    others = published()
    found = ways(case, problem, plan.measures, spread_of(others).quantile(0.5), on)
    spread = spread_of(others, [way.months for way in found if way.months])
    return outlooks(found, spread, on), spread


def _later(case: Case) -> tuple[Event, ...]:
    return tuple(e for e in sited(case) if e.day > case.as_of)


def _fits(problem: Problem, plan: Plan) -> None:
    """Raise InvalidError where the measures of a plan are at sites, in forms or in years that the case has not."""
    ladders = {s.id: {"none", *(r.form.value for r in s.ladder)} for s in problem.sites}
    for m in plan.measures:
        if not {m.before.value, m.after.value} <= ladders.get(m.site, set()) or m.year not in problem.brief.years:
            message = f"The plan is of another case: {m.site}, {m.before.value} to {m.after.value} in {m.year}."
            raise InvalidError(message, hint=f"{problem.name} has no such site, form or year: give its own plan.")


def _crossed(case: Case, problem: Problem, seen: Iterable[Outlook]) -> Iterator[Finding]:
    names = names_of(case, problem.sites)
    for way in (o.way for o in seen):
        for earlier, later in crossed(way):
            site = way.measure.site
            one, two = (
                f"{m.kind.value.replace('-', ' ')} {'was' if m.actual else 'is due'} on {m.day}"
                for m in (later, earlier)
            )
            message = f"{names[site]}: the {one}, though the {two} and goes before it."
            remedy = "Tell the day of the one that moved: legation track record ... --planned."
            yield Finding("milestone-order", Severity.WARNING, site, message, remedy, "events.csv")


def _findings(case: Case, problem: Problem, plan: Plan, on: date) -> Iterator[Finding]:
    if plan.problem and plan.problem != codec.digest(problem):
        message = f"The plan answers another problem than {case.name} asks now: costs are those of the case."
        yield Finding("plan-other", Severity.NOTE, case.name, message, "Expected after a replan; else plan again.")
    yield from mistold(case)
    for found in lives(case, on):
        if found.status in AWAY:
            message = f"Post {found.post.id} is {found.status} on {on}; a replan still counts it as held."
            remedy = "Add the event resumed, or closed, once that is decided."
            yield Finding("post-away", Severity.WARNING, found.post.id, message, remedy, "events.csv")
