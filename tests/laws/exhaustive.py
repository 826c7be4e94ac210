"""The best plan of a small problem by trying every way it can go: slow, simple, without the formulation."""

from fractions import Fraction
from itertools import accumulate, pairwise, product

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


def worth_of(problem, site, history):
    """Return the merit of a history of a site, discounted, less the penalty for every rung it changes."""
    names = sorted(s.id for s in problem.sites)
    forms = [Form.NONE, *(rung.form for rung in site.ladder)]
    merits = [Fraction(0), *accumulate(Fraction(rung.merit) for rung in site.ladder)]
    heights = [forms.index(form) for form in (site.today, *history)]
    steps = sum(abs(b - a) for a, b in pairwise(heights))
    penalty = Fraction(problem.change_penalty) * (1 + Fraction(names.index(site.id) + 1, 1000 * len(names)))
    return sum(w * merits[h] for w, h in zip(weights(problem), heights[1:], strict=True)) - penalty * steps


def weights(problem):
    """Return what worth counts in each year."""
    return [(1 / (1 + Fraction(problem.brief.discount_rate))) ** t for t in range(len(problem.brief.years))]


def plan_of(problem, held, served):
    """Write forms held and services as a plan, claimed to be the best."""
    committed = tail(problem, held, served)
    measures = measures_from(problem, held, served)
    return Plan("", measures, served, money(problem, held, served), *committed, proof(objective(problem, held, served)))


def proof(worth):
    """Claim that nothing is worth more."""
    worth = to_decimal(worth)
    return Proof(worth, worth, to_decimal(0), "optimal", "exhaustive", "1", 0, to_decimal(1), to_decimal(0))


def keeps(problem, held, served, kinds):
    """Say whether forms held and services keep the rules of some kinds."""
    broken = [rule for rule in problem.brief.rules if isinstance(rule, kinds)]
    if not broken:
        return True
    books = open_books(problem, Plan("", measures_from(problem, held, served), served, (), 0, 0, proof(0)))
    return not any(any(breaches(books, rule)) for rule in broken)


def outcomes(problem):
    """Return every way the forms can go, with the most it can be worth and the choices of each year, best first."""
    ids, known = [s.id for s in problem.sites], {}
    pasts = [[(h, worth_of(problem, s, h)) for h in histories(s, problem.brief.years)] for s in problem.sites]
    ways = []
    for way in product(*pasts):
        held = dict(zip(ids, (history for history, _ in way), strict=True))
        by_year = []
        for t in range(len(problem.brief.years)):
            now = (t, *(history[t] for history, _ in way))
            if now not in known:
                known[now] = choices(problem, held, t)
            by_year.append(known[now])
        top = sum(w for _, w in way) + sum(w * c[0][0] for w, c in zip(weights(problem), by_year, strict=True))
        ways.append((top, held, by_year))
    return sorted(ways, key=lambda way: -way[0])


def best(problem, allowed=lambda held: True):
    """Return the best plan and what it is worth, or None where no plan keeps the brief (and holds allowed forms)."""
    other = tuple({type(r) for r in problem.brief.rules} - {*MONEY, *SERVICES})
    found = None
    for top, held, by_year in outcomes(problem):
        if found is not None and top <= found[0]:
            break
        if not allowed(held) or not keeps(problem, held, (), other):
            continue
        for served in product(*by_year):
            loss = sum(w * (c[0][0] - s[0]) for w, s, c in zip(weights(problem), served, by_year, strict=True))
            used = rows(problem, [s for _, _, s in served])
            if (found is None or top - loss > found[0]) and keeps(problem, held, used, MONEY):
                found = top - loss, held, used
    return found and (plan_of(problem, *found[1:]), found[0])
