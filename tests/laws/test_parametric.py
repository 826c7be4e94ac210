"""One tree for all shares of the ceilings, on small random problems: at every moment of a search nothing is lost."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine.parametric import at_share, everywhere, grown, slack, worth_at_least
from legation.engine.shares import Budget, Stairs, moved, share_needed
from legation.inquiry.asking import ask, holding, money_rows
from legation.planning import brief as rules
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
NEARLY = 1e-5
SPAN = (-0.6, 0.6)
SHARES = (-0.6, -0.41, -0.2, -0.07, 0.0, 0.13, 0.35, 0.6)
EXAMPLES = settings(
    max_examples=30,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def best(f, rows, share):
    """Return what HiGHS finds at a share, minus infinity where there is no plan."""
    found = highs(moved(f, rows, share), EXACT)
    return found.objective if found.status is Status.OPTIMAL else -np.inf


def known(tree, share):
    """Return what no plan is worth more than at a share, by all that is known and all that is left."""
    left = [float(leaf.bound(np.array([share]))[0]) for leaf in (*tree.leaves, *tree.stuck)]
    return max((tree.stairs.best(share), tree.floor, *left))


def drawn(problem, data):
    """Return a programme with money that moves, as it is or with a form held or ruled out, and its rows."""
    question = ask(problem, limits=EXACT)
    rows, f = money_rows(question), question.formulation
    assume(rows)
    f = replace(f, objective=f.objective * data.draw(st.sampled_from((1.0, 0.02))))
    if question.columns.rungs and data.draw(st.booleans()):
        rung = data.draw(st.integers(0, question.columns.rungs - 1))
        held = holding(question, rung, held=data.draw(st.booleans()))
        f = replace(f, lower=held.lower, upper=held.upper)
    return question, f, rows


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Ceiling), most_rules=2), st.data())
def test_nothing_is_lost_wherever_a_search_stops(problem, data):
    """What is known and what is left bound the best plan of every share; what is known is a plan there.

    Some of the best plans are known before: what they show to be of no interest is not searched.
    """
    question, f, rows = drawn(problem, data)
    right = {share: best(f, rows, share) for share in SHARES}
    floor = data.draw(st.sampled_from((-np.inf, right[0.0])))
    gap = data.draw(st.sampled_from((0.0, 0.05)))
    stairs = Stairs()
    for share in data.draw(st.sets(st.sampled_from(SHARES))):
        found = highs(moved(f, rows, share), EXACT)
        if found.status is Status.OPTIMAL:
            stairs.add(share_needed(f, rows, found.x), found.objective, found.x)
    tree = grown(f, rows, SPAN, question.likes, Limits(gap=gap), Budget(stairs, floor))
    if tree is None:
        assert right[SPAN[1]] == -np.inf
        return
    ended = False
    for most in (1, 2, 4, 7, 15, 10_000):
        ended = tree.search(everywhere(tree), most)
        for share, worth in right.items():
            over = known(tree, share)
            assert over >= worth - NEARLY - (float(slack(over, tree.limits)) if np.isfinite(over) else 0.0)
            assert tree.stairs.best(share) <= worth + NEARLY
        if ended:  # then all is known
            assert not tree.stuck
            for share, worth in right.items():
                told = max(tree.stairs.best(share), tree.floor)
                assert (
                    told >= worth - NEARLY - float(slack(told, tree.limits))
                    if np.isfinite(worth)
                    else told in (-np.inf, floor)
                )
    assert ended


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Ceiling), most_rules=2), st.data())
def test_no_lesser_share_reaches_a_level_than_what_is_told(problem, data):
    """Wherever the search stops: no plan below the least share that a leaf may reach, or that a plan known needs."""
    question, f, rows = drawn(problem, data)
    right = {share: best(f, rows, share) for share in SHARES}
    assume(np.isfinite(right[SPAN[1]]))
    level = right[data.draw(st.sampled_from(SHARES))]
    assume(np.isfinite(level))
    tree = grown(f, rows, SPAN, question.likes, EXACT, Budget(Stairs()))
    for most in (1, 3, 6, 10_000):
        ended = tree.search(worth_at_least(tree, level - NEARLY), most)
        place = tree.stairs.enough(level - NEARLY)
        least = min(
            (leaf.reaches(level - NEARLY) for leaf in tree.leaves),
            default=np.inf,
        )
        least = least if place is None else min(least, tree.stairs.at[place])
        assert all(worth < level - NEARLY / 2 for share, worth in right.items() if share < least - 1e-4)
    assert ended
    at = tree.stairs.at[place]
    assert best(f, rows, max(at, SPAN[0]) + 1e-7) >= level - 2 * NEARLY
    if at > SPAN[0] + 1e-3:
        assert best(f, rows, at - 1e-4) < level - NEARLY / 2


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Ceiling), most_rules=2), st.data())
def test_the_best_at_one_share_is_found_after_any_other_search(problem, data):
    """What one search has closed is not missed by the next."""
    question, f, rows = drawn(problem, data)
    tree = grown(f, rows, SPAN, question.likes, EXACT, Budget(Stairs()))
    assume(tree is not None)
    for share in data.draw(st.permutations(SHARES)):
        assert tree.search(at_share(tree, share), 10_000)
        worth = best(f, rows, share)
        told = tree.stairs.best(share)
        assert abs(told - worth) < NEARLY if np.isfinite(worth) else told == worth


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Ceiling), most_rules=2), st.data(), st.integers(0, 99))
def test_any_prices_bound_every_share_and_show_no_plan_away(problem, data, seed):
    """Lines and rays that are not the solver's own, but drawn: a line is finite, and nothing with a plan is dead."""
    question, f, rows = drawn(problem, data)
    tree = grown(f, rows, SPAN, question.likes, EXACT, Budget(Stairs()))
    assume(tree is not None)
    chance, inside = np.random.default_rng(seed), tree.scaled.formulation
    right = {share: best(f, rows, share) for share in SHARES}
    for scale in (0.1, 1.0, 10.0):
        prices = scale * chance.normal(size=len(inside.row_lower))
        start, slope = tree._priced(inside.objective, prices, inside.lower, inside.upper)
        assert np.isfinite(start)
        assert all(start + inside.constant + slope * share >= worth - NEARLY for share, worth in right.items())
        tree._relaxation.ray = lambda prices=prices: prices
        for share in (s for s in SHARES if right[s] == -np.inf):
            dead = tree._dead(tree.leaves[0], share, inside.lower, inside.upper)
            assert dead >= share
            assert all(right[s] == -np.inf for s in SHARES if s <= dead)


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Ceiling), most_rules=2), st.data(), st.sampled_from(SHARES))
def test_what_cannot_be_searched_further_is_kept_as_not_known(problem, data, share):
    """Where a leaf calls on though its point is whole, it is told as stuck, and still bounds every share."""
    question, f, rows = drawn(problem, data)
    tree = grown(f, rows, SPAN, question.likes, EXACT, Budget(Stairs()))
    assume(tree is not None)
    assert tree.search(lambda leaf: None if leaf.dead >= share else (1.0, share), 10_000)
    assert tree.stuck or best(f, rows, share) == -np.inf
    assert all(known(tree, other) >= best(f, rows, other) - NEARLY for other in SHARES)
