"""Every future of an ensemble is the problem as it would then be, planned by the ordinary road."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine.alike import keeps
from legation.errors import InfeasibleError
from legation.inquiry.asking import ask
from legation.inquiry.ensembles import Batch, answers, unpacked
from legation.inquiry.futures import Ceilings, Costs, Futures, Rates, Slippage, Worth
from legation.planning import brief as rules
from legation.planning.problem import in_order
from legation.programme.plans import plan
from legation.programme.solver import Limits

EXACT = Limits(gap=0.0)
NEARLY = 1e-6
KINDS = (Worth(0.4), Costs(0.5, 1.5), Rates(0.2), Ceilings(0.2), Slippage(0.5))
EXAMPLES = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def exact(number):
    """Return a number of the machine as the decimal that it is."""
    return Decimal(float(number))


def changed(problem, question, future):
    """Write a future down as a problem, from what its documentation says."""
    sites = tuple(site_in(problem, s, k, future) for k, s in enumerate(problem.sites))
    discount = question.columns.discount
    more = future.worth.reshape(len(problem.interests), -1) / discount
    interests = tuple(
        replace(i, worth=tuple(max(Decimal(0), w + exact(m)) for w, m in zip(i.worth, row, strict=True)))
        for i, row in zip(problem.interests, more, strict=True)
    )
    at = {s.id: k for k, s in enumerate(problem.sites)}
    services = tuple(
        replace(s, running=tuple(exact(future.costs[at[s.site]] * future.rates) * a for a in s.running))
        for s in problem.services
    )
    stated = tuple(rule_in(r, exact(future.ceilings)) for r in problem.brief.rules)
    brief = replace(problem.brief, rules=stated)
    return replace(problem, sites=sites, interests=interests, services=services, brief=brief)


def rule_in(rule, factor):
    """Return a rule with its money times a factor."""
    if isinstance(rule, rules.Ceiling):
        return replace(rule, amounts=tuple((y, a * factor) for y, a in rule.amounts))
    return replace(rule, amount=rule.amount * factor) if isinstance(rule, rules.Tail) else rule


def site_in(problem, site, number, future):
    """Return a site with what is new at other costs, and ready a year later where it is late."""
    forms = [r.form for r in site.ladder]
    held = forms.index(site.today) + 1 if site.today in forms else 0
    ladder, years = [], problem.brief.years
    zero = (Decimal(0),) * len(years)
    before, now = dict.fromkeys(("establishing", "running", "closing"), zero), {}
    for place, rung in enumerate(site.ladder):
        factor = exact(future.rates) * (exact(future.costs[number]) if place >= held else 1)
        now = {
            name: tuple(
                mine + factor * (own - below)
                for mine, own, below in zip(
                    before[name], getattr(rung, name), getattr(site.ladder[place - 1], name) if place else zero,
                    strict=True,
                )
            )
            for name in before
        }  # fmt: skip
        before = now
        ladder.append(replace(rung, **now))
    open_years = [y for y in years if (site.first or years[0]) <= y <= (years[-1] if site.last is None else site.last)]
    late = bool(future.late[number]) and bool(open_years)
    return replace(site, ladder=tuple(ladder), first=open_years[0] + 1 if late else site.first)


@EXAMPLES
@given(problems(), st.lists(st.sampled_from(KINDS), unique=True, min_size=1), st.integers(0, 99))
def test_every_future_is_the_problem_changed(problem, kinds, seed):
    """The plan of a future is worth what the planner makes of the problem written out anew, or neither has one."""
    problem = in_order(problem)
    question = ask(problem, limits=EXACT)
    futures = Futures(question, tuple(kinds), seed)
    for answer in answers(Batch(problem, tuple(kinds), seed, (0, 1, 2), EXACT)):
        future = futures.draw(answer.number)
        try:
            best = float(plan(changed(problem, question, future), limits=EXACT).proof.objective)
        except InfeasibleError:
            assert not answer.plan
            continue
        assert answer.plan
        assert abs(answer.worth - best) <= NEARLY * max(1.0, abs(best))
        assert answer.bound >= best - NEARLY * max(1.0, abs(best))
        assert keeps(futures.formulation(future), unpacked(answer.plan, question.formulation.columns))


@EXAMPLES
@given(problems(), st.integers(0, 99), st.permutations(KINDS), st.integers(0, 50))
def test_draws_do_not_depend_on_others(problem, seed, kinds, number):
    """A kind of uncertainty draws the same alone and among others, in any order."""
    question = ask(in_order(problem))
    among = Futures(question, tuple(kinds), seed).draw(number)
    costs = Futures(question, (KINDS[1],), seed).draw(number)
    late = Futures(question, (KINDS[4],), seed).draw(number)
    worth = Futures(question, (KINDS[0],), seed).draw(number)
    assert np.array_equal(among.costs, costs.costs)
    assert np.array_equal(among.late, late.late)
    assert np.array_equal(among.worth, worth.worth)
