"""The engine on small worlds: the same optimum as HiGHS, the same plan again, and HiGHS where it has no ground."""

from dataclasses import replace

import highspy
import numpy as np
import pytest
from benchmarks.world import world

from legation.desk.proofs import Method, solver
from legation.engine import tailored as module
from legation.engine.core import NAME, compress, keep
from legation.engine.counts import counted
from legation.engine.courses import courses
from legation.engine.cuts import tighten
from legation.engine.prices import price
from legation.engine.tailored import legation, tailored
from legation.planning.brief import MeasuresPerYear
from legation.planning.checking import check
from legation.programme.assembly import formulate
from legation.programme.highs import _read, highs, relax
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
    assert legation(f, LIMITS).solver == NAME
    assert legation(replace(f, objective=np.zeros(f.columns)), LIMITS).solver == "HiGHS"
    assert len(asked) == 2


@pytest.mark.parametrize(("many", "method"), [(10**6, "by_cores"), (0, "tailored")])
def test_cores_answer_what_is_not_large_and_the_tailored_method_the_rest(monkeypatch, many, method):
    f = formulate(world(2, 1, states=12, cities=6, organisations=2))
    for name, value in {"FEW": 0, "MANY": many, method: lambda *_: method}.items():
        monkeypatch.setattr(module, name, value)
    assert legation(f, LIMITS) == method


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


@pytest.mark.parametrize("soon", [1, 60])
def test_where_the_first_plan_is_poor_cuts_and_larger_cores_find_the_same_optimum(monkeypatch, problem, soon):
    f = formulate(problem)
    for name, value in {"MANAGED": 0, "CUT": 0, "HARD": 0 if soon == 1 else 10**6, "SOON": soon, "SMALL": 40}.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(module, "LARGER", (60, 120))
    cut = []
    monkeypatch.setattr(module, "tighten", lambda *given: cut.append(tighten(*given)) or cut[-1])
    found = tailored(f, LIMITS)
    assert found.solver == NAME
    assert found.objective == pytest.approx(highs(f, LIMITS).objective, rel=1e-6)
    assert found.bound >= found.objective - 1e-6
    assert any(len(some.formulation.row_lower) for some in cut)


def test_a_few_cuts_and_the_columns_then_likely_better_the_first_plan(monkeypatch):
    """The first plan is held back, so that it is the second search that has to find the best there is."""
    f = formulate(world(3, 1, **SMALL))
    for name, value in {"HAND": 0, "MOST": 0.0, "FEW": 0, "CUT": 0, "MANAGED": 10**6, "LIKELY": 2e-5}.items():
        monkeypatch.setattr(module, name, value)
    after, sharpen = [], module.Search.sharpen

    def watched(search):
        before = search.best.objective
        sharpen(search)
        after.append((before, search.best.objective))

    monkeypatch.setattr(module.Search, "sharpen", watched)
    found, best = tailored(f, LIMITS), highs(f, LIMITS).objective
    assert found.objective == pytest.approx(best, rel=1e-6)
    assert [before < better <= best + 1e-6 for before, better in after] == [True]


def test_cuts_lower_the_bound_and_drop_no_best_plan(problem):
    f = formulate(problem)
    best = highs(f, LIMITS)
    whole = f.integer | f.whole
    whole[f.layout.up[f.layout.up >= 0]] = whole[f.layout.down[f.layout.down >= 0]] = True
    cut = tighten(f, whole, LIMITS)
    assert len(cut.formulation.row_lower) > len(f.row_lower)
    assert highs(cut.formulation, LIMITS).objective == pytest.approx(best.objective, rel=2e-6)
    bound = courses(cut.formulation, f.layout, price(cut.formulation, f.layout, cut.prices)).bound
    value, _ = relax(f, LIMITS)
    assert best.objective - 1e-6 <= bound < value - 0.1 * (value - best.objective)


def test_numbers_of_like_columns_change_no_plan(problem):
    f = formulate(problem)
    more = counted(f)
    assert more.formulation.columns > f.columns
    best, same = highs(f, LIMITS), highs(more.formulation, LIMITS)
    assert same.objective == pytest.approx(best.objective, rel=2e-6)
    point = more.point(best.x)
    rows = np.repeat(np.arange(len(more.formulation.row_lower)), np.diff(more.formulation.start))
    kept = np.bincount(rows, weights=more.formulation.value * point[more.formulation.index])
    assert (kept <= more.formulation.row_upper + 1e-6).all()
    assert (kept >= more.formulation.row_lower - 1e-6).all()
    row = np.arange(more.formulation.columns, dtype=float)
    assert more.spread(row) @ best.x == pytest.approx(row @ point)


def test_rows_that_tell_nothing_apart_count_nothing():
    f = formulate(world(2, 1, states=4, cities=2, organisations=1))
    assert counted(f).formulation is f


def test_bounded_columns_that_may_be_unbounded_have_no_plan():
    f = formulate(world(2, 1, states=4, cities=2, organisations=1))

    class Model:
        getModelStatus = staticmethod(lambda: highspy.HighsModelStatus.kUnboundedOrInfeasible)  # noqa: N815 (its name)
        getInfo = version = staticmethod(lambda: None)  # noqa: N815 (its name)
        getRunTime = staticmethod(lambda: 0.0)  # noqa: N815 (its name)

    assert _read(Model, f).status is Status.INFEASIBLE


@pytest.mark.parametrize("small", [0, 10**6])
def test_first_core_may_be_narrow_or_wide(monkeypatch, small):
    f = formulate(world(2, 2, states=30, cities=10, organisations=3))
    monkeypatch.setattr(module, "SMALL", small)
    assert tailored(f, LIMITS).objective == pytest.approx(highs(f, LIMITS).objective, rel=1e-6)


def test_methods_have_their_solvers():
    assert solver(Method.HIGHS) is highs
    assert solver(Method.LEGATION) is legation
