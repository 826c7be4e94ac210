"""Why a brief cannot be satisfied: a smallest set of rules in conflict, and the least that would heal it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from legation.programme.formulation import Formulation
from legation.programme.solver import Limits, Solver, Status


def conflict(formulation: Formulation, solver: Solver, limits: Limits) -> tuple[int, ...]:
    """Return rules that cannot hold together, though any of them left out the others can; () if none is to blame.

    Rules are left out one after another and stay out while the rest is still impossible. A time-out counts as
    possible, so the set may then be larger than the smallest, never wrong.
    """
    rules = sorted(set(formulation.row_rule[formulation.row_rule >= 0].tolist()))
    question = replace(formulation, objective=np.zeros(formulation.columns), constant=0.0)
    if not _impossible(question, solver, limits) or _impossible(question.without(set(rules)), solver, limits):
        return ()
    out: set[int] = set()
    for rule in rules:
        if _impossible(question.without(out | {rule}), solver, limits):
            out.add(rule)
    return tuple(r for r in rules if r not in out)


def _impossible(formulation: Formulation, solver: Solver, limits: Limits) -> bool:
    return solver(formulation, limits).status is Status.INFEASIBLE


def relaxation(formulation: Formulation, rule: int, solver: Solver, limits: Limits) -> str:
    """Say what change of one rule alone heals the whole brief.

    A rule with numbers is relaxed by the least sum of amounts; any other can only be lifted.
    """
    name = formulation.labels[rule]
    keys = sorted({key for r, _, key in formulation.soft if r == rule})
    if keys:
        solution = solver(_relaxed(formulation, rule, keys), limits)
        if solution.status in (Status.OPTIMAL, Status.FEASIBLE):
            amounts = solution.x[formulation.columns :]
            parts = [
                f"{a:,.6g}" + (f" in {key}" if key else "") for key, a in zip(keys, amounts, strict=True) if a > 1e-6
            ]
            return f"{name}: relax by {', '.join(parts)}" if parts else f"{name}: already possible"
    elif not _impossible(formulation.without({rule}), solver, limits):
        return f"{name}: lift the rule"
    return f"{name}: no change of this rule alone heals the brief"


def _relaxed(formulation: Formulation, rule: int, keys: list[int]) -> Formulation:
    """Add a column of relief for each key, at a cost of one a unit, and drop every other aim."""
    f, width = formulation, formulation.columns
    relief = [(row, keys.index(key)) for r, row, key in f.soft if r == rule]
    start, index, value = f.start.copy(), f.index, f.value
    for row, k in sorted(relief, reverse=True):
        sign = 1.0 if np.isfinite(f.row_lower[row]) else -1.0
        index = np.insert(index, f.start[row + 1], width + k)
        value = np.insert(value, f.start[row + 1], sign * f.scale[row])
    for row, _ in relief:
        start[row + 1 :] += 1
    more = np.zeros(len(keys))
    return replace(
        f,
        objective=np.concatenate((np.zeros(width), more - 1.0)),
        constant=0.0,
        lower=np.concatenate((f.lower, more)),
        upper=np.concatenate((f.upper, more + np.inf)),
        integer=np.concatenate((f.integer, more > 0)),
        whole=np.concatenate((f.whole, more > 0)),
        start=start,
        index=index,
        value=value,
    )
