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
ROUNDS = 120
LARGE = 600  # sites from which on it pays to search long for a good siting
PATIENT = 10  # rounds without a better siting, where there are many sites
DRAWN = 12
OPEN = 1e-6  # less of a site is none
MOST_COMPARED = 100_000_000  # flags in the table of which sites reach whom


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
    search.offer(*improve(search.near, _largest(share, search.near.most), search.alive, search.fixed, left))
    ascend(search, EXACT, left)
    if not search.proven:
        _vary(search, share, left)
        ascend(search, FINE, left)


def _vary(search: Search, share: Vector, left: Left) -> None:
    """Exchange a few sites at random, and where there are many sites begin from sitings drawn by how far each is open.

    Among many, only those that are open at all take part.
    """
    large = int((search.alive & ~search.fixed).sum()) > LARGE
    some = search.alive & (share > OPEN) | search.opened | search.fixed if large else search.alive
    near = search.near.within(some, search.fixed)
    part = Search(near, search.opened, search.value, search.price, search.bound, some, search.fixed)
    chance = np.random.default_rng(0)
    for _ in range(DRAWN if large else 0):
        drawn = _largest(share / chance.exponential(size=len(share)), near.most)
        part.offer(*improve(near, drawn, some, search.fixed, left))
    patience, since = PATIENT if large else 1, 0
    for seed in range(ROUNDS):
        if since >= patience or part.proven or left() <= 0:
            break
        before = part.value
        shake(part, seed, SHAKES, left)
        since = 0 if part.value < before else since + 1
    search.offer(part.opened, part.value)


def _largest(share: Vector, most: int) -> Flags:
    """Choose so many sites that are open most, none that is not open."""
    chosen = np.zeros(len(share), dtype=bool)
    chosen[np.argsort(-share, kind="stable")[:most]] = True
    return np.asarray(chosen & (share > OPEN))


def dominated(near: Nearest) -> Flags:
    """Tell which sites reach nobody whom another does not reach, (sites,); of equals the first one stays.

    A site is held only against those that also reach whichever of its customers the fewest sites reach.
    """
    size = np.bincount(near.site, minlength=near.sites)
    out: Flags = np.asarray(size == 0)
    out[0] &= bool(size.any())
    if near.customers * near.sites > MOST_COMPARED or not size.any():
        return out
    reach = np.zeros((near.sites, -(-near.customers // 64) * 64), dtype=bool)
    reach[near.site, near.row] = True
    bits = np.packbits(reach, axis=1).view(np.uint64)
    degree = np.bincount(near.row, minlength=near.customers)
    order = np.lexsort((degree[near.row], near.site))
    some = np.flatnonzero(size)
    rarest = near.row[order[np.cumsum(size)[some] - size[some]]]
    count = degree[rarest]
    ours = np.repeat(some, count)
    start = np.repeat(np.searchsorted(near.row, rarest) - (np.cumsum(count) - count), count)
    theirs = near.site[start + np.arange(len(ours))]
    larger = (size[theirs] > size[ours]) | ((size[theirs] == size[ours]) & (theirs < ours))
    ours, theirs = ours[larger], theirs[larger]
    inside = np.ones(len(ours), dtype=bool)
    for word in bits.T:
        inside &= (word[ours] & ~word[theirs]) == 0
    out[ours[inside]] = True
    return out


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
