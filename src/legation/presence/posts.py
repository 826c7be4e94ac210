"""The ministry's own posts: a list as offices keep it, CSV or Excel, headed in English, Russian or Kazakh.

A row is a post. Needed are the columns form and state; the others are read where they are there (see COLUMNS). Rows
above the header, such as a title, are passed over. Forms may be in words ("Embassy", "Генеральное консульство"), States
by any name or code that `exchange.names` knows. A column `covers` names the States that the post is also accredited to,
separated by `;` or `|`. Days are written 2012, 2012-07, 2012-07-29 or 29.07.2012; 07/08/2012 is refused, for nobody
knows which is the month.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from legation.cases.siting import slug
from legation.codec import suggest
from legation.errors import Finding, InvalidError, Severity
from legation.exchange.files import opened
from legation.exchange.grid import Grid, Line, folded, open_grid
from legation.exchange.imported import Covering, Imported, Read
from legation.exchange.names import NotAStateError, Scheme, code_of, table
from legation.model.facts import Source
from legation.model.posts import Form, Period, Post, Seat, Track, track_of
from legation.presence.kinds import form_of
from legation.sources.cells import AMOUNT_TEXT, COUNT, DAY, LATITUDE, LONGITUDE, CellError, refuse_unusable
from legation.sources.tables import CONFIDENCE

TOP = 20  # rows among which the header is looked for
SOURCE = Source("own-posts", "List of the ministry's own posts", "the ministry", licence="own data", use="own posts")

COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("id", "post id", "code of the post", "идентификатор", "код поста"),
    "form": (
        *("form", "type", "kind", "mission type", "type of post", "post type", "representation"),
        *("форма", "тип", "вид", "вид представительства", "тип представительства", "вид учреждения", "түрі"),
    ),
    "state": (
        *("state", "country", "host", "host country", "receiving state", "receiving country"),
        *("страна", "государство", "страна пребывания", "государство пребывания", "ел", "мемлекет"),
    ),
    "city": ("city", "town", "seat", "location", "город", "место", "местонахождение", "қала"),
    "lat": ("lat", "latitude", "широта", "ендік"),
    "lon": ("lon", "lng", "long", "longitude", "долгота", "бойлық"),
    "opened": (
        *("opened", "opening", "open since", "since", "opening date", "date opened", "established", "year opened"),
        *("открыто", "открыт", "дата открытия", "год открытия", "ашылған", "ашылған күні", "ашылған жылы"),
    ),
    "closed": ("closed", "closing date", "date closed", "until", "закрыто", "закрыт", "дата закрытия", "жабылған"),
    "staff": (
        *("staff", "people", "headcount", "personnel", "number of staff"),
        *("штат", "численность", "штатная численность", "сотрудники", "сотрудников", "қызметкерлер", "штат саны"),
    ),
    "running": (
        *("running", "running cost", "annual cost", "yearly cost", "budget"),
        *("расходы", "содержание", "расходы в год", "годовой бюджет", "бюджет", "шығыс"),
    ),
    "covers": (
        *("covers", "also accredited to", "concurrent accreditation", "accredited to"),
        *("по совместительству", "аккредитация по совместительству", "аккредитован", "қоса атқарады"),
    ),
    "confidence": ("confidence", "достоверность"),
    "source": ("source", "источник", "дереккөз"),
    "note": ("note", "notes", "comment", "comments", "remarks", "примечание", "комментарий", "ескерту"),
}
"""The columns that are read, each with the headings it may stand under; case and spaces do not matter."""
NEEDED = ("form", "state")

WORDS: tuple[tuple[str, Form], ...] = (
    (r"почетн|құрметті", Form.HONORARY_CONSULATE),
    (r"консульское агентство", Form.CONSULAR_AGENCY),
    (r"генеральное консульство|генконсульство|бас консулдық", Form.CONSULATE_GENERAL),
    (r"консульство|консулдық", Form.CONSULATE),
    (r"постоянн\w+ (представительство|миссия)|постпредство|тұрақты өкілдік", Form.PERMANENT_MISSION),
    (r"торгов\w+ (представительство|миссия)|торгпредство|сауда өкілдігі", Form.TRADE_REPRESENTATION),
    (r"(дипломатическ\w+|дипломатиялық) (миссия|представительство|өкілдік)|дипмиссия", Form.DIPLOMATIC_MISSION),
    (r"посольство|елшілік|елшілігі", Form.EMBASSY),
)  # fmt: skip
"""What Russian and Kazakh words say of the form, the more particular first; English ones are in `presence.kinds`."""


def read(path: Path, sender: str) -> Read:
    """Read the posts of a sender (its code); raise InvalidError where the file is no such list."""
    with open_grid(path, needs=(), skip=_rows_above(path)) as grid:
        columns, found = _columns(grid)
        reading = _Reading(grid, columns, sender)
        posts = tuple(reading.posts())
    coverings = tuple(dict.fromkeys(reading.coverings))
    imported = Imported("posts", posts, coverings, sources=(SOURCE,), rows=grid.read)
    return imported, (*found, *grid.faults.findings)


def _rows_above(path: Path) -> int:
    """Count the rows above the header: the first row with headings for what is needed."""
    with opened(path, ()) as source:
        for number, row in enumerate(islice(source.rows, TOP)):
            if {_meaning(cell) for cell in row} >= set(NEEDED):
                return number
    return 0


def _meaning(heading: str) -> str:
    plain = folded(heading).replace("ё", "е").replace("_", " ")
    return next((name for name, headings in COLUMNS.items() if plain in headings), "")


def _columns(grid: Grid) -> tuple[dict[str, str], tuple[Finding, ...]]:
    """Return the heading of each column that is there; raise InvalidError where one is missing that is needed."""
    columns: dict[str, str] = {}
    found: list[Finding] = []
    known = [heading for headings in COLUMNS.values() for heading in headings]
    for heading in grid.header:
        name = _meaning(heading)
        if name and name not in columns:
            columns[name] = heading
        else:
            clause = f"stands beside '{columns[name]}'" if name else f"is not read{suggest(folded(heading), known)}"
            remedy = f"The columns that are read are {', '.join(COLUMNS)}."
            found.append(_of_column("unknown-column", Severity.WARNING, grid.name, heading, clause, remedy))
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        errors = tuple(
            _of_column(
                "missing-column", Severity.ERROR, grid.name, n, "is missing", f"Head it {' or '.join(COLUMNS[n][:3])}."
            )
            for n in missing
        )
        raise InvalidError(f"{grid.name} is no list of posts: {', '.join(missing)} missing.", (*errors, *found))
    return columns, tuple(found)


def _of_column(code: str, severity: Severity, label: str, name: str, clause: str, remedy: str) -> Finding:
    end = "" if clause.endswith("?") else "."
    return Finding(code, severity, label, f"The column '{name}' {clause}{end}", remedy, label, None, name, name)


class _Reading:
    """Makes posts of lines; ids are given where the list has none: the State, and the city if it is no embassy."""

    def __init__(self, grid: Grid, columns: dict[str, str], sender: str) -> None:
        self.grid, self.columns, self.sender = grid, columns, sender
        self.coverings: list[Covering] = []
        self._ids: dict[str, int] = {}

    def posts(self) -> Iterator[Post]:
        """Go through the posts that can be read whole; what is wrong with the others goes to the faults."""
        for line in self.grid.rows:
            cells, faulty = self._cells(line)
            if not faulty and self._holds_together(line, cells) and self._is_new(line, cells):
                yield self._post(cells)

    def _cells(self, line: Line) -> tuple[dict[str, Any], bool]:
        cells: dict[str, Any] = {}
        faulty = False
        for name, heading in self.columns.items():
            text = line.cells[heading]
            try:
                cells[name] = _read_cell(name, text)
            except CellError as error:
                code = "missing-value" if not text else "wrong-value"
                self.grid.faults.add(line, heading, str(error), error.remedy, code=code)
                faulty = True
        return cells, faulty

    def _holds_together(self, line: Line, cells: dict[str, Any]) -> bool:
        opened_, closed = cells.get("opened"), cells.get("closed")
        if opened_ and closed and closed < opened_:
            clause = f"is before the post opened ({opened_})"
            self.grid.faults.add(line, self.columns["closed"], clause, "Correct one of the two dates.")
            return False
        if (cells.get("lat") is None) != (cells.get("lon") is None):
            clause = "stands without the other degree"
            self.grid.faults.add(
                line, self.columns.get("lat", "lon"), clause, "Give latitude and longitude, or neither."
            )
            return False
        if cells["state"][0] == self.sender:
            clause = "is the sender itself"
            self.grid.faults.add(line, self.columns["state"], clause, "Write the State in which the post sits.")
            return False
        return True

    def _is_new(self, line: Line, cells: dict[str, Any]) -> bool:
        cells["id"] = cells.get("id") or _id(cells)
        first = self._ids.setdefault(cells["id"], line.number)
        if first == line.number:
            return True
        clause = f"is the post '{cells['id']}' of row {first} again"
        remedy = "Remove one of the rows, or tell the posts apart in a column 'id'."
        self.grid.faults.add(line, self.columns["state"], clause, remedy, code="repeated-row")
        return False

    def _post(self, cells: dict[str, Any]) -> Post:
        state, place = cells["state"]
        self.coverings += [Covering(self.sender, state, c, SOURCE.id) for c in cells.get("covers", ()) if c != state]
        return Post(
            cells["id"],
            self.sender,
            cells["form"],
            Seat(state, cells.get("city") or place, cells.get("lat"), cells.get("lon")),
            Period(cells.get("opened"), cells.get("closed")),
            cells.get("staff"),
            cells.get("running") or "",
            cells.get("source") or SOURCE.id,
            cells.get("confidence") or "high",
            cells.get("note") or "",
        )


def _id(cells: dict[str, Any]) -> str:
    """Give a post a name: a city may have a consulate and a mission to an organisation."""
    state, place = cells["state"]
    track, form = track_of(cells["form"]), cells["form"].value
    city = slug(cells.get("city") or place)
    if track is Track.DIPLOMATIC:
        return str(state)
    if track is Track.CONSULAR:
        return f"{state}-{city or form}"
    return f"{state}-{city}-{form}" if city else f"{state}-{form}"


# Cells


def _read_cell(name: str, text: str) -> Any:  # noqa: ANN401 - each column has its own type
    if not text:
        if name in NEEDED:
            raise CellError("is missing", "Fill the cell: this column may not be empty.")
        return () if name == "covers" else None
    refuse_unusable(text)
    return READERS.get(name, str)(text)


def _form(text: str) -> Form:
    plain = " ".join(text.casefold().replace("ё", "е").split())
    if plain in list(Form) and plain != Form.NONE:
        return Form(plain)
    form = next((form for words, form in WORDS if re.search(words, plain)), None) or form_of(text)
    if form is None:
        known = ", ".join(f for f in Form if f is not Form.NONE)
        raise CellError(f"is no form we know{suggest(plain, list(Form))}", f"Write one of: {known}.")
    return form


def _state(text: str) -> tuple[str, str]:
    """Return the State a cell means, and the territory of it if it names one."""
    try:
        return _code(text), ""
    except NotAStateError as error:
        owners = {row["name"]: row["state"] for row in table("territories") if row["state"]}
        owner = next((state for name, state in owners.items() if name in error.title or error.title in name), "")
        if error.kind == "territory" and owner:
            return owner, error.title
        raise CellError(f"is no State: {error.kind}", "Write the State in which the post sits.") from None


def _code(text: str) -> str:
    """Read a name, or a code of three or two letters."""
    try:
        return code_of(text, Scheme.NAME)
    except CellError as error:
        scheme = {3: Scheme.ISO3, 2: Scheme.ISO2}.get(len(text))
        if scheme is None or not text.isascii():
            raise
        try:
            return code_of(text, scheme)
        except CellError:
            raise error from None


def _covers(text: str) -> tuple[str, ...]:
    return tuple(_state(part)[0] for part in re.split(r"[;|]", text) if part.strip())


def _day(text: str) -> date:
    parts = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    if parts:
        day, month, year = parts.groups()
        return date_of(f"{year}-{month:0>2}-{day:0>2}")
    if re.fullmatch(r"\d{1,2}/\d{1,2}/\d{2,4}", text):
        raise CellError("does not say which is the month", "Write it as 2012-07-29.")
    return date_of(text)


def date_of(text: str) -> date:
    """Read a date as our own tables have it."""
    day: date = DAY.read(text)
    return day


READERS: dict[str, Callable[[str], Any]] = {
    "form": _form,
    "state": _state,
    "covers": _covers,
    "lat": LATITUDE.read,
    "lon": LONGITUDE.read,
    "opened": _day,
    "closed": _day,
    "staff": COUNT.read,
    "running": AMOUNT_TEXT.read,
    "confidence": CONFIDENCE.read,
}
