"""What the registry endures: killed writers, other shapes of its tables, backups under load, a change of database."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, func, insert, select
from sqlalchemy.exc import DBAPIError

from legation.model.revisions import Drop
from legation.store import Store, migrating
from legation.store.tables import metadata, records

TOOLS = Path(__file__).parents[2] / "tools"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KILLS = 15
DATABASES = ("sqlite", "postgresql")
Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def crash(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the tool that kills writers."""
    monkeypatch.syspath_prepend(str(TOOLS))
    import crash

    return crash


# Killed writers


def test_a_killed_writer_loses_nothing_and_leaves_no_half(where: str, crash: ModuleType) -> None:
    """At any instruction: every acknowledged revision is there, whole, and the chain holds."""
    tally = crash.crash(where, KILLS, seed=7)
    assert tally.kills == KILLS
    assert tally.acknowledged > KILLS
    assert tally.faults == []


def test_the_look_after_a_crash_can_find_faults(where: str, crash: ModuleType) -> None:
    """A lost revision, and one that was written in part, are seen."""
    tally = crash.Tally()
    with Store(where, create=True) as store:
        store.commit(crash.puts(1), actor="writer", reason="1", at=NOON)
        store.commit([*crash.puts(2)[1:], Drop("post", "once1")], actor="writer", reason="2", at=NOON)
    crash.look(where, 3, tally)
    assert tally.faults == ["3 were acknowledged, 2 are there", "revision 2 is there in part"]


# Other shapes


def test_tables_are_what_the_migrations_make(store: Store) -> None:
    """Neither more nor less than the code reads."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_keep_what_is_in_the_tables(store: Store, crash: ModuleType) -> None:
    """Down one shape and up again, through all of them: what still has a place stands there unchanged."""
    crowd(store, crash)
    full = rows_of(store)
    assert all(full.values()), "every table holds something"
    _newest, *older = (shape.revision for shape in script().walk_revisions())
    assert older
    for target in (*older, "base"):
        with store._writing() as connection:
            migrating.downgrade(connection, target)
        assert_kept(full, rows_of(store))
        assert migrating.shape_of(store.engine) == (target if target != "base" else None)
        if target != "base":
            up_and_down(store, target, full)
    with store._writing() as connection:
        migrating.upgrade(connection)
    assert not any(rows_of(store).values())
    made = store.commit(crash.puts(1), actor="a", reason="Anew", at=NOON)
    with pytest.raises(DBAPIError, match=r"never|closed"), store._writing() as connection:
        connection.execute(records.delete())
    assert (made.number, store.verify()) == (1, None)


def up_and_down(store: Store, shape: str, full: Rows) -> None:
    """Bring an older registry to the newest shape: the record reads as before and goes on; then go back."""
    with store._writing() as connection:
        migrating.upgrade(connection)
    assert_kept({name: full[name] for name in ("revisions", "records", "facts")}, rows_of(store))
    assert store.verify() is None
    with store._writing() as connection:
        migrating.downgrade(connection, shape)


def test_a_migration_that_fails_changes_nothing(
    store: Store, crash: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it or none: its tables and what is in them are as before."""
    crowd(store, crash)
    with store._writing() as connection:
        migrating.downgrade(connection, "0001")
    before = rows_of(store)

    def fail(connection: object) -> None:
        migrating.command.upgrade(migrating._config(connection), "head")
        raise OSError("The disk is full.")

    monkeypatch.setattr(migrating, "upgrade", fail)
    with pytest.raises(OSError, match="disk"):
        Store.migrate(store.url.render_as_string(hide_password=False))
    assert rows_of(store) == before
    assert migrating.shape_of(store.engine) == "0001"


def script() -> ScriptDirectory:
    """Return the migrations there are."""
    return ScriptDirectory.from_config(migrating._config())


def crowd(store: Store, crash: ModuleType) -> None:
    """Put something into every table."""
    for number in (1, 2, 3):
        drops = [Drop("post", f"once{number - 1}")] if number > 1 else []
        store.commit([*crash.puts(number), *drops], actor="a", reason=str(number), at=NOON)
    with store._writing() as connection:
        for table in metadata.sorted_tables:
            if not connection.scalar(select(func.count()).select_from(table)):
                connection.execute(insert(table), {c.name: some(c) for c in table.c if c.name != "row"})


def some(column: Any) -> object:
    """Return something for a column."""
    if column.foreign_keys or column.name in ("name", "account"):
        return "somebody"
    kind = column.type.python_type
    return "2026-01-01" if kind is str else kind(1)


def rows_of(store: Store) -> Rows:
    """Return every row of every table that is there, as it is there."""
    found = MetaData()
    with store.engine.connect() as connection:
        found.reflect(connection)
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(select(table)).mappings()),
                key=lambda row: [str(x) for x in row.values()],
            )
            for table in found.sorted_tables
            if table.name != "alembic_version"
        }


def assert_kept(before: Rows, now: Rows) -> None:
    """See that what still has a place stands there unchanged."""
    for name, rows in now.items():
        held = before.get(name, rows)
        columns = {*rows[0]} & {*held[0]} if rows and held else set()
        kept = [[{c: v for c, v in row.items() if c in columns} for row in found] for found in (rows, held)]
        assert kept[0] == kept[1]


# Backups


@contextmanager
def writing(where: str, crash: ModuleType, writers: int) -> Iterator[None]:
    """Have others write all the time."""
    context = multiprocessing.get_context("spawn")
    hear, told = context.Pipe(duplex=False)
    busy = [context.Process(target=crash.write, args=(where, told), daemon=True) for _ in range(writers)]
    try:
        for process in busy:
            process.start()
        hear.recv()
        yield
        assert all(process.is_alive() for process in busy)
    finally:
        for process in busy:
            process.kill()
            process.join()


def test_a_backup_taken_under_load_restores_whole(
    where: str, crash: ModuleType, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    """While somebody writes: each holds more than the one before, its chain holds, nothing is there by halves."""
    Store(where, create=True).close()
    with writing(where, crash, 1), Store(where) as store:
        counts = []
        for n in range(4):
            counts.append(store.backup(tmp_path / f"{n}.backup"))
            until_more(store, counts[-1])
    assert counts == sorted(set(counts))
    for n, count in enumerate(counts):
        with Store.restored(tmp_path / f"{n}.backup", make_database("sqlite")) as again:
            assert again.verify() is None
            assert again.head
            assert again.head.number == count
            assert not crash.half(again, count)


def until_more(store: Store, count: int) -> None:
    """Wait until somebody has written more."""
    while not store.head or store.head.number < count + 2:
        time.sleep(0.01)


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_a_registry_moves_to_the_other_database(
    source: str, target: str, crash: ModuleType, make_database: Callable[[str], str], tmp_path: Path
) -> None:
    """By its backup: the same record, which backs up to the same bytes and goes on where it was."""
    first, second = tmp_path / "first", tmp_path / "second"
    with Store(make_database(source), create=True) as store:
        crowd(store, crash)
        store.backup(first)
        with Store.restored(first, make_database(target)) as moved:
            assert moved.head == store.head
            assert moved.all("post", at=2) == store.all("post", at=2)
            moved.backup(second)
            assert first.read_bytes() == second.read_bytes()
            for registry in (store, moved):
                registry.commit(crash.puts(4), actor="a", reason="On", at=NOON + timedelta(days=1))
            assert moved.head == store.head
