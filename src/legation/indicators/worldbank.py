"""World Bank indicators: one series, such as output or population, for every State and year.

Layouts. API, JSON (api.worldbank.org/v2/country/all/indicator/NY.GDP.MKTP.CD?format=json&per_page=20000): a page is a
list of two, [meta, rows]; meta has page, pages, per_page, total, sourceid, lastupdated; a row has indicator {id,
value}, country {id, value}, countryiso3code, date, value, unit, obs_status, decimal. Several pages may stand in one
file, one a line. Download, CSV (API_NY.GDP.MKTP.CD_DS2_en_csv_v2_5358404.zip, or the API_*.csv in it): "Data Source",
an empty line, "Last Updated Date", an empty line, then Country Name, Country Code, Indicator Name, Indicator Code, 1960
to now.

Quirks: aggregates (Arab World, World) stand among the States; an unknown value is null or an empty cell; an error is a
page of one object with a message; a page without rows has null for them; every line of the CSV ends in a comma;
lastupdated is when the series was last revised, which is when today's figures for all years became known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from legation.exchange.files import refused
from legation.exchange.grid import Faults, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.answers import Json, cell, listed, mapping, read_answers
from legation.indicators.gathering import UNITS, Gathering, rows_above, years_of
from legation.model.facts import Attribute, Source
from legation.sources.cells import YEARS

ABOUT = Source(
    "worldbank",
    "World Development Indicators",
    "World Bank",
    "https://data.worldbank.org",
    "CC BY 4.0 (licence not seen)",
)
ATTRIBUTES = {"NY.GDP.MKTP.CD": "gdp", "SP.POP.TOTL": "population"}
IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")
CODE, SERIES, TITLE = "Country Code", "Indicator Code", "Indicator Name"
DATE = re.compile(r"(\d{4})-\d{2}-\d{2}")


def read(path: Path) -> Read:
    """Read pages of the API (JSON), or a table as it is downloaded (CSV, alone or in its zip)."""
    return _read_pages(path) if path.suffix.lower() in (".json", ".jsonl") else _read_table(path)


def _gathering(faults: Faults) -> Gathering:
    return Gathering("worldbank", ABOUT, faults, missing=frozenset({"", ".."}))


# The table


def _read_table(path: Path) -> Read:
    member = "API_*.csv" if path.suffix.lower() == ".zip" else None
    above = rows_above(path, CODE, sheet=member)
    with open_grid(path, needs=(CODE, SERIES, TITLE), sheet=member, skip=len(above)) as grid:
        found = _gathering(grid.faults)
        found.known = _revised(text for row in above for text in row)
        years = years_of(grid.header)
        for line in found.each(grid):
            attribute = _attribute(found, line.cells[SERIES], line.cells[TITLE])
            state = _state(found, line, CODE)
            if state:
                found.put_years(line, years, state, attribute, low=_least(attribute))
    found.undated("with the lines above the header")
    return found.read()


# The pages


def _read_pages(path: Path) -> Read:
    found = _gathering(Faults(path.name))
    for page in read_answers(path):
        _page(found, page)
    found.undated("with lastupdated as the API gives it")
    return found.read()


def _page(found: Gathering, page: Json) -> None:
    """Take one answer: what it says of itself, then its rows."""
    meta, rows = (*listed(page), None, None)[:2]
    if not isinstance(page, list) or not isinstance(meta, dict):
        remedy = "Ask for it with format=json, and keep the answer as it came."
        raise refused(found.faults.label, "is no answer of the World Bank's API", remedy)
    if "message" in meta:
        said = "; ".join(cell(mapping(m).get("value")) for m in listed(meta["message"]))
        remedy = "Ask again with the code of a series, such as NY.GDP.MKTP.CD."
        raise refused(found.faults.label, f"is an answer of the World Bank that says: {said}", remedy)
    found.known = _revised([cell(meta.get("lastupdated"))])
    pages = cell(meta.get("pages"))
    if pages not in ("", "0", "1"):
        message = f"This is page {cell(meta.get('page'))} of {pages}."
        found.note("part-of-series", message, "Import the other pages too, or ask for all rows with per_page=20000.")
    for row in listed(rows):
        _row(found, mapping(row))


def _row(found: Gathering, row: dict[str, Json]) -> None:
    found.rows += 1
    series, country = mapping(row.get("indicator")), mapping(row.get("country"))
    cells = {name: cell(row.get(name)) for name in ("countryiso3code", "date", "value")}
    cells["country"] = cell(country.get("id"))
    line = Line(found.rows, cells)
    if not cells["date"] or not cell(series.get("id")):
        remedy = "Keep the answer as it came: each row has indicator, country, date and value."
        found.faults.add(line, "date", "is not there, or the indicator is not", remedy)
        return
    attribute = _attribute(found, cell(series.get("id")), cell(series.get("value")))
    state, year = _state(found, line, "countryiso3code"), found.year(line, "date")
    number = found.number(line, "value", low=_least(attribute))
    if state and year is not None and number is not None:
        found.put(line, "value", state, attribute, year, number)


# Both


def _state(found: Gathering, line: Line, column: str) -> str | None:
    if not line.cells[column] and line.cells.get("country"):  # small groups have no code of three letters in the API
        column = "country"
    return found.state(line, column, Scheme.ISO3 if len(line.cells[column]) == 3 else Scheme.ISO2)


def _attribute(found: Gathering, series: str, title: str) -> str:
    """Return what a series is called here: our name where we have one, else its code; its unit stands in brackets."""
    name = ATTRIBUTES.get(series) or re.sub(r"\W+", "_", series.lower())
    if name not in UNITS and name not in found.attributes:
        unit = IN_BRACKETS.search(title)
        found.attributes[name] = Attribute(name, unit[1] if unit else "as published", title or series)
    return name


def _least(attribute: str) -> float | None:
    return 0 if attribute in UNITS else None


def _revised(cells: Iterable[str]) -> int | None:
    dates = (DATE.search(text) for text in cells)
    return next((int(date[1]) for date in dates if date and int(date[1]) in YEARS), None)
