"""Ideal points of States in the UN General Assembly (Bailey, Strezhnev, Voeten), and how far two are apart.

Layouts. Estimates (IdealpointestimatesAll_Jun2024.csv; Idealpoints….tab in 2025): ccode (COW), session, IdealPointAll,
NVotesAll, quantiles, iso3c, Countryname. Pairs (AgreementScoresAll_Jun2024.csv): session.x, ccode1, ccode2, agree,
year, IdealPointAll.x, NVotesAll.x, IdealPointAll.y, NVotesAll.y, IdealPointDistance. Quirks: a first column without a
name, the row numbers of R; the session is not the year: session 1 is 1946; session 19 (1964) has hardly a vote; "NA"
for missing; a pair may stand in both orders. Of the files for foreign-policy or final-passage votes only we read
nothing. Not confirmed: the columns of the .tab files of 2025 beyond ccode, year and idealpointall.
"""

from __future__ import annotations

from pathlib import Path

from legation.exchange.grid import Faults, Line, open_grid
from legation.exchange.imported import Read
from legation.exchange.names import Scheme
from legation.indicators.gathering import Gathering, Years, headed, pair_of, released
from legation.model.facts import Source
from legation.sources.cells import COUNT, YEAR

ABOUT = Source(
    "unga-ideal-points",
    "United Nations General Assembly Voting Data",
    "Erik Voeten, Anton Strezhnev and Michael Bailey",
    "https://doi.org/10.7910/DVN/LEJUQZ",
    "CC0 1.0 (licence not seen)",
)
BEFORE_SESSION_1 = 1945
FURTHEST = 10  # points lie within 4 of zero: more is another column, or a lost decimal point


def read(path: Path) -> Read:
    """Read the ideal point of each State in each year, or the distance between the points of each pair."""
    return _pairs(path) if headed(path, "ccode1", "ccode2") else _points(path)


def _points(path: Path) -> Read:
    when = "year" if headed(path, "year") else "session"
    with open_grid(path, needs=("ccode", when, "IdealPointAll")) as grid:
        found = _gathering(path, grid.faults)
        for line in found.each(grid):
            year = _year(found, line, when)
            state = year and found.state(line, "ccode", Scheme.COW, year=year, alone=True)
            point = found.number(line, "IdealPointAll", low=-FURTHEST, high=FURTHEST)
            if year and state and point is not None:
                found.put(line, "IdealPointAll", state, "ideal_point", year, point)
    return found.read()


def _pairs(path: Path) -> Read:
    with open_grid(path, needs=("ccode1", "ccode2", "year", "IdealPointDistance")) as grid:
        found = _gathering(path, grid.faults)
        seen = Years()
        for line in found.each(grid):
            year = found.year(line, "year")
            distance = found.number(line, "IdealPointDistance", low=0, high=2 * FURTHEST)
            if year is not None and distance is not None:
                _put_pair(found, line, year, distance, seen)
    return found.read()


def _gathering(path: Path, faults: Faults) -> Gathering:
    found = Gathering("ideal-points", ABOUT, faults, known=released(path, r"_?(?:[a-z]{3,4})(20\d\d)"))
    found.undated("such as IdealpointestimatesAll_Jun2024.csv")
    return found


def _year(found: Gathering, line: Line, when: str) -> int | None:
    """Return the year of a row; where the file has sessions only, session 1 is 1946."""
    if when == "year":
        return found.year(line, when)
    return found.faults.take(line, when, lambda text: YEAR.read(str(BEFORE_SESSION_1 + COUNT.read(text))))


def _put_pair(found: Gathering, line: Line, year: int, distance: float, seen: Years) -> None:
    """Add the distance of a pair, unless the row the other way round has told it."""
    first, second = (found.state(line, c, Scheme.COW, year=year, alone=True) for c in ("ccode1", "ccode2"))
    subject = pair_of(first, second, directed=False)
    one, other = line.cells["ccode1"], line.cells["ccode2"]
    if subject and not seen.has((other, one), year):
        seen.add((one, other), year)
        found.put(line, "IdealPointDistance", subject, "unga_distance", year, distance)
