"""ATOP, Alliance Treaty Obligations and Provisions, 5.x: which two States were bound to defend each other, by year.

Layout: one row a pair and year in which the two had any alliance, 1815 to 2018. Directed pairs (atop5_1ddyr.csv):
ddyad, year, atopally, defense, offense, neutral, nonagg, consul, stateA, stateB …; undirected ones (atop5_1dy.csv):
dyad, year, …, mem1, mem2. COW codes. Quirks: a defence pact may bind one side only, and the directed file then has 1
and 0: we tell 1 for the pair if either is bound; "." or -9 where it is not known; the files with _NNA in their names
have 0 there. The file does not say when it was released. Not confirmed: mem1 and mem2 in the file of undirected pairs.
"""

from __future__ import annotations

from pathlib import Path

from legation.exchange.grid import Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.gathering import MISSING, Gathering, Years, headed, pair_of
from legation.model.facts import Source

ABOUT = Source(
    "atop",
    "Alliance Treaty Obligations and Provisions",
    "ATOP project, Rice University",
    "http://www.atopdata.org/data.html",
    "free with citation (licence not seen)",
)
DIRECTED = ("stateA", "stateB")
UNDIRECTED = ("mem1", "mem2")


def read(path: Path) -> Read:
    """Read whether a defence pact bound either State of a pair in a year: 1 or 0, for pairs with any alliance."""
    ends = UNDIRECTED if headed(path, *UNDIRECTED) else DIRECTED
    with open_grid(path, needs=(*ends, "year", "defense")) as grid:
        found = Gathering("atop", ABOUT, grid.faults, missing=MISSING | {"-9"})
        bound: dict[tuple[str, int], tuple[float, Line]] = {}
        seen = Years()
        for line in found.each(grid):
            _take(found, line, ends, bound, seen)
    for (subject, year), (pact, line) in bound.items():
        found.put(line, "defense", subject, "defence_pact", year, pact)
    found.undated()
    return found.read()


def _take(
    found: Gathering,
    line: Line,
    ends: tuple[str, str],
    bound: dict[tuple[str, int], tuple[float, Line]],
    seen: Years,
) -> None:
    year, pact = found.year(line, "year"), found.number(line, "defense", low=0, high=1)
    if year is None or pact is None:
        return
    first, second = (found.state(line, end, Scheme.COW, year=year, alone=True) for end in ends)
    subject = pair_of(first, second, directed=False)
    if not subject:
        return
    key = line.cells[ends[0]], line.cells[ends[1]]
    if seen.has(key, year):
        found.repeated(line, ends[1], f"{subject} for {year}")
        return
    seen.add(key, year)
    before = bound.get((subject, year))
    if before is None or pact > before[0]:
        bound[subject, year] = pact, line
