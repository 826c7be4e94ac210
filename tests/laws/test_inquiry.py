"""Every answer about a plan is shown right by asking the planner again, on both sides of what was said."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import exhaustive
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.errors import InfeasibleError, RefusedError
from legation.inquiry.alternatives import alternatives
from legation.inquiry.asking import ask
from legation.inquiry.frontier import frontier
from legation.inquiry.reasons import direction, why, why_not
from legation.inquiry.stability import intervals
from legation.model import Form
from legation.planning import brief as rules
from legation.planning.accounts import held_forms, objective
from legation.planning.checking import check
from legation.planning.problem import in_order
from legation.programme.plans import plan
from legation.programme.solver import Limits

EXACT = Limits(gap=0.0)
NEARLY = 1e-5
EXAMPLES = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
MONEY = (rules.Ceiling,)


def worth(problem):
    """Return what the best plan is worth, minus infinity where there is none."""
    try:
        return float(plan(problem, limits=EXACT).proof.objective)
    except InfeasibleError:
        return float("-inf")


def under(problem, *more):
    """Return the problem with more rules."""
    return replace(problem, brief=replace(problem.brief, rules=(*problem.brief.rules, *more)))


def with_money(problem, share):
    """Return the problem with its ceilings moved by a share."""
    by = 1 + Decimal(repr(share))

    def moved(rule):
        if isinstance(rule, rules.Ceiling):
            return replace(rule, amounts=tuple((y, a * by) for y, a in rule.amounts))
        return replace(rule, amount=rule.amount * by) if isinstance(rule, rules.Tail) else rule

    return replace(problem, brief=replace(problem.brief, rules=tuple(moved(r) for r in problem.brief.rules)))


def with_worth(problem, more):
    """Return the problem with more worth for some interests, the same in each year."""
    raised = tuple(replace(i, worth=tuple(w + more.get(i.id, Decimal(0)) for w in i.worth)) for i in problem.interests)
    return replace(problem, interests=raised)


def at_cost(problem, site, share):
    """Return the problem in which all money of a site is less by a share."""
    keep = 1 - Decimal(repr(share))

    def cut(rung):
        return replace(
            rung, **{n: tuple(a * keep for a in getattr(rung, n)) for n in ("establishing", "running", "closing")}
        )

    sites = tuple(replace(s, ladder=tuple(map(cut, s.ladder))) if s.id == site else s for s in problem.sites)
    return replace(problem, sites=sites)


def sides(problem, site, form):
    """Return the best worth with a form held at the end of the last year, and without (of a site that only rises)."""
    last = problem.brief.years[-1]
    return worth(under(problem, rules.Require(site, form, last))), worth(under(problem, rules.Forbid(site, form)))


def flips(problem, site, form, changed, at, tiny):
    """Say whether a form enters a best plan at a size of a change, and not before it."""
    inside, outside = sides(changed(at + tiny), site, form)
    enters = inside >= outside - NEARLY
    if at > tiny:
        inside, outside = sides(changed(at - tiny), site, form)
        return enters and inside < outside
    return enters


def question_and_site(data, problem):
    """Return a question, its best plan and a site that may only rise."""
    question = ask(problem, limits=EXACT)
    solution = question.solve(question.formulation)
    assume(solution is not None)
    rising = [s.id for s in problem.sites if not s.closable and s.ladder]
    assume(rising)
    return question, question.plan(solution), data.draw(st.sampled_from(rising))


@EXAMPLES
@given(problems(must=MONEY, most_rules=3), st.data())
def test_why_loses_what_forbidding_loses(problem, data):
    """Without what the plan holds at a site, exactly what `why` says is lost."""
    question, best, _ = question_and_site(data, problem)
    acted = {m.site for m in best.measures} & {s.id for s in problem.sites if not s.closable}
    assume(acted)
    site = data.draw(st.sampled_from(sorted(acted)))
    answer = why(question, best, site)
    forbidden = worth(under(problem, rules.Forbid(site, answer.form)))
    if answer.without is None:
        assert forbidden == float("-inf")
        return
    assert abs(float(best.proof.objective) - forbidden - float(answer.without.lost)) < NEARLY
    assert not check(problem, answer.without.plan)
    if answer.worth and answer.worth.at is not None:
        own = {i.id: i.worth[0] for i in problem.interests if _is_own(problem, i, site)}
        fall = float(answer.worth.at)
        inside, outside = sides(_fallen(problem, own, fall + 1e-4), site, answer.form)
        assert outside >= inside - NEARLY
        if fall > 1e-4:
            inside, outside = sides(_fallen(problem, own, fall - 1e-4), site, answer.form)
            assert inside > outside - NEARLY


def _fallen(problem, own, share):
    return with_worth(problem, {i: -w * Decimal(repr(share)) for i, w in own.items()})


def _is_own(problem, interest, site):
    served = {s.interest for s in problem.services if s.site == site and not s.concurrent}
    return interest.residence == site or interest.id in served


@EXAMPLES
@given(problems(must=MONEY, most_rules=3), st.data())
def test_why_not_flips_at_its_thresholds(problem, data):
    """A form enters a best plan at the money, the cost and the worth that `why_not` names, and not before."""
    question, best, site = question_and_site(data, problem)
    try:
        answer = why_not(question, best, site)
    except RefusedError:
        assume(False)
    form = answer.form
    inside, outside = sides(problem, site, form)
    if answer.within is None:
        assert inside == float("-inf")
    else:
        assert abs(float(best.proof.objective) - inside - float(answer.within.lost)) < NEARLY
        assert not check(problem, answer.within.plan)
    changes = {
        "money": lambda share: with_money(problem, share),
        "cost": lambda share: at_cost(problem, site, share),
        "worth": lambda size: _fallen(
            problem, {i.id: i.worth[0] for i in problem.interests if _is_own(problem, i, site)}, -size
        ),
    }
    for name, changed in changes.items():
        threshold = getattr(answer, name)
        if threshold is None or not threshold.proven:
            continue
        if threshold.at is None:
            inside, outside = sides(changed(float(threshold.most) - 1e-6), site, form)
            assert inside < outside + NEARLY, name
        else:
            assert flips(problem, site, form, changed, float(threshold.at), 1e-4), name


@EXAMPLES
@given(problems(must=MONEY, most_rules=2))
def test_frontier_has_every_breakpoint(problem):
    """Between two points the best worth is that of the lower one, and just under a point it is less."""
    question = ask(problem, limits=EXACT)
    found = frontier(question, -0.5, 0.5)
    assert found.whole
    for point in found.points:
        at = float(point.share)
        if at < 0.499:
            assert abs(worth(with_money(problem, at + 1e-4)) - float(point.worth)) < NEARLY
        if at > -0.499:
            assert worth(with_money(problem, at - 1e-4)) < float(point.worth) - 1e-9
    for low, high in pairwise(found.points):
        middle = (float(low.share) + float(high.share)) / 2
        assert abs(worth(with_money(problem, middle)) - float(low.worth)) < NEARLY
        assert low.worth < high.worth
    if not found.points:
        assert worth(with_money(problem, 0.5)) == float("-inf")
    elif found.lowest is not None:
        assert worth(with_money(problem, float(found.lowest) - 1e-4)) == float("-inf")


@EXAMPLES
@given(problems(most_rules=2), st.integers(1, 2))
def test_alternatives_differ_and_fall(problem, differ):
    """Alternatives satisfy the brief, are worth less and less, and each differs in enough forms from all others."""
    question = ask(problem, limits=EXACT)
    first = question.solve(question.formulation)
    assume(first is not None)
    best = question.plan(first)
    found = alternatives(question, count=4, within=0.5, differ=differ)
    ends = [_ends(problem, p) for p in (best, *(a.plan for a in found))]
    for n, alternative in enumerate(found):
        assert not check(problem, alternative.plan)
        assert all(_distance(ends[n + 1], e) >= differ for e in ends[: n + 1])
    worths = [best.proof.objective, *(a.plan.proof.objective for a in found)]
    assert all(a >= b - Decimal("0.00001") for a, b in pairwise(worths))
    assert all(a.lost <= abs(best.proof.objective) / 2 + 1 for a in found)


@EXAMPLES
@given(problems(most_rules=2))
def test_best_alternative_is_the_best_of_all_others(problem):
    """No history that ends otherwise is worth more than the first alternative: all of them are tried."""
    question = ask(problem, limits=EXACT)
    first = question.solve(question.formulation)
    assume(first is not None)
    ends = _ends(problem, question.plan(first))
    found = alternatives(question, count=1, within=10.0)
    other = exhaustive.best(in_order(problem), lambda held: _ends_of(problem, held) != ends)
    if other is None or float(other[1]) < float(first.objective) - 10 * abs(float(first.objective)):
        assert not found
    else:
        assert abs(float(found[0].plan.proof.objective) - float(other[1])) < NEARLY


def _ends(problem, found):
    return _ends_of(problem, held_forms(problem, found.measures))


def _ends_of(problem, held):
    return {s.id: [Form.NONE, *(r.form for r in s.ladder)].index(held[s.id][-1]) for s in problem.sites}


def _distance(one, other):
    return sum(abs(one[s] - other[s]) for s in one)


@EXAMPLES
@given(problems(most_rules=2), st.data())
def test_a_plan_stays_best_inside_its_interval(problem, data):
    """Inside the interval the plan's own worth is the best there is; beyond either end it is not."""
    question = ask(problem, limits=EXACT)
    solution = question.solve(question.formulation)
    assume(solution is not None)
    problem = in_order(problem)
    interest = data.draw(st.sampled_from([i.id for i in problem.interests]))
    added = ((interest, Decimal(5)),)
    (interval,) = intervals(question, ((("x", added), Decimal(-1)),))
    best = question.plan(solution)
    assert direction(question, added).shape == question.formulation.objective.shape
    for sign, reach, most in ((-1, interval.down, 1.0), (1, interval.up, 1.0)):
        far = float(reach.far)
        for size, stays in ((far - 1e-4, True), (far + 0.01, False)):
            if size < 0 or size > most:
                continue
            moved = with_worth(problem, {interest: Decimal(repr(sign * size * 5))})
            own = float(objective(moved, held_forms(moved, best.measures), best.services))
            assert (own >= worth(moved) - NEARLY) or not stays
            if not stays:
                assert own < worth(moved) - NEARLY
