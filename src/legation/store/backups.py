"""Backups: every revision and row of a registry as lines of JSON in one file, the same from either database."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Table, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from legation.errors import InvalidError, RefusedError
from legation.store.tables import facts, records, revisions

FORMAT = "legation-backup-1"
KEPT = (revisions, records, facts)
"""Accounts, sessions and jobs are not part of the record, and secrets do not belong into backups."""
BATCH = 1000
BY_BATCH = {"yield_per": BATCH}


def write(connection: Connection, target: Path) -> int:
    """Write what one reading transaction sees; return how many revisions that is. Refuse to overwrite a file.

    A registry gives the same bytes whenever it is backed up, and on whichever database it is.
    """
    if target.exists():
        raise RefusedError(f"{target} is there already.", hint="Name another file.")
    part = target.with_name(target.name + ".part")  # a backup cut short never looks like a backup
    with part.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
        for line in _lines(connection):
            out.write(line.encode() + b"\n")
    part.replace(target)
    return int(connection.scalar(select(func.count()).select_from(revisions)) or 0)


def _lines(connection: Connection) -> Iterator[str]:
    yield json.dumps({"format": FORMAT})
    count = 0
    for table in KEPT:
        columns = [column for column in table.c if column.name != "row"]  # a database numbers its rows itself
        for row in connection.execute(select(*columns).order_by(*_order(table)), execution_options=BY_BATCH).mappings():
            yield json.dumps([table.name, dict(row)], ensure_ascii=False)
            count += 1
    yield json.dumps({"rows": count})


def _order(table: Table) -> tuple[Column[Any], ...]:
    return (table.c.number,) if table is revisions else (table.c.since, table.c.row)


def read(connection: Connection, source: Path) -> None:
    """Fill an empty registry from a backup; raise InvalidError for a file that is none or is cut short."""
    if connection.execute(select(revisions.c.number).limit(1)).first():
        raise RefusedError("The registry has revisions already.", hint="Restore into a new one.")
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            _fill(connection, lines, source)
    except (
        OSError,
        EOFError,
        LookupError,
        RecursionError,
        SQLAlchemyError,
        TypeError,
        ValueError,
        zlib.error,
    ) as error:
        raise InvalidError(f"{source} is no backup that can be read: {str(error).splitlines()[0]}.") from error


def _fill(connection: Connection, lines: Iterator[str], source: Path) -> None:
    tables = {table.name: table for table in KEPT}
    if json.loads(next(lines, "{}")) != {"format": FORMAT}:
        raise InvalidError(f"{source} is not a backup of Legation.")
    count = 0
    end: Any = None
    for name, batch in groupby((json.loads(line) for line in lines), key=lambda x: x[0] if isinstance(x, list) else ""):
        if not name:
            end = [*batch][-1]
            continue
        rows = (row for _name, row in batch)
        while waiting := [*islice(rows, BATCH)]:
            connection.execute(insert(tables[name]), waiting)
            count += len(waiting)
    if end != {"rows": count}:
        raise InvalidError(f"{source} is cut short: its last line does not count {count} rows.")
