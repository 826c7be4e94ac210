"""UCDP/PRIO Armed Conflict Dataset: the intensity of armed conflict over a State's territory or government, by year.

Layout: UcdpPrioConflict_v23_1.csv or ucdp-prio-acd-231.csv, one row a conflict and year since 1946, of 28 columns; we
read year, intensity_level (1: 25 to 999 deaths in battle, 2: 1,000 or more), gwno_loc (Gleditsch-Ward codes of the
States whose government or territory is fought over) and version. Quirks: gwno_loc is a list where two States fight:
"750, 770"; Yemen is 678 and Germany 260, as Gleditsch and Ward have it; a year without a row is a year with fewer than
25 deaths, of which nothing is told. The column names are those of release 17.1 and later; earlier ones (GWNoLoc) are
not read.
"""

from __future__ import annotations

import re
from pathlib import Path

from legation.exchange.grid import Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.gathering import Gathering
from legation.model.facts import Source

ABOUT = Source(
    "ucdp-acd",
    "UCDP/PRIO Armed Conflict Dataset",
    "Uppsala Conflict Data Program and Peace Research Institute Oslo",
    "https://ucdp.uu.se/downloads/",
    "CC BY 4.0 (licence not seen)",
)
COLUMN = "intensity_level"
VERSION = re.compile(r"(\d\d)\.\d")


def read(path: Path) -> Read:
    """Read the highest intensity of any conflict over each State in each year: 1 minor, 2 war."""
    with open_grid(path, needs=("year", COLUMN, "gwno_loc")) as grid:
        found = Gathering("ucdp", ABOUT, grid.faults)
        highest: dict[tuple[str, int], tuple[float, Line]] = {}
        for line in found.each(grid):
            _date(found, line)
            year, level = found.year(line, "year"), found.number(line, COLUMN, low=1, high=2)
            for code in _codes(found, line) if year and level else ():
                state = found.state(line, "gwno_loc", Scheme.GW, year=year, text=code)
                if state and year and level and level > highest.get((state, year), (0.0, line))[0]:
                    highest[state, year] = level, line
    for (state, year), (level, line) in highest.items():
        found.put(line, COLUMN, state, "conflict_intensity", year, level)
    found.undated()
    return found.read()


def _date(found: Gathering, line: Line) -> None:
    """Take the year of release from the version a row states: 23.1 came out in 2023."""
    version = VERSION.fullmatch(line.cells.get("version", ""))
    if version:
        found.known = 2000 + int(version[1])


def _codes(found: Gathering, line: Line) -> list[str]:
    codes = [code.strip() for code in line.cells["gwno_loc"].split(",")]
    if "" in codes:
        remedy = "Compare it with the original: a list of Gleditsch-Ward codes, such as 750, 770."
        found.faults.add(line, "gwno_loc", "has no code where one belongs", remedy)
    return [code for code in codes if code]
