"""What the measurements say, as tables; and under which conditions they were taken."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import geometric_mean
from typing import Any

METHODS = ("legation", "highs", "linopy+highs", "pulp+cbc")
PACKAGES = ("highspy", "linopy", "numpy", "pulp")
AGREEMENT = 1e-6
Row = dict[str, Any]


def machine() -> str:
    """Return the machine and the versions of what was measured on it."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    system = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{system}; {', '.join(versions)}"


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor() or "processor unknown"


def measured_code(root: Path) -> str:
    """Return a digest of the world, of the methods and of our programme: of all that figures depend on here."""
    files = [root / "benchmarks" / f"{name}.py" for name in ("cell", "tables", "with_linopy", "with_pulp", "world")]
    for floor in ("programme", "engine"):
        files += sorted((root / "src" / "legation" / floor).glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def disagreements(rows: Iterable[Row]) -> list[str]:
    """Return a sentence for every proven optimum that is not the first one's."""
    first: dict[tuple[int, int], Row] = {}
    found = []
    for row in rows:
        if row["proven"]:
            other = first.setdefault((row["years"], row["seed"]), row)
            if not math.isclose(row["objective"], other["objective"], rel_tol=AGREEMENT):
                found.append(f"{row['method']} found {row['objective']}, {other['method']} {other['objective']}.")
    return found


def report(rows: Sequence[Row]) -> str:
    """Return the tables: every cell, and how many times longer the others take."""
    head = [
        "| years | seed | method | runs | build s | solve s | peak MB | optimum |",
        "|--:|--:|---|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([said(rows), "", *head, *(line(r) for r in rows), "", *ratios(rows)])


def said(rows: Sequence[Row]) -> str:
    """Return when, where, with what and how the figures were taken."""
    days = sorted({r["day"] for r in rows})
    when = days[0] if len(days) == 1 else f"In parts, from {days[0]} to {days[-1]}"
    quarrel = "do not agree" if disagreements(rows) else f"agree within a relative {AGREEMENT:g}"
    return (
        f"{when}: {rows[0]['machine']}. Each figure is the median of the runs told; the limit is "
        f"{rows[0]['limit']:g} seconds of the clock. All proven optima {quarrel}."
    )


def line(row: Row) -> str:
    """Return one row of the table of cells."""
    solve = f"{row['solve']:.1f}" if row["proven"] else f"> {row['solve']:.0f}"
    optimum = f"{row['objective']:.2f}" if row["proven"] else f"not proven ({row['objective']:.2f})"
    cells = (*(row[k] for k in ("years", "seed", "method", "runs")), f"{row['build']:.3f}", solve)
    return "| " + " | ".join(str(c) for c in (*cells, f"{row['peak_mb']:.0f}", optimum)) + " |"


def ratios(rows: Sequence[Row]) -> list[str]:
    """Return how many times as long each other method takes, as geometric means over seeds."""
    out = ["| years | seeds | against | build | build and solve | memory |", "|--:|--:|---|--:|--:|--:|"]
    ours = {(r["years"], r["seed"]): r for r in rows if r["method"] == METHODS[0]}
    for years in sorted({r["years"] for r in rows}):
        for method in METHODS[1:]:
            theirs = [r for r in rows if (r["method"], r["years"]) == (method, years) and (years, r["seed"]) in ours]
            pairs = [(ours[years, r["seed"]], r) for r in theirs]
            if pairs:
                cells = (years, len(pairs), method, ratio(pairs, ["build"]), whole(pairs), ratio(pairs, ["peak_mb"]))
                out.append("| " + " | ".join(str(c) for c in cells) + " |")
    return out


def whole(pairs: Sequence[tuple[Row, Row]]) -> str:
    """Return the ratio of build and solve; a bound on it where one side did not prove its optimum in time."""
    ours, theirs = (all(pair[side]["proven"] for pair in pairs) for side in (0, 1))
    if not ours and not theirs:
        return "neither proven"
    bound = "" if ours and theirs else "> " if ours else "< "
    return bound + ratio(pairs, ["build", "solve"])


def ratio(pairs: Sequence[tuple[Row, Row]], keys: Sequence[str]) -> str:
    """Return the geometric mean of theirs by ours, of the sum of some figures."""
    mean = geometric_mean(sum(theirs[k] for k in keys) / sum(ours[k] for k in keys) for ours, theirs in pairs)
    return f"{mean:.1f}"
