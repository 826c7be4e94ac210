"""Cells that name a State, a place or a year: each is understood once, for large files say the same again and again."""

from __future__ import annotations

from functools import cache

from legation.exchange.grid import Faults, Line
from legation.exchange.names import NotAStateError, Scheme, code_of, table
from legation.sources.cells import YEAR, CellError, refuse_unusable


class States:
    """Reads the cells of one file, and tells its faults what they could not be."""

    def __init__(self, faults: Faults) -> None:
        """Report to these faults."""
        self.faults = faults
        self._codes: dict[tuple[str, Scheme, int | None], str | CellError | NotAStateError] = {}
        self._years: dict[str, int | CellError] = {}

    def code(self, line: Line, column: str, text: str, scheme: Scheme, year: int | None = None) -> str | None:
        """Return the code of the State, or None where it is none or cannot be told."""
        found = self._found(text, scheme, year)
        if isinstance(found, NotAStateError):
            self.faults.skip(found)
            return None
        if isinstance(found, CellError):
            self.faults.add(line, column, str(found), found.remedy, value=text)
            return None
        return found

    def place(self, line: Line, column: str, text: str, scheme: Scheme) -> tuple[str | None, str]:
        """Return the State a post sits in, and the dependent territory of it, where the text names one."""
        found = self._found(text, scheme, None)
        owner = _owner(found.title) if isinstance(found, NotAStateError) else ""
        if isinstance(found, NotAStateError) and owner:
            return owner, found.title
        return self.code(line, column, text, scheme), ""

    def _found(self, text: str, scheme: Scheme, year: int | None) -> str | CellError | NotAStateError:
        key = (text, scheme, year)
        if key not in self._codes:
            self._codes[key] = _code(*key)
        return self._codes[key]

    def text(self, line: Line, column: str) -> str | None:
        """Return the text of a cell, or None where it is what no table may hold, such as a formula."""
        try:
            refuse_unusable(line.cells.get(column, ""))
        except CellError as error:
            self.faults.add(line, column, str(error), error.remedy)
            return None
        return line.cells.get(column, "")

    def year(self, line: Line, column: str) -> int | None:
        """Return the year in a cell, or None where it is none."""
        text = line.cells[column]
        if text not in self._years:
            self._years[text] = _year(text)
        found = self._years[text]
        if isinstance(found, CellError):
            self.faults.add(line, column, str(found), found.remedy)
            return None
        return found


@cache
def _owner(title: str) -> str:
    """Return the State that a dependent territory belongs to; it may be named more fully: "Hong Kong SAR, China"."""
    plain = title.replace("Macau", "Macao")
    owners = {row["name"]: row["state"] for row in table("territories")}
    within = [name for name in owners if name in plain or name.startswith(plain)]
    return owners[max(within, key=len)] if within else ""


def _code(text: str, scheme: Scheme, year: int | None) -> str | CellError | NotAStateError:
    try:
        return code_of(text, scheme, year=year)
    except (CellError, NotAStateError) as error:
        return error


def _year(text: str) -> int | CellError:
    try:
        return int(YEAR.read(text))
    except CellError as error:
        return error
