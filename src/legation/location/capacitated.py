"""Facilities with capacity: prices and knapsacks settle who cannot be served from where; a strong programme the rest.

The rows that tie every share to its site (x <= y) make the programme strong; only pairs that prices leave are in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.errors import InfeasibleError
from legation.location.problems import Capacitated, Flags, Left, Served, Siting, gap_between
from legation.programme.formulation import INF, Formulation, Index, Rows, Vector
from legation.programme.highs import highs
from legation.programme.solver import Limits, Solution, Status

SMALL = 6_000  # pairs that need no sifting
STEPS = 400
CHEAP = 12  # sites a customer may choose from in the first siting
GAP = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class _Sifted:
    """A bound, and by how much it rises if a customer is served from a site, (customers, sites)."""

    bound: float
    rise: Vector


def site_capacitated(facilities: Capacitated, left: Left) -> Siting:
    """Solve facilities with capacity; raise InfeasibleError where they cannot hold the demand."""
    if facilities.capacity.sum() < facilities.demand.sum() * (1 - 1e-12):
        raise InfeasibleError(
            f"All sites together hold {facilities.capacity.sum():g}, the demand is {facilities.demand.sum():g}.",
            hint="Add sites or raise capacities.",
        )
    pairs = facilities.demand[:, None] <= facilities.capacity if facilities.single else facilities.capacity > 0
    allowed = np.broadcast_to(pairs, facilities.cost.shape)
    bound, start = -INF, None
    if facilities.cost.size > SMALL:
        sifted = _sift(facilities, left)
        bound = sifted.bound
        near = sifted.rise <= _cheapest(sifted.rise)
        start = _solve(facilities, allowed & near, left, gap=1e-4, part=0.3)
        if len(start.x):
            allowed = allowed & (bound + sifted.rise <= -start.objective + 1e-6 * abs(start.objective))
    solution = _solve(facilities, allowed, left, gap=GAP)
    return _answer(facilities, allowed, solution, bound)


def _cheapest(rise: Vector) -> Vector:
    """Return up to which rise a customer's sites are among its cheapest, (customers, 1)."""
    last = min(CHEAP, rise.shape[1]) - 1
    return np.partition(rise, last, axis=1)[:, last : last + 1]


def _solve(facilities: Capacitated, allowed: Flags, left: Left, *, gap: float, part: float = 1.0) -> Solution:
    formulation = _programme(facilities, *np.nonzero(allowed))
    return highs(formulation, Limits(max(0.1, part * left()), gap))


def _programme(f: Capacitated, customer: Index, site: Index) -> Formulation:
    """Write min opening @ y + cost @ x, every customer served, capacities kept, x <= y; pairs (customer, site)."""
    (customers, sites), pairs = f.cost.shape, len(customer)
    at = sites + np.arange(pairs)
    rows = Rows()
    rows.block(customers, [(customer, at, 1.0)], 1.0, 1.0)
    largest = np.maximum(f.capacity, 1e-9)
    rows.block(
        sites, [(site, at, f.demand[customer] / largest[site]), (np.arange(sites), np.arange(sites), -1.0)], upper=0.0
    )
    rows.block(pairs, [(np.arange(pairs), at, 1.0), (np.arange(pairs), site, -1.0)], upper=0.0)
    total = max(float(f.demand.sum()), 1e-9)
    rows.block(1, [(0, np.arange(sites), f.capacity / total)], lower=1.0 - 1e-12)
    width = sites + pairs
    objective = -np.concatenate((f.opening, f.cost[customer, site]))
    integer = np.arange(width) < (width if f.single else sites)
    return rows.pack(objective, 0.0, np.zeros(width), np.ones(width), integer, integer, ())


def _sift(f: Capacitated, left: Left) -> _Sifted:
    """Price customers' service out and raise the bound; what remains of a site is a knapsack."""
    price = np.partition(f.cost, 1, axis=1)[:, 1] if f.cost.shape[1] > 1 else f.cost[:, 0].copy()
    best = (_bound(f, price)[0], price)
    target = best[0].bound + 0.05 * abs(best[0].bound)
    step, since, direction = 1.0, 0, np.zeros(len(price))
    for _ in range(STEPS):
        if left() <= 0 or step < 1e-3:
            break
        found, missing = _bound(f, price)
        target = max(target, found.bound + 0.005 * abs(found.bound))
        if found.bound > best[0].bound:
            best, since = (found, price.copy()), 0
        else:
            since += 1
        if since >= 10:
            step, since, price = step * 0.7, 0, best[1].copy()
            direction[:] = 0.0
            target = best[0].bound + (target - best[0].bound) * 0.7
            continue
        direction = 0.6 * direction + missing
        price = price + step * (target - found.bound) * direction / max(1e-12, float(direction @ direction))
    return best[0]


def _bound(f: Capacitated, price: Vector) -> tuple[_Sifted, Vector]:
    """Return the bound of these prices with its rises, and how much of each customer is not served, (customers,)."""
    pays = price[:, None] - f.cost
    ratio = pays / np.maximum(f.demand, 1e-12)[:, None]
    order = np.argsort(-ratio, axis=0, kind="stable")
    held = np.cumsum(np.where(np.take_along_axis(pays, order, 0) > 0, f.demand[order], 0.0), axis=0)
    room = np.clip(f.capacity[None, :] - held + f.demand[order], 0.0, None)
    taken = np.clip(room / np.maximum(f.demand[order], 1e-12), 0.0, 1.0) * (np.take_along_axis(pays, order, 0) > 0)
    share = np.empty_like(pays)
    np.put_along_axis(share, order, taken, axis=0)
    value = f.opening - (share * pays).sum(axis=0)
    full = held[-1] > f.capacity
    last = np.where(taken > 0, np.take_along_axis(ratio, order, 0), INF).min(axis=0)
    scarcity = np.where(full, np.clip(last, 0.0, None), 0.0)
    scarcity[~np.isfinite(scarcity)] = 0.0
    chosen, rate = _chosen(value, f.capacity, float(f.demand.sum()))
    site_rise = np.clip(value - rate * f.capacity, 0.0, None)
    rise = np.clip(scarcity * f.demand[:, None] - pays, 0.0, None) + site_rise
    bound = float(price.sum() + np.minimum(0.0, value - rate * f.capacity).sum() + rate * f.demand.sum())
    return _Sifted(bound, rise), 1.0 - share @ chosen


def _chosen(value: Vector, capacity: Vector, demand: float) -> tuple[Vector, float]:
    """Choose sites that pay, and cheap others until they hold the demand; return what room for 1 costs."""
    chosen = (value < 0).astype(float)
    lacking = demand - float(capacity @ chosen)
    rate = 0.0
    each = value / np.maximum(capacity, 1e-12)
    for site in np.argsort(each, kind="stable"):
        if lacking <= 0:
            break
        if value[site] >= 0 and capacity[site] > 0:
            chosen[site] = min(1.0, lacking / capacity[site])
            lacking -= capacity[site] * chosen[site]
            rate = float(each[site])
    return chosen, rate


def _answer(f: Capacitated, allowed: Flags, solution: Solution, bound: float) -> Siting:
    if solution.status is Status.INFEASIBLE:
        raise InfeasibleError("No choice of sites serves every customer within capacity.", hint="Raise capacities.")
    if not len(solution.x):
        return Siting(Status.UNKNOWN, INF, bound, INF, (), (), "programme")
    customer, site = np.nonzero(allowed)
    share = solution.x[f.cost.shape[1] :]
    some = share > (0.5 if f.single else 1e-7)
    customer, site, share = customer[some], site[some], share[some]
    share = np.ones(len(share)) if f.single else share / np.bincount(customer, weights=share)[customer]
    opened = np.unique(site)
    value = float(f.cost[customer, site] @ share + f.opening[opened].sum())
    bound = max(bound, min(-solution.bound, value))
    served = tuple(map(Served, customer.tolist(), site.tolist(), share.tolist()))
    gap = gap_between(value, bound)
    status = Status.OPTIMAL if gap <= 1e-7 and solution.status is Status.OPTIMAL else Status.FEASIBLE
    return Siting(
        status,
        value,
        value if status is Status.OPTIMAL else bound,
        0.0 if status is Status.OPTIMAL else gap,
        tuple(opened.tolist()),
        served,
        "programme",
    )
