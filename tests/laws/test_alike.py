"""Trees and programmes alike, on small random problems: what is told of a plan holds, wherever a search stops."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine import alike as module
from legation.engine.alike import Alike, keeps
from legation.engine.shares import moved
from legation.engine.tree import Branches, Experience, Searched, Tree
from legation.inquiry.asking import ask, money_rows, worth_at_least
from legation.inquiry.ensembles import counts
from legation.planning import brief as rules
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
EXAMPLES = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TUNED = ({}, {"TYPICAL": 1e-5}, {"TYPICAL": 0.5}, {"FIRST": 2}, {"MOST": 2}, {"MOST": 2, "FIRST": 2})


def worth(f, x):
    return float(f.objective @ x) + f.constant


@EXAMPLES
@given(problems(most_rules=4), st.sampled_from((0.0, 0.02, 0.3)), st.sampled_from((-1e3, -0.6, -1e-3, 1e-3)))
def test_a_tree_bounds_the_best_wherever_it_stops(problem, gap, over):
    """After so many relaxations: no point is worth more than the bound, and its own point is worth what it says."""
    f = ask(problem, limits=EXACT).formulation
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    single = np.flatnonzero(f.integer)
    level = best.objective + over
    for most in (1, 2, 3, 5, 9, 4000):
        tree = Tree(f, Branches.of(single, [], single, 0), Experience.none(f.columns), level, Limits(gap=gap))
        found = tree.search(most)
        assert found.bound >= max(best.objective, level) - 1e-6
        if found.x is not None:
            assert keeps(f, found.x)
            assert worth(f, found.x) > level
        if found.ended and over < 0:
            assert found.x is not None
            assert found.bound - worth(f, found.x) <= gap * abs(worth(f, found.x)) + 1e-6
        if over > 0:
            assert found.x is None
    assert found.ended


def futures(question, seed):
    """Return programmes alike: other aims, other money, other numbers in a row, and the first once more."""
    f, chance = question.formulation, np.random.default_rng(seed)
    rows = money_rows(question)
    aims = [replace(f, objective=f.objective * chance.uniform(0.3, 1.7, f.columns)) for _ in range(2)]
    dear = np.isin(np.repeat(np.arange(len(f.row_lower)), np.diff(f.start)), list(rows))
    costly = replace(f, value=np.where(dear, f.value * 1.4, f.value))
    return [f, *aims, moved(f, rows, -0.4), moved(aims[0], rows, 0.5), costly, replace(costly, value=f.value), f]


@settings(EXAMPLES, max_examples=20)
@given(
    problems(must=(rules.Ceiling,), most_rules=3),
    st.integers(0, 99),
    st.sampled_from((0.0, 0.2)),
    st.sampled_from(TUNED),
)
def test_what_is_told_of_each_programme_holds(problem, seed, gap, tuned):
    """Within the gap of the best, with a bound that is one, however far off plans are thought and trees let grow."""
    question = ask(problem, limits=EXACT)
    alike = Alike(counts(question), Limits(gap=gap))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in tuned.items():
            patch.setattr(module, name, value)
        for f in futures(question, seed):
            told, right = alike.solve(f), highs(f, EXACT)
            assert (told.status is Status.OPTIMAL) == (right.status is Status.OPTIMAL)
            if right.status is not Status.OPTIMAL:
                continue
            assert keeps(f, told.x)
            assert abs(worth(f, told.x) - told.objective) < 1e-6
            assert told.objective <= right.objective + 1e-6
            assert told.bound >= right.objective - 1e-6
            assert told.bound - told.objective <= gap * abs(told.objective) + 1e-6


def lazy(*, ends):
    """Return a tree that takes the worst point above its level, with a bound that is right; it may not come to an end.

    Without an end it knows no bound, and what it found need not be there.
    """

    class Lazy:
        def __init__(self, f, _branches, _experience, level, _limits):
            self.f, self.level = f, level

        def search(self, _most):
            best = highs(self.f, EXACT)
            if best.status is not Status.OPTIMAL or best.objective <= self.level:
                return Searched(None, self.level if ends else np.inf, ended=ends)
            above = worth_at_least(self.f, self.level)
            worst = highs(replace(above, objective=-above.objective), EXACT)
            return Searched(worst.x if ends else None, best.objective if ends else np.inf, ended=ends)

    return Lazy


@settings(EXAMPLES, max_examples=15)
@given(problems(must=(rules.Ceiling,), most_rules=3), st.integers(0, 99), st.sampled_from((0.0, 0.2)))
@pytest.mark.parametrize(
    "changed",
    [
        {"Tree": lazy(ends=True)},
        {"Tree": lazy(ends=True), "TYPICAL": 0.5},
        {"Tree": lazy(ends=True), "TYPICAL": 0.5, "LIKELY": 0.01},
        {"Tree": lazy(ends=False)},
        {"_plan": lambda _f, _x: None},
        {"_plan": lambda _f, _x: None, "TYPICAL": 0.5},
    ],
    ids=["lazy", "far", "narrow", "endless", "lost", "lost-far"],
)
def test_a_bound_is_one_whatever_a_tree_leaves_open(changed, problem, seed, gap):
    """A tree that takes the worst it may, one that never ends, and one whose points are never plans."""
    question = ask(problem, limits=EXACT)
    alike = Alike(counts(question), Limits(gap=gap))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changed.items():
            patch.setattr(module, name, value)
        for f in futures(question, seed):
            told, right = alike.solve(f), highs(f, EXACT)
            assert (told.status is Status.OPTIMAL) == (right.status is Status.OPTIMAL)
            if right.status is Status.OPTIMAL:
                assert keeps(f, told.x)
                assert abs(worth(f, told.x) - told.objective) < 1e-6
                assert told.bound >= right.objective - 1e-6


@EXAMPLES
@given(problems(must=(rules.Ceiling,), most_rules=2), st.sampled_from((1e-4, 0.3)))
def test_services_that_come_out_in_parts_are_no_plan(problem, part):
    """A point whose services are a little off is rounded where that keeps all rows, and left out where it is more."""
    f = ask(problem, limits=EXACT).formulation
    best = highs(f, EXACT)
    assume(best.status is Status.OPTIMAL)
    exact = np.where(f.whole, np.round(best.x), best.x)
    off = np.where(f.whole, np.where(exact > 0.5, exact - part, exact + part), exact)
    assume(f.whole.any() and keeps(f, exact))
    plan = module._plan(f, off)
    assert plan is None if part > 0.1 else np.array_equal(plan, exact)
    shut = replace(f, lower=np.where(f.whole, exact, f.lower) + np.where(f.whole, 1.0, 0.0))
    assert not keeps(shut, exact)
    assert module._plan(shut, off) is None
