"""Every customer's sites, nearest first: the form in which all problems without capacity are solved."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.location.problems import Cover, Facilities, Flags, Median, is_whole
from legation.programme.formulation import Index, Vector

NEAR = 1e-8  # two values this near to each other, relatively, are the same


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """Open at most `most` sites; each customer costs the nearest open site's, or `far` if that is less.

    row, site, cost: entries (customer, site, cost below the customer's far), by customer and cost
    far: (customers,); opening: (sites,); whole: whether every possible value is a whole number
    """

    row: Index
    site: Index
    cost: Vector
    far: Vector
    opening: Vector
    most: int
    whole: bool

    @property
    def customers(self) -> int:
        """Return the number of customers."""
        return len(self.far)

    @property
    def sites(self) -> int:
        """Return the number of sites."""
        return len(self.opening)

    def gate(self, best: float) -> float:
        """Return the bound from which on nothing better than `best` can be."""
        return best - 1 + 1e-6 if self.whole else best - NEAR * max(1.0, abs(best))

    def kept(self, chosen: Flags) -> Nearest:
        """Return the same with some entries only."""
        return replace(self, row=self.row[chosen], site=self.site[chosen], cost=self.cost[chosen])

    def within(self, alive: Flags, fixed: Flags) -> Nearest:
        """Return the same once some sites are out and some are open for certain."""
        held = fixed[self.site]
        far = self.far.copy()
        np.minimum.at(far, self.row[held], self.cost[held])
        return replace(self, far=far).kept(alive[self.site] & (self.cost < far[self.row]))


def of_median(median: Median, depth: int) -> Nearest:
    """Sort the `depth` nearest sites of each customer; whoever is served by none of them pays the next one's cost.

    With depth = sites - p no customer ever needs more.
    """
    customers, sites = median.cost.shape
    count = min(depth + 1, sites)
    order = np.argpartition(median.cost, count - 1, axis=1)[:, :count] if count < sites // 2 else None
    some = median.cost if order is None else np.take_along_axis(median.cost, order, axis=1)
    by = np.argsort(some, axis=1, kind="stable")[:, :count]
    order = by if order is None else np.take_along_axis(order, by, axis=1)
    cost = np.take_along_axis(median.cost, order, axis=1)
    far = cost[:, -1].copy()
    row = np.repeat(np.arange(customers), count)
    made = Nearest(row, order.ravel(), cost.ravel(), far, np.zeros(sites), median.p, is_whole(median.cost))
    return made.kept(made.cost < far[row])


def of_facilities(facilities: Facilities) -> Nearest:
    """Sort the sites of each customer; to serve none is dearer than any one site."""
    customers, sites = facilities.cost.shape
    order = np.argsort(facilities.cost, axis=1, kind="stable")
    cost = np.take_along_axis(facilities.cost, order, axis=1)
    far = cost[:, -1] + max(0.0, float(facilities.opening.max())) + 1.0
    whole = is_whole(facilities.cost, facilities.opening)
    row = np.repeat(np.arange(customers), sites)
    return Nearest(row, order.ravel(), cost.ravel(), far, facilities.opening, sites, whole)


def of_cover(cover: Cover) -> Nearest:
    """Write demand out of reach as what it costs to be far; customers reached by the same sites become one."""
    row = np.repeat(np.arange(len(cover.weight)), np.diff(cover.first))
    keys = site_keys(cover.sites)
    same = np.zeros(len(cover.weight), dtype=np.uint64)
    np.add.at(same, row, keys[cover.site])
    _, one, inverse = np.unique(same, return_index=True, return_inverse=True)
    weight = added(inverse, cover.weight, len(one))
    chosen = np.isin(row, one)
    position = np.full(len(cover.weight), -1, dtype=np.int64)
    position[one] = np.arange(len(one))
    new = position[row[chosen]]
    order = np.argsort(new, kind="stable")
    site, count = cover.site[chosen][order], len(new)
    opening = np.zeros(cover.sites)
    made = Nearest(new[order], site, np.zeros(count), weight, opening, cover.p, is_whole(cover.weight))
    return made.kept(weight[made.row] > 0)


def added(index: Index, weights: Vector, size: int) -> Vector:
    """Add up weights by index, (size,)."""
    return np.asarray(np.bincount(index, weights=weights, minlength=size), dtype=float)


def site_keys(count: int) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return a number for each site, as if drawn (splitmix64): sets of sites are told apart by their sums."""
    key = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        key = (key ^ (key >> np.uint64(shift))) * np.uint64(factor)
    return key ^ (key >> np.uint64(31))
