"""The best plan of a small problem by trying every way it can go: slow, simple, without the formulation."""

from fractions import Fraction
from itertools import product

from legation.model import LADDERS, Form
from legation.planning.accounts import measures_from, money, objective, tail, to_decimal
from legation.planning.brief import AccreditationDistance, AccreditationsPerSeat, Ceiling, Tail
from legation.planning.compliance import breaches, open_books
from legation.planning.outcome import Plan, Proof, Served

MONEY = (Ceiling, Tail)
SERVICES = (AccreditationsPerSeat, AccreditationDistance)  # kept by the choice of services below


def histories(site, years):
    """Return every sequence of forms a site can hold: falling only where closable, rising only in its years."""
    forms = [Form.NONE, *(rung.form for rung in site.ladder)]
    first, last = (years[0] if site.first is None else site.first), (years[-1] if site.last is None else site.last)
    found = [((), forms.index(site.today))]
    for year in years:
        found = [
            ((*past, forms[h]), h)
            for past, held in found
            for h in range(len(forms))
            if h == held or (h < held and site.closable) or (h > held and first <= year <= last)
        ]
    return [past for past, _ in found]


def choices(problem, held, t):
    """Return the ways to serve the interests in a year that are worth trying, as (worth, cost, rows), best first.

    Of two ways, one that is worth no more and costs no less is not worth trying: money is all that joins years.
    """
    per_interest = [options(problem, held, t, interest) for interest in problem.interests]
    limits = [Fraction(r.limit) for r in problem.brief.rules if isinstance(r, AccreditationsPerSeat)]
    found = []
    for way in product(*per_interest):
        loads = {}
        for _, _, service in way:
            if service is not None and service.concurrent:
                loads[service.site] = loads.get(service.site, 0) + Fraction(service.load)
        if not limits or max(loads.values(), default=Fraction(0)) <= min(limits):
            found.append((sum(w for w, _, _ in way), sum(c for _, c, _ in way), [s for _, _, s in way if s]))
    found.sort(key=lambda way: (-way[0], way[1]))
    kept = []
    for way in found:
        if not kept or way[1] < kept[-1][1]:
            kept.append(way)
    return kept


def options(problem, held, t, interest):
    """Return what can serve an interest in a year, as (worth, cost, service), nothing included."""
    reach = [Fraction(r.km) for r in problem.brief.rules if isinstance(r, AccreditationDistance)]
    tracks = {s.id: s.track for s in problem.sites}
    found = [(Fraction(0), Fraction(0), None)]
    for service in problem.services:
        if service.interest != interest.id:
            continue
        ladder = (Form.NONE, *LADDERS[tracks[service.site]])
        holds = ladder.index(held[service.site][t]) >= ladder.index(service.form)
        home = interest.residence
        barred = home and home != service.site and held[home][t] is not Form.NONE
        far = service.concurrent and reach and service.km > min(reach)
        if holds and not barred and not far:
            cost = Fraction(service.running[t]) if service.running else Fraction(0)
            found.append((Fraction(interest.worth[t]) * Fraction(service.share), cost, service))
    return found


def rows(problem, services):
    """Write the services of each year as rows of a plan."""
    return tuple(
        Served(year, s.interest, s.site, s.form, s.share, s.concurrent)
        for year, used in zip(problem.brief.years, services, strict=True)
        for s in used
    )


def plan_of(problem, held, served):
    """Write forms held and services as a plan, claimed to be the best."""
    draft = Plan("", (), (), (), to_decimal(0), to_decimal(0), proof(0))
    committed = tail(problem, held, served)
    measures = measures_from(problem, held, served)
    worth = to_decimal(objective(problem, held, served))
    return Plan(draft.problem, measures, served, money(problem, held, served), *committed, proof(worth))


def proof(worth):
    """Claim that nothing is worth more."""
    worth = to_decimal(Fraction(worth))
    return Proof(worth, worth, to_decimal(0), "optimal", "exhaustive", "1", 0, to_decimal(1), to_decimal(0))


def keeps(problem, plan, kinds):
    """Say whether a plan keeps the rules of some kinds."""
    books = open_books(problem, plan)
    return not any(any(breaches(books, rule)) for rule in problem.brief.rules if isinstance(rule, kinds))


def best(problem):
    """Return the best plan, or None where none keeps the brief."""
    ids = [s.id for s in problem.sites]
    other = tuple({type(r) for r in problem.brief.rules} - {*MONEY, *SERVICES})
    weights = [(1 / (1 + Fraction(problem.brief.discount_rate))) ** t for t in range(len(problem.brief.years))]
    ways = []
    for way in product(*(histories(s, problem.brief.years) for s in problem.sites)):
        held = dict(zip(ids, way, strict=True))
        by_year = [choices(problem, held, t) for t in range(len(weights))]
        top = objective(problem, held, ()) + sum(w * c[0][0] for w, c in zip(weights, by_year, strict=True))
        ways.append((top, len(ways), held, by_year))
    found, worth = None, None
    for top, _, held, by_year in sorted(ways, key=lambda way: (-way[0], way[1])):
        if found is not None and top <= worth:
            break
        if other and not keeps(problem, plan_of(problem, held, ()), other):
            continue
        for served in product(*by_year):
            value = top + sum(w * (s[0] - c[0][0]) for w, s, c in zip(weights, served, by_year, strict=True))
            if found is None or value > worth:
                plan = plan_of(problem, held, rows(problem, [s for _, _, s in served]))
                if keeps(problem, plan, MONEY):
                    found, worth = plan, value
    return found
