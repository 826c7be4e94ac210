"""What differs between two plans of one problem: measures, money, who represents us where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from legation.model import Form, Track
from legation.planning.accounts import Held, held_forms, money, objective, to_decimal
from legation.planning.outcome import Measure, Plan, Served, YearMoney
from legation.planning.problem import Problem, Site
from legation.values import value


class Reason(StrEnum):
    """Why a plan does otherwise at a site than another plan, seen from the plan.

    gains: what the site serves and is worth in itself is more; saves: it is not more, but costs less; elsewhere:
    neither; money, people or services freed here are of use at other sites, or a rule asks for it
    """

    GAINS = "gains"
    SAVES = "saves"
    ELSEWHERE = "elsewhere"


@value
class Difference:
    """One site at which the plans take other measures. worth (discounted), money (all years): plan less other."""

    site: str
    measures: tuple[Measure, ...]
    others: tuple[Measure, ...]
    worth: Decimal
    money: Decimal
    reason: Reason


@value
class Moved:
    """The same act in another year."""

    site: str
    after: Form
    year: int
    other_year: int


@value
class Pairing:
    """Measures of two plans: shared in the same year, moved to another year, of the first alone, of the other alone."""

    shared: tuple[Measure, ...]
    moved: tuple[Moved, ...]
    only: tuple[Measure, ...]
    other_only: tuple[Measure, ...]


@value
class Coverage:
    """In a year an interest is served from another site, or by another share; no site: it is not served."""

    year: int
    interest: str
    site: str
    share: Decimal
    other_site: str
    other_share: Decimal


@value
class Spending:
    """Money and staff of a year, plan less other."""

    year: int
    establishing: Decimal
    running: Decimal
    full_year: Decimal
    staff: Decimal


@value
class Reciprocity:
    """Diplomatic sites by who resides where: both, they with us only, we with them only, neither."""

    mutual: int
    owed: int
    ahead: int
    absent: int


@value
class Comparison:
    """A plan beside another of the same problem.

    kept: objective of the other as a share of the plan's, where that is above 0; lost: plan less other; shared:
    measures of both, in the same year; only, other_only: measures of one alone; tail: plan less other;
    today, reciprocity, other_reciprocity: now and at the end of each plan
    """

    kept: Decimal | None
    lost: Decimal
    shared: tuple[Measure, ...]
    moved: tuple[Moved, ...]
    only: tuple[Measure, ...]
    other_only: tuple[Measure, ...]
    differences: tuple[Difference, ...]
    coverage: tuple[Coverage, ...]
    money: tuple[Spending, ...]
    tail: Decimal
    today: Reciprocity
    reciprocity: Reciprocity
    other_reciprocity: Reciprocity


def compare(problem: Problem, plan: Plan, other: Plan) -> Comparison:
    """Return what differs between two plans of one problem; all amounts are the plan's less the other's."""
    held, other_held = (held_forms(problem, p.measures) for p in (plan, other))
    best = objective(problem, held, plan.services)
    second = objective(problem, other_held, other.services)
    paired = pair(plan.measures, other.measures)
    return Comparison(
        kept=to_decimal(second / best) if best > 0 else None,
        lost=to_decimal(best - second),
        shared=paired.shared,
        moved=paired.moved,
        only=paired.only,
        other_only=paired.other_only,
        differences=tuple(_differences(problem, plan, other)),
        coverage=tuple(_coverage(problem, plan.services, other.services)),
        money=tuple(_spending(a, b) for a, b in zip(plan.money, other.money, strict=True)),
        tail=plan.tail - other.tail,
        today=_reciprocity(problem, {s.id: (s.today,) for s in problem.sites}),
        reciprocity=_reciprocity(problem, held),
        other_reciprocity=_reciprocity(problem, other_held),
    )


def pair(measures: Sequence[Measure], others: Sequence[Measure]) -> Pairing:
    """Pair the measures of two plans, which may answer different problems."""
    acts = {(m.site, m.after, m.year) for m in measures} & {(m.site, m.after, m.year) for m in others}
    moved = tuple(_moved(measures, others, acts))
    elsewhere = {(m.site, m.after) for m in moved}
    return Pairing(
        tuple(m for m in measures if (m.site, m.after, m.year) in acts),
        moved,
        tuple(_unpaired(measures, acts, elsewhere)),
        tuple(_unpaired(others, acts, elsewhere)),
    )


Act = tuple[str, Form, int]


def _moved(measures: Iterable[Measure], others: Iterable[Measure], acts: set[Act]) -> Iterator[Moved]:
    """Pair the acts that are taken in different years, the earliest with the earliest."""
    rest = [m for m in others if (m.site, m.after, m.year) not in acts]
    for measure in measures:
        if (measure.site, measure.after, measure.year) in acts:
            continue
        twin = next((m for m in rest if (m.site, m.after) == (measure.site, measure.after)), None)
        if twin is not None:
            rest.remove(twin)
            yield Moved(measure.site, measure.after, measure.year, twin.year)


def _unpaired(measures: Iterable[Measure], acts: set[Act], elsewhere: set[tuple[str, Form]]) -> Iterator[Measure]:
    yield from (m for m in measures if (m.site, m.after, m.year) not in acts and (m.site, m.after) not in elsewhere)


def _differences(problem: Problem, plan: Plan, other: Plan) -> Iterator[Difference]:
    held, other_held = (held_forms(problem, p.measures) for p in (plan, other))
    for site in sorted(problem.sites, key=lambda s: s.id):
        if held[site.id] == other_held[site.id]:
            continue
        worth, spent = _alone_at(problem, site, held, plan.services)
        other_worth, other_spent = _alone_at(problem, site, other_held, other.services)
        yield Difference(
            site=site.id,
            measures=tuple(m for m in plan.measures if m.site == site.id),
            others=tuple(m for m in other.measures if m.site == site.id),
            worth=to_decimal(worth - other_worth),
            money=to_decimal(spent - other_spent),
            reason=_reason(worth - other_worth, spent - other_spent),
        )


def _alone_at(problem: Problem, site: Site, held: Held, services: Iterable[Served]) -> tuple[Fraction, Fraction]:
    """Return what one site is worth (discounted) and costs over the years, its services included."""
    offered = tuple(s for s in problem.services if s.site == site.id)
    alone = replace(problem, sites=(site,), services=offered, change_penalty=Decimal(0))
    rows = [s for s in services if s.site == site.id]
    spent = sum((Fraction(m.establishing) + Fraction(m.running) for m in money(alone, held, rows)), Fraction(0))
    return objective(alone, held, rows), spent


def _reason(worth: Fraction, money: Fraction) -> Reason:
    if worth > 0:
        return Reason.GAINS
    return Reason.SAVES if money < 0 else Reason.ELSEWHERE


def _coverage(problem: Problem, services: Iterable[Served], others: Iterable[Served]) -> Iterator[Coverage]:
    """Go through the interests that are served otherwise, by year."""
    here, there = ({(s.year, s.interest): s for s in rows} for rows in (services, others))
    for year in problem.brief.years:
        for interest in sorted(i.id for i in problem.interests):
            site, share = _source(here.get((year, interest)))
            other_site, other_share = _source(there.get((year, interest)))
            if (site, share) != (other_site, other_share):
                yield Coverage(year, interest, site, share, other_site, other_share)


def _source(row: Served | None) -> tuple[str, Decimal]:
    return (row.site, row.share) if row else ("", Decimal(0))


def _spending(year: YearMoney, other: YearMoney) -> Spending:
    return Spending(
        year=year.year,
        establishing=year.establishing - other.establishing,
        running=year.running - other.running,
        full_year=year.full_year - other.full_year,
        staff=sum((getattr(year, k) - getattr(other, k) for k in ("diplomatic", "support", "local")), Decimal(0)),
    )


def _reciprocity(problem: Problem, held: Held) -> Reciprocity:
    """Count the diplomatic sites at the end of the last year."""
    pairs = [(s.resident_here, held[s.id][-1] is not Form.NONE) for s in problem.sites if s.track is Track.DIPLOMATIC]
    return Reciprocity(
        mutual=pairs.count((True, True)),
        owed=pairs.count((True, False)),
        ahead=pairs.count((False, True)),
        absent=pairs.count((False, False)),
    )
