"""Learn a model from what was known by a year: yearly openings, then calibration on windows that came later.

Nothing here reads more than the history it is given, and every caller gives `history.by(year)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from legation.affinity.features import FEATURES, HELD, PRESENT, available, columns, matrices
from legation.affinity.history import Bools, Floats, History, candidates, opened, pairs, reach
from legation.affinity.model import AffinityModel, Card, expit
from legation.errors import InvalidError

Fit = Callable[[Floats, Bools, float], tuple[Floats, float]]
"""Fit a logit with an L2 penalty of inverse strength C on standardised columns: coefficients and intercept."""

Progress = Callable[[str], None]

STRENGTH = 0.01  # C, chosen on openings 2003-2005 with data to 2002: see docs/explanation/affinity.md
ORIGINS = 10  # yearly openings learnt from, the latest ones
FOLDS = 5
KNOTS = 33

LEARNT = tuple(name for name in FEATURES if name not in HELD)
"""Features of the model for backtests; those without facts are left out."""


def quiet(_: str) -> None:
    """Report no progress."""


class Tables:
    """Features by year, computed once, always from the history as it was known by that year."""

    def __init__(self, known: History, names: tuple[str, ...]) -> None:
        """Keep the history and the features for which there are facts in every year learnt from."""
        self.known = known
        years = [y for y in known.years if available(known.by(y))][-ORIGINS - 1 :]
        self.years = tuple(years)
        self.names = tuple(n for n in names if all(n in available(known.by(y), names) for y in years))
        self.at = lru_cache(maxsize=None)(self._at)

    def _at(self, year: int) -> tuple[Bools, Floats]:
        then = self.known.by(year)
        free = candidates(then)
        return free, columns(matrices(then), self.names, free)

    def openings(self, year: int, window: int) -> Bools:
        """Return which of the pairs open in a year were taken within a window."""
        return np.asarray(opened(self.known, year, window)[self.at(year)[0]])

    def reach(self, year: int, window: int) -> int:
        """Return how many years of a window after a year are known of."""
        return reach(self.known, year, window)

    def senders(self, year: int) -> NDArray[np.int64]:
        """Return the row of the sender of each pair."""
        return np.asarray(np.nonzero(self.at(year)[0])[0])


def learn(
    known: History, fit: Fit, window: int, *, names: tuple[str, ...] = LEARNT, progress: Progress = quiet
) -> AffinityModel:
    """Fit yearly openings up to the last year known, and calibrate them for a window of years.

    Raise InvalidError where fewer than three years are known: with less there is nothing to calibrate on.
    """
    tables = Tables(known, names)
    need_years(tables.years)
    origins = tables.years[:-1]
    progress("fitting")
    model = _fitted(tables, origins, fit, window)
    scored = _out_of_sample(tables, origins, fit, window, progress)
    return _calibrated(model, list(scored), window)


def need_years(years: tuple[int, ...]) -> None:
    """Raise InvalidError where there are fewer than three years to learn openings from."""
    if len(years) < 3:
        raise InvalidError(
            f"Openings can be learnt from three years of embassies or more; there are {len(years)}.",
            hint="Add the embassies of earlier years, or choose a later year.",
        )


def learn_presence(known: History, fit: Fit, window: int) -> AffinityModel:
    """Fit who is where in the last year known; calibrate a fit of `window` years ago on what holds now."""
    names = available(known, PRESENT)
    earlier = known.by(max([y for y in known.years if y <= known.last - window], default=known.years[0]))
    then, now = _of_presence(earlier, fit, names), _of_presence(known, fit, names)
    every = pairs(known)
    scored = then.score(columns(matrices(known), names, every)), known.embassies[known.last][every], 1
    return _calibrated(now, [scored], 1)


def _of_presence(known: History, fit: Fit, names: tuple[str, ...]) -> AffinityModel:
    every = pairs(known)
    table = columns(matrices(known), names, every)
    card = Card("", "presence", "", known.last, known.last, 0)
    return standardised(names, table, known.embassies[known.last][every], fit, 1.0, card)


def _fitted(
    tables: Tables, origins: tuple[int, ...], fit: Fit, window: int, keep: Callable[[int], Bools] | None = None
) -> AffinityModel:
    """Fit the openings by the next year known after each origin; `keep` says which pairs of an origin take part."""
    rows, truth = [], []
    for year in origins:
        kept = keep(year) if keep else slice(None)
        rows.append(tables.at(year)[1][kept])
        truth.append(tables.openings(year, tables.reach(year, 1))[kept])
    card = Card("", "opening", "", origins[0], tables.known.last, window)
    return standardised(tables.names, np.vstack(rows), np.concatenate(truth), fit, STRENGTH, card)


def standardised(
    names: tuple[str, ...], table: Floats, truth: Bools, fit: Fit, strength: float, card: Card
) -> AffinityModel:
    """Fit a model on columns brought to mean 0 and deviation 1; it is not calibrated yet."""
    means, scales = table.mean(axis=0), table.std(axis=0)
    scales = np.where(scales > 0, scales, 1.0)
    coefficients, intercept = fit((table - means) / scales, truth, strength)
    return AffinityModel(
        features=names,
        means=tuple(means.tolist()),
        scales=tuple(scales.tolist()),
        coefficients=tuple(coefficients.tolist()),
        intercept=intercept,
        calibration=((0.0, 0.0),),
        card=card,
    )


Scored = tuple[Floats, Bools, int]


def _out_of_sample(
    tables: Tables, origins: tuple[int, ...], fit: Fit, window: int, progress: Progress
) -> Iterator[Scored]:
    """Score each origin by a model that has not seen its openings: earlier years only; the first by other senders."""
    first, *later = origins
    span = tables.reach(first, window)
    yield _crossed(tables, origins, fit, span, progress), tables.openings(first, span), span
    for year in later:
        progress(f"calibrating on openings after {year}")
        earlier = tuple(y for y in origins if y < year)
        model = _fitted(tables, earlier, fit, window)
        span = tables.reach(year, window)
        yield model.score(tables.at(year)[1]), tables.openings(year, span), span


def _crossed(tables: Tables, origins: tuple[int, ...], fit: Fit, span: int, progress: Progress) -> Floats:
    """Score the first origin, whose window is the longest, by models of the other senders."""
    fold = np.arange(len(tables.known.codes))
    np.random.default_rng(0).shuffle(fold)
    fold %= FOLDS
    own = fold[tables.senders(origins[0])]
    score = np.zeros(len(own))
    for k in range(FOLDS):
        progress(f"calibrating on openings after {origins[0]}, part {k + 1} of {FOLDS}")
        model = _fitted(tables, origins, fit, span, partial(_others, tables, fold, k))
        score[own == k] = model.score(tables.at(origins[0])[1][own == k])
    return score


def _others(tables: Tables, fold: NDArray[np.int64], k: int, year: int) -> Bools:
    """Return which pairs of a year are of senders outside of a fold."""
    return np.asarray(fold[tables.senders(year)] != k)


def _calibrated(model: AffinityModel, scored: list[Scored], window: int) -> AffinityModel:
    """Fit log odds = a + b s + c s^2 + log(years): a curved Platt scaling in which a rate lasts over its window."""
    score = np.concatenate([s for s, _, _ in scored])
    truth = np.concatenate([t for _, t, _ in scored])
    years = np.concatenate([np.full(len(s), np.log(w)) for s, _, w in scored])
    curve = newton(np.column_stack([np.ones_like(score), score, score**2]), truth, years)
    at = np.linspace(score.min(), score.max(), KNOTS)
    odds = np.maximum.accumulate(curve[0] + curve[1] * at + curve[2] * at**2 + np.log(window))
    return replace(model, calibration=tuple(zip(at.tolist(), odds.tolist(), strict=True)))


def newton(table: Floats, truth: Bools, offset: Floats, ridge: float = 1e-6) -> Floats:
    """Fit a small logit with an offset by Newton's method."""
    found = np.zeros(table.shape[1])
    for _ in range(50):
        p = expit(table @ found + offset)
        slope = table.T @ (truth - p) - ridge * found
        step = np.linalg.solve(table.T @ (table * (p * (1 - p))[:, None]) + ridge * np.eye(len(found)), slope)
        found = found + step
        if np.abs(step).max() < 1e-10:
            break
    return np.asarray(found)
