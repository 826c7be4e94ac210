"""The mixed-integer linear programme as plain arrays: no solver is needed to build, read or check it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from legation.programme.layout import Layout, Notes

Vector = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
INF = np.inf
STRUCTURE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Formulation:
    """Maximise objective @ x + constant with lower <= x <= upper and row_lower <= A x <= row_upper.

    integer: columns the solver must make whole; whole: columns that are whole in a plan.
    A is stored by rows (start, index, value). row_rule: position in `labels` of the rule that wrote the row,
    or -1 for the structure itself. soft_rule, soft_row, soft_key: which rows a rule may be relaxed in, and
    under which key (a year, or 0) one and the same relief counts; scale: by what each row was multiplied.
    layout: what the columns say, where they are as `assembly` laid them.
    """

    objective: Vector
    constant: float
    lower: Vector
    upper: Vector
    integer: npt.NDArray[np.bool_]
    whole: npt.NDArray[np.bool_]
    start: Index
    index: Index
    value: Vector
    row_lower: Vector
    row_upper: Vector
    row_rule: Index
    scale: Vector
    labels: tuple[str, ...] = ()
    soft: tuple[tuple[int, int, int], ...] = ()
    layout: Layout | None = None

    @property
    def columns(self) -> int:
        """Return the number of columns."""
        return len(self.objective)

    def without(self, rules: set[int]) -> Formulation:
        """Return the same programme with the rows of some rules set free."""
        free = np.isin(self.row_rule, list(rules))
        return replace(
            self,
            row_lower=np.where(free, -INF, self.row_lower),
            row_upper=np.where(free, INF, self.row_upper),
        )


@dataclass(slots=True)
class Rows:
    """Rows being collected, in blocks; each stamped with the rule that writes it."""

    rule: int = STRUCTURE
    count: int = 0
    _row: list[Index] = field(default_factory=list)
    _column: list[Index] = field(default_factory=list)
    _value: list[Vector] = field(default_factory=list)
    _block: list[tuple[int, Vector, Vector, int]] = field(default_factory=list)
    _single: list[tuple[int, list[tuple[int, float]], float, float, int]] = field(default_factory=list)
    soft: list[tuple[int, int, int]] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)

    def block(
        self,
        count: int,
        entries: Sequence[tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike]],
        lower: npt.ArrayLike = -INF,
        upper: npt.ArrayLike = INF,
    ) -> int:
        """Add `count` rows at once; entries are (row within the block, column, coefficient); return the first row."""
        first = self.count
        for row, column, coefficient in entries:
            where = np.asarray(column, dtype=np.int64).ravel()
            self._row.append(first + np.broadcast_to(np.asarray(row, dtype=np.int64).ravel(), where.shape))
            self._column.append(where)
            self._value.append(np.broadcast_to(np.asarray(coefficient, dtype=float).ravel(), where.shape))
        low, high = (np.broadcast_to(np.asarray(b, dtype=float), (count,)) for b in (lower, upper))
        self._block.append((first, low, high, self.rule))
        self.count += count
        return first

    def sum(
        self, columns: npt.ArrayLike, coefficients: npt.ArrayLike, *, upper: float, soft: tuple[int, ...] = ()
    ) -> None:
        """Add one row over many columns: sum of coefficient x column <= upper; soft as in `add`."""
        self.soft += [(self.rule, self.count, key) for key in soft]
        self.block(1, [(0, columns, coefficients)], upper=upper)

    def add(
        self,
        terms: list[tuple[int, float]],
        lower: float = -INF,
        upper: float = INF,
        *,
        constant: float = 0.0,
        soft: tuple[int, ...] = (),
    ) -> None:
        """Add the row lower <= sum of terms + constant <= upper; soft: keys under which it may be relaxed."""
        self.soft += [(self.rule, self.count, key) for key in soft]
        self._single.append((self.count, terms, lower - constant, upper - constant, self.rule))
        self.count += 1

    def _gather(self) -> tuple[Index, Index, Vector, Vector, Vector, Index]:
        """Return entries (row, column, value) and, by row, lower, upper and rule, of blocks and single rows."""
        lower, upper, rule = np.empty(self.count), np.empty(self.count), np.empty(self.count, dtype=np.int64)
        for first, low, high, of in self._block:
            last = first + len(low)
            lower[first:last], upper[first:last], rule[first:last] = low, high, of
        if self._single:
            at = np.array([s[0] for s in self._single])
            lower[at], upper[at], rule[at] = (np.array([s[k] for s in self._single]) for k in (2, 3, 4))
            self._row.append(np.repeat(at, [len(s[1]) for s in self._single]))
            self._column.append(np.array([c for s in self._single for c, _ in s[1]], dtype=np.int64))
            self._value.append(np.array([v for s in self._single for _, v in s[1]], dtype=float))
            self._single = []
        return (*(np.concatenate(p) for p in (self._row, self._column, self._value)), lower, upper, rule)  # type: ignore[return-value]

    def pack(
        self,
        objective: Vector,
        constant: float,
        lower: Vector,
        upper: Vector,
        integer: npt.NDArray[np.bool_],
        whole: npt.NDArray[np.bool_],
        labels: tuple[str, ...],
    ) -> Formulation:
        """Merge the blocks into arrays by row; add up repeated entries; bring large rows near to one."""
        width = len(objective)
        row, column, value, row_lower, row_upper, rule = self._gather()
        key, entry = _added_up(row * width + column, value)
        row, column = np.divmod(key, width)
        start = np.concatenate(([0], np.cumsum(np.bincount(row, minlength=self.count))))
        scale = _scale(row, entry, self.count)
        return Formulation(
            objective,
            constant,
            lower,
            upper,
            integer,
            whole,
            start,
            column,
            entry * scale[row],
            row_lower * scale,
            row_upper * scale,
            rule,
            scale,
            labels,
            tuple(self.soft),
        )


def _added_up(key: Index, value: Vector) -> tuple[Index, Vector]:
    """Return each key once, in order, with the sum of its values, where that is not 0."""
    order = np.argsort(key, kind="stable")  # the keys come in long runs that are in order already
    key, value = key[order], value[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    entry = np.add.reduceat(value, first) if len(first) else value
    kept = entry != 0.0
    return key[first][kept], entry[kept]


def _scale(row: Index, entry: Vector, count: int) -> Vector:
    """Return powers of two that bring the largest coefficient of each big row below 1,024.

    Solvers judge rows by an absolute tolerance: money in units would drown it, and a power of two rounds nothing.
    """
    largest = np.ones(count)
    np.maximum.at(largest, row, np.abs(entry))
    return np.asarray(2.0 ** -np.maximum(0.0, np.ceil(np.log2(largest / 1024.0))))
