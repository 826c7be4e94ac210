"""Ensembles: the best plan of many futures, each within a gap that is proven for it.

Futures are taken in batches of a fixed size. Within a batch each is planned by what those before it have shown: which
plans are good, and which branches pay. What a batch comes to depends on the batch alone, wherever and in whichever
order batches are done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from legation.engine.alike import Alike
from legation.engine.by_course import Counts
from legation.errors import UnsolvedError
from legation.inquiry.asking import Question, ask
from legation.inquiry.futures import Futures, Uncertainty
from legation.planning.problem import Problem
from legation.programme.formulation import Vector
from legation.programme.solver import Limits, Status
from legation.values import value

SIZE = 100
"""How many futures a batch has."""
GAP = 1e-4


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
    """Return the first futures in batches; the last has what is left, which is planned as if more came behind it."""
    numbers = (tuple(range(s, min(s + SIZE, count))) for s in range(0, count, SIZE))
    return tuple(Batch(problem, uncertainties, seed, some, limits) for some in numbers)


def answers(batch: Batch, tell: Callable[[float, str], None] | None = None) -> tuple[Answer, ...]:
    """Plan each future of a batch; raise UnsolvedError where time runs out before any plan of one is found.

    tell: told after each what share of the batch is done
    """
    question = ask(batch.problem, limits=batch.limits)
    futures, alike = Futures(question, batch.uncertainties, batch.seed), Alike(counts(question), batch.limits)
    found = []
    for done, number in enumerate(batch.numbers, start=1):
        found.append(_answer(alike, futures, number))
        if tell:
            tell(done / len(batch.numbers), "")
    return tuple(found)


def _answer(alike: Alike, futures: Futures, number: int) -> Answer:
    solution = alike.solve(futures.formulation(futures.draw(number)))
    if solution.status is Status.INFEASIBLE:
        return Answer(number, b"")
    if solution.status is Status.UNKNOWN:
        raise UnsolvedError(
            f"No plan was found for future {number} within {alike.limits.seconds:g} seconds.",
            hint="Give it more time (--seconds).",
        )
    return Answer(number, packed(solution.x), solution.objective, max(solution.bound, solution.objective))


def counts(question: Question) -> Counts:
    """Return each number of sites that a branch may be made on.

    A relaxation is often stuck between whole numbers of embassies, not between this embassy and that one. A branch on
    such a number moves its bound on both sides, where of one site another takes its place.
    """
    columns, sites = question.columns, question.problem.sites
    sets: dict[tuple[str | int, ...], list[int]] = {}
    for rung, (site, place) in enumerate(_rungs(question)):
        form = sites[site].ladder[place].form
        for t, column in enumerate(columns.x[rung].tolist()):
            keys: list[tuple[str | int, ...]] = [("form", form, t), ("track", sites[site].track, t), ("rungs", t)]
            for key in (*keys, *([("sites", t)] if place == 0 else [])):
                sets.setdefault(key, []).append(column)
    several = {tuple(found): None for found in sets.values() if len(found) > 1}
    return Counts.of(tuple(np.array(found, dtype=np.int64) for found in several))


def _rungs(question: Question) -> list[tuple[int, int]]:
    """Return site and place on its ladder of each rung."""
    first = question.columns.first_rung
    return [(int(s), r - int(first[s])) for r, s in enumerate(question.columns.rung_site)]


def packed(x: Vector) -> bytes:
    """Return a plan's columns as bits."""
    return np.packbits(x > 0.5).tobytes()


def unpacked(plan: bytes, columns: int) -> Vector:
    """Return a plan's columns from its bits."""
    return np.unpackbits(np.frombuffer(plan, dtype=np.uint8), count=columns).astype(float)
