"""Sitings are the best there is: the same as trying all, whatever the order and the scale; and the check can fail."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.errors import InfeasibleError
from legation.location import Capacitated, Cover, Facilities, Median, Problem, site
from legation.location.checking import check
from legation.location.closing import branch
from legation.location.covering import dominated
from legation.location.interchange import worth_of
from legation.location.knapsacks import bound_of, fewest, sift
from legation.location.lagrangian import Pace, Search, ascend
from legation.location.nearest import Nearest, added, of_cover, of_facilities, of_median, site_keys
from legation.location.problems import Served
from legation.location.radius import relaxed
from legation.programme.solver import Status

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=25, deadline=None)


def forever() -> float:
    return 60.0


def median(seed: int) -> Median:
    chance = np.random.default_rng(seed)
    customers, sites = chance.integers(3, 14), int(chance.integers(2, 9))
    cost = chance.integers(0, 30, (customers, sites)).astype(float)
    if seed % 2:
        cost += chance.random(cost.shape)
    return Median(cost, int(chance.integers(1, sites + 1)))


def facilities(seed: int) -> Facilities:
    chance = np.random.default_rng(seed)
    cost = chance.integers(0, 30, (int(chance.integers(1, 14)), int(chance.integers(1, 9)))).astype(float)
    opening = chance.integers(0, 40, cost.shape[1]) * (1.0 if seed % 2 else 0.37)
    return Facilities(cost, opening)


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


def cover(seed: int) -> Cover:
    chance = np.random.default_rng(seed)
    customers, sites = int(chance.integers(1, 25)), int(chance.integers(1, 9))
    reach = chance.random((customers, sites)) < 0.3
    row, found = np.nonzero(reach)
    first = np.searchsorted(row, np.arange(customers + 1))
    weight = chance.integers(0, 9, customers).astype(float) + (chance.random(customers) if seed % 2 else 0.0)
    return Cover(first, found, weight, sites, int(chance.integers(1, sites + 1)))


def choices(sites: int, sizes: Any) -> Any:
    return (np.array(c) for p in sizes for c in combinations(range(sites), p))


def best_by_trying(problem: Problem) -> float:
    """Try every set of sites (and every assignment, where one site must serve a customer wholly)."""
    if isinstance(problem, Cover):
        row = np.repeat(np.arange(len(problem.weight)), np.diff(problem.first))
        reach = np.zeros((len(problem.weight), problem.sites), dtype=bool)
        reach[row, problem.site] = True
        return max(problem.weight[reach[:, c].any(axis=1)].sum() for c in choices(problem.sites, [problem.p]))
    sites = problem.cost.shape[1]
    if isinstance(problem, Median):
        return min(problem.cost[:, c].min(axis=1).sum() for c in choices(sites, [problem.p]))
    if isinstance(problem, Facilities):
        every = choices(sites, range(1, sites + 1))
        return min(problem.cost[:, c].min(axis=1).sum() + problem.opening[c].sum() for c in every)
    return cheapest(problem, 0, problem.capacity.copy(), frozenset())


def cheapest(problem: Capacitated, customer: int, room: Any, opened: frozenset[int]) -> float:
    if customer == len(problem.demand):
        return 0.0
    found = np.inf
    for to in range(len(room)):
        if room[to] >= problem.demand[customer]:
            less = room.copy()
            less[to] -= problem.demand[customer]
            new = 0.0 if to in opened else problem.opening[to]
            rest = cheapest(problem, customer + 1, less, opened | {to})
            found = min(found, problem.cost[customer, to] + new + rest)
    return float(found)


@pytest.mark.parametrize("make", [median, facilities, cover])
@FEW
@given(seed=SEEDS)
def test_the_best_by_trying_all_is_found_and_proven(make: Any, seed: int) -> None:
    problem = make(seed)
    siting = site(problem, forever)
    assert siting.status is Status.OPTIMAL
    assert siting.gap == 0.0
    assert siting.objective == pytest.approx(best_by_trying(problem))
    assert check(problem, siting) == ()


@FEW
@given(seed=SEEDS)
def test_covers_that_prices_leave_open_are_settled_by_the_programme(seed: int) -> None:
    """No walk of prices, no exchanges: what the relaxation says, and the programme, must do."""
    chance = np.random.default_rng(seed)
    reach = chance.random((30, 10)) < 0.25
    row, found = np.nonzero(reach)
    weight = chance.integers(1, 9, 30).astype(float)
    problem = Cover(np.searchsorted(row, np.arange(31)), found, weight, 10, int(chance.integers(2, 5)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("legation.location.covering.FIRST", Pace(iterations=0))
        patch.setattr("legation.location.covering.FINE", Pace(iterations=0))
        patch.setattr("legation.location.covering.ROUNDS", 0)
        patch.setattr("legation.location.covering.improve", lambda near, opened, *_: (opened, worth_of(near, opened)))
        siting = site(problem, forever)
    assert siting.status is Status.OPTIMAL
    assert siting.objective == pytest.approx(best_by_trying(problem))
    assert check(problem, siting) == ()


@FEW
@given(seed=SEEDS)
def test_the_best_prices_are_worth_the_relaxation_and_its_shares_are_a_siting(seed: int) -> None:
    problem = cover(seed)
    near, nothing = of_cover(problem), np.zeros(problem.sites, dtype=bool)
    found = relaxed(near, ~nothing, nothing, forever)
    assert found is not None
    price, share = found
    assert share.sum() <= problem.p + 1e-6
    assert ((share > -1e-9) & (share < 1 + 1e-9)).all()
    served = np.minimum(1.0, added(near.row, share[near.site], near.customers))
    search = Search(near, nothing.copy(), float(near.far.sum()) + 1, price, -np.inf, ~nothing, nothing.copy())
    ascend(search, Pace(iterations=1, tries=0), forever)
    assert search.bound == pytest.approx(float(near.far @ (1 - served)), abs=1e-5)


def test_different_sets_of_sites_have_different_keys() -> None:
    keys = site_keys(12)
    sums = [int(keys[list(c)].sum(dtype=np.uint64)) for n in range(5) for c in combinations(range(12), n)]
    assert len(set(sums)) == len(sums)


@FEW
@given(seed=SEEDS)
def test_capacity_is_kept_at_least_cost(seed: int) -> None:
    problem = capacitated(seed)
    best = best_by_trying(problem)
    if np.isinf(best):
        with pytest.raises(InfeasibleError):
            site(problem, forever)
        return
    siting = site(problem, forever)
    assert siting.objective == pytest.approx(best)
    assert check(problem, siting) == ()
    split = site(replace(problem, single=False), forever)
    assert check(replace(problem, single=False), split) == ()
    assert split.objective <= siting.objective + 1e-6


@pytest.mark.parametrize("single", [False, True])
def test_sifting_pairs_does_not_change_the_best(single: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = np.random.default_rng(4)
    sites, customers = chance.random((7, 2)), chance.random((20, 2))
    demand, capacity = chance.integers(5, 35, 20).astype(float), chance.integers(90, 160, 7).astype(float)
    cost = demand[:, None] * np.hypot(*(customers[:, None] - sites[None]).transpose(2, 0, 1))
    problem = Capacitated(cost, chance.integers(20, 60, 7).astype(float), capacity, demand, single)
    whole = site(problem, forever)
    monkeypatch.setattr("legation.location.capacitated.SMALL", 0)
    monkeypatch.setattr("legation.location.capacitated.FEW", 0)
    monkeypatch.setattr("legation.location.capacitated.KERNEL", 0)
    sifted = site(problem, forever)
    assert sifted.status is whole.status is Status.OPTIMAL
    assert sifted.objective == pytest.approx(whole.objective)
    assert check(problem, sifted) == ()


@FEW
@given(seed=SEEDS)
def test_order_and_scale_change_nothing(seed: int) -> None:
    problem, chance = median(seed), np.random.default_rng(seed)
    rows, columns = (chance.permutation(n) for n in problem.cost.shape)
    other = Median(7.5 * problem.cost[rows][:, columns], problem.p)
    assert site(other, forever).objective == pytest.approx(7.5 * site(problem, forever).objective)
    covering = cover(seed)
    larger = replace(covering, weight=0.125 * covering.weight)
    assert site(larger, forever).objective == pytest.approx(0.125 * site(covering, forever).objective)


@pytest.mark.parametrize(("customers", "p"), [(150, 7), (150, 40)])
def test_the_tree_and_multipliers_agree_with_a_programme(customers: int, p: int) -> None:
    """Large enough that lists are cut short and parts are taken apart."""
    from legation.location.radius import programme
    from legation.programme.highs import highs
    from legation.programme.solver import Limits

    places = np.random.default_rng(p).random((customers, 2))
    cost = np.rint(100 * np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)))
    near = of_median(Median(cost, p), customers - p)
    everything = np.ones(customers, dtype=bool)
    formulation, _ = programme(near, everything, ~everything, near.far)
    siting = site(Median(cost, p), forever)
    assert siting.status is Status.OPTIMAL
    assert siting.objective == pytest.approx(-highs(formulation, Limits()).objective)


def test_the_programme_is_written_and_solved_where_prices_are_not_enough() -> None:
    chance = np.random.default_rng(3)
    places, weight = chance.random((120, 2)), chance.integers(1, 50, 120).astype(float)
    row, found = np.nonzero(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) < 0.2)
    problem = Cover(np.searchsorted(row, np.arange(121)), found, weight, 120, 8)
    siting = site(problem, forever)
    assert siting.proof == "programme"
    assert siting.status is Status.OPTIMAL
    assert check(problem, siting) == ()


def test_a_site_that_reaches_less_is_dominated() -> None:
    near = of_cover(Cover(np.array([0, 2, 4, 5]), np.array([0, 1, 0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4, 1))
    assert dominated(near).tolist() == [False, True, False, True]


@FEW
@given(seed=SEEDS)
def test_the_dominated_are_those_whose_customers_another_reaches(seed: int) -> None:
    near = of_cover(cover(seed))
    reached = [set(near.row[near.site == site].tolist()) for site in range(near.sites)]
    over = [
        any(mine < theirs or (mine == theirs and other < at) for other, theirs in enumerate(reached))
        for at, mine in enumerate(reached)
    ]
    assert dominated(near).tolist() == over


@FEW
@given(seed=SEEDS)
def test_long_searches_among_many_sites_end_in_the_best(seed: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("legation.location.covering.LARGE", 0)
        patch.setattr("legation.location.covering.FIRST", Pace(iterations=0))
        problem = cover(seed)
        siting = site(problem, forever)
    assert siting.status is Status.OPTIMAL
    assert siting.objective == pytest.approx(best_by_trying(problem))


def test_without_time_a_siting_is_told_with_its_gap() -> None:
    places = np.random.default_rng(1).random((300, 2))
    cost = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    ticks = iter([1.0] * 8 + [0.0] * 10**6)
    problem = Median(cost, 10)
    siting = site(problem, lambda: next(ticks))
    assert siting.status is Status.FEASIBLE
    assert siting.gap > 0
    assert check(problem, siting) == ()


def test_what_is_stopped_in_the_middle_of_a_programme_is_told_with_its_bound() -> None:
    chance = np.random.default_rng(5)
    places = chance.random((90, 2))
    row, found = np.nonzero(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) < 0.2)
    problem = Cover(np.searchsorted(row, np.arange(91)), found, chance.random(90), 90, 9)
    asked: list[int] = []

    def left(most: float) -> float:
        asked.append(1)
        return 60.0 if len(asked) <= most else 0.0

    best = site(problem, lambda: left(np.inf))
    assert best.proof == "programme"
    calls = len(asked)
    asked.clear()
    siting = site(problem, lambda: left(calls - 5))
    assert siting.status is Status.FEASIBLE
    assert siting.objective <= best.objective <= siting.bound < np.inf
    assert len(asked) <= calls
    assert check(problem, siting) == ()


def test_check_tells_every_kind_of_wrong() -> None:
    problem = Median(np.array([[0.0, 4.0], [5.0, 1.0]]), 1)
    right = site(problem, forever)
    first, second = right.served
    for wrong in (
        replace(right, objective=right.objective - 1),
        replace(right, bound=right.objective + 1),
        replace(right, opened=()),
        replace(right, opened=(0, 1)),
        replace(right, opened=(7,)),
        replace(right, served=(first,)),
        replace(right, served=(first, replace(second, site=1 - second.site))),
    ):
        assert check(problem, wrong)


def test_check_tells_capacity_and_reach() -> None:
    tight = Capacitated(np.ones((2, 2)), np.ones(2), np.array([1.0, 1.0]), np.array([1.0, 1.0]), single=True)
    right = site(tight, forever)
    both = replace(right, served=(Served(0, 0), Served(1, 0)))
    assert any("hold" in finding.message for finding in check(tight, both))
    reach = Cover(np.array([0, 1, 2]), np.array([0, 1]), np.array([3.0, 1.0]), 2, 1)
    siting = site(reach, forever)
    assert siting.opened == (0,)
    assert check(reach, replace(siting, served=(Served(0, 0), Served(1, 0))))


@pytest.mark.parametrize("make", [median, facilities, cover])
@FEW
@given(seed=SEEDS)
def test_what_prices_settle_leaves_a_best_siting_and_the_tree_finds_it(make: Any, seed: int) -> None:
    """No exchange helps here: the search knows but a value that is a little worse than the best."""
    problem = make(2 * seed if make is not facilities else 2 * seed + 1)  # whole numbers
    near = form_of(problem)
    every = [set(c.tolist()) for c in choices(near.sites, range(near.most + 1))]
    worth = [worth_of(near, flags(s, near.sites)) for s in every]
    best = min(worth)
    nothing = np.zeros(near.sites, dtype=bool)
    search = Search(near, nothing.copy(), best + 1, near.far / 2, -np.inf, ~nothing, nothing.copy())
    ascend(search, Pace(iterations=60, tries=0), forever)
    assert search.bound <= best + 1e-6
    alive, fixed = (set(np.flatnonzero(f).tolist()) for f in (search.alive, search.fixed))
    assert any(fixed <= s <= alive for s, w in zip(every, worth, strict=True) if w <= best + 1e-6)
    branch(search, forever)
    assert search.value == pytest.approx(best)
    assert worth_of(near, search.opened) == pytest.approx(best)


def form_of(problem: Problem) -> Nearest:
    if isinstance(problem, Median):
        return of_median(problem, problem.cost.shape[1] - problem.p)
    return of_cover(problem) if isinstance(problem, Cover) else of_facilities(problem)  # type: ignore[arg-type]


def flags(chosen: set[int], sites: int) -> Any:
    return np.isin(np.arange(sites), list(chosen))


@FEW
@given(seed=SEEDS, single=st.booleans())
def test_what_is_sifted_out_is_in_no_best_siting(seed: int, single: bool) -> None:
    """A pair is out only where service cannot be split; of split service, no share is larger than is said."""
    problem = replace(capacitated(seed), single=single)
    try:
        siting = site(problem, forever)
    except InfeasibleError:
        return
    sifted, serving = sift(problem, forever, 60)
    assert sifted.bound <= siting.objective + 1e-6
    assert serving is None or serving.value >= siting.objective - 1e-6
    spent = dict.fromkeys(siting.opened, 0.0)
    for one in siting.served:
        spent[one.site] += one.share * sifted.service[one.customer, one.site]
    rise = sum(spent.values()) + max(sifted.opening[list(siting.opened)])
    assert sifted.bound + rise <= siting.objective + 1e-6
    for closed in set(range(len(problem.capacity))) - set(siting.opened):
        assert sifted.bound + sifted.closing[closed] <= siting.objective + 1e-6


@FEW
@given(seed=SEEDS)
def test_every_price_gives_a_bound(seed: int) -> None:
    problem, chance = replace(capacitated(seed), single=False), np.random.default_rng(seed)
    try:
        best = site(problem, forever).objective
    except InfeasibleError:
        return
    for _ in range(5):
        assert bound_of(problem, chance.uniform(-5.0, 60.0, len(problem.demand))).bound <= best + 1e-6


@pytest.mark.parametrize("small", [0, 10**6])
def test_whole_service_that_cannot_be_is_said(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three of 3 do not fit into two of 5, though 9 is less than 10; nor does one of 6 fit into any."""
    monkeypatch.setattr("legation.location.capacitated.SMALL", small)
    monkeypatch.setattr("legation.location.capacitated.FEW", small)
    problem = Capacitated(np.ones((3, 2)), np.ones(2), np.full(2, 5.0), np.full(3, 3.0), single=True)
    with pytest.raises(InfeasibleError, match="No choice of sites"):
        site(problem, forever)
    with pytest.raises(InfeasibleError, match="Customer 2 asks for 6 from one site"):
        site(replace(problem, demand=np.array([1.0, 6.0, 1.0])), forever)


def test_as_many_sites_are_needed_as_the_largest_would_be() -> None:
    assert fewest(np.array([4.0, 9.0, 1.0]), 9.0) == 1
    assert fewest(np.array([4.0, 9.0, 1.0]), 9.5) == 2
    assert fewest(np.array([4.0, 9.0, 1.0]), 14.0) == 3


def odd(name: str) -> Problem:
    """Return a problem at the edge of what can be asked."""
    ones = np.ones((6, 4))
    reach = np.array([0, 2, 4, 4, 6])
    tight = Capacitated(ones, np.ones(4), np.full(4, 2.0), np.ones(6))
    return {
        "every site open": Median(np.arange(24.0).reshape(6, 4), 4),
        "all the same": Median(ones, 2),
        "nothing costs": Median(np.zeros((6, 4)), 1),
        "one of each": Median(np.ones((1, 1)), 1),
        "double rows": Median(np.tile(np.arange(12.0).reshape(3, 4), (5, 1)), 2),
        "no demand": Cover(reach, np.array([0, 1, 0, 1, 2, 3]), np.zeros(4), 4, 2),
        "nobody reached": Cover(np.zeros(5, dtype=np.int64), np.empty(0, dtype=np.int64), np.ones(4), 4, 2),
        "every site covers": Cover(reach, np.array([0, 1, 0, 1, 2, 3]), np.ones(4), 4, 4),
        "double sites": Cover(reach, np.array([0, 1, 0, 1, 2, 3]), np.arange(4.0), 4, 1),
        "free sites": Facilities(ones, np.zeros(4)),
        "no way between": Facilities(np.where(np.eye(4) > 0, 0.0, 1e9), np.ones(4)),
        "capacity to spare for none": tight,
        "some ask for nothing": replace(tight, demand=np.array([0.0, 2.0, 1.0, 0.0, 2.0, 0.0]), single=True),
        "some hold nothing": replace(tight, capacity=np.array([0.0, 6.0, 0.0, 1.0])),
        "nobody asks for anything": replace(tight, demand=np.zeros(6)),
    }[name]


@pytest.mark.parametrize("small", [0, 10**6])
@pytest.mark.parametrize(
    "name",
    [
        *("every site open", "all the same", "nothing costs", "one of each", "double rows", "no demand"),
        *("nobody reached", "every site covers", "double sites", "free sites", "no way between"),
        *("capacity to spare for none", "some ask for nothing", "some hold nothing", "nobody asks for anything"),
    ],
)
def test_the_edges_of_what_can_be_asked_are_answered(name: str, small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("legation.location.capacitated.SMALL", small)
    monkeypatch.setattr("legation.location.capacitated.FEW", small)
    problem = odd(name)
    siting = site(problem, forever)
    assert siting.status is Status.OPTIMAL
    assert check(problem, siting) == ()
    single = replace(problem, single=True) if isinstance(problem, Capacitated) else problem
    assert siting.objective == pytest.approx(best_by_trying(single))


@pytest.mark.parametrize("single", [False, True])
def test_facilities_that_are_out_of_time_are_told_with_a_bound(single: bool) -> None:
    chance = np.random.default_rng(2)
    cost, demand = chance.random((120, 40)) * 50, chance.integers(1, 9, 120).astype(float)
    problem = Capacitated(cost, chance.random(40) * 90, np.full(40, 40.0), demand, single)
    ticks = iter([1.0] * 4 + [0.0] * 10**6)
    siting = site(problem, lambda: next(ticks))
    assert siting.bound <= siting.objective
    assert siting.gap >= 0
    assert check(problem, siting) == ()
