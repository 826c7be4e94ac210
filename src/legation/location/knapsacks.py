"""Bounds where sites hold so much and no more: customers' service is priced out, a knapsack remains of every site.

Of the sites themselves two things are still asked: that they hold all demand, and that they are as many as the largest
need to hold it. The second is worth most where each site is dear and large: six and a third sites are seven.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from legation.location.problems import Capacitated, Left
from legation.location.serving import Serving, serve
from legation.programme.formulation import INF, Vector

TRY = 20  # prices between two sitings they point to


@dataclass(frozen=True, slots=True, eq=False)
class Sifted:
    """A bound, and by how much it rises if a site is open, (sites,), or serves a customer wholly, (customers, sites).

    closing: by how much it rises if a site is closed, (sites,); missing: of each customer's service, (customers,)
    reduced: what each site costs at these prices, (sites,): with those of a set of sites, the bound of that set
    """

    bound: float
    opening: Vector
    closing: Vector
    service: Vector
    price: Vector
    missing: Vector
    chosen: Vector
    reduced: Vector

    @property
    def rise(self) -> Vector:
        """Return by how much the bound rises if a site is opened and serves a customer wholly, (customers, sites)."""
        return self.service + self.opening


@dataclass(slots=True, eq=False)
class _Walk:
    best: Sifted
    price: Vector
    direction: Vector
    theta: float = 1.0
    since: int = 0


def fewest(capacity: Vector, demand: float) -> int:
    """Return how many sites at least hold the demand."""
    held = np.cumsum(np.sort(capacity)[::-1])
    return min(len(capacity), int(np.searchsorted(held, demand * (1 - 1e-9))) + 1)


def sift(f: Capacitated, left: Left, steps: int, until: float = 0.0) -> tuple[Sifted, Serving | None]:
    """Raise the bound by subgradients and try the sitings that prices point to, until so many seconds are left."""
    price = np.partition(f.cost, 1, axis=1)[:, 1] if f.cost.shape[1] > 1 else f.cost[:, 0].copy()
    return climb(f, price, lambda price: bound_of(f, price), None, left, steps, until)


def climb(
    f: Capacitated,
    price: Vector,
    measure: Callable[[Vector], Sifted],
    known: Serving | None,
    left: Left,
    steps: int,
    until: float,
) -> tuple[Sifted, Serving | None]:
    """Raise the bound that `measure` gives, from these prices on; return the best, and the cheapest serving."""
    walk = _Walk(measure(price), price, np.zeros(len(price)))
    for step in range(steps):
        if step and (left() <= until or walk.theta < 1e-3):
            break
        found = measure(walk.price)
        if step % TRY == 0:
            known = cheaper(known, serve(f, found.chosen > 0, np.argsort(found.opening - found.closing, kind="stable")))
        _move(walk, found, known.value if known else INF)
        if known and walk.best.bound >= known.value * (1 - 1e-9):
            break
    return walk.best, known


def cheaper(one: Serving | None, other: Serving | None) -> Serving | None:
    """Return the one that costs less."""
    if one is None or other is None:
        return one or other
    return other if other.value < one.value else one


def _move(walk: _Walk, found: Sifted, value: float) -> None:
    if found.bound > walk.best.bound:
        walk.best, walk.since = found, 0
    else:
        walk.since += 1
    if walk.since >= 15:
        walk.theta, walk.since, walk.price = walk.theta * 0.8, 0, walk.best.price.copy()
        walk.direction[:] = 0.0
        return
    walk.direction = 0.7 * walk.direction + found.missing
    target = min(value, walk.best.bound + 0.05 * abs(walk.best.bound)) * (1 + 1e-4)
    length = max(1e-12, float(walk.direction @ walk.direction))
    walk.price = walk.price + walk.theta * (target - found.bound) / length * walk.direction


def bound_of(f: Capacitated, price: Vector) -> Sifted:
    """Return the bound of these prices, (customers,), with its rises."""
    pays = price - f.cost.T  # (sites, customers) from here
    ratio = pays / np.maximum(f.demand, 1e-12)
    order = np.argsort(-ratio, axis=1)
    paid, asked = np.take_along_axis(pays, order, 1), f.demand[order]
    worth = paid > 0
    held = np.cumsum(np.where(worth, asked, 0.0), axis=1)
    room = f.capacity[:, None] - held + asked
    taken = np.where(asked > 0, np.clip(room / np.maximum(asked, 1e-12), 0.0, 1.0), 1.0) * worth
    share = np.empty_like(pays)
    np.put_along_axis(share, order, taken, axis=1)
    full = held[:, -1] > f.capacity
    last = np.where((taken > 0) & (asked > 0), np.take_along_axis(ratio, order, 1), INF).min(axis=1)
    scarcity = np.where(full & np.isfinite(last), np.clip(last, 0.0, None), 0.0)
    value = f.opening - (taken * paid).sum(axis=1)
    bound, chosen, opening, closing = best_choice(f, value)
    service = np.clip(scarcity[:, None] * f.demand - pays, 0.0, None).T
    return Sifted(bound + float(price.sum()), opening, closing, service, price, 1.0 - chosen @ share, chosen, value)


def best_choice(f: Capacitated, value: Vector) -> tuple[float, Vector, Vector, Vector]:
    """Choose the sites of least value that hold the demand, or are enough to hold it, whichever is dearer."""
    demand = float(f.demand.sum())
    rate, filled = _filled(value, f.capacity, demand)
    plain = _choice(value, fewest(f.capacity, demand), 0.0)
    if not rate:
        return plain
    priced = _choice(value - rate * f.capacity, fewest(f.capacity, demand), rate * demand)
    return plain if plain[0] >= priced[0] else (priced[0], filled, *priced[2:])


def _choice(value: Vector, least: int, constant: float) -> tuple[float, Vector, Vector, Vector]:
    """Choose what pays, at least so many; return value, choice, and what opening or closing another one costs."""
    order = np.argsort(value, kind="stable")
    count = max(least, int((value < 0).sum()))
    chosen = np.zeros(len(value))
    chosen[order[:count]] = 1.0
    bar = count == least
    worst = max(0.0, float(value[order[count - 1]])) if bar else 0.0
    following = (float(value[order[count]]) if count < len(value) else INF) if bar else 0.0
    opening = np.where(chosen > 0, 0.0, np.clip(value - worst, 0.0, None))
    closing = np.where(chosen > 0, np.clip(following - value, 0.0, None), 0.0)
    return constant + float(value[chosen > 0].sum()), chosen, opening, closing


def _filled(value: Vector, capacity: Vector, demand: float) -> tuple[float, Vector]:
    """Choose sites that pay and the cheapest others until they hold the demand, the last in part; return its price."""
    chosen = (value < 0).astype(float)
    lacking = demand - float(capacity @ chosen)
    if lacking <= 0:
        return 0.0, chosen
    each = np.where((value >= 0) & (capacity > 0), value / np.maximum(capacity, 1e-12), INF)
    order = np.argsort(each, kind="stable")
    held = np.cumsum(capacity[order])
    at = min(int(np.searchsorted(held, lacking)), int(np.isfinite(each).sum()) - 1)
    if at < 0:
        return 0.0, chosen
    chosen[order[:at]] = 1.0
    chosen[order[at]] = min(1.0, (lacking - (held[at] - capacity[order[at]])) / capacity[order[at]])
    return float(each[order[at]]), chosen
