"""Verbs on what is not known: correct the world's record, list the open questions of a case."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Case, Json, example, parse_day, put, put_json, show, table, tell
from legation.cli.registry import recorded
from legation.desk import cases, world
from legation.desk.world import OpenedWorld


class Action(StrEnum):
    """What `correct` does."""

    LIST = "list"
    ADD = "add"
    CHANGE = "change"
    RETIRE = "retire"


Day = Annotated[
    date | None,
    typer.Option(
        "--on", metavar="DATE", parser=parse_day, help="The day; else that of the case, or today.", show_default=False
    ),
]
Corrections = Annotated[
    Path | None,
    typer.Option(
        "--corrections",
        metavar="FILE",
        envvar="LEGATION_CORRECTIONS",
        show_envvar=True,
        show_default=False,
        help="Your corrections of the world's record, or their folder; else corrections.csv here.",
    ),
]


def open_world(corrections: Path | None) -> OpenedWorld:
    """Open the world's record; say on stderr which corrections were used, and what they miss."""
    opened = world.open_world(corrections, Path())
    tell_used(opened)
    return opened


def tell_used(opened: OpenedWorld | None) -> None:
    """Say on stderr by which file the record is corrected, and what its rows miss."""
    if opened and opened.corrections:
        count = opened.world.corrected
        typer.echo(
            f"The world's record is corrected by {opened.corrections} ({count} row{'' if count == 1 else 's'}).",
            err=True,
        )
        tell(opened.findings)


def correct(
    action: Annotated[Action, typer.Argument(show_default=False, help="What to do.")],
    name: Annotated[
        str, typer.Argument(metavar="[TABLE]", help="posts, accreditations, indicators or states.", show_default=False)
    ] = "",
    key: Annotated[
        str,
        typer.Argument(
            metavar="[KEY]",
            show_default=False,
            help="The row: SENDER|WIKIDATA (or a word of yours), SENDER|RESIDENT|COVERED, CODE|ATTRIBUTE|YEAR or CODE.",
        ),
    ] = "",
    changes: Annotated[
        list[str] | None, typer.Argument(metavar="[COLUMN=VALUE]…", show_default=False, help="What it says.")
    ] = None,
    source: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="Who says so; required.")] = "",
    note: Annotated[str, typer.Option(metavar="TEXT", show_default=False, help="A remark.")] = "",
    corrections: Corrections = None,
    as_json: Json = False,
) -> None:
    """Correct the world's record for yourself: add, change or retire a row, or list what you corrected.

    The product's own tables never change; corrections lie in a file of yours. Cases made before stay as they are.
    """
    if action is Action.LIST:
        _list(corrections, as_json=as_json)
        return
    if not (name and key and source):
        raise typer.BadParameter("Give the table, the key of the row, and --source: who says so.")
    row = world.Correction(name, action.value, key, "; ".join(changes or ()), source, note)
    path, found = world.correct(row, corrections, Path())
    if as_json:
        put_json({"corrections": str(path), "correction": row, "findings": found})
        return
    tell(found)
    put(f"Wrote to {path}: {action.value} {name} {key}.")


def _list(corrections: Path | None, *, as_json: bool) -> None:
    opened, rows = world.list_corrections(corrections, Path())
    if as_json:
        put_json({"corrections": rows, "findings": opened.findings})
        return
    tell_used(opened)
    lines = ((r.number, r.table, r.action, r.key, r.changes, r.source, r.note) for r in rows)
    if rows:
        show(table(("Row>", "Table", "Action", "Key", "Changes", "Source", "Note"), lines))
    else:
        put("There are no corrections. Make one with: legation correct add|change|retire TABLE KEY … --source TEXT")


def questions(case: Case, as_json: Json = False) -> None:
    """List what the owner of a case must still find out or decide: money, costs, doubtful rows, missing facts."""
    opened = cases.open_case(case)
    found = cases.questions(opened.case)
    if as_json:
        put_json(found)
        return
    rows = ((n, f"{q.message} {q.remedy}", q.file) for n, q in enumerate(found, 1))
    if found:
        show(table(("#>", "Question, and what to do", "File"), rows))
    put(f"\n{len(found)} open question{'' if len(found) == 1 else 's'}.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(short_help="What must still be found out.", epilog=example("legation questions kazakhstan-2012"))(
        recorded(questions)
    )
    app.command(
        short_help="Correct the world's record, in a file of yours.",
        epilog=example(
            'legation correct add posts "SWE|brussels" form=embassy state=BEL city=Brussels --source "Ministry"',
            'legation correct retire posts "KEN|Q123" --source "closed in 2024"',
            "legation correct list",
        ),
    )(correct)
