"""Gathering: from the lines of a data set to facts, and to findings on what could not be used."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from legation.errors import Finding, Severity
from legation.exchange.files import guarded, opened
from legation.exchange.grid import Faults, Grid, Line, folded, open_grid
from legation.exchange.imported import Imported, Read
from legation.exchange.names import NotAStateError, Scheme, code_of
from legation.model.facts import Attribute, Fact, Source
from legation.model.presences import both, pair
from legation.sources.cells import NUMBER, YEAR, YEARS, CellError

MISSING = frozenset({"", ".", "..", "...", "NA", "NaN", "nan"})
TOP = 40  # rows among which a header is looked for
LARGEST = 1e24  # more than any amount of anything that is counted here
YEAR_COLUMN = re.compile(r"(?:YR)?([12]\d{3})(?:\.0)?(?: \[YR\1\])?")

UNITS = {
    "gdp": "USD",
    "population": "persons",
    "exports": "USD",
    "imports": "USD",
    "trade": "USD",
    "migrants": "persons",
    "distance": "km",
    "contiguous": "of 1",
    "common_language": "of 1",
    "colonial_tie": "of 1",
    "common_coloniser": "of 1",
    "conflict_intensity": "level",
    "defence_pact": "of 1",
    "ideal_point": "points",
    "unga_distance": "points",
}


def plain(text: str) -> float:
    """Read a number as data sets write it, quickly; raise CellError for anything else."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or "_" in text:
        return float(NUMBER.read(text))  # slower, and it knows to say what is wrong
    if abs(number) > LARGEST:
        raise CellError("is more than can be", "Compare it with the original: the file may be damaged.")
    return number


def within(text: str, low: float | None, high: float | None) -> float:
    """Read a number that lies in a range; raise CellError for anything else."""
    number = plain(text)
    if low is not None and number < low:
        raise CellError(f"is less than {low:g}", "Compare it with the original: the file may be damaged.")
    if high is not None and number > high:
        raise CellError(f"is more than {high:g}", "Compare it with the original: the file may be damaged.")
    return number


def years_of(header: Iterable[str]) -> dict[int, str]:
    """Return the columns of a wide table that are years, by year: "1990", "1990 [YR1990]"; no months, no quarters."""
    found: dict[int, str] = {}
    for name in header:
        match = YEAR_COLUMN.fullmatch(name.strip())
        if match and int(match[1]) in YEARS:
            found.setdefault(int(match[1]), name)  # where a table repeats its years (both sexes, men, women)
    return found


def released(path: Path, pattern: str) -> int | None:
    """Return the year of release that a file's name states, such as 2023 in BACI_HS12_Y2021_V202301.csv."""
    match = re.search(pattern, path.name, re.IGNORECASE)
    return int(match[1]) if match and int(match[1]) in YEARS else None


def headed(path: Path, *columns: str, sheet: str | None = None, skip: int = 0) -> bool:
    """Tell whether a file's header has all of these columns, to tell layouts apart before one of them is read."""
    with open_grid(path, needs=(), sheet=sheet, skip=skip) as grid:
        return {folded(c) for c in columns} <= {folded(c) for c in grid.header}


def rows_above(path: Path, *marks: str, sheet: str | None = None) -> list[tuple[str, ...]]:
    """Return the rows above the header, the first row with one of these cells; none if there is no such row."""
    wanted = {folded(mark) for mark in marks}
    with opened(path, (), sheet) as source, guarded(source.label):
        top = list(islice(source.rows, TOP))
    at = next((n for n, row in enumerate(top) if wanted & {folded(cell) for cell in row}), 0)
    return top[:at]


class Years:
    """The years that were told of each of many pairs of names: as bits, which takes far less memory than a set."""

    def __init__(self) -> None:
        """Start without any."""
        self._bits: dict[tuple[str, str], int] = {}

    def has(self, key: tuple[str, str], year: int) -> bool:
        """Tell whether a year was told of a pair."""
        return bool(self._bits.get(key, 0) >> (year - YEARS[0]) & 1)

    def add(self, key: tuple[str, str], year: int) -> None:
        """Remember a year of a pair."""
        self._bits[key] = self._bits.get(key, 0) | 1 << (year - YEARS[0])


class Gathering:
    """Facts of one file: each subject, attribute and year once, States resolved, faults collected, oddities counted."""

    def __init__(
        self, kind: str, source: Source, faults: Faults, *, known: int | None = None, missing: frozenset[str] = MISSING
    ) -> None:
        """Start without facts; known: the year of release, for facts about earlier years."""
        self.kind, self.source, self.faults, self.known = kind, source, faults, known
        self.missing = missing
        self.rows = 0
        self.facts: list[Fact] = []
        self.attributes: dict[str, Attribute] = {}
        self._told = Years()
        self._resolved: dict[tuple[str, Scheme, int | None], str | NotAStateError | CellError] = {}
        self._years: dict[str, int] = {}
        self._first: dict[tuple[str, int | None], str] = {}
        self._notes: list[Finding] = []

    def each(self, grid: Grid) -> Iterator[Line]:
        """Go through the lines and count them."""
        for line in grid.rows:
            self.rows += 1
            yield line

    # Cells

    def state(
        self,
        line: Line,
        column: str,
        scheme: Scheme,
        *,
        year: int | None = None,
        text: str | None = None,
        alone: bool = False,
    ) -> str | None:
        """Return the code of the State a cell names in a year; None, and counted or reported, if it names none.

        alone: of two codes that mean one State in one year, as both Germanies do, only the first counts
        """
        said = line.cells[column] if text is None else text
        key = (said, scheme, year)
        found = self._resolved.get(key)
        if found is None:
            found = _resolve(said, scheme, year)
            if alone and isinstance(found, str):
                found = self._alone(found, said, year)
            self._resolved[key] = found
        if isinstance(found, str):
            return found
        if isinstance(found, NotAStateError):
            self.faults.skip(found)
        else:
            self.faults.add(line, column, str(found), found.remedy, value=said)
        return None

    def _alone(self, code: str, said: str, year: int | None) -> str | NotAStateError:
        first = self._first.setdefault((code, year), said)
        return code if first == said else NotAStateError("the second of its year", f"{said}, where {first} is {code}")

    def year(self, line: Line, column: str) -> int | None:
        """Return the year a cell says; None and a finding if it says none."""
        said = line.cells[column]
        if said not in self._years:
            year = self.faults.take(line, column, YEAR.read)
            if year is None:
                return None
            self._years[said] = year
        return self._years[said]

    def number(self, line: Line, column: str, *, low: float | None = None, high: float | None = None) -> float | None:
        """Return the number in a cell; None where the original marks it missing, None and a finding if it is none."""
        said = line.cells.get(column, "")
        if said in self.missing:
            return None
        return self.faults.take(line, column, lambda text: within(text, low, high))

    # Facts

    def repeated(self, line: Line, column: str, what: str) -> None:
        """Report a row that says again what an earlier one said; the earlier one holds."""
        clause = f"repeats an earlier row; {what} stands there"
        self.faults.add(line, column, clause, "Keep one of the rows: the first was used.", code="repeated-row")

    def has(self, subject: str, attribute: str, year: int) -> bool:
        """Tell whether there is such a fact already."""
        return self._told.has((subject, attribute), year)

    def put(
        self, line: Line, column: str, subject: str, attribute: str, year: int, value: float, *, dated: bool = True
    ) -> None:
        """Add a fact; a second one for the same subject, attribute and year is a finding, and the first is kept.

        dated: whether the year of release says when it was known; not so for what never changes
        """
        if self.has(subject, attribute, year):
            self.repeated(line, column, f"{attribute} of {subject} for {year}")
            return
        self._told.add((subject, attribute), year)
        known = self.known if dated and self.known is not None and self.known > year else None
        unit = UNITS[attribute] if attribute in UNITS else self.attributes[attribute].unit
        self.facts.append(Fact(subject, attribute, year, value, unit, self.source.id, known))

    def put_years(
        self,
        line: Line,
        years: Mapping[int, str],
        subject: str,
        attribute: str,
        *,
        scale: float = 1,
        low: float | None = None,
    ) -> None:
        """Add what a line of a wide table says for each of its years."""
        for year, column in years.items():
            number = self.number(line, column, low=low)
            if number is not None:
                self.put(line, column, subject, attribute, year, number * scale)

    # The end

    def note(self, code: str, message: str, remedy: str = "") -> None:
        """Add something the user should know of the whole file."""
        self._notes.append(Finding(code, Severity.NOTE, self.faults.label, message, remedy, self.faults.label))

    def undated(self, name: str = "") -> None:
        """Say that the file does not tell when it was released, if it does not; name: one that would."""
        if self.known is None:
            remedy = f"Keep the publisher's name of the file, {name}, and import again." if name else ""
            self.note(
                "no-release", "The file does not say when it was released; its facts count as always known.", remedy
            )

    def read(self) -> Read:
        """Return what was gathered, and every finding."""
        attributes = tuple(self.attributes[name] for name in sorted(self.attributes))
        found = Imported(
            self.kind, facts=tuple(self.facts), attributes=attributes, sources=(self.source,), rows=self.rows
        )
        return found, (*self.faults.findings, *self._notes)


def _resolve(said: str, scheme: Scheme, year: int | None) -> str | NotAStateError | CellError:
    try:
        return code_of(said, scheme, year=year)
    except (NotAStateError, CellError) as error:
        return error


def pair_of(first: str | None, second: str | None, *, directed: bool = True) -> str:
    """Name a pair of two States; "" unless both are known and they are two."""
    if first is None or second is None or first == second:
        return ""
    return pair(first, second) if directed else both(first, second)
