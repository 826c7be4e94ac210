"""The store: the one way into the record and out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    RowMapping,
    Select,
    Table,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    union,
    update,
)

from legation.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from legation.model.revisions import Break, Change, Drop, Put, Revision
from legation.store import backups, engines, migrating
from legation.store.chain import START, Line, chained
from legation.store.rows import FACT, body_of, table_of, to_row, to_value
from legation.store.tables import facts, records, revisions

Key = tuple[str, str, str]  # scope, kind, id
MANY = 100  # names asked for in one query


class Store:
    """A record of revisions. Every read may be as of an earlier one; `commit` is the only way to write."""

    def __init__(self, where: str | Path, *, create: bool = False) -> None:
        """Open a registry; raise NotFoundError where there is none, OutOfDateError where its tables are older."""
        self.url = engines.url_of(where)
        self._refuse_missing(create=create)
        self.engine = engines.open_engine(self.url)
        if create:
            migrating.upgrade(self.engine)
        migrating.refuse_other(self.engine)

    def __enter__(self) -> Self:
        """Use the store in a block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of the database."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    def _refuse_missing(self, *, create: bool) -> None:
        database = self.url.database
        file = Path(database) if self.url.get_backend_name() == "sqlite" and database else None
        if file and not create and database != ":memory:" and not file.is_file():
            raise NotFoundError(f"There is no registry at {file}.", hint="Make one: legation registry init")

    @classmethod
    def restored(cls, source: Path, where: str | Path) -> Self:
        """Make a registry of a backup and verify it; raise InvalidError where the backup does not hold."""
        store = cls(where, create=True)
        with store.engine.connect() as connection:
            backups.read(engines.writing(connection), source)
            connection.commit()
        broken = store.verify()
        if broken:
            raise InvalidError(f"The backup does not verify: revision {broken.revision}, {broken.what}.")
        return store

    @staticmethod
    def migrate(where: str | Path) -> str:
        """Bring the tables of a registry to the newest shape, and return its name."""
        engine = engines.open_engine(engines.url_of(where))
        migrating.upgrade(engine)
        engine.dispose()
        return migrating.newest()

    def backup(self, target: Path) -> int:
        """Write all revisions as of this moment to a file; return how many. Others may write meanwhile."""
        with self._reading() as connection:
            return backups.write(connection, target)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield engines.reading(connection)
            connection.rollback()

    # Writing

    def commit(
        self, changes: Sequence[Change], *, actor: str, reason: str, at: datetime, read: int | None = None
    ) -> Revision:
        """Record changes as one revision, all of them or none.

        read: the revision the writer had before it, where it minds: ConflictError if what it changes was changed
        since. Raise RefusedError without an actor, a reason, a time zone or a change, and for one thing changed twice.
        """
        _refuse_unsigned(changes, actor, reason, at)
        with self.engine.connect() as connection:
            engines.writing(connection)
            revision = _write(connection, changes, (actor.strip(), reason.strip(), at.astimezone(UTC)), read)
            connection.commit()
        return revision

    # Reading

    @property
    def head(self) -> Revision | None:
        """Return the last revision, or None while there is none."""
        with self._reading() as connection:
            return _head(connection)

    def get(self, kind: str, id_: str, *, scope: str = "", at: int | None = None) -> Any:  # noqa: ANN401
        """Return a value as of a revision (the last by default), or None."""
        return self.all(kind, scope=scope, at=at, only=id_).get(id_)

    def all(self, kind: str, *, scope: str = "", at: int | None = None, only: str = "") -> dict[str, Any]:
        """Return the values of a kind by id, in their order, as of a revision (the last by default)."""
        table = table_of(kind)
        query = _named(select(table), table, kind, scope, only).where(_holds(table, at))
        with self._reading() as connection:
            rows = connection.execute(query.order_by(table.c.position, table.c.id)).mappings()
            return {row["id"]: to_value(kind, dict(row)) for row in rows}

    def version(self, kind: str, id_: str, *, scope: str = "", at: int | None = None) -> int | None:
        """Return the revision that wrote what holds as of a revision, or None where nothing does."""
        table = table_of(kind)
        query = _named(select(table.c.since), table, kind, scope, id_).where(_holds(table, at))
        with self._reading() as connection:
            return connection.execute(query).scalar()

    def scopes(self, kind: str, *, at: int | None = None) -> tuple[str, ...]:
        """Return the scopes that hold anything of a kind, sorted."""
        table = table_of(kind)
        query = _named(select(table.c.scope).distinct(), table, kind, None, "").where(_holds(table, at))
        with self._reading() as connection:
            return tuple(sorted(connection.execute(query).scalars()))

    def revisions(
        self, *, after: int = 0, limit: int = 1000, kind: str = "", id_: str = "", scope: str | None = None
    ) -> tuple[Revision, ...]:
        """Return revisions in order, those that touched a kind, an id or a scope where named."""
        query = select(revisions).where(revisions.c.number > after).order_by(revisions.c.number).limit(limit)
        if kind or id_ or scope is not None:
            query = query.where(revisions.c.number.in_(_touched(kind, id_, scope)))
        with self._reading() as connection:
            return tuple(_revision(row) for row in connection.execute(query).mappings())

    def changes(self, number: int) -> tuple[Change, ...]:
        """Return what a revision changed; raise NotFoundError where there is no such revision."""
        with self._reading() as connection:
            if connection.scalar(select(revisions.c.number).where(revisions.c.number == number)) is None:
                raise NotFoundError(f"There is no revision {number}.", hint="legation history lists them.")
            found: list[Change] = []
            for key, (put, _dropped) in sorted(_moves(connection, number).items()):
                scope, kind, id_ = key
                found.append(Put(kind, id_, to_value(kind, dict(put)), scope) if put else Drop(kind, id_, scope))
        return tuple(found)

    def revision_on(self, moment: datetime) -> Revision | None:
        """Return the last revision recorded by a moment: what was known then."""
        query = select(revisions).where(revisions.c.at <= _stamp(moment)).order_by(revisions.c.number.desc()).limit(1)
        with self._reading() as connection:
            row = connection.execute(query).mappings().first()
            return _revision(row) if row else None

    def verify(self) -> Break | None:
        """Walk the chain; return the first revision that does not hold, or None."""
        with self._reading() as connection:
            before, expected = START, 1
            for row in connection.execute(select(revisions).order_by(revisions.c.number)).mappings():
                found = _fault(connection, row, expected, before)
                if found:
                    return Break(expected, found)
                before, expected = row["digest"], expected + 1
            return _stray(connection, expected)


# Writing


def _refuse_unsigned(changes: Sequence[Change], actor: str, reason: str, at: datetime) -> None:
    if not actor.strip() or not reason.strip():
        raise RefusedError("A revision needs an actor and a reason.", hint="Say who changes the record, and why.")
    if at.tzinfo is None:
        raise RefusedError("A revision needs a time with its zone.")
    if not changes:
        raise RefusedError("There is nothing to change.")
    keys = [_key(change) for change in changes]
    twice = next((k for k in keys if keys.count(k) > 1), None) if len(set(keys)) < len(keys) else None
    if twice:
        raise RefusedError(f"One revision changes {twice[1]} {twice[2]} twice.")


def _write(
    connection: Connection, changes: Sequence[Change], signed: tuple[str, str, datetime], read: int | None
) -> Revision:
    actor, reason, at = signed
    last = _head(connection)
    at = max(at, last.at) if last else at  # clocks differ; the record's time never runs backwards
    number = last.number + 1 if last else 1
    current = _current(connection, [_key(change) for change in changes])
    _refuse_stale(current, read)
    _refuse_absent(changes, current)
    rows = _rows(connection, changes, current)
    lines = [_line(key, row, current[key]) for key, row in rows.items()]
    digest = chained(number, _stamp(at), actor, reason, lines, last.digest if last else START)
    said = {"number": number, "at": _stamp(at), "actor": actor, "reason": reason, "digest": digest}
    connection.execute(insert(revisions), said)
    for table in (records, facts):
        closed = [{"closed": c["row"]} for k, c in current.items() if c and table_of(k[1]) is table]
        if closed:
            connection.execute(update(table).where(table.c.row == bindparam("closed")).values(until=number), closed)
        added = [row | {"since": number} for k, row in rows.items() if row and table_of(k[1]) is table]
        if added:
            connection.execute(insert(table), added)
    return Revision(number, at, actor, reason, digest)


def _rows(
    connection: Connection, changes: Sequence[Change], current: Mapping[Key, RowMapping | None]
) -> dict[Key, dict[str, Any] | None]:
    """Return the row each change adds, or None: what was there keeps its place, what is new goes to the end."""
    ends: dict[tuple[str, str], int] = {}
    made: dict[Key, dict[str, Any] | None] = {}
    for change in changes:
        key = _key(change)
        if isinstance(change, Drop):
            made[key] = None
            continue
        held = current[key]
        end = ends.get(key[:2]) or _end(connection, key)
        position = held["position"] if held else end + 1
        ends[key[:2]] = max(end, position)
        made[key] = {"scope": change.scope, "id": change.id, "position": position} | to_row(change.kind, change.value)
    return made


def _end(connection: Connection, key: Key) -> int:
    table = table_of(key[1])
    return connection.scalar(_named(select(func.max(table.c.position)), table, key[1], key[0], "")) or 0


def _line(key: Key, row: Mapping[str, Any] | None, held: RowMapping | None) -> Line:
    scope, kind, id_ = key
    position = row["position"] if row else held["position"] if held else 0
    return Line(scope, kind, id_, position, body_of(kind, row) if row else None, held["since"] if held else None)


def _refuse_stale(current: Mapping[Key, RowMapping | None], read: int | None) -> None:
    newer = [(key, row["since"]) for key, row in current.items() if row and read is not None and row["since"] > read]
    if newer:
        (_scope, kind, id_), since = newer[0]
        more = f", and {len(newer) - 1} more" if len(newer) > 1 else ""
        raise ConflictError(
            f"Revision {since} changed {kind} {id_}{more} after revision {read}, which you read.",
            hint="Read it again, and make your change on what it says now.",
        )


def _refuse_absent(changes: Sequence[Change], current: Mapping[Key, RowMapping | None]) -> None:
    absent = next((c for c in changes if isinstance(c, Drop) and not current[_key(c)]), None)
    if absent:
        raise NotFoundError(f"There is no {absent.kind} {absent.id} to drop.")


# Queries


def _key(change: Change) -> Key:
    return change.scope, change.kind, change.id


def _named(query: Select[Any], table: Table, kind: str, scope: str | None, id_: str) -> Select[Any]:
    if table is records:
        query = query.where(table.c.kind == kind)
    if scope is not None:
        query = query.where(table.c.scope == scope)
    return query.where(table.c.id == id_) if id_ else query


def _holds(table: Table, at: int | None) -> ColumnElement[bool]:
    if at is None:
        return table.c.until.is_(None)
    return and_(table.c.since <= at, or_(table.c.until.is_(None), table.c.until > at))


def _current(connection: Connection, keys: Sequence[Key]) -> dict[Key, RowMapping | None]:
    """Return what holds under each name: asked for one by one, or all of a kind at once where many are meant."""
    found: dict[Key, RowMapping | None] = dict.fromkeys(keys)
    meant = Counter(key[:2] for key in keys)
    for (scope, kind), count in meant.items():
        table = table_of(kind)
        query = _named(select(table), table, kind, scope, "").where(_holds(table, None))
        if count <= MANY:
            query = query.where(table.c.id.in_([key[2] for key in keys if key[:2] == (scope, kind)]))
        for row in connection.execute(query).mappings():
            key = scope, kind, row["id"]
            if key in found:
                found[key] = row
    return found


def _head(connection: Connection) -> Revision | None:
    row = connection.execute(select(revisions).order_by(revisions.c.number.desc()).limit(1)).mappings().first()
    return _revision(row) if row else None


def _revision(row: RowMapping) -> Revision:
    return Revision(row["number"], datetime.fromisoformat(row["at"]), row["actor"], row["reason"], row["digest"])


def _stamp(at: datetime) -> str:
    """Write a moment so that texts stand in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _touched(kind: str, id_: str, scope: str | None) -> CompoundSelect[Any]:
    tables = [table_of(kind)] if kind else [records, facts]
    ends = [(table, column) for table in tables for column in (table.c.since, table.c.until)]
    return union(*(_named(select(c), t, kind, scope, id_).where(c.is_not(None)) for t, c in ends))


# The chain


def _moves(connection: Connection, number: int) -> dict[Key, tuple[RowMapping | None, RowMapping | None]]:
    """Return for each thing a revision changed the row it added and the row it closed."""
    found: dict[Key, tuple[RowMapping | None, RowMapping | None]] = {}
    for table in (records, facts):
        for at, column in enumerate((table.c.since, table.c.until)):
            for row in connection.execute(select(table).where(column == number)).mappings():
                key = row["scope"], row["kind"] if table is records else FACT, row["id"]
                put, closed = found.get(key, (None, None))
                found[key] = (put, row) if at else (row, closed)
    return found


def _fault(connection: Connection, row: RowMapping, expected: int, before: str) -> str:
    """Say what is wrong with a revision, if anything."""
    if row["number"] != expected:
        return f"it is missing; revision {row['number']} stands in its place"
    moves = _moves(connection, expected)
    lines = [_line(key, dict(put) if put else None, closed) for key, (put, closed) in moves.items()]
    if chained(expected, row["at"], row["actor"], row["reason"], lines, before) != row["digest"]:
        return "its digest does not fit what it says, what it changed, or the revision before it"
    return ""


def _stray(connection: Connection, after: int) -> Break | None:
    """Find rows of revisions that are not there."""
    for table in (records, facts):
        beyond = connection.scalar(select(func.min(table.c.since)).where(table.c.since >= after))
        if beyond is not None:
            return Break(beyond, "rows say they belong to it, but it is not recorded")
    return None
