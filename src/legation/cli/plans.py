"""Verbs from worth to proof: appraise, problem, plan, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation import codec
from legation.appraisal.scoring import Appraisal, Score
from legation.chancery import law
from legation.cli.output import Case, Gap, Json, Seconds, example, put, put_json, show, table, tell, tell_all, working
from legation.cli.registry import recorded
from legation.desk import cases, documents, proofs
from legation.desk.documents import Format
from legation.desk.proofs import DEFAULT, Method
from legation.errors import Severity
from legation.programme.solver import Limits


def appraise(
    case: Case,
    interest: Annotated[
        str, typer.Option(metavar="KEN", help="One interest, taken apart down to facts and sources.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Say what every interest is worth a year, and from which facts."""
    opened = cases.open_case(case)
    found = cases.appraisal(opened, interest)
    if as_json:
        put_json(found)
        return
    tell(found.findings)
    if interest:
        for score in found.scores:
            _parts(score, {s.id: s.title for s in opened.case.sources})
    else:
        _ranking(found)
    for finding in cases.practice(found):
        put(f"- {finding.message}")


def problem(
    case: Case,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Where to write it; stdout by default.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the problem of a case as explicit numbers: everything a plan depends on, for any solver or checker."""
    opened = cases.open_case(case)
    tell(opened.findings)
    if output is None:
        put_json(opened.draft.problem)
        return
    digest = codec.digest(opened.draft.problem)
    documents.dump(opened.draft.problem, output)
    if as_json:
        put_json({"problem": str(output), "digest": digest})
        return
    put(f"Wrote {output} (digest {digest}).")


def plan(
    case: Case,
    announced: Annotated[bool, typer.Option("--announced", help="Judge the announced plan beside the best.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FILE|DIR",
            help="A folder for report.html, plan.xlsx, problem.json and plan.json; or one file: the plan as .json, the "
            "report as .html, .xlsx or .txt. A report is not a case: for that see legation export.",
        ),
    ] = None,
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    solver: Annotated[
        Method, typer.Option("--solver", help="How to find it: the tailored engine, or HiGHS alone, the reference.")
    ] = DEFAULT,
    as_json: Json = False,
) -> None:
    """Find the best plan within money and people, prove how good it is, and print it."""
    opened = cases.open_case(case)
    tell(documents.of_today(opened), reported=True)
    with working("Planning"):
        planned = proofs.best(opened, Limits(seconds, gap), announced=announced, method=solver)
    if planned.announced:
        tell(planned.announced.findings)
    paper = law.paper(opened, planned)
    tell(law.breaches(paper.law[1:]))
    tell(documents.absent_still(paper))
    tell_all(documents.practice_of_plan(opened, planned))
    if output is not None:
        with working("Writing"):
            written = documents.save(paper, planned, output)
        tell_written(*written)
    if as_json:
        put_json({"plan": planned.plan, "announced": planned.announced} if announced else planned.plan)
    else:
        put(documents.rendered(paper, Format.TEXT))


def check(
    problem: Annotated[Path, typer.Argument(metavar="PROBLEM.json", show_default=False, help="From legation problem.")],
    plan: Annotated[Path, typer.Argument(metavar="PLAN.json", show_default=False, help="From legation plan -o.")],
    as_json: Json = False,
) -> None:
    """Check a plan against its problem in exact arithmetic, without the solver and without its code."""
    findings = proofs.verdict(problem, plan)
    wrong = any(f.severity is Severity.ERROR for f in findings)
    if as_json:
        put_json({"right": not wrong, "findings": findings})
    else:
        tell_all(findings)
        put(f"{plan} is {'wrong' if wrong else 'right'}: {_faults(len(findings))} against {problem}.")
    if wrong:
        raise typer.Exit(1)


def tell_written(*paths: Path) -> None:
    """Say on stderr which files were written, and that a workbook among them is not a case."""
    typer.echo("Wrote " + ", ".join(str(path) for path in paths), err=True)
    for book in (path for path in paths if path.suffix == ".xlsx"):
        typer.echo(f"{book.name} is the report as a workbook, not a case.", err=True)


def _faults(count: int) -> str:
    return "no fault" if count == 0 else f"{count} fault{'s' if count > 1 else ''}"


def _ranking(found: Appraisal) -> None:
    kinds = dict.fromkeys(score.kind for score in found.scores)
    for kind in kinds:
        scores = [s for s in found.scores if s.kind == kind]
        rows = ((rank, s.interest, s.title, f"{s.points:.2f}", _best(s)) for rank, s in enumerate(scores, start=1))
        show(table(("#>", "Interest", "Title", "Points a year>", "Most of it from"), rows, title=f"\n{kind}"))


def _best(score: Score) -> str:
    parts = sorted(score.parts, key=lambda p: -p.points)[:2]
    return ", ".join(f"{p.title} {p.points:.1f}" for p in parts if p.points > 0)


def _parts(score: Score, sources: dict[str, str]) -> None:
    put(f"{score.title} ({score.interest}, {score.kind}): {score.points:.2f} points a year")
    columns = ("Criterion", "Fact>", "Unit", "Year>", "Value 0-1>", "x Weight>", "= Points>", "Source")
    rows = []
    for part in score.parts:
        fact = part.fact
        seen = "missing" if part.performance is None else f"{part.performance:,.15g}"
        year, source = (fact.year, sources.get(fact.source, fact.source)) if fact else (None, None)
        rows.append(
            (part.title, seen, part.unit, year, f"{part.worth:.3f}", f"{part.weight:.3f}", f"{part.points:.2f}", source)
        )
    show(table(columns, rows))


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(
        short_help="What every interest is worth, and why.",
        epilog=example("legation appraise kazakhstan-2012 --interest KEN"),
    )(recorded(appraise))
    app.command(
        short_help="Write the problem as explicit numbers.",
        epilog=example("legation problem kazakhstan-2012 -o problem.json"),
    )(recorded(problem))
    app.command(
        short_help="Find the best plan and prove it.",
        epilog=example(
            "legation plan kazakhstan-2012 --announced",
            "legation plan ruritania --output out/ruritania",
            "legation plan kazakhstan-2012 --solver legation",
            "legation plan kazakhstan-2012 --on-record --scenario lean",
        ),
    )(recorded(plan))
    app.command(short_help="Check a plan without the solver.", epilog=example("legation check problem.json plan.json"))(
        check
    )
