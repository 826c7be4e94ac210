"""Variants of a programme, solved by cores from known plans: the same best as HiGHS, whatever it begins with."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from benchmarks.world import world
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine import narrowing
from legation.engine.narrowing import best_known, by_cores, keeps
from legation.engine.shares import moved
from legation.inquiry.asking import ask, holding, money_rows
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.highs import highs
from legation.programme.solver import Limits, Solution, Status

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


def starts(f, best, seed):
    """Return nothing, the best plan, and one that is best under another aim and mostly poor under this one."""
    aim = f.objective + np.random.default_rng(seed).normal(size=f.columns) * np.abs(f.objective).max()
    other = highs(replace(f, objective=aim), EXACT).x
    return None, *(np.where(f.integer, np.round(x), x) for x in (best.x, other))


def worth(f, x):
    return float(f.objective @ x) + f.constant


def lazy(f, limits, start=None, **_):
    """Solve as one that stops at the first plan it has, the worst where none is given, with a bound that is right."""
    best = highs(f, EXACT)
    if best.status is not Status.OPTIMAL:
        return best
    x = highs(replace(f, objective=-f.objective), EXACT).x if start is None else start
    return replace(best, status=Status.FEASIBLE, x=x, objective=worth(f, x))


def forgetful(f, limits, start=None, **_):
    """Solve as one that loses what it was given, and calls the worst plan the best."""
    worst = highs(replace(f, objective=-f.objective), EXACT)
    return replace(worst, objective=worth(f, worst.x), bound=worth(f, worst.x)) if len(worst.x) else worst


def rough(f, limits, start=None, **_):
    """Solve as one whose whole numbers are not quite whole."""
    found = highs(f, EXACT)
    return replace(found, x=np.where(f.integer, found.x - 1e-8, found.x)) if len(found.x) else found


@settings(EXAMPLES, max_examples=25)
@given(problems(must=(rules.Ceiling,), most_rules=3), st.integers(0, 99))
def test_no_plan_is_worth_more_than_the_bound_whatever_the_solver_leaves_open(problem, seed):
    """A plan given is never made worse, however good it must be to be taken as it is, and however wide the gap."""
    f = ask(problem, limits=EXACT).formulation
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    for start in starts(f, best, seed):
        for poor, gap in ((0.0, 0.0), (np.inf, 0.0), (np.inf, 0.5)):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(narrowing, "POOR", poor)
                patch.setattr(narrowing, "prove", lazy)
                told = by_cores(f, Limits(gap=gap), start)
            assert keeps(f, told.x)
            assert abs(worth(f, told.x) - told.objective) < 1e-6
            assert start is None or told.objective >= worth(f, start) - 1e-6
            assert told.bound >= best.objective - 1e-6
            assert told.status is Status.FEASIBLE or told.bound - told.objective <= gap * abs(told.objective) + 1e-6


@settings(EXAMPLES, max_examples=25)
@given(problems(must=(rules.Ceiling,), most_rules=3), st.integers(0, 99), st.sampled_from((forgetful, rough, highs)))
def test_the_best_is_found_whatever_becomes_of_a_start(problem, seed, solver):
    """From the poorest plan, with one that the solver loses, and with whole numbers that it leaves not quite whole."""
    f = ask(problem, limits=EXACT).formulation
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    for start in starts(f, best, seed)[1:]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(narrowing, "POOR", np.inf)
            patch.setattr(narrowing, "prove", solver)
            told = by_cores(f, EXACT, start)
        if solver is forgetful:
            assert told.objective >= worth(f, start) - 1e-6
            continue
        assert abs(told.objective - best.objective) < 1e-5
        assert solver is highs or np.array_equal(told.x[f.integer], np.round(told.x[f.integer]))


@settings(EXAMPLES, max_examples=25)
@given(problems(must=(rules.MeasuresPerYear, rules.MeasuresPerYear), most_rules=2))
def test_programmes_that_were_changed_since_they_were_laid_out_are_left_to_highs(problem):
    """With a column more that pays for itself, and without the rows of single sites that a rule had written."""
    f = ask(problem, limits=EXACT).formulation
    more = {name: np.append(getattr(f, name), v) for name, v in (("objective", 1.0), ("lower", 0.0), ("upper", 2.0))}
    same(replace(f, **more, integer=np.append(f.integer, True), whole=np.append(f.whole, True)))
    for rule in range(len(f.labels)):
        same(f.without({rule}))


def watched(monkeypatch, answer=None):
    """Return the budgets of the cores that are solved from now on, each by the function given or as they are."""
    budgets, core = [], narrowing._core

    def noted(seen, budget, *rest, **more):
        budgets.append(budget / max(abs(seen.found.bound), 1.0))
        return core(seen, budget, *rest, **more) if answer is None else answer

    monkeypatch.setattr(narrowing, "_core", noted)
    return budgets


def test_a_poor_plan_is_bettered_before_the_proof(monkeypatch):
    """The core of the proof holds no more than what may beat the better one; a good plan is taken as it is."""
    f = ask(world(2, 1, states=12, cities=6, organisations=2), limits=EXACT).formulation
    best, poor = highs(f, EXACT), highs(replace(f, objective=-f.objective), EXACT).x
    budgets = watched(monkeypatch)
    assert by_cores(f, EXACT, poor).objective == pytest.approx(best.objective)
    assert (len(budgets), budgets[0]) == (2, narrowing.FIRST)
    assert budgets[1] < 0.1 < 1.0 - worth(f, poor) / best.objective
    budgets.clear()
    monkeypatch.setattr(narrowing, "POOR", 0.02)
    assert by_cores(f, EXACT, np.round(best.x)).objective == pytest.approx(best.objective)
    assert [b == pytest.approx(0.0157, abs=1e-4) for b in budgets] == [True]


def test_cores_without_a_plan_are_widened_and_then_given_up(monkeypatch):
    f = ask(_one(), limits=EXACT).formulation
    budgets = watched(monkeypatch, Solution(Status.UNKNOWN, np.empty(0)))
    assert by_cores(f, EXACT).solver == "HiGHS"
    assert budgets == [narrowing.FIRST * narrowing.WIDER**k for k in range(narrowing.TRIES)]


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
