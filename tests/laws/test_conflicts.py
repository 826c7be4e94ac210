"""What is said of a brief that no plan satisfies: the rules named cannot hold together, and lifting one is enough."""

from collections import Counter
from dataclasses import replace

from exhaustive import best
from hypothesis import HealthCheck, assume, given, settings
from problems import problems

from legation.errors import InfeasibleError
from legation.programme.assembly import rule_order
from legation.programme.plans import plan
from legation.programme.rows import labels


def refusal(problem):
    """Return why no plan satisfies the brief, or None where one does."""
    try:
        plan(problem)
    except InfeasibleError as error:
        return error
    return None


def keeping(problem, rules):
    """Return the problem with these rules alone."""
    return replace(problem, brief=replace(problem.brief, rules=tuple(rules)))


def test_conflict_is_real_and_smallest():
    """Together infeasible, feasible without any one of them, by exhaustive search."""
    sizes = Counter()

    @settings(
        max_examples=60,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    @given(problems(most_rules=6))
    def look(problem):
        caught = refusal(problem)
        assume(caught is not None)
        named = dict(zip(labels(rule_order(problem)), rule_order(problem), strict=True))
        blamed = [named[label] for label in caught.conflict]
        sizes[len(blamed)] += 1
        assert blamed
        assert len(caught.relaxations) == len(blamed)
        assert best(keeping(problem, blamed)) is None
        for rule in blamed:
            rest = list(blamed)
            rest.remove(rule)
            assert best(keeping(problem, rest)) is not None

    look()
    assert sum(sizes.values()) >= 30
    assert sum(count for size, count in sizes.items() if size > 1) >= 4
