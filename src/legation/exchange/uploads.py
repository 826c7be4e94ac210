"""Uploads: files that somebody sent, looked through before anything of them is unpacked or understood."""

from __future__ import annotations

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import PurePosixPath
from stat import S_ISLNK
from zipfile import BadZipFile, ZipFile, ZipInfo

from legation.errors import Finding, InvalidError, Severity

MOST_FILES = 500
ENCRYPTED = 0x1
OFTEN = 200  # how many times smaller than its content a file may be before it is taken for a trap
SMALL = 2**20  # bytes; what is smaller unpacked harms nobody, however well it was packed
CHUNK = 2**20
DECLARES = (b"<!DOCTYPE", b"<!ENTITY")
UTF16 = (b"\xff\xfe", b"\xfe\xff")
XML = (".xml", ".rels", ".vml")
BOOKS = (".xlsx", ".xlsm")
ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz")
DAMAGED = (BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
REMEDY = "Send it as Legation exports it or as its publisher gives it, packed once."


def opened(body: bytes, most: int) -> ZipFile:
    """Open a zip, or a workbook, which is one; most: bytes it may have unpacked; raise InvalidError for a trap."""
    try:
        archive = ZipFile(BytesIO(body))
    except DAMAGED as error:
        raise harmful("it is neither a workbook nor a zip") from error
    members = archive.infolist()
    _refuse_large(members, most)
    _refuse_misplaced(members)
    return archive


def read_member(archive: ZipFile, member: ZipInfo) -> bytes:
    """Unpack one file; raise InvalidError where it is damaged."""
    try:
        return archive.read(member)
    except DAMAGED as error:
        raise harmful("it is damaged, or packed in a way that is not read") from error


def refuse_workbook(body: bytes, most: int) -> None:
    """Look through a workbook: XML that declares entities may name files of ours or grow without end."""
    with opened(body, most) as archive:
        for member in archive.infolist():
            if member.filename.lower().endswith(XML):
                text = read_member(archive, member)
                if text.startswith(UTF16) or any(word in text for word in DECLARES):
                    raise harmful(f"{member.filename[:80]} declares what no workbook declares")


def refuse_upload(body: bytes, suffix: str, most: int) -> None:
    """Look through a file of a kind, by how its name ends; raise InvalidError where it is made to do harm."""
    if suffix in BOOKS:
        refuse_workbook(body, most)
    elif suffix == ".zip":
        _refuse_packed(body, most)
    elif suffix == ".gz":
        _refuse_stream(body, most)


def _refuse_packed(body: bytes, most: int) -> None:
    """Look through a zip of tables, and through the workbooks in it; archives within archives are not unpacked."""
    with opened(body, most) as archive:
        inside = 0
        for member in archive.infolist():
            suffix = PurePosixPath(member.filename).suffix.lower()
            if suffix in ARCHIVES:
                raise harmful(f"{member.filename[:80]} is packed once more")
            if suffix in BOOKS:
                book = read_member(archive, member)
                refuse_workbook(book, most - inside)
                with ZipFile(BytesIO(book)) as workbook:
                    inside += sum(part.file_size for part in workbook.infolist())


def _refuse_stream(body: bytes, most: int) -> None:
    """Unpack a gzip piece by piece, and keep none."""
    come = 0
    try:
        with gzip.open(BytesIO(body)) as stream:
            while piece := stream.read(CHUNK):
                come += len(piece)
                _refuse_grown(come, len(body), most, 1)
    except DAMAGED as error:
        raise harmful("it is damaged, or packed in a way that is not read") from error


def _refuse_large(members: Sequence[ZipInfo], most: int) -> None:
    """Refuse by what the file says of itself; nothing more than that is ever unpacked of it."""
    packed = sum(m.compress_size for m in members)
    _refuse_grown(sum(m.file_size for m in members), packed, most, len(members))
    if any(m.flag_bits & ENCRYPTED for m in members):
        raise harmful("it is locked by a password")


def _refuse_grown(total: int, packed: int, most: int, files: int) -> None:
    if files > MOST_FILES or total > most:
        raise harmful(f"unpacked it would have {total} bytes in {files} files")
    if total > SMALL and total > OFTEN * packed:
        raise harmful(f"it would grow {total // max(packed, 1)} times when it is unpacked")


def _refuse_misplaced(members: Sequence[ZipInfo]) -> None:
    """Refuse names that lead elsewhere, links, and two files of one name; every one of them is told at once."""
    found = tuple(_misplaced(members))
    if found:
        raise harmful(*found)


def _misplaced(members: Sequence[ZipInfo]) -> Iterator[str]:
    names = Counter(m.filename.replace("\\", "/").casefold() for m in members)
    for member in members:
        name, shown = member.filename.replace("\\", "/"), repr(member.filename[:80])
        if name.startswith("/") or name[1:2] == ":" or ".." in PurePosixPath(name).parts:
            yield f"{shown} leads out of its folder"
        if S_ISLNK(member.external_attr >> 16):
            yield f"{shown} is a link"
    yield from (f"{name[:80]!r} is there {count} times" for name, count in names.items() if count > 1)


def harmful(*clauses: str) -> InvalidError:
    """Return the error for a file of which nothing is read, with a finding for each reason."""
    told = [f"The file cannot be used: {clause}." for clause in clauses]
    found = tuple(Finding("unusable-upload", Severity.ERROR, "upload", message, REMEDY) for message in told)
    return InvalidError(told[0], found, hint=REMEDY)
