"""Bounds where sites hold so much and no more: customers' service is priced out, a knapsack remains of every site.

Of the sites themselves two things are still asked: that they hold all demand, and that they are as many as the largest
need to hold it. The second is worth most where each site is dear and large: six and a third sites are seven.

Where nobody's service may be split, and demands are whole, each site's knapsack is solved to whole customers, by what
each amount of its room is worth (Holmberg, Rönnqvist, Yuan 1999).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from legation.location.problems import Capacitated, Flags, Left, is_whole
from legation.location.serving import Serving, serve
from legation.programme.formulation import INF, Index, Vector

TRY = 20  # prices between two sitings they point to
MOST = 8_000_000  # sites, customers and amounts of room together that are still quick


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
    return _best_of(value, f.capacity, demand, fewest(f.capacity, demand))


def choice_among(f: Capacitated, value: Vector, closed: Flags, forced: Flags) -> tuple[float, Vector, Vector]:
    """Choose so with some sites closed and some forced; return value, and what opening or closing another one costs.

    INF where the sites that are not closed do not hold the demand.
    """
    free, demand = np.flatnonzero(~closed & ~forced), float(f.demand.sum())
    lacking = demand - float(f.capacity[forced].sum())
    least = max(0, fewest(f.capacity, demand) - int(forced.sum()))
    opening, closing = np.zeros(len(value)), np.zeros(len(value))
    if least > len(free) or lacking > float(f.capacity[free].sum()) + 1e-9 * demand:
        return INF, opening, closing
    found, _, opening[free], closing[free] = _best_of(value[free], f.capacity[free], lacking, least)
    return found + float(value[forced].sum()), opening, closing


def _best_of(value: Vector, capacity: Vector, demand: float, least: int) -> tuple[float, Vector, Vector, Vector]:
    """Choose at least so many sites, or such that they hold the demand, the last in part."""
    rate, filled = _filled(value, capacity, demand)
    plain = _choice(value, least, 0.0)
    if not rate:
        return plain
    priced = _choice(value - rate * capacity, least, rate * demand)
    return plain if plain[0] >= priced[0] else (priced[0], filled, *priced[2:])


def _choice(value: Vector, least: int, constant: float) -> tuple[float, Vector, Vector, Vector]:
    """Choose what pays, at least so many; return value, choice, and what opening or closing another one costs."""
    order = np.argsort(value, kind="stable")
    count = max(least, int((value < 0).sum()))
    chosen = np.zeros(len(value))
    chosen[order[:count]] = 1.0
    bar = count == least
    worst = max(0.0, float(value[order[count - 1]])) if bar and count else 0.0
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


def in_units(f: Capacitated) -> tuple[Index, Index] | None:
    """Return demands and capacities in the largest unit that measures all demands, None where that is too fine."""
    if not is_whole(f.demand) or not f.demand.max() > 0:
        return None
    demand: Index = np.rint(f.demand).astype(np.int64)
    unit = math.gcd(*demand.tolist())
    demand = demand // unit
    room = np.minimum(np.floor(f.capacity / unit + 1e-9), demand.sum()).astype(np.int64)
    return (demand, room) if f.cost.size * (int(room.max()) + 1) <= MOST else None


def sift_whole(
    f: Capacitated, sifted: Sifted, known: Serving | None, left: Left, steps: int, until: float
) -> tuple[Sifted, Serving | None]:
    """Raise a bound further by whole customers, where demands and room are coarse enough for it."""
    units = in_units(f)
    if units is None:
        return sifted, known
    better, known = climb(f, sifted.price, lambda price: bound_of_whole(f, price, *units), known, left, steps, until)
    return bound_of_whole(f, better.price, *units, rises=True), known


def bound_of_whole(f: Capacitated, price: Vector, demand: Index, room: Index, *, rises: bool = False) -> Sifted:
    """Return the bound of these prices, (customers,), and what each pair adds to it if rises are asked for."""
    pays = price - f.cost.T
    table, taken = fill(pays, demand, room)
    every = np.arange(len(room))
    value = f.opening - table[every, room]
    bound, chosen, opening, closing = best_choice(f, value)
    share = emptied(taken, demand, room)
    service = rises_of(pays, demand, room, table[every, room]) if rises else np.zeros(f.cost.shape)
    return Sifted(bound + float(price.sum()), opening, closing, service, price, 1.0 - chosen @ share, chosen, value)


def fill(pays: Vector, demand: Index, room: Index) -> tuple[Vector, Flags]:
    """Return the worth of each amount of room, (sites, amounts), and who is taken, (customers, sites, amounts)."""
    amounts = int(room.max()) + 1
    table = np.zeros((len(room), amounts))
    taken = np.zeros((len(demand), len(room), amounts), dtype=bool)
    for customer in np.flatnonzero((pays > 0).any(axis=0) & (demand < amounts)).tolist():
        asked = int(demand[customer])
        with_it = table[:, : amounts - asked] + pays[:, customer : customer + 1]
        better = with_it > table[:, asked:]
        taken[customer, :, asked:] = better
        table[:, asked:] = np.where(better, with_it, table[:, asked:])
    return table, taken


def emptied(taken: Flags, demand: Index, room: Index) -> Vector:
    """Tell who is in the fullest worth of each site, (sites, customers)."""
    share = np.zeros((len(room), len(demand)))
    every, rest = np.arange(len(room)), room.copy()
    for customer in range(len(demand) - 1, -1, -1):
        inside = taken[customer, every, rest]
        share[:, customer] = inside
        rest -= inside * demand[customer]
    return share


def rises_of(pays: Vector, demand: Index, room: Index, best: Vector) -> Vector:
    """Return what a site's knapsack loses if a customer has to be in it, (customers, sites).

    Those before and those after a customer share the room it leaves.
    """
    customers, sites = len(demand), len(room)
    amounts = int(room.max()) + 1
    before = np.zeros((customers + 1, sites, amounts))
    for customer in range(customers):
        before[customer + 1] = _with(before[customer], pays[:, customer], int(demand[customer]))
    loss = np.full((customers, sites), INF)
    after = np.zeros((sites, amounts))
    for customer in range(customers - 1, -1, -1):
        for at in np.flatnonzero(room >= demand[customer]).tolist():
            rest = int(room[at] - demand[customer])
            others = before[customer, at, : rest + 1] + after[at, rest::-1]
            loss[customer, at] = best[at] - float(others.max()) - pays[at, customer]
        after = _with(after, pays[:, customer], int(demand[customer]))
    return np.asarray(np.clip(loss, 0.0, None))


def _with(table: Vector, pays: Vector, asked: int) -> Vector:
    amounts = table.shape[1]
    more = table.copy()
    if asked < amounts:
        np.maximum(more[:, asked:], table[:, : amounts - asked] + pays[:, None], out=more[:, asked:])
    return more
