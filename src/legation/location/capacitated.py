"""Facilities with capacity: prices and knapsacks tell which sites and pairs matter; a strong programme does the rest.

The rows that tie every share to its site (x <= y) make the programme strong and slow: they are written only for pairs
that prices leave. Without them a closed site still serves nobody, for it holds nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.errors import InfeasibleError
from legation.location.interchange import trade
from legation.location.knapsacks import Sifted, cheaper, fewest, in_units, sift, sift_whole
from legation.location.loads import settle
from legation.location.problems import Capacitated, Flags, Left, Served, Siting, gap_between, is_whole
from legation.location.serving import Serving, serve, told
from legation.programme.formulation import INF, Formulation, Rows, Vector
from legation.programme.highs import highs
from legation.programme.solver import Limits, Solution, Status

SMALL = 3_000  # pairs that need no sifting
FEW = 600  # the same where each customer has a single source
STEPS = 500
HELD = 12  # customers of a site up to which sets of them are a better question than single ones
KERNEL = 8  # sites beyond the fewest that the first programme chooses from
CHEAP = 12  # sites of a customer that are tied where nothing better is known
GAP = 1e-9
ROUGH = 2e-4
WORSE = 1.02  # how much dearer than split service whole service is expected to be at most
SAME = 1e-7  # relative: HiGHS keeps rows to a tolerance


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """A part of the question: sites, pairs (customers, sites) that are allowed, and those tied to their sites."""

    sites: Flags
    pairs: Flags
    tied: Flags
    fixed: Flags
    most: Vector


@dataclass(slots=True, eq=False)
class _Known:
    """The best serving so far, and what no siting can better; step: by how much two values differ at least."""

    serving: Serving | None
    bound: float
    step: float = 0.0

    @property
    def value(self) -> float:
        return self.serving.value if self.serving else INF

    @property
    def proven(self) -> bool:
        return self.bound >= self.gate

    @property
    def gate(self) -> float:
        """Return the bound from which on nothing better can be."""
        return self.gate_of(self.value)

    def gate_of(self, value: float) -> float:
        """Return the bound from which on nothing is better than a value."""
        return value - max(SAME * max(1.0, abs(value)), self.step * (1 - 1e-6))


def site_capacitated(facilities: Capacitated, left: Left) -> Siting:
    """Solve facilities with capacity; raise InfeasibleError where they cannot hold the demand."""
    if facilities.capacity.sum() < facilities.demand.sum() * (1 - 1e-12):
        raise InfeasibleError(
            f"All sites together hold {facilities.capacity.sum():g}, the demand is {facilities.demand.sum():g}.",
            hint="Add sites or raise capacities.",
        )
    if facilities.single:
        _each_fits(facilities)
    if facilities.cost.size <= (FEW if facilities.single else SMALL):
        every = np.ones(facilities.cost.shape[1], dtype=bool)
        known = _Known(None, -INF)
        found = _ask(facilities, _whole(facilities, every), known, left)
        known.bound = min(found, known.value)
        return _answer(known, "programme")
    sifted, serving = sift(facilities, left, STEPS, 0.6 * left())
    few = facilities.single and _is_few(facilities)
    if facilities.single:
        if not few:
            sifted, serving = sift_whole(facilities, sifted, serving, left, STEPS, 0.7 * left())
        serving = trade(facilities, sifted, serving, left) if serving else None
    whole = facilities.single and is_whole(facilities.cost, facilities.opening)
    known = _Known(serving, sifted.bound, 1.0 if whole else 0.0)
    if few and not known.proven:
        return _loaded(facilities, sifted.price, known, left)
    if serving is None:
        known.serving = serve(facilities, np.ones(len(facilities.capacity), dtype=bool), np.arange(0))
    if known.proven:
        return _answer(known, "multipliers")
    if facilities.single:
        _lead(facilities, sifted, known, left)
    _close(facilities, sifted, known, left)
    return _answer(known, "programme")


def _each_fits(f: Capacitated) -> None:
    customer, most = int(f.demand.argmax()), float(f.capacity.max())
    if f.demand[customer] > most:
        raise InfeasibleError(
            f"Customer {customer + 1} asks for {f.demand[customer]:g} from one site, and the largest holds {most:g}.",
            hint="Raise capacities, or let service be split (--kind capacitated).",
        )


def _is_few(f: Capacitated) -> bool:
    """Tell whether a site holds but few customers, in the mean, and knapsacks of whole ones are quick."""
    return float(f.capacity.mean()) <= HELD * float(f.demand.mean()) and in_units(f) is not None


def _loaded(f: Capacitated, price: Vector, known: _Known, left: Left) -> Siting:
    serving, bound = settle(f, price, known.serving, known.gate_of, left)
    known.serving, known.bound = serving, max(known.bound, bound)
    return _answer(known, "tree")


def _lead(f: Capacitated, sifted: Sifted, known: _Known, left: Left) -> None:
    """Open what would be open if service could be split, which is sooner known, and serve from there."""
    split = _Known(None, sifted.bound)  # no step: shares make values that are not whole
    loose = replace(f, single=False)
    split.serving = serve(loose, sifted.chosen > 0, np.argsort(sifted.opening - sifted.closing, kind="stable"))
    until = 0.6 * left()
    _close(loose, sifted, split, lambda: left() - until, ROUGH)
    known.bound = max(known.bound, min(split.bound, known.value))
    if split.serving is None or known.proven:
        return
    sites = np.zeros(len(f.capacity), dtype=bool)
    sites[split.serving.site] = True
    asked = _sifted(f, sifted, sites, min(known.value, WORSE * split.value))
    until = 0.6 * left()
    _ask(f, asked, known, lambda: left() - until, gap=ROUGH)


def _close(f: Capacitated, sifted: Sifted, known: _Known, left: Left, gap: float = GAP) -> None:
    """Choose among a few promising sites, then among all that could still be in something better."""
    first = fewest(f.capacity, float(f.demand.sum())) + KERNEL
    sites = np.zeros(len(f.capacity), dtype=bool)
    sites[np.argsort(sifted.opening - sifted.closing, kind="stable")[:first]] = True
    while not known.proven and left() > 0:
        wanted = sifted.bound + sifted.opening <= known.value
        last = not (wanted & ~sites).any()
        asked = _sifted(f, sifted, sites & wanted, known.value)
        found = _ask(f, asked, known, left if last else lambda: 0.4 * left(), gap)
        outside = sifted.bound + float(sifted.opening[~sites].min(initial=INF))
        known.bound = max(known.bound, min(found, outside, known.value))
        if last:
            return
        sites = sites | (sifted.bound + sifted.opening <= known.value)


def _whole(f: Capacitated, sites: Flags) -> _Asked:
    pairs = f.demand[:, None] <= f.capacity if f.single else f.capacity > 0
    pairs = np.broadcast_to(pairs & sites, f.cost.shape)
    return _Asked(sites, pairs, pairs, np.zeros_like(sites), np.ones(f.cost.shape))


def _sifted(f: Capacitated, sifted: Sifted, sites: Flags, value: float) -> _Asked:
    """Leave out what cannot be in anything better: a pair only where it serves wholly, else it serves but a part."""
    whole = _whole(f, sites)
    spare = value - sifted.bound - sifted.opening
    if not np.isfinite(value):
        last = min(CHEAP, sifted.service.shape[1]) - 1
        near = sifted.rise <= np.partition(sifted.rise, last, axis=1)[:, last : last + 1]
        return _Asked(sites, whole.pairs, whole.pairs & near, whole.fixed, whole.most)
    near = sifted.service <= spare + 1e-9 * abs(value)
    most = np.clip((spare + 1e-7 * abs(value)) / np.maximum(sifted.service, 1e-12), 0.0, 1.0)
    fixed = sites & (sifted.bound + sifted.closing > value + 1e-9 * abs(value))
    return _Asked(sites, whole.pairs & near if f.single else whole.pairs, whole.pairs & near, fixed, most)


def _ask(f: Capacitated, asked: _Asked, known: _Known, left: Left, gap: float = GAP) -> float:
    """Solve a part of the question, keep what is better, and return the bound of the part."""
    formulation = _programme(f, asked)
    start = _start(asked, known.serving) if known.serving else None
    enough = max(gap, 0.9 * known.step / max(1.0, abs(known.value)))
    solution = highs(formulation, Limits(max(0.1, left()), enough), start, lambda: left() <= 0)
    if solution.status is Status.INFEASIBLE:
        return INF
    if len(solution.x):
        known.serving = cheaper(known.serving, _serving(f, asked, solution))
    bound = -solution.bound if len(solution.x) and np.isfinite(solution.bound) else -INF
    if solution.status is Status.OPTIMAL and gap <= GAP:
        bound = max(bound, -solution.objective)
    return bound


def _serving(f: Capacitated, asked: _Asked, solution: Solution) -> Serving:
    customer, site = np.nonzero(asked.pairs)
    share = solution.x[f.cost.shape[1] :]
    some = (share > (0.5 if f.single else 1e-7)) & (solution.x[site] > 0.5)
    customer, site, share = customer[some], site[some], share[some]
    whole = np.bincount(customer, weights=share, minlength=len(f.demand))[customer]
    return told(f, customer, site, np.ones(len(share)) if f.single else share / whole)


def _start(asked: _Asked, serving: Serving) -> Vector | None:
    """Return the point of a serving, or None where it is not in this part of the question."""
    if not asked.pairs[serving.customer, serving.site].all():
        return None
    sites = asked.pairs.shape[1]
    share = np.zeros(asked.pairs.shape)
    share[serving.customer, serving.site] = serving.share
    opened = np.zeros(sites)
    opened[serving.site] = 1.0
    return np.concatenate((np.maximum(opened, asked.fixed), share[asked.pairs]))


def _programme(f: Capacitated, asked: _Asked) -> Formulation:
    """Write min opening @ y + cost @ x, every customer served, capacities kept, x <= y; pairs (customer, site)."""
    customer, site = np.nonzero(asked.pairs)
    (customers, sites), pairs = f.cost.shape, len(customer)
    at = sites + np.arange(pairs)
    rows = Rows()
    rows.block(customers, [(customer, at, 1.0)], 1.0, 1.0)
    largest = np.maximum(f.capacity, 1e-9)
    rows.block(
        sites, [(site, at, f.demand[customer] / largest[site]), (np.arange(sites), np.arange(sites), -1.0)], upper=0.0
    )
    tied = np.flatnonzero(asked.tied[customer, site] | (f.demand[customer] <= 0))
    rows.block(len(tied), [(np.arange(len(tied)), at[tied], 1.0), (np.arange(len(tied)), site[tied], -1.0)], upper=0.0)
    total = max(float(f.demand.sum()), 1e-9)
    rows.block(1, [(0, np.arange(sites), f.capacity / total)], lower=1.0 - 1e-9)
    rows.block(1, [(0, np.arange(sites), 1.0)], lower=float(fewest(f.capacity, total)))
    width = sites + pairs
    objective = -np.concatenate((f.opening, f.cost[customer, site]))
    integer = np.arange(width) < (width if f.single else sites)
    upper = np.concatenate((asked.sites.astype(float), np.ones(pairs) if f.single else asked.most[customer, site]))
    lower = np.concatenate((asked.fixed.astype(float), np.zeros(pairs)))
    return rows.pack(objective, 0.0, lower, upper, integer, integer, ())


def _answer(known: _Known, proof: str) -> Siting:
    if known.serving is None and known.bound == INF:
        raise InfeasibleError("No choice of sites serves every customer within capacity.", hint="Raise capacities.")
    if known.serving is None:
        return Siting(Status.UNKNOWN, INF, known.bound, INF, (), (), proof)
    by = known.serving
    served = tuple(map(Served, by.customer.tolist(), by.site.tolist(), by.share.tolist()))
    status = Status.OPTIMAL if known.proven else Status.FEASIBLE
    bound = known.value if known.proven else known.bound
    gap = gap_between(known.value, bound)
    return Siting(status, known.value, bound, gap, tuple(np.unique(by.site).tolist()), served, proof)
