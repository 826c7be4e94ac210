"""Run cells: each in a process of its own with a limit, the short ones several times, and keep the medians."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.world import Size

ROOT = Path(__file__).resolve().parent.parent
NUMBERS = ("build", "solve", "clock", "peak_mb", "objective")
PATIENCE = 120.0
"""How many seconds of the clock a process may take beyond twice its limit: to begin, to build, and to stop."""
Row = dict[str, Any]


@dataclass(frozen=True)
class Care:
    """How cells are run: how often, up to which seconds of the clock they are run again, and the solver's limit."""

    runs: int = 5
    short: float = 60.0
    limit: float = 300.0


def measure(method: str, size: Size, care: Care) -> Row:
    """Run a cell, again if it is short, and return its medians."""
    found: list[Row] = []
    while not found or (len(found) < care.runs and found[0]["clock"] <= care.short):
        print(f"{method}, {size}, run {len(found) + 1} ...", file=sys.stderr, flush=True)
        found.append(run_once(method, size, care.limit))
        told = (f"{k} {found[-1][k]:.2f}" for k in NUMBERS if found[-1][k] is not None)
        print("  " + "  ".join(told), file=sys.stderr, flush=True)
    return {
        "method": method,
        "size": str(size),
        "day": datetime.now(UTC).date().isoformat(),
        "limit": care.limit,
        "runs": len(found),
        "proven": all(f["proven"] for f in found),
    } | {key: middle([f[key] for f in found]) for key in NUMBERS}


def middle(numbers: Sequence[float | None]) -> float | None:
    """Return the median of what is known, None where nothing is."""
    known = [n for n in numbers if n is not None]
    return median(known) if known else None


def run_once(method: str, size: Size, limit: float) -> Row:
    """Run one cell; of one that had to be ended only what it had used by then is known."""
    command = [sys.executable, "-m", "benchmarks.cell", method, str(size), str(limit)]
    before, stop = used(), 2 * limit + PATIENCE
    out, ended = called(command, stop)
    row: Row = {}
    for line in out.splitlines():
        row |= json.loads(line) if line.startswith("{") else {}
    if ended:
        row = {"build": None, "clock": stop, "peak_mb": None, "objective": None, "proven": False} | row
        row["solve"] = used() - before - (row["build"] or 0)
    return row


def called(command: Sequence[str], stop: float) -> tuple[str, bool]:
    """Return what a program printed, and whether it was ended, with all it had begun, after so many seconds.

    Raise RuntimeError if it failed.
    """
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": path},
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            out, _ = process.communicate(timeout=stop)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, _ = process.communicate()
            return out, True
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if process.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed.")
    return out, False


def used() -> float:
    """Return the processor seconds of all programs that were waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime
