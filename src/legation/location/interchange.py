"""Good sitings, fast: greedy, then exchanges of an open site for a closed one while that helps (Whitaker 1983)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.location.knapsacks import Sifted
from legation.location.nearest import Nearest, added
from legation.location.problems import Capacitated, Flags, Left
from legation.location.serving import SPARE, Serving, serve
from legation.programme.formulation import Index, Vector

TRIED = 60  # sets of sites that are served, of those next to the best one


@dataclass(frozen=True, slots=True, eq=False)
class Service:
    """Who serves each customer: the nearest open site (-1: none), its cost, and the cost of the next best."""

    by: Index
    cost: Vector
    second: Vector


def worth_of(near: Nearest, opened: Flags) -> float:
    """Return what a siting costs."""
    return float(service_of(near, opened).cost.sum() + near.opening[opened].sum())


def greedy(near: Nearest, alive: Flags) -> Flags:
    """Open the site that saves most, one after the other, as long as it saves."""
    opened = np.zeros(near.sites, dtype=bool)
    cost, rest = near.far.copy(), near
    for _ in range(near.most):
        rest = rest.kept(rest.cost < cost[rest.row])
        saving = added(rest.site, cost[rest.row] - rest.cost, near.sites) - near.opening
        saving[opened | ~alive] = -np.inf
        best = int(saving.argmax())
        if saving[best] <= 0:
            break
        opened[best] = True
        taken = rest.site == best
        np.minimum.at(cost, rest.row[taken], rest.cost[taken])
    return opened


def improve(near: Nearest, opened: Flags, alive: Flags, fixed: Flags, left: Left) -> tuple[Flags, float]:
    """Exchange, add or drop one site at a time, the best first, until none of it helps or time is up; fixed stay."""
    opened = _allowed(near, opened | fixed, fixed)
    least = 1e-9 * max(1.0, float(near.far.sum()))
    while left() > 0:
        came, went, saved = _best_move(near, opened, alive, fixed)
        if saved <= least:
            break
        if came >= 0:
            opened[came] = True
        if went >= 0:
            opened[went] = False
    return opened, worth_of(near, opened)


def shaken(opened: Flags, alive: Flags, fixed: Flags, count: int, chance: np.random.Generator) -> Flags:
    """Exchange some sites at random, none of them fixed."""
    opened = opened & alive | fixed
    inside, outside = np.flatnonzero(opened & ~fixed), np.flatnonzero(alive & ~opened)
    count = min(count, len(inside), len(outside))
    changed = opened.copy()
    changed[chance.choice(inside, count, replace=False)] = False
    changed[chance.choice(outside, count, replace=False)] = True
    return changed


def service_of(near: Nearest, opened: Flags) -> Service:
    """Find the nearest open site of each customer, and what the next best costs."""
    hit = np.flatnonzero(opened[near.site])
    rows = np.append(near.row[hit], -1)
    customers = np.arange(near.customers)
    at = np.searchsorted(rows[:-1], customers)
    served = rows[at] == customers
    again = np.zeros(near.customers, dtype=bool)
    again[served] = rows[at[served] + 1] == customers[served]
    by = np.full(near.customers, -1, dtype=np.int64)
    cost, second = near.far.copy(), near.far.copy()
    by[served] = near.site[hit[at[served]]]
    cost[served] = near.cost[hit[at[served]]]
    second[again] = near.cost[hit[at[again] + 1]]
    return Service(by, cost, second)


def _allowed(near: Nearest, opened: Flags, fixed: Flags) -> Flags:
    """Close the last of the sites that are not fixed, where more are open than may be."""
    free = np.flatnonzero(opened & ~fixed)
    surplus = int(opened.sum()) - near.most
    if surplus > 0:
        opened[free[max(0, len(free) - surplus) :]] = False
    return opened


def _best_move(near: Nearest, opened: Flags, alive: Flags, fixed: Flags) -> tuple[int, int, float]:
    """Return who comes, who goes (-1: nobody) and what it saves.

    An exchange saves what the site that comes would save, less what the one that goes is missed, plus what its
    customers find again at the one that comes.
    """
    now, inside = service_of(near, opened), np.flatnonzero(opened)
    place = np.full(near.sites + 1, -1, dtype=np.int64)
    place[inside] = np.arange(len(inside))
    useful = np.flatnonzero(near.cost < now.second[near.row])
    useful = useful[(alive & ~opened)[near.site[useful]]]
    row, site, cost = near.row[useful], near.site[useful], near.cost[useful]
    gain = added(site, np.maximum(now.cost[row] - cost, 0.0), near.sites) - near.opening
    gain[opened | ~alive] = -np.inf
    had = now.by >= 0
    missed = added(place[now.by[had]], (now.second - now.cost)[had], len(inside))
    missed -= near.opening[inside]
    missed[fixed[inside]] = np.inf
    found = now.second[row] - np.maximum(cost, now.cost[row])
    owner = place[now.by[row]]
    kept = owner >= 0
    width = len(inside)
    again = added(site[kept] * width + owner[kept], found[kept], near.sites * width)
    return _best(gain, missed, again.reshape(near.sites, width), inside, full=width >= near.most)


def _best(gain: Vector, missed: Vector, again: Vector, inside: Index, *, full: bool) -> tuple[int, int, float]:
    moves = [(-1, -1, 0.0)]
    if not full:
        moves.append((int(gain.argmax()), -1, float(gain.max())))
    if len(inside):
        moves.append((-1, int(inside[missed.argmin()]), float(-missed.min())))
        saved = gain[:, None] + again - missed[None, :]
        came, went = np.unravel_index(int(saved.argmax()), saved.shape)
        moves.append((int(came), int(inside[went]), float(saved[came, went])))
    return max(moves, key=lambda move: move[2])


def trade(f: Capacitated, sifted: Sifted, best: Serving, left: Left) -> Serving:
    """Change one site or two while that helps; sets that prices show to be no better are not looked at."""
    seen: set[bytes] = set()
    while left() > 0:
        found = _next(f, sifted, best, seen, left)
        if found is None:
            return best
        best = found
    return best


def _next(f: Capacitated, sifted: Sifted, best: Serving, seen: set[bytes], left: Left) -> Serving | None:
    order = np.arange(0)
    for opened in _neighbours(f, sifted, best)[:TRIED]:
        if left() <= 0:
            return None
        if opened.tobytes() in seen:
            continue
        seen.add(opened.tobytes())
        found = serve(f, opened, order)
        if found is not None and found.value < best.value - SPARE * abs(best.value):
            return found
    return None


def _neighbours(f: Capacitated, sifted: Sifted, best: Serving) -> list[Flags]:
    """Return the sets of sites next to the best one that hold all demand and may be cheaper, by their bounds."""
    now = np.zeros(len(f.capacity), dtype=bool)
    now[best.site] = True
    inside, outside = np.flatnonzero(now), np.flatnonzero(~now & (f.capacity > 0))
    base = float(sifted.price.sum() + sifted.reduced[now].sum())
    goes = np.append(-sifted.reduced[inside], 0.0)
    comes = np.append(sifted.reduced[outside], 0.0)
    bound = base + goes[:, None] + comes[None, :]
    held = f.capacity[now].sum() - np.append(f.capacity[inside], 0.0)[:, None] + np.append(f.capacity[outside], 0.0)
    fit = (bound < best.value) & (held >= f.demand.sum())
    some = np.flatnonzero(fit.ravel())
    sets = []
    for at in some[np.argsort(bound.ravel()[some], kind="stable")].tolist():
        out, into = divmod(at, len(comes))
        opened = now.copy()
        if out < len(inside):
            opened[inside[out]] = False
        if into < len(outside):
            opened[outside[into]] = True
        sets.append(opened)
    return sets
