"""How the cost of ensembles grows with the number of futures: `benchmarks.ensembles`, once for each number."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import Any

from benchmarks.running import called

COUNTS = (5, 20, 80)
LIMIT = 1800.0
SAID = re.compile(r"(\d+) futures: ([\d.]+) s each; HiGHS from scratch, \d+ of them: ([\d.]+) s")
Row = dict[str, Any]


def measure(count: int) -> Row:
    """Measure so many futures by both ways; raise RuntimeError where no figures come back."""
    print(f"{count} futures ...", file=sys.stderr, flush=True)
    out, ended = called([sys.executable, "-m", "benchmarks.ensembles", str(count)], LIMIT)
    found = SAID.search(out)
    if not found:
        raise RuntimeError(f"benchmarks.ensembles {'was ended' if ended else f'said {out!r}'}.")
    print(f"  {found[0]}", file=sys.stderr, flush=True)
    return {"futures": count, "each": float(found[2]), "scratch": float(found[3])}


def report(rows: Sequence[Row]) -> str:
    """Return the table: a number of futures a line."""
    lines = [
        "| futures | legation, s each | legation, s in all | HiGHS from scratch, s each | times |",
        "|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        each, scratch = row["each"], row["scratch"]
        lines.append(
            f"| {row['futures']} | {each:.2f} | {each * row['futures']:.0f} | {scratch:.2f} | {scratch / each:.1f} |"
        )
    return "\n".join(lines)
