"""What every verb shares: the --json option, results on stdout, all the rest on stderr."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from textwrap import shorten
from typing import Annotated, Any, TextIO

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from legation.errors import Finding, InfeasibleError, InvalidError, LegationError, Severity

WIDTH = 120  # of a page that is not a terminal
MANY = 50
SHORT = 160  # letters of a message that is not the point of the verb

Case = Annotated[
    str,
    typer.Argument(
        metavar="CASE",
        show_default=False,
        help="A folder, an .xlsx workbook, or the name of a packaged case (see: legation cases).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on stdout.")]
Seconds = Annotated[float, typer.Option("--seconds", min=0.1, help="Stop after so many seconds, proven or not.")]
Gap = Annotated[float, typer.Option("--gap", min=0, max=1, help="Stop once the plan is proven this near to the best.")]

COLOURS = {Severity.NOTE: "cyan", Severity.WARNING: "yellow", Severity.ERROR: "red"}


def parse_day(text: str) -> date:
    """Read a day given on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day; write it as 2011-07-29.") from error


def example(*lines: str) -> str:
    """Return the end of a verb's help: how it is called."""
    return "Example: " + "   or: ".join(lines)


def page(stream: TextIO) -> Console:
    """Return a console on a stream: in colour and as wide as the terminal where it is one, else plain."""
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def put(text: str) -> None:
    """Write a text on stdout as it is, with one end of line."""
    sys.stdout.write(text.rstrip("\n") + "\n")


def put_json(result: object) -> None:
    """Write a value, or plain data with values in it, on stdout as JSON."""
    from legation import codec

    put(codec.dump(result))


def show(*parts: RenderableType) -> None:
    """Write tables and lines on stdout."""
    console = page(sys.stdout)
    with console.capture() as captured:
        for part in parts:
            console.print(part)
    put("\n".join(line.rstrip() for line in captured.get().splitlines()))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = "") -> Table:
    """Return a table; a column whose heading ends in ">" is aligned to the right, None is an empty cell."""
    made = Table(title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for name in columns:
        number = name.endswith(">")
        made.add_column(name.removesuffix(">"), justify="right" if number else "left", no_wrap=number, overflow="fold")
    for row in rows:
        made.add_row(*("" if cell is None else str(cell) for cell in row))
    return made


def tell(findings: Iterable[Finding], *, reported: bool = False) -> None:
    """Write on stderr what should be known, shortly: warnings one a line, notes as a number for each kind.

    reported: the verb makes a report, which tells each note; else the first of each kind is told
    """
    found = list(findings)
    console = page(sys.stderr)
    for finding in found:
        if finding.severity is not Severity.NOTE:
            console.print(_line(finding, SHORT))
    notes = [f for f in found if f.severity is Severity.NOTE]
    counts = Counter(f.code for f in notes)
    if reported and notes:
        kinds = ", ".join(f"{count} x {code}" for code, count in counts.items())
        console.print(Text.assemble(("note ", COLOURS[Severity.NOTE]), f"{kinds}; the report, as .html, tells each."))
        return
    for code, first in {f.code: f for f in reversed(notes)}.items():
        line = _line(first, SHORT)
        console.print(line if counts[code] == 1 else line.append(f" ({counts[code] - 1} more of {code})"))


def tell_all(findings: Iterable[Finding]) -> None:
    """Write findings on stderr in full, errors first, as many as a reader can take in."""
    order = list(Severity)
    console = page(sys.stderr)
    ranked = sorted(findings, key=lambda f: -order.index(f.severity))
    for finding in ranked[:MANY]:
        console.print(_line(finding))
    if len(ranked) > MANY:
        console.print(f"… and {len(ranked) - MANY} more; --json tells all of them.")


def complain(error: LegationError) -> None:
    """Write an error on stderr: what happened, to which things, and what to do."""
    console = page(sys.stderr)
    console.print(Text.assemble(("Error: ", "bold red"), str(error)))
    if isinstance(error, InvalidError):
        tell_all(found for found in error.findings if found.message != str(error))
    if isinstance(error, InfeasibleError):
        for title, lines in (("In conflict", error.conflict), ("What would heal it", error.relaxations)):
            if lines:
                console.print(Text(f"{title}:", style="bold"))
            for line in lines:
                console.print(f"  - {line}")
    if error.hint:
        console.print(error.hint)


def as_data(error: LegationError) -> dict[str, Any]:
    """Return an error as plain data, for --json."""
    data: dict[str, Any] = {"error": error.code, "message": str(error), "hint": error.hint}
    if isinstance(error, InvalidError):
        data["findings"] = error.findings
    if isinstance(error, InfeasibleError):
        data |= {"conflict": error.conflict, "relaxations": error.relaxations}
    return data


@contextmanager
def working(label: str) -> Iterator[None]:
    """Turn a spinner on stderr while something long runs; without a terminal, show nothing."""
    if not sys.stderr.isatty():
        yield
        return
    with page(sys.stderr).status(label):
        yield


def _line(finding: Finding, longest: int | None = None) -> Text:
    place = finding.place or finding.subject
    if finding.column and finding.message.startswith(finding.column):
        place = place.removesuffix(f", column {finding.column}")
    elif finding.message.startswith(f"{place}:"):
        place = ""
    line = Text.assemble((finding.severity.value, COLOURS[finding.severity]), " ", place, ": " if place else "")
    line.append(finding.message if longest is None else shorten(finding.message, longest, placeholder=" …"))
    if finding.remedy:
        line.append(f" -> {finding.remedy}")
    return line
