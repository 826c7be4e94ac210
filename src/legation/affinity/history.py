"""What all States did and were, year by year, as arrays; and the same as far as it was known by a year."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from legation.errors import NotFoundError
from legation.values import value

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

ALWAYS = 0
"""The year of what does not change: distance, region, language."""


@value
class History:
    """Embassies and facts of n States.

    embassies: by year, n x n; row i, column j is true where State i has an embassy of its own in State j
    facts: by name and year, n numbers; ties: by name and year, n x n numbers with sender by row
    Unknown numbers are NaN; what holds in every year stands under `ALWAYS`.
    """

    codes: tuple[str, ...]
    embassies: Mapping[int, Bools]
    facts: Mapping[str, Mapping[int, Floats]]
    ties: Mapping[str, Mapping[int, Floats]]

    def by(self, year: int) -> History:
        """Return what was known by a year: nothing later is in it, so nothing later can be read."""
        return History(
            self.codes,
            {y: m for y, m in self.embassies.items() if y <= year},
            {name: {y: v for y, v in series.items() if y <= year} for name, series in self.facts.items()},
            {name: {y: v for y, v in series.items() if y <= year} for name, series in self.ties.items()},
        )

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years for which embassies are known, in order."""
        return tuple(sorted(self.embassies))

    @property
    def last(self) -> int:
        """Return the last year for which embassies are known; raise NotFoundError where there is none."""
        if not self.embassies:
            raise NotFoundError(
                "No embassies are known by that year.", hint="Choose a later year, or add earlier data."
            )
        return self.years[-1]

    def fact(self, name: str) -> Floats:
        """Return the latest value of a fact of each State; NaN for all where there is none."""
        series = self.facts.get(name, {})
        return series[max(series)] if series else np.full(len(self.codes), np.nan)

    def tie(self, name: str) -> Floats:
        """Return the latest value of a fact of each pair; NaN for all where there is none."""
        series = self.ties.get(name, {})
        return series[max(series)] if series else np.full((len(self.codes),) * 2, np.nan)

    def knows(self, name: str) -> bool:
        """Say whether there is any value of a fact of States or of pairs."""
        return bool(self.facts.get(name) or self.ties.get(name))

    @property
    def states(self) -> Bools:
        """Return which States take part: those that send or receive an embassy in the last year."""
        present = self.embassies[self.last]
        return np.asarray(present.any(axis=0) | present.any(axis=1))


def candidates(known: History) -> Bools:
    """Return the pairs in which an embassy may yet be opened: both take part, and there is none today."""
    part = known.states
    free = part[:, None] & part[None, :] & ~known.embassies[known.last]
    np.fill_diagonal(free, val=False)
    return np.asarray(free)


def pairs(known: History) -> Bools:
    """Return all pairs of different States that take part."""
    part = known.states
    found = part[:, None] & part[None, :]
    np.fill_diagonal(found, val=False)
    return np.asarray(found)


def opened(history: History, year: int, window: int) -> Bools:
    """Return the pairs without an embassy at the end of a year that have one in any of the `window` years after it."""
    later = [m for y, m in history.embassies.items() if year < y <= year + window]
    if not later:
        raise NotFoundError(
            f"No embassies are known in {year + 1}-{year + window}, so nothing can be scored.",
            hint="Choose an earlier year, or add later data.",
        )
    return np.asarray(np.any(later, axis=0) & ~history.embassies[year])


def reach(history: History, year: int, window: int) -> int:
    """Return how many years after a year are told of: up to the last known one of the window, else to the next known.

    Raise NotFoundError where no later year is known. It is less than the window where the record ends before it does.
    """
    later = [y for y in history.years if y > year]
    if not later:
        raise NotFoundError(
            f"No embassies are known after {year}, so nothing can be scored.",
            hint="Choose an earlier year, or add later data.",
        )
    return max([y for y in later if y <= year + window], default=later[0]) - year


def closed(history: History, year: int, window: int) -> Bools:
    """Return the embassies of a year that are gone at the end of the window."""
    return np.asarray(history.embassies[year] & ~history.embassies[year + window])
