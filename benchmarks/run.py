"""Measure planning against other packages: `python -m benchmarks.run --help`.

Every cell (method, years, seed) runs in a process of its own, the short ones several times; medians count. All methods
must come to the same optimum, or the run fails. The figures go to benchmarks/results.json cell by cell and, as tables,
between the markers in docs/explanation/performance.md at the end. A run that was broken off goes on with `--resume`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.report import METHODS, Row, disagreements, machine, measured_code, report

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "explanation" / "performance.md"
MARKERS = ("<!-- bench: begin -->", "<!-- bench: end -->")
CELLS = ("3:1", "3:2", "3:3", "5:1", "10:1")
NUMBERS = ("build", "solve", "clock", "peak_mb", "objective")


def main() -> int:
    """Measure, write, print; return 1 if two methods disagree about an optimum."""
    options = read_options()
    same = {"machine": machine(), "code": measured_code(ROOT), "limit": options.limit}
    rows = earlier(same) if options.resume else []
    for cell in options.cells:
        years, seed = (int(part) for part in cell.split(":"))
        for method in options.methods:
            if not any((r["years"], r["seed"], r["method"]) == (years, seed, method) for r in rows):
                rows = in_order([*rows, same | measure(method, years, seed, options)])
                if not options.dry:
                    RESULTS.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    text = report(rows)
    print(text)
    if not options.dry:
        rewrite(PAGE, text)
    quarrels = disagreements(rows)
    for quarrel in quarrels:
        print(quarrel, file=sys.stderr)
    return 1 if quarrels else 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("cells", nargs="*", default=CELLS, metavar="YEARS:SEED", help=f"default: {' '.join(CELLS)}")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS, help="default: all")
    parser.add_argument("--runs", type=int, default=3, help="runs of a short cell, of which the median counts")
    parser.add_argument("--short", type=float, default=60.0, help="seconds of the clock up to which a cell is short")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds of the clock that a solver may take")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep what was measured on this machine with the same code and limit, and measure only what is missing",
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    return parser.parse_args()


def earlier(same: dict[str, Any]) -> list[Row]:
    """Return the rows of the results that were taken under the same conditions."""
    rows: list[Row] = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else []
    return [row for row in rows if same.items() <= row.items()]


def in_order(rows: Sequence[Row]) -> list[Row]:
    """Return rows by years, seed and method."""
    return sorted(rows, key=lambda r: (r["years"], r["seed"], METHODS.index(r["method"])))


def measure(method: str, years: int, seed: int, options: argparse.Namespace) -> Row:
    """Run a cell, again if it is short, and return its medians."""
    found: list[Row] = []
    while not found or (len(found) < options.runs and found[0]["clock"] <= options.short):
        print(f"{method}, {years} years, seed {seed}, run {len(found) + 1} ...", file=sys.stderr, flush=True)
        found.append(run_once(method, years, seed, options.limit))
        print("  " + "  ".join(f"{k} {v:.2f}" for k, v in found[-1].items()), file=sys.stderr, flush=True)
    return {
        "method": method,
        "years": years,
        "seed": seed,
        "day": datetime.now(UTC).date().isoformat(),
        "runs": len(found),
        "proven": all(f["proven"] for f in found),
    } | {key: median(f[key] for f in found) for key in NUMBERS}


def run_once(method: str, years: int, seed: int, limit: float) -> Row:
    """Run one cell in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.cell", method, str(years), str(seed), str(limit)]
    path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, check=True, text=True, stdout=subprocess.PIPE
    )
    row: Row = json.loads(done.stdout.splitlines()[-1])
    return row


def rewrite(page: Path, text: str) -> None:
    """Put the report between the markers of the page."""
    begin, end = MARKERS
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
