"""Measure planning against other packages: `python benchmarks/run.py --help`.

Every cell (method, years, seed) runs in a process of its own, several times; medians count. All methods must come
to the same optimum, or the run fails. The figures go to benchmarks/results.json and, as tables, between the markers
in docs/explanation/performance.md.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "explanation" / "performance.md"
MARKERS = ("<!-- bench: begin -->", "<!-- bench: end -->")
METHODS = ("legation", "linopy+highs", "pulp+cbc")
PACKAGES = ("highspy", "linopy", "numpy", "pulp")
AGREEMENT = 1e-6
CELLS = ("3:1", "3:2", "3:3", "5:1", "10:1")
Row = dict[str, Any]


def main() -> int:
    """Measure, print, write; return 1 if two methods disagree about an optimum."""
    options = read_options()
    rows = []
    for cell in options.cells:
        years, seed = (int(part) for part in cell.split(":"))
        rows += [measure(method, years, seed, options.runs, options.limit) for method in options.methods]
    if options.add:
        rows = added(json.loads(RESULTS.read_text(encoding="utf-8"))["rows"], rows)
    quarrels = disagreements(rows)
    text = report(rows)
    print(text)
    if not options.dry:
        RESULTS.write_text(json.dumps(about() | {"limit": options.limit, "rows": rows}, indent=1) + "\n", "utf-8")
        rewrite(PAGE, text)
    for quarrel in quarrels:
        print(quarrel, file=sys.stderr)
    return 1 if quarrels else 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Measure planning against other packages.")
    parser.add_argument("cells", nargs="*", default=CELLS, metavar="YEARS:SEED", help=f"default: {' '.join(CELLS)}")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS, help="default: all")
    parser.add_argument("--runs", type=int, default=1, help="runs of each cell, of which the median counts")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds a solver may take")
    parser.add_argument("--add", action="store_true", help="keep the earlier results of other cells and methods")
    parser.add_argument("--dry", action="store_true", help="write nothing")
    return parser.parse_args()


def measure(method: str, years: int, seed: int, runs: int, limit: float) -> Row:
    """Run a cell and return its medians."""
    found = []
    for run in range(1, runs + 1):
        print(f"{method}, {years} years, seed {seed}, run {run} of {runs} ...", file=sys.stderr, flush=True)
        found.append(run_once(method, years, seed, limit))
        print("  " + "  ".join(f"{k} {v:.2f}" for k, v in found[-1].items()), file=sys.stderr, flush=True)
    numbers = {key: median(f[key] for f in found) for key in ("build", "solve", "peak_mb", "objective")}
    proven = all(f["proven"] for f in found)
    return {"method": method, "years": years, "seed": seed, "runs": runs, "proven": proven} | numbers


def added(before: Sequence[Row], rows: Sequence[Row]) -> list[Row]:
    """Return earlier rows and new ones in order; of the same cell and method the new one."""
    found = {(r["years"], r["seed"], METHODS.index(r["method"])): r for r in (*before, *rows)}
    return [found[key] for key in sorted(found)]


def run_once(method: str, years: int, seed: int, limit: float) -> Row:
    """Run one cell in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cell", method, str(years), str(seed), str(limit)]
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, check=True, text=True, stdout=subprocess.PIPE
    )
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


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
    head = ["| years | seed | method | build s | solve s | peak MB | optimum |", "|--:|--:|---|--:|--:|--:|--:|"]
    return "\n".join([said(rows), "", *head, *(line(r) for r in rows), "", *ratios(rows)])


def said(rows: Sequence[Row]) -> str:
    """Return where, with what and how the figures were taken."""
    facts = about()
    runs = max(r["runs"] for r in rows)
    how = f"the median of {runs} runs" if runs > 1 else "one run"
    quarrel = "do not agree" if disagreements(rows) else f"agree within a relative {AGREEMENT:g}"
    return (
        f"{facts['date']}: {facts['processor']}, {facts['cores']} cores, {facts['system']}; {facts['versions']}. "
        f"Each figure is {how}. All proven optima {quarrel}."
    )


def line(row: Row) -> str:
    """Return one row of the table of cells."""
    solve = f"{row['solve']:.1f}" if row["proven"] else f"> {row['solve']:.0f}"
    optimum = f"{row['objective']:.2f}" if row["proven"] else f"not proven ({row['objective']:.2f})"
    cells = (row["years"], row["seed"], row["method"], f"{row['build']:.3f}", solve, f"{row['peak_mb']:.0f}", optimum)
    return "| " + " | ".join(str(c) for c in cells) + " |"


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


def about() -> dict[str, Any]:
    """Return the machine, the versions and the day."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": ", ".join(versions),
    }


def processor() -> str:
    """Return the name of the processor, where the system tells it."""
    info = Path("/proc/cpuinfo")
    names = (
        [r.split(":")[1].strip() for r in info.read_text().splitlines() if "model name" in r] if info.exists() else []
    )
    return names[0] if names else platform.processor() or "processor unknown"


def rewrite(page: Path, text: str) -> None:
    """Put the report between the markers of the page."""
    begin, end = MARKERS
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
