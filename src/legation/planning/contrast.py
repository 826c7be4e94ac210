"""What differs between two versions of a plan, each of its own problem, as data and in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from legation.model import Form
from legation.planning.accounts import held_forms, key_of, objective, offers, to_decimal
from legation.planning.brief import Kind, Rule
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Measure, Plan
from legation.planning.problem import Interest, Problem, Site
from legation.planning.wording import A_FORM, describe
from legation.values import value

Thing = TypeVar("Thing", Site, Interest)
SHOWN = 8  # names in one sentence


@value
class Asked:
    """What one problem asks otherwise than another.

    dropped, added: rules of the first and of the other alone, as clauses; gone, fresh: sites of one alone; costs:
    sites that cost or staff otherwise; worths: interests that are worth otherwise; services: offers of one alone
    """

    dropped: tuple[str, ...]
    added: tuple[str, ...]
    gone: tuple[str, ...]
    fresh: tuple[str, ...]
    costs: tuple[str, ...]
    worths: tuple[str, ...]
    services: int


@value
class Contrast:
    """A version of a plan beside another. measures: paired, of the first and of the other.

    worth, other_worth: each by its own yardstick; kept: worth of the other as a share of the first, by the yardstick
    of the first, None where that does not fit; money: beyond today's network by year, first and other; tail: each
    year after the last
    """

    asked: Asked
    measures: Pairing
    worth: Decimal
    other_worth: Decimal
    kept: Decimal | None
    money: tuple[tuple[int, Decimal, Decimal], ...]
    tail: tuple[Decimal, Decimal]


@value
class Column:
    """One scenario of a comparison: its best plan in figures.

    worth: by the scenario's own yardstick; new: money beyond today's network, by year; tail: each year after the last
    """

    scenario: str
    worth: Decimal
    gap: Decimal
    new: tuple[tuple[int, Decimal], ...]
    tail: Decimal
    opened: int


@value
class Row:
    """A measure and the year in which each scenario takes it, None where it does not."""

    site: str
    after: str
    years: tuple[int | None, ...]


@value
class Table:
    """Scenarios side by side: figures of each, and measures with the years they are taken in."""

    case: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def contrast(problem: Problem, plan: Plan, other_problem: Problem, other: Plan) -> Contrast:
    """Return what differs between two plans and between the problems they answer."""
    before, after = new_money(problem, plan), new_money(other_problem, other)
    return Contrast(
        asked=asked(problem, other_problem),
        measures=pair(plan.measures, other.measures),
        worth=plan.proof.objective,
        other_worth=other.proof.objective,
        kept=_kept(problem, plan, other),
        money=tuple((y, before.get(y, Decimal(0)), after.get(y, Decimal(0))) for y in sorted({*before, *after})),
        tail=(plan.tail - plan.baseline_tail, other.tail - other.baseline_tail),
    )


def new_money(problem: Problem, plan: Plan) -> dict[int, Decimal]:
    """Return what a plan costs beyond today's network, by year."""
    years = {m.year: m.establishing + m.running - m.baseline for m in plan.money}
    return {year: years[year] for year in problem.brief.years}


def asked(problem: Problem, other: Problem) -> Asked:
    """Return what two problems ask otherwise."""
    rules, others = _clauses(problem.brief.rules), _clauses(other.brief.rules)
    sites, fresh = _by_id(problem.sites), _by_id(other.sites)
    interests, their = _by_id(problem.interests), _by_id(other.interests)
    return Asked(
        dropped=tuple(r for r in rules if r not in others),
        added=tuple(r for r in others if r not in rules),
        gone=tuple(sorted(sites.keys() - fresh)),
        fresh=tuple(sorted(fresh.keys() - sites)),
        costs=_changed(sites, fresh, lambda s: s.ladder),
        worths=_changed(interests, their, lambda i: i.worth),
        services=len(set(problem.services) ^ set(other.services)),
    )


def _clauses(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(describe(rule) for rule in rules))


def _by_id(things: Iterable[Thing]) -> dict[str, Thing]:
    return {thing.id: thing for thing in things}


def _changed(
    things: Mapping[str, Thing], others: Mapping[str, Thing], what: Callable[[Thing], object]
) -> tuple[str, ...]:
    both = sorted(things.keys() & others)
    return tuple(id_ for id_ in both if what(things[id_]) != what(others[id_]))


def _kept(problem: Problem, plan: Plan, other: Plan) -> Decimal | None:
    """Measure the other plan by the first's yardstick, where its sites, forms and services are known there."""
    known = {s.id: {Form.NONE, *(r.form for r in s.ladder)} for s in problem.sites}
    offered = offers(problem)
    fits = all(m.after in known.get(m.site, ()) and m.year in problem.brief.years for m in other.measures)
    if not fits or not all(key_of(s) in offered and s.year in problem.brief.years for s in other.services):
        return None
    best = objective(problem, held_forms(problem, plan.measures), plan.services)
    return to_decimal(objective(problem, held_forms(problem, other.measures), other.services) / best) if best else None


def side_by_side(case: str, solved: Sequence[tuple[str, Problem, Plan]]) -> Table:
    """Lay named plans of their problems side by side: what each is worth and costs, and when it takes which measure."""
    plans = [made for _, _, made in solved]
    acts = sorted({(m.site, m.after) for made in plans for m in made.measures})
    rows = tuple(Row(site, after, tuple(_year(p.measures, site, after) for p in plans)) for site, after in acts)
    return Table(case, tuple(_column(*each) for each in solved), rows)


def _column(name: str, problem: Problem, made: Plan) -> Column:
    money = tuple(new_money(problem, made).items())
    opened = sum(m.kind == "establish" for m in made.measures)
    return Column(name, made.proof.objective, made.proof.gap, money, made.tail - made.baseline_tail, opened)


def _year(measures: tuple[Measure, ...], site: str, after: str) -> int | None:
    return next((m.year for m in measures if (m.site, m.after) == (site, after)), None)


# In plain words


def told(found: Contrast, names: Mapping[str, str], currency: str = "") -> tuple[str, ...]:
    """Return a contrast as sentences, the first version's side before the other's. names: of sites and interests."""
    return (*_asked(found.asked, names), *_measures(found.measures, names), *_figures(found, currency))


def act(measure: Measure, names: Mapping[str, str]) -> str:
    """Return a measure as a clause."""
    where = names.get(measure.site, measure.site)
    if measure.kind is Kind.ESTABLISH:
        return f"{A_FORM[measure.after]} in {where} in {measure.year}"
    if measure.kind is Kind.CLOSE:
        return f"{A_FORM[measure.before]} in {where} given up in {measure.year}"
    return f"{A_FORM[measure.before]} in {where} made {A_FORM[measure.after]} in {measure.year}"


def _asked(found: Asked, names: Mapping[str, str]) -> Iterator[str]:
    yield from (f"No longer asked: {rule}." for rule in found.dropped)
    yield from (f"Newly asked: {rule}." for rule in found.added)
    for title, ids in (
        ("No longer considered", found.gone),
        ("Newly considered", found.fresh),
        ("Costs or staff differ", found.costs),
        ("Worth differs", found.worths),
    ):
        if ids:
            yield f"{title}: {_some([names.get(i, i) for i in ids])}."
    if found.services:
        yield f"Ways to serve an interest that are in one version alone: {found.services}."


def _measures(found: Pairing, names: Mapping[str, str]) -> Iterator[str]:
    yield from (f"No longer planned: {act(m, names)}." for m in found.only)
    yield from (f"Newly planned: {act(m, names)}." for m in found.other_only)
    for m in found.moved:
        yield f"Moved from {m.year} to {m.other_year}: {A_FORM[m.after]} in {names.get(m.site, m.site)}."
    if not found.only and not found.other_only and not found.moved:
        yield f"The measures are the same: {len(found.shared)}."
    elif found.shared:
        yield f"Measures that stay as they were: {len(found.shared)}."


def _figures(found: Contrast, currency: str) -> Iterator[str]:
    if found.worth != found.other_worth:
        by_first = f"; it keeps {100 * found.kept:.1f} % by the yardstick of the first" if found.kept else ""
        yield f"Worth: {found.worth:,.1f} points before, {found.other_worth:,.1f} after{by_first}."
    years = [f"{year}: {before:,.0f} -> {after:,.0f}" for year, before, after in found.money if before != after]
    before, after = found.tail
    years += [f"each year after: {before:,.0f} -> {after:,.0f}"] if before != after else []
    if years:
        yield f"New money{f', {currency}' if currency else ''}: {'; '.join(years)}."


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return "; ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
