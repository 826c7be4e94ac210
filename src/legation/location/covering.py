"""Maximal covering: sites that reach no more than another go, prices settle most, a programme settles the rest."""

from __future__ import annotations

import numpy as np

from legation.location.closing import FINE, SHAKES, begin, shake
from legation.location.interchange import improve, worth_of
from legation.location.lagrangian import SLOW, Pace, Search, ascend
from legation.location.nearest import NEAR, Nearest, of_cover
from legation.location.problems import Cover, Flags, Left, Served, Siting, gap_between
from legation.location.radius import programme, relaxed
from legation.programme.formulation import Vector
from legation.programme.highs import prove_wide
from legation.programme.solver import Limits, Status

FIRST = Pace(iterations=20, patience=6)
EXACT = Pace(iterations=1, tries=0)
ROUNDS = 5
MOST_COMPARED = 30_000_000  # numbers in the table of which sites reach whom


def site_cover(cover: Cover, left: Left) -> Siting:
    """Solve a maximal covering problem as the least demand out of reach."""
    search = begin(of_cover(cover), left)
    search.alive &= ~dominated(search.near) | search.opened
    ascend(search, FIRST, left)
    proof = "multipliers"
    if not search.proven and left() > 0:
        proof = "programme"
        _settle_by_programme(search, left)
    return _covering(cover, search, proof)


def _settle_by_programme(search: Search, left: Left) -> None:
    search.settle()
    found = relaxed(search.near, search.alive, search.fixed, lambda: left() / 3)
    if found is None:
        ascend(search, SLOW, left)
    else:
        _follow(search, *found, left)
    search.alive &= ~dominated(search.near) | search.fixed
    if not search.proven:
        search.settle()
        _finish(search, left)


def _follow(search: Search, price: Vector, share: Vector, left: Left) -> None:
    """Open the sites that are open most, settle what the best prices settle, and try to better the siting."""
    search.price = price
    chosen = np.zeros(len(share), dtype=bool)
    chosen[np.argsort(-share, kind="stable")[: search.near.most]] = True
    search.offer(*improve(search.near, chosen & (share > 0), search.alive, search.fixed, left))
    ascend(search, EXACT, left)
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
    solution = prove_wide(formulation, Limits(max(0.1, left()), gap), start, lambda: left() <= 0)
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
