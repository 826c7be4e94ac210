"""A case as an Excel workbook: one sheet a table, and the lines of case.toml on the sheet `case`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO
from zipfile import BadZipFile

from legation.codec import nearest, suggest
from legation.errors import Finding, InvalidError
from legation.sources.cells import text_of
from legation.sources.folder import Raw
from legation.sources.rows import Sheet, fault
from legation.sources.tables import TABLES

CASE = "case"
LONGEST = 32_767  # characters Excel keeps in a cell
MADE = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook tells no one when it was made, so that equal cases give equal files


def read_workbook(path: Path) -> Raw:
    """Read every sheet of a workbook as text; raise InvalidError for what is no workbook."""
    import warnings

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings(action="ignore"):  # it warns of what it leaves out, such as validation of cells
            book = load_workbook(path)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        clause = "is no workbook that can be read"
        found = fault("unreadable-file", path.name, clause, "Save it as an Excel workbook (.xlsx) without password.")
        raise InvalidError(found.message, (found,), hint=found.remedy) from error
    sheets = {s.title: Sheet(f"sheet {s.title}", tuple(_rows(s.values))) for s in book.worksheets}
    lines = sheets.pop(CASE).rows if CASE in sheets else None
    toml = "".join(f"{row[0] if row else ''}\n" for row in lines) if lines is not None else None
    tables = {name: sheet for name, sheet in sheets.items() if name in TABLES}
    if toml is None and not tables:
        clause = f"holds no case: there is neither a sheet '{CASE}' nor any of its tables"
        remedy = "Make one from a case with: legation export CASE NAME.xlsx. The report of a plan is not a case."
        found = fault("missing-file", path.name, clause, remedy, value=path.name)
        raise InvalidError(found.message, (found,), hint=remedy)
    return Raw(tables, toml, tuple(_strangers(sheets, has_case=toml is not None)), f"sheet {CASE}")


BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, SyntaxError, TypeError, ValueError, BadZipFile)


def stream_rows(label: str, stream: IO[bytes], sheet: str | None) -> Iterator[tuple[str, ...]]:
    """Go through the rows of one sheet of a foreign workbook, results of formulas as text; the first without a name.

    Raises InvalidError for what is no workbook, and where the sheet is not there.
    """
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):
            book = load_workbook(stream, read_only=True, data_only=True)
            page = next((s for s in book.worksheets if sheet in (None, s.title)), None)
            if page is None:
                raise _no_sheet(label, sheet or "", [s.title for s in book.worksheets])
            page.reset_dimensions()  # some programs write a wrong extent, and most of the sheet would be missed
            for row in page.iter_rows(values_only=True):
                yield tuple(_text(cell) for cell in row)
    except BROKEN as error:  # a foreign file may break the library in any of these ways
        clause = "is no workbook that can be read"
        found = fault("unreadable-file", label, clause, "Save it as an Excel workbook (.xlsx) without password.")
        raise InvalidError(found.message, (found,), hint=found.remedy) from error


def _no_sheet(label: str, sheet: str, present: list[str]) -> InvalidError:
    clause = f"is no sheet of this workbook{suggest(sheet, present)}"
    found = fault(
        "missing-sheet", label, clause, f"It has {', '.join(present) or 'none'}.", column="sheet", value=sheet
    )
    return InvalidError(found.message, (found,), hint=found.remedy)


def _rows(values: Iterator[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    for row in values:
        cells = [_text(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        yield tuple(cells)


def _text(cell: object) -> str:
    """Say in text what a cell holds; a day is written as its date."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return text_of(cell)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    # An array formula or a data table is an object: it is refused with the formulas.
    return cell if isinstance(cell, str) else f"={getattr(cell, 'text', cell)}"


def _strangers(sheets: Mapping[str, Sheet], *, has_case: bool) -> Iterator[Finding]:
    missing = {t.name for t in TABLES.values() if t.needed and t.name not in sheets}
    missing |= set() if has_case else {CASE}
    known = [*TABLES, CASE]
    for name in sheets:
        if name not in TABLES:
            missing.discard(nearest(name, missing))
            clause = f"is no sheet of a case{suggest(name, known)}"
            yield fault("unknown-file", f"sheet {name}", clause, "Rename or remove the sheet.", value=name)
    for name in sorted(missing):
        yield fault("missing-file", f"sheet {name}", "is missing", f"Add the sheet '{name}'.", value=name)


def write_workbook(path: Path, sheets: Mapping[str, tuple[tuple[str, ...], ...]], toml: str) -> None:
    """Write a case as a workbook: numbers as numbers where Excel keeps them exactly, all else as text."""
    from xlsxwriter import Workbook

    _refuse_long(sheets, toml)
    path.parent.mkdir(parents=True, exist_ok=True)
    with Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": MADE})
        bold = book.add_format({"bold": True})
        lines = book.add_worksheet(CASE)
        lines.set_column(0, 0, 100)
        for n, line in enumerate(toml.split("\n")):
            lines.write_string(n, 0, line) if line else None
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            numeric = {c.name for c in TABLES[name].columns if c.cell.numeric}
            header = rows[0] if rows else ()
            for n, row in enumerate(rows):
                for at, text in enumerate(row):
                    number = _number(text) if n and at < len(header) and header[at] in numeric else None
                    if number is not None:
                        page.write_number(n, at, number)
                    elif text:
                        page.write_string(n, at, text, None if n else bold)


def _refuse_long(sheets: Mapping[str, tuple[tuple[str, ...], ...]], toml: str) -> None:
    texts = [*toml.split("\n"), *(text for rows in sheets.values() for row in rows for text in row)]
    longest = max(texts, key=len)
    if len(longest) > LONGEST:
        message = f"A text of {len(longest)} characters does not fit into a cell of a workbook: '{longest[:40]}...'"
        raise InvalidError(message, hint="Write the case to a folder instead.")


def _number(text: str) -> int | float | None:
    """Return the number that a text says, if Excel would keep it so that the very same text comes back."""
    try:
        number = float(text)
    except ValueError:
        return None
    kept = float(f"{number:.15G}")
    return number if kept == number and abs(number) < 1e15 and text_of(number) == text else None
