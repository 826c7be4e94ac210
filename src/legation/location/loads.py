"""Single sources to the proof: a programme of loads, sets of whole customers that a site serves together, and a tree.

Each site carries one load at most, each customer is in one: a programme of all loads is nearly whole by itself. It is
begun with none; knapsacks at its prices find the loads it lacks, and each such round gives a bound (column generation).
A tree closes or forces sites, then keeps customers from a site or to it, all of which knapsacks can do.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from legation.location.knapsacks import cheaper, choice_among, emptied, fewest, fill, in_units, rises_of
from legation.location.nearest import added
from legation.location.problems import Capacitated, Flags, Left
from legation.location.serving import Serving, serve, told
from legation.programme.formulation import INF, Index, Vector
from legation.programme.highs import Growing, Grown

NEAR_BEST = 0.2  # how far prices stay with those of the best bound, away from the programme's
WHOLE = 1e-6
DIVE = 0.3  # how far a part's bound may be from the least, of all that is open, for the tree to go on below it
OFTEN = 20  # parts between two servings that a part's open sites point to
EQUAL = 1e-9
SLIGHT = 1e-3
Gate = Callable[[float], float]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of the question: sites closed or forced, and of (sites, customers) who is out of a site or held to it.

    grown: how it came about: a site, whether it was forced, and how far it was from that; None of a customer
    """

    bound: float
    price: Vector
    closed: Flags
    forced: Flags
    out: Flags
    held: Flags
    grown: tuple[int, int, float] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Priced:
    """What prices say of a part: its bound, each site's value and best load, what opening and closing sites costs."""

    bound: float
    price: Vector
    value: Vector
    load: Flags
    opening: Vector
    closing: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """How far sites are open, (sites,), and serve customers, (sites, customers), in the best point of a programme."""

    opened: Vector
    served: Vector


@dataclass(slots=True, eq=False)
class _Loads:
    """The loads found so far, and the programme over them; penalty: what is dearer than any serving."""

    f: Capacitated
    demand: Index
    room: Index
    penalty: float
    programme: Growing
    site: Index
    member: Flags
    known: set[tuple[int, bytes]] = field(default_factory=set)

    def add(self, sites: Index, member: Flags) -> bool:
        """Add loads that are not there yet; tell whether there are any."""
        keys = [(site, row.tobytes()) for site, row in zip(sites.tolist(), member, strict=True)]
        new = np.array([key not in self.known for key in keys], dtype=bool)
        if not new.any():
            return False
        self.known.update(keys)
        sites, member = sites[new], member[new]
        customers = len(self.f.demand)
        cost = self.f.opening[sites] + (member * self.f.cost.T[sites]).sum(axis=1)
        entry = np.zeros((len(sites), customers + self.f.cost.shape[1] + 1), dtype=bool)
        entry[:, :customers], entry[:, -1] = member, True
        entry[np.arange(len(sites)), customers + sites] = True
        row, column = np.nonzero(entry)
        first = np.searchsorted(row, np.arange(len(sites)))
        self.programme.add(cost, first, column, np.ones(len(row)))
        self.site = np.concatenate((self.site, sites))
        self.member = np.concatenate((self.member, member))
        return True

    def fitting(self, part: _Part) -> Flags:
        """Tell which loads are in a part, (loads,)."""
        apart = (self.member & part.out[self.site]) | (part.held[self.site] & ~self.member)
        return np.asarray(~part.closed[self.site] & ~apart.any(axis=1))

    def enter(self, part: _Part) -> None:
        """Set the programme's bounds to those of a part."""
        customers, sites = self.f.cost.shape
        stand_in = np.ones(customers + sites + 1, dtype=bool)  # for loads that are not yet there
        fits = np.concatenate((stand_in, self.fitting(part)))
        self.programme.limit(np.where(fits, INF, 0.0), *self.rows(part.forced))

    def rows(self, forced: Flags) -> tuple[Vector, Vector]:
        """Return bounds of the rows: customers served, a load a site at most, as many sites as the demand needs."""
        customers, sites = self.f.cost.shape
        least = float(fewest(self.f.capacity, float(self.f.demand.sum())))
        lower = np.concatenate((np.ones(customers), forced.astype(float), [least]))
        twice = INF if self.f.cost.min() >= 0 else 1.0
        return lower, np.concatenate((np.full(customers, twice), np.ones(sites), [INF]))

    def priced(self, part: _Part, price: Vector) -> _Priced:
        """Return what prices say of a part."""
        held = part.held.sum(axis=1)
        pays = np.where(part.out, -INF, price - self.f.cost.T + self.penalty * part.held)
        table, taken = fill(pays, self.demand, self.room)
        value = self.f.opening - (table[np.arange(len(self.room)), self.room] - self.penalty * held)
        load = emptied(taken, self.demand, self.room) > 0.5
        bound, opening, closing = choice_among(self.f, value, part.closed, part.forced)
        return _Priced(bound + float(price.sum()), price, value, load, opening, closing)

    def share(self, x: Vector) -> _Share:
        """Return how far sites are open and serve customers in a point of the programme."""
        customers, sites = self.f.cost.shape
        x = x[customers + sites + 1 :]
        some = np.flatnonzero(x > EQUAL)
        served = np.zeros((sites, customers))
        np.add.at(served, self.site[some], self.member[some] * x[some, None])
        return _Share(added(self.site[some], x[some], sites), served)


def settle(
    f: Capacitated, price: Vector, known: Serving | None, gate: Gate, left: Left
) -> tuple[Serving | None, float]:
    """Search for the best serving from these prices on; return it, and what none can better (INF: there is none).

    gate: from which bound on nothing is better than a value
    """
    units = in_units(f)
    if units is None:
        return known, -INF
    tree = _Tree(_begun(f, units, left), gate, left, known)
    tree.run(price)
    return tree.best, tree.bound


def _begun(f: Capacitated, units: tuple[Index, Index], left: Left) -> _Loads:
    customers, sites = f.cost.shape
    penalty = float(np.abs(f.opening).sum() + np.abs(f.cost).max(axis=1).sum()) + 1.0
    rows = customers + sites + 1
    nothing = np.zeros(sites, dtype=bool)
    none = np.empty((0, customers), dtype=bool)
    programme = Growing(np.zeros(rows), np.full(rows, INF), lambda: left() <= 0)
    loads = _Loads(f, *units, penalty, programme, np.empty(0, dtype=np.int64), none)
    every = np.arange(rows)
    programme.add(np.full(rows, penalty), every, every, np.ones(rows))
    programme.limit(np.full(rows, INF), *loads.rows(nothing))
    return loads


@dataclass(slots=True, eq=False)
class _Tree:
    """What is open, the least bound first, the best serving, and how much sites' closing and forcing has raised bounds.

    ended: the least bound of parts that ended without a proof; out: (sites, customers) in nothing better
    raised, times: (2, sites), closed and forced
    """

    loads: _Loads
    gate: Gate
    left: Left
    best: Serving | None
    parts: list[tuple[float, int, _Part]] = field(default_factory=list)
    root: _Priced | None = None
    ended: float = INF
    count: int = 0
    out: Flags = field(default_factory=lambda: np.zeros((0, 0), dtype=bool))
    raised: Vector = field(default_factory=lambda: np.empty(0))
    times: Vector = field(default_factory=lambda: np.empty(0))
    served: set[bytes] = field(default_factory=set)

    @property
    def enough(self) -> float:
        """Return the bound from which on nothing better can be."""
        return self.gate(self.best.value) if self.best else self.loads.penalty - 1.0

    @property
    def bound(self) -> float:
        """Return what nothing can better."""
        least = min(self.ended, self.parts[0][0] if self.parts else INF)
        return min(least, self.best.value) if self.best else least

    def run(self, price: Vector) -> None:
        """Take the question apart until nothing is open or time is up."""
        f = self.loads.f
        sites, customers = f.cost.shape[::-1]
        nobody, nothing = np.zeros((sites, customers), dtype=bool), np.zeros(sites, dtype=bool)
        self.out, self.raised, self.times = nobody, np.zeros((2, sites)), np.zeros((2, sites))
        part: _Part | None = _Part(-INF, price, nothing, nothing, f.demand > f.capacity[:, None], nobody)
        while part or self.parts:
            part = part or heapq.heappop(self.parts)[2]
            if self.left() <= 0:
                self.keep(part)
                return
            part = self.answered(part) if part.bound <= self.enough else None

    def keep(self, part: _Part) -> None:
        """Leave a part for later."""
        self.count += 1
        heapq.heappush(self.parts, (part.bound, self.count, part))

    def offer(self, serving: Serving | None) -> None:
        """Keep a serving if it is better, and whom it shows to be out of a site in anything better."""
        before, self.best = self.best, cheaper(self.best, serving)
        if self.best is not before and self.root:
            self.rule_out()

    def rule_out(self) -> None:
        """Look at the prices of the whole question: who is in nothing better."""
        root, loads = self.root, self.loads
        if root is None or self.best is None:
            return
        pays = root.price - loads.f.cost.T
        rises = rises_of(pays, loads.demand, loads.room, loads.f.opening - root.value)
        self.out = self.out | (self.enough < (root.bound + root.opening + rises).T)

    def answered(self, part: _Part) -> _Part | None:
        """Raise the bound of a part; return one of the two it falls into to go on with, keep what else is open."""
        part = replace(part, out=part.out | self.out)
        priced, found = self.raise_bound(part)
        if self.root is None:
            self.root = priced
            self.rule_out()
        self.learn(part, priced.bound)
        part = replace(part, bound=max(part.bound, priced.bound), price=priced.price)
        if part.bound > self.enough:
            return None
        if found is None:  # out of time, or HiGHS gave up
            self.ended = min(self.ended, part.bound)
            return None
        return self.parted(self.narrowed(part, priced), self.loads.share(found.x))

    def learn(self, part: _Part, bound: float) -> None:
        """Remember by how much closing or forcing a site has raised the bound."""
        if part.grown is None:
            return
        site, how, far = part.grown
        self.raised[how, site] += max(0.0, min(bound, self.enough) - part.bound) / far
        self.times[how, site] += 1

    def narrowed(self, part: _Part, priced: _Priced) -> _Part:
        """Close and force sites that are so in anything better within a part."""
        free = ~part.closed & ~part.forced
        closed = part.closed | free & (priced.bound + priced.opening > self.enough)
        forced = part.forced | free & (priced.bound + priced.closing > self.enough)
        return replace(part, closed=closed, forced=forced, out=part.out | closed[:, None])

    def raise_bound(self, part: _Part) -> tuple[_Priced, Grown | None]:
        """Add loads until the programme lacks none or the part is settled; return the best prices and its best point.

        Prices between the programme's and the best ones do not swing as much as the programme's alone.
        """
        loads = self.loads
        loads.enter(part)
        best, moved, found = loads.priced(part, part.price), True, None
        loads.add(np.flatnonzero(~part.closed), best.load[~part.closed])
        customers, sites = loads.f.cost.shape
        while best.bound <= self.enough:
            found = loads.programme.solve(moved=moved)
            if found is None:
                break
            moved, slight = False, EQUAL * abs(found.value)
            own = found.prices[:customers]
            each = found.prices[customers : customers + sites] + found.prices[-1]
            for near in (NEAR_BEST, 0.0):
                priced = loads.priced(part, near * best.price + (1 - near) * own)
                best = priced if priced.bound > best.bound else best
                lacks = loads.f.opening - each + (priced.load * (loads.f.cost.T - own)).sum(axis=1) < -slight
                lacks &= ~part.closed
                if loads.add(np.flatnonzero(lacks), priced.load[lacks]):
                    break
            else:
                break
            if best.bound >= found.value - slight:
                break
        return best, found

    def parted(self, part: _Part, share: _Share) -> _Part | None:
        """Part by the site that is most doubtful, else by a customer; nothing is doubtful: that is a serving."""
        open_ = np.minimum(share.opened, 1 - share.opened)
        open_[part.closed | part.forced] = 0.0
        self.count += 1
        if open_.max() <= WHOLE or self.count % OFTEN == 1:
            self.try_sites(part, share)
        if open_.max() > WHOLE:
            first, second = self.by_site(part, share, open_)
        else:
            halves = np.minimum(share.served, 1 - share.served)
            if halves.max() <= WHOLE:
                self.whole(part, share)
                return None
            site, customer = np.unravel_index(int(halves.argmax()), halves.shape)
            first, second = _by_customer(part, int(site), int(customer))
        self.keep(second)
        least = min(self.parts[0][0], self.ended)
        if self.best is None or part.bound <= least + DIVE * max(0.0, self.best.value - least):
            return first
        self.keep(first)
        return None

    def try_sites(self, part: _Part, share: _Share) -> None:
        """Serve everybody from the sites that are rather open, unless they were tried before."""
        opened = np.asarray((share.opened > 0.5) | part.forced)
        if opened.tobytes() in self.served:
            return
        self.served.add(opened.tobytes())
        self.offer(serve(self.loads.f, opened, np.argsort(-share.opened, kind="stable")))

    def whole(self, part: _Part, share: _Share) -> None:
        """Take a point that is whole as a serving; where some are in no load, there is none at less than a penalty."""
        f = self.loads.f
        if (share.served > 0.5).any(axis=0).all():
            site = np.where(share.served > 0.5, f.cost.T, INF).argmin(axis=0)
            self.offer(told(f, np.arange(len(site)), site, np.ones(len(site))))
        if part.bound <= self.enough:
            self.ended = min(self.ended, part.bound)

    def by_site(self, part: _Part, share: _Share, doubt: Vector) -> tuple[_Part, _Part]:
        """Close or force the site that is expected to raise both bounds most, what it nearly is first."""
        usual = (self.raised.sum(axis=1) + 1) / (self.times.sum(axis=1) + 1)
        rate = np.where(self.times > 0, self.raised / np.maximum(self.times, 1), usual[:, None])
        score = np.maximum(rate[0] * share.opened, SLIGHT) * np.maximum(rate[1] * (1 - share.opened), SLIGHT)
        score = np.where((self.times == 0).any(axis=0), 2 * score, score)
        site = int(np.where(doubt > WHOLE, score, -INF).argmax())
        at = np.arange(len(doubt)) == site
        far = float(share.opened[site])
        closed = replace(part, closed=part.closed | at, out=part.out | at[:, None], grown=(site, 0, max(far, SLIGHT)))
        forced = replace(part, forced=part.forced | at, grown=(site, 1, max(1 - far, SLIGHT)))
        return (forced, closed) if far > 0.5 else (closed, forced)


def _by_customer(part: _Part, site: int, customer: int) -> tuple[_Part, _Part]:
    """Hold a customer to a site, or keep it out."""
    to, out, held = part.out.copy(), part.out.copy(), part.held.copy()
    to[:, customer] = True
    to[site, customer], held[site, customer], out[site, customer] = False, True, True
    forced = part.forced | (np.arange(len(part.forced)) == site)
    kept = replace(part, forced=forced, out=to, held=held, grown=None)
    return kept, replace(part, out=out, grown=None)
