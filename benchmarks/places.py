"""Siting against spopt on places drawn from a seed, so that this part needs no files: medians and covers of towns.

The towns are written as a folder of instances, which `benchmarks.locating` measures; instances of research, with known
optima, are measured there too: `python -m benchmarks.locating FOLDER`.
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from benchmarks.locating import cell

FIELDS = ("instance", "file", "problem", "p", "radius")
ASKED = (
    *((n, "p-median", p) for n, p in ((100, 5), (100, 15), (200, 10), (200, 30))),
    *((n, "MCLP", p) for n, p in ((400, 10), (400, 30), (800, 20), (800, 60))),
)
RADIUS = 60
WIDE = 1000
LIMIT = 60.0
AGREEMENT = 1e-6
Row = dict[str, Any]


def towns(count: int) -> str:
    """Draw towns in a square, few large and many small, in the layout of points with demand."""
    random = Random(count)
    rows = [
        (random.randrange(WIDE), random.randrange(WIDE), round(100 * random.paretovariate(1.2))) for _ in range(count)
    ]
    return "\n".join([f"{count} 9999 p S", *(" ".join(map(str, row)) for row in rows)]) + "\n"


def write(folder: Path, asked: Sequence[tuple[int, str, int]]) -> list[str]:
    """Write the instances and their manifest; return their names."""
    rows = [
        {"instance": f"{problem} {n} {p}", "file": f"{n}.txt", "problem": problem, "p": p, "radius": RADIUS}
        for n, problem, p in asked
    ]
    for n in {n for n, _, _ in asked}:
        (folder / f"{n}.txt").write_text(towns(n), encoding="utf-8")
    with (folder / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)
    return [str(row["instance"]) for row in rows]


def measure(runs: int, asked: Sequence[tuple[int, str, int]] = ASKED) -> list[Row]:
    """Measure ours and spopt on each instance, so many runs of each, one after the other; return medians."""
    with tempfile.TemporaryDirectory(prefix="legation-places-") as text:
        folder = Path(text)
        return [measured(folder, name, runs) for name in write(folder, asked)]


def measured(folder: Path, name: str, runs: int) -> Row:
    """Measure one instance by both."""
    found: dict[str, list[Row]] = {"legation": [], "spopt": []}
    for _ in range(runs):
        for method, cells in found.items():
            cells.append(cell(method, folder, name, LIMIT))
    ours, other = found["legation"], found["spopt"]
    row = {
        "instance": name,
        "runs": runs,
        "objective": ours[0].get("objective"),
        "proven": all(c.get("gap") == 0 and c.get("right") for c in ours),
        "seconds": median(c["seconds"] for c in ours),
        "spopt": other[0].get("objective"),
        "spopt_proven": all(c["solved"] for c in other),
        "spopt_seconds": median(c["seconds"] for c in other),
    }
    print(row, file=sys.stderr, flush=True)
    return row


def disagreements(rows: Sequence[Row]) -> list[str]:
    """Return a sentence for every instance on which both proofs end in different optima."""
    return [
        f"{row['instance']}: legation found {row['objective']}, spopt {row['spopt']}."
        for row in rows
        if row["proven"] and row["spopt_proven"] and not math.isclose(row["objective"], row["spopt"], rel_tol=AGREEMENT)
    ]


def report(rows: Sequence[Row]) -> str:
    """Return the table: an instance a line."""
    lines = ["| problem | towns | p | runs | legation s | spopt s | times |", "|---|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        ours, other = ("" if row[k] else "> " for k in ("proven", "spopt_proven"))
        bound = "" if row["proven"] and row["spopt_proven"] else "> " if row["proven"] else "< "
        times = "" if ours and other else f"{bound}{row['spopt_seconds'] / max(row['seconds'], 0.005):.0f}"
        told = f"{ours}{row['seconds']:.3f} | {other}{row['spopt_seconds']:.2f} | {times}"
        lines.append(f"| {' | '.join(row['instance'].split())} | {row['runs']} | {told} |")
    return "\n".join(lines)
