"""Rows: a sheet of text read against its table, with one finding for each fault, and values written as text again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from legation.codec import alike, nearest, suggest
from legation.errors import Finding, Severity
from legation.model import EventKind
from legation.sources.cells import CellError, refuse_unusable
from legation.sources.tables import Column, Table

Known = Mapping[str, Mapping[str, str]]
"""What names may refer to, by kind of thing: the ids there are, each with the name people know it by."""


@dataclass(frozen=True)
class Sheet:
    """One table as text, as it was found; label: how its user knows it; the first row is the header."""

    label: str
    rows: tuple[tuple[str, ...], ...]

    @property
    def header(self) -> tuple[str, ...]:
        """Return the names of the columns."""
        return tuple(name.strip() for name in self.rows[0]) if self.rows else ()

    @property
    def body(self) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Go through the rows that hold anything, with their numbers; the header is row 1."""
        return ((n, row) for n, row in enumerate(self.rows[1:], 2) if any(cell.strip() for cell in row))

    def column(self, name: str) -> Iterator[str]:
        """Go through what a column says, row by row; an absent column says nothing."""
        at = self.header.index(name) if name in self.header else len(self.header)
        return (row[at].strip() if at < len(row) else "" for _, row in self.body)


@dataclass(frozen=True)
class Line:
    """One row, read: its number, and the cells that say something."""

    number: int
    cells: dict[str, Any]


def fault(
    code: str, label: str, clause: str, remedy: str, *, row: int | None = None, column: str = "", value: str = ""
) -> Finding:
    """Make the finding for a fault at a place: "The form 'embasy' is no form we know; did you mean 'embassy'?"."""
    shown = value if len(value) <= 80 else f"{value[:77]}..."
    thing = f"The {column or 'file'} '{shown}'" if shown else f"The {column or 'file'}"
    end = "" if clause.endswith("?") else "."
    return Finding(code, Severity.ERROR, label, f"{thing} {clause}{end}", remedy, label, row, column, shown)


def read(table: Table, sheet: Sheet, known: Known) -> tuple[list[Line], list[Finding]]:
    """Read a sheet; every fault of every row is found, and only rows without a fault are returned."""
    header_faults = list(_header_faults(table, sheet))
    if not sheet.header:
        return [], header_faults
    columns = {c.name: c for c in table.columns}
    lines: list[Line] = []
    found: list[Finding] = []
    seen: dict[tuple[str, ...], int] = {}
    for number, row in sheet.body:
        line, faults = _line(columns, sheet, known, number, row)
        if not header_faults and not faults:
            faults = [*_contradictions(table, sheet, line, row), *_repeated(table, sheet, seen, number, row)]
        found += faults
        if not faults:
            lines.append(line)
    return ([] if header_faults else lines), header_faults + found


def _header_faults(table: Table, sheet: Sheet) -> Iterator[Finding]:
    names = [c.name for c in table.columns]
    if not sheet.header:
        yield fault("empty-file", sheet.label, "is empty", f"Give it a header row: {','.join(names)}.")
        return
    missing = [c.name for c in table.columns if c.needed and c.name not in sheet.header]
    remedy = f"Rename or remove it; the columns are {', '.join(names)}."
    for at, name in enumerate(sheet.header):
        shown = name or f"number {at + 1}"
        if name and name in sheet.header[:at]:
            yield _column_fault("repeated-column", sheet, shown, "stands twice in the header", "Keep one of the two.")
        elif name not in names and (name or any(row[at : at + 1] not in ((), ("",)) for _, row in sheet.body)):
            clause = f"is no column of this file{suggest(name, names) or _instead(missing)}"
            yield _column_fault("unknown-column", sheet, shown, clause, remedy)
            # What is missing is probably what was misnamed: one fault, one finding.
            close = nearest(name, names)
            missing = [m for m in missing if m != (close or missing[0])]
    for name in missing:
        yield _column_fault("missing-column", sheet, name, "is missing from the header", "Add it.")


def _instead(missing: list[str]) -> str:
    return f", and '{missing[0]}' is missing" if missing else ""


def _column_fault(code: str, sheet: Sheet, name: str, clause: str, remedy: str) -> Finding:
    found = fault(code, sheet.label, clause, remedy, row=1, column=name)
    return replace(found, message=found.message.replace(f"The {name} ", f"The column '{name}' ", 1), value=name)


def _line(
    columns: Mapping[str, Column], sheet: Sheet, known: Known, number: int, row: tuple[str, ...]
) -> tuple[Line, list[Finding]]:
    cells: dict[str, Any] = {}
    found: list[Finding] = []
    width = len(sheet.header)
    if any(cell.strip() for cell in row[width:]):
        extra = next(cell for cell in row[width:] if cell.strip())
        remedy = "Put a text that contains a comma in double quotes, or remove what is too much."
        found.append(
            fault("extra-cell", sheet.label, f"is beyond the {width} columns", remedy, row=number, value=extra)
        )
    for at, name in enumerate(sheet.header):
        column, text = columns.get(name), row[at] if at < len(row) else ""
        if column:
            problem = _cell(column, text, cells, known)
            if problem:
                found.append(_at(sheet, number, column, text, problem))
    return Line(number, cells), found


def _contradictions(table: Table, sheet: Sheet, line: Line, row: tuple[str, ...]) -> Iterator[Finding]:
    """Find what the cells of a row say against each other."""
    raw = dict(zip(sheet.header, row, strict=False))
    columns = {c.name: c for c in table.columns}
    for name, clause, remedy in table.check(line.cells):
        yield _at(sheet, line.number, columns[name], raw.get(name, ""), CellError(clause, remedy))


def _at(sheet: Sheet, number: int, column: Column, text: str, problem: CellError) -> Finding:
    code = "missing-value" if not text.strip() else "wrong-value"
    clause = str(problem)
    return fault(code, sheet.label, clause, problem.remedy, row=number, column=column.name, value=text.strip())


def _cell(column: Column, text: str, cells: dict[str, Any], known: Known) -> CellError | None:
    """Read one cell into the row, or return what is wrong with it."""
    if not text.strip():
        return CellError("is missing", "Fill the cell: this column may not be empty.") if column.needed else None
    try:
        refuse_unusable(text)
        cells[column.name] = column.cell.read(text)
        for kind, name in _references(column, cells):
            _refer(kind, name, known)
    except CellError as problem:
        return problem
    return None


def _references(column: Column, cells: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Go through the things a cell names: a scope may name a site, a planned measure does, who protects is a State."""
    said = cells[column.name]
    if column.refers == "scope":
        parts = said.split(":")
        yield from [("site", parts[1])] if parts[0] == "site" and len(parts) == 3 else []
    elif column.refers == "measured":
        yield from [("site", said)] if cells.get("kind") == "measure" else []
    elif column.refers == "protector":
        yield from [("state", said)] if cells.get("kind") is EventKind.PROTECTED else []
    elif column.refers:
        yield from ((column.refers, name) for name in (said if isinstance(said, tuple) else (said,)))


NOUNS = {"state": "State", "post": "post in posts.csv", "site": "site in sites.csv", "kind": "kind of interest"}
NOUNS |= {"tracked": "post in posts.csv, nor a site in sites.csv,"}
REMEDIES = {
    "state": "Write the ISO 3166-1 alpha-3 code, or add the State to states.csv.",
    "post": "Write the id of a post in posts.csv, or add the post there.",
    "site": "Write the id of a site in sites.csv, or add the site there.",
    "tracked": "Write the id of a post in posts.csv or of a site in sites.csv, or add it there.",
    "interest": "Write the code of a State, or the id of an interest in interests.csv.",
    "kind": "Write a kind named in [settings] points of case.toml.",
    "subject": "Write the code of a State, or the subject of an interest in interests.csv.",
}


def _refer(kind: str, name: str, known: Known) -> None:
    if name not in known[kind]:
        clause = f"is no {NOUNS.get(kind, kind)} we know{like(name, known[kind])}"
        raise CellError(clause, REMEDIES[kind])


def like(word: str, known: Mapping[str, str]) -> str:
    """Return "; did you mean 'KEN' (Kenya)?" for an id or a name that is nearly right, or nothing."""
    by_name = {name: id_ for id_, name in known.items() if name}
    name, id_ = nearest(word, by_name) if len(word) > 3 else "", nearest(word, known)
    found = by_name[name] if name and alike(word, name) > alike(word, id_) else id_
    named = f" ({known[found]})" if found and known[found] else ""
    return f"; did you mean '{found}'{named}?" if found else ""


def _repeated(
    table: Table, sheet: Sheet, seen: dict[tuple[str, ...], int], number: int, row: tuple[str, ...]
) -> Iterator[Finding]:
    raw = dict(zip(sheet.header, row, strict=False))
    key = tuple(raw.get(name, "").strip() for name in table.key)
    if key and any(key):
        if key in seen:
            clause = f"stands already in row {seen[key]}"
            remedy = "Remove one of the rows, or tell them apart."
            value = ", ".join(k for k in key if k)
            yield fault("repeated-row", sheet.label, clause, remedy, row=number, column=table.key[0], value=value)
        seen.setdefault(key, number)


def write(table: Table, rows: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, ...], ...]:
    """Write rows of values as text under their header; what is unknown stays empty."""
    header = tuple(c.name for c in table.columns)
    return (header, *(tuple(_written(c, row.get(c.name)) for c in table.columns) for row in rows))


def _written(column: Column, said: object) -> str:
    return "" if said in (None, "", (), column.unsaid) else column.cell.write(said)
