"""Better sites where each customer has one source: open, close or exchange a site, the most promising first."""

from __future__ import annotations

import numpy as np

from legation.location.knapsacks import Sifted
from legation.location.problems import Capacitated, Flags, Left
from legation.location.serving import SPARE, Serving, serve

TRIED = 60  # sets of sites that are served, of those next to the best one


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
