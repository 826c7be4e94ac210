"""Single sources: bounds by whole customers hold, whoever is served is served within capacity, and answers are best."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.errors import InfeasibleError
from legation.location import Capacitated, loads, site
from legation.location.checking import check
from legation.location.interchange import trade
from legation.location.knapsacks import bound_of, bound_of_whole, choice_among, in_units, sift
from legation.location.loads import settle
from legation.location.serving import serve
from legation.programme.solver import Status

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=25, deadline=None)


def forever() -> float:
    return 60.0


def capacitated(seed: int) -> Capacitated:
    chance = np.random.default_rng(seed)
    customers, sites = int(chance.integers(2, 6)), int(chance.integers(2, 5))
    demand = chance.integers(1, 9, customers).astype(float)
    capacity = chance.integers(5, 25, sites).astype(float)
    cost, opening = (
        chance.integers(1, 40, (customers, sites)).astype(float),
        chance.integers(5, 60, sites).astype(float),
    )
    return Capacitated(cost, opening, capacity, demand, single=True)


@FEW
@given(seed=SEEDS)
def test_knapsacks_of_whole_customers_bound_what_whole_service_costs(seed: int) -> None:
    """Never above the best, never below shares' bound of the same prices; what a pair adds is in no best siting."""
    problem, chance = capacitated(seed), np.random.default_rng(seed)
    try:
        siting = site(problem, forever)
    except InfeasibleError:
        return
    units = in_units(problem)
    assert units is not None
    for _ in range(5):
        price = chance.uniform(-5.0, 60.0, len(problem.demand))
        whole, shares = bound_of_whole(problem, price, *units, rises=True), bound_of(problem, price)
        assert (whole.reduced >= shares.reduced - 1e-9).all()
        assert whole.bound <= siting.objective + 1e-6
        assert np.allclose(whole.reduced, problem.opening - fullest(problem, price))
        spent = dict.fromkeys(siting.opened, 0.0)
        for one in siting.served:
            alone = whole.service[one.customer, one.site]
            spent[one.site] = max(spent[one.site], alone)
        rise = sum(spent.values()) + max(whole.opening[list(siting.opened)])
        assert whole.bound + rise <= siting.objective + 1e-6


def fullest(problem: Capacitated, price: Any) -> Any:
    """Return the most that customers pay a site, trying all sets that it holds, (sites,)."""
    customers, sites = problem.cost.shape
    sets = [list(c) for n in range(customers + 1) for c in combinations(range(customers), n)]
    return np.array(
        [
            max((price[s] - problem.cost[s, at]).sum() for s in sets if problem.demand[s].sum() <= problem.capacity[at])
            for at in range(sites)
        ]
    )


@FEW
@given(seed=SEEDS)
def test_whole_customers_are_served_within_capacity_and_better_sites_cost_less(seed: int) -> None:
    chance = np.random.default_rng(seed)
    demand = chance.integers(2, 30, 15).astype(float)
    capacity = chance.integers(30, 80, 8).astype(float)
    problem = Capacitated(
        chance.integers(1, 90, (15, 8)) * 1.0, chance.integers(5, 90, 8) * 1.0, capacity, demand, True
    )
    sifted, serving = sift(problem, forever, 60)
    if serving is None:
        return
    better = trade(problem, sifted, serving, forever)
    assert better.value <= serving.value
    load = np.bincount(better.site, weights=demand[better.customer], minlength=8)
    assert (load <= capacity).all()
    assert np.array_equal(np.sort(better.customer), np.arange(15))


def test_where_the_greedy_fails_what_is_too_much_is_made_dear() -> None:
    """The eager first, or the large first, leave no room for the last one; 4, 3 and 3 fill each site."""
    demand = np.array([4.0, 4.0, 3.0, 3.0, 3.0, 3.0])
    cost = np.zeros((6, 2))
    problem = Capacitated(cost, np.ones(2), np.array([10.0, 10.0]), demand, single=True)
    found = serve(problem, np.ones(2, dtype=bool), np.arange(0))
    assert found is not None
    assert np.bincount(found.site, weights=demand).tolist() == [10.0, 10.0]


@pytest.mark.parametrize("seed", range(4))
def test_single_sources_that_are_sifted_are_the_best(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(seed)
    demand = chance.integers(3, 20, 16).astype(float)
    cost = chance.integers(1, 60, (16, 6)).astype(float) * (1.0 if seed % 2 else 0.37)
    problem = Capacitated(cost, np.full(6, 40.0), np.full(6, demand.sum() / 4), demand, single=True)
    whole = site(problem, forever)
    monkeypatch.setattr("legation.location.capacitated.FEW", 0)
    sifted = site(problem, forever)
    assert sifted.status is whole.status is Status.OPTIMAL
    assert sifted.objective == pytest.approx(whole.objective)
    assert check(problem, sifted) == ()


def drawn(seed: int, tightness: float = 1.3) -> Capacitated:
    """Draw a problem that takes a tree: sites that hold a few customers each, and hardly all."""
    chance = np.random.default_rng(seed)
    customers, sites = int(chance.integers(10, 18)), int(chance.integers(4, 8))
    demand = chance.integers(3, 20, customers).astype(float)
    capacity = np.maximum(np.rint(chance.uniform(0.6, 1.4, sites) * tightness * demand.sum() / sites), demand.max())
    cost = chance.integers(-5 if seed % 5 == 0 else 0, 60, (customers, sites)) * (1.0 if seed % 2 else 0.37)
    return Capacitated(cost, chance.integers(0, 70, sites) * 1.0, capacity, demand, single=True)


def by_programme(problem: Capacitated) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("legation.location.capacitated.FEW", 10**6)
        try:
            return site(problem, forever).objective
        except InfeasibleError:
            return np.inf


@FEW
@given(seed=SEEDS)
def test_the_tree_of_loads_ends_in_the_best_there_is(seed: int) -> None:
    """From no serving and poor prices, so that the tree has to find all; where nothing fits, it says so."""
    problem = drawn(seed)
    serving, bound = settle(problem, problem.cost.min(axis=1), None, lambda v: v - 1e-7 * max(1.0, abs(v)), forever)
    best = by_programme(problem)
    assert bound == pytest.approx(best)
    assert (serving.value if serving else np.inf) == pytest.approx(best)
    if serving:
        load = np.bincount(serving.site, weights=problem.demand[serving.customer], minlength=len(problem.capacity))
        assert (load <= problem.capacity).all()
        assert np.array_equal(np.sort(serving.customer), np.arange(len(problem.demand)))


@FEW
@given(seed=SEEDS, times=st.integers(1, 60))
def test_a_tree_of_loads_that_is_stopped_tells_a_bound_that_holds(seed: int, times: int) -> None:
    problem, ticks = drawn(seed), iter([1.0] * times)
    serving, bound = settle(problem, problem.cost.min(axis=1), None, lambda v: v, lambda: next(ticks, 0.0))
    best = by_programme(problem)
    assert bound <= best + 1e-6
    assert serving is None or serving.value >= best - 1e-6


@pytest.mark.parametrize("parts", range(4))
@pytest.mark.parametrize("seed", [2, 7, 11])
def test_what_a_stopped_tree_of_loads_has_not_looked_at_stays_in_its_bound(
    seed: int, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between two parts, nothing known: the part that would be next may hold the best."""
    answered: list[object] = []

    def counted(tree: loads._Tree, part: loads._Part) -> loads._Part | None:
        found = own(tree, part)
        answered.append(part)
        return found

    own = loads._Tree.answered
    monkeypatch.setattr(loads._Tree, "answered", counted)
    problem = drawn(seed, 1.15)

    def left() -> float:
        return 1.0 if len(answered) < parts else 0.0

    _, bound = settle(problem, problem.cost.min(axis=1), None, lambda v: v - 1e-7 * max(1.0, abs(v)), left)
    assert bound <= by_programme(problem) + 1e-6


@pytest.mark.parametrize("seed", [37, 46, 57])
def test_loads_that_need_customers_held_or_kept_out_end_in_the_best(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, calls, own = np.random.default_rng(seed), [], loads._by_customer
    demand = chance.integers(1, 20, 16).astype(float)
    capacity = np.ceil(chance.uniform(0.7, 1.3, 6) / 6 * 1.35 * demand.sum())
    cost, opening = chance.integers(1, 100, (16, 6)).astype(float), chance.integers(0, 200, 6).astype(float)
    problem = Capacitated(cost, opening, capacity, demand, single=True)

    def held_or_out(part: loads._Part, site: int, customer: int) -> tuple[loads._Part, loads._Part]:
        held, out = own(part, site, customer)
        calls.append(customer)
        assert held.held[site, customer]
        assert np.array_equal(np.flatnonzero(~held.out[:, customer]), [site])
        assert out.out[site, customer]
        return held, out

    monkeypatch.setattr(loads, "_by_customer", held_or_out)
    serving, bound = settle(problem, cost.min(axis=1), None, lambda v: v - 1e-7 * max(1.0, abs(v)), forever)
    assert calls
    assert serving is not None
    assert bound == pytest.approx(by_programme(problem))
    assert serving.value == pytest.approx(bound)


@FEW
@given(seed=SEEDS)
def test_a_choice_of_sites_among_some_is_no_dearer_than_any_that_holds_the_demand(seed: int) -> None:
    problem, chance = drawn(seed), np.random.default_rng(seed)
    sites = len(problem.capacity)
    value, kind = chance.uniform(-20, 40, sites), chance.integers(0, 4, sites)
    closed, forced = kind == 0, kind == 1
    bound, opening, closing = choice_among(problem, value, closed, forced)
    every = [np.isin(np.arange(sites), c) for n in range(sites + 1) for c in combinations(range(sites), n)]
    for opened in every:
        if (opened & closed).any() or (forced & ~opened).any():
            continue
        if problem.capacity[opened].sum() < problem.demand.sum():
            continue
        rise = max([*opening[opened], *closing[~opened], 0.0])
        assert bound + rise <= value[opened].sum() + 1e-9
