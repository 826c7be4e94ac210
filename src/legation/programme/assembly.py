"""Write a problem down as a formulation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from legation.planning.brief import AccreditationsPerSeat, Custom, MeasuresPerYear, Rule
from legation.planning.problem import Problem, in_order
from legation.programme.columns import Columns, rank
from legation.programme.expressions import rises
from legation.programme.formulation import Formulation, Index, Rows, Vector
from legation.programme.layout import UNLIMITED, Layout, Notes
from legation.programme.rows import labels, write


def formulate(problem: Problem) -> Formulation:
    """Return the strong formulation: telescoped rungs, disaggregated services, and the rows of the brief's rules."""
    columns, rows = Columns(in_order(problem)), Rows()
    _ladders(columns, rows)
    _changes(columns, rows)
    rows.notes.own.append(np.arange(rows.count))
    _seats(columns, rows)
    _services(columns, rows)
    acts = _rules(columns, rows)
    lower, upper = _bounds(columns)
    whole = np.zeros(columns.count + len(acts), dtype=bool)
    whole[: columns.x.size] = True
    integer = whole.copy()
    whole[columns.y.ravel()] = True
    integer[columns.y.ravel()] = not _assigns(columns)
    integer[columns.count :] = acts
    objective, constant = _objective(columns)
    more = np.zeros(len(acts))
    packed = rows.pack(
        np.concatenate((objective, more)),
        constant,
        np.concatenate((lower, more)),
        np.concatenate((upper, more + 1.0)),
        integer,
        whole,
        labels(rule_order(problem)),
    )
    return replace(packed, layout=_layout(columns, rows.notes, packed.columns))


def _layout(columns: Columns, notes: Notes, count: int) -> Layout:
    """Return what the columns say, for solvers that know how a site lives."""
    sites, first = len(columns.problem.sites), np.array(columns.first_rung)
    most, acts = np.full(sites, UNLIMITED), []
    for site, number in notes.most:
        most[site] = min(most[site], number)
    for of, act in notes.acts:
        acts.append(np.full((sites, columns.horizon), -1))
        acts[-1][of] = act
    return Layout(
        columns=count,
        first_rung=first,
        today=np.bincount(columns.rung_site[columns.held], minlength=sites),
        closable=columns.closable,
        risable=columns.risable,
        x=columns.x,
        up=columns.up,
        down=columns.down,
        y=columns.y,
        needs=columns.needs,
        counted=np.array([s.concurrent for s in columns.services], dtype=bool),
        most=most,
        acts=tuple(acts),
        own=np.concatenate(notes.own),
    )


def rule_order(problem: Problem) -> tuple[Rule, ...]:
    """Return the rules in an order that does not depend on how they were given."""
    return tuple(sorted(problem.brief.rules, key=lambda r: (r.rule, repr(r))))


def _assigns(columns: Columns) -> bool:
    """Say whether, once the forms are fixed, the services are an assignment: then they come out whole by themselves.

    Each service then stands in one row of its interest and one of its seat, all with ones: a bipartite incidence
    matrix, which is totally unimodular. Costs, unequal loads and rules of others break that.
    """
    limits = [r.limit for r in columns.problem.brief.rules if isinstance(r, AccreditationsPerSeat)]
    return (
        not any(isinstance(r, Custom) for r in columns.problem.brief.rules)
        and all(limit == int(limit) for limit in limits)
        and not any(any(s.running) or (s.concurrent and s.load != 1) for s in columns.services)
    )


def _bounds(columns: Columns) -> tuple[Vector, Vector]:
    """Forms that cannot be given up stay; forms that cannot be reached stay away."""
    lower, upper = np.zeros(columns.count), np.ones(columns.count)
    lower[columns.x[columns.sure]] = 1.0
    upper[columns.x[~columns.possible]] = 0.0
    shut = columns.closable[:, None] & ~columns.risable
    upper[columns.up[shut]] = 0.0
    return lower, upper


def _ladders(columns: Columns, rows: Rows) -> None:
    """x[l+1,t] <= x[l,t] on every ladder."""
    above = np.flatnonzero(np.diff(columns.rung_site, prepend=-1) == 0)
    high, low = columns.x[above].ravel(), columns.x[above - 1].ravel()
    row = np.arange(len(high))
    rows.block(len(high), [(row, high, 1.0), (row, low, -1.0)], upper=0.0)


def _changes(columns: Columns, rows: Rows) -> None:
    """Tie each year to the one before.

    not closable: x[l,t-1] <= x[l,t], with equality in years in which it may not rise
    closable: up - down = x[l,t] - x[l,t-1], up <= x[l,t], up <= 1 - x[l,t-1]: never both at once
    """
    free = np.flatnonzero(~columns.held & ~columns.closable)
    now, before = columns.x[free][:, 1:].ravel(), columns.x[free][:, :-1].ravel()
    row = np.arange(len(now))
    most = np.where(columns.risable[free][:, 1:].ravel(), np.inf, 0.0)
    rows.block(len(now), [(row, now, 1.0), (row, before, -1.0)], lower=0.0, upper=most)
    _closable(columns, rows, np.flatnonzero(columns.closable))


def _closable(columns: Columns, rows: Rows, rungs: Index) -> None:
    x, up, down = columns.x[rungs], columns.up[rungs], columns.down[rungs]
    row = np.arange(x.size).reshape(x.shape)
    today = np.zeros(x.shape)
    today[:, 0] = columns.held[rungs]
    earlier = (row[:, 1:], x[:, :-1], 1.0)
    rows.block(
        x.size,
        [(row, up, 1.0), (row, down, -1.0), (row, x, -1.0), earlier],
        lower=-today.ravel(),
        upper=-today.ravel(),
    )
    rows.block(x.size, [(row, up, 1.0), (row, x, -1.0)], upper=0.0)
    rows.block(x.size, [(row, up, 1.0), earlier], upper=1.0 - today.ravel())


def _seats(columns: Columns, rows: Rows) -> None:
    """Of a site's services to one interest, those that need a rung or a higher one: sum of y[v,t] <= x[rung,t].

    One at most is used, so this says of whole plans what y <= x says. In the relaxation it shuts out that half a
    consulate serves at the share of a consulate and once more at that of the honorary one below it.
    """
    if not columns.services:
        return
    place = columns.rung_site[columns.needs] * len(columns.problem.interests) + columns.serves
    order = np.lexsort((columns.needs, place))
    key = place[order] * columns.rungs + columns.needs[order]
    first = np.searchsorted(key, key)
    length = np.searchsorted(place[order], place[order], side="right") - first
    others = np.repeat(first - np.cumsum(length) + length, length) + np.arange(length.sum())
    row = np.arange(columns.y.size).reshape(columns.y.shape)
    start = rows.block(
        columns.y.size,
        [
            (np.repeat(row, length, axis=0), columns.y[order[others]], 1.0),
            (row, columns.x[columns.needs[order]], -1.0),
        ],
        upper=0.0,
    )
    rows.notes.own.append(start + row[length == 1].ravel())


def _services(columns: Columns, rows: Rows) -> None:
    """Of an interest: sum of y <= 1, and others' y + x[lowest rung of residence] <= 1."""
    if not columns.services:
        return
    residence = np.array([-1 if (r := columns.residence[i]) is None else r for i in columns.interest_at])
    at_home = np.array([columns.site_at[s.site] for s in columns.services]) == residence[columns.serves]
    _one_service(columns, rows, np.flatnonzero(~at_home), residence)
    rivalled = np.isin(columns.serves, columns.serves[at_home])
    _one_service(columns, rows, np.flatnonzero(rivalled), np.full_like(residence, -1))


def _one_service(columns: Columns, rows: Rows, some: Index, residence: Index) -> None:
    """Of some services: at most one for each interest, and none while the site of its residence holds a form."""
    years = np.arange(columns.horizon)
    kinds, place = np.unique(columns.serves[some], return_inverse=True)
    resident = np.flatnonzero(residence[kinds] >= 0)
    lowest = np.array(columns.first_rung)[residence[kinds[resident]]]
    entries = [(place, columns.y[some]), (resident, columns.x[lowest])]
    rows.block(
        len(kinds) * columns.horizon,
        [(row[:, None] * columns.horizon + years, column, 1.0) for row, column in entries],
        upper=1.0,
    )


def _rules(columns: Columns, rows: Rows) -> list[bool]:
    """Write every rule; return, of each column they asked for behind the layout, whether it says that a site acts.

    Once the forms are whole these can be too, so nothing is lost by saying so, and the solver closes the rows that
    count them: a quarter less time on worlds of the bench.
    """
    acts: list[bool] = []
    for number, rule in enumerate(rule_order(columns.problem)):
        rows.rule = number
        asked = write(rule, columns, rows, columns.count + len(acts))
        acts += [isinstance(rule, MeasuresPerYear)] * asked
    return acts


def _objective(columns: Columns) -> tuple[Vector, float]:
    """Worth of what is served and merit of what is held, discounted, less a little for every change."""
    objective = np.zeros(columns.count)
    objective[columns.x] += columns.merit[:, None] * columns.discount
    served = worth_served(columns)
    np.add.at(objective, served.column, served.share * (worths(columns) * columns.discount).ravel()[served.cell])
    _penalise(columns, objective)
    return objective, 0.0


@dataclass(frozen=True, slots=True, eq=False)
class WorthServed:
    """Which share of which worth each column adds: column, share, and cell (interest x T + year), (entries,) each."""

    column: Index
    cell: Index
    share: Vector


def worths(columns: Columns) -> Vector:
    """Return the worth of each interest in each year, not discounted, (I, T)."""
    worth = np.array([[float(w) for w in i.worth] for i in columns.problem.interests])
    return np.asarray(worth.reshape(-1, columns.horizon))


def worth_served(columns: Columns) -> WorthServed:
    """Return how the objective follows from the worths of the interests."""
    years, horizon = np.arange(columns.horizon), columns.horizon
    share = np.array([float(s.share) for s in columns.services])
    column = [columns.y.ravel()]
    cell = [(columns.serves[:, None] * horizon + years).ravel()]
    shares = [np.repeat(share, horizon)]
    for rung, interest, added in _plain_shares(columns):
        column.append(columns.x[rung])
        cell.append(interest * horizon + years)
        shares.append(np.full(horizon, added))
    return WorthServed(np.concatenate(column), np.concatenate(cell), np.concatenate(shares))


def _plain_shares(columns: Columns) -> Iterator[tuple[int, int, float]]:
    """Go through rung, interest and what the rung adds to the share below it, for services that need no column."""
    best: dict[tuple[str, str], float] = defaultdict(float)
    for service in sorted(columns.plain, key=lambda s: (s.interest, s.site, rank(s.form), s.share)):
        rung, share = columns.service_rung(service), float(service.share)
        key = (service.interest, service.site)
        if rung is not None and share > best[key]:
            yield rung, columns.interest_at[service.interest], share - best[key]
            best[key] = share


def _penalise(columns: Columns, objective: Vector) -> None:
    """Take change_penalty x (1 + r / (1000 S)) for every rung taken up or given up at the r-th of S sites."""
    sites = len(columns.problem.sites)
    price = float(columns.problem.change_penalty) * (1 + (columns.rung_site + 1) / (1000 * sites))
    weight = np.repeat(price[:, None], columns.horizon, axis=1)
    for _, column, coefficient in rises(columns, weight, np.zeros(weight.shape, dtype=np.int64)):
        np.subtract.at(objective, column.ravel(), np.asarray(coefficient).ravel())
    objective[columns.down[columns.closable]] -= weight[columns.closable]
