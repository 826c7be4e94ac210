"""The Diplomatic Exchange data set of the Correlates of War project, 1817 to 2005 (version 2006.1).

Layout, as in `Diplomatic_Exchange_2006v1.csv`: `ccode1`, `ccode2`, `year`, `DR_at_1`, `DR_at_2`, `DE`, `version`. The
States are numbers of the project. `DR_at_1` is how side 2 is represented at side 1, `DR_at_2` how side 1 is at side 2:
0 not, 1 by a chargé d'affaires, 2 by a minister, 3 by an ambassador, 9 otherwise. `DE` is 1 if there is any exchange.

Quirks of the original, and what we make of them:

- It is about single years: 1817, 1824, 1827, 1832, 1836, 1840, and every fifth from 1844 to 1914, from 1920 to 1940 and
  from 1950 to 2005. Nothing is filled in between.
- Every pair stands in it twice, once from either side. Both rows must say the same.
- From 1950 to 1965 the rank is not coded: what exists is 9. We read 9 as `other` where `DE` is 1. Where `DE` is 0 the
  data set itself counts no exchange (a section of interests, a doubtful case): such ranks are left out, and counted.
- A State appears under two numbers in the year of a union (Germany 1990: 255, 260 and 265): the highest rank stands.
- The version is written as 2006.0999755859375. Nunciatures and the Holy See are not in it.

A row tells what was known at the time, so `known` stays empty although the list was published in 2006.
"""

from __future__ import annotations

from pathlib import Path

from legation.errors import Finding, Severity
from legation.exchange.grid import Grid, Line, open_grid
from legation.exchange.imported import Imported, Read
from legation.exchange.names import Scheme
from legation.model.facts import Source
from legation.model.posts import Form
from legation.presence.states import States
from legation.presence.yearly import Yearly, counted

NEEDS = ("ccode1", "ccode2", "year", "DR_at_1", "DR_at_2", "DE")
RANKS = {
    "0": None,
    "1": Form.DIPLOMATIC_MISSION,
    "2": Form.DIPLOMATIC_MISSION,
    "3": Form.EMBASSY,
    "9": Form.OTHER,
}
SOURCE = Source(
    "cow-diplomatic-exchange",
    "Diplomatic Exchange Data set, v2006.1",
    "Correlates of War Project (Reşat Bayer)",
    "https://correlatesofwar.org/data-sets/diplomatic-exchange",
    "not seen",
)


def read(path: Path) -> Read:
    """Read the data set; raise InvalidError where it is not one."""
    with open_grid(path, needs=NEEDS) as grid:
        reading = _Reading(grid)
        for line in grid.rows:
            reading.take(line)
    imported = Imported("cow", presences=reading.yearly.presences(), sources=(SOURCE,), rows=grid.read)
    return imported, tuple(reading.findings())


class _Reading:
    def __init__(self, grid: Grid) -> None:
        self.label = grid.name
        self.faults = grid.faults
        self.states = States(self.faults)
        self.yearly = Yearly(SOURCE.id)
        self.uncertain = 0

    def take(self, line: Line) -> None:
        """Read both directions of one row."""
        cells = line.cells
        year = self.states.year(line, "year")
        sides = [self._side(line, column, year) for column in ("ccode1", "ccode2")] if year else [None]
        if None in sides or year is None or not self._is_coded(line):
            return
        first, second = cells["ccode1"], cells["ccode2"]
        self._say(line, "DR_at_1", second, first, year)
        self._say(line, "DR_at_2", first, second, year)

    def _side(self, line: Line, column: str, year: int | None) -> str | None:
        number = line.cells[column]
        code = self.states.code(line, column, number, Scheme.COW, year)
        if code and year:
            self.yearly.codes[number, year] = code
        return code

    def _is_coded(self, line: Line) -> bool:
        wrong = [c for c in ("DR_at_1", "DR_at_2") if line.cells[c] not in RANKS]
        for column in wrong:
            self.faults.add(
                line,
                column,
                "is no code of a rank",
                "Ranks are 0, 1, 2, 3 and 9; correct the cell.",
                value=line.cells[column],
            )
        if line.cells["DE"] not in ("0", "1"):
            self.faults.add(line, "DE", "is neither 0 nor 1", "Correct the cell.", value=line.cells["DE"])
            return False
        return not wrong

    def _say(self, line: Line, column: str, sender: str, state: str, year: int) -> None:
        form = RANKS[line.cells[column]]
        if form is Form.OTHER and line.cells["DE"] == "0":
            form, self.uncertain = None, self.uncertain + 1
        if self.yearly.add(sender, state, year, (form, False)) is not None:
            self.faults.add(
                line,
                column,
                "is not what another row says of the same two States and year",
                "Correct the one that is wrong; the higher rank is used.",
                value=line.cells[column],
            )

    def findings(self) -> list[Finding]:
        """Return what could not be used, and what was left out on purpose."""
        found = [*self.faults.findings, *self.yearly.findings(self.label)]
        if self.uncertain:
            message = f"Left out: {counted(self.uncertain, 'rank')} of 9 where there is no exchange (DE is 0)."
            found.append(Finding("left-out", Severity.NOTE, self.label, message, file=self.label))
        return found
