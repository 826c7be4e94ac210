"""One measurement in a process of its own: `python -m benchmarks.cell METHOD SIZE LIMIT` prints two lines of JSON.

The first line says what building took, so that it is known even of a cell that has to be ended; the second says the
rest. Each method first plans a small world, so that importing packages is not counted. Seconds are of the processor
(the solver's too, where it is another program), so that other work on the machine counts less. The limit is of the
clock.
"""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.methods import METHODS
from benchmarks.world import Size

SMALL, WARM = Size(2, 3, states=40, cities=15, organisations=4), 3.0
"""What each method plans first, and for how many seconds at most."""


def measure(method: str, size: Size, limit: float) -> Iterator[dict[str, Any]]:
    """Yield seconds to build, then all the rest: seconds to solve, peak of memory, and what came out."""
    build, solve = METHODS[method]()
    solve(build(SMALL.draw()), WARM)
    problem = size.draw()
    start, clock = cpu_seconds(), time.perf_counter()
    model = build(problem)
    built = cpu_seconds()
    yield {"build": built - start}
    outcome = solve(model, limit)
    spent = {"solve": cpu_seconds() - built, "clock": time.perf_counter() - clock}
    value = None if math.isnan(outcome.objective) else outcome.objective
    yield spent | {"peak_mb": peak_mb(), "proven": outcome.proven, "objective": value}


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
    method, size, limit = sys.argv[1:]
    for found in measure(method, Size.read(size), float(limit)):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
