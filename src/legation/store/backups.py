"""Backups: every revision and row of a registry as lines of JSON in one file, the same from either database."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from legation.errors import InvalidError, RefusedError
from legation.store.tables import facts, records, revisions

FORMAT = "legation-backup-1"
KEPT = (revisions, records, facts)
"""Accounts, sessions and jobs are not part of the record, and secrets do not belong into backups."""
BATCH = 1000


def write(connection: Connection, target: Path) -> int:
    """Write what one reading transaction sees; return how many revisions that is. Refuse to overwrite a file."""
    if target.exists():
        raise RefusedError(f"{target} is there already.", hint="Name another file.")
    part = target.with_name(target.name + ".part")  # a backup cut short never looks like a backup
    with gzip.open(part, "wt", encoding="utf-8") as out:
        out.write(json.dumps({"format": FORMAT}) + "\n")
        for table in KEPT:
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                out.write(json.dumps([table.name, dict(row)], ensure_ascii=False) + "\n")
        count = len(connection.execute(select(revisions.c.number)).all())
        out.write(json.dumps({"revisions": count}) + "\n")
    part.replace(target)
    return count


def read(connection: Connection, source: Path) -> None:
    """Fill an empty registry from a backup; raise InvalidError for a file that is none or is cut short."""
    if connection.execute(select(revisions.c.number).limit(1)).first():
        raise RefusedError("The registry has revisions already.", hint="Restore into a new one.")
    try:
        with gzip.open(source, "rt", encoding="utf-8") as lines:
            _fill(connection, lines, source)
    except (OSError, EOFError, ValueError, KeyError) as error:
        raise InvalidError(f"{source} is no backup that can be read: {error}.") from error


def _fill(connection: Connection, lines: Iterator[str], source: Path) -> None:
    tables = {table.name: table for table in KEPT}
    if json.loads(next(lines, "{}")) != {"format": FORMAT}:
        raise InvalidError(f"{source} is not a backup of Legation.")
    waiting: list[dict[str, Any]] = []
    last: Table | None = None
    end: Any = None
    for line in lines:
        end = json.loads(line)
        table = tables[end[0]] if isinstance(end, list) else None
        if waiting and last is not None and (table is not last or len(waiting) >= BATCH):
            connection.execute(insert(last), waiting)
            waiting = []
        last = table
        if table is not None:
            waiting.append(end[1])
    if not isinstance(end, dict) or "revisions" not in end:
        raise InvalidError(f"{source} is cut short: its last line is missing.")
