"""Variants of a programme, solved by cores from known plans: the same best as HiGHS, whatever it begins with."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine.shares import moved
from legation.inquiry.asking import ask, holding, money_rows
from legation.inquiry.narrowing import best_known, by_cores, keeps
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
EXAMPLES = settings(
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def same(f, start=None):
    """Solve in both ways; assert that they agree and that the plan keeps all rows; return the solution."""
    theirs, ours = highs(f, EXACT), by_cores(f, EXACT, start)
    assert ours.status is theirs.status
    if ours.status is not Status.OPTIMAL:
        return None
    assert abs(ours.objective - theirs.objective) < 1e-5
    assert abs(float(f.objective @ ours.x) + f.constant - ours.objective) < 1e-6
    assert ours.bound >= theirs.objective - 1e-5
    assert keeps(f, np.where(f.integer, np.round(ours.x), ours.x))
    return ours


@EXAMPLES
@given(problems(must=(rules.Ceiling,), most_rules=3), st.floats(-0.4, 0.4), st.data())
def test_cores_find_the_best_of_every_variant(problem, share, data):
    """With other money, with a form held or not, and with other aims, from any plan found before."""
    question = ask(problem, limits=EXACT)
    f, found = question.formulation, []
    rung = data.draw(st.integers(0, question.columns.rungs - 1)) if question.columns.rungs else None
    today = np.zeros(f.columns)
    today[question.columns.x[question.columns.held]] = 1.0
    variants = [f, moved(f, money_rows(question), share), replace(f, objective=f.objective[::-1].copy())]
    if rung is not None:
        variants += [holding(question, rung, held=True), holding(question, rung, held=False)]
    for variant in variants:
        start = best_known(variant, found)
        assert start is None or keeps(variant, start)
        if keeps(variant, today):
            same(variant, today)  # a poor plan to begin with
        solution = same(variant, start)
        if solution:
            found.append(solution.x)


def test_the_best_of_the_points_that_keep_all_rows_is_known():
    """Of points, those that break a row or a bound or have another length are passed over."""
    question = ask(_one(), limits=EXACT)
    f = question.formulation
    best = highs(f, EXACT).x
    broken = best + 1.0
    nothing = np.where(f.lower > 0, f.lower, 0.0)
    assert best_known(f, [broken, best[:-1]]) is None
    assert np.array_equal(best_known(f, [nothing, broken, best]), best)
    assert not keeps(moved(f, money_rows(question), -0.5), best)


def _one():
    rung = Rung(Form.EMBASSY, (Decimal(5),), (Decimal(4),), (Decimal(0),))
    return Problem(
        "one",
        "ZZZ",
        "USD",
        2030,
        (Site("AAA", Track.DIPLOMATIC, "AAA", "Capital", (rung,)),),
        (Interest("AAA", (Decimal(9),), residence="AAA"),),
        (Service("AAA", Form.EMBASSY, "AAA", Decimal(1)),),
        rules.Brief((2030,), (rules.Ceiling(((2030, Decimal(9)),)),)),
    )
