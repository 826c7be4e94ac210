"""Direction of Trade Statistics (IMF), since 2025 International Trade in Goods: what each State reports to trade.

Goods sold to each partner (exports, free on board) and bought from it (imports, with cost, insurance and freight), in
USD of the year. The two sides of a flow report different amounts; BACI reconciles them. Four layouts, told apart by
what is in the file:

- bulk file, wide (DOT_03-28-2022 04-15-57-36_timeSeries.csv): Country Name, Country Code, Indicator Name, Indicator
  Code, Counterpart Country Name, Counterpart Country Code, Attribute, 1948, 1948Q1, 1948M1 …; amounts in USD; IMF
  codes; only rows whose Attribute is Value hold amounts; an empty last column; aggregates such as World 001 among the
  partners.
- bulk file, long (…_panel.csv): the same codes, Time Period, and a column for each indicator, its code in brackets.
- API, JSON (CompactData/DOT/A.KZ.TXG_FOB_USD+TMG_CIF_USD.): CompactData.DataSet.Series with @FREQ, @REF_AREA,
  @INDICATOR, @COUNTERPART_AREA, @UNIT_MULT and Obs; codes of two letters; amounts in 10 to the power of @UNIT_MULT (6:
  millions). Quirks: one series, or one observation, is an object where several are a list; an observation may lack
  @OBS_VALUE.
- API of IMTS, SDMX-CSV: DATAFLOW, COUNTRY, INDICATOR, COUNTERPART_COUNTRY, FREQUENCY, TIME_PERIOD, OBS_VALUE, SCALE …;
  codes of three letters, KOS for Kosovo, G and digits for groups; amounts in USD whatever SCALE says (seen in one
  public program that reads it, not confirmed by the IMF). The wide download of the new data portal could not be
  confirmed and is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from legation.exchange.files import refused
from legation.exchange.grid import Faults, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import NotAStateError, Scheme
from legation.indicators.answers import Json, cell, listed, mapping, read_answers
from legation.indicators.gathering import Gathering, headed, released, years_of
from legation.model.facts import Source
from legation.model.presences import pair
from legation.sources.cells import word

ABOUT = Source(
    "imf-dots",
    "Direction of Trade Statistics (International Trade in Goods by partner country)",
    "International Monetary Fund",
    "https://data.imf.org/en/datasets/IMF.STA:IMTS",
    "IMF terms of use, with attribution (licence not seen)",
)
FLOWS = {"TXG_FOB_USD": "exports", "TMG_CIF_USD": "imports", "XG_FOB_USD": "exports", "MG_CIF_USD": "imports"}
"""Series we read; left out are the balance (TBG_USD) and imports free on board (TMG_FOB_USD), which few report."""

REPORTER, PARTNER = "Country Code", "Counterpart Country Code"
SERIES, ATTRIBUTE, PERIOD = "Indicator Code", "Attribute", "Time Period"
IMTS = ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY", "TIME_PERIOD", "OBS_VALUE")
IN_BRACKETS = re.compile(r"\(([A-Z_]+)\)$")
GROUP = re.compile(r"[A-Z]*\d\w*")  # codes of groups have digits: W00, B0, 1C_080, G163
OTHER_NAMES = {"KOS": "XKX"}
POWER = word("0", "3", "6", "9")


def read(path: Path) -> Read:
    """Read exports and imports that each State reports with each partner, in USD, of whole years."""
    if path.suffix.lower() in (".json", ".jsonl"):
        return _read_answers(path)
    if headed(path, "COUNTERPART_COUNTRY"):
        return _read_imts(path)
    return _read_long(path) if headed(path, PERIOD) else _read_wide(path)


def _gathering(path: Path, faults: Faults, name: str = "") -> Gathering:
    found = Gathering("dots", ABOUT, faults, known=released(path, r"_\d\d-\d\d-(20\d\d)[ _]"))
    found.undated(name)
    return found


def _read_wide(path: Path) -> Read:
    with open_grid(path, needs=(REPORTER, SERIES, PARTNER, ATTRIBUTE)) as grid:
        found = _gathering(path, grid.faults, "such as DOT_03-28-2022 04-15-57-36_timeSeries.csv")
        years = years_of(grid.header)
        for line in found.each(grid):
            flow = FLOWS.get(line.cells[SERIES])
            if flow and line.cells[ATTRIBUTE] == "Value":
                subject = _subject(found, line, REPORTER, PARTNER, Scheme.IMF)
                if subject:
                    found.put_years(line, years, subject, flow, low=0)
    return found.read()


def _read_long(path: Path) -> Read:
    with open_grid(path, needs=(REPORTER, PARTNER, PERIOD)) as grid:
        found = _gathering(path, grid.faults, "such as DOT_03-08-2023 16-25-54-79_panel.csv")
        columns = {c: FLOWS[m[1]] for c in grid.header if (m := IN_BRACKETS.search(c)) and m[1] in FLOWS}
        for line in found.each(grid):
            if re.fullmatch(r"\d{4}[QM]\d+", line.cells[PERIOD]):
                continue
            year, subject = found.year(line, PERIOD), _subject(found, line, REPORTER, PARTNER, Scheme.IMF)
            for column, flow in columns.items() if year and subject else ():
                _put(found, line, column, subject, flow, year)
    return found.read()


def _read_imts(path: Path) -> Read:
    with open_grid(path, needs=IMTS) as grid:
        found = _gathering(path, grid.faults)
        for line in found.each(grid):
            flow = FLOWS.get(line.cells["INDICATOR"])
            if flow and line.cells["FREQUENCY"] == "A":
                year = found.year(line, "TIME_PERIOD")
                subject = _subject(found, line, "COUNTRY", "COUNTERPART_COUNTRY", Scheme.ISO3)
                _put(found, line, "OBS_VALUE", subject, flow, year)
    return found.read()


# Answers of the API


def _read_answers(path: Path) -> Read:
    found = _gathering(path, Faults(path.name))
    for answer in read_answers(path):
        data = mapping(mapping(answer).get("CompactData")).get("DataSet")
        if not isinstance(data, dict):
            raise refused(
                path.name, "is no answer of the IMF's API", "Ask for CompactData/DOT, and keep the answer as it came."
            )
        for series in listed(data.get("Series")):
            _series(found, mapping(series))
    return found.read()


def _series(found: Gathering, series: dict[str, Json]) -> None:
    flow = FLOWS.get(cell(series.get("@INDICATOR")))
    if not flow or cell(series.get("@FREQ")) not in ("A", ""):
        return
    for line in _observations(found, series):
        power = found.faults.take(line, "@UNIT_MULT", POWER.read)
        year = found.year(line, "@TIME_PERIOD")
        subject = _subject(found, line, "@REF_AREA", "@COUNTERPART_AREA", Scheme.ISO2)
        if power is not None:
            _put(found, line, "@OBS_VALUE", subject, flow, year, scale=10 ** int(power))


def _observations(found: Gathering, series: dict[str, Json]) -> Iterator[Line]:
    about = {name: cell(series.get(name)) for name in ("@REF_AREA", "@COUNTERPART_AREA", "@UNIT_MULT")}
    for seen in listed(series.get("Obs")):
        found.rows += 1
        yield Line(found.rows, about | {name: cell(mapping(seen).get(name)) for name in ("@TIME_PERIOD", "@OBS_VALUE")})


# All


def _put(
    found: Gathering, line: Line, column: str, subject: str, flow: str, year: int | None, *, scale: float = 1
) -> None:
    number = found.number(line, column, low=0)
    if subject and year is not None and number is not None:
        found.put(line, column, subject, flow, year, number * scale)


def _subject(found: Gathering, line: Line, reporter: str, partner: str, scheme: Scheme) -> str:
    """Name the pair of reporter and partner; "" where one of them is no State."""
    first, second = _state(found, line, reporter, scheme), _state(found, line, partner, scheme)
    return pair(first, second) if first and second and first != second else ""


def _state(found: Gathering, line: Line, column: str, scheme: Scheme) -> str | None:
    code = line.cells[column]
    if scheme is not Scheme.IMF and GROUP.fullmatch(code):
        found.faults.skip(NotAStateError("aggregate", "groups of the IMF"))
        return None
    return OTHER_NAMES.get(code) or found.state(line, column, scheme)
