"""Who is served from where, once it is known which sites are open and how much they hold: greedy, then exchanges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.location.problems import Capacitated, Flags
from legation.programme.formulation import INF, Index, Vector

SPARE = 1e-9
MORE = 2  # sites opened beyond those that hold the demand, where whole customers do not fit
PRESSED = 16  # how often what is too much comes to cost more


@dataclass(frozen=True, slots=True, eq=False)
class Serving:
    """Shares of customers served from sites, as columns of equal length, and what it costs with the sites' opening."""

    customer: Index
    site: Index
    share: Vector
    value: float


def told(f: Capacitated, customer: Index, site: Index, share: Vector) -> Serving:
    """Add up what shares cost, with the sites they open."""
    value = float(f.cost[customer, site] @ share + f.opening[np.unique(site)].sum())
    return Serving(customer, site, share, value)


def serve(f: Capacitated, opened: Flags, order: Index) -> Serving | None:
    """Serve everybody from the open sites, and others in order where those do not hold the demand; None if it fails."""
    opened = opened & (f.capacity > 0)
    for site in order.tolist():
        if f.capacity[opened].sum() >= f.demand.sum():
            break
        opened[site] |= bool(f.capacity[site] > 0)
    if not f.single:
        return _split(f, np.flatnonzero(opened))
    found = _whole(f, np.flatnonzero(opened))
    for site in order[~opened[order] & (f.capacity[order] > 0)][:MORE].tolist():
        if found is not None:
            break
        opened[site] = True
        found = _whole(f, np.flatnonzero(opened))
    return found


def _eager(f: Capacitated, inside: Index) -> Index:
    """Put those first for whom the second best site costs most beyond the best."""
    cost = f.cost[:, inside]
    two = np.partition(cost, 1, axis=1)[:, :2] if len(inside) > 1 else np.repeat(cost, 2, axis=1)
    return np.argsort(-(two[:, 1] - two[:, 0]), kind="stable")


def _split(f: Capacitated, inside: Index) -> Serving | None:
    room = f.capacity[inside].copy()
    customers, sites, shares = [], [], []
    for customer in _eager(f, inside).tolist():
        lacking = 1.0
        asked = float(f.demand[customer])
        for at in np.argsort(f.cost[customer, inside], kind="stable").tolist():
            share = min(lacking, room[at] / asked) if asked > 0 else lacking
            if share <= SPARE and lacking > share:
                continue
            room[at] -= share * asked
            lacking -= share
            customers.append(customer)
            sites.append(int(inside[at]))
            shares.append(share)
            if lacking <= SPARE:
                break
        if lacking > SPARE:
            return None
    made = (np.array(customers, dtype=np.int64), np.array(sites, dtype=np.int64), np.array(shares, dtype=float))
    return told(f, *made)


def _whole(f: Capacitated, inside: Index) -> Serving | None:
    """Serve each customer from one site: the eager first, else the large first; then better by moves and swaps."""
    cost = f.cost[:, inside]
    for order in (_eager(f, inside), np.argsort(-f.demand, kind="stable")):
        room, at = f.capacity[inside].copy(), np.zeros(len(f.demand), dtype=np.int64)
        for customer in order.tolist():
            fits = np.where(room + SPARE >= f.demand[customer], cost[customer], INF)
            at[customer] = int(fits.argmin())
            if not np.isfinite(fits[at[customer]]):
                break
            room[at[customer]] -= f.demand[customer]
        else:
            _exchange(f.demand, cost, room, at)
            return told(f, np.arange(len(at)), inside[at], np.ones(len(at)))
    return _pressed(f, inside)


def _pressed(f: Capacitated, inside: Index) -> Serving | None:
    """Serve each customer from its cheapest site, then let what is too much there cost more and more until it fits."""
    cost, capacity = f.cost[:, inside], f.capacity[inside]
    at = np.asarray(cost.argmin(axis=1))
    penalty = (float(cost.mean()) or 1.0) / max(SPARE, float(f.demand.mean())) / 8
    for _ in range(PRESSED):
        _relieve(f.demand, cost, capacity, at, penalty)
        room = capacity - np.bincount(at, weights=f.demand, minlength=len(inside))
        if (room >= -SPARE).all():
            _exchange(f.demand, cost, room, at)
            return told(f, np.arange(len(at)), inside[at], np.ones(len(at)))
        penalty *= 1.5
    return None


def _relieve(demand: Vector, cost: Vector, capacity: Vector, at: Index, penalty: float) -> None:
    """Move a customer or swap two, the best first, while that saves cost and penalties of too much; changes at."""
    every = np.arange(len(at))
    for _ in range(2 * len(at)):
        load = np.bincount(at, weights=demand, minlength=len(capacity))
        over = np.maximum(load - capacity, 0.0)
        here = cost[every, at]
        left = np.maximum(load[at] - demand - capacity[at], 0.0) - over[at]
        came = np.maximum(load + demand[:, None] - capacity, 0.0) - over
        moved = cost - here[:, None] + penalty * (came + left[:, None])
        moved[every, at] = 0.0
        more = demand - demand[:, None]  # what the site of the first gets more if two are swapped
        swapped = cost[:, at] - here[:, None]
        spill = np.maximum(load[at][:, None] + more - capacity[at][:, None], 0.0) - over[at][:, None]
        swapped = swapped + swapped.T + penalty * (spill + spill.T)
        swapped[at[:, None] == at] = 0.0
        one, two = int(moved.argmin()), int(swapped.argmin())
        if min(float(moved.flat[one]), float(swapped.flat[two])) >= -SPARE * penalty * float(demand.mean()):
            return
        if moved.flat[one] <= swapped.flat[two]:
            customer, to = divmod(one, len(capacity))
            at[customer] = to
        else:
            first, second = divmod(two, len(at))
            at[first], at[second] = at[second], at[first]


def _exchange(demand: Vector, cost: Vector, room: Vector, at: Index) -> None:
    """Move a customer to another site, or swap two, the best first for each, while that saves; changes room and at."""
    everybody = np.arange(len(at))
    least = 1e-9 * max(1.0, float(np.abs(cost).sum()))
    for _ in range(20):
        changed = False
        for customer in everybody.tolist():
            here, asked = at[customer], demand[customer]
            saved = cost[customer, here] - cost[customer]
            fits = np.where(room + SPARE >= asked, saved, -INF)
            to = int(fits.argmax())
            gain = saved[at] + cost[everybody, at] - cost[:, here]
            fit = (room[here] + asked + SPARE >= demand) & (room[at] + demand + SPARE >= asked) & (at != here)
            gain = np.where(fit, gain, -INF)
            other = int(gain.argmax())
            if max(float(fits[to]), float(gain[other])) <= least:
                continue
            changed = True
            if fits[to] >= gain[other]:
                room[here] += asked
                room[to] -= asked
                at[customer] = to
            else:
                there = at[other]
                room[here] += asked - demand[other]
                room[there] += demand[other] - asked
                at[customer], at[other] = there, here
        if not changed:
            return
