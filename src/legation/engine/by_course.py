"""A core in which every site chooses one of the courses that it may still take: far fewer columns and rows.

What rows say of one site alone its courses keep by themselves. What is left is what sites share, and what hangs on a
course from outside, such as services. A plan that loses less than a budget takes no course that loses more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from legation.engine.core import SLACK, keep
from legation.engine.courses import Courses, rung_height
from legation.engine.prices import Priced
from legation.engine.tree import Branches
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.layout import Layout, Mask

MOST = 20_000
"""With more courses than this, the columns of the programme itself are fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Sums of columns that are worth a branch: (number, column) of each term; how many there are."""

    number: Index
    column: Index
    many: int

    @staticmethod
    def of(sets: tuple[Index, ...]) -> Counts:
        """Return the sums of some sets of columns."""
        column = np.concatenate((np.zeros(0, dtype=np.int64), *sets))
        return Counts(np.repeat(np.arange(len(sets)), [len(s) for s in sets]), column, len(sets))


@dataclass(frozen=True, slots=True, eq=False)
class ByCourse:
    """A core with a column a choice, then columns of no course, then numbers; what to branch on.

    column, choice: which columns of the programme each choice sets to 1; kept: the columns of no course;
    fixed: all others, (columns,)
    """

    formulation: Formulation
    branches: Branches
    column: Index
    choice: Index
    kept: Index
    fixed: Vector

    def whole(self, point: Vector) -> Vector:
        """Return a point of the core as a point of the programme."""
        out = self.fixed + np.bincount(self.column, weights=point[self.choice], minlength=len(self.fixed))
        choices = self.formulation.columns - len(self.kept) - self.branches.numbers
        out[self.kept] = point[choices : choices + len(self.kept)]
        return out


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Courses by site: site (K,), the column that each sets to 1 (column, course), and how many each site has."""

    site: Index
    column: Index
    course: Index
    number: Index


def by_course(
    f: Formulation, layout: Layout, priced: Priced, found: Courses, budget: float, counts: Counts
) -> ByCourse | None:
    """Return the core of all plans that lose less than a budget, None where courses are too many."""
    taken = _taken(layout, found, budget)
    if taken is None:
        return None
    lower, upper = keep(f, layout, priced, found, budget)
    of_site = np.zeros(f.columns, dtype=bool)
    for some in (layout.x, layout.up, layout.down, *layout.acts):
        of_site[some[some >= 0]] = True
    set_by = np.bincount(taken.column, minlength=f.columns)
    site = np.zeros(f.columns, dtype=np.int64)
    site[taken.column] = taken.site[taken.course]
    always = of_site & (set_by == taken.number[site])
    several = taken.number[taken.site] > 1
    place = np.cumsum(several) - 1
    varies = (set_by > 0) & ~always
    inside = varies[taken.column]
    column, choice = taken.column[inside], place[taken.course[inside]]
    kept = np.flatnonzero(~of_site & (upper > lower))
    fixed = np.where(of_site, always.astype(float), np.where(upper > lower, 0.0, lower))
    return _core(f, layout, (lower, upper), _Parts(taken.site[several], column, choice, kept, fixed), counts)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """What a core is made of. owner: the site of each choice; the others as of ByCourse."""

    owner: Index
    column: Index
    choice: Index
    kept: Index
    fixed: Vector


@dataclass(frozen=True, slots=True, eq=False)
class _Entries:
    """Rows over the columns of a core, entries in order: row, column, value; least and most that each row can be."""

    row: Index
    column: Index
    value: Vector
    least: Vector
    most: Vector


def _core(f: Formulation, layout: Layout, bounds: tuple[Vector, Vector], parts: _Parts, counts: Counts) -> ByCourse:
    rows, choices, width = len(f.row_lower), len(parts.owner), len(parts.owner) + len(parts.kept)
    row = np.concatenate((np.repeat(np.arange(rows), np.diff(f.start)), rows + counts.number))
    index, value = np.append(f.index, counts.column), np.append(f.value, np.ones(len(counts.column)))
    spent = np.bincount(row, weights=value * parts.fixed[index], minlength=rows + counts.many)[:rows]
    low = np.append(np.zeros(choices), bounds[0][parts.kept])
    high = np.append(np.ones(choices), bounds[1][parts.kept])
    found = _entries(parts, row, index, value, (low, high), rows + counts.many)
    numbers = _distinct(found, rows, counts.many)
    more, least, most = len(numbers), found.least[:rows], found.most[:rows]
    binds = (spent + least < f.row_lower - SLACK) | (spent + most > f.row_upper + SLACK)
    gain = np.bincount(parts.choice, weights=f.objective[parts.column], minlength=choices)
    ones = np.ones(choices, dtype=bool), np.ones(more, dtype=bool)
    smaller = replace(
        _rows(found, parts, f, np.concatenate((np.flatnonzero(binds), rows + numbers)), more),
        objective=np.concatenate((gain, f.objective[parts.kept], np.zeros(more))),
        constant=f.constant + float(f.objective @ parts.fixed),
        lower=np.concatenate((low, found.least[rows + numbers])),
        upper=np.concatenate((high, found.most[rows + numbers])),
        integer=np.concatenate((ones[0], f.integer[parts.kept], ones[1])),
        whole=np.concatenate((ones[0], f.whole[parts.kept], ones[1])),
        row_lower=np.concatenate(((f.row_lower - spent)[binds], np.zeros(more), np.ones(len(np.unique(parts.owner))))),
        row_upper=np.concatenate(((f.row_upper - spent)[binds], np.zeros(more), np.ones(len(np.unique(parts.owner))))),
    )
    single = np.flatnonzero(f.integer[parts.kept])
    groups, keys = _groups(layout, parts)
    branches = Branches.of(
        np.concatenate((choices + single, width + np.arange(more))),
        groups,
        np.concatenate((parts.kept[single], f.columns + numbers, keys)),
        more,
    )
    return ByCourse(smaller, branches, parts.column, parts.choice, parts.kept, parts.fixed)


def _rows(found: _Entries, parts: _Parts, f: Formulation, order: Index, more: int) -> Formulation:
    """Return a formulation with these rows, of which the last are numbers, and with one of a choice a site behind."""
    choices, width = len(parts.owner), len(parts.owner) + len(parts.kept)
    at = np.full(len(found.least), -1)
    at[order] = np.arange(len(order))
    stays = at[found.row] >= 0
    owners, owner = np.unique(parts.owner, return_inverse=True)
    row = np.concatenate((at[found.row[stays]], len(order) - more + np.arange(more), len(order) + owner))
    column = np.concatenate((found.column[stays], width + np.arange(more), np.arange(choices)))
    value = np.concatenate((found.value[stays], np.full(more, -1.0), np.ones(choices)))
    by_row, rows = np.argsort(row, kind="stable"), len(order) + len(owners)
    return replace(
        f,
        start=np.concatenate(([0], np.cumsum(np.bincount(row, minlength=rows)))),
        index=column[by_row],
        value=value[by_row],
        row_rule=np.full(rows, -1),
        scale=np.ones(rows),
        soft=(),
        layout=None,
    )


def _taken(layout: Layout, found: Courses, budget: float) -> _Taken | None:
    """Return every course that loses less than a budget, with the columns that it sets to 1."""
    walked = _walked(layout, found, budget)
    if walked is None:
        return None
    site, level = walked
    number = np.diff(layout.first_rung)[site]
    course = np.repeat(np.arange(len(site)), number)
    rung = np.arange(len(course)) - np.repeat(np.cumsum(number) - number, number) + layout.first_rung[site[course]]
    before = np.hstack((layout.today[site][:, None], level[:, :-1]))
    height = rung_height(layout)[rung][:, None]
    on, was = level[course] > height, before[course] > height
    pairs = [(layout.x[rung], on), (layout.up[rung], on & ~was), (layout.down[rung], was & ~on)]
    columns = [of[there & (of >= 0)] for of, there in pairs]
    courses = [np.broadcast_to(course[:, None], of.shape)[there & (of >= 0)] for of, there in pairs]
    for act in layout.acts:
        there = (level != before) & (act[site] >= 0)
        columns.append(act[site][there])
        courses.append(np.broadcast_to(np.arange(len(site))[:, None], there.shape)[there])
    column, course = np.concatenate(columns), np.concatenate(courses)
    order = np.lexsort((course, column))
    return _Taken(site, column[order], course[order], np.bincount(site, minlength=len(layout.today)))


def _walked(layout: Layout, found: Courses, budget: float) -> tuple[Index, Index] | None:
    """Return site, (K,), and levels, (K, T), of the courses that lose less than a budget, year by year."""
    year, step, after, best = found.year, found.going, found.after, found.best
    site = np.arange(len(layout.today))
    level, worth = np.zeros((len(site), 0), dtype=np.int64), np.zeros(len(site))
    now = layout.today
    for t in range(year.shape[2]):
        reached = worth[:, None] + step[site, now, :, t] + year[site, :, t]
        of, to = np.nonzero(best[site][:, None] - (reached + after[site, :, t]) < budget)
        if len(of) > MOST:
            return None
        site, level, worth, now = site[of], np.column_stack((level[of], to)), reached[of, to], to
    return site, level.reshape(len(site), year.shape[2])


def _entries(
    parts: _Parts, row: Index, index: Index, value: Vector, bounds: tuple[Vector, Vector], rows: int
) -> _Entries:
    """Say rows over columns of the programme as rows over those of the core; fixed columns are left out."""
    choices, columns = len(parts.owner), len(parts.fixed)
    width = choices + len(parts.kept)
    number = np.bincount(parts.column, minlength=columns)
    first = np.cumsum(number) - number
    place = np.full(columns, -1)
    place[parts.kept] = choices + np.arange(len(parts.kept))
    some = np.flatnonzero(number[index])
    many = number[index[some]]
    at = np.repeat(some, many)
    each = np.arange(len(at)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first[index[some]], many)
    other = np.flatnonzero(place[index] >= 0)
    key = np.concatenate((row[at] * width + parts.choice[each], row[other] * width + place[index[other]]))
    values = np.concatenate((value[at], value[other]))
    order = np.argsort(key, kind="stable")
    key, values = key[order], values[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    values = np.add.reduceat(values, starts) if len(starts) else values
    row, column = np.divmod(key[starts], width)
    return _Entries(row, column, values, *_reach(parts, row, column, values, bounds, rows))


def _reach(
    parts: _Parts, row: Index, column: Index, value: Vector, bounds: tuple[Vector, Vector], rows: int
) -> tuple[Vector, Vector]:
    """Return the least and the most that each row can be if every site takes one of its choices."""
    choices = len(parts.owner)
    if not len(row):
        return np.zeros(rows), np.zeros(rows)
    site = int(parts.owner.max(initial=0)) + 1
    owner = np.append(parts.owner, site + np.arange(len(bounds[0]) - choices))[column]
    starts = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(owner, prepend=-1) != 0))
    one, other = value * bounds[0][column], value * bounds[1][column]
    one = np.where(column < choices, value, one)
    low = np.minimum.reduceat(np.minimum(one, other), starts)
    high = np.maximum.reduceat(np.maximum(one, other), starts)
    of_choice = column[starts] < choices
    size = np.diff(np.append(starts, len(row)))
    of = np.append(np.bincount(parts.owner, minlength=site), np.ones(len(bounds[0]) - choices, dtype=np.int64))
    partly = of_choice & (size < of[owner[starts]])
    low, high = np.where(partly, np.minimum(low, 0.0), low), np.where(partly, np.maximum(high, 0.0), high)
    least = np.bincount(row[starts], weights=low, minlength=rows)
    return least.astype(float), np.bincount(row[starts], weights=high, minlength=rows).astype(float)


def _distinct(found: _Entries, rows: int, many: int) -> Index:
    """Return which numbers can be more than one thing, each of like ones once."""
    seen: dict[bytes, int] = {}
    edges = np.searchsorted(found.row, rows + np.arange(many + 1))
    for k in np.flatnonzero(found.most[rows:] > found.least[rows:]).tolist():
        some = slice(edges[k], edges[k + 1])
        seen.setdefault(found.column[some].tobytes() + found.value[some].tobytes(), k)
    return np.array(sorted(seen.values()), dtype=np.int64)


def _groups(layout: Layout, parts: _Parts) -> tuple[list[tuple[Index, Index]], Index]:
    """Return for each rung and year that is open the choices that hold it and those that do not, and its column."""
    rung: Mask = np.zeros(len(parts.fixed), dtype=bool)
    rung[layout.x] = True
    some = rung[parts.column]
    column, choice = parts.column[some], parts.choice[some]
    edges = np.flatnonzero(np.diff(column, prepend=-1, append=-1)).tolist()
    first = np.searchsorted(parts.owner, np.arange(parts.owner.max(initial=-1) + 2)).tolist()
    seen: dict[bytes, tuple[Index, Index, int]] = {}
    for start, end in pairwise(edges):
        on = choice[start:end]
        named = on.tobytes()
        if named not in seen:
            owner = int(parts.owner[on[0]])
            off = np.ones(first[owner + 1] - first[owner], dtype=bool)
            off[on - first[owner]] = False
            seen[named] = on, first[owner] + np.flatnonzero(off), int(column[start])
    return [(on, off) for on, off, _ in seen.values()], np.array([c for *_, c in seen.values()], dtype=np.int64)
