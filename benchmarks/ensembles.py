"""Measure ensembles: `python -m benchmarks.ensembles COUNT EVERY` plans futures of the world, and some by HiGHS.

Seconds are of the processor, both ways to the same gap; HiGHS plans one future in EVERY, so that
both meet the same futures on the same machine. Building the formulation is not counted on either side; what ensembles
take to draw a future is.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from benchmarks.world import world
from legation.inquiry.asking import ask
from legation.inquiry.ensembles import GAP, SIZE, Answer, answers, batches
from legation.inquiry.futures import Futures, Worth
from legation.programme.highs import highs
from legation.programme.solver import Limits

YEARS, SEED, SPREAD = 3, 1, 0.2
ROUNDING = 1e-9


def main() -> None:
    """Measure and print seconds a future, both ways."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    every = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    problem, drawn, limits = world(YEARS, SEED), (Worth(SPREAD),), Limits(gap=GAP)
    start = time.process_time()
    found = [a for batch in batches(problem, drawn, SEED, count, limits) for a in answers(batch)]
    ours = (time.process_time() - start) / count
    sample = found[every // 2 :: every]
    theirs = _alone(Futures(ask(problem, limits=limits), drawn, SEED), sample, limits) / len(sample)
    widest = max((a.bound - a.worth) / a.worth for a in found)
    print(said(count, ours, len(sample), theirs))
    print(f"ratio {theirs / ours:.1f}, largest gap {widest:.1e}")


def said(count: int, ours: float, sample: int, theirs: float) -> str:
    """Return seconds a future both ways, as `benchmarks.futures` reads them."""
    return f"{count} futures: {ours:.2f} s each; HiGHS from scratch, {sample} of them: {theirs:.2f} s"


def _alone(futures: Futures, sample: Sequence[Answer], limits: Limits) -> float:
    """Return the seconds that HiGHS takes for some futures; end where its answer is another."""
    taken = 0.0
    for answer in sample:
        formulation = futures.formulation(futures.draw(answer.number))
        start = time.process_time()
        scratch = highs(formulation, limits)
        taken += time.process_time() - start
        if scratch.objective > answer.bound * (1 + ROUNDING) or answer.worth > scratch.bound * (1 + ROUNDING):
            sys.exit(f"Future {answer.number}: {answer.worth} and {scratch.objective} contradict each other's bounds.")
    return taken


if __name__ == "__main__":
    main()
