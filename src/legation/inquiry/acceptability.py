"""Acceptability: in which share of the futures the best plan has each measure, and how sure that share is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from math import sqrt

import numpy as np

from legation.inquiry.asking import Question
from legation.inquiry.ensembles import Answer, unpacked
from legation.model import Form
from legation.values import value

CERTAIN = 1.959963984540054
"""Intervals hold the true share in 95 of 100 cases."""


class Standing(StrEnum):
    """Where a measure stands: in nearly all futures, in some, in hardly any."""

    CORE = "core"
    BORDERLINE = "borderline"
    NEVER = "never"


@value
class Levels:
    """From which share of the futures a measure is core, and up to which it counts as never."""

    core: float = 0.9
    never: float = 0.01


@value
class Share:
    """A share of the futures: how many of how many, and the interval that holds the true share (Wilson, 95 %)."""

    count: int
    of: int
    share: float
    low: float
    high: float


@value
class Accepted:
    """A measure, whichever year it is taken in: what share of the futures has it, and in which years."""

    site: str
    before: Form
    after: Form
    standing: Standing
    share: Share
    years: tuple[tuple[int, Share], ...]


def acceptability(
    question: Question,
    answers: Sequence[Answer],
    levels: Levels = Levels(),
    always: Iterable[bytes] = (),
) -> tuple[Accepted, ...]:
    """Return the measures of the best plans, most accepted first; futures without a plan do not count.

    always: plans of which every measure is told, though no future has it
    """
    planned = Counter(a.plan for a in answers if a.plan)
    of = sum(planned.values())
    total, yearly = Counter[tuple[int, int, int]](), Counter[tuple[int, int, int, int]]()
    for plan, count in (*planned.items(), *((plan, 0) for plan in always)):
        found = steps(question, unpacked(plan, question.formulation.columns))
        yearly.update(dict.fromkeys(found, count))
        total.update(dict.fromkeys((step[:3] for step in found), count))
    years, rows = question.problem.brief.years, []
    for (site, before, after), count in total.items():
        place = question.problem.sites[site]
        taken = tuple((years[t], wilson(yearly[site, before, after, t], of)) for t in range(len(years)))
        share = wilson(count, of)
        forms = (Form.NONE, *(r.form for r in place.ladder))
        rows.append(Accepted(place.id, forms[before], forms[after], _standing(share.share, levels), share, taken))
    return tuple(sorted(rows, key=lambda r: (-r.share.count, r.site, r.before, r.after)))


def steps(question: Question, x: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Return what a plan changes: site, rungs held before and after, position of the year."""
    columns = question.columns
    first = np.array(columns.first_rung[:-1], dtype=np.int64)
    today = columns.held[:, None].astype(float)
    held = np.hstack((today, np.round(x[columns.x]))).astype(np.int64)
    sums = np.vstack((np.zeros((1, held.shape[1]), dtype=np.int64), np.cumsum(held, axis=0)))
    height = sums[np.array(columns.first_rung[1:], dtype=np.int64)] - sums[first]
    site, t = np.nonzero(np.diff(height, axis=1))
    return list(zip(site.tolist(), height[site, t].tolist(), height[site, t + 1].tolist(), t.tolist(), strict=True))


def wilson(count: int, of: int) -> Share:
    """Return a share with its 95 % interval; nothing is known from nothing."""
    if not of:
        return Share(0, 0, 0.0, 0.0, 1.0)
    share, z = count / of, CERTAIN**2 / of
    middle = (share + z / 2) / (1 + z)
    half = CERTAIN * sqrt(share * (1 - share) / of + z / (4 * of)) / (1 + z)
    low, high = (0.0 if count == 0 else middle - half), (1.0 if count == of else middle + half)
    return Share(count, of, share, max(0.0, low), min(1.0, high))


def widest(accepted: Iterable[Accepted]) -> float:
    """Return half the widest interval of all measures: what a stopping rule compares."""
    return max(((a.share.high - a.share.low) / 2 for a in accepted), default=1.0)


def _standing(share: float, levels: Levels) -> Standing:
    if share >= levels.core:
        return Standing.CORE
    return Standing.NEVER if share <= levels.never else Standing.BORDERLINE
