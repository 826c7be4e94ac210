"""Weights that reproduce revealed practice: what criteria would have to count for an appraisal to rank as States do."""

from __future__ import annotations

import numpy as np

from legation.affinity.history import Floats
from legation.errors import InvalidError

ROUNDS = 10_000
STILL = 1e-12


def revealed(worth: Floats, probability: Floats) -> tuple[Floats, float]:
    """Return non-negative weights (sum 1) and the share of variance they explain.

    worth: (subjects, criteria), each from 0 to 1; probability: (subjects,), strictly between 0 and 1

        minimise over a and w >= 0   sum over subjects of (a + worth w - log odds)^2

    by cyclic coordinate descent, which is exact for a convex problem with bounds. Raise InvalidError where no
    criterion explains anything.
    """
    odds = np.log(probability / (1 - probability))
    columns, target = worth - worth.mean(axis=0), odds - odds.mean()
    square, product = columns.T @ columns, columns.T @ target
    weights = np.zeros(worth.shape[1])
    for _ in range(ROUNDS):
        before = weights.copy()
        for k in np.flatnonzero(np.diag(square) > 0):
            rest = product[k] - square[k] @ weights + square[k, k] * weights[k]
            weights[k] = max(0.0, rest / square[k, k])
        if np.abs(weights - before).max(initial=0.0) <= STILL * max(1.0, np.abs(weights).max(initial=0.0)):
            break
    if not weights.any():
        raise InvalidError("None of the criteria goes with what States do.", hint="Appraise by other criteria.")
    left = target - columns @ weights
    return weights / weights.sum(), float(1 - left @ left / (target @ target))
