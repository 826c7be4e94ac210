"""Engines: how SQLite and PostgreSQL are opened, and how a writer waits for its turn on each."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError

from legation.errors import InvalidError, NotFoundError, RefusedError

PATIENCE = 30_000  # milliseconds a writer waits for another to finish
LOCK = 7_032_011  # any number: the one advisory lock of a registry on PostgreSQL
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "sqlite": "sqlite"}


def url_of(where: str | Path) -> URL:
    """Read a database's URL, or the path of a file; raise InvalidError for databases we do not run on."""
    if "://" not in str(where):
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(str(where))
    except ArgumentError as error:
        raise InvalidError(f"{where!s} is no URL of a database.", hint=HINT) from error
    driver = DRIVERS.get(url.drivername, url.drivername)
    if driver not in DRIVERS.values():
        raise InvalidError(f"Legation does not run on {url.get_backend_name()}.", hint=HINT)
    return url.set(drivername=driver)


HINT = "Name a file (legation.db), or postgresql://USER@HOST/DATABASE."


def open_engine(url: URL) -> Engine:
    """Make an engine whose transactions begin by taking the writer's turn only where `writing` asks for it."""
    try:
        engine = create_engine(url, pool_pre_ping=url.get_backend_name() != "sqlite")  # a server may restart
    except ModuleNotFoundError as error:
        raise InvalidError("The driver of PostgreSQL is missing.", hint="pip install 'legation[postgres]'") from error
    event.listen(engine, "handle_error", _explain)
    if engine.dialect.name == "sqlite":
        _keep_private(file_of(url))
        event.listen(engine, "connect", _prepare)
    return engine


def file_of(url: URL) -> Path | None:
    """Return the file of a registry on SQLite, None for one on PostgreSQL or in memory."""
    on_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if on_file else None


def _keep_private(file: Path | None) -> None:
    """Make a new file that only its owner reads: it will hold digests of passwords. What cannot be made fails later."""
    with suppress(OSError):
        if file:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))


def _explain(context: ExceptionContext) -> None:
    """Tell in our words what a user can do something about; all else stays as the driver says it."""
    error = context.original_exception
    said = str(error)
    if "database is locked" in said or "lock timeout" in said:
        raise RefusedError(f"Others have been writing for {PATIENCE // 1000} seconds.", hint="Try again.") from error
    if "not a database" in said:
        raise InvalidError("The file is no registry, nor any database.", hint=HINT) from error
    if isinstance(context.sqlalchemy_exception, DataError) or isinstance(error, OverflowError):
        message = "A number is larger than any in a registry, or a text holds a character that none does."
        raise InvalidError(message) from error
    if context.connection is None:
        raise NotFoundError(f"The database cannot be reached: {said.splitlines()[0]}.", hint=HINT) from error


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # transactions are begun by us, not by the driver
    for pragma in (f"busy_timeout={PATIENCE}", "journal_mode=wal", "synchronous=full", "foreign_keys=on"):
        connection.execute(f"pragma {pragma}")


def reading(connection: Connection) -> Connection:
    """Begin to read: everything read on this connection is as of one moment."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("begin")
    else:
        connection.execute(text("set transaction isolation level repeatable read, read only"))
    return connection


def writing(connection: Connection) -> Connection:
    """Wait for the writer's turn: one writer at a time, on either database."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("begin immediate")
    else:
        connection.execute(text(f"set local lock_timeout = {PATIENCE}"))
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    return connection
