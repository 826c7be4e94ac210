"""Let the tests of the shell share what they are made from."""

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an empty registry, to be copied."""
    from legation.store import Store

    path = tmp_path_factory.mktemp("empty") / "legation.db"
    Store(path, create=True).close()
    return path


@pytest.fixture
def door(tmp_path: Path, empty: Path) -> Iterator[Any]:
    """Open the web door on a new registry."""
    from visitors import Door

    from legation.settings import Settings

    opened = Door(Settings(registry=str(copy(empty, tmp_path / "legation.db"))))
    yield opened
    opened.close()


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """Run a scheduler of Dask and two workers; return its address."""
    pytest.importorskip("distributed")
    from clusters import cluster

    with cluster(tmp_path) as address:
        yield address


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Any:
    """Return how to call the command line: exit code, stdout, stderr."""
    from legation.cli.main import main

    def run(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        return (int(stop.value.code or 0), *capfd.readouterr())

    return run
