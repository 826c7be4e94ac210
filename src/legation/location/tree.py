"""Branch and bound on multipliers: open a doubtful site, or leave it closed, and let prices settle the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.location.interchange import worth_of
from legation.location.lagrangian import Pace, Search, ascend
from legation.location.nearest import Nearest
from legation.location.problems import Flags, Left
from legation.programme.formulation import Vector

NODE = Pace(iterations=40, theta=0.5, least=1e-3, patience=5, decay=0.7, memory=0.6, tries=0)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the question: some sites out, some open for certain."""

    bound: float
    near: Nearest
    price: Vector
    alive: Flags
    fixed: Flags


def branch(search: Search, left: Left, most: float = np.inf) -> None:
    """Take the question apart, depth first, into `most` parts or until time is up; keep the bound of what is open."""
    search.settle()
    parts = [_Part(search.bound, search.near, search.price, search.alive, search.fixed)]
    done = 0
    while parts and left() > 0 and done < most:
        done += 1
        part = parts.pop()
        if part.bound <= part.near.gate(search.value):
            parts += _answered(search, part, left)
    lowest = min((part.bound for part in parts), default=search.value)
    search.bound = max(search.bound, min(lowest, search.value))
    if not parts:
        search.alive = search.fixed = search.opened


def _answered(search: Search, part: _Part, left: Left) -> list[_Part]:
    """Raise the bound of a part; return the two it falls into, the one with the site open last, or none."""
    near = part.near.within(part.alive, part.fixed)
    price = np.minimum(part.price, near.far)
    node = Search(near, search.opened, search.value, price, part.bound, part.alive.copy(), part.fixed.copy())
    often = ascend(node, NODE, left)
    search.offer(node.opened, node.value)
    free = np.flatnonzero(node.alive & ~node.fixed)
    places = near.most - int(node.fixed.sum())
    if node.bound > near.gate(search.value) or places < 0:
        return []
    if not len(free) or not places:
        search.offer(node.fixed, worth_of(near.within(node.alive, node.fixed), node.fixed))
        return []
    node.settle()
    site = int(free[np.abs(often[free] - 0.5).argmin()])
    closed, opened = node.alive.copy(), node.fixed.copy()
    closed[site], opened[site] = False, True
    return [
        _Part(node.bound, node.near, node.price, closed, node.fixed),
        _Part(node.bound, node.near, node.price, node.alive, opened),
    ]
