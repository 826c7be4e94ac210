"""Cases as files that people send and take: checked before they are read, and safe to open in a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from legation.cases.case import Case
from legation.desk.importing import Outcome, Wish, bring_in
from legation.errors import Finding, InvalidError
from legation.exchange.merging import Prefer
from legation.exchange.uploads import harmful, opened, read_member, refuse_upload, refuse_workbook
from legation.sources import read_case, write_case

FORMULA = re.compile(r'(?m)(?:^|,)"?[=+\-@\t\r](?!\d+(?:\.\d+)?(?:,|"|$))')
MADE = (2000, 1, 1, 0, 0, 0)  # a file tells no one when it was made, so that equal cases give equal files


class CaseFile(StrEnum):
    """In what a case travels: a workbook, or its folder in a zip."""

    XLSX = "xlsx"
    ZIP = "zip"


def case_in(body: bytes, kind: CaseFile, *, most: int) -> tuple[Case, tuple[Finding, ...]]:
    """Read a case from a file that was sent, with its warnings; most: bytes it may have unpacked.

    Raise InvalidError with every fault of it, or for a file that is not what it says, or made to do harm.
    """
    with TemporaryDirectory(prefix="legation-") as folder:
        if kind is CaseFile.XLSX:
            refuse_workbook(body, most)
            path = Path(folder) / "case.xlsx"
            path.write_bytes(body)
            return read_case(path)
        path = Path(folder) / "case"
        path.mkdir()
        with opened(body, most) as archive:
            for name, member in _tables(archive.infolist()):
                (path / name).write_bytes(read_member(archive, member))
        return read_case(path)


def case_with(case: Case, file: tuple[str, bytes], kind: str, prefer: Prefer, *, most: int) -> tuple[Case, Outcome]:
    """Merge a file of others into a case, and say what came of it; file: its name and its bytes.

    most: bytes it may have unpacked. Raise NotFoundError for an unknown kind, InvalidError where nothing can be read.
    """
    name, body = file
    refuse_upload(body, PurePosixPath(name).suffix.lower(), most)
    with TemporaryDirectory(prefix="legation-") as folder:
        ours, sent = Path(folder) / "case", Path(folder) / "sent" / name
        write_case(case, ours)
        sent.parent.mkdir()
        sent.write_bytes(body)
        outcome = bring_in(kind, [str(sent)], Wish(into=str(ours), prefer=prefer))
        return read_case(ours)[0], replace(outcome, files=(name,))


def case_out(case: Case, kind: CaseFile) -> bytes:
    """Write a case to a file; raise InvalidError where a spreadsheet would take one of its texts for a formula."""
    with TemporaryDirectory(prefix="legation-") as folder:
        if kind is CaseFile.XLSX:
            path = Path(folder) / "case.xlsx"
            write_case(case, path)
            return path.read_bytes()
        path = Path(folder) / "case"
        write_case(case, path)
        return _packed(path)


def _packed(folder: Path) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            text = path.read_text(encoding="utf-8")
            if path.suffix == ".csv":
                _refuse_formula(path.name, text)
            archive.writestr(ZipInfo(path.name, MADE), text, ZIP_DEFLATED)
    return packed.getvalue()


def _refuse_formula(name: str, text: str) -> None:
    found = FORMULA.search(text)
    if found:
        line = text[found.start() :].lstrip(",\n").partition("\n")[0]
        raise InvalidError(
            f"A spreadsheet would take a text in {name} for a formula: '{line[:40]}'.",
            hint="Take the workbook (.xlsx), which says what is text.",
        )


def _tables(members: list[ZipInfo]) -> Iterator[tuple[str, ZipInfo]]:
    """Go through the files of a case: all in one folder, whose name does not matter; notes beside them are left."""
    places = ((PurePosixPath(m.filename.replace("\\", "/")), m) for m in members if not m.is_dir())
    files = [(place, m) for place, m in places if place.suffix.lower() in (".csv", ".toml")]
    if len({place.parent for place, _ in files}) > 1:
        raise harmful("its tables lie in several folders")
    yield from ((place.name, m) for place, m in files)
