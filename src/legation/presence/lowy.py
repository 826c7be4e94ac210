"""The Global Diplomacy Index of the Lowy Institute: the posts of some 66 States, by city, in editions since 2016.

The institute shows the index on its site and offers no table of it; tables go round that were made from the site. So
the layout could not be confirmed, and two are read, told apart by the header, as CSV or workbook:

- wide: `Country`, `Post City`, `Post Country`, `Post Type`, and one column for every edition, headed by its year: `1`,
  `x` or `yes` where the post is listed, empty, `0` or `no` where it is not;
- long: the same with a column `Year` (or `Edition`): one row for every post and edition.

`Latitude` and `Longitude` are read where they are there. `City` and `Host Country` are other names for the place.

What we make of it: an `Embassy` or `High Commission` is an embassy, a `Consulate-General`, `Consulate` and `Permanent
Mission` (or delegation) what they say, all else `other`. A post is open to the past if the first edition about its
sender lists it; else it begins with the first that does, and it ends with the first edition that no longer lists it.
Those are bounds and no days: the note says so, and confidence is medium. Embassies and other representations also give
a presence for each edition.

Quirks of the original: the editions are 2016, 2017, 2019, 2021 and 2024, and the data of 2024 were gathered in 2023;
senders were added from edition to edition, so a post is not new because its sender is; one city has several missions of
one sender to organisations (Geneva, Vienna): they are one post here, and a note counts them; Hong Kong, Macau and other
territories are hosts: a post there sits in the State the territory belongs to, and its note names the territory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from legation.cases.siting import slug
from legation.errors import Finding, Severity
from legation.exchange.grid import Grid, Line, open_grid
from legation.exchange.imported import Imported, Read
from legation.exchange.names import Scheme
from legation.model.facts import Source
from legation.model.posts import Form, Period, Post, Seat
from legation.model.presences import Presence
from legation.presence.kinds import form_of
from legation.presence.layouts import Layout, layout_of
from legation.presence.states import States
from legation.presence.yearly import RANK, counted
from legation.sources.cells import LATITUDE, LONGITUDE, Cell, CellError

LAYOUTS: tuple[Layout, ...] = tuple(
    {"sender": sender, "city": city, "host": host, "type": kind}
    for sender, city, host, kind in (
        ("Country", "Post City", "Post Country", "Post Type"),
        ("Country", "City", "Host Country", "Post Type"),
        ("Country", "City", "Host Country", "Type"),
    )
)
EDITIONS = ("year", "edition")
LISTED = {"1": True, "x": True, "yes": True, "true": True, "": False, "0": False, "no": False, "false": False}
SOURCE = Source(
    "lowy-gdi",
    "Lowy Institute Global Diplomacy Index",
    "Lowy Institute",
    "https://globaldiplomacyindex.lowyinstitute.org",
    "not seen",
)

Key = tuple[str, str, str, Form]
"""Sender, host, city and form: what makes a post one post through the editions."""


@dataclass
class _Listing:
    years: set[int] = field(default_factory=set)
    places: set[tuple[float, float]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    territories: set[str] = field(default_factory=set)


def read(path: Path) -> Read:
    """Read a table of the index in either layout; raise InvalidError where it is neither."""
    layout = layout_of(path, LAYOUTS)
    with open_grid(path, needs=tuple(layout.values())) as grid:
        reading = _Reading(grid, layout)
        for line in grid.rows:
            reading.take(line)
    imported = Imported("lowy", reading.posts(), presences=reading.presences(), sources=(SOURCE,), rows=grid.read)
    return imported, tuple(reading.findings())


class _Reading:
    def __init__(self, grid: Grid, layout: Layout) -> None:
        self.label = grid.name
        self.layout = layout
        named = {name.strip().lower(): name for name in grid.header}
        self.columns = {name: named[name] for name in (*EDITIONS, "latitude", "longitude") if name in named}
        self.editions = {name: int(name) for name in grid.header if re.fullmatch(r"20\d\d", name.strip())}
        self.faults = grid.faults
        self.states = States(self.faults)
        self.listings: dict[Key, _Listing] = {}
        self.repeated: list[str] = []

    def take(self, line: Line) -> None:
        """Read one row: a post in one edition, or in all."""
        years = self._years(line)
        form = self._form(line)
        sender = self.states.code(line, self.layout["sender"], line.cells[self.layout["sender"]], Scheme.NAME)
        host, territory = self.states.place(line, self.layout["host"], line.cells[self.layout["host"]], Scheme.NAME)
        city = self.states.text(line, self.layout["city"])
        if years is None or form is None or city is None or not sender or not host:
            return
        if sender == host:
            remedy = "Correct the one that is wrong."
            self.faults.add(line, self.layout["host"], "is the sender itself", remedy)
            return
        listing = self.listings.setdefault((sender, host, slug(city), form), _Listing())
        if years & listing.years:
            self.repeated.append(f"{line.cells[self.layout['sender']]} in {city}")
        listing.years |= years
        listing.names.add(city)
        listing.territories |= {territory} if territory else set()
        lat, lon = (self._degrees(line, *axis) for axis in (("latitude", LATITUDE), ("longitude", LONGITUDE)))
        if lat is not None and lon is not None:
            listing.places.add((lat, lon))

    def _years(self, line: Line) -> set[int] | None:
        """Return the editions that list the post, or None where that cannot be told."""
        column = next((self.columns[name] for name in EDITIONS if name in self.columns), "")
        if column:
            year = self.states.year(line, column)
            return None if year is None else {year}
        marks = {name: line.cells[name].strip().lower() for name in self.editions}
        for name, mark in marks.items():
            if mark not in LISTED:
                remedy = "Write 1 where the edition lists the post, and nothing where it does not."
                self.faults.add(line, name, "neither lists the post nor leaves it out", remedy, value=line.cells[name])
                return None
        return {self.editions[name] for name, mark in marks.items() if LISTED[mark]}

    def _form(self, line: Line) -> Form | None:
        kind = line.cells[self.layout["type"]]
        form = form_of(kind)
        if form is None:
            remedy = "Write Embassy, High Commission, Consulate-General, Consulate, Permanent Mission or Other."
            self.faults.add(line, self.layout["type"], "is no type of post we know", remedy, value=kind)
        return form

    def _degrees(self, line: Line, name: str, cell: Cell) -> float | None:
        column = self.columns.get(name, "")
        if not line.cells.get(column):
            return None
        try:
            return float(cell.read(line.cells[column]))
        except CellError as error:
            self.faults.add(line, column, str(error), error.remedy, value=line.cells[column])
            return None

    def posts(self) -> tuple[Post, ...]:
        """Return the posts, each once through all editions."""
        about: dict[str, set[int]] = {}
        for (sender, *_), listing in self.listings.items():
            about.setdefault(sender, set()).update(listing.years)
        return tuple(
            _post(key, listing, sorted(about[key[0]]))
            for key, listing in sorted(self.listings.items())
            if listing.years or not about[key[0]]
        )

    def presences(self) -> tuple[Presence, ...]:
        """Return the highest representation in each State in each edition."""
        best: dict[tuple[str, str, int], Form] = {}
        for (sender, host, _, form), listing in self.listings.items():
            for year in listing.years if form in RANK else ():
                key = (sender, host, year)
                best[key] = max(best.get(key, form), form, key=RANK.__getitem__)
        return tuple(Presence(*key, form=form, source=SOURCE.id) for key, form in sorted(best.items()))

    def findings(self) -> list[Finding]:
        """Return what could not be used, and what was merged."""
        found = [*self.faults.findings]
        if self.repeated:
            shown = ", ".join(sorted(set(self.repeated))[:5])
            message = (
                f"Merged: {counted(len(self.repeated), 'row')} about the same form in the same city, such as {shown}."
            )
            found.append(Finding("merged", Severity.NOTE, self.label, message, file=self.label))
        return found


def _post(key: Key, listing: _Listing, editions: list[int]) -> Post:
    sender, host, city, form = key
    lat, lon = min(listing.places) if listing.places else (None, None)
    seat = Seat(host, min(listing.names), lat, lon)
    id_ = "-".join(part for part in ("lowy", sender.lower(), host.lower(), city, form.value) if part)
    span, told = _span(sorted(listing.years), editions)
    note = "; ".join(part for part in (*sorted(listing.territories), told) if part)
    return Post(id_, sender, form, seat, span, source=SOURCE.id, confidence="medium", note=note)


def _span(years: list[int], editions: list[int]) -> tuple[Period, str]:
    """Bound the life of a post by the editions that list it, and say so."""
    if not years:
        return Period(), ""
    start = date(years[0], 1, 1) if years[0] > editions[0] else None
    after = [e for e in editions if e > years[-1]]
    end = date(after[0], 1, 1) if after else None
    gaps = [e for e in editions if years[0] < e < years[-1] and e not in years]
    told = f"listed {_said(years)}" + (f", not {_said(gaps)}" if gaps else "")
    return Period(start, end), told


def _said(years: Iterable[int]) -> str:
    return ", ".join(str(y) for y in years)
