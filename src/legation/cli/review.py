"""Verbs on a plan in review: opened, changed, stepped on, remarked on, countered, announced."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from legation.cli import decisions, dossiers
from legation.cli.dossiers import Id, done
from legation.cli.output import Gap, Json, Seconds, example, put_json, show, table, tell, working
from legation.cli.people import Office, now, office
from legation.cli.registry import FILE, Actor, Reason, Registry
from legation.cli.scenarios import Changes, changes_of
from legation.planning.outcome import Plan
from legation.programme.solver import Limits
from legation.review.dossiers import Dossier
from legation.review.stages import Step

Scenario = Annotated[
    str | None,
    typer.Option("--scenario", metavar="NAME", help="Of the case; 'baseline' is the case itself.", show_default=False),
]
Given = Annotated[
    Path | None,
    typer.Option("--plan", metavar="FILE", help="A plan.json in place of the best plan.", show_default=False),
]
Said = Annotated[str, typer.Argument(metavar="ID", help="Of a comment (c1), a counter-proposal (p1), a task (t1).")]

Address = Annotated[str, typer.Option("--url", metavar="URL", help="Where the public reads the statement.")]

app = typer.Typer(
    help="Take a plan through review: submit, consider, counter, answer, approve, announce.",
    epilog=example("legation review open ruritania 'Two posts more'", "legation review step ruritania-1 submit"),
    no_args_is_help=True,
)


@app.command(
    epilog=example(
        "legation review open ruritania 'Two posts more' --as aizhan",
        "legation review open ruritania 'Less' --scenario less",
    )
)
def open(  # noqa: A001 - the verb is called so
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case on record.")],
    title: Annotated[str, typer.Argument(metavar="TITLE", help="What the public will read above the plan.")],
    scenario: Scenario = None,
    plan: Given = None,
    renews: Annotated[
        str, typer.Option("--renews", metavar="DOSSIER", help="An approved one it is to take the place of.")
    ] = "",
    reason: Reason = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Open a dossier: problem and plan of a case on record, frozen by their digests."""
    from legation.chancery import reviewing

    proposal = reviewing.Proposal(scenario, _plan(plan), reason)
    with office(where, actor) as (store, who), working("Planning"):
        filed = reviewing.open_dossier(store, who, case, title, now(), proposal=proposal, renews=renews)
        _traced((store, who), filed.dossier)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review revise ruritania-1 --scenario less --reason 'As Finance asked'"))
def revise(
    id_: Id,
    scenario: Scenario = None,
    plan: Given = None,
    reason: Reason = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put another version in, of the case as it is on record now, under the scenario named or that of the last."""
    from legation.chancery import reviewing

    proposal = reviewing.Proposal(scenario, _plan(plan), reason)
    with office(where, actor) as (store, who), working("Planning"):
        filed = reviewing.put_version(store, who, id_, now(), proposal=proposal)
        _traced((store, who), filed.dossier)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review step ruritania-1 return --reason 'Too dear' --as dina"))
def step(
    id_: Id,
    name: Annotated[str, typer.Argument(metavar="STEP", help="As legation review procedure lists them.")],
    reason: Reason = "",
    meeting: Annotated[str, typer.Option("--meeting", metavar="ID", help="The meeting that decided it: m1.")] = "",
    url: Address = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Take a step: submit, endorse, return, agree, approve, announce and what else the procedure has."""
    from legation.chancery import reviewing

    with office(where, actor) as (store, who):
        filed = reviewing.take_step(store, who, id_, name, now(), reason=reason, meeting=meeting, url=url)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review remark ruritania-1 'Why so early?' --line WHV --as dina"))
def remark(
    id_: Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be said.")],
    line: Annotated[
        str, typer.Option("--line", metavar="ID|YEAR", help="A site, an interest or a year; else the whole.")
    ] = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Say something of a line of the plan; it waits for an answer."""
    from legation.chancery import reviewing

    with office(where, actor) as (store, who):
        filed = reviewing.remark(store, who, id_, text, now(), line=line)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review answer ruritania-1 c1 'The fair opens in May 2030.' --as aizhan"))
def answer(
    id_: Id,
    said: Said,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The answer.")],
    paper: decisions.Papers = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Answer a comment, say why a counter-proposal is not taken over, or what came of a task."""
    from legation.chancery import reviewing

    laid = decisions.papers_of(paper)
    with office(where, actor) as (store, who):
        filed = reviewing.answer(store, who, id_, said, text, now(), papers=laid)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review counter ruritania-1 ceilings=0.9 costs=embassy:1.1 --as dina"))
def counter(
    id_: Id,
    changes: Changes,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Of the scenario it becomes.")] = "",
    reason: Reason = "",
    where: Registry = FILE,
    actor: Actor = "",
    seconds: Seconds = Limits().seconds,
    gap: Gap = Limits().gap,
    as_json: Json = False,
) -> None:
    """Lay Finance's own plan beside the version in review: other ceilings, costs, measures struck out or postponed."""
    from legation.chancery import countering

    with office(where, actor) as opened, working("Planning"):
        store, who = opened
        limits = Limits(seconds, gap)
        filed = countering.counter(store, who, id_, changes_of(changes), now(), name=name, reason=reason, limits=limits)
        if as_json:
            put_json({"dossier": filed.dossier, "revision": filed.revision})
        else:
            dossiers.put_beside(opened, id_, filed.dossier.counters[-1].id)


@app.command(epilog=example("legation review adopt ruritania-1 p1 --as aizhan"))
def adopt(
    id_: Id, said: Said, reason: Reason = "", where: Registry = FILE, actor: Actor = "", as_json: Json = False
) -> None:
    """Make a counter-proposal the next version; who made it may not approve that."""
    from legation.chancery import countering

    with office(where, actor) as (store, who):
        filed = countering.adopt(store, who, id_, said, now(), reason=reason)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review embargo ruritania-1 2030-03-01T10:00+01:00 --as bolat"))
def embargo(
    id_: Id,
    until: Annotated[str, typer.Argument(metavar="TIME|none", help="With its zone: 2030-03-01T10:00+01:00.")],
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Set the moment before which the plan may not be announced, or lift it."""
    from legation.chancery import announcing

    moment = None if until == "none" else _moment(until)
    with office(where, actor) as (store, who):
        filed = announcing.embargo(store, who, id_, moment, now())
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review correct ruritania-1 'The city is Quayside, not Quay.' --as bolat"))
def correct(
    id_: Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What was wrong, and what is right.")],
    url: Address = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Publish the announcement again with names as they are on record now; the one before stays on record."""
    from legation.chancery import announcing

    with office(where, actor) as (store, who):
        filed = announcing.correct(store, who, id_, text, now(), url=url)
        done((store, who), filed.dossier, filed.revision, as_json)


@app.command(epilog=example("legation review procedure", "legation review procedure ours.toml --as aizhan"))
def procedure(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Stages and steps of your own, in TOML.", show_default=False)
    ] = None,
    reason: Reason = "The ministry's own procedure",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Show the stages and steps of a review, or put a ministry's own on record."""
    from legation.chancery import procedures
    from legation.store import Store

    if file:
        made = procedures.read_procedure(file)
        with office(where, actor) as (store, who):
            procedures.set_procedure(store, who, made, reason, now())
    with Store(where) as store:
        found = procedures.procedure_of(store)
    if as_json:
        put_json(found)
        return
    rows = (
        (s.name, found.stage(s.source).title, found.stage(s.target).title, ", ".join(s.roles), _needs(s))
        for s in found.steps
    )
    show(table(("Step", "From", "To", "By", "Needs"), rows))


def _needs(step: Step) -> str:
    needs = (
        *(("not the author", step.others), ("answers", step.answers), ("a reason", step.reason)),
        (f"a meeting of {step.quorum}", step.quorum),
    )
    return ", ".join(name for name, so in needs if so)


def _plan(path: Path | None) -> Plan | None:
    from legation.desk.proofs import read_document

    return read_document(Plan, path) if path else None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time; write it as 2030-03-01T10:00+01:00.") from error


def _traced(opened: Office, dossier: Dossier) -> None:
    """Tell objectives without a measure, and measures without an objective."""
    from legation.chancery.versions import trace_of

    tell(trace_of(*opened, dossier.id).findings)


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    dossiers.add_to(app)
    decisions.add_to(app)
    door.add_typer(app, name="review", short_help="Take a plan through review.")
