"""The store: the one way into the record and out of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar

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

from legation import codec
from legation.errors import ConflictError, InvalidError, NotFoundError, RefusedError
from legation.model.revisions import Break, Change, Drop, Put, Revision
from legation.store import backups, engines, migrating
from legation.store.chain import START, Key, chained, first_break, line_of, moves, paired
from legation.store.rows import keepable, named, table_of, to_row, to_value
from legation.store.shelf import ROW, Shelf
from legation.store.tables import facts, records, revisions

T = TypeVar("T")
MANY = 100  # names asked for in one query


class Store:
    """A record of revisions. Every read may be as of an earlier one; `commit` is the only way to write."""

    def __init__(self, where: str | Path, *, create: bool = False, keep: int = 0) -> None:
        """Open a registry; raise NotFoundError where there is none, OutOfDateError where its tables are older.

        keep: bytes of what was read that are kept decoded, for a process that reads the same again and again
        """
        self.shelf = Shelf(keep)
        self.url = engines.url_of(where)
        file = engines.file_of(self.url)
        if file and not create and not file.is_file():
            raise NotFoundError(f"There is no registry at {file}.", hint="Make one: legation registry init")
        self.engine = engines.open_engine(self.url)
        with ExitStack() as failing:
            failing.callback(self.close)
            if create and migrating.shape_of(self.engine) is None:
                with self._writing() as connection:
                    migrating.upgrade(connection)
            migrating.refuse_other(self.engine)
            failing.pop_all()

    def __enter__(self) -> Self:
        """Use the store in a block."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Let go of the database."""
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @classmethod
    def restored(cls, source: Path, where: str | Path) -> Self:
        """Make a registry of a backup, all of it or none; raise InvalidError where the backup does not hold."""
        file = engines.file_of(engines.url_of(where))
        new = file is not None and not file.exists()
        engine = engines.open_engine(engines.url_of(where))
        with ExitStack() as failing:
            if file and new:
                failing.callback(file.unlink, missing_ok=True)
            failing.callback(engine.dispose)  # before: the last to close a file of SQLite removes what it has beside it
            with engine.connect() as connection:
                _restore(engines.writing(connection), source)
                connection.commit()
            failing.pop_all()
        engine.dispose()
        return cls(where)

    @staticmethod
    def migrate(where: str | Path) -> str:
        """Bring the tables of a registry to the newest shape, and return its name."""
        engine = engines.open_engine(engines.url_of(where))
        try:
            with engine.connect() as connection:
                migrating.upgrade(engines.writing(connection))
                connection.commit()
        finally:
            engine.dispose()
        return migrating.newest()

    def backup(self, target: Path) -> int:
        """Write all revisions as of this moment to a file; return how many. Others may write meanwhile.

        Raise RefusedError where the record was tampered with: such a backup could not be restored.
        """
        with self._reading() as connection:
            broken = first_break(connection)
            if broken:
                raise RefusedError(
                    f"Revision {broken.revision} does not verify: {broken.what}.",
                    hint="Keep the database as it is with its own tools, and restore the last backup that verifies.",
                )
            return backups.write(connection, target)

    @contextmanager
    def _reading(self, at: int | None = None) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            reading = engines.reading(connection)
            if at:
                _refuse_future(connection, at)
            yield reading
            connection.rollback()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield engines.writing(connection)
            connection.commit()

    # Writing

    def commit(
        self, changes: Sequence[Change], *, actor: str, reason: str, at: datetime, read: int | None = None
    ) -> Revision:
        """Record changes as one revision, all of them or none.

        read: the revision the writer had before it, where it minds: ConflictError if what it changes was changed
        since. Raise RefusedError without an actor, a reason, a time zone or a change, for one thing changed twice, and
        for another value under the digest of a frozen one;
        InvalidError for a value that could not be read back as it is; NotFoundError for nothing to drop.
        """
        _refuse_unsigned(changes, actor, reason, at)
        _refuse_unsealed(changes)
        made = {_key(c): to_row(c.kind, c.value) if isinstance(c, Put) else None for c in changes}
        with self._writing() as connection:
            return _write(connection, made, (actor.strip(), reason.strip(), at.astimezone(UTC)), read)

    # Reading

    @property
    def head(self) -> Revision | None:
        """Return the last revision, or None while there is none."""
        with self._reading() as connection:
            return _head(connection)

    def expect(self, number: int) -> None:
        """Raise NotFoundError where a revision is not there yet."""
        with self._reading(number):
            pass

    def get(self, kind: str, id_: str, *, scope: str = "", at: int | None = None) -> Any:  # noqa: ANN401
        """Return a value as of a revision (the last by default), or None."""
        return self.all(kind, scope=scope, at=at, only=id_).get(id_)

    def all(self, kind: str, *, scope: str = "", at: int | None = None, only: str = "") -> dict[str, Any]:
        """Return the values of a kind by id, in their order, as of a revision (the last by default)."""
        with self._reading(at) as connection:
            place = self.shelf.place(connection, scope, (kind,), at)
            if place is None:
                return _values(connection, kind, scope, at, only)[0]
            whole = self.shelf.find((place, scope, kind, ""))
            if whole is not None:
                return {only: whole[only]} if only in whole else {} if only else dict(whole)
            key = (place, scope, kind, only)
            found = self.shelf.find(key) if only else None
            if found is None:
                found, weight = _values(connection, kind, scope, at, only)
                self.shelf.keep(key, found, weight)
            return dict(found)

    def made(
        self, name: str, scope: str, kinds: Collection[str], make: Callable[[int], T], *, at: int | None = None
    ) -> T:
        """Return what is made of the values of kinds of a scope as of a revision: once for each state of them.

        name: what it is, apart from all else that is made of them; make: makes it of what is on record as of the
        revision it is given, and of nothing else
        """
        with self._reading(at) as connection:
            place = self.shelf.place(connection, scope, kinds, at)
            if place is None:
                last = _head(connection) if at is None else None
        if place is None:
            return make(at if at is not None else last.number if last else 0)
        key = (place, scope, "", name)
        found: T | None = self.shelf.find(key)
        if found is not None:
            return found
        with self.shelf.making(key):
            found = self.shelf.find(key)
            if found is None:
                found = make(place[1])
                weight = self.shelf.weight(place, scope, kinds)
                if weight is not None:
                    self.shelf.keep(key, found, weight)
        return found

    def version(self, kind: str, id_: str, *, scope: str = "", at: int | None = None) -> int | None:
        """Return the revision that wrote what holds as of a revision, or None where nothing does."""
        table = table_of(kind)
        query = _named(select(table.c.since), table, kind, scope, id_).where(_holds(table, at))
        with self._reading(at) as connection:
            return connection.execute(query).scalar()

    def touched(self, scope: str, *, kinds: Collection[str] = (), at: int | None = None) -> int:
        """Return the last revision, as of one, that touched anything of a scope, or of kinds; 0 where none did."""
        with self._reading(at) as connection:
            place = self.shelf.place(connection, scope, kinds, at)
            return place[1] if place else connection.scalar(_last_touch(scope, kinds, at)) or 0

    def scopes(self, kind: str, *, at: int | None = None) -> tuple[str, ...]:
        """Return the scopes that hold anything of a kind, sorted."""
        table = table_of(kind)
        query = _named(select(table.c.scope).distinct(), table, kind, None, "").where(_holds(table, at))
        with self._reading(at) as connection:
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
            with moves(connection, number, number) as steps:
                pairs = paired(move for _number, step in steps for move in step)
            for key, (put, _dropped) in sorted(pairs.items()):
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
            return first_break(connection)


# Writing


def _refuse_unsigned(changes: Sequence[Change], actor: str, reason: str, at: datetime) -> None:
    if not actor.strip() or not reason.strip():
        raise RefusedError("A revision needs an actor and a reason.", hint="Say who changes the record, and why.")
    keepable(actor, reason)
    if at.tzinfo is None:
        raise RefusedError("A revision needs a time with its zone.")
    if not changes:
        raise RefusedError("There is nothing to change.")
    counted = Counter(_key(change) for change in changes)
    for (scope, kind, id_), times in counted.items():
        named(scope, kind, id_)
        if times > 1:
            raise RefusedError(f"One revision changes {kind} {id_} twice.")


def _refuse_unsealed(changes: Sequence[Change]) -> None:
    """Let nothing stand under a digest but the value it is of."""
    for change in changes:
        if change.kind in codec.SEALED and (isinstance(change, Drop) or codec.digest(change.value) != change.id):
            raise RefusedError(
                f"The {change.kind} {change.id[:12]} is frozen by its digest.", hint="Put another one on record."
            )


def _write(
    connection: Connection,
    made: Mapping[Key, dict[str, Any] | None],
    signed: tuple[str, str, datetime],
    read: int | None,
) -> Revision:
    """Write a revision: close the rows it replaces or drops, add the rows it was made of, and chain it."""
    actor, reason, at = signed
    last = _head(connection)
    number = last.number + 1 if last else 1
    if read is not None:
        _refuse_stale(connection, made, read, number)
    current = _current(connection, made)
    absent = next((key for key, row in made.items() if not row and not current[key]), None)
    if absent:
        raise NotFoundError(f"There is no {absent[1]} {absent[2]} to drop.")
    rows = _placed(connection, made, current)
    lines = [line_of(key, row, current[key]) for key, row in rows.items()]
    at = max(at, last.at) if last else at  # clocks differ; the record's time never runs backwards
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


def _placed(
    connection: Connection, made: Mapping[Key, dict[str, Any] | None], current: Mapping[Key, RowMapping | None]
) -> dict[Key, dict[str, Any] | None]:
    """Give each row its name and place: what was there keeps its place, what is new goes to the end."""
    ends: dict[tuple[str, str], int] = {}
    placed: dict[Key, dict[str, Any] | None] = dict.fromkeys(made)
    for key, row in made.items():
        held = current[key]
        if row and held:
            placed[key] = row | {"scope": key[0], "id": key[2], "position": held["position"]}
        elif row:
            ends[key[:2]] = (ends.get(key[:2]) or _end(connection, key)) + 1
            placed[key] = row | {"scope": key[0], "id": key[2], "position": ends[key[:2]]}
    return placed


def _end(connection: Connection, key: Key) -> int:
    table = table_of(key[1])
    return connection.scalar(_named(select(func.max(table.c.position)), table, key[1], key[0], "")) or 0


def _refuse_stale(connection: Connection, keys: Iterable[Key], read: int, number: int) -> None:
    """Refuse to change what was put or dropped after the revision that the writer read."""
    if read >= number:
        raise ConflictError(f"There is no revision {read}, which you say you read.", hint="Read the record again.")
    newer: dict[Key, int] = {}
    for table, scope, kind, ids in _groups(keys):
        touched = or_(table.c.since > read, table.c.until > read)
        query = _named(select(table.c.id, table.c.since, table.c.until), table, kind, scope, "").where(touched)
        for id_, since, until in connection.execute(_among(query, table, ids)):
            if id_ in ids:
                newer[scope, kind, id_] = max(newer.get((scope, kind, id_), 0), since, until or 0)
    if newer:
        (_scope, kind, id_), since = next(iter(newer.items()))
        more = f", and {len(newer) - 1} more" if len(newer) > 1 else ""
        raise ConflictError(
            f"Revision {since} changed {kind} {id_}{more} after revision {read}, which you read.",
            hint="Read it again, and make your change on what it says now.",
        )


def _restore(connection: Connection, source: Path) -> None:
    migrating.upgrade(connection)
    backups.read(connection, source)
    broken = first_break(connection)
    if broken:
        raise InvalidError(f"The backup does not verify: revision {broken.revision}, {broken.what}.")


# Queries


def _values(connection: Connection, kind: str, scope: str, at: int | None, only: str) -> tuple[dict[str, Any], int]:
    """Return the values of a kind by id, in their order, and how many bytes of text they take."""
    table = table_of(kind)
    query = _named(select(table), table, kind, scope, only).where(_holds(table, at))
    found, weight = dict[str, Any](), 0
    for row in connection.execute(query.order_by(table.c.position, table.c.id)).mappings():
        found[row["id"]] = to_value(kind, dict(row))
        weight += len(row["body"]) if table is records else ROW
    return found, weight


def _key(change: Change) -> Key:
    return change.scope, change.kind, change.id


def _named(query: Select[Any], table: Table, kind: str, scope: str | None, id_: str) -> Select[Any]:
    if table is records and kind:
        query = query.where(table.c.kind == kind)
    if scope is not None:
        query = query.where(table.c.scope == scope)
    return query.where(table.c.id == id_) if id_ else query


def _holds(table: Table, at: int | None) -> ColumnElement[bool]:
    if at is None:
        return table.c.until.is_(None)
    return and_(table.c.since <= at, or_(table.c.until.is_(None), table.c.until > at))


def _groups(keys: Iterable[Key]) -> Iterator[tuple[Table, str, str, set[str]]]:
    """Sort names by what one query can ask for: scope and kind."""
    sorted_: dict[tuple[str, str], set[str]] = {}
    for scope, kind, id_ in keys:
        sorted_.setdefault((scope, kind), set()).add(id_)
    for (scope, kind), ids in sorted_.items():
        yield table_of(kind), scope, kind, ids


def _among(query: Select[Any], table: Table, ids: set[str]) -> Select[Any]:
    """Ask for a few by name; many are picked from all there are."""
    return query.where(table.c.id.in_(sorted(ids))) if len(ids) <= MANY else query


def _current(connection: Connection, keys: Iterable[Key]) -> dict[Key, RowMapping | None]:
    """Return what holds under each name."""
    found: dict[Key, RowMapping | None] = dict.fromkeys(keys)
    for table, scope, kind, ids in _groups(found):
        query = _named(select(table), table, kind, scope, "").where(_holds(table, None))
        for row in connection.execute(_among(query, table, ids)).mappings():
            if row["id"] in ids:
                found[scope, kind, row["id"]] = row
    return found


def _refuse_future(connection: Connection, at: int) -> None:
    """Refuse to read as of a revision that is not there yet: it will say something else once it is."""
    last = connection.scalar(select(func.max(revisions.c.number))) or 0
    if at > last:
        known = f"The last is {last}." if last else "There is none yet."
        raise NotFoundError(f"There is no revision {at}. {known}", hint="legation history lists them.")


def _head(connection: Connection) -> Revision | None:
    row = connection.execute(select(revisions).order_by(revisions.c.number.desc()).limit(1)).mappings().first()
    return _revision(row) if row else None


def _revision(row: RowMapping) -> Revision:
    return Revision(row["number"], datetime.fromisoformat(row["at"]), row["actor"], row["reason"], row["digest"])


def _stamp(at: datetime) -> str:
    """Write a moment so that texts stand in the order of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _last_touch(scope: str, kinds: Collection[str], at: int | None) -> Select[Any]:
    found = union(*(select(_touched(kind, "", scope).subquery()) for kind in kinds or ("",))).subquery()
    query = select(func.max(found.c[0]))
    return query if at is None else query.where(found.c[0] <= at)


def _touched(kind: str, id_: str, scope: str | None) -> CompoundSelect[Any]:
    tables = [table_of(kind)] if kind else [records, facts]
    ends = [(table, column) for table in tables for column in (table.c.since, table.c.until)]
    return union(*(_named(select(c), t, kind, scope, id_).where(c.is_not(None)) for t, c in ends))
