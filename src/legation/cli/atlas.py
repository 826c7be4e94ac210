"""The verb that shows the world: atlas."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from legation.atlas.data import as_data
from legation.cli.output import Json, example, put, put_json, working
from legation.cli.plans import tell_written
from legation.cli.world import Corrections, open_world
from legation.desk import documents


def atlas(
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to write the page; it goes to stdout without."),
    ] = None,
    state: Annotated[
        str, typer.Option("--state", metavar="STATE", show_default=False, help="Only the sheet of one State.")
    ] = "",
    corrections: Corrections = None,
    as_json: Json = False,
) -> None:
    """Write the atlas of who is represented where: the world, and a sheet for every State, as one page.

    The page holds all it needs and fetches nothing. With --json the figures are printed; the page is written if -o
    says where.
    """
    opened = open_world(corrections)
    with working("Drawing the atlas"):
        made = documents.atlas_of(opened.world)
        only = documents.atlas_sheet(made, state) if state else None
        page = "" if as_json and output is None else documents.atlas_page(made, only)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(page, encoding="utf-8")
        tell_written(output)
    if as_json:
        put_json(as_data(made, only))
    elif output is None:
        put(page)


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        short_help="Write the atlas of who is represented where.",
        epilog=example("legation atlas -o atlas.html", "legation atlas --state KAZ -o kazakhstan.html"),
    )(atlas)
