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
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

from legation.exchange.files import refused
from legation.exchange.grid import Faults, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.answers import Json, cell, listed, mapping, parse, read_answers
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
SERVICE = "https://api.worldbank.org/v2/country/all/indicator"
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
            if not line.cells[SERIES]:
                found.faults.add(line, SERIES, "is missing", "Keep the file as it came.", code="missing-value")
                continue
            attribute = _attribute(found, line.cells[SERIES], line.cells[TITLE])
            state = _state(found, line, CODE)
            if state:
                found.put_years(line, years, state, attribute, low=_least(attribute))
    found.undated()
    return found.read()


# The pages


def _read_pages(path: Path) -> Read:
    found = _gathering(Faults(path.name))
    for page in read_answers(path):
        pages = _page(found, page)
        if pages > 1:
            remedy = "See that none is missing, or ask with per_page=20000."
            found.note("part-of-series", f"{path.name} has a page of {pages}.", remedy)
    found.undated()
    return found.read()


def fetch(series: Iterable[str], get: Callable[[str], bytes]) -> Read:
    """Read series by code or our name (without any: gdp and population) with what fetches an address."""
    found = _gathering(Faults("World Bank"))
    codes = {attribute: code for code, attribute in ATTRIBUTES.items()}
    for code in [codes.get(name, name) for name in series if name] or codes.values():
        page, pages = 1, 1
        while page <= pages:
            pages = _page(found, parse(get(address(code, page)), f"page {page} of {code}"))
            page += 1
    return found.read()


def address(code: str, page: int = 1) -> str:
    """Return where a page of a series is found."""
    return f"{SERVICE}/{quote(code, safe='')}?format=json&per_page=20000&page={page}"


def _page(found: Gathering, page: Json) -> int:
    """Take one answer, what it says of itself and then its rows; return how many pages there are."""
    meta, rows = (*listed(page), None, None)[:2]
    if not isinstance(page, list) or not isinstance(meta, dict):
        remedy = "Ask for it with format=json, and keep the answer as it came."
        raise refused(found.faults.label, "is no answer of the World Bank's API", remedy)
    if "message" in meta:
        said = "; ".join(cell(mapping(m).get("value")) for m in listed(meta["message"]))
        remedy = "Ask again with the code of a series, such as NY.GDP.MKTP.CD."
        raise refused(found.faults.label, f"is an answer of the World Bank that says: {said}", remedy)
    found.known = _revised([cell(meta.get("lastupdated"))])
    for row in listed(rows):
        _row(found, mapping(row))
    pages = cell(meta.get("pages"))
    return int(pages) if pages.isascii() and pages.isdecimal() and len(pages) < 6 else 1


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
