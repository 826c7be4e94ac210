"""Writing: a case as a folder or as a workbook, so that reading it gives the same case."""

from __future__ import annotations

import re
from pathlib import Path

from legation.cases.case import Case
from legation.errors import InvalidError
from legation.sources.folder import write_folder
from legation.sources.reading import locate, read_case, read_raw
from legation.sources.records import rows_of
from legation.sources.rows import write
from legation.sources.tables import TABLES
from legation.sources.toml import text_in_toml, toml_of
from legation.sources.workbook import write_workbook
from legation.sources.world import load_states

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
