"""The best course of every site at given prices, and what it loses if it must go through a certain level in a year.

A site has a level in each year: how many rungs of its ladder it holds. A course is a level for every year. The best
course through each level and each step is found for all sites at once, forwards and backwards through the years.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.engine.prices import Priced
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.layout import Layout, Mask

NEVER = -np.inf


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """What the best courses are worth together, and what must be lost by them.

    bound: no plan is worth more; at: (S, H, T) loss of being at a level in a year; step: (S, H, H, T) of going from
    one level to another; used: (V, T) of using a service

    year, going: what being at a level and going to it are worth, as `at` and `step`; after: (S, H, T) the most that the
    years behind are worth from each level; best: (S,) what the best course is worth
    """

    bound: float
    at: Vector
    step: Vector
    used: Vector
    year: Vector
    going: Vector
    after: Vector
    best: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """What services add to each level, (S, H, T), and what the last that counts is worth: another displaces it."""

    worth: Vector
    last: Vector


def courses(formulation: Formulation, layout: Layout, priced: Priced) -> Courses:
    """Return bound and losses; the bound is -inf where some site has no course at all."""
    seats = _seats(formulation, layout, priced)
    year, step = _years(formulation, layout, priced) + seats.worth, _steps(formulation, layout, priced)
    before, after = _before(layout, year, step), _after(year, step)
    best = before[:, :, -1].max(axis=1, initial=NEVER) if len(year) else np.zeros(0)
    bound = priced.constant + float(best.sum()) + _others(formulation, layout, priced)
    if not np.isfinite(bound):
        return Courses(NEVER, year, step, np.zeros(layout.y.shape), year, step, after, best)
    at = best[:, None, None] - (before + after)
    through = _start(layout, before)[:, :, None, :] + step + (year + after)[:, None, :, :]
    used, lost = _used(formulation, layout, priced, seats, at), best[:, None, None, None] - through
    return Courses(bound, at, lost, used, year, step, after, best)


def rung_height(layout: Layout) -> Index:
    """Return the place of each rung on its ladder, from 0, (L,)."""
    return np.arange(layout.first_rung[-1]) - np.repeat(layout.first_rung[:-1], np.diff(layout.first_rung))


def rung_site(layout: Layout) -> Index:
    """Return the site of each rung, (L,)."""
    return np.repeat(np.arange(len(layout.today)), np.diff(layout.first_rung))


def levels(layout: Layout) -> int:
    """Return H, the number of levels of the longest ladder, none included."""
    return int(np.diff(layout.first_rung).max(initial=0)) + 1


def _years(f: Formulation, layout: Layout, priced: Priced) -> Vector:
    """Return what being at each level in each year is worth, (S, H, T); never where bounds forbid it."""
    height, site = rung_height(layout), rung_site(layout)
    lengths = np.diff(layout.first_rung)
    out = np.zeros((len(lengths), levels(layout), layout.x.shape[1]))
    for k in range(out.shape[1] - 1):
        rungs = np.flatnonzero(height == k)
        of, columns = site[rungs], layout.x[rungs]
        out[of, k + 1 :] += np.where(f.upper[columns] < 0.5, NEVER, priced.worth[columns])[:, None]
        out[of, : k + 1] += np.where(f.lower[columns] > 0.5, NEVER, 0.0)[:, None]
        out[lengths <= k, k + 1 :] = NEVER
    return out


def _steps(f: Formulation, layout: Layout, priced: Priced) -> Vector:
    """Return what going from a level to another in a year is worth, (S, H, H, T); never where it is not allowed."""
    height, site, high = rung_height(layout), rung_site(layout), levels(layout)
    out = np.zeros((len(layout.today), high, high, layout.x.shape[1]))
    moves = ~np.eye(high, dtype=bool)
    for act in layout.acts:
        cost = np.where(act >= 0, np.minimum(priced.worth[act], 0.0), 0.0)
        out[:, moves] += cost[:, None, :]
    level = np.arange(high)
    for k in range(high - 1):
        rungs = np.flatnonzero(height == k)
        up, down = _move(f, priced, layout.up[rungs]), _move(f, priced, layout.down[rungs])
        up = np.where(layout.closable[rungs, None], up, np.where(layout.risable[rungs], 0.0, NEVER))
        down = np.where(layout.closable[rungs, None], down, NEVER)
        rising = (level[:, None] <= k) & (level > k)
        out[site[rungs]] += np.where(rising[None, :, :, None], up[:, None, None, :], 0.0)
        out[site[rungs]] += np.where(rising.T[None, :, :, None], down[:, None, None, :], 0.0)
    return out


def _move(f: Formulation, priced: Priced, moved: Index) -> Vector:
    return np.where(f.upper[moved] < 0.5, NEVER, priced.worth[moved])


def _seats(f: Formulation, layout: Layout, priced: Priced) -> Seats:
    """Let each site use the services that pay at these prices: all that do not count, and the best of those that do."""
    sites, high, years = len(layout.today), levels(layout), layout.x.shape[1]
    worth, last = np.zeros((sites, high, years)), np.zeros((sites, high, years))
    gain = np.where(f.upper[layout.y] < 0.5, 0.0, np.maximum(priced.worth[layout.y], 0.0))
    seat, height = rung_site(layout)[layout.needs], rung_height(layout)[layout.needs]
    for v in np.flatnonzero(~layout.counted).tolist():
        worth[seat[v], height[v] + 1 :] += gain[v]
    table, need = _by_seat(seat, height, gain, np.flatnonzero(layout.counted), sites)
    most = np.minimum(layout.most, table.shape[1])
    row = np.arange(sites)
    for h in range(1, high if table.shape[1] else 0):
        ordered = -np.sort(-np.where((need < h)[:, :, None], table, 0.0), axis=1)
        sums = np.concatenate((np.zeros((sites, 1, years)), np.cumsum(ordered, axis=1)), axis=1)
        worth[:, h] += sums[row, most]
        last[:, h] = np.where((most > 0)[:, None], ordered[row, np.maximum(most - 1, 0)], np.inf)
        last[layout.most > table.shape[1], h] = 0.0
    return Seats(worth, last)


def _by_seat(seat: Index, height: Index, gain: Vector, counted: Index, sites: int) -> tuple[Vector, Index]:
    """Return gains by site, (S, most services of a site, T), and the rung that each needs."""
    order = counted[np.argsort(seat[counted], kind="stable")]
    number = np.bincount(seat[order], minlength=sites)
    place = np.arange(len(order)) - np.repeat(np.cumsum(number) - number, number)
    table = np.zeros((sites, int(number.max(initial=0)), gain.shape[1]))
    need = np.full(table.shape[:2], np.iinfo(np.int64).max)
    table[seat[order], place], need[seat[order], place] = gain[order], height[order]
    return table, need


def _start(layout: Layout, before: Vector) -> Vector:
    """Return the best worth of reaching each level by the end of the year before, (S, H, T)."""
    out = np.full(before.shape, NEVER)
    out[:, :, 1:] = before[:, :, :-1]
    out[np.arange(len(layout.today)), layout.today, 0] = 0.0
    return out


def _before(layout: Layout, year: Vector, step: Vector) -> Vector:
    """Return the best worth of the years up to each one that end at each level, (S, H, T)."""
    out = np.empty(year.shape)
    out[:, :, 0] = step[np.arange(len(layout.today)), layout.today, :, 0] + year[:, :, 0]
    for t in range(1, year.shape[2]):
        out[:, :, t] = (out[:, :, t - 1, None] + step[..., t]).max(axis=1) + year[:, :, t]
    return out


def _after(year: Vector, step: Vector) -> Vector:
    """Return the best worth of the years after each one from each level, (S, H, T)."""
    out = np.zeros(year.shape)
    for t in range(year.shape[2] - 2, -1, -1):
        out[:, :, t] = (step[..., t + 1] + (year + out)[:, None, :, t + 1]).max(axis=2)
    return out


def _used(f: Formulation, layout: Layout, priced: Priced, seats: Seats, at: Vector) -> Vector:
    """Return what is lost at least by using each service in each year, (V, T)."""
    seat, height = rung_site(layout)[layout.needs], rung_height(layout)[layout.needs]
    gain = np.where(f.upper[layout.y] < 0.5, NEVER, priced.worth[layout.y])
    out = np.full(layout.y.shape, np.inf)
    for h in range(1, levels(layout)):
        displaced = np.where(layout.counted[:, None], seats.last[seat, h], 0.0)
        loss = at[seat, h] + np.maximum(displaced - gain, 0.0)
        out = np.minimum(out, np.where((height < h)[:, None], loss, np.inf))
    return out


def _others(f: Formulation, layout: Layout, priced: Priced) -> float:
    """Return the most that columns of no site can add, and indicators beyond what they must be."""
    free = others(layout)
    worth = priced.worth[free]
    most = np.where(worth > 0.0, f.upper[free], np.where(worth < 0.0, f.lower[free], 0.0))
    idle = [priced.worth[act[act >= 0]] for act in layout.acts]
    return float(worth @ most) + sum(float(np.maximum(worth, 0.0).sum()) for worth in idle)


def others(layout: Layout) -> Mask:
    """Return which columns belong to no site: those that rules asked for, but for indicators of acts, (columns,)."""
    out = np.ones(layout.columns, dtype=bool)
    for some in (layout.x, layout.up, layout.down, layout.y, *layout.acts):
        out[some[some >= 0]] = False
    return out
