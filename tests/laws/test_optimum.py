"""The planner against exhaustive search, and the checker against the planner."""

from collections import Counter
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
EXAMPLES = settings(
    max_examples=400, derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_plan_is_the_best_there_is():
    """Over several hundred small problems of every rule and track: no plan is missed, none is wrong."""
    seen = Counter()

    @EXAMPLES
    @given(problems())
    def compare(problem):
        seen.update({type(rule) for rule in problem.brief.rules} | {site.track for site in problem.sites})
        right = best(problem)
        seen[right is None] += 1
        if right is None:
            with pytest.raises(InfeasibleError):
                plan(problem, limits=EXACT)
            return
        found = plan(problem, limits=EXACT)
        assert check(problem, found) == ()
        assert abs(Fraction(found.proof.objective) - Fraction(right.proof.objective)) <= Fraction(1, 10**9)

    compare()
    assert {thing for thing in (*KINDS, *Track) if seen[thing] < 10} == set()
    assert seen[False] >= 100
    assert seen[True] >= 30
