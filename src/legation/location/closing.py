"""Medians and facilities without capacity, all the way from a start to a proof: greedy, exchanges, prices, a tree.

The tree opens a doubtful site, or leaves it closed, and lets prices settle the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.location.interchange import greedy, improve, service_of, shaken, worth_of
from legation.location.lagrangian import SLOW, Pace, Search, ascend
from legation.location.nearest import NEAR, Nearest, of_facilities, of_median
from legation.location.problems import Facilities, Flags, Left, Median, Served, Siting, gap_between
from legation.location.radius import relaxed
from legation.programme.formulation import Index, Vector
from legation.programme.solver import Status

SHAKES = 12
ROUNDS = 3
FEW = 400  # parts after which a linear programme is worth its time
NODE = Pace(iterations=40, theta=0.5, least=1e-3, patience=5, decay=0.7, memory=0.6, tries=0)
FINE = Pace(iterations=30, theta=0.05, patience=6, tries=10)
LISTED = 8  # how many times as many sites a customer first looks at as would be its share


@dataclass(frozen=True, slots=True, eq=False)
class Closed:
    """The best siting, its value, the bound, and what proved it."""

    opened: Flags
    value: float
    bound: float
    proof: str


def site_median(median: Median, left: Left) -> Siting:
    """Solve a p-median; lists of the nearest sites are made longer until the answer does not look beyond them."""
    sites = median.cost.shape[1]
    depth = min(sites - median.p, max(50, LISTED * sites // median.p))
    while True:
        closed = close(of_median(median, depth), left)
        opened = _filled(closed.opened, median)
        value = float(median.cost[:, opened].min(axis=1).sum())
        if value <= closed.value + NEAR * max(1.0, value) or depth >= sites - median.p or left() <= 0:
            return answer(opened, value, closed.bound, median.cost, closed.proof)
        depth = min(sites - median.p, 2 * depth)


def site_facilities(facilities: Facilities, left: Left) -> Siting:
    """Solve facilities without capacity."""
    closed = close(of_facilities(facilities), left)
    opened = np.flatnonzero(closed.opened)
    value = float(facilities.cost[:, opened].min(axis=1).sum() + facilities.opening[opened].sum())
    return answer(opened, value, closed.bound, facilities.cost, closed.proof)


def answer(opened: Index, value: float, bound: float, cost: Vector, proof: str) -> Siting:
    """Write a siting in which every customer is served by its nearest open site."""
    proven = bound >= value - NEAR * max(1.0, abs(value))
    bound = value if proven else bound
    by = opened[cost[:, opened].argmin(axis=1)]
    served = tuple(Served(customer, site) for customer, site in enumerate(by.tolist()))
    status = Status.OPTIMAL if proven else Status.FEASIBLE
    return Siting(status, value, bound, gap_between(value, bound), tuple(opened.tolist()), served, proof)


def close(near: Nearest, left: Left) -> Closed:
    """Find the best siting and prove it, or tell how near it is proven to be when time is up."""
    search = begin(near, left)
    ascend(search, Pace(), left)
    for seed in range(ROUNDS):
        before = _open_question(search)
        if search.proven or left() <= 0:
            break
        shake(search, seed, SHAKES, left)
        ascend(search, SLOW, left)
        if _open_question(search)[0] > 0.9 * before[0] and search.value >= before[1]:
            break
    proof = "multipliers"
    if not search.proven:
        proof = "tree"
        branch(search, left, FEW)
    if not search.proven and left() > 0:
        _sharpen(search, left)
        branch(search, left)
    return Closed(search.opened, search.value, search.value if search.proven else search.bound, proof)


def _sharpen(search: Search, left: Left) -> None:
    """Where prices no longer move though better ones are to be had, take the best from a linear programme."""
    search.settle()
    found = relaxed(search.near, search.alive, search.fixed, lambda: left() / 3)
    if found is not None:
        search.price = found[0]
        ascend(search, FINE, left)


def begin(near: Nearest, left: Left) -> Search:
    """Start from the greedy siting, improved, and prices halfway between what is paid and what the next best costs."""
    everything, nothing = np.ones(near.sites, dtype=bool), np.zeros(near.sites, dtype=bool)
    opened, value = improve(near, greedy(near, everything), everything, nothing, left)
    now = service_of(near, opened)
    nearest = near.far.copy()
    np.minimum.at(nearest, near.row, near.cost)
    bound = float(nearest.sum())  # nobody can do better than the own nearest site
    return Search(near, opened, value, (now.cost + now.second) / 2, bound, everything, nothing)


def shake(search: Search, seed: int, times: int, left: Left) -> None:
    """Exchange a few sites at random and improve again, so many times."""
    chance = np.random.default_rng(seed)
    count = max(1, min(4, int(search.opened.sum()) // 3))
    for _ in range(times):
        if left() <= 0:
            return
        other = shaken(search.opened, search.alive, search.fixed, count, chance)
        search.offer(*improve(search.near, other, search.alive, search.fixed, left))


def _open_question(search: Search) -> tuple[int, float]:
    return int((search.alive & ~search.fixed).sum()), search.value


def _filled(opened: Flags, median: Median) -> Index:
    """Open as many sites as asked, where fewer were enough."""
    rest = np.flatnonzero(~opened)[: median.p - int(opened.sum())]
    return np.sort(np.concatenate((np.flatnonzero(opened), rest)))


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the question: some sites out, some open for certain."""

    bound: float
    near: Nearest
    price: Vector
    alive: Flags
    fixed: Flags


def branch(search: Search, left: Left, most: float = np.inf) -> None:
    """Take the question apart, depth first, into `most` parts or until time is up; keep the bound of what is open."""
    search.settle()
    parts = [_Part(search.bound, search.near, search.price, search.alive, search.fixed)]
    done = 0
    while parts and left() > 0 and done < most:
        done += 1
        part = parts.pop()
        if part.bound <= part.near.gate(search.value):
            parts += _answered(search, part, left)
    lowest = min((part.bound for part in parts), default=search.value)
    search.bound = max(search.bound, min(lowest, search.value))
    if not parts:
        search.alive = search.fixed = search.opened


def _answered(search: Search, part: _Part, left: Left) -> list[_Part]:
    """Raise the bound of a part; return the two it falls into, the one with the site open last, or none."""
    near = part.near.within(part.alive, part.fixed)
    price = np.minimum(part.price, near.far)
    node = Search(near, search.opened, search.value, price, part.bound, part.alive.copy(), part.fixed.copy())
    often = ascend(node, NODE, left)
    search.offer(node.opened, node.value)
    free = np.flatnonzero(node.alive & ~node.fixed)
    places = near.most - int(node.fixed.sum())
    if node.bound > near.gate(search.value) or places < 0:
        return []
    if not len(free) or not places:
        search.offer(node.fixed, worth_of(near.within(node.alive, node.fixed), node.fixed))
        return []
    node.settle()
    site = int(free[np.abs(often[free] - 0.5).argmin()])
    closed, opened = node.alive.copy(), node.fixed.copy()
    closed[site], opened[site] = False, True
    return [
        _Part(node.bound, node.near, node.price, closed, node.fixed),
        _Part(node.bound, node.near, node.price, node.alive, opened),
    ]
