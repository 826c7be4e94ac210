"""Verbs that read dossiers: where they stand, what was said, how versions differ, what will be announced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType

from legation.cli.output import Json, example, put, put_json, show, table, tell
from legation.cli.people import Office, now, office
from legation.cli.registry import FILE, Actor, Number, Registry
from legation.cli.scenarios import side_by_side
from legation.errors import Severity
from legation.model import FORMS, Form
from legation.planning.contrast import act, new_money, told
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.review.dossiers import Dossier, Task
from legation.review.stages import Step
from legation.review.statements import Act, Statement

Id = Annotated[str, typer.Argument(metavar="DOSSIER", help="As legation review list names it.")]
Which = Annotated[int, typer.Option("--version", metavar="N", min=0, help="A version; the last where not named.")]


def standing(opened: Office, dossier: Dossier) -> str:
    """Return where a dossier stands, and what its reader may do with it."""
    from legation.chancery.procedures import procedure_of
    from legation.chancery.reviewing import steps_of

    store, who = opened
    said = f"{dossier.id}, version {dossier.version.number}: {procedure_of(store).stage(dossier.stage).title}."
    waiting = ", ".join(r.id for r in dossier.waiting)
    tasks = ", ".join(_task(task) for task in dossier.open_tasks)
    steps = ", ".join(s.name for s in steps_of(store, who, dossier, on=now()))
    held = f" Under embargo until {dossier.embargo.isoformat()}." if dossier.embargo else ""
    return (
        said
        + (f" Waiting for an answer: {waiting}." if waiting else "")
        + (f" Tasks: {tasks}." if tasks else "")
        + held
        + (f" {who.name} may: {steps}." if steps else "")
    )


def _task(task: Task) -> str:
    late = "late since" if task.late(now().date()) else "by"
    return f"{task.id} of {task.role.value}" + (f" {late} {task.due}" if task.due else "")


def done(opened: Office, dossier: Dossier, revision: int, as_json: bool) -> None:
    """Say where a dossier stands now that it was written."""
    if as_json:
        put_json({"dossier": dossier, "revision": revision})
    else:
        put(f"Revision {revision}: {standing(opened, dossier)}")


def list_(
    case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only of this case.")] = "",
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """List the dossiers that one may see, and where they stand."""
    from legation.chancery.dossiers import dossiers_of
    from legation.chancery.procedures import procedure_of
    from legation.chancery.reviewing import steps_of

    with office(where, actor) as (store, who):
        found, procedure = dossiers_of(store, who, case, at=at), procedure_of(store)
        rows = [
            (d.id, d.title, procedure.stage(d.stage).title, d.version.number, len(d.waiting) or None, _steps(steps))
            for d in found
            for steps in [steps_of(store, who, d, on=now())]
        ]
    if as_json:
        put_json(found)
    else:
        show(table(("Dossier", "Title", "Stands", "Version>", "Unanswered>", "You may"), rows))


def _steps(steps: tuple[Step, ...]) -> str:
    return ", ".join(s.name for s in steps)


def show_(id_: Id, at: Number = None, where: Registry = FILE, actor: Actor = "", as_json: Json = False) -> None:
    """Show a dossier: where it stands, its measures, its versions, the way so far, and all that was said."""
    from legation.chancery.dossiers import dossier_of, papers
    from legation.chancery.reviewing import steps_of
    from legation.chancery.versions import names_of

    with office(where, actor) as (store, who):
        filed = dossier_of(store, who, id_, at=at)
        dossier = filed.dossier
        if as_json:
            put_json(
                {
                    "dossier": dossier,
                    "revision": filed.revision,
                    "steps": [s.name for s in steps_of(store, who, dossier)],
                }
            )
            return
        last = papers(store, dossier)
        put(f"{dossier.title}\n{standing((store, who), dossier)}")
        show(*_measures(last.problem, last.plan, names_of(store, dossier.case, last.problem)))
    show(*_parts(dossier))


def _measures(problem: Problem, plan: Plan, names: dict[str, str]) -> Iterator[RenderableType]:
    yield ""
    rows = ((m.site, act(m, names), f"{m.establishing:,.0f}", f"{m.running:,.0f}") for m in plan.measures)
    yield table(("Line", "Measure", f"Once, {problem.currency}>", "A full year>"), rows)
    money = "; ".join(f"{year}: {amount:,.0f}" for year, amount in new_money(problem, plan).items())
    yield f"New money {money}; worth {plan.proof.objective:,.1f} points."


def _parts(dossier: Dossier) -> Iterator[RenderableType]:
    def day(moment: object) -> str:
        return str(moment)[:16]

    yield ""
    rows = [
        (v.number, v.author, day(v.at), v.revision, v.scenario or "baseline", v.counter, v.reason)
        for v in dossier.versions
    ]
    yield table(("Version>", "By", "When", "Record>", "Scenario", "Taken over", "Why"), rows)
    if dossier.taken:
        yield ""
        steps = [(t.step, t.by, day(t.at), t.version, t.target, t.meeting, t.reason) for t in dossier.taken]
        yield table(("Step", "By", "When", "Version>", "To", "Meeting", "Why"), steps)
    yield from _decided(dossier)
    said = [(c.id, c.line or "the whole", c.author, c.text, c.answer) for c in dossier.comments]
    said += [(p.id, "counter-proposal", p.author, p.reason or p.scenario, p.answer) for p in dossier.counters]
    if said:
        yield ""
        yield table(("Said", "Of", "By", "What", "Answer"), said)


def _decided(dossier: Dossier) -> Iterator[RenderableType]:
    """Put the meetings that a dossier was before, and the tasks set over it."""
    if dossier.meetings:
        yield ""
        for m in dossier.meetings:
            yield f"{m.id}: {m.kind}, {m.place}, {m.day}, version {m.version}; present: {', '.join(m.present)}"
            yield from (f"    {at}. {item}" for at, item in enumerate(m.agenda, 1))
            yield from (f"    paper {paper.name}, SHA-256 {paper.digest}" for paper in m.papers)
    if dossier.tasks:
        yield ""
        rows = [(t.id, t.text, t.role.value, t.due or "", t.controller, t.meeting, _outcome(t)) for t in dossier.tasks]
        yield table(("Task", "What", "Charged", "By", "Controller", "Meeting", "Came of it"), rows)


def _outcome(task: Task) -> str:
    if task.late(now().date()):
        return "late"
    return "; ".join((task.answer, *(f"{paper.name} ({paper.digest[:12]})" for paper in task.papers)))


def versions(
    id_: Id,
    before: Annotated[int | None, typer.Argument(metavar="[A]", min=1, show_default=False)] = None,
    after: Annotated[int | None, typer.Argument(metavar="[B]", min=1, show_default=False)] = None,
    against: Annotated[
        str, typer.Option("--against", metavar="DOSSIER", help="The last version of another dossier, before this.")
    ] = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say in plain words how two versions differ; the last two where none is named."""
    from legation.chancery.dossiers import dossier_of, papers
    from legation.chancery.versions import dossiers_apart, names_of, versions_apart

    with office(where, actor) as (store, who):
        dossier = dossier_of(store, who, id_).dossier
        last = after or dossier.version.number
        first = before or max(1, last - 1)
        if against:
            found, said = dossiers_apart(store, who, against, id_), f"{against} and {id_}"
        else:
            found, said = versions_apart(store, who, id_, first, last), f"{id_}, version {first} and version {last}"
        problem = papers(store, dossier, last).problem
        names = names_of(store, dossier.case, problem)
    if as_json:
        put_json(found)
        return
    put(said)
    for line in told(found, names, problem.currency):
        put(f"- {line}")


def beside(
    id_: Id,
    counter: Annotated[str, typer.Argument(metavar="ID", help="Of a counter-proposal: p1.")],
    at: Number = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Lay a counter-proposal beside the version it answers."""
    from legation.chancery import countering

    with office(where, actor) as (store, who):
        if as_json:
            put_json(countering.beside(store, who, id_, counter, at=at))
        else:
            put_beside((store, who), id_, counter, at)


def put_beside(opened: Office, id_: str, counter: str, at: int | None = None) -> None:
    """Write a counter-proposal beside the version it answers: figures, measures, and the differences in words."""
    from legation.chancery.countering import beside as laid
    from legation.chancery.dossiers import case_of_id, papers_of
    from legation.chancery.versions import names_of

    store, who = opened
    found = laid(store, who, id_, counter, at=at)
    problem = papers_of(store, who, id_, found.counter.version, at=at).problem
    put(f"{id_}: counter-proposal {counter} of {found.counter.author} beside version {found.counter.version}")
    names = names_of(store, case_of_id(id_), problem)
    side_by_side(found.table, names)
    for line in told(found.contrast, names, problem.currency):
        put(f"- {line}")


def trace(id_: Id, number: Which = 0, where: Registry = FILE, actor: Actor = "", as_json: Json = False) -> None:
    """Trace measures to the objectives of the instruction; name objectives that no measure serves."""
    from legation.chancery.dossiers import case_of_id, papers_of
    from legation.chancery.versions import names_of, trace_of

    with office(where, actor) as (store, who):
        found = trace_of(store, who, id_, number)
        names = names_of(store, case_of_id(id_), papers_of(store, who, id_, number).problem)
    if as_json:
        put_json(found)
        return
    tell([f for f in found.findings if f.severity is not Severity.NOTE])
    mandate = found.mandate
    if mandate.instruction:
        known = (mandate.given_by, mandate.number, mandate.date, f"due {mandate.deadline}" if mandate.deadline else "")
        put(f"{mandate.instruction}\n({', '.join(p for p in known if p)})")
        put("\n".join(f.message for f in found.findings if f.severity is Severity.NOTE))
    rows = (
        (t.objective, t.text, "; ".join(f"{_traced(m.measure, names)} ({m.points:.1f})" for m in t.measures) or "none")
        for t in found.objectives
    )
    show(table(("Objective", "What it says", "Measures (points a year)"), rows))
    served = {m.measure for t in found.objectives for m in t.measures}
    put(f"\n{len(served)} of {len(found.measures)} measures serve an objective.")


def _traced(measure: str, names: dict[str, str]) -> str:
    """Return a measure that is traced, "KEN 2012", by what its site is called."""
    site, _, year = measure.rpartition(" ")
    return f"{names.get(site, site)} {year}"


def papers(
    id_: Id,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="DIR", help="A folder to write them into.")],
    number: Which = 0,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Write the frozen problem and plan of a version as problem.json and plan.json, for legation check."""
    from legation.chancery.dossiers import papers_of
    from legation.desk.documents import dump

    with office(where, actor) as (store, who):
        found = papers_of(store, who, id_, number)
    written = [dump(found.problem, output / "problem.json"), dump(found.plan, output / "plan.json")]
    if as_json:
        put_json({"version": found.version, "written": [str(path) for path in written]})
    else:
        put(f"Version {found.version.number}: {', '.join(map(str, written))}")


def announcement(
    id_: Id,
    language: Annotated[
        str, typer.Option("--lang", metavar="LANGUAGE", help="es, fr, kk or ru: names of States and forms alone.")
    ] = "en",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Show what was announced, or what an approved plan would announce, to those who review it."""
    from legation.chancery import announcing
    from legation.chancery.dossiers import case_of_id
    from legation.exchange.tongues import announced_in

    with office(where, actor) as (store, who):
        found = announcing.statement_of(store, who, id_, now())
        out = found in announcing.statements_of(store, who, case_of_id(id_))
    lines = tuple(_statement(found) if language == "en" else announced_in(language, found))
    if as_json:
        put_json({"statement": found, "published": out, "lines": lines})
        return
    put("" if out else "Not announced yet.\n")
    for line in lines:
        put(line)


def _statement(found: Statement) -> Iterator[str]:
    yield f"{found.title}"
    yield f"{found.sender_name}, approved {found.approved.date().isoformat()}"
    if found.url:
        yield f"{found.at.date().isoformat()}, {found.url}"
    if found.correction:
        yield f"Correction: {found.correction}"
    for year in found.years:
        acts = "; ".join(_act(a) for a in found.acts if a.year == year)
        yield f"{year}: {acts or 'nothing changes'}."


def _act(act_: Act) -> str:
    place = f"{act_.city}, {act_.state_name}" if act_.city else act_.state_name
    before, after = _a(act_.before), _a(act_.after)
    if act_.kind == "establish":
        return f"{after} in {place} opens"
    return f"{before} in {place} closes" if act_.kind == "close" else f"{before} in {place} becomes {after}"


def _a(form: Form) -> str:
    return f"{'an' if form[0] in 'aeiouh' else 'a'} {FORMS[form]}"


def add_to(app: typer.Typer) -> None:
    """Add the verbs to the group of review."""
    for verb, name, line in (
        (list_, "list", "legation review list --as aizhan"),
        (show_, "show", "legation review show ruritania-1 --as dina"),
        (versions, "versions", "legation review versions ruritania-1 1 2"),
        (beside, "beside", "legation review beside ruritania-1 p1"),
        (trace, "trace", "legation review trace ruritania-1"),
        (papers, "papers", "legation review papers ruritania-1 -o frozen"),
        (announcement, "announcement", "legation review announcement ruritania-1 --lang fr"),
    ):
        app.command(name, epilog=example(line))(verb)
