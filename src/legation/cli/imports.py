"""The verb that brings in the files of others: import."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from legation.cli.output import Json, example, page, put, put_json, show, table, tell_all
from legation.desk import importing
from legation.desk.importing import Outcome, Wish
from legation.exchange.merging import Merged, Prefer


def import_(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND FILE",
            show_default=False,
            help="What the files are, and the files; with --live, what to fetch. Without: a list of kinds.",
        ),
    ] = None,
    into: Annotated[
        str, typer.Option("--into", metavar="CASE", show_default=False, help="Merge into the folder of a case.")
    ] = "",
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FOLDER", show_default=False, help="Write tables to a new folder."),
    ] = None,
    live: Annotated[bool, typer.Option("--live", help="Fetch from the publisher, politely, instead of files.")] = False,
    sender: Annotated[
        str, typer.Option("--sender", metavar="SWE", show_default=False, help="Whose posts: code or name of a State.")
    ] = "",
    prefer: Annotated[Prefer, typer.Option("--prefer", help="Which stands where the two differ.")] = Prefer.OLD,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="List the kinds of files.")] = False,
    as_json: Json = False,
) -> None:
    """Read files of others: posts, indicators and yearbooks become rows of a case or a folder of tables.

    Rows with a fault are left out and told, all others are kept; the exit code is then 1.
    """
    if listed or not what:
        _list(as_json=as_json)
        return
    kind, *files = what
    if not files and not live:
        raise typer.BadParameter("Name at least one file.", param_hint="FILE")
    wish = Wish(sender, into, str(output or ""), prefer, live, dry)
    with _progress() as tell:
        outcome = importing.bring_in(kind, files, wish, tell)
    tell_all(outcome.findings)
    if as_json:
        put_json(outcome)
    else:
        _told(outcome, wish)
    if outcome.errors:
        raise typer.Exit(1)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """Show on stderr what is being done; without a terminal, show nothing."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    with page(sys.stderr).status("Reading") as status:
        yield status.update


def _list(*, as_json: bool) -> None:
    kinds = importing.kinds()
    if as_json:
        put_json(kinds)
        return
    rows = ((k.name, k.title, f"{k.expects}; --live with {k.live}" if k.live else k.expects) for k in kinds)
    show(table(("Kind", "Title", "File"), rows))


def _told(outcome: Outcome, wish: Wish) -> None:
    kept = ", ".join(f"{c.rows:,} {c.thing}" for c in outcome.kept) or "nothing"
    put(f"Read {outcome.rows:,} rows of {outcome.kind}: kept {kept}.")
    if outcome.errors:
        put("Rows with an error were left out; all others were kept.")
    if outcome.merged:
        _told_merge(outcome.merged, wish)
    if outcome.written:
        put(f"Written: {outcome.written}")
    if not (wish.into or wish.output):
        put("Nothing was written. Add --into CASE to merge, or --output FOLDER to write tables.")


def _told_merge(merged: Merged, wish: Wish) -> None:
    rows = ((f"{c.table}.csv", c.added, c.same, c.differing, c.replaced) for c in merged.changes)
    show("", table(("Table", "Added>", "Same>", "Differing>", "Replaced>"), rows))
    for reason, count in merged.left_out:
        put(f"Left out: {count:,} {reason}.")
    if wish.dry:
        put("Nothing was written: this was a dry run.")
    elif merged.files:
        put(f"Changed in {wish.into}: {', '.join(merged.files)}. The former files are beside them as NAME.before.")
    else:
        put(f"Nothing changed in {wish.into}.")


def register(app: typer.Typer) -> None:
    """Add the verb to the door."""
    app.command(
        "import",
        short_help="Read files of others into a case.",
        epilog=example("legation import posts our-posts.xlsx --into estonia"),
    )(import_)
