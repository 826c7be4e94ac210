"""Find the best plan of a problem, or say which rules cannot hold together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from legation.errors import InfeasibleError, UnsolvedError
from legation.model import Form
from legation.planning import accounts
from legation.planning.brief import Rule
from legation.planning.outcome import Plan, Proof, Served
from legation.planning.problem import Problem, Service, in_order
from legation.planning.wording import A_FORM, describe, heal
from legation.programme.assembly import formulate, rule_order
from legation.programme.columns import Columns, rank
from legation.programme.conflicts import conflict, relaxation
from legation.programme.formulation import Formulation, Vector
from legation.programme.highs import highs
from legation.programme.solver import Limits, Solution, Solver, Status


def plan(problem: Problem, *, digest: str = "", solver: Solver = highs, limits: Limits = Limits()) -> Plan:
    """Return the best plan that satisfies the brief, with its proof.

    digest: of the problem, kept in the plan so that nobody checks it against another. Raise InfeasibleError with a
    smallest set of rules in conflict and what would heal it, UnsolvedError if time ran out before any plan was found.
    """
    problem = in_order(problem)
    formulation = formulate(problem)
    solution = settle(formulation, solver(formulation, limits), solver, limits)
    if solution.status is Status.INFEASIBLE:
        raise _infeasible(problem, formulation, solver, limits)
    if solution.status is Status.UNKNOWN:
        hint = "Give it more time (--seconds), or ask for a wider gap (--gap)."
        raise UnsolvedError(f"No plan was found within {limits.seconds:g} seconds.", hint=hint)
    return read(problem, solution, digest, limits)


def settle(formulation: Formulation, solution: Solution, solver: Solver, limits: Limits) -> Solution:
    """Round to whole decisions; if services came out in parts, fix the forms and solve for the services alone."""
    if solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return solution
    whole = np.where(formulation.whole, np.round(solution.x), solution.x)
    if np.abs(whole - solution.x).max(initial=0.0) < 1e-3:
        return replace(solution, x=whole)
    fixed = formulation.integer
    lower, upper = formulation.lower.copy(), formulation.upper.copy()
    lower[fixed] = upper[fixed] = whole[fixed]
    again = solver(replace(formulation, lower=lower, upper=upper, integer=formulation.whole), limits)
    return replace(again, bound=solution.bound, x=np.where(formulation.whole, np.round(again.x), again.x))


def _infeasible(problem: Problem, formulation: Formulation, solver: Solver, limits: Limits) -> InfeasibleError:
    rules = rule_order(problem)
    found = conflict(formulation, solver, limits)
    if not found:
        return InfeasibleError(
            "No plan satisfies the brief, whatever its rules: today's forms contradict each other.",
            hint="Look at the forms held today and at the years in which sites may rise.",
        )
    together = "cannot hold" if len(found) == 1 else "cannot hold together"
    named = "; ".join(describe(rules[r]) for r in found)
    return InfeasibleError(
        f"No plan satisfies the brief, for these {together}: {named}.",
        conflict=tuple(formulation.labels[r] for r in found),
        relaxations=tuple(heal(rules[r], relaxation(formulation, r, solver, limits)) for r in found),
        hint=" ".join(("Relax or lift one of the rules named.", *_stuck(problem, [rules[r] for r in found]))),
    )


def _stuck(problem: Problem, rules: list[Rule]) -> list[str]:
    """Name the sites of the rules in conflict whose form of today cannot be given up: that may be the cause."""
    named = {getattr(rule, "site", "") for rule in rules}
    sites = (s for s in problem.sites if s.id in named and s.today is not Form.NONE and not s.closable)
    return [f"{s.id} holds {A_FORM[s.today]} today and is not closable: see sites.csv." for s in sites]


def read(problem: Problem, solution: Solution, digest: str, limits: Limits) -> Plan:
    """Return a solution as a plan; every figure is recomputed exactly from the forms and services chosen."""
    columns = Columns(problem)
    held = forms(columns, solution.x)
    services = served(columns, held, solution.x)
    objective = accounts.to_decimal(accounts.objective(problem, held, services))
    tail, baseline_tail = accounts.tail(problem, held, services)
    return Plan(
        digest,
        accounts.measures_from(problem, held, services),
        services,
        accounts.money(problem, held, services),
        tail,
        baseline_tail,
        _proof(objective, solution, limits),
    )


def _proof(objective: Decimal, solution: Solution, limits: Limits) -> Proof:
    """Return the proof; a bound below the exact objective is the solver's rounding: the objective then bounds it."""
    bound = max(Decimal(repr(round(solution.bound, 9))) if np.isfinite(solution.bound) else objective, objective)
    gap = (bound - objective) / max(abs(objective), Decimal("1e-9"))
    return Proof(
        objective=objective,
        bound=bound,
        gap=round(gap, 12),
        status=solution.status.value,
        solver=solution.solver,
        version=solution.version,
        seed=limits.seed,
        seconds_limit=Decimal(repr(limits.seconds)),
        gap_limit=Decimal(repr(limits.gap)),
    )


def forms(columns: Columns, x: Vector) -> dict[str, tuple[Form, ...]]:
    """Return the form each site holds at the end of each year."""
    held = {}
    for i, site in enumerate(columns.problem.sites):
        heights = x[columns.x[columns.first_rung[i] : columns.first_rung[i + 1]]].sum(axis=0).astype(int).tolist()
        held[site.id] = tuple(site.ladder[h - 1].form if h else Form.NONE for h in heights)
    return held


def served(columns: Columns, held: dict[str, tuple[Form, ...]], x: Vector) -> tuple[Served, ...]:
    """Return who serves each interest in each year: services chosen, and forms held that serve by themselves."""
    rows = []
    chosen = x[columns.y] > 0.5 if columns.services else np.zeros((0, columns.horizon))
    for t, year in enumerate(columns.problem.brief.years):
        used = [s for v, s in enumerate(columns.services) if chosen[v, t]]
        used += _by_themselves(columns, held, t)
        rows += [
            Served(year, s.interest, s.site, s.form, s.share, s.concurrent)
            for s in sorted(used, key=lambda s: (s.interest, s.site))
            if s.share
        ]
    return tuple(rows)


def _by_themselves(columns: Columns, held: dict[str, tuple[Form, ...]], t: int) -> list[Service]:
    best: dict[str, Service] = {}
    for service in sorted(columns.plain, key=lambda s: (s.interest, s.share, rank(s.form))):
        if rank(held[service.site][t]) >= rank(service.form):
            best[service.interest] = service
    return list(best.values())
