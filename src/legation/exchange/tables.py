"""Tables: what was imported as a folder of our own tables, and back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from legation.errors import Finding, InvalidError, NotFoundError, RefusedError
from legation.exchange.imported import Covering, Imported
from legation.model.facts import Attribute, Fact, Source
from legation.model.posts import Period, Post, Seat
from legation.model.presences import Presence
from legation.sources.cells import BOOLEAN, COUNT, NAME, TEXT, YEAR, CellError, refuse_unusable
from legation.sources.folder import csv_text, read_sheet
from legation.sources.rows import read, write
from legation.sources.tables import FACTS, FORM, POSTS, Column, Table

TABLES = {
    t.name: t
    for t in (
        Table("import", (Column("kind", NAME, needed=True), Column("rows", COUNT, needed=True))),
        Table("posts", (Column("sender", NAME, needed=True), *(replace(c, refers="") for c in POSTS.columns))),
        Table(
            "coverings",
            (
                *(Column(name, NAME, needed=True) for name in ("sender", "resident", "covered")),
                Column("source"),
                Column("since", YEAR),
            ),
            makes=Covering,
        ),
        Table(
            "presences",
            (
                Column("sender", NAME, needed=True),
                Column("state", NAME, needed=True),
                Column("year", YEAR, needed=True),
                Column("form", FORM, needed=True),
                Column("concurrent", BOOLEAN, unsaid=False),
                Column("source"),
                Column("known", YEAR),
            ),
            makes=Presence,
        ),
        Table("facts", tuple(replace(c, refers="") for c in FACTS.columns), makes=Fact),
        Table(
            "attributes",
            (Column("name", NAME, needed=True), Column("unit"), Column("meaning")),
            makes=Attribute,
        ),
        Table(
            "sources",
            (
                Column("id", NAME, needed=True),
                *(Column(name) for name in ("title", "publisher", "url", "licence", "use")),
            ),
            makes=Source,
        ),
    )
}
"""The files of an import: what kind it was, and one file for each thing it holds; absent where there are none."""


def write_tables(imported: Imported, folder: Path) -> dict[str, int]:
    """Write an import into a new or empty folder and return how many rows each table has.

    Raises RefusedError where the folder holds anything, InvalidError for a text that could not be read back.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} is there already.", hint="Name a new folder; nothing is overwritten.")
    rows = {name: list(rows) for name, rows in _rows(imported)}
    texts = {name: write(TABLES[name], found) for name, found in rows.items() if found}
    refuse_unusable_texts(texts)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(csv_text(text), encoding="utf-8", newline="")
    return {name: len(found) for name, found in rows.items() if found and name != "import"}


def refuse_unusable_texts(texts: Mapping[str, Iterable[tuple[str, ...]]]) -> None:
    """Raise InvalidError for a text that could not be read back: a formula, or what no file can hold."""
    for name, rows in texts.items():
        for cell in (cell for row in rows for cell in row):
            try:
                refuse_unusable(cell)
                cell.encode()
            except (CellError, UnicodeError) as error:
                clause = str(error) if isinstance(error, CellError) else "holds half a character"
                message = f"A text for {name}.csv {clause}: {cell[:40]!a}."
                raise InvalidError(message, hint="Correct it in the original, and import again.") from error


def _rows(imported: Imported) -> Iterable[tuple[str, Iterable[Mapping[str, Any]]]]:
    yield "import", [{"kind": imported.kind, "rows": imported.rows}]
    yield "posts", map(row_of_post, imported.posts)
    for name in ("coverings", "presences", "facts", "attributes", "sources"):
        columns = [c.name for c in TABLES[name].columns]
        yield name, ({c: getattr(value, c) for c in columns} for value in getattr(imported, name))


def row_of_post(post: Post) -> dict[str, Any]:
    """Take a post apart into the columns of posts.csv, and its sender."""
    seat, span = post.seat, post.span
    placed = {"state": seat.state, "city": seat.city, "lat": seat.lat, "lon": seat.lon}
    rest = ("id", "sender", "form", "staff", "running", "source", "confidence", "note")
    return placed | {"opened": span.start, "closed": span.end} | {name: getattr(post, name) for name in rest}


def read_tables(folder: Path) -> Imported:
    """Read a folder of imported tables; raise NotFoundError or InvalidError with every fault."""
    if not (folder / "import.csv").is_file():
        raise NotFoundError(f"{folder} holds no import.", hint="Name a folder that `legation import --output` wrote.")
    found: list[Finding] = []
    lines: dict[str, list[dict[str, Any]]] = {}
    for name, table in TABLES.items():
        path = folder / f"{name}.csv"
        sheet, faults = read_sheet(path) if path.is_file() else (None, [])
        told, more = read(table, sheet, {}) if sheet else ([], [])
        lines[name] = [line.cells for line in told]
        found += [*faults, *more]
    if found:
        raise InvalidError(f"{folder} cannot be read as an import.", tuple(found), hint="Import the file again.")
    made = {name: tuple(_made(table, row) for row in lines[name]) for name, table in TABLES.items() if table.makes}
    (about,) = lines["import"]
    return Imported(about["kind"], posts=tuple(map(_post, lines["posts"])), rows=about["rows"], **made)


def _made(table: Table, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - whatever the table makes
    texts = {c.name: "" for c in table.columns if c.cell is TEXT}
    return table.makes(**(texts | dict(row))) if table.makes else None


def _post(row: Mapping[str, Any]) -> Post:
    seat = Seat(row["state"], row.get("city", ""), row.get("lat"), row.get("lon"))
    plain = {name: row[name] for name in ("staff", "running", "source", "confidence", "note") if name in row}
    return Post(row["id"], row["sender"], row["form"], seat, Period(row.get("opened"), row.get("closed")), **plain)
