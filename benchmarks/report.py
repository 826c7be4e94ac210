"""What the measurements say, as tables; and under which conditions they were taken."""

from __future__ import annotations

import hashlib
import math
import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from benchmarks.methods import METHODS, peer
from benchmarks.world import Size

PACKAGES = ("highspy", "linopy", "numba", "numpy", "ortools", "pulp", "pyomo", "pyscipopt", "spopt")
AGREEMENT = 1e-6
OURS = next(iter(METHODS))
Row = dict[str, Any]


def machine() -> str:
    """Return the machine and the versions of what was measured on it."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {told_version(name)}" for name in PACKAGES)]
    system = f"{processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}"
    return f"{system}; {', '.join(versions)}"


def told_version(name: str) -> str:
    """Return the version of a package, a dash where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor() or "processor unknown"


def measured_code(root: Path, method: str) -> str:
    """Return a digest of the world, of how it is measured, and of a method: of all that its figures depend on here."""
    bench = root / "benchmarks"
    files = [bench / f"{name}.py" for name in ("cell", "methods", "world")]
    if peer(method)[1]:
        files += [bench / "peers" / f"{name}.py" for name in ("tables", peer(method)[1])]
    else:
        files += [
            file for f in ("programme", "engine") for file in sorted((root / "src" / "legation" / f).glob("*.py"))
        ]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def disagreements(rows: Iterable[Row]) -> list[str]:
    """Return a sentence for every proven optimum that is not the first one's."""
    first: dict[str, Row] = {}
    found = []
    for row in rows:
        if row["proven"]:
            other = first.setdefault(row["size"], row)
            if not math.isclose(row["objective"], other["objective"], rel_tol=AGREEMENT):
                found.append(f"{row['method']} found {row['objective']}, {other['method']} {other['objective']}.")
    return found


def report(rows: Sequence[Row]) -> str:
    """Return the tables: every cell, and how many times longer the others take."""
    head = [
        "| years | seed | method | runs | build s | solve s | peak MB | optimum |",
        "|--:|--:|---|--:|--:|--:|--:|--:|",
    ]
    return "\n".join([*head, *(line(r) for r in rows), "", *ratios(rows)])


def said(rows: Sequence[Row]) -> str:
    """Return when, where, with what and how the figures were taken."""
    days = sorted({r["day"] for r in rows})
    when = days[0] if len(days) == 1 else f"In parts, from {days[0]} to {days[-1]}"
    quarrel = "do not agree" if disagreements(rows) else f"agree within a relative {AGREEMENT:g}"
    limits = " or ".join(f"{limit:g}" for limit in sorted({r["limit"] for r in rows}))
    return (
        f"{when}: {rows[0]['machine']}. Each figure is the median of the runs told; the limit is "
        f"{limits} seconds of the clock. All proven optima {quarrel}."
    )


def line(row: Row) -> str:
    """Return one row of the table of cells."""
    size = Size.read(row["size"])
    solve = f"{row['solve']:.1f}" if row["proven"] else f"> {row['solve']:.0f}"
    best = number(row["objective"], 2) or "no plan"
    optimum = best if row["proven"] else f"not proven ({best})"
    figures = (number(row["build"], 3), solve, number(row["peak_mb"], 0), optimum)
    return "| " + " | ".join(str(c) for c in (size.years, size.seed, row["method"], row["runs"], *figures)) + " |"


def number(value: float | None, digits: int) -> str:
    """Write a number; nothing where it is not known."""
    return "" if value is None else f"{value:.{digits}f}"


def ratios(rows: Sequence[Row]) -> list[str]:
    """Return how many times as long each other method takes, as geometric means over seeds."""
    out = ["| years | seeds | against | build | build and solve | memory |", "|--:|--:|---|--:|--:|--:|"]
    ours = {r["size"]: r for r in rows if r["method"] == OURS}
    for years in sorted({Size.read(r["size"]).years for r in rows}):
        for method in list(METHODS)[1:]:
            theirs = [r for r in rows if (r["method"], Size.read(r["size"]).years) == (method, years)]
            pairs = [(ours[r["size"]], r) for r in theirs if r["size"] in ours]
            if pairs:
                cells = (years, len(pairs), method, ratio(pairs, ["build"]), whole(pairs), ratio(pairs, ["peak_mb"]))
                out.append("| " + " | ".join(str(c) for c in cells) + " |")
    return out


def whole(pairs: Sequence[tuple[Row, Row]]) -> str:
    """Return the ratio of build and solve; a bound on it where one side did not prove its optimum in time."""
    ours, theirs = (all(pair[side]["proven"] for pair in pairs) for side in (0, 1))
    if not ours and not theirs:
        return "neither proven"
    bound, told = "" if ours and theirs else "> " if ours else "< ", ratio(pairs, ["build", "solve"])
    return told and bound + told


def ratio(pairs: Sequence[tuple[Row, Row]], keys: Sequence[str]) -> str:
    """Return the geometric mean of theirs by ours, of the sum of some figures; nothing where one is not known."""
    if any(row[k] is None for pair in pairs for row in pair for k in keys):
        return ""
    mean = geometric_mean(sum(theirs[k] for k in keys) / sum(ours[k] for k in keys) for ours, theirs in pairs)
    return f"{mean:.1f}"
