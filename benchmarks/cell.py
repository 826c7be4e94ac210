"""One measurement in a process of its own: `python -m benchmarks.cell METHOD YEARS SEED LIMIT` prints one JSON object.

Each method first plans a small world, so that importing packages is not counted. Seconds are of the processor
(the solver's too, where it is another program), so that other work on the machine counts less; all solvers have
one thread. The limit is of the clock.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.world import world
from legation.planning.problem import Problem
from legation.programme.solver import Limits, Solution, Status

GAP = 1e-6
SMALL = {"states": 40, "cities": 15, "organisations": 4}


@dataclass(frozen=True)
class Outcome:
    """What a solve came to: whether the optimum was proven within the gap, and the value found."""

    proven: bool
    objective: float


Model = Any  # each package has its own
Build = Callable[[Problem], Model]
Solve = Callable[[Model, float], Outcome]


def legation() -> tuple[Build, Solve]:
    """Return our own path: arrays, solved by the tailored engine."""
    from legation.engine.tailored import tailored

    return ours(tailored)


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


def pulp() -> tuple[Build, Solve]:
    """Return the model in PuLP, and the CBC that comes with it."""
    import pulp as package

    from benchmarks.with_pulp import model

    def solve(written: Model, limit: float) -> Outcome:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the bundled CBC, in the next version
            cbc = package.PULP_CBC_CMD(msg=False, threads=1, timeLimit=limit, gapRel=GAP)
            written.solve(cbc)
        proven = written.sol_status == package.LpSolutionOptimal
        return Outcome(proven, float(package.value(written.objective) or "nan"))

    return model, solve


def linopy() -> tuple[Build, Solve]:
    """Return the model in linopy, handed to HiGHS."""
    from benchmarks.with_linopy import model

    def solve(written: Model, limit: float) -> Outcome:
        options = {"threads": 1, "time_limit": limit, "mip_rel_gap": GAP, "mip_abs_gap": 0.0, "output_flag": False}
        _, condition = written.solve("highs", io_api="direct", progress=False, **options)
        return Outcome(condition == "optimal", float(written.objective.value or "nan"))

    return model, solve


METHODS = {"legation": legation, "highs": highs, "linopy+highs": linopy, "pulp+cbc": pulp}


def measure(method: str, problem: Problem, limit: float) -> dict[str, Any]:
    """Return seconds to build and to solve, and what came out."""
    build, solve = METHODS[method]()
    solve(build(world(2, 3, **SMALL)), 60.0)
    start, clock = cpu_seconds(), time.perf_counter()
    model = build(problem)
    built = cpu_seconds()
    outcome = solve(model, limit)
    spent = {"build": built - start, "solve": cpu_seconds() - built, "clock": time.perf_counter() - clock}
    return spent | asdict(outcome)


def cpu_seconds() -> float:
    """Return the processor time so far of this process and of the programs it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb() -> float:
    """Return the peak of memory of this process and of the solvers it has called as programs, in MB (10^6 bytes)."""
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(used) * (1 if sys.platform == "darwin" else 1024) / 1e6


def main() -> None:
    """Measure what the command line says."""
    method, years, seed, limit = sys.argv[1:]
    found = measure(method, world(int(years), int(seed)), float(limit))
    print(json.dumps(found | {"peak_mb": peak_mb()}))


if __name__ == "__main__":
    main()
