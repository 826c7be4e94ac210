"""The methods that are measured: what each makes of a problem, and how it solves what it made.

All solvers have one thread, the same relative gap and otherwise their defaults.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from legation.planning.problem import Problem
from legation.programme.solver import Limits, Solution, Status

GAP = 1e-6


@dataclass(frozen=True)
class Outcome:
    """What a solve came to: whether the optimum was proven within the gap, and the value found."""

    proven: bool
    objective: float


Model = Any  # each package has its own
Build = Callable[[Problem], Model]
Solve = Callable[[Model, float], Outcome]
NOTHING = float("nan")


def legation() -> tuple[Build, Solve]:
    """Return our own path: arrays, solved by the tailored engine."""
    from legation.engine.tailored import legation as engine

    return ours(engine)


def highs() -> tuple[Build, Solve]:
    """Return the reference: the same arrays, handed to HiGHS as they stand."""
    from legation.programme.highs import highs as alone

    return ours(alone)


def ours(solver: Callable[..., Solution]) -> tuple[Build, Solve]:
    """Return our formulation with one of our solvers."""
    from legation.programme.assembly import formulate

    def solve(formulation: Model, limit: float) -> Outcome:
        solution = solver(formulation, Limits(seconds=limit, gap=GAP))
        return Outcome(solution.status is Status.OPTIMAL, solution.objective)

    return formulate, solve


def linopy_highs() -> tuple[Build, Solve]:
    """Return the model in linopy, handed to HiGHS in memory."""
    from benchmarks.peers.with_linopy import model

    def solve(written: Model, limit: float) -> Outcome:
        options = {"threads": 1, "time_limit": limit, "mip_rel_gap": GAP, "mip_abs_gap": 0.0, "output_flag": False}
        _, condition = written.solve("highs", io_api="direct", progress=False, **options)
        return Outcome(condition == "optimal", float(written.objective.value or "nan"))

    return model, solve


def pulp_cbc() -> tuple[Build, Solve]:
    """Return the model in PuLP, and the CBC that comes with it."""
    import pulp

    def cbc(limit: float) -> pulp.LpSolver:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the bundled CBC, in the next version
            return pulp.PULP_CBC_CMD(msg=False, threads=1, timeLimit=limit, gapRel=GAP)

    return pulp_with(cbc)


def pulp_highs() -> tuple[Build, Solve]:
    """Return the model in PuLP, handed to HiGHS in memory."""
    import pulp

    def handed(limit: float) -> pulp.LpSolver:
        return pulp.HiGHS(msg=False, threads=1, timeLimit=limit, gapRel=GAP, gapAbs=0.0)

    return pulp_with(handed)


def pulp_with(solver: Callable[[float], Any]) -> tuple[Build, Solve]:
    """Return the model in PuLP with a solver that has a limit."""
    import pulp

    from benchmarks.peers.with_pulp import model

    def solve(written: Model, limit: float) -> Outcome:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            written.solve(solver(limit))
        value = pulp.value(written.objective)
        return Outcome(written.sol_status == pulp.LpSolutionOptimal, NOTHING if value is None else float(value))

    return model, solve


def pyomo_highs() -> tuple[Build, Solve]:
    """Return the model in Pyomo, handed to HiGHS in memory by Pyomo's own interface."""
    from pyomo.contrib.appsi.base import TerminationCondition
    from pyomo.contrib.appsi.solvers import Highs

    from benchmarks.peers.with_pyomo import model

    def solve(written: Model, limit: float) -> Outcome:
        solver = Highs()
        solver.config.time_limit, solver.config.mip_gap, solver.config.load_solution = limit, GAP, False
        solver.highs_options = {"threads": 1, "mip_abs_gap": 0.0}
        found = solver.solve(written)
        value = found.best_feasible_objective
        proven = found.termination_condition is TerminationCondition.optimal
        return Outcome(proven, NOTHING if value is None else float(value))

    return model, solve


def cpsat() -> tuple[Build, Solve]:
    """Return the model for OR-Tools CP-SAT."""
    from ortools.sat.python import cp_model

    from benchmarks.peers.with_cpsat import Written, model

    def solve(written: Written, limit: float) -> Outcome:
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds, solver.parameters.relative_gap_limit = limit, GAP
        status = solver.solve(written.model)
        found = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
        return Outcome(status == cp_model.OPTIMAL, written.value(solver) if found else NOTHING)

    return model, solve


def scip() -> tuple[Build, Solve]:
    """Return the model for SCIP."""
    from benchmarks.peers.with_scip import model

    def solve(written: Model, limit: float) -> Outcome:
        written.setParams({"limits/time": limit, "limits/gap": GAP})
        written.optimize()
        value = written.getObjVal() if written.getNSols() else NOTHING
        return Outcome(written.getStatus() in {"optimal", "gaplimit"}, float(value))

    return model, solve


METHODS: dict[str, Callable[[], tuple[Build, Solve]]] = {
    "legation": legation,
    "highs": highs,
    "linopy+highs": linopy_highs,
    "pulp+highs": pulp_highs,
    "pyomo+highs": pyomo_highs,
    "pulp+cbc": pulp_cbc,
    "cp-sat": cpsat,
    "scip": scip,
}
PEERS = {
    "linopy": ("linopy", "with_linopy"),
    "pulp": ("pulp", "with_pulp"),
    "pyomo": ("pyomo", "with_pyomo"),
    "cp-sat": ("ortools", "with_cpsat"),
    "scip": ("pyscipopt", "with_scip"),
}
"""What each method of others begins with: its package, and the module in which the model is written."""


def peer(method: str) -> tuple[str, str]:
    """Return the package and the module of a method; empty words for ours."""
    return PEERS.get(method.partition("+")[0], ("", ""))


def installed() -> list[str]:
    """Return the methods whose packages are there."""
    return [m for m in METHODS if not peer(m)[0] or find_spec(peer(m)[0])]
