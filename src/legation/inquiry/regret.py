"""Regret: what a plan that is chosen now gives up in each future against the plan that is best there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from legation.engine.alike import keeps, ordinary
from legation.errors import InfeasibleError
from legation.inquiry.asking import Question, aimed, with_row
from legation.inquiry.ensembles import Answer, packed, unpacked
from legation.inquiry.futures import Futures
from legation.programme.formulation import Formulation, Vector
from legation.programme.solver import Solution, Status
from legation.values import value

ROUNDS = 60
"""So many futures at most are made rows of their own before the minimax plan is told with the gap that is left."""


@value
class Judged:
    """A plan in all futures that have one, as if it were carried out there whatever it costs.

    average: its mean worth; expected, worst: mean and largest regret; future: in which it is largest; broken: the
    share of the futures in which the plan as it stands breaks a ceiling or comes too early: there its regret is only
    an estimate from below, and may be less than nothing
    """

    plan: bytes
    average: float
    expected: float
    worst: float
    future: int
    broken: float


@value
class Minimax:
    """The plan whose largest regret is least, and a bound: no plan's largest regret in these futures is less."""

    judged: Judged
    bound: float


@dataclass(frozen=True, eq=False)
class Sample:
    """The futures that have a plan.

    worth: what they change of the worths, (N, I x T); best: worth of the plan found best in each, (N,)
    mended: whether anything but worth changes, so that a plan of one may break the brief in another
    """

    question: Question
    futures: Futures
    answers: tuple[Answer, ...]
    worth: Vector
    best: Vector
    mended: bool


def sample(question: Question, futures: Futures, answers: Sequence[Answer]) -> Sample:
    """Return the futures that have a plan, ready to judge others in."""
    planned = tuple(a for a in answers if a.plan)
    worth = np.array([futures.draw(a.number).worth for a in planned]).reshape(len(planned), -1)
    fixed = all(u.kind in ("weights", "worth") for u in futures.uncertainties)
    return Sample(question, futures, planned, worth, np.array([a.worth for a in planned]), not fixed)


def judge(taken: Sample, plan: bytes) -> Judged:
    """Return what a plan is worth, and what it gives up, in the futures that were planned."""
    x = unpacked(plan, taken.question.formulation.columns)
    values = _values(taken, x)
    regret = taken.best - values
    worst = int(np.argmax(regret))
    broken = sum(not _carries(taken, a.number, x) for a in taken.answers) if taken.mended else 0
    return Judged(
        plan,
        float(values.mean()),
        float(regret.mean()),
        float(regret[worst]),
        taken.answers[worst].number,
        broken / len(taken.answers),
    )


def best_on_average(taken: Sample) -> Judged:
    """Return the plan within the brief as it stands whose mean worth over the futures is largest: one programme."""
    f, futures = taken.question.formulation, taken.futures
    found = ordinary(aimed(f, futures.objective(taken.worth.mean(axis=0))), taken.question.limits)
    return judge(taken, packed(_point(found)))


def minimax(taken: Sample, first: bytes) -> Minimax:
    """Return the plan within the brief as it stands whose largest regret over the futures is least.

    Each round adds the future in which the plan found so far regrets most; the programme of the futures added is a
    bound from below, the plan in all futures one from above, and both meet.
    """
    f, futures, limits = taken.question.formulation, taken.futures, taken.question.limits
    ample = float(taken.best.max() - min(0.0, float(taken.best.min()))) + abs(f.constant) + 1.0
    master = _least_regret(f, ample)
    best, bound, x = (np.inf, first), -ample, unpacked(first, f.columns)
    slack = limits.gap * max(1.0, float(np.abs(taken.best).max()))
    for _ in range(ROUNDS):
        regret = taken.best - _values(taken, x)
        worst = int(np.argmax(regret))
        if float(regret[worst]) < best[0]:
            best = (float(regret[worst]), packed(x))
        if best[0] - bound <= slack:
            break
        objective = np.append(futures.objective(taken.worth[worst]), 1.0)
        at = np.flatnonzero(objective)
        master = with_row(master, at, objective[at], lower=float(taken.best[worst]) - f.constant)
        found = taken.question.solver(master, replace(limits, gap=min(limits.gap, 1e-4)))
        x = np.round(_point(found)[: f.columns])
        bound = max(bound, -float(found.bound))
    return Minimax(judge(taken, best[1]), min(bound, best[0]))


def _least_regret(f: Formulation, ample: float) -> Formulation:
    """Return the formulation with one more column, behind the others, which alone is to be least: the regret."""
    return replace(
        f,
        objective=np.append(np.zeros(f.columns), -1.0),
        constant=0.0,
        lower=np.append(f.lower, -ample),
        upper=np.append(f.upper, ample),
        integer=np.append(f.integer, False),
        whole=np.append(f.whole, False),
        layout=None,
    )


def _values(taken: Sample, x: Vector) -> Vector:
    """Return what a plan is worth in each future, (N,)."""
    stated, shares = taken.futures.worth_of(x[None, :])
    return np.asarray(stated[0] + taken.worth @ shares[0])


def _carries(taken: Sample, number: int, x: Vector) -> bool:
    futures = taken.futures
    return keeps(futures.formulation(futures.draw(number)), x)


def _point(found: Solution) -> Vector:
    if found.status not in (Status.OPTIMAL, Status.FEASIBLE):
        raise InfeasibleError(
            "No plan keeps the brief as it stands, or none was found in time.", hint="Look at it with: legation plan"
        )
    return found.x
