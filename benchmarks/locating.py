"""Location problems against spopt with its own default solver: `python -m benchmarks.locating --help`.

Every instance with a known optimum is solved; where spopt has a class for it (p-median and covering), by both, one
after the other, each in a process of its own. Seconds are of the processor, the solver's too where it is another
program, and begin once the file is read and the libraries are loaded: ours with distances, spopt's after them. What is
short is measured three times, and the median counts. A cell that is broken off counts what it had used.
The instances are no part of the product: give the folder with manifest.csv.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import resource
import subprocess
import sys
import time
import warnings
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

from legation.location import site
from legation.location.checking import check
from legation.posing.layouts import read
from legation.posing.questions import Costs, Kind, Question, distances, pose

KINDS = {"p-median": Kind.MEDIAN, "MCLP": Kind.COVER, "UFL": Kind.UNCAPACITATED, "SSCFL": Kind.SINGLE_SOURCE}
SPOPT = ("p-median", "MCLP")
SHORT = 5.0  # seconds up to which a cell is measured three times
HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "locating.json", HERE.parent / "docs" / "explanation" / "location.md"
START, END = "<!-- measured: location -->", "<!-- end -->"
Row = dict[str, str]


def used() -> float:
    """Return the processor's seconds so far, those of programs that were called included."""
    counts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(c.ru_utime + c.ru_stime for c in counts)


def ours(folder: Path, row: Row, limit: float) -> dict[str, Any]:
    """Pose, solve and check one instance."""
    import highspy  # noqa: F401 - as spopt's libraries are, before the time begins
    import numpy.random  # noqa: F401 - numpy loads it late, spopt's libraries have it loaded

    _, data = read((folder / row["file"]).read_text(encoding="utf-8"))
    asked = Question(KINDS[row["problem"]], int(row["p"] or 0) or None, float(row["radius"] or 0) or None)
    begun, until = used(), time.monotonic() + limit
    _, problem = pose(data, asked)
    siting = site(problem, lambda: until - time.monotonic())
    spent = used() - begun
    right = not check(problem, siting)
    return {"objective": siting.objective, "gap": siting.gap, "proof": siting.proof, "right": right, "seconds": spent}


def spopt(folder: Path, row: Row, limit: float) -> dict[str, Any]:
    """Write one instance down with spopt and solve it with the CBC that PuLP takes by default."""
    warnings.simplefilter("ignore")
    import pulp
    from spopt.locate import MCLP, PMedian

    _, data = read((folder / row["file"]).read_text(encoding="utf-8"))
    if isinstance(data, Costs):
        raise TypeError("spopt is measured on places, not on tables of costs")
    cost, p = distances(data, Question()), int(row["p"])
    begun = used()
    if row["problem"] == "MCLP":
        model = MCLP.from_cost_matrix(cost, data.weight, float(row["radius"]), p)
    else:
        model = PMedian.from_cost_matrix(cost, data.weight, p)
    model.problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=limit))
    solved = model.problem.sol_status == pulp.LpSolutionOptimal
    return {"objective": pulp.value(model.problem.objective), "solved": solved, "seconds": used() - begun}


def cell(method: str, folder: Path, name: str, limit: float) -> dict[str, Any]:
    """Measure one method on one instance in a process of its own; one that takes too long is ended."""
    command = [sys.executable, "-m", "benchmarks.locating", str(folder), "--cell", method, name, "--limit", str(limit)]
    before = used()
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=3 * limit + 30, check=True)
    except subprocess.TimeoutExpired:
        return {"solved": False, "seconds": used() - before}
    except subprocess.CalledProcessError as error:
        return {"solved": False, "seconds": used() - before, "error": error.stderr[-200:]}
    return dict(json.loads(run.stdout.splitlines()[-1]))


def often(method: str, folder: Path, name: str, limit: float) -> dict[str, Any]:
    """Measure a cell, three times if it is short, and return the one of median seconds."""
    first = cell(method, folder, name, limit)
    if first["seconds"] > SHORT:
        return first
    cells = [first] + [cell(method, folder, name, limit) for _ in range(2)]
    middle = median(one["seconds"] for one in cells)
    return next(one for one in cells if one["seconds"] == middle)


def measure(folder: Path, rows: list[Row], limit: float, other_limit: float) -> None:
    """Measure what is not yet among the results, and keep every cell as soon as it is there."""
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    for row in rows:
        name = row["instance"]
        cells = found.setdefault(name, {})
        if "legation" not in cells:
            cells["legation"] = often("legation", folder, name, limit)
        if other_limit and row["problem"] in SPOPT and "spopt" not in cells:
            cells["spopt"] = often("spopt", folder, name, other_limit) | {"limit": other_limit}
        cells |= {"problem": row["problem"], "optimum": float(row["optimum"]), "proven": row["proven"] == "true"}
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(name, json.dumps(cells), flush=True)


def report(found: dict[str, Any]) -> str:
    """Write one line an instance, and how many times longer spopt takes by class."""
    lines = ["| instance | optimum | found | gap | s | spopt s | times |", "|---|--:|--:|--:|--:|--:|--:|"]
    ratios: dict[str, list[tuple[float, bool]]] = {}
    for name, cells in found.items():
        ours_, other = cells["legation"], cells.get("spopt")
        told, times = "", ""
        if other:
            more = "" if other["solved"] else "> "
            told = f"{more}{other['seconds']:.2f}"
            if other["solved"] or not ours_["gap"]:  # where neither came to an end there is nothing to compare
                longer = other["seconds"] / max(ours_["seconds"], 0.005)
                ratios.setdefault(cells["problem"], []).append((longer, other["solved"]))
                times = f"{more}{longer:.1f}" if longer < 10 else f"{more}{longer:.0f}"
        optimum = f"{cells['optimum']:.10g}" + ("" if cells["proven"] else " (best known)")
        gap = "0" if not ours_["gap"] else f"{100 * ours_['gap']:.2f} %"
        lines.append(
            f"| {name} | {optimum} | {ours_['objective']:.10g} | {gap} | {ours_['seconds']:.2f} | {told} | {times} |"
        )
    lines.append("")
    for problem, some in ratios.items():
        taken = sorted(t for t, _ in some)
        done = sum(solved for _, solved in some)
        lines.append(
            f"{problem}: {len(some)} instances that one of both proved; spopt came to a proof in {done} and took "
            f"{taken[0]:.1f} to {taken[-1]:,.0f} times longer, {geometric_mean(taken):.0f} times in the geometric mean"
            f"{'' if done == len(some) else ' (at least: where it was stopped, what it had used counts)'}.\n"
        )
    return "\n".join(lines)


def missed(found: dict[str, Any]) -> list[str]:
    """Name the instances whose proven optimum was not found, or not proven."""
    proven = ((name, c) for name, c in found.items() if c["proven"])
    return [n for n, c in proven if c["legation"]["gap"] or not math.isclose(c["legation"]["objective"], c["optimum"])]


def main() -> None:
    """Measure, then write the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with manifest.csv and the instances")
    parser.add_argument("--only", default="", help="a regular expression of instances")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds of the clock for ours")
    parser.add_argument(
        "--other", type=float, default=0.0, help="seconds of the clock for spopt's solver; 0: leave out"
    )
    parser.add_argument("--cell", nargs=2, metavar=("METHOD", "INSTANCE"), help="one measurement, as JSON")
    given = parser.parse_args()
    with (given.folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if re.search(given.only, row["instance"])]
    if given.cell:
        method, name = given.cell
        row = next(row for row in rows if row["instance"] == name)
        print(json.dumps((ours if method == "legation" else spopt)(given.folder, row, given.limit)))
        return
    measure(given.folder, rows, given.limit, given.other)
    found = json.loads(RESULTS.read_text(encoding="utf-8"))
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(START)
    PAGE.write_text(f"{head}{START}\n\n{report(found)}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    print("not proven:", ", ".join(missed(found)) or "none")


if __name__ == "__main__":
    main()
