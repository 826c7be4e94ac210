"""Verbs that write for people: the report of a plan, a case as a workbook or a folder, the list of States."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation.chancery import law
from legation.cli.law import Dossier, Which
from legation.cli.output import Case, Gap, Json, Seconds, example, put, put_json, show, table, tell, working
from legation.cli.people import office
from legation.cli.plans import tell_written
from legation.cli.registry import FILE, Actor, Registry, recorded
from legation.desk import cases, documents, proofs
from legation.desk.documents import Format
from legation.programme.solver import Limits
from legation.sources import load_states


def report(  # noqa: PLR0913, PLR0917 - whose plan, found how, written where
    case: Case,
    kind: Annotated[
        Format | None,
        typer.Option(
            "--format",
            show_default=False,
            help="For a browser, for a terminal, for Excel; else what the name of FILE asks for (.html, .txt, .xlsx).",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write it; html and text go to stdout without."),
    ] = None,
    announced: Annotated[bool, typer.Option("--announced", help="With the announced plan beside the best.")] = False,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    dossier: Dossier = False,
    version: Which = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Plan a case, or take the plan of a dossier, and write the report: one page, plain text, or a workbook."""
    kind = kind or documents.format_of(output)
    if output is None and (as_json or kind is Format.XLSX):
        raise typer.BadParameter("Say where to write it.", param_hint="-o")
    if dossier:
        from legation.chancery.versions import paper_of

        with office(where, actor) as (store, who):
            paper = paper_of(store, who, case, version)
    else:
        opened = cases.open_case(case)
        tell(documents.of_today(opened), reported=True)
        with working("Planning"):
            paper = law.paper(opened, proofs.best(opened, Limits(seconds, gap), announced=announced))
    if output is not None:
        documents.write(paper, output, kind)
    tell(documents.absent_still(paper))
    if output is None:
        put(documents.rendered(paper, kind))
    elif as_json:
        put_json({"report": str(output), "format": kind, "digest": paper.problem_digest})
    else:
        tell_written(output)


def export(
    case: Case,
    target: Annotated[
        Path, typer.Argument(metavar="TARGET", show_default=False, help="A workbook ending in .xlsx, or a folder.")
    ],
    force: Annotated[bool, typer.Option("--force", help="Overwrite what is there: a workbook, or tables.")] = False,
    as_json: Json = False,
) -> None:
    """Write a case as an Excel workbook or as a folder, whichever TARGET names: the same tables, texts and comments."""
    written = cases.export(case, target, force=force)
    if as_json:
        put_json({"case": str(written)})
        return
    put(f"Wrote the case to {written}. Next: legation plan {written}")


def states(as_json: Json = False) -> None:
    """List the States the product knows: code, name and seat of government."""
    known = load_states()
    if as_json:
        put_json(known)
        return
    show(table(("Code", "Name", "Seat"), ((s.code, s.name, s.seat) for s in known)))


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(
        short_help="Write the report of a plan.",
        epilog=example(
            "legation report kazakhstan-2012 --format html -o report.html",
            "legation report kazakhstan-2012-1 --dossier -o report.html",
        ),
    )(recorded(report))
    app.command(short_help="List the States and their codes.", epilog=example("legation states"))(states)
    app.command(
        short_help="Write a case as a workbook or folder.",
        epilog=example("legation export kazakhstan-2012 kz.xlsx", "legation export kz.xlsx kz"),
    )(export)
