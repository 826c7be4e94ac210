"""Measure ensembles: `python -m benchmarks.ensembles COUNT` plans futures of the world, and each with HiGHS alone.

Seconds are of the processor, both ways to the same gap on the same futures. Building the formulation is not counted
on either side; what ensembles take to draw a future is.
"""

from __future__ import annotations

import sys
import time

from benchmarks.world import world
from legation.inquiry.asking import ask
from legation.inquiry.ensembles import GAP, SIZE, Batch, answers
from legation.inquiry.futures import Futures, Worth
from legation.programme.highs import highs
from legation.programme.solver import Limits

YEARS, SEED, SPREAD = 3, 1, 0.2


def main() -> None:
    """Measure and print seconds a future, both ways."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    problem, drawn, limits = world(YEARS, SEED), (Worth(SPREAD),), Limits(gap=GAP)
    start = time.process_time()
    found = answers(Batch(problem, drawn, SEED, tuple(range(count)), limits))
    ours = (time.process_time() - start) / count
    futures, theirs = Futures(ask(problem, limits=limits), drawn, SEED), 0.0
    for answer in found:
        formulation = futures.formulation(futures.draw(answer.number))
        start = time.process_time()
        scratch = highs(formulation, limits)
        theirs += (time.process_time() - start) / count
        near = 2 * GAP * abs(answer.worth)
        if abs(scratch.objective - answer.worth) > near:
            sys.exit(f"Future {answer.number}: {answer.worth} and {scratch.objective} differ by more than the gaps.")
    widest = max((a.bound - a.worth) / a.worth for a in found)
    print(f"{count} futures: {ours:.2f} s each, HiGHS from scratch {theirs:.2f} s, ratio {theirs / ours:.1f}")
    print(f"largest gap {widest:.1e}")


if __name__ == "__main__":
    main()
