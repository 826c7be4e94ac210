"""What a set of measures and services comes to, in exact arithmetic: forms held, money, worth, objective.

Every sum is taken in fractions of the decimals of the problem, so that two readers of a plan get the same figures
to the last digit. Plans are filled in and checked with these functions; the formulation has no part in them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, localcontext
from fractions import Fraction

from legation.model import LADDERS, Form
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Served, YearMoney
from legation.planning.problem import Problem, Rung, Service, Site
from legation.values import value

Held = Mapping[str, tuple[Form, ...]]
"""The form each site holds at the end of each year of the brief."""

Key = tuple[str, str, Form, Decimal, bool]


@value
class Change:
    """A site goes from one form to another in the t-th year of the brief (from 0).

    start, end: how many rungs of its ladder it holds before and after
    """

    site: Site
    t: int
    start: int
    end: int


def to_decimal(amount: Fraction | int) -> Decimal:
    """Return a fraction as a decimal: exact where it ends, else rounded to 12 decimals."""
    ratio = Fraction(amount)
    rest = ratio.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    with localcontext(prec=200):
        exact = Decimal(ratio.numerator) / Decimal(ratio.denominator)
        return exact if rest == 1 else exact.quantize(Decimal("1e-12"))


def height(site: Site, form: Form) -> int:
    """Return how many rungs of its ladder a site holds at a form; raise ValueError for a form off the ladder."""
    return [Form.NONE, *(rung.form for rung in site.ladder)].index(form)


def reaches(site: Site, held: Form, form: Form) -> bool:
    """Say whether holding a form at a site is holding another or a higher one of its track.

    A form that is missing from the ladder of the site stands where the ladder of its track puts it; a form of
    another track is never held, and everything reaches `none`.
    """
    order = (Form.NONE, *LADDERS[site.track])
    return form in order and order.index(held) >= order.index(form)


def held_forms(problem: Problem, measures: Iterable[Measure]) -> dict[str, tuple[Form, ...]]:
    """Return the form each site holds at the end of each year: today's, until a measure changes it."""
    after = {(m.site, m.year): m.after for m in measures}
    held = {}
    for site in problem.sites:
        forms = [site.today]
        for year in problem.brief.years:
            forms.append(after.get((site.id, year), forms[-1]))
        held[site.id] = tuple(forms[1:])
    return held


def changes(problem: Problem, held: Held) -> Iterator[Change]:
    """Go through every change of form, by year and then in the order of the ids."""
    sites = sorted(problem.sites, key=lambda s: s.id)
    for t in range(len(problem.brief.years)):
        for site in sites:
            before = held[site.id][t - 1] if t else site.today
            if before != held[site.id][t]:
                yield Change(site, t, height(site, before), height(site, held[site.id][t]))


def offers(problem: Problem) -> dict[Key, Service]:
    """Return the services by what a row of a plan says of them; of equal ones the cheapest."""
    dearest_first = sorted(problem.services, key=lambda s: (s.running, s.load), reverse=True)
    return {(s.site, s.interest, s.form, s.share, s.concurrent): s for s in dearest_first}


def key_of(row: Served) -> Key:
    """Return what a row of a plan says of the service it uses."""
    return row.site, row.interest, row.form, row.share, row.concurrent


def money(problem: Problem, held: Held, services: Iterable[Served]) -> tuple[YearMoney, ...]:
    """Return the money and staff of each year; every amount is exact."""
    used = _service_cost(problem, services)
    moved = list(changes(problem, held))
    return tuple(
        YearMoney(
            year=year,
            establishing=to_decimal(sum((_establishing(c, t) for c in moved), Fraction(0))),
            running=to_decimal(_full_year(problem, held, t) + used[year] + _part_years(problem, moved, t)),
            baseline=to_decimal(_baseline(problem, t)),
            full_year=to_decimal(_full_year(problem, held, t) + used[year]),
            diplomatic=to_decimal(_staff(problem, held, t, "diplomatic")),
            support=to_decimal(_staff(problem, held, t, "support")),
            local=to_decimal(_staff(problem, held, t, "local")),
        )
        for t, year in enumerate(problem.brief.years)
    )


def tail(problem: Problem, held: Held, services: Iterable[Served]) -> tuple[Decimal, Decimal]:
    """Return what each year after the last costs, and what it costs if nothing changes; both exact."""
    last = len(problem.brief.years) - 1
    used = _service_cost(problem, services)[problem.brief.years[-1]]
    return to_decimal(_full_year(problem, held, last) + used), to_decimal(_baseline(problem, last))


def objective(problem: Problem, held: Held, services: Iterable[Served]) -> Fraction:
    """Return what a plan is worth.

    sum over years of delta^t (worth x share of what is served + merit of every rung held)
    - sum over changes of change_penalty x (1 + r / (1000 S)) x rungs climbed or descended
    """
    by_year = _worth(problem, services)
    total = Fraction(0)
    for t, weight in enumerate(discounts(problem)):
        total += weight * (sum(by_year[t].values(), Fraction(0)) + _merit(problem, held, t))
    return total - _penalty(problem, held)


def measures_from(problem: Problem, held: Held, services: Sequence[Served]) -> tuple[Measure, ...]:
    """Return the measures that lead to the forms held, with what each costs and gains, by year and site."""
    moved = list(changes(problem, held))
    gains = _gains(problem, services)
    ends: dict[str, int] = {}
    found = []
    for change in reversed(moved):
        stop = ends.get(change.site.id, len(problem.brief.years))
        ends[change.site.id] = change.t
        worth = sum((gains[change.site.id, t] for t in range(change.t, stop)), Fraction(0))
        found.append(_measure(problem, change, worth))
    return tuple(reversed(found))


def kind_of(start: int, end: int) -> Kind:
    """Return what kind of measure leads from one height to another."""
    if start == 0:
        return Kind.ESTABLISH
    if end == 0:
        return Kind.CLOSE
    return Kind.UPGRADE if end > start else Kind.DOWNGRADE


def discounts(problem: Problem) -> tuple[Fraction, ...]:
    """Return what worth counts in each year: 1 in the first, each next one less by the discount rate."""
    delta = 1 / (1 + Fraction(problem.brief.discount_rate))
    return tuple(delta**t for t in range(len(problem.brief.years)))


def _measure(problem: Problem, change: Change, worth: Fraction) -> Measure:
    site, t, before, after = change.site, change.t, change.start, change.end
    forms = (Form.NONE, *(rung.form for rung in site.ladder))
    establishing = sum((_establishing(change, u) for u in range(t + 1)), Fraction(0))
    staff = sum((_people(site, after, kind) - _people(site, before, kind) for kind in STAFF), Fraction(0))
    return Measure(
        year=problem.brief.years[t],
        site=site.id,
        kind=kind_of(before, after),
        before=forms[before],
        after=forms[after],
        establishing=to_decimal(establishing),
        running=to_decimal(_running(site, after, t) - _running(site, before, t)),
        staff=to_decimal(staff),
        worth=to_decimal(worth),
    )


# Money

STAFF = ("diplomatic", "support", "local")


def _rung(site: Site, rungs: int) -> Rung | None:
    return site.ladder[rungs - 1] if rungs else None


def _running(site: Site, rungs: int, t: int) -> Fraction:
    rung = _rung(site, rungs)
    return Fraction(rung.running[t]) if rung else Fraction(0)


def _people(site: Site, rungs: int, kind: str) -> Fraction:
    rung = _rung(site, rungs)
    return Fraction(getattr(rung, kind)) if rung else Fraction(0)


def _establishing(change: Change, t: int) -> Fraction:
    """Return what a change costs once, as far as it is paid in year t: closing whole, lead shares a year before."""
    site, then = change.site, change.t
    if change.end < change.start:
        amounts = [Fraction(0), *(Fraction(rung.closing[then]) for rung in site.ladder)]
        return amounts[change.start] - amounts[change.end] if t == then else Fraction(0)
    amounts = [Fraction(0), *(Fraction(rung.establishing[then]) for rung in site.ladder)]
    paid = Fraction(0)
    for rungs in range(change.start + 1, change.end + 1):
        lead = Fraction(site.ladder[rungs - 1].lead_share) if then else Fraction(0)
        share = {then: 1 - lead, then - 1: lead}.get(t, Fraction(0))
        paid += share * (amounts[rungs] - amounts[rungs - 1])
    return paid


def _part_years(problem: Problem, moved: Iterable[Change], t: int) -> Fraction:
    """Return what forms taken up in a year do not yet cost in it, and what forms given up still cost."""
    first, last = Fraction(problem.first_share), Fraction(problem.last_share)
    total = Fraction(0)
    for change in moved:
        if change.t == t:
            more = _running(change.site, change.end, t) - _running(change.site, change.start, t)
            total -= more * ((1 - first) if change.end > change.start else last)
    return total


def _full_year(problem: Problem, held: Held, t: int) -> Fraction:
    return sum((_running(s, height(s, held[s.id][t]), t) for s in problem.sites), Fraction(0))


def _baseline(problem: Problem, t: int) -> Fraction:
    return sum((_running(s, height(s, s.today), t) for s in problem.sites), Fraction(0))


def _staff(problem: Problem, held: Held, t: int, kind: str) -> Fraction:
    return sum((_people(s, height(s, held[s.id][t]), kind) for s in problem.sites), Fraction(0))


def _service_cost(problem: Problem, services: Iterable[Served]) -> dict[int, Fraction]:
    known, position = offers(problem), {year: t for t, year in enumerate(problem.brief.years)}
    total: dict[int, Fraction] = defaultdict(Fraction)
    for row in services:
        cost = known[key_of(row)].running
        total[row.year] += Fraction(cost[position[row.year]]) if cost else 0
    return total


# Worth


def _worth(problem: Problem, services: Iterable[Served]) -> list[dict[str, Fraction]]:
    """Return, year by year, the worth that each site serves, before discounting."""
    worth = {i.id: i.worth for i in problem.interests}
    position = {year: t for t, year in enumerate(problem.brief.years)}
    by_year: list[dict[str, Fraction]] = [defaultdict(Fraction) for _ in problem.brief.years]
    for row in services:
        t = position[row.year]
        by_year[t][row.site] += Fraction(worth[row.interest][t]) * Fraction(row.share)
    return by_year


def _gains(problem: Problem, services: Iterable[Served]) -> dict[tuple[str, int], Fraction]:
    """Return the discounted worth a site brings in a year beyond what today's forms serve by themselves.

    Of each interest: worth x (share served - best share of today's forms, concurrent services aside), credited to
    the site that serves it, or, where nobody does any more, to the site that serves it today.
    """
    today = _today(problem)
    rows = {(row.year, row.interest): (row.site, Fraction(row.share)) for row in services}
    gains: dict[tuple[str, int], Fraction] = defaultdict(Fraction)
    for t, weight in enumerate(discounts(problem)):
        for interest in problem.interests:
            site, had = today.get(interest.id, ("", Fraction(0)))
            site, has = rows.get((problem.brief.years[t], interest.id), (site, Fraction(0)))
            gains[site, t] += weight * Fraction(interest.worth[t]) * (has - had)
    return gains


def _today(problem: Problem) -> dict[str, tuple[str, Fraction]]:
    """Return the site that serves each interest best today by itself, and its share."""
    sites = {s.id: s for s in problem.sites}
    best: dict[str, tuple[str, Fraction]] = {}
    for service in sorted(problem.services, key=lambda s: (-s.share, s.site)):
        site = sites[service.site]
        if not service.concurrent and reaches(site, site.today, service.form):
            best.setdefault(service.interest, (service.site, Fraction(service.share)))
    return best


def _merit(problem: Problem, held: Held, t: int) -> Fraction:
    rungs = (rung for s in problem.sites for rung in s.ladder[: height(s, held[s.id][t])])
    return sum((Fraction(rung.merit) for rung in rungs), Fraction(0))


def _penalty(problem: Problem, held: Held) -> Fraction:
    order = {site: r for r, site in enumerate(sorted(s.id for s in problem.sites), start=1)}
    unit, size = Fraction(problem.change_penalty), 1000 * len(problem.sites)
    return sum(
        (unit * (1 + Fraction(order[c.site.id], size)) * abs(c.end - c.start) for c in changes(problem, held)),
        Fraction(0),
    )
