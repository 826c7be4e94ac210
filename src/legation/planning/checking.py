"""Check a plan against its problem in exact arithmetic, without the solver and without what it was found with.

Three steps, each only if the one before found nothing it cannot do without: do the rows of the plan name things of
the problem; do they keep the problem's own conditions and the rules of the brief; are the figures right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from legation.errors import Finding
from legation.model import LADDERS, Form
from legation.planning.accounts import height, key_of, kind_of, measures_from, objective, offers, reaches
from legation.planning.compliance import Books, breaches, fault, open_books
from legation.planning.outcome import Measure, Plan, Served, YearMoney
from legation.planning.problem import Interest, Problem, Rung, Site

Row = Measure | YearMoney

TOLERANCE = Fraction(1, 10**9)
"""Of figures that the solver found or that do not end as decimals, relative to the larger of 1 and the figure."""


def check(problem: Problem, plan: Plan, *, digest: str = "") -> tuple[Finding, ...]:
    """Return one finding of severity error for every fault of a plan; none means that it is right.

    digest: of the problem, to be compared with the one the plan names, where given. A problem that is not sound in
    itself is reported instead of the plan, rows that name nothing of the problem instead of what they come to.
    """
    unsound = faults(problem)
    if unsound:
        return unsound
    broken = (*_names(problem, plan, digest), *_measures(problem, plan), *_services(problem, plan))
    if broken:
        return broken
    books = open_books(problem, plan)
    kept = (*_sites(books), *_served(books))
    ruled = (finding for rule in problem.brief.rules for finding in breaches(books, rule))
    return (*kept, *ruled, *_figures(books), *_proof(books))


# Is the problem sound in itself?


def faults(problem: Problem) -> tuple[Finding, ...]:
    """Return one finding for everything that keeps a problem from having a meaning: names, lengths, orders, signs."""
    messages = (*_years(problem), *_places(problem), *_wants(problem), *_rules(problem))
    return tuple(fault("problem", subject, f"{subject}: {message}") for subject, message in messages)


Complaint = tuple[str, str]


def _years(problem: Problem) -> Iterator[Complaint]:
    years = problem.brief.years
    if not years or any(a >= b for a, b in pairwise(years)):
        yield "years", f"the years of the brief must rise, {list(years)} do not."
    for things in (problem.sites, problem.interests):
        for name, count in Counter(thing.id for thing in things).items():
            if count > 1:
                yield name, f"{count} things have this id."


def _places(problem: Problem) -> Iterator[Complaint]:
    for site in problem.sites:
        forms = [rung.form for rung in site.ladder]
        order = [form for form in LADDERS[site.track] if form in forms]
        if not forms or forms != order:
            yield site.id, f"its ladder must go up the forms of its track; {', '.join(forms) or 'no form'} does not."
        if site.today not in (Form.NONE, *forms):
            yield site.id, f"it holds {site.today} today, which is not on its ladder."
        for rung in site.ladder:
            yield from _series(problem, f"{site.id} {rung.form}", rung)
        for low, high in pairwise(site.ladder):
            for name in ("establishing", "closing"):
                if any(a > b for a, b in zip(getattr(low, name), getattr(high, name), strict=False)):
                    yield site.id, f"{name} {high.form} costs less than {low.form}."


def _series(problem: Problem, subject: str, rung: Rung) -> Iterator[Complaint]:
    for name in ("establishing", "running", "closing"):
        yield from _amounts(problem, f"{subject} {name}", getattr(rung, name))


def _amounts(problem: Problem, subject: str, amounts: tuple[Decimal, ...]) -> Iterator[Complaint]:
    if len(amounts) != len(problem.brief.years):
        yield subject, f"{len(amounts)} amounts for {len(problem.brief.years)} years."
    if any(not amount.is_finite() or amount < 0 for amount in amounts):
        yield subject, "an amount is negative or not a number."


def _wants(problem: Problem) -> Iterator[Complaint]:
    sites, interests = {s.id for s in problem.sites}, {i.id for i in problem.interests}
    for interest in problem.interests:
        yield from _amounts(problem, f"{interest.id} worth", interest.worth)
    for service in problem.services:
        subject = f"service of {service.interest} from {service.site}"
        if service.site not in sites or service.interest not in interests:
            yield subject, "there is no such site or interest."
        if not (service.share.is_finite() and 0 <= service.share <= 1):
            yield subject, f"a share is from 0 to 1, not {service.share}."
        if service.running:
            yield from _amounts(problem, f"{subject} running", service.running)


def _rules(problem: Problem) -> Iterator[Complaint]:
    sites = {s.id for s in problem.sites}
    for rule in problem.brief.rules:
        named = [getattr(rule, "site", ""), getattr(rule, "first", ""), *getattr(rule, "sites", ())]
        for name in named:
            if isinstance(name, str) and name and name not in sites:
                yield rule.rule, f"there is no site {name!r}."


# Do the rows name things of the problem?


def _names(problem: Problem, plan: Plan, digest: str) -> Iterator[Finding]:
    if digest and plan.problem != digest:
        yield fault("digest", plan.problem, f"The plan answers another problem than {digest}.")
    if plan.format != "legation-plan/1":
        yield fault("format", plan.format, f"The format {plan.format!r} is not known.")
    years = tuple(row.year for row in plan.money)
    if years != problem.brief.years:
        yield fault("money-years", "money", f"Money is stated for {list(years)}, not for each year of the brief.")


def _measures(problem: Problem, plan: Plan) -> Iterator[Finding]:
    sites = {s.id: s for s in problem.sites}
    for (year, site), count in Counter((m.year, m.site) for m in plan.measures).items():
        if count > 1:
            yield fault("measure-twice", site, f"{year}: {count} measures at {site}; one is allowed.")
    before = {s.id: s.today for s in problem.sites}
    for measure in sorted(plan.measures, key=lambda m: (m.year, m.site)):
        message = _measure(problem, sites.get(measure.site), measure, before.get(measure.site, Form.NONE))
        if message:
            yield fault("measure", measure.site, f"{measure.year}: {message}")
        before[measure.site] = measure.after


def _measure(problem: Problem, site: Site | None, measure: Measure, held: Form) -> str:
    """Return what is wrong with a measure in itself, or nothing."""
    if site is None:
        return f"there is no site {measure.site!r}."
    if measure.year not in problem.brief.years:
        return f"a measure at {site.id} outside of the years of the brief."
    if measure.before is not held:
        return f"{site.id} holds {held} before the measure, not {measure.before}."
    ladder = (Form.NONE, *(rung.form for rung in site.ladder))
    if measure.after not in ladder or measure.after is held:
        return f"{site.id} cannot go from {held} to {measure.after}."
    kind = kind_of(height(site, held), height(site, measure.after))
    return "" if measure.kind is kind else f"from {held} to {measure.after} at {site.id} is {kind}, not {measure.kind}."


def _services(problem: Problem, plan: Plan) -> Iterator[Finding]:
    known = offers(problem)
    for row in plan.services:
        if key_of(row) not in known or row.year not in problem.brief.years:
            how = "concurrently " if row.concurrent else ""
            message = f"{row.year}: {row.site} cannot serve {row.share} of {row.interest} {how}by {row.form}."
            yield fault("service", row.interest, message)
    for (year, interest), count in Counter((s.year, s.interest) for s in plan.services).items():
        if count > 1:
            yield fault("service-twice", interest, f"{year}: {interest} is served {count} times; one service counts.")


# Do they keep the conditions of the problem itself?


def _sites(books: Books) -> Iterator[Finding]:
    for change in books.moved:
        site, year = change.site, books.problem.brief.years[change.t]
        if change.end < change.start and not site.closable:
            yield fault("not-closable", site.id, f"{year}: {site.id} gives up a form, and is not closable.")
        early = site.first is not None and year < site.first
        late = site.last is not None and year > site.last
        if change.end > change.start and (early or late):
            message = f"{year}: {site.id} may rise from {site.first or 'the first'} to {site.last or 'the last'} year."
            yield fault("not-yet" if early else "too-late", site.id, message)


def _served(books: Books) -> Iterator[Finding]:
    sites = {s.id: s for s in books.problem.sites}
    interests = {i.id: i for i in books.problem.interests}
    position = {year: t for t, year in enumerate(books.problem.brief.years)}
    for row, _ in books.served:
        held = books.held[row.site][position[row.year]]
        if not reaches(sites[row.site], held, row.form):
            message = f"{row.year}: {row.site} holds {held} and serves {row.interest} as if by {row.form}."
            yield fault("service-form", row.interest, message)
        yield from _resident(books, row, interests[row.interest], position[row.year])


def _resident(books: Books, row: Served, interest: Interest, t: int) -> Iterator[Finding]:
    home = interest.residence
    if home and row.site != home and books.held.get(home, (Form.NONE,) * (t + 1))[t] is not Form.NONE:
        message = f"{row.year}: {row.site} serves {interest.id}, where {home} holds a form of its own."
        yield fault("service-resident", interest.id, message)


# Are the figures right?


def _figures(books: Books) -> Iterator[Finding]:
    for stated, right in zip(books.plan.money, books.money, strict=True):
        yield from _differences("money", str(right.year), stated, right)
    stated_tails = (
        ("tail", books.plan.tail, books.tail),
        ("baseline_tail", books.plan.baseline_tail, books.baseline_tail),
    )
    for name, amount, right_amount in stated_tails:
        if amount != right_amount:
            yield fault("tail-figure", name, f"{name} is {right_amount}, not {amount}.")
    measures = measures_from(books.problem, books.held, books.plan.services)
    for said, measure in zip(sorted(books.plan.measures, key=lambda m: (m.year, m.site)), measures, strict=True):
        yield from _differences("measure-figure", f"{measure.year} {measure.site}", said, measure)


def _differences(code: str, subject: str, stated: Row, right: Row) -> Iterator[Finding]:
    """Compare two rows field by field: to the last digit, but worth, which does not end as a decimal, nearly."""
    for field in fields(right):
        said, amount = getattr(stated, field.name), getattr(right, field.name)
        near = field.name == "worth" and _near(said, Fraction(amount))
        if said != amount and not near:
            yield fault(code, subject, f"{subject}: {field.name} is {amount}, not {said}.")


def _near(stated: Decimal, right: Fraction) -> bool:
    return stated.is_finite() and abs(Fraction(stated) - right) <= TOLERANCE * max(Fraction(1), abs(right))


def _proof(books: Books) -> Iterator[Finding]:
    proof = books.plan.proof
    right = objective(books.problem, books.held, books.plan.services)
    if not all(amount.is_finite() for amount in (proof.objective, proof.bound, proof.gap, proof.gap_limit)):
        yield fault("proof", "proof", "Objective, bound and gap must be numbers.")
        return
    if not _near(proof.objective, right):
        yield fault("objective", "objective", f"The plan is worth {float(right):.12g}, not {proof.objective}.")
    slack = TOLERANCE * max(Fraction(1), abs(right))
    distance = Fraction(proof.bound) - Fraction(proof.objective)
    if distance < -slack:
        yield fault("bound", "bound", f"The bound {proof.bound} is below the objective {proof.objective}.")
    gap = max(Fraction(0), distance) / max(abs(Fraction(proof.objective)), TOLERANCE)
    if abs(Fraction(proof.gap) - gap) > TOLERANCE * max(Fraction(1), gap):
        yield fault("gap", "gap", f"Objective and bound are {float(gap):.3g} apart, not {proof.gap}.")
    if proof.status == "optimal" and distance > Fraction(proof.gap_limit) * abs(right) + slack:
        yield fault("gap-limit", "gap", f"Called optimal at a gap of {proof.gap}, above the limit {proof.gap_limit}.")
    if proof.status not in ("optimal", "feasible"):
        yield fault("status", proof.status, f"A plan is optimal or feasible, not {proof.status!r}.")
