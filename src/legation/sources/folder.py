"""A case as a folder: one CSV file a table, and case.toml."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from legation.codec import nearest, suggest
from legation.errors import Finding, InvalidError
from legation.sources.rows import Sheet, fault
from legation.sources.tables import TABLES

LIMIT = 1_000_000  # characters in one cell; more is a quote that was never closed


@dataclass(frozen=True)
class Raw:
    """A case as text, before anything of it is understood: sheets by name of table, and the text of case.toml.

    label: how the user knows case.toml
    """

    sheets: Mapping[str, Sheet]
    toml: str | None
    findings: tuple[Finding, ...] = ()
    label: str = "case.toml"


def read_folder(folder: Path) -> Raw:
    """Read every file of a case folder as text; what is no file of a case is found if it looks like one."""
    sheets: dict[str, Sheet] = {}
    found: list[Finding] = []
    for path in sorted(folder.glob("*.csv")):
        if path.stem in TABLES:
            sheet, faults = read_sheet(path)
            sheets[path.stem] = sheet or Sheet(path.name, ())
            found += faults
    toml, faults = _toml(folder / "case.toml")
    return Raw(sheets, toml, (*found, *faults, *_strangers(folder, sheets)))


def _toml(path: Path) -> tuple[str | None, list[Finding]]:
    return _text(path) if path.is_file() else (None, [])


def _strangers(folder: Path, sheets: Mapping[str, Sheet]) -> Iterator[Finding]:
    """Find files that look like tables of a case and are none, and needed ones that are not there."""
    missing = {f"{t.name}.csv" for t in TABLES.values() if t.needed and t.name not in sheets}
    missing |= set() if (folder / "case.toml").is_file() else {"case.toml"}
    known = [*(f"{name}.csv" for name in TABLES), "case.toml"]
    for path in sorted(folder.iterdir()):
        if _looks_like_a_table(path) and path.name not in known:
            missing.discard(nearest(path.name, missing))
            clause = f"is no file of a case{suggest(path.name, known)}"
            yield fault("unknown-file", path.name, clause, "Rename it, or move it out of the folder.", value=path.name)
    for name in sorted(missing):
        yield fault("missing-file", name, "is missing", f"Add {name} to the case{_header(name)}.", value=name)


def _looks_like_a_table(path: Path) -> bool:
    suffix = path.suffix.lower()
    return suffix in (".csv", ".toml", ".tsv") or (suffix in (".xls", ".xlsx", ".ods") and path.stem in TABLES)


def _header(name: str) -> str:
    table = TABLES.get(name.removesuffix(".csv"))
    return f"; with no rows it is one line: {','.join(c.name for c in table.columns)}" if table else ""


def read_sheet(path: Path) -> tuple[Sheet | None, list[Finding]]:
    """Read one CSV file as text; no sheet where its bytes or quotes cannot be made out."""
    text, found = _text(path)
    if text is None:
        return None, found
    csv.field_size_limit(LIMIT)
    rows: list[tuple[str, ...]] = []
    try:
        rows.extend(tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        remedy = (
            "Check the double quotes near that row: each that opens must close, and those inside a text are doubled."
        )
        return None, [fault("unreadable-file", path.name, f"cannot be read: {error}", remedy, row=len(rows) + 1)]
    if rows and len(rows[0]) == 1 and any(mark in rows[0][0] for mark in ";\t"):
        remedy = "Save it as CSV separated by commas."
        clause = "is not separated by commas"
        return None, [fault("unreadable-file", path.name, clause, remedy, row=1, value=rows[0][0])]
    return Sheet(path.name, tuple(rows)), []


def _text(path: Path) -> tuple[str | None, list[Finding]]:
    """Decode UTF-8, with or without a byte order mark."""
    try:
        blob = path.read_bytes()
    except OSError as error:
        clause = f"cannot be read: {error.strerror}"
        return None, [fault("unreadable-file", path.name, clause, "Check that you may read it.")]
    if blob.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in blob[:200]:
        return None, [fault("unreadable-file", path.name, "is in UTF-16", "Save it as UTF-8.", row=1)]
    try:
        return blob.decode("utf-8-sig").replace("\r\n", "\n"), []
    except UnicodeDecodeError as error:
        row = blob[: error.start].count(b"\n") + 1
        shown = blob[max(0, error.start - 10) : error.start + 10].split(b"\n")[0].decode("latin-1")
        remedy = "Save it as UTF-8 (in Excel: CSV UTF-8); what is shown is a guess at the text."
        return None, [fault("unreadable-file", path.name, "is not in UTF-8", remedy, row=row, value=shown)]


def write_folder(folder: Path, sheets: Mapping[str, tuple[tuple[str, ...], ...]], toml: str) -> None:
    """Write a case folder anew; tables of a case that was there before are replaced or removed."""
    if folder.exists() and not folder.is_dir():
        raise InvalidError(f"{folder} is a file.", hint="Name a folder, or a workbook ending in .xlsx.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        path = folder / f"{name}.csv"
        if name in sheets:
            path.write_text(csv_text(sheets[name]), encoding="utf-8", newline="")
        else:
            path.unlink(missing_ok=True)
    (folder / "case.toml").write_text(toml, encoding="utf-8", newline="")


def csv_text(rows: tuple[tuple[str, ...], ...]) -> str:
    """Return rows as CSV; what a row is too short by is empty."""
    out = io.StringIO(newline="")
    width = len(rows[0]) if rows else 0
    csv.writer(out, lineterminator="\n").writerows([*row, *[""] * (width - len(row))] if row else row for row in rows)
    return out.getvalue()
