"""Why a brief cannot be satisfied: a smallest set of rules in conflict, and the least that would heal it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from legation.programme.formulation import Formulation
from legation.programme.solver import Limits, Solver, Status

LEAST = 1e-6  # relief below this is the solver's rounding


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


def relaxation(
    formulation: Formulation, rule: int, solver: Solver, limits: Limits
) -> tuple[tuple[int, float], ...] | None:
    """Return the least change of one rule alone that heals the whole brief, or None if none does.

    (year or 0, amount) for each number that must give way, least in sum; () for a rule without numbers: lift it.
    """
    keys = sorted({key for r, _, key in formulation.soft if r == rule})
    if not keys:
        return None if _impossible(formulation.without({rule}), solver, limits) else ()
    solution = solver(_relaxed(formulation, rule, keys), limits)
    if solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return None
    amounts = solution.x[formulation.columns :].tolist()
    return tuple((key, amount) for key, amount in zip(keys, amounts, strict=True) if amount > LEAST)


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
