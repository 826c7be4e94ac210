"""Knapsacks filled with whole customers: the bound where nobody's service may be split, for whole demands.

As in `knapsacks`, but each site's knapsack is solved to whole customers, by what each amount of its room is worth
(Holmberg, Rönnqvist, Yuan 1999). It costs more than shares do, and is worth several per cent where sites are small.
"""

from __future__ import annotations

import math

import numpy as np

from legation.location.knapsacks import Sifted, best_choice, climb
from legation.location.problems import Capacitated, Flags, Left, is_whole
from legation.location.serving import Serving
from legation.programme.formulation import INF, Index, Vector

MOST = 8_000_000  # sites, customers and amounts of room together that are still quick


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
    table, taken = _fill(pays, demand, room)
    every = np.arange(len(room))
    value = f.opening - table[every, room]
    bound, chosen, opening, closing = best_choice(f, value)
    share = _emptied(taken, demand, room)
    service = _service(pays, demand, room, table[every, room]) if rises else np.zeros(f.cost.shape)
    return Sifted(bound + float(price.sum()), opening, closing, service, price, 1.0 - chosen @ share, chosen, value)


def _fill(pays: Vector, demand: Index, room: Index) -> tuple[Vector, Flags]:
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


def _emptied(taken: Flags, demand: Index, room: Index) -> Vector:
    """Tell who is in the fullest worth of each site, (sites, customers)."""
    share = np.zeros((len(room), len(demand)))
    every, rest = np.arange(len(room)), room.copy()
    for customer in range(len(demand) - 1, -1, -1):
        inside = taken[customer, every, rest]
        share[:, customer] = inside
        rest -= inside * demand[customer]
    return share


def _service(pays: Vector, demand: Index, room: Index, best: Vector) -> Vector:
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
