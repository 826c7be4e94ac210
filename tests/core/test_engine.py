"""The engine on small worlds: the same optimum as HiGHS, the same plan again, and HiGHS where it has no ground."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.world import world

from legation.engine import tailored as module
from legation.engine.choice import Method, solver
from legation.engine.core import compress, keep
from legation.engine.courses import courses
from legation.engine.prices import price
from legation.engine.tailored import NAME, legation, tailored
from legation.planning.brief import MeasuresPerYear
from legation.planning.checking import check
from legation.programme.assembly import formulate
from legation.programme.highs import highs, relax
from legation.programme.plans import plan
from legation.programme.solver import Limits, Status

SMALL = {"states": 45, "cities": 25, "organisations": 5}
LIMITS = Limits()


@pytest.fixture(scope="module", params=[1, 2, 3])
def problem(request):
    return world(3, request.param, **SMALL)


def test_same_optimum_as_highs_and_the_checker_agrees(problem):
    ours, theirs = plan(problem, solver=tailored), plan(problem, solver=highs)
    assert check(problem, ours) == ()
    assert ours.proof.solver == NAME
    assert ours.proof.gap <= LIMITS.gap
    assert float(ours.proof.objective) == pytest.approx(float(theirs.proof.objective), rel=1e-6)
    assert plan(problem, solver=tailored) == ours


def test_little_is_left_and_the_optimum_is_in_it(problem):
    f = formulate(problem)
    best = highs(f, LIMITS).objective
    value, prices = relax(f, LIMITS)
    priced = price(f, f.layout, prices)
    found = courses(f, f.layout, priced)
    assert found.bound == pytest.approx(value, rel=1e-9)
    core = compress(f, *keep(f, f.layout, priced, found, found.bound - best + 1e-6))
    assert core.formulation.columns < 0.6 * f.columns
    solved = highs(core.formulation, LIMITS)
    assert solved.objective == pytest.approx(best, rel=1e-9)
    point = core.whole(solved.x)
    entries = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    activity = np.bincount(entries, weights=f.value * point[f.index], minlength=len(f.row_lower))
    assert (activity <= f.row_upper + 1e-6).all()
    assert (activity >= f.row_lower - 1e-6).all()


def test_the_bound_is_that_of_the_relaxation_where_acts_are_few():
    drawn = world(2, 1, **SMALL)
    some = [r for r in drawn.brief.rules if not isinstance(r, MeasuresPerYear)]
    f = formulate(replace(drawn, brief=replace(drawn.brief, rules=(*some, MeasuresPerYear(2)))))
    value, prices = relax(f, LIMITS)
    acts = f.layout.acts[0]
    assert prices[np.isin(f.row_rule, f.labels.index("measures-per-year"))].any()
    assert (acts >= 0).any()
    assert courses(f, f.layout, price(f, f.layout, prices)).bound == pytest.approx(value, rel=1e-9)
    assert tailored(f, LIMITS).objective == pytest.approx(highs(f, LIMITS).objective, rel=1e-6)


def solvers_asked(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "highs", lambda f, limits: asked.append(f) or highs(f, limits))
    return asked


def test_highs_answers_where_the_layout_no_longer_holds(monkeypatch):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    asked = solvers_asked(monkeypatch)
    lifted = f.without(set(range(len(f.labels))))
    for other in (replace(f, layout=None), lifted):
        assert tailored(other, LIMITS).objective == pytest.approx(highs(other, LIMITS).objective, rel=1e-6)
        assert asked.pop() is other
    assert tailored(f, LIMITS).solver == NAME
    assert not asked


def test_highs_answers_small_programmes_and_questions_without_an_aim(monkeypatch):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    asked = solvers_asked(monkeypatch)
    assert legation(f, LIMITS).solver == "HiGHS"
    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.setattr(module, "MOST", 1.0)
    assert legation(f, LIMITS).solver == NAME
    assert legation(replace(f, objective=np.zeros(f.columns)), LIMITS).solver == "HiGHS"
    assert len(asked) == 2


def test_what_cannot_be_is_said_by_highs(monkeypatch):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    upper = f.row_upper.copy()
    upper[np.flatnonzero((f.row_rule >= 0) & np.isfinite(upper))] -= 1e6
    asked = solvers_asked(monkeypatch)
    assert tailored(replace(f, row_upper=upper), LIMITS).status is Status.INFEASIBLE
    assert asked


def test_a_plan_that_no_restriction_holds_is_left_to_highs(monkeypatch):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    monkeypatch.setattr(module, "TRIES", 0)
    assert tailored(f, LIMITS).solver == "HiGHS"


def test_a_core_that_is_hardly_smaller_is_left_to_highs(monkeypatch):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    monkeypatch.setattr(module, "FEW", 0)
    monkeypatch.setattr(module, "MOST", 0.0)
    assert tailored(f, LIMITS).solver == "HiGHS"


@pytest.mark.parametrize("small", [0, 10**6])
def test_first_core_may_be_narrow_or_wide(monkeypatch, small):
    f = formulate(world(2, 2, states=30, cities=10, organisations=3))
    monkeypatch.setattr(module, "SMALL", small)
    assert tailored(f, LIMITS).objective == pytest.approx(highs(f, LIMITS).objective, rel=1e-6)


def test_methods_have_their_solvers():
    assert solver(Method.HIGHS) is highs
    assert solver(Method.LEGATION) is legation
