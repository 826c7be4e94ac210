"""Money and staff of each year as linear expressions over the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from legation.planning.brief import Class, Staff
from legation.programme.columns import Columns
from legation.programme.formulation import Index, Vector

Entries = list[tuple[Index, Index, Vector]]


@dataclass(frozen=True, slots=True, eq=False)
class Yearly:
    """One expression a year: entries (year, column, coefficient)."""

    year: Index
    column: Index
    coefficient: Vector

    def only(self, first: int, last: int) -> tuple[Index, Vector]:
        """Return columns and coefficients of the sum over the years first to last."""
        chosen = (self.year >= first) & (self.year <= last)
        return self.column[chosen], self.coefficient[chosen]


def money(columns: Columns, of: Class) -> Yearly:
    """Return spending of a class by year."""
    entries: Entries = []
    if of is not Class.RUNNING:
        entries += establishing(columns)
    if of is not Class.ESTABLISHING:
        entries += running(columns)
    return _yearly(entries)


def establishing(columns: Columns) -> Entries:
    """Return one-off money: what each rung taken up adds, its lead share a year early, and what closing costs."""
    amount = columns.amounts("establishing")
    lead = np.array([float(r.lead_share) for s in columns.problem.sites for r in s.ladder])[:, None]
    early = amount * lead
    early[:, :1] = 0.0
    year = _years(columns)
    entries = rises(columns, amount - early, year)
    if lead.any():
        entries += rises(columns, early[:, 1:], year[:, 1:] - 1, first=1)
    return entries + falls(columns, columns.amounts("closing"))


def running(columns: Columns) -> Entries:
    """Return running money: the forms held, less the part of the first year before they are, more what is still run.

    running[t] = R[l,t] x[l,t] - (1 - first_share) R[l,t] up[l,t] + last_share R[l,t] down[l,t] + service cost y[v,t]
    """
    amount = columns.amounts("running")
    problem = columns.problem
    return [
        *full_year(columns),
        *rises(columns, -(1 - float(problem.first_share)) * amount, _years(columns)),
        *falls(columns, float(problem.last_share) * amount),
    ]


def full_year(columns: Columns) -> Entries:
    """Return what the forms held and the services used cost in a whole year."""
    cost = _service_cost(columns)
    return [
        (_years(columns), columns.x, columns.amounts("running")),
        (np.broadcast_to(np.arange(columns.horizon), cost.shape), columns.y, cost),
    ]


def baseline(columns: Columns, of: Class) -> Vector:
    """Return what today's network costs each year if nothing changes, (T,)."""
    if of is Class.ESTABLISHING:
        return np.zeros(columns.horizon)
    return np.asarray(columns.amounts("running")[columns.held].sum(axis=0))


def tail(columns: Columns) -> tuple[Index, Vector]:
    """Return what each year after the last costs, as columns and coefficients."""
    return _yearly(full_year(columns)).only(columns.horizon - 1, columns.horizon - 1)


def staff(columns: Columns, of: Staff) -> Vector:
    """Return what each rung adds to the staff of a class, (L,)."""
    names = {
        Staff.HOME: ("diplomatic", "support"),
        Staff.TOTAL: ("diplomatic", "support", "local"),
    }.get(of, (str(of),))
    return np.asarray(sum(columns.numbers(n) for n in names))


def rises(columns: Columns, weight: Vector, row: Index, *, first: int = 0) -> Entries:
    """Return weight x "taken up"; the columns of weight and row stand for the years from the first-th on."""
    free, closable = ~columns.held & ~columns.closable, columns.closable
    now = columns.x[:, first:]
    entries = [(row[free], now[free], weight[free]), (row[closable], columns.up[:, first:][closable], weight[closable])]
    skip = 1 if first == 0 else 0
    before = columns.x[:, first + skip - 1 : columns.horizon - 1]
    entries.append((row[free][:, skip:], before[free], -weight[free][:, skip:]))
    return entries


def falls(columns: Columns, weight: Vector) -> Entries:
    """Return weight x "given up" in its own year."""
    chosen = columns.closable
    return [(_years(columns)[chosen], columns.down[chosen], weight[chosen])]


def _service_cost(columns: Columns) -> Vector:
    cost = np.zeros((len(columns.services), columns.horizon))
    for v, service in enumerate(columns.services):
        if service.running:
            cost[v] = [float(a) for a in service.running]
    return cost


def _years(columns: Columns) -> Index:
    return np.broadcast_to(np.arange(columns.horizon), (columns.rungs, columns.horizon))


def _yearly(entries: Entries) -> Yearly:
    parts = [tuple(np.asarray(a).ravel() for a in entry) for entry in entries]
    year, column, coefficient = (np.concatenate([p[i] for p in parts]) for i in range(3))
    kept = coefficient != 0.0
    return Yearly(year[kept], column[kept], coefficient[kept])
