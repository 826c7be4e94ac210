"""Diplomatic Representation (DDR) of the Diplometrics programme, Pardee Center, University of Denver: 1960 and after.

Layouts, told apart by the header, as CSV or workbook:

- as published: `Destination`, `Sending Country` (`SendingCountry` since 2025), `Year`, `Location`, `Embassy`, `Focus`,
  `EmbassyFocus`, `LOR`; States by their English names;
- as others pass it on: `year`, `sender`, `host`, `level`, `focus`, `source`; States by ISO 3166-1 alpha-3.

`Embassy` (`level`) is the rank of who is accredited: 6 ambassador, nuncio or secretary of a people's bureau, 5
minister, 4 chargé d'affaires, 3 interests desk, 2 interests served by another State, 1 unknown. `Focus` is 1 for a
single State, 2 for several, 3 for recalled, withdrawn or expelled. `LOR` follows from both; we do not read it.

What we make of it: rank 6 is an embassy, 5 and 4 a diplomatic mission, 3 and 1 `other`, 2 no representation of its own.
Focus 2 is concurrent. Focus 3 is no presence in that year; how many there are is told.

Quirks of the original: it lists those who are present and has no rows of zeros; it follows a yearbook, so openings
appear up to three years late; the apostrophe of Côte d'Ivoire is a control character (U+0092) in some releases, and
some have `United KIngdom`; States that are one today stand beside each other (both Germanies, both Yemens, both
Viet-Nams): the highest representation stands; Northern Cyprus and Montserrat are listed although they are no States.

Not confirmed: whether `Location` is where a concurrent head resides; so it is not read, and no seat is inferred.
"""

from __future__ import annotations

from pathlib import Path

from legation.errors import Finding, Severity
from legation.exchange.grid import Grid, Line, open_grid
from legation.exchange.imported import Imported, Read
from legation.exchange.names import Scheme
from legation.model.facts import Source
from legation.model.posts import Form
from legation.presence.layouts import Layout, layout_of
from legation.presence.states import States
from legation.presence.yearly import Said, Yearly, counted

PUBLISHED: Layout = {
    "sender": "Sending Country",
    "host": "Destination",
    "year": "Year",
    "rank": "Embassy",
    "focus": "Focus",
}
LAYOUTS: tuple[Layout, ...] = (
    PUBLISHED,
    {**PUBLISHED, "sender": "SendingCountry"},
    {"sender": "sender", "host": "host", "year": "year", "rank": "level", "focus": "focus"},
)
RANKS = {
    "6": Form.EMBASSY,
    "5": Form.DIPLOMATIC_MISSION,
    "4": Form.DIPLOMATIC_MISSION,
    "3": Form.OTHER,
    "2": None,
    "1": Form.OTHER,
}
CONCURRENT, RECALLED = "2", "3"
FOCUSES = ("1", CONCURRENT, RECALLED)
SERVED = "of interests served by another State"
SPELT = {
    "Congo, Democratic Republic": "Congo, Democratic Republic of the",
    "Congo, Republic": "Congo, Republic of the",
    "Holy See (Vatican)": "Holy See",
    "Viet Nam, Democratic Rep": "Viet Nam, Democratic Republic of",
}
"""Names as only this data set spells them."""

SOURCE = Source(
    "diplometrics-ddr",
    "Diplometrics Diplomatic Representation (DDR)",
    "Frederick S. Pardee Center for International Futures, University of Denver",
    "https://korbel.du.edu/pardee/content/diplomatic-representation",
    "not seen",
)


def read(path: Path) -> Read:
    """Read the data set in either layout; raise InvalidError where it is neither."""
    layout = layout_of(path, LAYOUTS)
    with open_grid(path, needs=tuple(layout.values())) as grid:
        reading = _Reading(grid, layout)
        for line in grid.rows:
            reading.take(line)
    imported = Imported("diplometrics", presences=reading.yearly.presences(), sources=(SOURCE,), rows=grid.read)
    return imported, tuple(reading.findings())


class _Reading:
    def __init__(self, grid: Grid, layout: Layout) -> None:
        self.label = grid.name
        self.layout = layout
        self.scheme = Scheme.ISO3 if layout["sender"] == "sender" else Scheme.NAME
        self.faults = grid.faults
        self.states = States(self.faults)
        self.yearly = Yearly(SOURCE.id)
        self.absent: dict[str, list[str]] = {}

    def take(self, line: Line) -> None:
        """Read one row: one State in another in one year."""
        year = self.states.year(line, self.layout["year"])
        names = [self._state(line, role, year) for role in ("sender", "host")]
        said = self._said(line)
        if year is None or said is None or None in names:
            return
        sender, host = (name or "" for name in names)
        if not said[0]:
            why = "of heads recalled or expelled" if line.cells[self.layout["focus"]] == RECALLED else SERVED
            self.absent.setdefault(why, []).append(f"{sender} in {host} {year}")
        if self.yearly.add(sender, host, year, said) is not None:
            remedy = "Correct the one that is wrong; the higher representation is used."
            clause = "is not what another row says of the same two States and year"
            self.faults.add(line, self.layout["rank"], clause, remedy, value=line.cells[self.layout["rank"]])

    def _state(self, line: Line, role: str, year: int | None) -> str | None:
        """Return the name of a State in the file, once its code is known."""
        name = line.cells[self.layout[role]].replace("\x92", "'").replace("’", "'")
        code = self.states.code(line, self.layout[role], SPELT.get(name, name), self.scheme, year)
        if code and year:
            self.yearly.codes[name, year] = code
        return name if code else None

    def _said(self, line: Line) -> Said | None:
        rank, focus = (line.cells[self.layout[role]] for role in ("rank", "focus"))
        if rank not in RANKS:
            self.faults.add(
                line, self.layout["rank"], "is no code of a rank", "Ranks are 1 to 6; correct the cell.", value=rank
            )
        if focus not in FOCUSES:
            remedy = "Write 1 for a single State, 2 for several, 3 for recalled."
            self.faults.add(line, self.layout["focus"], "is no code of a focus", remedy, value=focus)
        if rank not in RANKS or focus not in FOCUSES:
            return None
        return (None, False) if focus == RECALLED or not RANKS[rank] else (RANKS[rank], focus == CONCURRENT)

    def findings(self) -> list[Finding]:
        """Return what could not be used, and what was left out on purpose."""
        found = [*self.faults.findings, *self.yearly.findings(self.label)]
        for why, pairs in sorted(self.absent.items()):
            shown = ", ".join(sorted(pairs)[:5])
            message = f"Left out: {counted(len(pairs), 'row')} {why}, such as {shown}."
            found.append(Finding("left-out", Severity.NOTE, self.label, message, file=self.label))
        return found
