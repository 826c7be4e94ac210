"""International Migrant Stock by destination and origin (UN DESA): who was born in one State and lives in another.

Workbook, sheet "Table 1", with a title and notes of a dozen rows above the header (we look for it). Two layouts:

- 2020 and 2024 (undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx): Index, Region, development group, country
  or area of destination, Notes of destination, Location code of destination, Type of data of destination, Region,
  development group, country or area of origin, Location code of origin, and the years 1990 to 2020 or 2024, three times
  over: both sexes (which we read), males, females.
- 2015, 2017 and 2019 (UN_MigrantStockByOriginAndDestination_2019.xlsx): Year, Sort order, Major area, region, country
  or area of destination, Notes, Code, Type of data (a), and in a second row of the header, under Country or area of
  origin, Total, Other North, Other South and one column for each origin, by its English name.

Quirks: codes are those of M49, regions and groups from 900 up; ".." or "-" where nothing is known; names end in "*"
where a note says that a dependency is meant; Kosovo is in Serbia. Type of data "C" counts citizens, not those born
there. Not confirmed: the sheets of 2015 and 2017, which we take to be as that of 2019.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

from legation.exchange.files import guarded, opened, refused
from legation.exchange.grid import Faults, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import NotAStateError, Scheme
from legation.indicators.gathering import (
    MISSING,
    Gathering,
    headed,
    pair_of,
    released,
    rows_above,
    years_of,
)
from legation.model.facts import Source

ABOUT = Source(
    "undesa-migrants",
    "International Migrant Stock by destination and origin",
    "United Nations Department of Economic and Social Affairs, Population Division",
    "https://www.un.org/development/desa/pd/content/international-migrant-stock",
    "CC BY 3.0 IGO (licence not seen)",
)
SHEET = "Table 1"
FIRST_GROUP = 900
DESTINATION, ORIGIN = "Location code of destination", "Location code of origin"
YEAR, CODE, TOTAL = "Year", "Code", "Total"
GROUPS = {"Total", "Other North", "Other South"}
FOOTNOTE = re.compile(r"\s*(?:\*|\([a-z0-9]{1,2}\)|\d{1,2})$")


def read(path: Path) -> Read:
    """Read how many people born in the first State of a pair live in the second."""
    skip = len(rows_above(path, DESTINATION, YEAR, sheet=SHEET))
    if not headed(path, DESTINATION, sheet=SHEET, skip=skip) and headed(path, YEAR, sheet=SHEET, skip=skip):
        return _matrix(path, skip)
    with open_grid(path, needs=(DESTINATION, ORIGIN), sheet=SHEET, skip=skip) as grid:
        found = _gathering(path, grid.faults)
        years = years_of(grid.header)
        for line in found.each(grid):
            destination, origin = _state(found, line, DESTINATION), _state(found, line, ORIGIN)
            subject = pair_of(origin, destination)
            if subject:
                found.put_years(line, years, subject, "migrants", low=0)
    return found.read()


def _gathering(path: Path, faults: Faults) -> Gathering:
    found = Gathering("undesa", ABOUT, faults, known=released(path, r"_(20\d\d)(?:_|\.)"), missing=MISSING | {"-"})
    found.undated("such as undesa_pd_2024_ims_stock_by_sex_destination_and_origin.xlsx")
    return found


def _matrix(path: Path, skip: int) -> Read:
    """Read the older layout: a row a destination and year, a column an origin, a header of two rows."""
    with opened(path, (), SHEET, skip) as source, guarded(source.label):
        found = _gathering(path, Faults(source.label))
        header = _merged(next(source.rows, ()), next(source.rows, ()))
        if not {YEAR, CODE, TOTAL} <= set(header):
            remedy = (
                f"Give the sheet '{SHEET}' as the UN publishes it, with {YEAR}, {CODE} and {TOTAL} above the numbers."
            )
            raise refused(source.label, "has another header than we know", remedy, "missing-column")
        origins: dict[str, str] | None = None
        for number, row in enumerate(source.rows, skip + 3):
            line = Line(number, {name: text.strip() for name, text in zip(header, row, strict=False) if name})
            if line.cells.get(CODE):
                origins = _origins(found, header, line) if origins is None else origins
                _destination(found, line, origins)
    return found.read()


def _merged(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of columns under a header of two rows: the lower name where there is one."""
    pairs = zip_longest(upper, lower, fillvalue="")
    return tuple(" ".join((below or above).split()) for above, below in pairs)


def _destination(found: Gathering, line: Line, origins: Mapping[str, str]) -> None:
    found.rows += 1
    year, destination = found.year(line, YEAR), _state(found, line, CODE)
    for column, origin in origins.items() if year and destination else ():
        number, subject = found.number(line, column, low=0), pair_of(origin, destination)
        if year and subject and number is not None:
            found.put(line, column, subject, "migrants", year, number)


def _origins(found: Gathering, header: tuple[str, ...], line: Line) -> dict[str, str]:
    """Return the State of each column after the total."""
    columns = tuple(name for name in header[header.index(TOTAL) :] if name)
    named = ((c, found.state(line, c, Scheme.NAME, text=FOOTNOTE.sub("", c))) for c in columns if c not in GROUPS)
    return {column: state for column, state in named if state}


def _state(found: Gathering, line: Line, column: str) -> str | None:
    code = line.cells[column]
    if code.isdecimal() and int(code) >= FIRST_GROUP:
        found.faults.skip(NotAStateError("aggregate", "regions and groups of States"))
        return None
    return found.state(line, column, Scheme.M49)
