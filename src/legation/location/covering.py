"""Maximal covering: sites that reach no more than another go, prices settle most, a programme settles the rest."""

from __future__ import annotations

import numpy as np

from legation.location.closing import FINE, SHAKES, begin, shake
from legation.location.interchange import worth_of
from legation.location.lagrangian import Pace, Search, ascend
from legation.location.nearest import NEAR, Nearest, of_cover
from legation.location.problems import Cover, Flags, Left, Served, Siting, gap_between
from legation.location.radius import best_prices, programme
from legation.location.tree import branch
from legation.programme.highs import prove
from legation.programme.solver import Limits, Status

FIRST = Pace(iterations=50, patience=6)
FEW_PARTS = 15
FEW_SITES = 120  # so few that the programme itself is the fastest way to good prices
WIDE = 5  # customers to a site from which on HiGHS only loses time by presolving
ROUNDS = 5
MOST_COMPARED = 30_000_000  # numbers in the table of which sites reach whom


def site_cover(cover: Cover, left: Left) -> Siting:
    """Solve a maximal covering problem as the least demand out of reach."""
    search = begin(of_cover(cover), left)
    search.alive &= ~dominated(search.near) | search.opened
    ascend(search, FIRST, left)
    proof = "multipliers"
    if not search.proven:
        proof = "tree"
        branch(search, left, FEW_PARTS)
    if not search.proven and left() > 0:
        proof = "programme"
        _settle_by_programme(search, left)
    return _covering(cover, search, proof)


def _settle_by_programme(search: Search, left: Left) -> None:
    search.settle()
    if search.alive.sum() > FEW_SITES:
        _sharpen(search, left)
    search.alive &= ~dominated(search.near) | search.fixed
    if not search.proven:
        search.settle()
        _finish(search, left)


def _sharpen(search: Search, left: Left) -> None:
    """Take the best prices there are from a linear programme, then try to better the siting."""
    price = best_prices(search.near, search.alive, search.fixed, left)
    if price is not None:
        search.price = price
        ascend(search, FINE, left)
    for seed in range(ROUNDS):
        before = search.value
        if search.proven or left() <= 0:
            return
        shake(search, seed, SHAKES, left)
        if search.value >= before:
            break
    ascend(search, FINE, left)


def dominated(near: Nearest) -> Flags:
    """Tell which sites reach nobody whom another does not reach, (sites,); of equals the first one stays."""
    if near.customers * near.sites > MOST_COMPARED or near.sites**2 > MOST_COMPARED:
        return np.zeros(near.sites, dtype=bool)
    reach = np.zeros((near.customers, near.sites), dtype=np.float32)
    reach[near.row, near.site] = 1.0
    size = reach.sum(axis=0)
    inside = reach.T @ reach >= size[:, None] - 0.5
    order = np.arange(near.sites)
    larger = (size[None, :] > size[:, None]) | ((size[None, :] == size[:, None]) & (order[:, None] > order[None, :]))
    return np.asarray((inside & larger).any(axis=1))


def _finish(search: Search, left: Left) -> None:
    near = search.near
    formulation, sites = programme(near, search.alive, search.fixed, near.far)
    step = 1 - 1e-6 if near.whole else NEAR * max(1.0, abs(search.value))
    gap = 0.9 * step / max(1.0, abs(search.value))
    start = np.zeros(formulation.columns)
    start[: len(sites)] = search.opened[sites]
    wide = formulation.columns > (1 + WIDE) * len(sites)
    solution = prove(formulation, Limits(max(0.1, left()), gap), start, presolve=not wide)
    if solution.status is Status.INFEASIBLE:  # nothing better than what is known is left
        search.bound = search.value
    if not len(solution.x):
        return
    opened = search.fixed.copy()
    opened[sites] |= solution.x[: len(sites)] > 0.5
    search.offer(opened, worth_of(near, opened))
    proven = solution.status is Status.OPTIMAL
    search.bound = search.value if proven else max(search.bound, min(-solution.bound, search.value))


def _covering(cover: Cover, search: Search, proof: str) -> Siting:
    opened = np.flatnonzero(search.opened)
    rest = np.flatnonzero(~search.opened)[: cover.p - len(opened)]
    opened = np.sort(np.concatenate((opened, rest)))
    flags = np.zeros(cover.sites, dtype=bool)
    flags[opened] = True
    hit = np.flatnonzero(flags[cover.site])
    row = np.searchsorted(cover.first, hit, side="right") - 1
    customers, at = np.unique(row, return_index=True)
    served = tuple(map(Served, customers.tolist(), cover.site[hit[at]].tolist()))
    value = float(cover.weight[customers].sum())
    bound = value if search.proven else float(cover.weight.sum()) - search.bound
    status = Status.OPTIMAL if search.proven else Status.FEASIBLE
    return Siting(status, value, max(bound, value), gap_between(value, bound), tuple(opened.tolist()), served, proof)
