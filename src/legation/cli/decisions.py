"""Verbs on what decides over a plan in review: the meetings it was before, and the tasks set over it."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.dossiers import Id, done
from legation.cli.output import Json, example, parse_day
from legation.cli.people import now, office
from legation.cli.registry import FILE, Actor, Registry
from legation.review.dossiers import Meeting, Paper, Task
from legation.review.people import Role

Papers = Annotated[
    list[Path] | None,
    typer.Option(
        "--paper",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        help="A file: its name and digest are kept, the file is not. Once for each.",
        show_default=False,
    ),
]


def papers_of(files: list[Path] | None) -> tuple[Paper, ...]:
    """Return the names and digests of files."""
    return tuple(Paper(path.name, sha256(path.read_bytes()).hexdigest()) for path in files or ())


def meet(  # noqa: PLR0913, PLR0917 - one option a column
    id_: Id,
    day: Annotated[date, typer.Argument(metavar="DAY", parser=parse_day, help="When it was.")],
    place: Annotated[str, typer.Argument(metavar="PLACE", help="Where it was.")],
    present: Annotated[
        list[str], typer.Option("--present", metavar="NAME", help="Who was there, in what office. Once for each.")
    ],
    kind: Annotated[str, typer.Option("--kind", metavar="TEXT", help="Such as a session of the Government.")] = (
        "meeting"
    ),
    agenda: Annotated[
        list[str] | None,
        typer.Option("--agenda", metavar="ITEM", help="What was on it. Once for each.", show_default=False),
    ] = None,
    paper: Papers = None,
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put on record that a meeting had the version in review before it, who was there, and on what papers."""
    from legation.chancery import reviewing

    at = now()
    laid = papers_of(paper)
    with office(where, actor) as (store, who):
        said = Meeting("", day, place, kind, tuple(present), who.name, at, 0, tuple(agenda or ()), laid)
        filed = reviewing.meet(store, who, id_, said)
        done((store, who), filed.dossier, filed.revision, as_json)


def charge(
    id_: Id,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be done.")],
    role: Annotated[Role, typer.Option("--role", help="Who is charged with it.")],
    due: Annotated[
        date | None, typer.Option("--due", metavar="DAY", parser=parse_day, help="By when.", show_default=False)
    ] = None,
    controller: Annotated[
        str, typer.Option("--controller", metavar="NAME", help="Who watches that it is done; else who charges.")
    ] = "",
    meeting: Annotated[str, typer.Option("--meeting", metavar="ID", help="The meeting that charged them: m1.")] = "",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Charge a role with a task over a dossier, such as Finance with considering it; close it with review answer."""
    from legation.chancery import reviewing

    with office(where, actor) as (store, who):
        said = Task("", text, role, who.name, now(), 0, due, controller or who.name, meeting)
        filed = reviewing.charge(store, who, id_, said)
        done((store, who), filed.dossier, filed.revision, as_json)


def add_to(app: typer.Typer) -> None:
    """Add the verbs to the group of review."""
    sat = "legation review meet ruritania-1 2029-03-01 Strelsau --present 'Chancellor' --present 'Minister' --as bolat"
    app.command("meet", epilog=example(sat))(meet)
    told = "legation review charge ruritania-1 'Consider it' --role finance --due 2029-04-01 --meeting m1 --as bolat"
    app.command("charge", epilog=example(told))(charge)
