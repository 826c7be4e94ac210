"""Say how many of like columns are taken by a column of its own: a solver can then branch on the number.

Which of two like sites is opened hardly matters to a bound, how many are does. Rows in which few different numbers
stand (people of each form) say which columns are alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.layout import Mask

LONG = 20
"""Shorter rows count nothing that is worth a column."""
REPEATED = 4
"""Each number of a row stands in it so often, on average, or the row says nothing about which columns are alike."""
ALIKE = 6
"""Fewer columns alike are not counted."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """A programme with numbers as its last columns; count: of each column of the programme before, its number or -1."""

    formulation: Formulation
    count: Index

    def point(self, x: Vector) -> Vector:
        """Return a point of the programme before as a point of this one."""
        more = self.formulation.columns - len(x)
        member = self.count >= 0
        return np.append(x, np.bincount(self.count[member], weights=x[member], minlength=more))

    def spread(self, row: Vector) -> Vector:
        """Return what a row over these columns says about those of the programme before."""
        before = len(self.count)
        return row[:before] + np.where(self.count >= 0, np.append(row[before:], 0.0)[self.count], 0.0)


def counted(f: Formulation) -> Counted:
    """Return the same programme, in which rows that tell few kinds of columns apart are about numbers of each."""
    alike = [r for r in np.flatnonzero(np.diff(f.start) >= LONG).tolist() if _tells_few(f, r)]
    table = np.zeros((len(alike), f.columns))
    for at, row in enumerate(alike):
        some = slice(f.start[row], f.start[row + 1])
        table[at, f.index[some]] = f.value[some]
    count = _classes(table, f.integer)
    return Counted(_with_numbers(f, np.array(alike, dtype=np.int64), table, count), count)


def uncounted(f: Formulation) -> Counted:
    """Return the programme as it is, with no numbers behind."""
    return Counted(f, np.full(f.columns, -1))


def _tells_few(f: Formulation, row: int) -> bool:
    """Say whether a row is about whole columns, with at least two sizes of number, each of them often."""
    some = slice(f.start[row], f.start[row + 1])
    sizes = np.unique(np.abs(f.value[some]))
    return bool(f.integer[f.index[some]].all()) and 1 < len(sizes) <= (some.stop - some.start) / REPEATED


def _classes(table: Vector, integer: Mask) -> Index:
    """Return the number that counts each column, -1 for none: columns that stand alike in all rows of the table."""
    out = np.full(table.shape[1], -1)
    some = np.flatnonzero(table.any(axis=0) & integer)
    if len(some):
        _, kind, size = np.unique(table[:, some], axis=1, return_inverse=True, return_counts=True)
        number = np.where(size >= ALIKE, np.cumsum(size >= ALIKE) - 1, -1)
        out[some] = number[kind.ravel()]
    return out


def _with_numbers(f: Formulation, alike: Index, table: Vector, count: Index) -> Formulation:
    member = np.flatnonzero(count >= 0)
    if not len(member):
        return f
    first = np.unique(count[member], return_index=True)[1]
    size, more, rows = np.bincount(count[member]).astype(float), len(first), len(f.row_lower)
    row = np.repeat(np.arange(rows), np.diff(f.start))
    stays = ~(np.isin(row, alike) & (count[f.index] >= 0))
    at, number = np.nonzero(table[:, member[first]])
    row = np.concatenate((row[stays], alike[at], rows + count[member], rows + np.arange(more)))
    column = np.concatenate((f.index[stays], f.columns + number, member, f.columns + np.arange(more)))
    value = np.concatenate(
        (f.value[stays], table[at, member[first[number]]], np.ones(len(member)), np.full(more, -1.0))
    )
    order = np.argsort(row, kind="stable")
    none = np.zeros(more)
    return replace(
        f,
        objective=np.append(f.objective, none),
        lower=np.append(f.lower, none),
        upper=np.append(f.upper, size),
        integer=np.append(f.integer, none == 0.0),
        whole=np.append(f.whole, none == 0.0),
        start=np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows + more)))),
        index=column[order],
        value=value[order],
        row_lower=np.append(f.row_lower, none),
        row_upper=np.append(f.row_upper, none),
        row_rule=np.append(f.row_rule, np.full(more, -1)),
        scale=np.append(f.scale, none + 1.0),
    )
