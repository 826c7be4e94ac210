"""The verb on the law: what the conventions and the sender's own law say of a record or of a plan."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation.chancery import law as chancery
from legation.cli.output import Case, Json, example, put, put_json, show, table, tell
from legation.cli.people import office
from legation.cli.registry import FILE, Actor, Registry, recorded
from legation.cli.world import Day
from legation.desk import cases
from legation.errors import Severity
from legation.law.checking import Line, Opinion

ORDER = list(Severity)
Dossier = Annotated[bool, typer.Option("--dossier", help="CASE is a dossier on record: take the plan of its version.")]
Which = Annotated[int, typer.Option("--version", metavar="N", min=0, help="A version; the last where not named.")]


def law(
    case: Case,
    on: Day = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            "--plan", metavar="PLAN.json", show_default=False, help="Judge this plan, year by year, instead of a day."
        ),
    ] = None,
    dossier: Dossier = False,
    version: Which = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put the Vienna Conventions and the sender's own law to the record of a case, or to a plan.

    Each rule is kept, broken, or undecided for want of a fact. A breach that the record proves ends with exit code 1.
    """
    if sum(map(bool, (on, plan, dossier))) > 1:
        raise typer.BadParameter("Give one of --on, --plan and --dossier.")
    if dossier:
        from legation.chancery.versions import law_of

        with office(where, actor) as (store, who):
            opinions = law_of(store, who, case, version)
    else:
        opinions = _of_plan(case, plan) if plan else (chancery.of_record(case, on)[1],)
    if as_json:
        put_json({"case": Path(case).name, "opinions": opinions})
    else:
        _show(opinions, planned=plan is not None or dossier)
    if chancery.breaches(opinions):
        raise typer.Exit(1)


def _of_plan(case: str, plan: Path) -> tuple[Opinion, ...]:
    opened = cases.open_case(case)
    tell(opened.findings)
    return chancery.of_plan_file(opened, plan)


def _show(opinions: tuple[Opinion, ...], *, planned: bool) -> None:
    days = [str(o.day.year) if planned else o.day.isoformat() for o in opinions]
    rows = (
        (lines[0].cited, lines[0].asks, *map(_counts, lines))
        for lines in zip(*(o.lines for o in opinions), strict=True)
        if any(line.kept + line.broken + line.undecided for line in lines)
    )
    show(table(("Article", "What it asks", *(f"{day}>" for day in days)), rows))
    put("\nCells: kept / broken / undecided. A rule that nothing on record falls under is left out.")
    for day, opinion in zip(days, opinions, strict=True):
        put(f"\n{f'New in {day}' if planned else f'On {day}'}:{'' if opinion.findings else ' nothing to tell.'}")
        told = sorted(opinion.findings, key=lambda f: -ORDER.index(f.severity))
        if told:
            show(table(("", "What was found", "What to do"), ((f.severity, f.message, f.remedy) for f in told)))


def _counts(line: Line) -> str:
    return f"{line.kept} / {line.broken} / {line.undecided}"


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        short_help="What the Vienna Conventions and own law say.",
        epilog=example(
            "legation law kazakhstan-2012",
            "legation law kazakhstan-2012 --plan plan.json",
            "legation law kazakhstan-2012-1 --dossier",
            "legation law kazakhstan-2012 --on-record --scenario lean --plan lean.json",
        ),
    )(recorded(law))
