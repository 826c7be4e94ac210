"""Rows that count measures: at most so many sites change in a year."""

from __future__ import annotations

import numpy as np

from legation.planning.brief import Kind, MeasuresPerYear
from legation.programme.columns import Columns, Mask, Terms
from legation.programme.expressions import Entries, rises
from legation.programme.formulation import Rows

Expression = tuple[Terms, float]


def count(rule: MeasuresPerYear, c: Columns, rows: Rows, extra: int) -> int:
    """Add sum of "site acts in year t" <= limit; return how many indicator columns it took, from `extra` on.

    Acts of any kind are counted in whole arrays (`_rising`, `_acting`). Else a site's act is the largest of a few
    expressions that are 0 or 1 where it matters (`_acts`): with one expression it stands for itself, else a column
    m >= each of them stands for their maximum.
    """
    if rule.kind is None:
        return _rising(rule, c, rows) if rule.form else _acting(rule, c, rows, extra)
    used = 0
    for t, year in enumerate(c.problem.brief.years):
        if rule.years and year not in rule.years:
            continue
        total: Terms = []
        constant = 0.0
        for i, site in enumerate(c.problem.sites):
            if rule.track is not None and site.track is not rule.track:
                continue
            terms, fixed, taken = _site_acts(_acts(rule, c, i, t), rows, extra + used)
            total += terms
            constant, used = constant + fixed, used + taken
        rows.add(total, upper=float(rule.limit), constant=constant, soft=(year,))
    return used


def _of_track(rule: MeasuresPerYear, c: Columns) -> Mask:
    """Return which rungs are of the sites that the rule counts."""
    return np.array([rule.track in (None, s.track) for s in c.problem.sites], dtype=bool)[c.rung_site]


def _limit(rule: MeasuresPerYear, c: Columns, rows: Rows, entries: Entries) -> None:
    """Add sum of entries (year, column, coefficient) <= limit in each year that counts."""
    counts = [not rule.years or year in rule.years for year in c.problem.brief.years]
    first = rows.block(c.horizon, entries, upper=np.where(counts, float(rule.limit), np.inf))
    rows.soft += [(rows.rule, first + t, c.problem.brief.years[t]) for t in np.flatnonzero(counts).tolist()]


def _rising(rule: MeasuresPerYear, c: Columns, rows: Rows) -> int:
    """Add sum of u_f over the sites <= limit: a site newly holds the form or more."""
    chosen = np.zeros(c.rungs, dtype=bool)
    chosen[[r for s in c.problem.sites if rule.form and (r := c.level(s, rule.form)) is not None]] = True
    weight = np.repeat((chosen & _of_track(rule, c))[:, None].astype(float), c.horizon, axis=1)
    _limit(rule, c, rows, rises(c, weight, np.broadcast_to(np.arange(c.horizon), weight.shape)))
    return 0


def _acting(rule: MeasuresPerYear, c: Columns, rows: Rows, extra: int) -> int:
    """Add sum of m over the sites <= limit, and m >= u_l, m >= d_l of every rung that may move."""
    years = np.arange(c.horizon)
    moving = ~c.sure & _of_track(rule, c)
    sites, place = np.unique(c.rung_site[moving], return_inverse=True)
    act = extra + np.arange(len(sites) * c.horizon).reshape(len(sites), c.horizon)
    row = np.zeros((c.rungs, c.horizon), dtype=np.int64)
    row[moving] = np.arange(len(place) * c.horizon).reshape(len(place), c.horizon)
    up = rises(c, np.repeat(-moving[:, None].astype(float), c.horizon, axis=1), row)
    first = rows.block(len(place) * c.horizon, [(row[moving], act[place], 1.0), *up], lower=0.0)
    falling = c.closable[moving]
    down, at = c.down[moving][falling], np.arange(falling.sum() * c.horizon)
    rows.block(len(at), [(at, act[place[falling]], 1.0), (at, down, -1.0)], lower=0.0)
    rows.notes.acts.append((sites, act))
    rows.notes.own.append(np.arange(first, rows.count))
    _limit(rule, c, rows, [(np.broadcast_to(years, act.shape), act, np.ones(act.shape))])
    return act.size


def _site_acts(acts: list[tuple[Expression, bool]], rows: Rows, column: int) -> tuple[Terms, float, int]:
    acts = [(e, exact) for e, exact in acts if e[0]]
    if not acts:
        return [], 0.0, 0
    if len(acts) == 1 and acts[0][1]:
        return *acts[0][0], 0
    for (terms, constant), _ in acts:
        rows.add([(column, 1.0), *((k, -v) for k, v in terms)], lower=0.0, constant=-constant)
    return [(column, 1.0)], 0.0, 1


def _acts(  # noqa: PLR0911 (one return a kind)
    rule: MeasuresPerYear, c: Columns, i: int, t: int
) -> list[tuple[Expression, bool]]:
    """Return expressions whose maximum (and 0) is 1 if the site acts in year t; True: it is 0 or 1 by itself.

    u, d: rung taken up, given up; h: some form held the year before
    establish: u_1                              to f: u_f - h
    upgrade: u_l + h - 1 of every higher rung   to f: u_f + h - 1
    close: d_1                                  from f: d_f + d_1 - 1
    downgrade: d_l - d_1 of every higher rung   from f: d_f - d_1
    """
    first, end = c.first_rung[i], c.first_rung[i + 1]
    form = None if rule.form is None else c.level(c.problem.sites[i], rule.form)
    if rule.form is not None and form is None:
        return []
    higher = range(first + 1, end) if form is None else [form]
    h, d1 = c.holds(first, t - 1), c.falls(first, t)
    match rule.kind:
        case Kind.ESTABLISH if form is None or form == first:
            return [(c.rises(first, t), True)]
        case Kind.ESTABLISH:
            return [(_sum(c.rises(form, t), h, -1.0), not h[0] and h[1] == 0.0)]
        case Kind.UPGRADE:
            return [(_sum(c.rises(r, t), h, 1.0, -1.0), not h[0] and h[1] == 1.0) for r in higher if r != first]
        case Kind.CLOSE if form is None or form == first:
            return [(d1, True)]
        case Kind.CLOSE:
            return [(_sum(c.falls(form, t), d1, 1.0, -1.0), False)]
        case _:
            return [(_sum(c.falls(r, t), d1, -1.0), False) for r in higher if r != first]


def _sum(one: Expression, other: Expression, factor: float, constant: float = 0.0) -> Expression:
    if not one[0]:
        return [], 0.0
    return [*one[0], *((k, factor * v) for k, v in other[0])], one[1] + factor * other[1] + constant
