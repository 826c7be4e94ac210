"""Gravity and GeoDist (CEPII): what is between two States, with output and population.

Gravity (Gravity_V202211.csv): one row a year and ordered pair, 1948 to 2021, some 4.4 million rows and 80 columns; we
read year, iso3_o, iso3_d, country_exists_o, country_exists_d, distcap (km between capitals), contig, comlang_off,
comcol (common coloniser since 1945), col_dep_ever (ever one the colony of the other), gdp_o (thousands of current USD)
and pop_o (thousands). Quirks: every pair has a row for every year, also before a State existed: country_exists_* says
so, and such rows say nothing; a State with two lives has two country_id_* (DEU.1, DEU.2) and one iso3_*. What does not
change is told once, for the first year of the pair, and again when it changes; it carries no date of release.

GeoDist (dist_cepii.csv, or the .xls of that name saved as .xlsx): one row an ordered pair: iso_o, iso_d, contig,
comlang_off, colony, comcol, dist, distcap, distw, distwces. Quirks: no year (we take 2005); "." for missing; codes of
its time: ROM, TMP, YUG, ZAR, and PAL for Palestine.
"""

from __future__ import annotations

from pathlib import Path

from legation.exchange.grid import Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.gathering import Gathering, pair_of, released
from legation.model.facts import Source

GRAVITY = Source(
    "cepii-gravity",
    "Gravity database",
    "CEPII",
    "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=8",
    "Etalab Open Licence 2.0 (licence not seen)",
)
GEODIST = Source(
    "cepii-geodist",
    "GeoDist, distances and bilateral variables",
    "CEPII",
    "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=6",
    "free with citation (licence not seen)",
)
GEODIST_YEAR = 2005
THOUSAND = 1000
EXISTS = {"1", "1.0"}

LASTING = {
    "distcap": "distance",
    "contig": "contiguous",
    "comlang_off": "common_language",
    "comcol": "common_coloniser",
    "col_dep_ever": "colonial_tie",
    "colony": "colonial_tie",
}
SIZES = {"gdp_o": "gdp", "pop_o": "population"}
OLD_CODES = {"PAL": "PSE", "ROM": "ROU", "TMP": "TLS"}

Said = tuple[str, ...]
Ends = tuple[str, str]


def read(path: Path) -> Read:
    """Read Gravity: distance of capitals (km) and ties (1 or 0) of pairs, gdp (USD) and population of States."""
    needs = ("year", "iso3_o", "iso3_d", "country_exists_o", "country_exists_d", "distcap")
    with open_grid(path, needs=needs) as grid:
        found = Gathering("gravity", GRAVITY, grid.faults, known=released(path, r"_V(20\d\d)\d\d"))
        columns = tuple(c for c in LASTING if c in grid.header)
        told: dict[Ends, tuple[int, Said]] = {}
        for line in found.each(grid):
            if line.cells["country_exists_o"] in EXISTS and line.cells["country_exists_d"] in EXISTS:
                _sizes(found, line)
                _changes(found, line, columns, told)
    found.undated("such as Gravity_V202211.csv")
    return found.read()


def read_geodist(path: Path) -> Read:
    """Read GeoDist: distance between capitals (km) and ties of each pair (1 or 0)."""
    with open_grid(path, needs=("iso_o", "iso_d", "contig", "comlang_off", "distcap")) as grid:
        found = Gathering("geodist", GEODIST, grid.faults)
        columns = tuple(c for c in LASTING if c in grid.header)
        seen: set[Ends] = set()
        for line in found.each(grid):
            key = line.cells["iso_o"], line.cells["iso_d"]
            if key in seen:
                found.repeated(line, "iso_d", f"{key[0]} and {key[1]}")
                continue
            seen.add(key)
            _lasting(found, line, ("iso_o", "iso_d"), columns, GEODIST_YEAR)
    return found.read()


def _sizes(found: Gathering, line: Line) -> None:
    """Tell output and population once: the file repeats them for every partner."""
    year = found.year(line, "year")
    state = year and found.state(line, "iso3_o", Scheme.ISO3, year=year, alone=True)
    if not year or not state:
        return
    for column, attribute in SIZES.items():
        if column in line.cells and not found.has(state, attribute, year):
            number = found.number(line, column, low=0)
            if number is not None:
                found.put(line, column, state, attribute, year, number * THOUSAND)


def _changes(found: Gathering, line: Line, columns: Said, told: dict[Ends, tuple[int, Said]]) -> None:
    """Tell what lasts where it is new, or differs from what the last row of the pair said."""
    key = line.cells["iso3_o"], line.cells["iso3_d"]
    year = found.year(line, "year")
    if year is None:
        return
    said = tuple(line.cells[c] for c in columns)
    before = told.get(key)
    if before and year < before[0]:
        clause = f"is out of order; {before[0]} of the same pair stands above"
        found.faults.add(line, "year", clause, "Sort the rows of each pair by year.")
        return
    told[key] = year, said
    changed = tuple(c for n, c in enumerate(columns) if not before or before[1][n] != said[n])
    if changed:
        _lasting(found, line, ("iso3_o", "iso3_d"), changed, year)


def _lasting(found: Gathering, line: Line, ends: Ends, columns: Said, year: int) -> None:
    """Tell what lasts of a pair, unless the row the other way round has told it."""
    first, second = (
        found.state(line, end, Scheme.ISO3, year=year, text=OLD_CODES.get(line.cells[end]), alone=True) for end in ends
    )
    subject = pair_of(first, second, directed=False)
    for column in columns if subject else ():
        attribute = LASTING[column]
        number = found.number(line, column, low=0, high=None if attribute == "distance" else 1)
        if number is not None and not found.has(subject, attribute, year):
            found.put(line, column, subject, attribute, year, number, dated=False)
