"""Writing: a case as a folder or as a workbook, so that reading it gives the same case."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from legation.cases.case import Case
from legation.cases.siting import mistold
from legation.errors import InvalidError, RefusedError
from legation.model import Event
from legation.sources.folder import csv_text, write_folder
from legation.sources.reading import locate, read_case, read_raw, understand
from legation.sources.records import rows_of
from legation.sources.rows import Sheet, read, write
from legation.sources.tables import EVENTS, TABLES
from legation.sources.toml import text_in_toml, toml_of
from legation.sources.workbook import write_workbook
from legation.sources.world import CASES, load_states

Sheets = dict[str, tuple[tuple[str, ...], ...]]


def write_case(case: Case, target: str | Path) -> None:
    """Write a case as a workbook if the name ends in .xlsx, else as a folder; the product's States are left out."""
    rows = rows_of(case)
    ours = set(load_states())
    rows["states"] = [row for row, state in zip(rows["states"], case.states, strict=True) if state not in ours]
    _write(Path(target), {n: write(t, rows[n]) for n, t in TABLES.items() if t.needed or rows[n]}, toml_of(case))


def convert(source: str | Path, target: str | Path, *, name: str = "") -> None:
    """Turn a folder into a workbook or back, every text and comment kept; name: that of the copy, where another.

    Raise as `read_case` does.
    """
    read_case(source)
    raw = read_raw(locate(source))
    toml = raw.toml or ""
    if name:
        toml = re.sub(r"^name *=.*$", lambda _: f"name = {text_in_toml(name)}", toml, count=1, flags=re.MULTILINE)
    _write(Path(target), {n: raw.sheets[n].rows for n in TABLES if n in raw.sheets}, toml)


def add_event(source: str | Path, event: Event) -> None:
    """Add an event to the table of a case, all else left as it is; where the row is at fault, nothing is written.

    Raise InvalidError with every fault, RefusedError for a case that came with the product.
    """
    path = locate(source)
    if path.parent == CASES:
        hint = f"Copy it, and tell what happens in the copy: legation export {path.name} {path.name}"
        raise RefusedError(f"{path.name} came with Legation and is not changed.", hint=hint)
    raw = read_raw(path)
    header, row = write(EVENTS, [{c.name: getattr(event, c.name) for c in EVENTS.columns}])
    label = f"{EVENTS.name}.csv" if path.is_dir() else f"sheet {EVENTS.name}"
    sheet = raw.sheets.get(EVENTS.name, Sheet(label, (header,)))
    said = dict(zip(header, row, strict=True))
    rows = (*sheet.rows, tuple(said.get(name, "") for name in sheet.header))
    sheets = {**raw.sheets, EVENTS.name: replace(sheet, rows=rows)}
    _refuse_mistold(read_case(path)[0], understand(replace(raw, sheets=sheets), path.name)[0])
    if path.is_dir():
        file = path / f"{EVENTS.name}.csv"
        file.with_suffix(".new").write_text(csv_text(rows), encoding="utf-8", newline="")
        file.with_suffix(".new").replace(file)
    else:
        _write(path, {n: sheets[n].rows for n in TABLES if n in sheets}, raw.toml or "")


def check_event(case: Case, event: Event) -> None:
    """Raise InvalidError with every fault of an event of a case, as reading its row would find them."""
    known = {
        "tracked": {p.id: p.seat.city for p in case.posts} | {p.id: p.city for p in case.places},
        "state": {s.code: s.name for s in case.states},
    }
    rows = write(EVENTS, [{c.name: getattr(event, c.name) for c in EVENTS.columns}])
    _lines, found = read(EVENTS, Sheet(f"{EVENTS.name}.csv", rows), known)
    if found:
        raise InvalidError("; ".join(f.message for f in found), tuple(found), hint=found[0].remedy)
    _refuse_mistold(case, replace(case, events=(*case.events, event)))


def _refuse_mistold(before: Case, after: Case) -> None:
    """Raise InvalidError with what an event makes wrong in the lives of posts; what may be so is let pass."""
    known = set(mistold(before))
    found = tuple(f for f in mistold(after) if f not in known and f.code != "event-undecided")
    if found:
        raise InvalidError("; ".join(f.message for f in found), found, hint=found[0].remedy)


def _write(target: Path, sheets: Sheets, toml: str) -> None:
    for name, rows in sheets.items():
        formula = next((cell for row in rows for cell in row if cell.startswith("=")), None)
        if formula is not None:
            message = f"A text in {name} would be read as a formula: '{formula[:40]}'."
            raise InvalidError(message, hint="Let the text begin with something other than '='.")
    if target.suffix.lower() == ".xlsx":
        write_workbook(target, sheets, toml)
    else:
        write_folder(target, sheets, toml)
