"""Files: the rows of text in a CSV, a zipped or packed CSV, or a sheet of a workbook, read as a stream."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
import re
import zlib
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, cast
from zipfile import BadZipFile, ZipFile

from legation.errors import InvalidError, NotFoundError
from legation.sources.rows import fault
from legation.sources.workbook import stream_rows

TEXTS = (".csv", ".tsv", ".txt", ".tab")
BOOKS = (".xlsx", ".xlsm")
KINDS = "a .csv, .tsv, .txt or .xlsx file, a .csv.gz, or a .zip of them"
LIMIT = 1_000_000  # characters in one cell; more is a quote that was never closed
CHUNK = 1 << 20
CYRILLIC = re.compile(rb"[\xc0-\xff]{3}")  # three letters beyond ASCII in a row: no Western text, but any Russian one
BROKEN = (csv.Error, UnicodeError, BadZipFile, EOFError, OSError, RuntimeError, ValueError, lzma.LZMAError, zlib.error)

Bytes = Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Source:
    """An opened file: how its user knows it, and its rows from the header on."""

    label: str
    rows: Iterator[tuple[str, ...]]


def refused(label: str, clause: str, remedy: str, code: str = "unreadable-file") -> InvalidError:
    """Return the error for a file of which nothing can be used."""
    found = fault(code, label, clause, remedy, value=label)
    return InvalidError(found.message, (found,), hint=remedy)


@contextmanager
def guarded(label: str) -> Iterator[None]:
    """Turn what goes wrong with the bytes of a file into a finding."""
    try:
        yield
    except BROKEN as error:
        clause = f"cannot be read: {str(error) or type(error).__name__}"
        raise refused(label, clause, "Get or save the file again: it is damaged, or of another kind.") from error


def members(path: Path) -> tuple[str, ...]:
    """Return the names of the tables in a zip, in its order; of any other file its own name."""
    if path.suffix.lower() != ".zip":
        return (path.name,)
    with guarded(path.name), ZipFile(path) as archive:
        return _tables(archive)


def _tables(archive: ZipFile) -> tuple[str, ...]:
    hidden = ("__MACOSX", ".")
    kinds = (*TEXTS, *BOOKS)
    return tuple(n for n in archive.namelist() if not n.startswith(hidden) and Path(n).suffix.lower() in kinds)


@contextmanager
def opened(path: Path, needs: tuple[str, ...], sheet: str | None = None, skip: int = 0) -> Iterator[Source]:
    """Open a file for its rows; raise NotFoundError where there is none, InvalidError for what is no table."""
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Check the name; folders are not read.")
    with ExitStack() as stack:
        with guarded(path.name):
            source = _source(stack, path, needs, sheet, skip)
        yield Source(source.label, _guarded_rows(source))


def _guarded_rows(source: Source) -> Iterator[tuple[str, ...]]:
    with guarded(source.label):
        yield from source.rows


def _source(stack: ExitStack, path: Path, needs: tuple[str, ...], sheet: str | None, skip: int) -> Source:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        archive = stack.enter_context(ZipFile(path))
        member = _member(path.name, _tables(archive), sheet)
        return _table(stack, f"{path.name}: {member}", partial(archive.open, member), None, needs, skip)
    if suffix == ".gz":
        return _table(stack, path.stem, lambda: _unpacked(path), sheet, needs, skip)
    return _table(stack, path.name, lambda: path.open("rb"), sheet, needs, skip)


def _unpacked(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path))


def _member(label: str, tables: tuple[str, ...], pattern: str | None) -> str:
    """Choose the table of a zip that is meant."""
    chosen = [n for n in tables if pattern is None or fnmatch(Path(n).name.lower(), pattern.lower())]
    if len(chosen) != 1:
        shown = ", ".join(tables[:8]) or "none"
        told = "no table that is meant" if not chosen else f"{len(chosen)} tables"
        raise refused(label, f"holds {told}; there are {shown}", "Unpack it, and give the one file that is meant.")
    return chosen[0]


def _table(stack: ExitStack, label: str, open_: Bytes, sheet: str | None, needs: tuple[str, ...], skip: int) -> Source:
    suffix = Path(label).suffix.lower()
    if suffix in BOOKS:
        found = f"{label}, sheet {sheet}" if sheet else label
        return Source(found, islice(stream_rows(label, stack.enter_context(open_()), sheet), skip, None))
    if suffix in TEXTS:
        encoding = _encoding(label, open_)
        text = stack.enter_context(io.TextIOWrapper(open_(), encoding, newline=""))
        return Source(label, _rows(text, needs, skip))
    raise refused(label, "is no table", f"Give {KINDS}; save an old .xls or an .ods as .xlsx.")


# Text


def _encoding(label: str, open_: Bytes) -> str:
    """Find out how a text is encoded by going through it once: UTF-8, UTF-16, or what Windows wrote before them."""
    with open_() as stream:
        start = stream.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    decoder, strange = getincrementaldecoder("utf-8-sig")(), b""
    with open_() as stream:
        while chunk := stream.read(CHUNK):
            if b"\x00" in chunk:
                raise refused(label, "is no text", f"Give {KINDS}.")
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                strange = chunk
                break
    if not strange:
        return "utf-8-sig"
    return "cp1251" if CYRILLIC.search(strange) else "cp1252"


def _rows(text: io.TextIOWrapper, needs: tuple[str, ...], skip: int) -> Iterator[tuple[str, ...]]:
    """Go through the rows; lines above the header are skipped, and the header tells what separates the cells."""
    csv.field_size_limit(LIMIT)
    lines = islice(text, skip, None)
    head = next(lines, "")
    mark = max(",;\t", key=lambda m: (_matches(head, m, needs), head.count(m)))
    rows = csv.reader(_chained(head, lines), delimiter=mark, strict=True)
    return (tuple(row) for row in rows)


def _matches(head: str, mark: str, needs: tuple[str, ...]) -> int:
    cells = {cell.strip().strip('"').strip().casefold() for cell in head.split(mark)}
    return sum(name.casefold() in cells for name in needs)


def _chained(head: str, lines: Iterator[str]) -> Iterator[str]:
    if head:
        yield head
    yield from lines
