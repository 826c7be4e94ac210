"""Bounds by multipliers: let every customer pay a price, ask which sites that would pay for, and raise the prices.

Serving customers is what couples the sites. Priced out (u, one price a customer), what is left is to choose the sites
whose reduced cost is least, by sorting. Every price gives a proven bound; sites that cannot be in, or out of, anything
better than the best siting known are settled for good.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from legation.location.interchange import improve
from legation.location.nearest import Nearest, added
from legation.location.problems import Flags, Left
from legation.programme.formulation import Vector


@dataclass(slots=True, eq=False)
class Search:
    """What is known so far: the best siting, the bound with its prices, and which sites are settled."""

    near: Nearest
    opened: Flags
    value: float
    price: Vector
    bound: float
    alive: Flags
    fixed: Flags

    @property
    def proven(self) -> bool:
        """Tell whether nothing better can be."""
        settled = not (self.alive & ~self.fixed).any() or int(self.fixed.sum()) > self.near.most
        return self.bound > self.near.gate(self.value) or settled

    def offer(self, opened: Flags, value: float) -> bool:
        """Keep a siting if it is better; say whether it is."""
        better = opened.sum() <= self.near.most and value < self.value - 1e-9 * max(1.0, abs(self.value))
        if better:
            self.opened, self.value = opened, value
        return better

    def settle(self) -> None:
        """Forget what settled sites make needless."""
        self.near = self.near.within(self.alive, self.fixed)
        self.price = np.minimum(self.price, self.near.far)


@dataclass(frozen=True, slots=True)
class Pace:
    """How prices move. theta: first step; patience, decay: when and by how much it shrinks; memory: of directions."""

    iterations: int = 600
    theta: float = 1.2
    least: float = 2e-4
    patience: int = 12
    decay: float = 0.7
    memory: float = 0.6
    tries: int = 15


SLOW = Pace(iterations=3000, theta=0.5, least=1e-4, patience=30, decay=0.85, memory=0.9, tries=150)
WINDOW = 25  # iterations between two choices of the entries that are looked at


@dataclass(slots=True, eq=False)
class _Walk:
    price: Vector
    theta: float
    direction: Vector
    since: int = 0
    done: int = 0
    chosen: Flags = field(default_factory=lambda: np.empty(0, dtype=bool))
    often: Vector = field(default_factory=lambda: np.empty(0))


def ascend(search: Search, pace: Pace, left: Left) -> Vector:
    """Raise the bound, settle sites and try the sitings the prices point to; return how often each site was chosen."""
    walk = _Walk(search.price.copy(), pace.theta, np.zeros(search.near.customers))
    walk.often = np.full(search.near.sites, 0.5)
    while left() > 0:
        search.settle()
        if _is_over(search, walk, pace):
            break
        walk.price = np.minimum(walk.price, search.near.far)
        window, limit = _window(search.near, walk.price)
        for _ in range(WINDOW):
            _step(search, walk, pace, window, limit, left)
            if _is_over(search, walk, pace):
                break
    return walk.often


def _is_over(search: Search, walk: _Walk, pace: Pace) -> bool:
    return search.proven or walk.theta <= pace.least or walk.done >= pace.iterations


def _window(near: Nearest, price: Vector) -> tuple[Nearest, Vector]:
    """Return the entries that prices may come to reach before the next look, and up to which price they are all."""
    first = np.searchsorted(near.row, np.arange(near.customers + 1))
    reached = np.bincount(near.row[near.cost < price[near.row]], minlength=near.customers)
    last = first[:-1] + reached + reached // 3 + 6
    beyond = last < first[1:]
    limit = near.far.copy()
    limit[beyond] = near.cost[last[beyond]]
    return near.kept(near.cost < limit[near.row]), limit


def _step(search: Search, walk: _Walk, pace: Pace, window: Nearest, limit: Vector, left: Left) -> None:
    walk.done += 1
    np.clip(walk.price, 0.0, limit, out=walk.price)
    pays = walk.price[window.row] - window.cost
    near = pays > 0
    row, site, pays = window.row[near], window.site[near], pays[near]
    reduced = search.near.opening - added(site, pays, search.near.sites)
    value = _choose(search, walk, reduced)
    if value > search.bound + 1e-9 * max(1.0, abs(value)):
        search.bound, search.price, walk.since = value, walk.price.copy(), 0
    else:
        walk.since += 1
    walk.often += 0.1 * (walk.chosen - walk.often)
    if search.proven:
        return
    if pace.tries and (walk.done <= 3 or walk.done % pace.tries == 0):
        _try(search, walk.chosen, left)
    paid = row[walk.chosen[site]]
    served = added(paid, np.ones(len(paid)), search.near.customers)
    _move(search, walk, pace, 1.0 - served, value)


def _choose(search: Search, walk: _Walk, reduced: Vector) -> float:
    """Choose the sites of least reduced cost; return the bound, and settle what it settles."""
    free = np.flatnonzero(search.alive & ~search.fixed)
    places = search.near.most - int(search.fixed.sum())
    order = free[np.argsort(reduced[free], kind="stable")]
    count = min(places, int(np.searchsorted(reduced[order], 0.0)))
    chosen = search.fixed.copy()
    chosen[order[:count]] = True
    value = float(walk.price.sum() + reduced[chosen].sum())
    full = count == places
    worst = reduced[order[count - 1]] if full and count else 0.0
    following = min(0.0, float(reduced[order[count]])) if full and count < len(order) else 0.0
    gate = search.near.gate(search.value)
    out = order[count:][value + reduced[order[count:]] - worst > gate] if places else order
    search.alive[out] = False
    search.fixed[order[:count][value - reduced[order[:count]] + following > gate]] = True
    walk.chosen = chosen
    return value


def _try(search: Search, chosen: Flags, left: Left) -> None:
    search.offer(*improve(search.near, chosen, search.alive, search.fixed, left))


def _move(search: Search, walk: _Walk, pace: Pace, missing: Vector, value: float) -> None:
    """Raise the price of customers nobody serves, lower it for those whom several do."""
    at_far = (walk.price >= search.near.far) & (missing > 0)
    missing[at_far] = 0.0
    walk.direction = pace.memory * walk.direction + missing
    length = float(walk.direction @ walk.direction)
    if length < 1e-12:
        walk.theta = 0.0
        return
    step = walk.theta * ((search.value - value) * 1.05 + 1e-5 * abs(search.value)) / length
    walk.price += step * walk.direction
    if walk.since >= pace.patience:
        walk.theta *= pace.decay
        walk.since = 0
        walk.price = search.price.copy()
        walk.direction[:] = 0.0
