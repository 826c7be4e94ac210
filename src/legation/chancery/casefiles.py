"""Cases as files that people send and take: checked before they are read, and safe to open in a spreadsheet."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from io import BytesIO
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from legation.cases.case import Case
from legation.errors import Finding, InvalidError, Severity
from legation.sources import read_case, write_case

MOST_FILES = 500
ENCRYPTED = 0x1
OFTEN = 200  # how many times smaller than its content a file may be before it is taken for a trap
SMALL = 2**20  # bytes; what is smaller unpacked harms nobody, however well it was packed
FORMULA = re.compile(r'(?m)(?:^|,)"?[=+\-@\t\r](?!\d+(?:\.\d+)?(?:,|"|$))')
DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
MADE = (2000, 1, 1, 0, 0, 0)  # a file tells no one when it was made, so that equal cases give equal files


class CaseFile(StrEnum):
    """In what a case travels: a workbook, or its folder in a zip."""

    XLSX = "xlsx"
    ZIP = "zip"


def case_in(body: bytes, kind: CaseFile, *, most: int) -> tuple[Case, tuple[Finding, ...]]:
    """Read a case from a file that was sent, with its warnings; most: bytes it may have unpacked.

    Raise InvalidError with every fault of it, or for a file that is not what it says, or made to do harm.
    """
    with _opened(body) as archive, TemporaryDirectory(prefix="legation-") as folder:
        members = archive.infolist()
        _refuse_large(members, most)
        try:
            if kind is CaseFile.XLSX:
                _refuse_declarations(archive, members)
                path = Path(folder) / "case.xlsx"
                path.write_bytes(body)
            else:
                path = Path(folder) / "case"
                path.mkdir()
                for name, member in _tables(members):
                    (path / name).write_bytes(archive.read(member))
        except (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
            raise _harmful("it is damaged, or packed in a way that is not read") from error
        return read_case(path)


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


def _opened(body: bytes) -> ZipFile:
    try:
        return ZipFile(BytesIO(body))
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise _harmful("it is neither a workbook nor a zip") from error


def _refuse_large(members: list[ZipInfo], most: int) -> None:
    """Refuse by what the file says of itself; nothing more than that is ever unpacked of it."""
    total = sum(m.file_size for m in members)
    packed = sum(m.compress_size for m in members)
    if len(members) > MOST_FILES or total > most:
        raise _harmful(f"unpacked it would have {total} bytes in {len(members)} files")
    if total > SMALL and total > OFTEN * packed:
        raise _harmful(f"it would grow {total // max(packed, 1)} times when it is unpacked")
    if any(m.flag_bits & ENCRYPTED for m in members):
        raise _harmful("it is locked by a password")


def _refuse_declarations(archive: ZipFile, members: list[ZipInfo]) -> None:
    """Refuse XML that declares entities, which may name files of ours or grow without end."""
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            text = archive.read(member)
            if text.startswith(UTF16) or any(word in text for word in DECLARES):
                raise _harmful(f"{member.filename[:80]} declares what no workbook declares")


def _tables(members: list[ZipInfo]) -> Iterator[tuple[str, ZipInfo]]:
    """Go through the files of a case: all in one folder, whose name does not matter; notes beside them are left."""
    files = [m for m in members if not m.is_dir() and PurePosixPath(m.filename).suffix.lower() in (".csv", ".toml")]
    if len({PurePosixPath(m.filename).parent for m in files}) > 1:
        raise _harmful("its tables lie in several folders")
    for member in files:
        name = PurePosixPath(member.filename.replace("\\", "/")).name
        yield name, member


def _harmful(clause: str) -> InvalidError:
    message = f"The file cannot be used: {clause}."
    remedy = "Send the workbook or the zipped folder of one case, as Legation exports it."
    found = Finding("unusable-upload", Severity.ERROR, "upload", message, remedy)
    return InvalidError(message, (found,), hint=remedy)
