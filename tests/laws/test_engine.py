"""The tailored engine against exhaustive search and against HiGHS, over every rule and track."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from exhaustive import best
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import KINDS, problems

from legation.engine.core import NAME, compress, keep
from legation.engine.courses import courses
from legation.engine.cuts import tighten
from legation.engine.prices import price
from legation.engine.tailored import tailored
from legation.errors import InfeasibleError
from legation.planning.checking import check
from legation.programme.assembly import formulate
from legation.programme.highs import highs, relax
from legation.programme.plans import plan
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
NEARLY = Fraction(1, 10**6)
EXAMPLES = settings(
    max_examples=8, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
seen = Counter()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_engine_finds_the_best_there_is(kind):
    @EXAMPLES
    @given(problems(must=(kind,), most_rules=3))
    def compare(problem):
        right = best(problem)
        if right is None:
            with pytest.raises(InfeasibleError):
                plan(problem, solver=tailored, limits=EXACT)
            return
        found = plan(problem, solver=tailored, limits=EXACT)
        assert check(problem, found) == ()
        assert abs(Fraction(found.proof.objective) - right[1]) <= NEARLY
        seen[found.proof.solver] += 1

    compare()
    assert seen[NAME] > 0  # else it was HiGHS alone that was tried


@settings(EXAMPLES, max_examples=60)
@given(problems(most_rules=5), st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.5, 5.0]))
def test_no_plan_is_worth_more_than_the_bound_of_any_prices(problem, seed, scale):
    """Prices need not be good ones: whatever they are, they bound the best plan and drop nothing it needs."""
    f = formulate(problem)
    reference, root = highs(f, EXACT), relax(f, EXACT)
    if reference.status is not Status.OPTIMAL or root is None:
        return
    prices = root[1] + scale * np.random.default_rng(seed).normal(size=len(root[1]))
    priced = price(f, f.layout, prices)
    found = courses(f, f.layout, priced)
    assert found.bound >= reference.objective - 1e-6
    core = compress(f, *keep(f, f.layout, priced, found, found.bound - reference.objective + 1e-6))
    if len(core.kept):
        assert highs(core.formulation, EXACT).objective == pytest.approx(reference.objective, abs=1e-6)
    else:
        assert core.formulation.constant == pytest.approx(reference.objective, abs=1e-6)


@settings(EXAMPLES, max_examples=40)
@given(problems(most_rules=5))
def test_cuts_leave_the_best_plan_its_place(problem):
    f = formulate(problem)
    reference = highs(f, EXACT)
    if reference.status is not Status.OPTIMAL:
        return
    cut = tighten(f, f.integer | f.whole, EXACT)
    assert cut is not None
    assert highs(cut.formulation, EXACT).objective == pytest.approx(reference.objective, abs=1e-5)
    found = courses(cut.formulation, f.layout, price(cut.formulation, f.layout, cut.prices))
    assert found.bound >= reference.objective - 1e-5
