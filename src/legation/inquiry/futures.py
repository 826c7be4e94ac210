"""Futures: what may turn out otherwise than the problem says, drawn so that each can be drawn again by its number.

Every kind of uncertainty draws from a stream of its own, which the seed, the kind and the number of the future name:
a future is the same whichever others are drawn, and one kind more leaves the draws of the others as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Literal

import numpy as np

from legation.inquiry.asking import Question, money_rows
from legation.planning.brief import Ceiling, Require, Tail
from legation.programme.assembly import WorthServed, rule_order, worth_served, worths
from legation.programme.columns import Mask
from legation.programme.formulation import Formulation, Index, Vector
from legation.values import value


class Way(StrEnum):
    """How weights are drawn.

    dirichlet: around the stated ones; ordinal: any that keep the stated order; free: any
    """

    DIRICHLET = "dirichlet"
    ORDINAL = "ordinal"
    FREE = "free"


@value
class Appraised:
    """What an interest would be worth in a year if one criterion had all the weight: (criterion, points)."""

    interest: str
    points: tuple[tuple[int, float], ...]


@value
class Weights:
    """Other weights of the criteria, which add up to 1.

    stated: the weights of the case, as shares; concentration: how closely weights keep to them (dirichlet): a share
    of s has the variance s (1 - s) / (concentration + 1); an interest keeps to the criteria of its kind
    """

    criteria: tuple[str, ...]
    stated: tuple[float, ...]
    appraised: tuple[Appraised, ...]
    way: Way = Way.DIRICHLET
    concentration: float = 50.0
    kind: Literal["weights"] = "weights"


@value
class Worth:
    """The worth of each interest times a log-normal factor of mean 1. spread: deviation of its logarithm."""

    spread: float
    kind: Literal["worth"] = "worth"


@value
class Costs:
    """Costs of what is new at each site times a factor of its own, triangular from low over 1 to high.

    What a site holds today costs what it costs.
    """

    low: float
    high: float
    kind: Literal["costs"] = "costs"


@value
class Rates:
    """All that is spent, today's network included, times one log-normal factor of mean 1; ceilings stay."""

    spread: float
    kind: Literal["rates"] = "rates"


@value
class Ceilings:
    """All ceilings of money times one log-normal factor of mean 1."""

    spread: float
    kind: Literal["ceilings"] = "ceilings"


@value
class Slippage:
    """Each site is, with this probability, ready a year later than the first in which it might rise.

    Sites that a rule requires are ready in time.
    """

    probability: float
    kind: Literal["slippage"] = "slippage"


Uncertainty = Weights | Worth | Costs | Rates | Ceilings | Slippage
STREAMS = ("weights", "worth", "costs", "rates", "ceilings", "slippage")


@dataclass(frozen=True, slots=True, eq=False)
class Future:
    """One way that things may turn out.

    worth: what the worths of interests are above those stated, discounted, (I x T); costs: factor of each site's new
    money, (S,); rates, ceilings: factors; late: sites that are ready a year later, (S,)
    """

    number: int
    worth: Vector
    costs: Vector
    rates: float
    ceilings: float
    late: Mask


@dataclass(frozen=True, eq=False)
class Futures:
    """All futures of a question: draw one by its number, and write the question as it would then be."""

    question: Question
    uncertainties: tuple[Uncertainty, ...]
    seed: int

    def draw(self, number: int) -> Future:
        """Draw one future."""
        sites = len(self.question.problem.sites)
        worth, costs, late = self._worths, np.ones(sites), np.zeros(sites, dtype=bool)
        rates = ceilings = 1.0
        for uncertainty in sorted(self.uncertainties, key=lambda u: STREAMS.index(u.kind)):
            draws = np.random.default_rng((self.seed, STREAMS.index(uncertainty.kind), number))
            match uncertainty:
                case Weights():
                    worth = worth + self._weighed(uncertainty, draws)
                case Worth():
                    worth = worth * _around_one(draws, uncertainty.spread, len(worth))[:, None]
                case Costs():
                    costs = _triangular(draws, uncertainty, sites)
                case Rates():
                    rates = float(_around_one(draws, uncertainty.spread, 1)[0])
                case Ceilings():
                    ceilings = float(_around_one(draws, uncertainty.spread, 1)[0])
                case Slippage():
                    late = (draws.random(sites) < uncertainty.probability) & ~self._required
        changed = (np.maximum(worth, 0.0) - self._worths) * self.question.columns.discount
        return Future(number, changed.ravel(), costs, rates, ceilings, late)

    def formulation(self, future: Future) -> Formulation:
        """Return the formulation of the question in a future."""
        f = self.question.formulation
        return replace(
            f,
            objective=self.objective(future.worth),
            upper=self._ready(future.late),
            value=f.value * self._factors(future),
            row_upper=self._limits(future),
        )

    def objective(self, worth: Vector) -> Vector:
        """Return the objective with the worths of interests changed by so much, discounted, (I x T)."""
        f, served = self.question.formulation, self.served
        more = np.bincount(served.column, weights=served.share * worth[served.cell], minlength=f.columns)
        return np.asarray(f.objective + more)

    def worth_of(self, points: Vector) -> tuple[Vector, Vector]:
        """Return of points (P, columns) their value as stated, (P,), and what of each worth they serve, (P, I x T).

        The value of a point in a future is the first plus the second times the future's worths.
        """
        f, served = self.question.formulation, self.served
        shares = np.zeros((len(points), self._worths.size))
        for number, point in enumerate(points):
            weights = served.share * point[served.column]
            shares[number] = np.bincount(served.cell, weights=weights, minlength=shares.shape[1])
        return points @ f.objective + f.constant, shares

    @cached_property
    def served(self) -> WorthServed:
        """Return how the objective follows from the worths."""
        return worth_served(self.question.columns)

    @cached_property
    def _worths(self) -> Vector:
        return worths(self.question.columns)

    def _weighed(self, weights: Weights, draws: np.random.Generator) -> Vector:
        """Return what other weights add to the worths, (I, T)."""
        drawn, stated = _shares(weights, draws), np.array(weights.stated)
        added = np.zeros(len(self._worths))
        for row in weights.appraised:
            criteria = np.array([c for c, _ in row.points])
            points = np.array([p for _, p in row.points])
            new, old = drawn[criteria], stated[criteria]
            if new.sum() > 0 and old.sum() > 0:
                added[self.question.columns.interest_at[row.interest]] = (new / new.sum() - old / old.sum()) @ points
        return added[:, None]

    @cached_property
    def _required(self) -> Mask:
        asked = {r.site for r in self.question.problem.brief.rules if isinstance(r, Require)}
        return np.array([s.id in asked for s in self.question.problem.sites], dtype=bool)

    def _ready(self, late: Mask) -> Vector:
        """Return the upper bounds of columns with what late sites cannot do in the first year that was open to them."""
        columns, upper = self.question.columns, self.question.formulation.upper.copy()
        if late.any():
            first = np.argmax(columns.risable, axis=1)
            early = (np.arange(columns.horizon) <= first[:, None]) & late[columns.rung_site][:, None]
            upper[columns.x[early & ~columns.held[:, None]]] = 0.0
            upper[columns.up[early & columns.closable[:, None]]] = 0.0
        return upper

    def _factors(self, future: Future) -> Vector:
        """Return by what each entry of the rows is multiplied: those of money alone by other than 1."""
        f, site = self.question.formulation, self._paying
        factors = np.ones(len(f.value))
        own = np.where(site[f.index] >= 0, future.costs[site[f.index]], 1.0)
        factors[self._of_money] = (own * future.rates)[self._of_money]
        return factors

    def _limits(self, future: Future) -> Vector:
        """Return the upper bounds of rows: what a brief states moves with ceilings, what today costs with rates."""
        upper = self.question.formulation.row_upper.copy()
        rows, stated = self._money
        upper[rows] = (upper[rows] - stated) * future.rates + stated * future.ceilings
        return upper

    @cached_property
    def _money(self) -> tuple[Index, Vector]:
        """Return the rows of ceilings of money, and what the brief states for each, as scaled."""
        rules, stated = rule_order(self.question.problem), money_rows(self.question)
        of = [i for i, r in enumerate(rules) if isinstance(r, (Ceiling, Tail))]
        rows = np.flatnonzero(np.isin(self.question.formulation.row_rule, of))
        return rows, np.array([stated.get(int(r), 0.0) for r in rows])

    @cached_property
    def _of_money(self) -> Mask:
        f = self.question.formulation
        return np.isin(np.repeat(np.arange(len(f.row_lower)), np.diff(f.start)), self._money[0])

    @cached_property
    def _paying(self) -> Index:
        """Return the site whose factor of costs each column follows, -1 where it costs what it costs, (columns,)."""
        columns = self.question.columns
        site = np.full(self.question.formulation.columns, -1)
        new = ~columns.held
        for of in (columns.x[new], columns.up[new], columns.down[new]):
            at = np.broadcast_to(columns.rung_site[new][:, None], of.shape)[of >= 0]
            site[of[of >= 0]] = at
        if columns.services:
            site[columns.y] = columns.rung_site[columns.needs][:, None]
        return site


def _shares(weights: Weights, draws: np.random.Generator) -> Vector:
    """Draw weights that add up to 1."""
    stated = np.array(weights.stated)
    if weights.way is Way.DIRICHLET:
        drawn = draws.gamma(weights.concentration * stated)
        return np.asarray(drawn / drawn.sum()) if drawn.sum() > 0 else stated
    drawn = draws.dirichlet(np.ones(len(stated)))
    if weights.way is Way.ORDINAL:
        ordered = np.empty(len(stated))
        ordered[np.argsort(-stated, kind="stable")] = -np.sort(-drawn)
        return ordered
    return np.asarray(drawn)


def _around_one(draws: np.random.Generator, spread: float, count: int) -> Vector:
    return np.exp(spread * draws.standard_normal(count) - spread**2 / 2)


def _triangular(draws: np.random.Generator, costs: Costs, count: int) -> Vector:
    if costs.low == costs.high:
        return np.full(count, costs.low)
    return draws.triangular(costs.low, min(max(1.0, costs.low), costs.high), costs.high, count)
