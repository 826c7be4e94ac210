"""The fitted model as a value: coefficients, calibration and card; what it says of a pair, and why."""

from __future__ import annotations

import numpy as np

from legation.affinity.history import Floats
from legation.values import value


@value
class Card:
    """What a reader must know before trusting a model.

    first, last: years of the embassies it was fitted on; window: years ahead it speaks of (0: of today)
    fitted_on: day; fitted_with: program and version; scores: measured out of time, see `measured`; limits: in words
    """

    title: str
    task: str
    data: str
    first: int
    last: int
    window: int
    fitted_on: str = ""
    fitted_with: str = ""
    measured: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    limits: tuple[str, ...] = ()


@value
class AffinityModel:
    """A logit whose score is made a probability by a calibration curve.

    score = intercept + sum over features of coefficient x (x - mean) / scale
    calibration: (score, log odds), both rising, straight between and level outside; probability is
    1 / (1 + exp(-log odds))
    """

    features: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    coefficients: tuple[float, ...]
    intercept: float
    calibration: tuple[tuple[float, float], ...]
    card: Card
    format: str = "legation-affinity/1"

    def contributions(self, columns: Floats) -> Floats:
        """Return what each feature adds to the score of each row, against the mean pair."""
        return np.asarray((columns - np.array(self.means)) / np.array(self.scales) * np.array(self.coefficients))

    def score(self, columns: Floats) -> Floats:
        """Return the score of each row: the order of the rows, before calibration."""
        return np.asarray(self.intercept + self.contributions(columns).sum(axis=1))

    def probability(self, score: Floats) -> Floats:
        """Return the calibrated probabilities of scores."""
        at, odds = np.array(self.calibration).T
        return expit(np.interp(score, at, odds))


@value
class Models:
    """The two models that are kept together: of opening an embassy within a window, and of having one today."""

    opening: AffinityModel
    presence: AffinityModel
    format: str = "legation-affinities/1"


def expit(odds: Floats) -> Floats:
    """Return the probability of log odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-odds)))
