"""The checker accepts the planner's plans and no plan that differs from them in a single place."""

from collections import Counter
from dataclasses import fields, replace
from decimal import Decimal

from exhaustive import best
from hypothesis import HealthCheck, assume, given, settings
from problems import problems

from legation.model import Form
from legation.planning.accounts import height, held_forms, kind_of, offers
from legation.planning.checking import check
from legation.planning.outcome import Measure, Served

DIGEST = "the problem"


def with_row(rows, i, row):
    """Return rows with another at a place, or without it (None)."""
    return (*rows[:i], *([] if row is None else [row]), *rows[i + 1 :])


def changed_numbers(row):
    """Return the row with each of its amounts one higher, one after the other."""
    for field in fields(row):
        amount = getattr(row, field.name)
        if isinstance(amount, Decimal):
            yield field.name, replace(row, **{field.name: amount + 1})


def changed_measures(problem, plan):
    """Leave out, move and change measures one at a time."""
    sites = {s.id: s for s in problem.sites}
    for i, m in enumerate(plan.measures):
        forms = (Form.NONE, *(r.form for r in sites[m.site].ladder))
        others = [("drop", None), ("nowhere", replace(m, site="XXX"))]
        others += [("shift", replace(m, year=y)) for y in problem.brief.years if y != m.year]
        others += [("after", replace(m, after=f)) for f in forms if f is not m.after]
        others += [("before", replace(m, before=f)) for f in forms if f is not m.before]
        others += [("kind", replace(m, kind=k)) for k in type(m.kind) if k is not m.kind]
        others += list(changed_numbers(m))
        yield from ((f"measure {what}", replace(plan, measures=with_row(plan.measures, i, n))) for what, n in others)
        yield "measure twice", replace(plan, measures=(*plan.measures, m))


def more_measures(problem, plan):
    """Add one measure anywhere it could be."""
    held = held_forms(problem, plan.measures)
    for site in problem.sites:
        for t, year in enumerate(problem.brief.years):
            before = held[site.id][t]
            for after in {Form.NONE, *(r.form for r in site.ladder)} - {before}:
                kind = kind_of(height(site, before), height(site, after))
                extra = Measure(year, site.id, kind, before, after, *[Decimal(1)] * 4)
                yield "measure add", replace(plan, measures=(*plan.measures, extra))


def changed_services(problem, plan):
    """Leave out, add and change services one at a time."""
    for i, s in enumerate(plan.services):
        others = [
            ("drop", None),
            ("share", replace(s, share=s.share + Decimal("0.01"))),
            ("concurrent", replace(s, concurrent=not s.concurrent)),
            ("site", replace(s, site="XXX")),
            ("interest", replace(s, interest="XXX")),
            ("year", replace(s, year=s.year + 100)),
            ("form", replace(s, form=Form.OTHER)),
        ]
        yield from ((f"service {what}", replace(plan, services=with_row(plan.services, i, n))) for what, n in others)
    for year in problem.brief.years:
        for s in offers(problem).values():
            row = Served(year, s.interest, s.site, s.form, s.share, s.concurrent)
            yield "service add", replace(plan, services=(*plan.services, row))


def changed_figures(plan):
    """Change money, tail, proof and names one figure at a time."""
    for i, year in enumerate(plan.money):
        yield "money drop", replace(plan, money=with_row(plan.money, i, None))
        yield "money year", replace(plan, money=with_row(plan.money, i, replace(year, year=year.year + 1)))
        for name, other in changed_numbers(year):
            yield f"money {name}", replace(plan, money=with_row(plan.money, i, other))
    for name in ("tail", "baseline_tail"):
        yield name, replace(plan, **{name: getattr(plan, name) + 1})
    for name in ("objective", "bound", "gap"):
        for by in (-1, 1):
            yield name, replace(plan, proof=replace(plan.proof, **{name: getattr(plan.proof, name) + by}))
    yield "status", replace(plan, proof=replace(plan.proof, status="infeasible"))
    yield "not a number", replace(plan, proof=replace(plan.proof, bound=Decimal("NaN")))
    yield "digest", replace(plan, problem="another problem")
    yield "format", replace(plan, format="legation-plan/0")


def test_no_changed_plan_is_accepted():
    """Thousands of plans, each changed in one place: none passes."""
    tried = Counter()

    @settings(
        max_examples=60, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(problems(low=1))
    def change(problem):
        right = best(problem)
        assume(right is not None)
        plan = replace(right[0], problem=DIGEST)
        assert check(problem, plan, digest=DIGEST) == ()
        makers = (changed_measures, more_measures, changed_services)
        mutants = [m for make in makers for m in make(problem, plan)] + list(changed_figures(plan))
        tried.update(what for what, _ in mutants)
        accepted = [what for what, mutant in mutants if not check(problem, mutant, digest=DIGEST)]
        assert accepted == []

    change()
    assert min(tried.values()) >= 40
    assert len(tried) >= 30
