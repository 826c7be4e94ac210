"""Rows that count measures: at most so many sites change in a year."""

from __future__ import annotations

from legation.planning.brief import Kind, MeasuresPerYear
from legation.programme.columns import Columns, Terms
from legation.programme.formulation import Rows

Expression = tuple[Terms, float]


def count(rule: MeasuresPerYear, c: Columns, rows: Rows, extra: int) -> int:
    """Add sum of "site acts in year t" <= limit; return how many indicator columns it took, from `extra` on.

    A site's act is the largest of a few expressions that are 0 or 1 where it matters (`_acts`): with one
    expression it stands for itself, else a column m >= each of them stands for their maximum.
    """
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
    any: u_l, d_l of every rung                 to form f: u_f
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
        case None:
            rungs = range(first, end) if form is None else [form]
            falls = [(c.falls(r, t), True) for r in rungs] if form is None else []
            return [(c.rises(r, t), True) for r in rungs] + falls
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
