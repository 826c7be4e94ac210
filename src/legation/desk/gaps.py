"""Gaps: embassies that the record lacks though the pattern of the rest of the world would have them."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from legation.desk import worldrecord
from legation.model import EARTH_RADIUS_KM
from legation.sources import World
from legation.values import value

Matrix = NDArray[np.float64]

SMALL = 1e9  # USD: what an economy without a figure is taken for
NEAR = 50.0  # km: nearer capitals are no nearer
STEPS = 25


@value
class Chances:
    """How far the pattern of the world's embassies would have each State (row) in each other (column), 0 to 1.

    codes: the States in the order of both; there: 1 where the record has an embassy
    """

    codes: tuple[str, ...]
    there: Matrix
    expected: Matrix

    def missing(self, sender: str) -> dict[str, float]:
        """Return what is expected of each State where a sender has no embassy on record, most expected first."""
        at = self.codes.index(sender)
        pairs = zip(self.codes, self.expected[at], self.there[at], strict=True)
        found = {code: float(chance) for code, chance, held in pairs if not held and code != sender}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def chances(world: World) -> Chances:
    """Fit a logistic regression of the record on what the record and the world say of each pair.

    Of the pair: whether the other resides here, log distance, same region, same subregion. Of each State: log gross
    domestic product, and of the receiving one the log number of embassies of others. The number of a sender's own
    embassies is left out on purpose: a sender that is badly recorded should be expected to have more than its record.
    """
    codes = tuple(s.code for s in world.states)
    place = {code: n for n, code in enumerate(codes)}
    there = np.zeros((len(codes), len(codes)))
    for state, sender in worldrecord.embassies(world):
        there[place[sender], place[state]] = 1
    apart = ~np.eye(len(codes), dtype=bool)
    columns = np.stack([feature[apart] for feature in _features(world, there)], axis=1)
    columns = (columns - columns.mean(axis=0)) / np.maximum(columns.std(axis=0), 1e-9)
    expected = np.zeros_like(there)
    expected[apart] = _fitted(np.column_stack([np.ones(len(columns)), columns]), there[apart])
    return Chances(codes, there, expected)


def _features(world: World, there: Matrix) -> list[Matrix]:
    size, richness = len(there), _wealth(world)
    wealth = np.array([richness[s.code] for s in world.states])
    crowd = np.log1p(there.sum(axis=0)[None, :] - there)  # without the sender itself
    return [
        np.repeat(wealth[:, None], size, axis=1),
        np.repeat(wealth[None, :], size, axis=0),
        np.log(np.maximum(_distances(world), NEAR)),
        there.T,
        crowd,
        _same([s.region for s in world.states]),
        _same([s.subregion for s in world.states]),
    ]


def _same(parts: Sequence[str]) -> Matrix:
    """Return 1 where two States lie in the same part of the world, if it is known."""
    named = np.array(parts)
    return np.asarray((named[:, None] == named[None, :]) & (named != "")[:, None], dtype=np.float64)


def _wealth(world: World) -> dict[str, float]:
    """Return the log of the latest gross domestic product of every State (USD)."""
    found = {s.code: log(SMALL) for s in world.states}
    rows = (row for row in world.indicators if row["attribute"] == "gdp" and float(row["value"]) > 0)
    for row in sorted(rows, key=lambda r: int(r["year"])):
        found[row["code"]] = log(float(row["value"]))
    return found


def _distances(world: World) -> Matrix:
    """Return the great-circle distances between all seats (km)."""
    lat, lon = (np.radians([getattr(s, name) for s in world.states]) for name in ("lat", "lon"))
    rise, turn = lat[:, None] - lat[None, :], lon[:, None] - lon[None, :]
    half = np.sin(rise / 2) ** 2 + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin(turn / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1))), dtype=np.float64)


def _fitted(columns: Matrix, held: Matrix) -> Matrix:
    """Return the fitted chances of a logistic regression, by Newton's method with a trace of ridge."""
    weights = np.zeros(columns.shape[1])
    ridge = 1e-3 * np.eye(len(weights))
    for _ in range(STEPS):
        chance = _chance(columns, weights)
        curvature = (columns * (chance * (1 - chance))[:, None]).T @ columns + ridge
        step = np.linalg.solve(curvature, columns.T @ (held - chance) - ridge @ weights)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return _chance(columns, weights)


def _chance(columns: Matrix, weights: Matrix) -> Matrix:
    return np.asarray(1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30))), dtype=np.float64)
