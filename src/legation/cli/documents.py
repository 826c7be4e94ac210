"""The verb that writes a plan for people: report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Case, Json, example, put, put_json, tell, working
from legation.cli.plans import Gap, Seconds, tell_written
from legation.desk import cases, documents, proofs
from legation.desk.documents import Format
from legation.programme.solver import Limits


def report(
    case: Case,
    kind: Annotated[Format, typer.Option("--format", help="For a browser, for a terminal, for Excel.")] = Format.HTML,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write it; html and text go to stdout without."),
    ] = None,
    announced: Annotated[bool, typer.Option("--announced", help="With the announced plan beside the best.")] = False,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Plan a case and write the report: one self-contained page, plain text, or a workbook."""
    if output is None and (as_json or kind is Format.XLSX):
        raise typer.BadParameter("Say where to write it.", param_hint="-o")
    opened = cases.open_case(case)
    tell(opened.findings)
    with working("Planning and writing"):
        planned = proofs.best(opened, Limits(seconds, gap), announced=announced)
        paper = documents.paper(opened, planned)
        if output is not None:
            documents.write(paper, output, kind)
    if output is None:
        put(documents.rendered(paper, kind))
    elif as_json:
        put_json({"report": str(output), "format": kind, "digest": planned.digest})
    else:
        tell_written(output)


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        short_help="Write the report of a plan.",
        epilog=example("legation report kazakhstan-2012 --format html -o report.html"),
    )(report)
