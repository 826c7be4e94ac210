"""Verbs on cases: make a new one, list the packaged ones, list the rules a brief may hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Json, example, put, put_json, show, table
from legation.cli.world import Corrections, Day, open_world
from legation.desk import cases, founding

LONGEST = 30  # years
FIRST = 8  # questions


def _years(text: str) -> tuple[int, ...]:
    first, _, last = (part.strip() for part in text.replace("–", "-").partition("-"))  # also as our titles have it
    if not (first.isdigit() and (last or first).isdigit()):
        raise typer.BadParameter(f"{text!r} is not a span of years; write it as 2027-2029.")
    years = tuple(range(int(first), int(last or first) + 1))
    if not 1 <= len(years) <= LONGEST or not 1900 <= years[0] <= 2200:
        raise typer.BadParameter(
            f"{text!r} is not a span of 1 to {LONGEST} years between 1900 and 2200, first to last."
        )
    return years


def new(
    name: Annotated[Path, typer.Argument(metavar="NAME", show_default=False, help="The folder to make.")],
    sender: Annotated[
        str, typer.Option(metavar="SWE", help="Whose network: code or name of a State. Without it: a small example.")
    ] = "",
    years: Annotated[
        str, typer.Option(metavar="2027-2029", help="Fiscal years to plan; the next three by default.")
    ] = "",
    on: Day = None,
    corrections: Corrections = None,
    as_json: Json = False,
) -> None:
    """Make a case: a folder filled with what the product knows of a State, ready to be planned and corrected."""
    today = on or datetime.now().astimezone().date()
    span = _years(years) if years else tuple(range(today.year + 1, today.year + 4))
    case = founding.create(name, sender, span, today, open_world(corrections).world)
    questions = cases.questions(case)
    if as_json:
        made = {"case": str(name), "sender": case.sender, "years": case.brief.years, "notes": case.notes}
        put_json(made | {"questions": questions})
        return
    put(f"Made {name}: {case.title}.")
    for note in case.notes:
        put(f"- {note}")
    put(f"Open questions, {len(questions)} in all; the first are:")
    for question in questions[:FIRST]:
        put(f"- {question.message}")
    put(f"Next: legation questions {name}, legation plan {name}")


def packaged(as_json: Json = False) -> None:
    """List the cases that came with the product."""
    found = cases.packaged()
    if as_json:
        put_json(found)
        return
    show(table(("Name", "Years", "Title"), ((c.name, f"{c.years[0]}-{c.years[-1]}", c.title) for c in found)))


def rules(as_json: Json = False) -> None:
    """List the kinds of rules that a brief may hold ([[rules]] in case.toml)."""
    found = cases.rules()
    if as_json:
        put_json(found)
        return
    show(table(("Rule", "Meaning"), ((r.tag, r.meaning) for r in found)))


def register(app: typer.Typer) -> None:
    """Add the verbs to the door."""
    app.command(
        short_help="Make a case for a State.", epilog=example("legation new estonia --sender EST --years 2027-2029")
    )(new)
    app.command("cases", short_help="List the packaged cases.", epilog=example("legation cases"))(packaged)
    app.command(short_help="List the kinds of rules.", epilog=example("legation rules --json"))(rules)
