"""By which share the cost of a form at a site must fall for the best plan to hold it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product

import numpy as np

from legation.engine.shares import STEP
from legation.inquiry.asking import Question, holding, money_rows
from legation.inquiry.thresholds import Least, Threshold, decimal, least_share
from legation.model import Form
from legation.programme.formulation import Formulation, Vector

MOST_HISTORIES = 256
"""Where a site may have more, each worth a search, the share is not told."""


def by_cost(question: Question, rung: int, level: float) -> Threshold | None:
    """Return the least share by which the site's money must fall for a plan that holds the rung to be worth a level.

    level: the worth of the best plan, which does without the form, so that no cost of the site touches it. Each
    history of the site (when it rises, and how far) is tried: with the history fixed its money is a number for each
    row, and the share a column. None for a site that holds something today (then a fall frees money in any plan) and
    for one that has too many histories.
    """
    site = int(question.columns.rung_site[rung])
    if question.columns.problem.sites[site].today is not Form.NONE or not money_rows(question):
        return None
    best: Threshold | None = None
    wanted = holding(question, rung, held=True)
    histories = tuple(islice(_histories(question, site), MOST_HISTORIES + 1))
    if len(histories) > MOST_HISTORIES:
        return None
    for heights in histories:
        fixed = _fixed(question, wanted, site, heights)
        if fixed is None:
            continue
        found = _cheaper(question, fixed, _spent(question, fixed, site), level, best)
        if found is not None:
            plan = None if found.solution is None else question.plan(found.solution)
            best = Threshold(decimal(found.share), decimal(1.0), plan is not None, plan)
    return best or Threshold(None, decimal(1.0))


def _cheaper(
    question: Question, fixed: Formulation, spent: dict[int, float], level: float, best: Threshold | None
) -> Least | None:
    """Return the least share for one history, None where it needs no less than the best of those before it."""
    most = 1.0 if best is None or best.at is None else float(best.at) - STEP
    return least_share(question, fixed, spent, level, (0.0, most)) if most > 0 else None


def _histories(question: Question, site: int) -> Iterator[tuple[int, ...]]:
    """Go through how many rungs a site may hold at the end of each year, lowest and latest first."""
    place = question.columns.problem.sites[site]
    ways = product(range(len(place.ladder) + 1), repeat=question.columns.horizon)
    return (w for w in ways if w[-1] and (place.closable or list(w) == sorted(w)))


def _fixed(question: Question, f: Formulation, site: int, heights: tuple[int, ...]) -> Formulation | None:
    """Return the formulation with the history of one site fixed; None where its bounds do not allow it."""
    columns = question.columns
    rungs = np.arange(columns.first_rung[site], columns.first_rung[site + 1])
    on = (np.arange(len(rungs))[:, None] < np.array(heights)[None, :]).astype(float)
    lower, upper = f.lower.copy(), f.upper.copy()
    _fix(lower, upper, columns.x[rungs], on)
    if columns.closable[rungs[0]]:
        before = np.hstack((np.zeros((len(rungs), 1)), on[:, :-1]))
        _fix(lower, upper, columns.up[rungs], np.maximum(on - before, 0.0))
        _fix(lower, upper, columns.down[rungs], np.maximum(before - on, 0.0))
    return None if np.any(lower > upper) else replace(f, lower=lower, upper=upper)


def _fix(lower: Vector, upper: Vector, columns: np.ndarray, values: Vector) -> None:
    lower[columns] = np.maximum(lower[columns], values)
    upper[columns] = np.minimum(upper[columns], values)


def _spent(question: Question, f: Formulation, site: int) -> dict[int, float]:
    """Return what the fixed columns of a site spend in each row of money: a fall of its costs leaves that more."""
    columns = question.columns
    rungs = np.arange(columns.first_rung[site], columns.first_rung[site + 1])
    own = np.concatenate([columns.x[rungs].ravel(), columns.up[rungs].ravel(), columns.down[rungs].ravel()])
    fixed = np.zeros(f.columns)
    fixed[own[own >= 0]] = f.lower[own[own >= 0]]
    found = {}
    for row in money_rows(question):
        part = slice(int(f.start[row]), int(f.start[row + 1]))
        spent = float(f.value[part] @ fixed[f.index[part]])
        if spent:
            found[row] = spent
    return found
