"""Whether a plan keeps each rule of its brief: one function a rule, in exact arithmetic, without the solver."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import entry_points
from typing import Any

from legation.errors import Finding, Severity
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.accounts import (
    Change,
    Held,
    changes,
    height,
    held_forms,
    key_of,
    kind_of,
    money,
    offers,
    reaches,
    tail,
)
from legation.planning.outcome import Plan, Served, YearMoney
from legation.planning.problem import Problem, Service, Site
from legation.values import value


@value
class Books:
    """A plan opened up: what its measures and services come to, recomputed from the problem.

    served: the rows of the plan with the service each uses
    """

    problem: Problem
    plan: Plan
    held: Held
    moved: tuple[Change, ...]
    money: tuple[YearMoney, ...]
    tail: Decimal
    baseline_tail: Decimal
    served: tuple[tuple[Served, Service], ...]


def open_books(problem: Problem, plan: Plan) -> Books:
    """Recompute a plan whose rows all name things of the problem."""
    held, known = held_forms(problem, plan.measures), offers(problem)
    committed, unchanged = tail(problem, held, plan.services)
    return Books(
        problem=problem,
        plan=plan,
        held=held,
        moved=tuple(changes(problem, held)),
        money=money(problem, held, plan.services),
        tail=committed,
        baseline_tail=unchanged,
        served=tuple((row, known[key_of(row)]) for row in plan.services),
    )


def fault(code: str, subject: str, message: str, remedy: str = "") -> Finding:
    """Make a finding of severity error."""
    return Finding(code, Severity.ERROR, subject, message, remedy)


def breaches(books: Books, rule: rules.Rule) -> Iterator[Finding]:
    """Go through what breaks a rule."""
    if isinstance(rule, rules.Custom):
        yield from _custom(books, rule)
    else:
        yield from (fault(rule.rule, _name(rule), message) for message in CHECKS[type(rule)](books, rule))


def _name(rule: rules.Rule) -> str:
    parts = (getattr(rule, name, "") for name in ("site", "form", "first", "money", "scope", "staff", "mode", "kind"))
    return " ".join([rule.rule, *(str(part) for part in parts if part)])


def _custom(books: Books, rule: rules.Custom) -> Iterator[Finding]:
    """Ask the package that offers the rule: an object that may have `check(rule, problem, plan) -> findings`."""
    found = entry_points(group="legation.rules", name=rule.name)
    if not found:
        message = f"The rule {rule.name!r} is not installed, so nobody can say whether the plan keeps it."
        yield fault("custom", rule.name, message, "Install the package that offers it under legation.rules.")
    for entry in found:
        loaded = entry.load()
        if hasattr(loaded, "check"):
            yield from loaded.check(rule, books.problem, books.plan)


# Money and people


def _ceiling(books: Books, rule: rules.Ceiling) -> Iterator[str]:
    spent = {m.year: _spent(m, rule) for m in books.money}
    stated = [(year, Fraction(amount)) for year, amount in sorted(rule.amounts) if year in spent]
    carry, before = Fraction(0), 0
    for year, amount in stated:
        available = amount + (carry if year == before + 1 else 0)
        if spent[year] > available:
            over = spent[year] - available
            yield f"{year}: {show(spent[year])} is spent where {show(available)} may be, {show(over)} too much."
        carry = max(Fraction(0), min(Fraction(rule.carry_over) * amount, available - spent[year]))
        before = year


def _spent(year: YearMoney, rule: rules.Ceiling) -> Fraction:
    running = Fraction(year.running) - (Fraction(year.baseline) if rule.scope is rules.Scope.NEW else 0)
    parts = {rules.Class.ESTABLISHING: Fraction(year.establishing), rules.Class.RUNNING: running}
    return parts.get(rule.money, Fraction(year.establishing) + running)


def _tail(books: Books, rule: rules.Tail) -> Iterator[str]:
    new = rule.scope is rules.Scope.NEW
    spent = Fraction(books.tail) - (Fraction(books.baseline_tail) if new else 0)
    if spent > Fraction(rule.amount):
        over = show(spent - Fraction(rule.amount))
        yield f"Each year after the last costs {show(spent)} where {rule.amount} may be, {over} too much."


def _staff_ceiling(books: Books, rule: rules.StaffCeiling) -> Iterator[str]:
    people = {m.year: _people(m, rule.staff) for m in books.money}
    for year, limit in rule.amounts:
        if year in people and people[year] > Fraction(limit):
            over = show(people[year] - Fraction(limit))
            yield f"{year}: {show(people[year])} staff where {limit} may be, {over} too many."


def _people(year: YearMoney, staff: rules.Staff) -> Fraction:
    home = Fraction(year.diplomatic) + Fraction(year.support)
    numbers = {
        rules.Staff.DIPLOMATIC: Fraction(year.diplomatic),
        rules.Staff.SUPPORT: Fraction(year.support),
        rules.Staff.LOCAL: Fraction(year.local),
        rules.Staff.HOME: home,
        rules.Staff.TOTAL: home + Fraction(year.local),
    }
    return numbers[staff]


def show(amount: Fraction) -> str:
    """Write an amount without needless digits."""
    return str(amount.numerator) if amount.denominator == 1 else f"{float(amount):.6g}"


# How many change


def _measures_per_year(books: Books, rule: rules.MeasuresPerYear) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        count = sum(1 for c in books.moved if c.t == t and _counts(c, rule))
        if (not rule.years or year in rule.years) and count > rule.limit:
            yield f"{year}: {count} measures where {rule.limit} may be, {count - rule.limit} too many."


def _counts(change: Change, rule: rules.MeasuresPerYear) -> bool:
    if rule.track is not None and change.site.track is not rule.track:
        return False
    if rule.kind is not None and kind_of(change.start, change.end) is not rule.kind:
        return False
    if rule.form is None:
        return True
    if rule.kind is None and change.end < change.start:  # a form named without a kind means acts that lead up to it
        return False
    low, high = sorted((change.start, change.end))
    return _reaches(change.site, high, rule.form) and not _reaches(change.site, low, rule.form)


def _reaches(site: Site, rungs: int, form: Form) -> bool:
    return reaches(site, site.ladder[rungs - 1].form if rungs else Form.NONE, form)


def _close_at_most(books: Books, rule: rules.CloseAtMost) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        count = sum(1 for c in books.moved if c.t == t and c.end == 0)
        if count > rule.limit:
            yield f"{year}: {count} sites are closed where {rule.limit} may be, {count - rule.limit} too many."


# What one site holds


def _years_held(books: Books, site: str, form: Form) -> Iterator[tuple[int, bool]]:
    place = next(s for s in books.problem.sites if s.id == site)
    yield from ((year, reaches(place, books.held[site][t], form)) for t, year in enumerate(books.problem.brief.years))


def _holds_today(books: Books, site: str, form: Form) -> bool:
    place = next(s for s in books.problem.sites if s.id == site)
    return reaches(place, place.today, form)


def _keep(books: Books, rule: rules.Keep) -> Iterator[str]:
    for year, holds in _years_held(books, rule.site, rule.form):
        if not holds:
            yield f"{year}: {rule.site} holds less than {rule.form}."


def _forbid(books: Books, rule: rules.Forbid) -> Iterator[str]:
    for year, holds in _years_held(books, rule.site, rule.form):
        if holds:
            yield f"{year}: {rule.site} holds {rule.form} or more."


def _require(books: Books, rule: rules.Require) -> Iterator[str]:
    if rule.exactly and _holds_today(books, rule.site, rule.form):
        yield f"{rule.site} holds {rule.form} today, so it cannot be taken up first in {rule.by}."
    if rule.exactly and rule.by not in books.problem.brief.years:
        yield f"{rule.by} is not a year of the brief, so nothing can be taken up in it."
    for year, holds in _years_held(books, rule.site, rule.form):
        if year >= rule.by and not holds:
            yield f"{year}: {rule.site} holds less than {rule.form}, required from {rule.by} on."
        if rule.exactly and year < rule.by and holds:
            yield f"{year}: {rule.site} holds {rule.form} before {rule.by}, the very year required."


def _window(books: Books, rule: rules.Window) -> Iterator[str]:
    for change in books.moved:
        year = books.problem.brief.years[change.t]
        if change.site.id == rule.site and not rule.first <= year <= rule.last:
            yield f"{year}: {rule.site} changes form outside of {rule.first} to {rule.last}."


def _conditional(books: Books, rule: rules.Conditional) -> Iterator[str]:
    for change in books.moved:
        if change.site.id == rule.site and not rule.met:
            yield f"{books.problem.brief.years[change.t]}: {rule.site} changes form before this is met: {rule.trigger}."


# What several sites hold


def _named(books: Books, rule: rules.AtLeast | rules.AtMost) -> list[Site]:
    return [
        s
        for s in books.problem.sites
        if (not rule.region or s.region == rule.region)
        and (not rule.group or rule.group in s.groups)
        and (rule.track is None or s.track is rule.track)
    ]


def _at_least(books: Books, rule: rules.AtLeast) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        count = sum(reaches(s, books.held[s.id][t], rule.form) for s in _named(books, rule))
        if year >= rule.by and count < rule.count:
            yield f"{year}: {count} sites hold {rule.form} or more, {rule.count - count} too few."


def _at_most(books: Books, rule: rules.AtMost) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        count = sum(reaches(s, books.held[s.id][t], rule.form) for s in _named(books, rule))
        if count > rule.count:
            yield f"{year}: {count} sites hold {rule.form} or more, {count - rule.count} too many."


def _after(books: Books, rule: rules.After) -> Iterator[str]:
    if _holds_today(books, rule.site, rule.form):
        return
    first = [_holds_today(books, rule.first, rule.first_form)]
    first += [holds for _, holds in _years_held(books, rule.first, rule.first_form)]
    for t, (year, holds) in enumerate(_years_held(books, rule.site, rule.form), start=1):
        if holds and not first[max(0, t - rule.lag)]:
            message = f"{year}: {rule.site} holds {rule.form}, but {rule.first} did not hold {rule.first_form}"
            yield f"{message} {rule.lag} years before."


def _together(books: Books, rule: rules.Together) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        holding = [s for s in rule.sites if books.held[s][t] is not Form.NONE]
        if 0 < len(holding) < len(set(rule.sites)):
            missing = ", ".join(s for s in rule.sites if s not in holding)
            yield f"{year}: {', '.join(holding)} hold a form without {missing}."


def _exclusive(books: Books, rule: rules.Exclusive) -> Iterator[str]:
    for t, year in enumerate(books.problem.brief.years):
        holding = [s for s in dict.fromkeys(rule.sites) if books.held[s][t] is not Form.NONE]
        if len(holding) > rule.limit:
            yield f"{year}: {', '.join(holding)} hold a form, {len(holding) - rule.limit} too many."


def _reciprocate(books: Books, rule: rules.Reciprocate) -> Iterator[str]:
    for site in books.problem.sites:
        if site.track is Track.DIPLOMATIC:
            for t, year in enumerate(books.problem.brief.years):
                held = books.held[site.id][t]
                if rule.mode == "answer":
                    if site.resident_here and t + 1 >= rule.within and held is Form.NONE:
                        yield f"{year}: they reside here, and {site.id} holds no form in answer."
                elif not site.resident_here and height(site, held) > height(site, site.today):
                    yield f"{year}: {site.id} takes up {held} where they do not reside here."


# Accreditations


def _accreditations_per_seat(books: Books, rule: rules.AccreditationsPerSeat) -> Iterator[str]:
    loads: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
    for row, service in books.served:
        if service.concurrent:
            loads[row.year, row.site] += Fraction(service.load)
    for (year, site), load in sorted(loads.items()):
        if load > Fraction(rule.limit):
            over = show(load - Fraction(rule.limit))
            yield f"{year}: {site} carries accreditations of load {show(load)}, {over} too much."


def _accreditation_distance(books: Books, rule: rules.AccreditationDistance) -> Iterator[str]:
    for row, service in books.served:
        if service.concurrent and service.km > rule.km:
            over = service.km - rule.km
            yield f"{row.year}: {row.site} serves {row.interest} from {service.km} km, {over} too far."


CHECKS: dict[type, Callable[[Books, Any], Iterator[str]]] = {
    rules.Ceiling: _ceiling,
    rules.Tail: _tail,
    rules.StaffCeiling: _staff_ceiling,
    rules.MeasuresPerYear: _measures_per_year,
    rules.Keep: _keep,
    rules.Forbid: _forbid,
    rules.Require: _require,
    rules.Window: _window,
    rules.AtLeast: _at_least,
    rules.AtMost: _at_most,
    rules.After: _after,
    rules.Together: _together,
    rules.Exclusive: _exclusive,
    rules.Reciprocate: _reciprocate,
    rules.AccreditationsPerSeat: _accreditations_per_seat,
    rules.AccreditationDistance: _accreditation_distance,
    rules.Conditional: _conditional,
    rules.CloseAtMost: _close_at_most,
}
"""What each rule says of a plan; `custom` rules speak for themselves."""
