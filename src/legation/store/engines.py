"""Engines: how SQLite and PostgreSQL are opened, and how a writer waits for its turn on each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from legation.errors import InvalidError

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
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # transactions are begun by us, not by the driver
    for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on", f"busy_timeout={PATIENCE}"):
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
        connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    return connection
