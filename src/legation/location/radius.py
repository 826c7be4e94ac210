"""What multipliers leave open, as a programme: for every customer and radius, whether no open site is that near.

z[i, k] >= 1 - sum of open sites within the k-th radius of customer i; serving i costs its first radius plus the widths
of the rings it is not served within (Cornuéjols, Nemhauser, Wolsey 1980; García, Labbé, Marín 2011). Two discs of the
same sites are one. Rings beyond a limit are left out and added where a solution needs them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.location.nearest import Nearest, added, site_keys
from legation.location.problems import Flags, Left
from legation.programme.formulation import INF, Formulation, Index, Rows, Vector
from legation.programme.highs import prove_wide
from legation.programme.solver import Limits, Status


@dataclass(frozen=True, slots=True, eq=False)
class _Rings:
    """row: customer; last: position after the ring's last entry; ring: of every entry; key: of the disc's sites."""

    row: Index
    ring: Index
    width: Vector
    first: Flags
    disc: Index
    discs: int
    maker: Index


def programme(
    near: Nearest, alive: Flags, fixed: Flags, limit: Vector, *, merged: bool = True
) -> tuple[Formulation, Index]:
    """Return the programme over the sites alive, as a maximum of what is negative, and which site each column is."""
    sites = np.flatnonzero(alive)
    column = np.full(near.sites, -1, dtype=np.int64)
    column[sites] = np.arange(len(sites))
    kept = near.kept(_within(near, limit))
    rings = _rings(kept, near, merged=merged)
    nearest = near.far.copy()
    np.minimum.at(nearest, near.row, near.cost)
    return _written(kept, rings, sites, column, fixed, float(nearest.sum())), sites


def _within(near: Nearest, limit: Vector) -> Flags:
    """Keep the entries up to the limit, and each customer's first ring whatever the limit."""
    nearest = near.far.copy()
    np.minimum.at(nearest, near.row, near.cost)
    return near.cost <= np.maximum(limit, nearest)[near.row]


def _rings(kept: Nearest, near: Nearest, *, merged: bool) -> _Rings:
    """Find the rings of every customer, their widths, and the discs they close."""
    row, cost = kept.row, kept.cost
    new = np.ones(len(row), dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (cost[1:] != cost[:-1])
    head = np.flatnonzero(new)
    ring = np.cumsum(new) - 1
    of = row[head]
    first = np.ones(len(head), dtype=bool)
    first[1:] = of[1:] != of[:-1]
    following = np.append(cost[head][1:], 0.0)
    last = np.append(first[1:], True)
    following[last] = _beyond(kept, near)[of[last]]
    total = np.cumsum(site_keys(kept.sites)[kept.site], dtype=np.uint64)
    before = np.concatenate(([np.uint64(0)], total))[head[first]][np.cumsum(first) - 1]
    key = total[np.append(head[1:], len(row)) - 1] - before
    if not merged:
        key = np.arange(len(key), dtype=np.uint64)
    _, maker, disc = np.unique(key, return_index=True, return_inverse=True)
    return _Rings(of, ring, following - cost[head], first, disc, len(maker), maker)


def _beyond(kept: Nearest, near: Nearest) -> Vector:
    """Return, for each customer, the cost of its first entry that is not kept, or its far."""
    inside = np.bincount(kept.row, minlength=near.customers)
    first = np.searchsorted(near.row, np.arange(near.customers + 1))
    at = first[:-1] + inside
    more = at < first[1:]
    beyond = near.far.copy()
    beyond[more] = near.cost[at[more]]
    return beyond


def _written(kept: Nearest, rings: _Rings, sites: Index, column: Index, fixed: Flags, constant: float) -> Formulation:
    """Write one row a disc: not reached within it, unless reached within the disc inside it or by its own ring."""
    opens = len(sites)
    width = opens + rings.discs
    made = np.zeros(len(rings.row), dtype=bool)
    made[rings.maker] = True
    entry = made[rings.ring]
    rows = Rows()
    inner = rings.maker[~rings.first[rings.maker]]
    rows.block(
        rings.discs,
        [
            (rings.disc[rings.maker], opens + rings.disc[rings.maker], 1.0),
            (rings.disc[rings.ring[entry]], column[kept.site[entry]], 1.0),
            (rings.disc[inner], opens + rings.disc[inner - 1], -1.0),
        ],
        lower=np.where(rings.first[rings.maker], 1.0, 0.0),
    )
    rows.sum(np.arange(opens), np.ones(opens), upper=float(kept.most))
    objective = np.zeros(width)
    objective[:opens] = -kept.opening[sites]
    objective[opens:] = -added(rings.disc, rings.width, rings.discs)
    lower, upper = np.zeros(width), np.ones(width)
    upper[opens:] = INF
    lower[:opens] = fixed[sites]
    whole = np.arange(width) < opens
    return rows.pack(objective, -constant, lower, upper, whole, whole, ())


def relaxed(near: Nearest, alive: Flags, fixed: Flags, left: Left) -> tuple[Vector, Vector] | None:
    """Return the best prices there are and how far each site is open, (sites,): a best point if halves could be open.

    None where time is up first.
    """
    if not len(near.row):
        return near.far.copy(), np.zeros(near.sites)
    formulation, sites = programme(near, alive, fixed, near.far, merged=False)
    free = replace(formulation, integer=np.zeros_like(formulation.integer))
    solution = prove_wide(free, Limits(max(0.1, left())), stop=lambda: left() <= 0)
    if solution.status is not Status.OPTIMAL:
        return None
    price, first = near.far.copy(), np.flatnonzero(np.append(True, near.row[1:] != near.row[:-1]))
    starts = formulation.row_lower[:-1] == 1.0
    price[near.row[first]] = near.cost[first] + np.abs(solution.dual[:-1][starts])
    opened = np.zeros(near.sites)
    opened[sites] = solution.x[: len(sites)]
    return np.minimum(price, near.far), opened
