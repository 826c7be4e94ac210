"""Grids: a foreign table, whatever file it came in, as rows of text; and the faults found in them, folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from legation.codec import suggest
from legation.errors import Finding, InvalidError, Severity
from legation.exchange.files import opened, refused
from legation.exchange.names import NotAStateError
from legation.sources.cells import CellError
from legation.sources.rows import fault

T = TypeVar("T")

IN_FULL = 20  # faults of one kind that are told in full
OFTEN = 50_000  # rows after which a watcher is told how far the reading is

Watcher = Callable[[str, int], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched(watcher: Watcher) -> Iterator[None]:
    """Let a watcher hear, now and then, the file that is read and how many rows were."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


@dataclass(frozen=True)
class Line:
    """One row: its number in the user's file, and its cells by the name of their column, without spaces around."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell; empty where the row is too short."""
        return self.cells[column]


class Faults:
    """Findings of one file: the first of a kind in full, then their number."""

    def __init__(self, label: str) -> None:
        """Keep how the user knows the file."""
        self.label = label
        self._found: list[Finding] = []
        self._kinds: Counter[tuple[str, Severity, str, str]] = Counter()
        self._skipped: dict[str, Counter[str]] = {}

    def add(
        self,
        line: Line | None,
        column: str,
        clause: str,
        remedy: str,
        severity: Severity = Severity.ERROR,
        *,
        value: str | None = None,
        code: str = "wrong-value",
    ) -> None:
        """Add a fault of a cell (its text is the value unless another is given), or of the file without a line."""
        kind = code, severity, column, clause.partition(";")[0]
        self._kinds[kind] += 1
        if self._kinds[kind] <= IN_FULL:
            said = value if value is not None else line.cells.get(column, "") if line else ""
            row = line.number if line else None
            found = fault(code, self.label, clause, remedy, row=row, column=column, value=said)
            self._found.append(replace(found, severity=severity))

    def take(self, line: Line, column: str, read: Callable[[str], T]) -> T | None:
        """Read a cell; None after a fault, which is added, or after the name of what is no State, which is counted."""
        try:
            return read(line.cells.get(column, ""))
        except NotAStateError as error:
            self.skip(error)
        except CellError as error:
            self.add(line, column, str(error), error.remedy)
        return None

    def skip(self, error: NotAStateError) -> None:
        """Count a row that is left out because it is about no State."""
        self._skipped.setdefault(error.kind, Counter())[error.title] += 1

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what was found: the folded kinds and what was left out come last."""
        folded = [
            self._note(code, severity, f"there are {n - IN_FULL} more rows where the {column or 'file'} {clause}")
            for (code, severity, column, clause), n in self._kinds.items()
            if n > IN_FULL
        ]
        return (*self._found, *folded, *self._left_out())

    def _left_out(self) -> Iterator[Finding]:
        if self._skipped:
            rows = sum(sum(c.values()) for c in self._skipped.values())
            kinds = "; ".join(f"{kind}: {_examples(titles)}" for kind, titles in sorted(self._skipped.items()))
            told = (
                "1 row is left out because what it names"
                if rows == 1
                else f"{rows} rows are left out because what they name"
            )
            yield self._note("not-a-state", Severity.NOTE, f"{told} is no State ({kinds})")

    def _note(self, code: str, severity: Severity, said: str) -> Finding:
        return Finding(code, severity, self.label, f"In {self.label} {said}.", file=self.label)


def _examples(titles: Counter[str]) -> str:
    shown = ", ".join(title for title, _ in titles.most_common(4))
    return f"{shown} and {len(titles) - 4} more" if len(titles) > 4 else shown


@dataclass
class Grid:
    """A table that streams: its rows can be gone through once.

    name: file, member or sheet as the user knows it; header: names of columns, as asked for where they were
    faults: what was found in the rows; a row with cells beyond the header is a fault and is left out
    """

    name: str
    header: tuple[str, ...]
    rows: Iterator[Line]
    faults: Faults
    read: int = field(default=0)


@contextmanager
def open_grid(path: Path, *, needs: tuple[str, ...], sheet: str | None = None, skip: int = 0) -> Iterator[Grid]:
    """Open a table: CSV, TSV or text (also in .gz or .zip), or a sheet of .xlsx; `skip` lines stand above the header.

    sheet: name of a sheet, or a pattern for the member of a zip such as "API_*.csv"; the first, or only, without.
    Raises InvalidError for a file that cannot be read, and with one finding for each column that is missing.
    """
    with opened(path, needs, sheet, skip) as source:
        numbered = enumerate(source.rows, skip + 1)
        _, first = next(numbered, (0, ()))
        header = _header(source.label, first, needs)
        grid = Grid(source.label, tuple(name for name in header if name), iter(()), Faults(source.label))
        grid.rows = _lines(grid, header, numbered)
        yield grid


def folded(name: str) -> str:
    """Return the name of a column so that case and spaces do not matter."""
    return " ".join(name.split()).casefold()


def _header(label: str, row: tuple[str, ...], needs: tuple[str, ...]) -> tuple[str, ...]:
    """Name the columns as they were asked for; a name that stands again gets a number: "1990 (2)"."""
    asked = {folded(name): name for name in needs}
    names: list[str] = []
    seen: Counter[str] = Counter()
    for text in row:
        name = asked.get(folded(text), " ".join(text.split()))
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    if not any(names):
        raise refused(label, "is empty", "Give the file as its publisher wrote it.", "empty-file")
    missing = [name for name in needs if name not in names]
    if missing:
        raise _missing(label, missing, [n for n in names if n and n not in needs])
    return tuple(names)


def _missing(label: str, missing: list[str], present: list[str]) -> InvalidError:
    shown = ", ".join(present[:12]) or "no other"
    remedy = f"Give the file as its publisher wrote it; it has {shown}{' …' if len(present) > 12 else ''}."
    found = tuple(
        Finding(
            "missing-column",
            Severity.ERROR,
            label,
            f"The column '{name}' is missing{suggest(name, present) or '.'}",
            remedy,
            label,
            1,
            name,
        )
        for name in missing
    )
    said = f"'{missing[0]}' is missing" if len(missing) == 1 else f"{len(missing)} columns are missing"
    return InvalidError(f"{label} cannot be used: {said}.", found, hint=remedy)


def _lines(grid: Grid, header: tuple[str, ...], numbered: Iterator[tuple[int, tuple[str, ...]]]) -> Iterator[Line]:
    width, watcher = len(header), _WATCHER.get()
    for number, row in numbered:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        grid.read += 1
        if watcher and grid.read % OFTEN == 0:
            watcher(grid.name, grid.read)
        line = Line(number, {n: cells[at] if at < len(cells) else "" for at, n in enumerate(header) if n})
        # A first column without a name holds the row numbers that R writes.
        extra = next((c for at, c in enumerate(cells) if c and (at >= width or (at and not header[at]))), "")
        if extra:
            remedy = "Put a text that contains the separator in double quotes, or remove what is too much."
            grid.faults.add(line, "", f"is beyond the {width} columns", remedy, value=extra, code="extra-cell")
        else:
            yield line
