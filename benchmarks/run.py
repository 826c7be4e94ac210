"""Measure planning against other packages: `python -m benchmarks.run --help`.

Four parts: plans (worlds of several years and seeds), growth (sites, years, options), futures (ensembles) and places
(siting against spopt). Every cell runs in a process of its own, the short ones several times; medians count. All
methods must come to the same optimum, or the run fails. The figures go to benchmarks/results.json cell by cell and, as
tables, between the markers in docs/explanation/performance.md at the end. A run that was broken off goes on with
`--resume`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks import futures, growth, places
from benchmarks.methods import METHODS, installed
from benchmarks.report import Row, disagreements, machine, measured_code, report, said
from benchmarks.running import ROOT, Care, measure
from benchmarks.world import Size

RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "explanation" / "performance.md"
MARKERS = ("<!-- bench: begin -->", "<!-- bench: end -->")
CELLS = tuple(Size(years, seed) for years, seed in ((3, 1), (3, 2), (3, 3), (5, 1), (10, 1)))
PARTS = ("plans", "growth", "futures", "places")
QUICK = {"cells": CELLS[:3], "runs": 1, "limit": 60.0, "parts": ["plans"], "dry": True}
Results = dict[str, list[Row]]


def main() -> int:
    """Measure, write, print; return 1 if two methods disagree about an optimum."""
    options = read_options()
    missing = sorted(set(METHODS) - set(installed()))
    if missing:
        print(f"Not installed, left out: {', '.join(missing)} (extra `bench`).", file=sys.stderr)
    found = earlier(machine(), options.limit, RESULTS) if options.resume else {part: [] for part in PARTS}
    for part in options.parts:
        PART[part](found, options)
    text = tables(found)
    print(text)
    if not options.dry:
        rewrite(PAGE, text)
    quarrels = [*disagreements([*found["plans"], *found["growth"]]), *places.disagreements(found["places"])]
    print(*quarrels, sep="\n", file=sys.stderr)
    return 1 if quarrels else 0


def read_options() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    usual = " ".join(map(str, CELLS))
    add("cells", nargs="*", type=Size.read, default=CELLS, metavar="YEARS:SEED", help=f"of the plans; default: {usual}")
    add("--parts", nargs="+", default=PARTS, choices=PARTS, help="default: all")
    add("--methods", nargs="+", default=installed(), choices=list(METHODS), help="default: all that are installed")
    add("--runs", type=int, default=Care.runs, help="runs of a short cell, of which the median counts")
    add("--short", type=float, default=Care.short, help="seconds of the clock up to which a cell is short")
    add("--limit", type=float, default=Care.limit, help="seconds of the clock that a solver may take")
    add("--counts", nargs="+", type=int, default=futures.COUNTS, help="numbers of futures")
    add(
        "--resume",
        action="store_true",
        help="keep what was measured on this machine with the same code, and measure only what is missing",
    )
    add("--quick", action="store_true", help="plans of three years, one run each, a minute a cell; write nothing")
    add("--dry", action="store_true", help="write nothing")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    return options


def earlier(here: str, limit: float, path: Path) -> Results:
    """Return the rows of the results that were taken on this machine with the code as it is.

    What was not proven counts only where it had as much time as now.
    """
    found: Results = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def same(row: Row) -> bool:
        return bool(row["machine"] == here and row["code"] == measured_code(ROOT, row.get("method", "legation")))

    def enough(row: Row) -> bool:
        return bool(row.get("proven", True) or row.get("limit", limit) >= limit)

    return {part: [row for row in found.get(part, []) if same(row) and enough(row)] for part in PARTS}


# Parts


def plans(found: Results, options: argparse.Namespace) -> None:
    """Measure the cells that were asked for."""
    cells(found, "plans", options.cells, options)


def grown(found: Results, options: argparse.Namespace) -> None:
    """Measure the cells along which cost grows."""
    cells(found, "growth", growth.SIZES, options)


def cells(found: Results, part: str, sizes: Sequence[Size], options: argparse.Namespace) -> None:
    """Measure what is missing of some cells; what another part has measured counts here too."""
    care = Care(options.runs, options.short, options.limit)
    for size in sizes:
        for method in options.methods:
            known = {(r["method"], r["size"]): r for other in ("plans", "growth") for r in found[other]}
            if not any((r["method"], r["size"]) == (method, str(size)) for r in found[part]):
                row = known.get((method, str(size))) or conditions(method) | measure(method, size, care)
                found[part] = sorted([*found[part], row], key=order)
                keep(found, options)


def order(row: Row) -> tuple[Size, int]:
    """Sort rows by size, then as methods are listed."""
    return Size.read(row["size"]), list(METHODS).index(row["method"])


def futures_(found: Results, options: argparse.Namespace) -> None:
    """Measure the numbers of futures that are missing."""
    for count in options.counts:
        if not any(row["futures"] == count for row in found["futures"]):
            found["futures"].append(conditions("legation") | futures.measure(count))
            found["futures"].sort(key=lambda row: row["futures"])
            keep(found, options)


def sited(found: Results, options: argparse.Namespace) -> None:
    """Measure siting, where spopt is installed."""
    if not found["places"] and find_spec("spopt"):
        found["places"] = [conditions("legation") | row for row in places.measure(options.runs)]
        keep(found, options)


PART = {"plans": plans, "growth": grown, "futures": futures_, "places": sited}


def conditions(method: str) -> dict[str, Any]:
    """Return what a row was measured with."""
    return {"machine": machine(), "code": measured_code(ROOT, method)}


def keep(found: Results, options: argparse.Namespace) -> None:
    """Write the results as they stand."""
    if not options.dry:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def tables(found: Results) -> str:
    """Return all tables, each part under its heading."""
    told = [*found["plans"], *found["growth"]]
    parts = [said(told)] if told else []
    headed = {
        "Plans": report(found["plans"]) if found["plans"] else "",
        "How cost grows": growth.report(found["growth"]),
        "Futures": futures.report(found["futures"]) if found["futures"] else "",
        "Places": places.report(found["places"]) if found["places"] else "",
    }
    return "\n\n".join([*parts, *(f"### {name}\n\n{text.strip()}" for name, text in headed.items() if text)])


def rewrite(page: Path, text: str) -> None:
    """Put the report between the markers of the page."""
    begin, end = MARKERS
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
