"""One tree of branches for all amounts of money between two.

Prices of a relaxation bound what the plans of a leaf are worth at *every* share s of the ceilings by a line: with
y >= 0 for rows that are bounded above, and the bounds l <= x <= u of the leaf,

    worth  <=  y rhs(s)  +  sum over columns of max (r l, r u)      r = c - A'y        rhs(s) = rhs + s x amount

so the least of its lines bounds a leaf, the largest of the leaves all plans. Where that exceeds the best plan known
at a share, the leaf is relaxed there, which gives another line, or branched. See docs/explanation/engine.md.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from legation.engine.shares import STEP, Budget, Rows, Scaled, Stairs, moved, scaled, share_needed
from legation.engine.tree import LEAST, WHOLE, Experience
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.highs import Repeated, Vertex, highs
from legation.programme.plans import settle
from legation.programme.solver import Limits, Solution, Status

TINY = 1e-7
"""What shares and, of their size, worths may be wrong by."""
NEARLY, FARTHER = STEP / 4, 4.0
"""So far beyond where a leaf may reach a level it is relaxed: what is found there is told apart from what was known.
And farther each time that it has no point there."""
UNKNOWN = 1e12
"""Where no plan is known, a leaf calls by so much more: and is searched downwards until there is one or none can be."""
NONE = np.empty(0, dtype=np.int64)


@dataclass(slots=True, eq=False)
class Leaf:
    """What is left to be searched: bounds as branches (column, way, side), and what bounds it.

    lines: worth at share 0 and what a whole share adds, (lines, 2); dead: no plan of it needs so little
    at, value, open_, x: share of the last relaxation, its value, columns that are not whole there, what they are
    deaths: how often it had no point where it was relaxed
    """

    branches: tuple[tuple[int, int, float], ...]
    lines: Vector
    dead: float
    basis: Any = None
    at: float = np.nan
    value: float = np.nan
    deaths: int = 0
    open_: Index = field(default_factory=lambda: NONE)
    x: Vector = field(default_factory=lambda: np.empty(0))

    def bound(self, shares: Vector) -> Vector:
        """Return what no plan of the leaf is worth more than at some shares, -inf where it has none."""
        if not len(self.lines):
            return np.where(shares <= self.dead, -np.inf, np.inf)
        least = (self.lines[:, :1] + self.lines[:, 1:] * shares).min(axis=0)
        return np.asarray(np.where(shares <= self.dead, -np.inf, least))

    def reaches(self, level: float) -> float:
        """Return the least share at which it may be worth a level (inf: at none)."""
        if not len(self.lines):
            return self.dead
        start, slope = self.lines[:, 0], self.lines[:, 1]
        flat = slope <= 0.0
        meets = np.where(flat, np.where(start >= level, -np.inf, np.inf), (level - start) / np.where(flat, 1.0, slope))
        return max(float(meets.max()), self.dead)


Look = Callable[[Leaf], tuple[float, float] | None]
"""Says of a leaf how much it calls for being searched and at which share; None where it needs no search."""


@dataclass(slots=True, eq=False)
class ShareTree:
    """A tree over the plans of a programme between two shares, whose leaves hold all that is not known.

    rows: those that move; floor: plans worth no more do not matter; relaxed: how many relaxations were solved
    stuck: leaves that ended in a whole point whose worth stays under what the leaf may be worth: numbers failed there
    """

    formulation: Formulation
    rows: Rows
    scaled: Scaled
    stairs: Stairs
    floor: float
    experience: Experience
    limits: Limits
    leaves: list[Leaf] = field(default_factory=list)
    relaxed: int = 0
    stuck: list[Leaf] = field(default_factory=list)
    _relaxation: Repeated = field(init=False)
    _row: Index = field(default_factory=lambda: NONE)

    def __post_init__(self) -> None:
        """Begin with one leaf that holds everything."""
        f = self.scaled.formulation
        self.leaves = [Leaf((), np.empty((0, 2)), -np.inf)]
        self._relaxation = Repeated(f, self.limits)
        self._row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))

    def search(self, look: Look, most: int) -> bool:
        """Search until no leaf calls for it, or so many relaxations are solved in all; say whether it ended."""
        heap: list[tuple[float, int, Leaf]] = []
        leaves, self.leaves, number, dives = self.leaves, [], 0, False
        while True:
            for place, leaf in enumerate(leaves, start=1):
                seen = look(leaf)
                if seen is None:
                    self.leaves.append(leaf)
                else:
                    number += 1
                    call = np.inf if dives and place == len(leaves) else seen[0]
                    heapq.heappush(heap, (-call, number, leaf))
            if not heap or self.relaxed >= most:
                self.leaves += [leaf for _, _, leaf in heap]
                return not heap
            call, _, leaf = heapq.heappop(heap)
            seen, dives = look(leaf), False
            if seen is None or (heap and seen[0] < min(-call, -heap[0][0])):
                leaves = [leaf]
            else:
                leaves, dives = self._refined(leaf, seen[1]), seen[0] >= UNKNOWN

    def _refined(self, leaf: Leaf, share: float) -> list[Leaf]:
        """Relax a leaf at a share, or branch where it was relaxed there already."""
        if leaf.at != share:
            self._relax(leaf, share)
            return [leaf]
        if not len(leaf.open_):
            self.stuck.append(leaf)
            return []
        return self._branched(leaf)

    def _relax(self, leaf: Leaf, share: float) -> None:
        """Solve the relaxation of a leaf at a share: one more line, and a plan where the point is whole."""
        lower, upper = self._bounds(leaf)
        at = lower.copy(), upper.copy()
        at[0][-1] = at[1][-1] = share
        relaxed = self._solved(*at, leaf.basis)
        leaf.at = share
        if relaxed is None:
            leaf.dead, leaf.value, leaf.open_ = self._dead(leaf, share, lower, upper), -np.inf, NONE
            return
        line = self._line(lower, upper)
        leaf.lines, leaf.basis = np.vstack((leaf.lines, line)), relaxed.basis
        leaf.value = float(leaf.bound(np.array([share]))[0])
        leaf.open_ = self._broken(relaxed.x)
        leaf.x = relaxed.x[leaf.open_]
        if not len(leaf.open_):
            self._offer(relaxed.x, share)

    def _broken(self, x: Vector) -> Index:
        return np.flatnonzero(self.scaled.formulation.integer & (np.abs(x - np.round(x)) > WHOLE))

    def _solved(self, lower: Vector, upper: Vector, basis: object) -> Vertex | None:
        self.relaxed += 1
        return self._relaxation.solve(lower, upper, basis)

    def _dead(self, leaf: Leaf, share: float, lower: Vector, upper: Vector) -> float:
        """Return up to which share a leaf has no plan, given that it has none at one.

        The prices that show it have a line, too, of an objective of nothing: where that is below 0 there is no point.
        """
        leaf.deaths += 1
        ray = None if share >= self.scaled.span[1] else self._relaxation.ray()
        if ray is None:
            return np.inf if share >= self.scaled.span[1] else share
        nothing = np.zeros(len(lower))
        start, slope = min(
            (self._priced(nothing, way * ray, lower, upper) for way in (1.0, -1.0)),
            key=lambda line: line[0] + line[1] * share,
        )
        if start + slope * share >= 0.0:
            return share
        return max(share, -start / slope - TINY) if slope > 0.0 else np.inf

    def _line(self, lower: Vector, upper: Vector) -> tuple[float, float]:
        """Return the line of the prices at which the last relaxation ended: it holds however exact they are."""
        f = self.scaled.formulation
        start, slope = self._priced(f.objective, self._relaxation.prices(), lower, upper)
        return start + f.constant, slope

    def _priced(self, objective: Vector, prices: Vector, lower: Vector, upper: Vector) -> tuple[float, float]:
        """Return what no point is worth more than at share 0, and what a whole share adds to that."""
        f = self.scaled.formulation
        prices = np.where(np.isposinf(f.row_upper), np.minimum(prices, 0.0), prices)
        prices = np.where(np.isneginf(f.row_lower), np.maximum(prices, 0.0), prices)
        side = np.where(prices > 0.0, f.row_upper, np.where(prices < 0.0, f.row_lower, 0.0))
        reduced = objective - np.bincount(f.index, weights=f.value * prices[self._row], minlength=f.columns)
        most = np.where(reduced > 0.0, upper, lower)[:-1]
        return float(prices @ side) + float(reduced[:-1] @ most), float(reduced[-1])

    def _bounds(self, leaf: Leaf) -> tuple[Vector, Vector]:
        lower, upper = self.scaled.formulation.lower.copy(), self.scaled.formulation.upper.copy()
        for column, way, side in leaf.branches:
            (lower if way else upper)[column] = side
        return lower, upper

    def _branched(self, leaf: Leaf) -> list[Leaf]:
        """Return the two sides of the branch that promises most, and learn from it; numbers are tried before sites."""
        f = self.scaled.formulation
        first = f.columns - 1 - self.scaled.numbers
        number = leaf.open_ >= first
        chosen = np.flatnonzero(number) if number.any() else np.arange(len(leaf.open_))
        place = chosen[np.argmax(self._promise(leaf, chosen))]
        column, at, children = int(leaf.open_[place]), float(leaf.x[place]), []
        for way, side in enumerate((np.floor(at), np.ceil(at))):
            child = Leaf((*leaf.branches, (column, way, float(side))), leaf.lines, leaf.dead, leaf.basis)
            self._relax(child, leaf.at)
            lost = max(0.0, leaf.value - max(child.value, self._level(leaf)))
            self.experience.learn(way, int(self.scaled.keys[column]), lost / abs(at - side))
            children.append(child)
        return sorted(children, key=lambda child: child.value)

    def _level(self, leaf: Leaf) -> float:
        """Return what a branch can take of the bound at most, for what is learned from it: where nothing is left."""
        known = self.stairs.best(leaf.at)
        return known if np.isfinite(known) else leaf.value - max(1.0, abs(leaf.value)) * 1e-2

    def _promise(self, leaf: Leaf, chosen: Index) -> Vector:
        part = leaf.x[chosen] % 1.0
        down, up = self.experience.expected(self.scaled.keys[leaf.open_[chosen]])
        room = max(leaf.value - self._level(leaf), LEAST)
        one, other = np.minimum(down * part, room), np.minimum(up * (1.0 - part), room)
        return np.asarray(np.maximum(one, LEAST) * np.maximum(other, LEAST))

    def _offer(self, point: Vector, share: float) -> None:
        """Take in a point whose forms are whole as a plan; where services came out in parts, they are solved again."""
        f = self.formulation
        x = self.scaled.core.whole(point[: len(self.scaled.core.kept)])
        here = moved(f, self.rows, share)
        found = settle(here, Solution(Status.OPTIMAL, x), highs, self.limits)
        if found.status is Status.OPTIMAL:
            at = min(share, share_needed(f, self.rows, found.x))
            self.stairs.add(at, float(f.objective @ found.x) + f.constant, found.x)


def slack(worth: Vector | float, limits: Limits) -> Vector:
    """Return by how much a worth may be exceeded and still count as reached."""
    size = np.maximum(1.0, np.abs(np.where(np.isfinite(worth), worth, 0.0)))
    return np.asarray((limits.gap + TINY) * size)


def everywhere(branches: ShareTree) -> Look:
    """Look for plans that are better than what is known at any share of the span."""
    stairs, span = branches.stairs, branches.scaled.span
    seen: list[tuple[int, Vector, Vector]] = []

    def look(leaf: Leaf) -> tuple[float, float] | None:
        if not seen or seen[-1][0] != stairs.number:
            ends, worth = stairs.treads(span)
            seen[:] = [(stairs.number, ends, _beaten(branches, worth))]
        _, ends, beaten = seen[-1]
        over = leaf.bound(ends) - beaten
        most = int(np.argmax(over))
        return (float(over[most]), float(ends[most])) if over[most] > 0.0 else None

    return look


def at_share(branches: ShareTree, share: float) -> Look:
    """Look for plans that are better than what is known at one share."""
    here = np.array([share])

    def look(leaf: Leaf) -> tuple[float, float] | None:
        over = float(leaf.bound(here)[0] - _beaten(branches, np.array([branches.stairs.best(share)]))[0])
        return (over, share) if over > 0.0 else None

    return look


def _beaten(branches: ShareTree, worth: Vector) -> Vector:
    """Return what a plan must be worth more than to be better than those known, where they are worth so much."""
    known = np.maximum(worth, branches.floor)
    return np.where(np.isneginf(known), -10 * UNKNOWN, known + slack(known, branches.limits))


def worth_at_least(branches: ShareTree, level: float) -> Look:
    """Look for the plan that is worth a level for the least share."""
    low, high = branches.scaled.span

    def look(leaf: Leaf) -> tuple[float, float] | None:
        known = branches.stairs.enough(level)
        most = high if known is None else branches.stairs.at[known] - STEP
        share = max(leaf.reaches(level), low)
        if share > most:
            return None
        far = share + NEARLY * FARTHER**leaf.deaths
        return -share, leaf.at if share <= leaf.at <= far else min(far, high)

    return look


def grown(
    f: Formulation,
    rows: Rows,
    span: tuple[float, float],
    likes: tuple[Index, ...],
    limits: Limits,
    budget: Budget,
    experience: Experience | None = None,
) -> ShareTree | None:
    """Return a tree over a span that has not been searched, None where no share of it has a plan."""
    found = scaled(f, rows, span, likes, limits, budget)
    if found is None:
        return None
    known = Experience.none(f.columns + len(likes) + 1) if experience is None else experience
    return ShareTree(f, rows, found, budget.stairs, budget.floor, known, limits)
