"""One tree for all shares of the ceilings: lines that bound every plan, and stairs."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from legation.engine.parametric import TINY, Leaf, at_share, everywhere, grown, slack, worth_at_least
from legation.engine.shares import STEP, Budget, Stairs, moved, share_needed
from legation.inquiry.asking import ask, money_rows
from legation.inquiry.frontier import Stretch, climb, frontier
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.brief import Brief
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.highs import highs
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)


def question(sites=9, years=(2030, 2031), seed=3, prices=(5, 8, 13), money=20, unit=1):
    """Return a question about embassies of three prices, where worth and price have little to do with each other."""
    draws = np.random.default_rng(seed)
    names = [f"S{n:02d}" for n in range(sites)]
    price = {n: Decimal(int(draws.choice(prices))) for n in names}
    nothing = (Decimal(0),) * len(years)
    places = tuple(
        Site(n, Track.DIPLOMATIC, n, n, (Rung(Form.EMBASSY, (price[n],) * len(years), nothing, nothing),))
        for n in names
    )
    interests = tuple(
        Interest(n, (Decimal(int(draws.integers(4, 40))) / unit,) * len(years), residence=n) for n in names
    )
    services = tuple(Service(n, Form.EMBASSY, n, Decimal(1)) for n in names)
    ceiling = rules.Ceiling(tuple((y, Decimal(money)) for y in years))
    asked = Problem(
        "small",
        "ZZZ",
        "XTS",
        years[0],
        places,
        interests,
        services,
        Brief(years, (ceiling,), Decimal(0)),
        change_penalty=Decimal("0.000001"),
    )
    return ask(asked, limits=EXACT)


def tree(asked, span, floor=-np.inf):
    """Return a tree over a span of shares of all ceilings."""
    return grown(asked.formulation, money_rows(asked), span, asked.likes, EXACT, Budget(Stairs(), floor))


def best(asked, share):
    """Return what HiGHS finds at a share."""
    found = highs(moved(asked.formulation, money_rows(asked), share), EXACT)
    return found.objective if found.status is Status.OPTIMAL else -np.inf


def test_stairs_forget_what_is_beaten():
    """A plan of no more worth for no less is not taken in; one that is better for less takes the place of others."""
    stairs = Stairs()
    for at, worth in ((0.3, 5.0), (0.1, 3.0), (0.2, 3.0), (0.05, 4.0), (0.3, 6.0)):
        stairs.add(at, worth, np.array([worth]))
    assert stairs.at == [0.05, 0.3]
    assert stairs.worth == [4.0, 6.0]
    assert stairs.best(0.04) == -np.inf
    assert stairs.best(0.05) == 4.0
    assert stairs.enough(5.0) == 1
    assert stairs.enough(7.0) is None
    ends, worth = stairs.treads((0.0, 1.0))
    assert np.allclose(ends, [0.05 - STEP, 0.3 - STEP, 1.0])
    assert worth.tolist() == [-np.inf, 4.0, 6.0]


def test_a_leaf_reaches_a_level_where_the_last_of_its_lines_does():
    """Lines cross the level at 0.25 and 0.5; a flat one under it never does."""
    leaf = Leaf((), np.array([[0.0, 4.0], [0.5, 1.0]]), -np.inf)
    assert leaf.reaches(1.0) == 0.5
    assert leaf.bound(np.array([0.1, 1.0])).tolist() == [0.4, 1.5]
    assert Leaf((), np.array([[0.5, 0.0]]), -np.inf).reaches(1.0) == np.inf
    dead = replace(leaf, dead=0.7)
    assert dead.reaches(1.0) == 0.7
    assert dead.bound(np.array([0.7, 0.8]))[0] == -np.inf


@pytest.mark.parametrize("unit", [1, 100])
def test_all_steps_are_those_of_plans_made_one_by_one(unit):
    """At each step and just under it HiGHS finds what the stairs say, however little the worths differ."""
    asked = question(unit=unit)
    found = tree(asked, (-0.6, 0.6))
    assert found.search(everywhere(found), 10_000)
    stairs = found.stairs
    assert len(stairs.at) > 8
    for at, worth, plan in zip(stairs.at, stairs.worth, stairs.plans, strict=True):
        assert abs(share_needed(asked.formulation, money_rows(asked), plan) - at) < 1e-9
        if at > -0.6:
            assert abs(best(asked, at + 1e-7) - worth) < 1e-5
            assert best(asked, at - 1e-4) < worth - 1e-7
    assert abs(best(asked, -0.6) - stairs.best(-0.6)) < 1e-5


def test_lines_from_one_share_hold_at_all_others():
    """The first relaxation, at one share, bounds the best plan at each share."""
    asked = question()
    for share in (-0.5, 0.0, 0.5):
        found = tree(asked, (-0.6, 0.6))
        (leaf,) = found.leaves
        found.search(lambda one, share=share: None if len(one.lines) else (1.0, share), 10)
        (leaf,) = found.leaves
        for other in np.linspace(-0.6, 0.6, 9):
            assert float(leaf.bound(np.array([other]))[0]) >= best(asked, float(other)) - 1e-6


def test_the_least_share_for_a_level_is_where_it_is_first_reached():
    """The level is reached there and not just under it; among plans above a floor as well."""
    asked = question(seed=5)
    level = best(asked, 0.3)
    for floor in (-np.inf, level - 1e-6):
        found = tree(asked, (-0.6, 0.6), floor)
        assert found.search(worth_at_least(found, level - 1e-6), 10_000)
        at = found.stairs.at[found.stairs.enough(level - 1e-6)]
        assert best(asked, at + 1e-7) >= level - 1e-5
        assert best(asked, at - 1e-4) < level - 1e-5
    assert found.search(at_share(found, 0.5), 10_000)
    assert abs(found.stairs.best(0.5) - best(asked, 0.5)) < 1e-5


def test_steps_that_lie_close_are_told_apart():
    """Where prices differ by little, so do the shares at which plans are first worth a level."""
    asked = question(sites=8, years=(2030,), seed=8, prices=(50, 51, 52, 80, 81, 130, 131), money=200)
    found = tree(asked, (-0.6, 0.6))
    assert found.search(everywhere(found), 10_000)
    at, worth = found.stairs.at, found.stairs.worth
    assert np.diff(at).min() < 0.006
    for share, level in zip(at[1:], worth[1:], strict=True):
        again = tree(asked, (-0.6, 0.6))
        assert again.search(worth_at_least(again, level - 1e-6), 10_000)
        assert abs(again.stairs.at[again.stairs.enough(level - 1e-6)] - share) < 2 * STEP


@pytest.mark.parametrize(("reach", "calls"), [(0.2, True), (0.3 - 2 * STEP, True), (0.3, False), (0.4, False)])
def test_a_leaf_calls_where_it_may_need_a_step_less_than_what_is_known(reach, calls):
    found = tree(question(), (-0.6, 0.6))
    found.stairs.add(0.3, 5.0, np.array([5.0]))
    leaf = Leaf((), np.array([[1.0 - reach, 1.0]]), -np.inf)
    assert (worth_at_least(found, 1.0)(leaf) is not None) is calls


def test_what_may_be_lost_is_what_is_open_where_most_is():
    """A line of 10 at the end that falls by 2 a share lies 5 above the lower tread, and hardly 1 above the upper."""
    stairs = Stairs()
    for at, worth in ((-1.0, 4.0), (0.5, 9.0)):
        stairs.add(at, worth, np.array([worth]))
    assert Budget(stairs).of(10.0, 2.0, (0.0, 1.0)) == pytest.approx(5.0 + 1e-8, abs=1e-10)
    assert Budget(stairs).of(10.0, 2.0, (0.5, 1.0)) == pytest.approx(1.0 + 2 * STEP + 1e-8, abs=1e-10)
    assert Budget(stairs, floor=8.0).of(10.0, 2.0, (0.0, 1.0)) == pytest.approx(1.0 + 2 * STEP + 1e-8, abs=1e-10)
    assert Budget(stairs, most=0.1).of(10.0, 2.0, (0.0, 1.0)) == 1.0


def test_worths_count_as_equal_within_the_gap():
    assert slack(np.array([-np.inf, 0.5, -200.0]), Limits(gap=1e-4)) == pytest.approx(
        (1e-4 + TINY) * np.array([1.0, 1.0, 200.0])
    )


def test_stretches_make_the_whole():
    """Found in two stretches, the points are the same; a search that is cut short says what it has not shown."""
    asked = question()
    whole = frontier(asked, -0.4, 0.4)

    def halved(function, stretches):
        (one,) = stretches
        low, high = one.span
        upper, lower = (function(replace(one, span=part)) for part in ((0.0, high), (low, 0.0)))
        for step in zip(lower.stairs.at, lower.stairs.worth, lower.stairs.plans, strict=True):
            upper.stairs.add(*step)
        return [replace(upper, open_=(*upper.open_, *lower.open_))]

    parts = frontier(asked, -0.4, 0.4, through=halved)
    assert parts.whole
    assert [(p.share, p.worth) for p in parts.points] == [(p.share, p.worth) for p in whole.points]


def test_a_search_cut_short_names_what_is_open(monkeypatch):
    """With few relaxations not all is proven, and the bound is no less than the best."""
    monkeypatch.setattr("legation.inquiry.frontier.ROUNDS", 40)
    asked = question()
    climbed = climb(Stretch(asked, money_rows(asked), (-0.4, 0.4)))
    assert climbed.open_
    assert all(bound >= best(asked, share) - 1e-6 for share, bound in climbed.open_)
    cut = frontier(asked, -0.4, 0.4)
    assert not cut.whole
    assert not all(p.proven for p in cut.points)


def test_no_plan_anywhere_is_no_point():
    """Where a rule asks for more than any of the ceilings allows, there is nothing to show, and it is proven."""
    asked = question(sites=3)
    dear = replace(asked.problem, brief=replace(asked.problem.brief, rules=(*asked.problem.brief.rules, *_all(asked))))
    found = frontier(ask(dear, limits=EXACT), -0.9, -0.8)
    assert found.whole
    assert not found.points
    assert found.lowest is None


def _all(asked):
    return tuple(rules.Require(s.id, Form.EMBASSY, 2031) for s in asked.problem.sites)
