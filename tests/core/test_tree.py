"""Trees of branches and programmes alike: the best there is, a bound that holds, and what one has taught the next."""

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.world import world

from legation.engine.alike import Alike, Done, best_known, keeps
from legation.engine.by_course import Counts
from legation.engine.tree import Branches, Experience, Tree
from legation.programme.assembly import formulate
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

LIMITS = Limits()
EXACT = Limits(gap=0.0)


@pytest.fixture(scope="module", params=[(30, 1), (30, 2), (40, 2)])
def programme(request):
    states, seed = request.param
    return formulate(world(2, seed, states=states, cities=states // 3, organisations=3))


def tree(f, level=-np.inf, limits=EXACT):
    single = np.flatnonzero(f.integer)
    return Tree(f, Branches.of(single, [], single, 0), Experience.none(f.columns), level, limits)


def test_a_tree_finds_the_best_there_is_and_bounds_all_others(programme):
    best = highs(programme, EXACT).objective
    found = tree(programme, level=best - 20.0).search(5000)
    assert found.ended
    assert keeps(programme, found.x)
    assert programme.objective @ found.x + programme.constant == pytest.approx(best, abs=1e-6)
    assert best - 1e-6 <= found.bound <= best + 1e-6


def test_what_is_whole_in_plans_is_fixed_where_leaving_its_bound_costs_too_much():
    """Also where the relaxation may take it in parts, as it may services; what need never be whole is left alone."""
    seen = []

    class Watched(Tree):
        def _fixed(self, relaxed, lower, upper):
            found = super()._fixed(relaxed, lower, upper)
            seen.append((relaxed, *found))
            return found

    f = formulate(world(2, 1, states=30, cities=10, organisations=3))
    part, level = f.whole & ~f.integer, highs(f, EXACT).objective
    for whole in (f.whole, f.integer):
        single = np.flatnonzero(f.integer)
        branches, none = Branches.of(single, [], single, 0), Experience.none(f.columns)
        Watched(replace(f, whole=whole), branches, none, level, EXACT).search(1)
        relaxed, lower, upper = seen[0]
        room = relaxed.value - level + 1e-6 * relaxed.value
        dear = part & (relaxed.x < 1e-9) & (-relaxed.reduced > room) & (f.upper > f.lower)
        assert dear.any()
        assert (upper[dear] == lower[dear]).all() == (whole is f.whole)
        seen.clear()


def test_a_tree_finds_nothing_above_the_best_and_says_so(programme):
    best = highs(programme, EXACT).objective
    found = tree(programme, level=best + 1e-4).search(5000)
    assert (found.x, found.ended) == (None, True)
    assert found.bound == pytest.approx(best + 1e-4)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_is_fixed_away_in_programmes_full_of_near_ties(seed):
    """Twelve things in three sacks, whose best HiGHS finds: the tree finds it from any level and bounds it."""
    chance = np.random.default_rng(seed)
    f = sacks(chance.integers(10, 40, (3, 12)).astype(float), chance.integers(10, 40, 12) + chance.random(12))
    best = highs(f, EXACT).objective
    for level in (best - 30.0, best - 5.0, best - 1.0, best - 1e-3):
        for most in (1, 3, 6, 12, 25, 5000):
            found = tree(f, level).search(most)
            assert found.bound >= best - 1e-6
            assert not found.ended or f.objective @ found.x == pytest.approx(best, abs=1e-6)


def sacks(weights, worths):
    """Return the programme of things to be taken whole, (things,), into sacks that hold half of it all."""
    rows, things = weights.shape
    f = formulate(world(1, 1, states=4, cities=2, organisations=1))
    whole = np.ones(things, dtype=bool)
    return replace(
        f,
        objective=worths.astype(float),
        constant=0.0,
        lower=np.zeros(things),
        upper=np.ones(things),
        integer=whole,
        whole=whole,
        start=np.arange(rows + 1) * things,
        index=np.tile(np.arange(things), rows),
        value=weights.ravel(),
        row_lower=np.full(rows, -np.inf),
        row_upper=weights.sum(axis=1) / 2,
        row_rule=np.full(rows, -1),
        scale=np.ones(rows),
        soft=(),
        layout=None,
    )


def test_a_tree_that_is_given_up_still_bounds_the_best(programme):
    best = highs(programme, EXACT).objective
    found = tree(programme, level=best - 20.0).search(1)
    assert not found.ended
    assert found.bound >= best - 1e-6


def test_experience_is_the_mean_of_what_was_seen():
    seen = Experience.none(3)
    assert seen.expected(np.arange(3)).tolist() == [[1.0] * 3] * 2
    seen.learn(0, 1, 4.0)
    seen.learn(0, 1, 2.0)
    seen.learn(0, 2, 9.0)
    assert seen.expected(np.arange(3)).tolist() == [[5.0, 3.0, 9.0], [1.0] * 3]


def test_programmes_alike_come_to_the_optima_of_highs_and_remember(programme):
    alike = Alike(Counts.of(()), LIMITS)
    for factor in (1.0, 0.9, 1.1):
        other = replace(programme, objective=programme.objective * np.linspace(factor, 1.0, programme.columns))
        found, right = alike.solve(other), highs(other, LIMITS)
        assert found.status is Status.OPTIMAL
        assert found.objective == pytest.approx(right.objective, rel=2e-6)
        assert found.objective - 1e-9 <= found.bound <= found.objective * (1 + 1e-6) + 1e-6
        assert any(np.array_equal(found.x, plan) for plan in alike.known)


def test_of_the_plans_known_the_best_that_keeps_the_rows_is_taken(programme):
    best = highs(programme, LIMITS).x
    worst = highs(replace(programme, objective=-programme.objective), LIMITS).x
    over = np.where(programme.objective > 0, programme.upper, programme.lower)
    assert programme.objective @ over > programme.objective @ best
    assert not keeps(programme, over)
    assert keeps(programme, worst)
    assert best_known(programme, [over, worst, best]) is best
    assert best_known(programme, [over]) is None
    assert best_known(programme, []) is None


@pytest.mark.parametrize(
    ("budget", "level", "covered"), [(5.0, 90.0, True), (5.1, 90.0, False), (5.0, 89.9, False), (4.0, 95.0, True)]
)
def test_a_search_spares_another_only_where_it_held_all_that_may_be_better(budget, level, covered):
    assert Done(5.0, 90.0).covers(budget, level) is covered
