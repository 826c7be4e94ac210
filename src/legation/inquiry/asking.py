"""A question: one problem written down once, and solved again with other bounds, other aims or other money."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from legation.engine.narrowing import best_known, narrowed
from legation.engine.shares import kinds
from legation.engine.tailored import legation
from legation.errors import NotFoundError, UnsolvedError
from legation.model import Form
from legation.planning.accounts import height, held_forms
from legation.planning.brief import Ceiling, Class, Rule, Tail
from legation.planning.outcome import Plan
from legation.planning.problem import Problem, in_order
from legation.planning.wording import A_FORM
from legation.programme.assembly import formulate, rule_order
from legation.programme.columns import Columns
from legation.programme.formulation import Formulation, Index, Vector
from legation.programme.highs import highs
from legation.programme.plans import read, settle
from legation.programme.solver import Limits, Solution, Solver, Status

ROUNDING = 1e-7
"""What a solver's tolerance of rows may add to an objective, as a share of it."""


@dataclass(frozen=True, eq=False)
class Question:
    """A problem in canonical order, its columns and formulation, and how it is solved.

    known: plans found so far, as points: what is asked next mostly keeps one of them, and begins with it
    """

    problem: Problem
    columns: Columns
    formulation: Formulation
    solver: Solver
    limits: Limits
    known: list[Vector] = field(default_factory=list)

    def solve(self, formulation: Formulation) -> Solution | None:
        """Return the best solution of a variant of the formulation, None where there is none.

        Raise UnsolvedError where time ran out: an answer that rests on an unproven plan would be a guess.
        """
        solution = settle(formulation, self._solved(formulation), self.solver, self.limits)
        if solution.status is Status.INFEASIBLE:
            return None
        if solution.status is not Status.OPTIMAL:
            raise UnsolvedError(
                f"One of the plans that this answer needs was not proven within {self.limits.seconds:g} seconds.",
                hint="Give it more time (--seconds), or ask for a wider gap (--gap).",
            )
        self.known.append(solution.x)
        return solution

    def _solved(self, formulation: Formulation) -> Solution:
        """Begin with the best plan known; the problem as it is, is planned as `plan` does, to the same plan."""
        if self.solver is highs or formulation is self.formulation:
            return self.solver(formulation, self.limits)
        return narrowed(formulation, self.limits, best_known(formulation, self.known))

    @cached_property
    def likes(self) -> tuple[Index, ...]:
        """Return columns that ceilings do not tell apart: see `kinds`."""
        return kinds(self.formulation, money_rows(self))

    def plan(self, solution: Solution, digest: str = "") -> Plan:
        """Return a solution as a plan of the problem, its figures recomputed exactly."""
        width = self.formulation.columns
        return read(self.problem, replace(solution, x=solution.x[:width]), digest, self.limits)

    def slack(self, level: float) -> float:
        """Return by how much two objectives near a level may differ and still count as equal."""
        return (2 * self.limits.gap + ROUNDING) * max(1.0, abs(level))


def ask(problem: Problem, solver: Solver = legation, limits: Limits = Limits()) -> Question:
    """Write a problem down, ready to be asked about."""
    ordered = in_order(problem)
    return Question(ordered, Columns(ordered), formulate(ordered), solver, limits)


def rung_of(question: Question, site: str, form: Form | None = None) -> int:
    """Return the rung of a site that is a form or a higher one (the lowest where none is named)."""
    columns = question.columns
    if site not in columns.site_at:
        raise NotFoundError(f"The problem has no site {site!r}.", hint="legation questions CASE lists what a case has.")
    place = columns.problem.sites[columns.site_at[site]]
    rung = columns.first_rung[columns.site_at[site]] if form is None else columns.level(place, form)
    if rung is None or not place.ladder:
        raise NotFoundError(
            f"{site} can never hold {A_FORM[form] if form else 'a form'}.",
            hint="Its ladder in sites.csv says which forms it may hold.",
        )
    return rung


def point(question: Question, plan: Plan) -> Solution:
    """Return a plan of the problem as a solution: forms held and services as columns; its bound is the plan's own.

    Columns that rules asked for behind the layout stay at 0: no objective counts them.
    """
    columns, f = question.columns, question.formulation
    x = np.zeros(f.columns)
    held = held_forms(question.problem, plan.measures)
    for first, site in zip(columns.first_rung, columns.problem.sites, strict=False):
        for t, form in enumerate(held[site.id]):
            x[columns.x[first : first + height(site, form), t]] = 1.0
    some = columns.closable
    moved = np.diff(x[columns.x], axis=1, prepend=columns.held.astype(float)[:, None])[some]
    x[columns.up[some]], x[columns.down[some]] = np.maximum(moved, 0.0), np.maximum(-moved, 0.0)
    used = {(s.year, s.interest, s.site, s.form, s.share, s.concurrent) for s in plan.services}
    for v, s in enumerate(columns.services):
        for t, year in enumerate(columns.problem.brief.years):
            x[columns.y[v, t]] = (year, s.interest, s.site, s.form, s.share, s.concurrent) in used
    return Solution(Status.OPTIMAL, x, float(f.objective @ x) + f.constant, float(plan.proof.bound))


# Variants of a formulation


def holding(question: Question, rung: int, *, held: bool, base: Formulation | None = None) -> Formulation:
    """Return the formulation in which a rung is held, or is not, at the end of the last year."""
    f = question.formulation if base is None else base
    column = question.columns.x[rung, -1]
    lower, upper = f.lower.copy(), f.upper.copy()
    if held:
        lower[column] = 1.0
    else:
        upper[column] = 0.0
    return replace(f, lower=lower, upper=upper)


def aimed(formulation: Formulation, objective: Vector) -> Formulation:
    """Return the formulation with another objective."""
    return replace(formulation, objective=objective)


def worth_at_least(formulation: Formulation, level: float) -> Formulation:
    """Return the formulation with one more row: the objective is no less than a level."""
    columns = np.flatnonzero(formulation.objective)
    return with_row(formulation, columns, formulation.objective[columns], lower=level - formulation.constant)


def with_row(
    formulation: Formulation, columns: Index, values: Vector, *, lower: float = -np.inf, upper: float = np.inf
) -> Formulation:
    """Return the formulation with one more row, which belongs to no rule: lower <= values @ x[columns] <= upper."""
    f = formulation
    return replace(
        f,
        start=np.append(f.start, f.start[-1] + len(columns)),
        index=np.concatenate((f.index, columns)),
        value=np.concatenate((f.value, values)),
        row_lower=np.append(f.row_lower, lower),
        row_upper=np.append(f.row_upper, upper),
        row_rule=np.append(f.row_rule, -1),
        scale=np.append(f.scale, 1.0),
    )


# Money


def money_rows(question: Question, *, year: int | None = None, money: Class | None = None) -> dict[int, float]:
    """Return what one more share of the ceilings adds to each row that they bound: (row: amount, as scaled).

    year, money: only the amounts of that year, only ceilings of that class of money; ceilings of the tail are of
    running money and move with those of all years
    """
    f, rules, years = question.formulation, rule_order(question.problem), question.problem.brief.years
    bounded: dict[tuple[int, int], list[int]] = {}
    for number, row, key in f.soft:
        bounded.setdefault((number, row), []).append(key)
    found = {
        row: _amount(rules[number], keys, years, year, money) * float(f.scale[row])
        for (number, row), keys in bounded.items()
    }
    return {row: amount for row, amount in found.items() if amount}


def _amount(rule: Rule, keys: list[int], years: tuple[int, ...], year: int | None, money: Class | None) -> float:
    """Return what a row of a ceiling may spend: the amounts of its years, and what may be carried into the first."""
    if isinstance(rule, Ceiling) and money in (None, rule.money):
        stated, before = dict(rule.amounts), min(keys) - 1
        amounts = [(key, stated[key]) for key in keys]
        if rule.carry_over and before in stated and before in years:
            amounts.append((before, rule.carry_over * stated[before]))
        return float(sum(amount for of, amount in amounts if year in (None, of)))
    if isinstance(rule, Tail) and money in (None, Class.RUNNING) and year is None:
        return float(rule.amount)
    return 0.0
