"""A tree of branches over a small programme, which remembers from one programme to the next what branches are worth.

It is for many programmes of the same columns: HiGHS would find out anew, for each, which columns are worth a branch.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.highs import Repeated, Vertex
from legation.programme.layout import Mask
from legation.programme.solver import Limits

WHOLE = 1e-6
"""A column this near to a whole number is whole."""
TRIALS = 4
"""So many columns are tried at a node at most, where nothing is known of them yet."""
FRESH = 10.0
"""By how much more a number of sites promises than a site, while nothing is known of either."""
LEAST = 1e-3
"""What each way of a branch counts for at least, so that the other way still tells columns apart."""
SAFE = 1e-9
"""What reduced costs may be wrong by, of the value: nothing is fixed within it."""


@dataclass(frozen=True, slots=True, eq=False)
class Experience:
    """What branches have taken from the bound for one unit, down and up, and how often, (2, keys) each."""

    lost: Vector
    tried: Vector

    @staticmethod
    def none(keys: int) -> Experience:
        """Return the experience of somebody who has seen nothing."""
        return Experience(np.zeros((2, keys)), np.zeros((2, keys)))

    def expected(self, keys: Index) -> Vector:
        """Return what a branch on each key takes, (2, len(keys)): the mean of all where it was never tried."""
        mean = self.lost.sum(axis=1) / np.maximum(self.tried.sum(axis=1), 1.0)
        mean = np.where(self.tried.any(axis=1), mean, 1.0)
        tried = self.tried[:, keys]
        return np.where(tried > 0, self.lost[:, keys] / np.maximum(tried, 1.0), mean[:, None])

    def learn(self, way: int, key: int, lost: float) -> None:
        """Remember what one branch took for one unit."""
        self.lost[way, key] += lost
        self.tried[way, key] += 1


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """What a tree branches on: single columns, and groups of columns of which one in all is 1, or none.

    keys: by what experience knows each, singles first; numbers: how many of the last singles are numbers of sites
    on, off: what is 0 on either side of a group; member, group: the terms of all groups
    """

    single: Index
    on: tuple[Index, ...]
    off: tuple[Index, ...]
    member: Index
    group: Index
    keys: Index
    numbers: int

    @staticmethod
    def of(single: Index, groups: Sequence[tuple[Index, Index]], keys: Index, numbers: int) -> Branches:
        """Return branches on single columns and on groups, each with what is 0 where it is not, and where it is."""
        on, off = tuple(g[0] for g in groups), tuple(g[1] for g in groups)
        member = np.concatenate((np.zeros(0, dtype=np.int64), *on))
        group = np.repeat(np.arange(len(on)), [len(some) for some in on])
        return Branches(single, on, off, member, group, keys, numbers)

    def at(self, x: Vector) -> Vector:
        """Return where each stands at a point."""
        return np.append(x[self.single], np.bincount(self.group, weights=x[self.member], minlength=len(self.on)))

    def number(self, some: Index) -> Mask:
        """Say which are numbers of sites."""
        return np.asarray((some < len(self.single)) & (some >= len(self.single) - self.numbers))

    def hold(self, branch: int, way: int, side: float, lower: Vector, upper: Vector) -> None:
        """Go one way: narrow bounds to what is no more (0) or no less (1) than a side."""
        if branch < len(self.single):
            (lower if way else upper)[self.single[branch]] = side
        else:
            group = branch - len(self.single)
            upper[self.off[group] if way else self.on[group]] = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """What a tree found: the best point worth more than was asked for, if any, and a bound that holds for all others.

    ended: whether nothing is left to be searched
    """

    x: Vector | None
    bound: float
    ended: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    relaxed: Vertex
    lower: Vector
    upper: Vector


@dataclass(slots=True, eq=False)
class Tree:
    """Branches over a programme.

    level: nothing worth no more than this is wanted; it rises with each point found, by the gap above it
    """

    formulation: Formulation
    branches: Branches
    experience: Experience
    level: float
    limits: Limits
    x: Vector | None = None
    nodes: int = 0
    _open: list[tuple[float, int, _Node]] = field(default_factory=list)

    def search(self, most: int) -> Searched:
        """Search until nothing above the level is left, or so many relaxations are solved."""
        f = self.formulation
        relaxation = Repeated(f, self.limits)
        node = self._kept(relaxation.solve(f.lower, f.upper), f.lower, f.upper)
        while node is not None and self.nodes < most:
            children = self._branched(relaxation, node)
            children.sort(key=lambda child: child.relaxed.value)
            dive = children.pop() if children and self.x is None else None
            for child in children:
                heapq.heappush(self._open, (-child.relaxed.value, self.nodes, child))
                self.nodes += 1
            node = dive or self._next()
        left = max((-self._open[0][0] if self._open else self.level), node.relaxed.value if node else self.level)
        return Searched(self.x, max(left, self.level), node is None)

    def _next(self) -> _Node | None:
        if not self._open:
            return None
        value, _, node = heapq.heappop(self._open)
        return node if -value > self.level else None

    def _kept(self, relaxed: Vertex | None, lower: Vector, upper: Vector) -> _Node | None:
        """Return a node with columns fixed that cannot move without falling to the level; None where it has."""
        if relaxed is None or relaxed.value <= self.level:
            return None
        return _Node(relaxed, *self._fixed(relaxed, lower, upper))

    def _fixed(self, relaxed: Vertex, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
        room = relaxed.value - self.level + SAFE * max(1.0, abs(relaxed.value))
        free = self.formulation.whole & (upper > lower)
        low = free & (relaxed.x < lower + WHOLE) & (-relaxed.reduced > room)
        high = free & (relaxed.x > upper - WHOLE) & (relaxed.reduced > room)
        return np.where(high, upper, lower), np.where(low, lower, upper)

    def _branched(self, relaxation: Repeated, node: _Node) -> list[_Node]:
        """Return what is left of a node on both sides of the best branch; take its point where it is whole."""
        at = self.branches.at(node.relaxed.x)
        open_ = np.flatnonzero(np.abs(at - np.round(at)) > WHOLE)
        if not len(open_):
            self._take(node.relaxed)
            return []
        tried = {b: self._both(relaxation, node, b, at[b]) for b in self._unknown(node, open_, at[open_])}
        best = int(open_[np.argmax(self._promise(node, open_, at[open_]))])
        return tried[best] if best in tried else self._both(relaxation, node, best, at[best])

    def _take(self, relaxed: Vertex) -> None:
        self.x = relaxed.x
        self.level = max(self.level, relaxed.value + self.limits.gap * abs(relaxed.value))

    def _promise(self, node: _Node, open_: Index, at: Vector) -> Vector:
        """Return what each branch is likely to do to the bound, both ways, up to what is wanted of it."""
        down, up = self.experience.expected(self.branches.keys[open_])
        room = node.relaxed.value - self.level
        one, other = np.minimum(down * (at % 1.0), room), np.minimum(up * (1.0 - at % 1.0), room)
        return np.asarray(np.maximum(one, LEAST) * np.maximum(other, LEAST))

    def _unknown(self, node: _Node, open_: Index, at: Vector) -> list[int]:
        """Return those of the likeliest branches of which nothing is known yet."""
        seen = self.experience.tried[:, self.branches.keys[open_]].min(axis=0) > 0
        fresh = self.branches.number(open_) & ~seen
        ranked = np.argsort(-self._promise(node, open_, at) * np.where(fresh, FRESH, 1.0), kind="stable")[:TRIALS]
        return [int(open_[k]) for k in ranked if not seen[k]]

    def _both(self, relaxation: Repeated, node: _Node, branch: int, at: float) -> list[_Node]:
        """Branch, and learn from it."""
        children = []
        for way, side in enumerate((np.floor(at), np.ceil(at))):
            lower, upper = node.lower.copy(), node.upper.copy()
            self.branches.hold(branch, way, side, lower, upper)
            relaxed = relaxation.solve(lower, upper, node.relaxed.basis)
            self.nodes += 1
            value = self.level if relaxed is None else max(relaxed.value, self.level)
            self.experience.learn(way, int(self.branches.keys[branch]), (node.relaxed.value - value) / abs(at - side))
            kept = self._kept(relaxed, lower, upper)
            children += [] if kept is None else [kept]
        return children
