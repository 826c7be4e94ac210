"""The planner against exhaustive search, and the checker against the planner."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from exhaustive import best
from hypothesis import HealthCheck, given, settings
from problems import KINDS, problems

from legation.errors import InfeasibleError
from legation.model import Track
from legation.planning.checking import check
from legation.programme.plans import plan
from legation.programme.solver import Limits

EXACT = Limits(gap=0.0)
NEARLY = Fraction(1, 10**6)  # what the solver takes for nothing: plans that differ by less in worth are equal to it
EXAMPLES = settings(
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def binds(problem, right):
    """Say whether the first rule of the brief costs anything."""
    _, *others = problem.brief.rules
    without = best(replace(problem, brief=replace(problem.brief, rules=tuple(others))))
    return without is not None and (right is None or without[1] > right[1])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_plan_is_the_best_there_is(kind):
    """Over hundreds of small problems, of every rule and track: no plan is missed and none is wrong."""
    seen = Counter()

    @EXAMPLES
    @given(problems(must=(kind,), most_rules=3))
    def compare(problem):
        right = best(problem)
        seen.update({site.track for site in problem.sites})
        seen["found"] += right is not None
        seen["binds"] += not seen["binds"] and binds(problem, right)
        if right is None:
            with pytest.raises(InfeasibleError):
                plan(problem, limits=EXACT)
            return
        found = plan(problem, limits=EXACT)
        assert check(problem, found) == ()
        assert check(problem, right[0]) == ()
        assert abs(Fraction(found.proof.objective) - right[1]) <= NEARLY

    compare()
    assert set(Track) <= set(seen)
    assert seen["found"] >= 5
    assert seen["binds"]
