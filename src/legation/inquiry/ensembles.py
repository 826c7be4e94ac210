"""Ensembles: the best plan of many futures, each within a gap that is proven for it.

Futures are taken in batches of a fixed size. Within a batch a plan that was best before is tried first: where the
bound of the next future shows that none is better by more than the gap, it is the answer, and nothing is searched.
What a batch comes to depends on the batch alone, wherever and in whichever order batches are done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legation.engine.tailored import tailored
from legation.errors import UnsolvedError
from legation.inquiry.asking import Question, ask
from legation.inquiry.futures import Futures, Uncertainty
from legation.planning.problem import Problem
from legation.programme.formulation import Formulation, Vector
from legation.programme.plans import settle
from legation.programme.solver import Limits, Solution, Status
from legation.values import value

SIZE = 20
"""How many futures a batch has."""
GAP = 1e-4
FEASIBLE = 1e-7
"""By how much a plan may break a row, as scaled, and still count as keeping it: what solvers allow."""


@value
class Answer:
    """The best plan of one future: its columns as bits, what it is worth there, and what no plan is worth more than.

    plan: empty where no plan keeps the brief in that future
    """

    number: int
    plan: bytes
    worth: float = 0.0
    bound: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Some futures of a problem to be planned."""

    problem: Problem
    uncertainties: tuple[Uncertainty, ...]
    seed: int
    numbers: tuple[int, ...]
    limits: Limits


def batches(
    problem: Problem, uncertainties: tuple[Uncertainty, ...], seed: int, count: int, limits: Limits
) -> tuple[Batch, ...]:
    """Return the first futures in batches; the last is as full as the others, so that more futures change nothing."""
    starts = range(0, count, SIZE)
    return tuple(Batch(problem, uncertainties, seed, tuple(range(s, s + SIZE)), limits) for s in starts)


def answers(batch: Batch) -> tuple[Answer, ...]:
    """Plan each future of a batch; raise UnsolvedError where time runs out before any plan of one is found."""
    question = ask(batch.problem, limits=batch.limits)
    futures = Futures(question, batch.uncertainties, batch.seed)
    known: list[Vector] = []
    return tuple(_answer(question, futures, number, known) for number in batch.numbers)


def _answer(question: Question, futures: Futures, number: int, known: list[Vector]) -> Answer:
    f = futures.formulation(futures.draw(number))
    solution = solve(f, question.limits, best_known(f, known))
    if solution.status is Status.INFEASIBLE:
        return Answer(number, b"")
    if solution.status is Status.UNKNOWN:
        raise UnsolvedError(
            f"No plan was found for future {number} within {question.limits.seconds:g} seconds.",
            hint="Give it more time (--seconds).",
        )
    if not any(np.array_equal(solution.x, other) for other in known):
        known.append(solution.x)
    return Answer(number, packed(solution.x), solution.objective, max(solution.bound, solution.objective))


def solve(formulation: Formulation, limits: Limits, known: Vector | None = None) -> Solution:
    """Return the best plan of a formulation within the gap; known: one that keeps its rows."""
    solution = settle(formulation, tailored(formulation, limits, known), tailored, limits)
    if solution.status not in (Status.OPTIMAL, Status.FEASIBLE):
        return solution
    return replace(solution, objective=float(formulation.objective @ solution.x) + formulation.constant)


def best_known(formulation: Formulation, known: Sequence[Vector]) -> Vector | None:
    """Return the best of some plans that keeps the rows of a formulation, None where none does."""
    if not known:
        return None
    values = np.array(known) @ formulation.objective
    ranked = (known[k] for k in np.argsort(-values, kind="stable"))
    return next((x for x in ranked if keeps(formulation, x)), None)


def keeps(formulation: Formulation, x: Vector) -> bool:
    """Say whether a point keeps the bounds and rows of a formulation."""
    f = formulation
    if (x < f.lower - FEASIBLE).any() or (x > f.upper + FEASIBLE).any():
        return False
    row = np.repeat(np.arange(len(f.row_lower)), np.diff(f.start))
    sums = np.bincount(row, weights=f.value * x[f.index], minlength=len(f.row_lower))
    room = FEASIBLE * np.maximum(1.0, np.abs(sums))
    return bool((sums >= f.row_lower - room).all() and (sums <= f.row_upper + room).all())


def packed(x: Vector) -> bytes:
    """Return a plan's columns as bits."""
    return np.packbits(x > 0.5).tobytes()


def unpacked(plan: bytes, columns: int) -> Vector:
    """Return a plan's columns from its bits."""
    return np.unpackbits(np.frombuffer(plan, dtype=np.uint8), count=columns).astype(float)
