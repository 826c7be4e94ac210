"""The chain: each revision's digest covers its changes and the digest before, so that a rewrite of the past shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from heapq import merge
from itertools import groupby, zip_longest
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, Connection, CursorResult, RowMapping, Select, func, not_, or_, select

from legation.model.revisions import Break
from legation.store.rows import FACT, body_of
from legation.store.tables import facts, records, revisions

START = "0" * 64
"""What the first revision is chained to."""
BATCH = 1000  # rows fetched at once

Key = tuple[str, str, str]  # scope, kind, id
Row = Mapping[str, Any] | RowMapping


@dataclass(frozen=True)
class Line:
    """One change as the digest sees it.

    body: the value as canonical JSON, None where it was dropped; before: the revision whose row this one closes
    """

    scope: str
    kind: str
    id: str
    position: int
    body: str | None
    before: int | None


def line_of(key: Key, added: Row | None, closed: Row | None) -> Line:
    """Return the line of a change, of the row it adds and the row it closes."""
    scope, kind, id_ = key
    position = (added or closed or {"position": 0})["position"]
    return Line(
        scope, kind, id_, position, body_of(kind, added) if added else None, closed["since"] if closed else None
    )


def chained(number: int, at: str, actor: str, reason: str, lines: Iterable[Line], before: str) -> str:
    """Return the digest of a revision: SHA-256 over what it says, its changes in order, and the digest before it."""
    found = sha256()
    for part in (str(number), at, actor, reason, before):
        found.update(_sealed(part))
    for line in sorted(lines, key=lambda x: (x.scope, x.kind, x.id)):
        fields = [line.scope, line.kind, line.id, line.position, line.before, line.body]
        found.update(_sealed(json.dumps(fields, ensure_ascii=False)))
    return found.hexdigest()


def _sealed(text: str) -> bytes:
    """Put the length in front, so that no two lists of texts give the same bytes."""
    raw = text.encode()
    return f"{len(raw)}:".encode() + raw


@dataclass(frozen=True)
class Move:
    """A row that a revision added or closed."""

    number: int
    key: Key
    row: RowMapping
    closes: bool


@contextmanager
def moves(connection: Connection, first: int, last: int) -> Iterator[Iterator[tuple[int, list[Move]]]]:
    """Go through revisions with the rows each of them moved: every row is read once or twice, never all at once."""
    with ExitStack() as opened:
        streams = []
        for column in (records.c.since, records.c.until, facts.c.since, facts.c.until):
            query = select(column.table).where(column.between(first, last)).order_by(column)
            streams.append(_moved(opened.enter_context(_rows(connection, query)), column))
        by_number = groupby(merge(*streams, key=attrgetter("number")), key=attrgetter("number"))
        yield ((number, list(found)) for number, found in by_number)


def _rows(connection: Connection, query: Select[Any]) -> CursorResult[Any]:
    return connection.execute(query, execution_options={"yield_per": BATCH})


def _moved(rows: CursorResult[Any], column: Column[Any]) -> Iterator[Move]:
    for row in rows.mappings():
        key = row["scope"], row["kind"] if column.table is records else FACT, row["id"]
        yield Move(row[column.name], key, row, column.name == "until")


def paired(found: Iterable[Move]) -> dict[Key, tuple[RowMapping | None, RowMapping | None]]:
    """Return for each thing a revision changed the row it added and the row it closed."""
    pairs: dict[Key, tuple[RowMapping | None, RowMapping | None]] = {}
    for move in found:
        added, closed = pairs.get(move.key, (None, None))
        pairs[move.key] = (added, move.row) if move.closes else (move.row, closed)
    return pairs


def first_break(connection: Connection) -> Break | None:
    """Walk the chain beside the rows; return the first revision that does not hold, or None."""
    last = connection.scalar(select(func.max(revisions.c.number))) or 0
    query = select(revisions).order_by(revisions.c.number)
    with _rows(connection, query) as said, moves(connection, 1, last) as steps:
        return _walk(said.mappings(), steps) or _stray(connection, last)


def _walk(said: Iterable[RowMapping], steps: Iterable[tuple[int, list[Move]]]) -> Break | None:
    before = START
    for expected, (row, step) in enumerate(zip_longest(said, steps), start=1):
        if row is None or row["number"] != expected:
            return Break(expected, "it is missing" + (f"; revision {row['number']} stands in its place" if row else ""))
        fault = _fault(row, step[1] if step and step[0] == expected else [], before)
        if fault:
            return Break(expected, fault)
        before = row["digest"]
    return None


def _fault(row: RowMapping, found: list[Move], before: str) -> str:
    """Say what is wrong with a revision, if anything."""
    if len({(move.key, move.closes) for move in found}) < len(found):
        return "it changes one thing twice"
    try:
        lines = [line_of(key, *pair) for key, pair in paired(found).items()]
        digest = chained(row["number"], row["at"], row["actor"], row["reason"], lines, before)
    except (AttributeError, KeyError, TypeError, ValueError):  # SQLite keeps anything in any column
        return "what it says or changed cannot be read"
    if digest != row["digest"]:
        return "its digest does not fit what it says, what it changed, or the revision before it"
    return ""


def _stray(connection: Connection, last: int) -> Break | None:
    """Find rows of revisions that are not there."""
    for table in (records, facts):
        beyond = or_(not_(table.c.since.between(1, last)), not_(table.c.until.between(1, last)))
        if connection.execute(select(table.c.id).where(beyond).limit(1)).first():
            return Break(last + 1, "rows say they belong to it, but it is not recorded")
    return None
