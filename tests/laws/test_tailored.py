"""The tailored method with solvers that stop early: its bound is one, and a proof begins with the best plan known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine import tailored as module
from legation.engine.core import NAME
from legation.engine.narrowing import keeps
from legation.engine.tailored import tailored
from legation.planning import brief as rules
from legation.programme.assembly import formulate
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
EXAMPLES = settings(
    max_examples=25,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def worth(f, x):
    return float(f.objective @ x) + f.constant


def lazy(asked):
    """Return a solver that stops at the plan given, or at the worst where none is, with a bound that is right."""

    def solve(f, limits, start=None, nodes=None):
        best = highs(f, EXACT)
        asked.append((f, start))
        if best.status is not Status.OPTIMAL:
            return best
        x = highs(replace(f, objective=-f.objective), EXACT).x if start is None else start
        return replace(best, status=Status.FEASIBLE, x=x, objective=worth(f, x))

    return solve


def wanting(f, limits, start=None, nodes=None):
    """Solve as one that finds nothing when it should prove, for all that it was given."""
    return replace(highs(f, EXACT), status=Status.UNKNOWN)


TUNED = ({}, {"CUT": 0, "MANAGED": 0, "LARGER": (4, 9)}, {"CUT": 0, "HAND": 0, "MOST": 0.0, "FEW": 0})


@settings(EXAMPLES, max_examples=60)
@given(
    problems(must=(rules.Ceiling,), most_rules=3), st.integers(0, 99), st.sampled_from((0.0, 0.5)), st.integers(0, 2)
)
def test_no_plan_is_worth_more_than_the_bound_whatever_a_solver_leaves_open(problem, seed, gap, road):
    """Nor is a known plan made worse; the last proof begins with the best plan there is by then.

    road: at once, by larger and larger cores with cuts, or by a few cuts
    """
    f, asked = formulate(problem), []
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    aim = f.objective + np.random.default_rng(seed).normal(size=f.columns) * np.abs(f.objective).max()
    other = highs(replace(f, objective=aim), EXACT).x
    for known in (None, *(np.where(f.integer, np.round(x), x) for x in (best.x, other))):
        with pytest.MonkeyPatch.context() as patch:
            solve = lazy(asked)
            patch.setattr(module, "prove", solve)
            patch.setattr(module, "seek", solve)
            for name, value in TUNED[road].items():
                patch.setattr(module, name, value)
            asked.clear()
            told = tailored(f, Limits(gap=gap), known)
        assert keeps(f, told.x)
        assert abs(worth(f, told.x) - told.objective) < 1e-6
        assert told.bound >= best.objective - 1e-6
        assert known is None or told.objective >= worth(f, known) - 1e-6
        if told.status is Status.OPTIMAL:
            assert told.bound - told.objective <= gap * abs(told.objective) + 1e-6
        if told.solver == NAME and asked and told.status is Status.FEASIBLE:
            last, start = asked[-1]
            assert start is not None
            assert abs(worth(last, start) - told.objective) < 1e-6


@EXAMPLES
@given(problems(must=(rules.Ceiling,), most_rules=3))
def test_a_proof_that_loses_its_plan_is_left_to_highs(problem):
    """Nothing is told from a core in which the solver finds no plan."""
    f = formulate(problem)
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    worst = highs(replace(f, objective=-f.objective), EXACT).x
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "prove", wanting)
        patch.setattr(module, "seek", wanting)
        told = tailored(f, EXACT, np.where(f.integer, np.round(worst), worst))
    assert told.status is Status.OPTIMAL
    assert abs(told.objective - best.objective) < 1e-5


@EXAMPLES
@given(problems(must=(rules.MeasuresPerYear,), most_rules=2))
def test_programmes_that_were_changed_since_they_were_laid_out_are_left_to_highs(problem):
    """With a column more that pays for itself, and without the rows of single sites that a rule had written."""
    f = formulate(problem)
    more = {name: np.append(getattr(f, name), v) for name, v in (("objective", 1.0), ("lower", 0.0), ("upper", 2.0))}
    for other in (
        replace(f, **more, integer=np.append(f.integer, True), whole=np.append(f.whole, True)),
        *(f.without({rule}) for rule in range(len(f.labels))),
    ):
        right, told = highs(other, EXACT), tailored(other, EXACT)
        assert told.status is right.status
        assert told.status is not Status.OPTIMAL or abs(told.objective - right.objective) < 1e-5
