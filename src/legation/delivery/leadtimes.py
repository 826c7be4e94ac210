"""Lead times: how many months lie between a decision and the first working day, as a distribution without chance."""

from __future__ import annotations

from collections.abc import Iterable
from math import erf, exp, log, sqrt

import numpy as np

from legation.values import value

PUBLISHED_COUNT = 6.0
"""As how many measures of its own the published cases together count for a ministry: our assumption."""

PLANNED_WEIGHT = 0.5
"""Weight of a published case whose end was only planned when it was told, where one that was observed has 1."""

DRAWS = 200
"""Equally probable values that stand for the distribution where sums over it are taken."""

NARROWEST = 0.05
"""Least width of a kernel, in logarithms of months: cases that are all alike do not make us sure."""


@value
class LeadTime:
    """One published case: months from the decision (or what stands for it) to the post at work.

    months_low, months_high: bounds, one of them empty where only the other is known; observed: the end had come when
    it was told, and was not only planned; posts: how many posts one decision opened
    """

    sender: str
    form: str
    months_low: float | None
    months_high: float | None
    observed: bool
    posts: int = 1
    source: str = ""
    note: str = ""

    @property
    def months(self) -> float:
        """Return the middle of the bounds, or the one there is."""
        known = [m for m in (self.months_low, self.months_high) if m is not None]
        return sum(known) / len(known)

    @property
    def weight(self) -> float:
        """Return the weight: one case is one decision, however many posts it opened."""
        return 1.0 if self.observed else PLANNED_WEIGHT


class Spread:
    """A distribution of lead times in months: a mixture of log-normal kernels, one at each case.

    F(x) = sum of w_i Phi((ln x - ln m_i) / h), with sum of w_i = 1 and h = 1.06 s n^(-1/5), where s is the weighted
    standard deviation of the logarithms and n = 1 / sum of w_i^2 the number of cases that the weights come to. The
    kernels keep a small sample from ruling out what lies between its cases or beyond them.
    """

    def __init__(self, months: Iterable[float], weights: Iterable[float]) -> None:
        """Make it of cases (months above 0) and their weights (above 0)."""
        self._at, weight = np.log(np.array(tuple(months))), np.array(tuple(weights))
        self._weight = weight / weight.sum()
        mean = float(self._weight @ self._at)
        spread = sqrt(float(self._weight @ (self._at - mean) ** 2))
        self.cases = 1 / float((self._weight**2).sum())
        self._width = max(1.06 * spread * self.cases**-0.2, NARROWEST)

    def within(self, months: float) -> float:
        """Return the probability that a lead time is at most so many months."""
        if months <= 0:
            return 0.0
        parts = ((log(months) - at) / (self._width * sqrt(2)) for at in self._at.tolist())
        return float(sum(w * (1 + erf(z)) / 2 for w, z in zip(self._weight.tolist(), parts, strict=True)))

    def quantile(self, share: float, *, above: float = 0.0) -> float:
        """Return the months that a lead time stays under with a probability, given that it is more than `above`.

        Where it is slower than anything the distribution knows, the answer is `above` itself: due any day.
        """
        passed = self.within(above)
        if 1 - passed < 1e-9:
            return above
        aim = passed + share * (1 - passed)
        low, high = log(max(above, 1e-3)), float(self._at.max()) + 12 * self._width
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.within(exp(middle)) < aim else (low, middle)
        return max(exp(high), above)

    def draws(self, *, above: float = 0.0, count: int = DRAWS) -> tuple[float, ...]:
        """Return equally probable lead times, shortest first: quantiles at (k - 1/2) / count."""
        return tuple(self.quantile((k + 0.5) / count, above=above) for k in range(count))


def spread_of(published: Iterable[LeadTime], own: Iterable[float] = ()) -> Spread:
    """Return the distribution for a ministry: published cases, drawn to its own as these grow in number.

    F = K / (K + n) F_published + n / (K + n) F_own: with n completed measures of its own, the published cases count as
    much as K = 6 of them.
    """
    cases, done = tuple(published), tuple(own)
    total = sum(case.weight for case in cases)
    pairs = [(case.months, PUBLISHED_COUNT * case.weight / total) for case in cases]
    pairs += [(months, 1.0) for months in done]
    return Spread((m for m, _ in pairs), (w for _, w in pairs))


@value
class Trial:
    """A case held against the interval that all others give for it, in months."""

    sender: str
    months: float
    low: float
    median: float
    high: float

    @property
    def inside(self) -> bool:
        """Say whether it lies in the interval."""
        return self.low <= self.months <= self.high


def trials(published: Iterable[LeadTime]) -> tuple[Trial, ...]:
    """Leave each published case out in turn, and hold it against the 80 % interval of the others."""
    cases = tuple(published)
    made = []
    for n, case in enumerate(cases):
        rest = spread_of((*cases[:n], *cases[n + 1 :]))
        made.append(Trial(case.sender, case.months, *(rest.quantile(q) for q in (0.1, 0.5, 0.9))))
    return tuple(made)
