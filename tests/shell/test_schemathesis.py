"""What the description of the API allows and forbids is said to it, on both databases; `tools/fuzz.py` says more."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


def load() -> Any:
    """Load tools/fuzz.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("fuzz", ROOT / "tools" / "fuzz.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["fuzz"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def fuzz() -> Any:
    """Load the tool and tell it what files are."""
    pytest.importorskip("schemathesis")
    module = load()
    module.files()
    return module


@pytest.fixture(params=["sqlite", "postgresql"])
def subject(request: pytest.FixtureRequest, fuzz: Any, make_database: Callable[[str], str]) -> Iterator[Any]:
    """Open the app on a new registry with something of everything."""
    opened = fuzz.Subject(make_database(request.param))
    yield opened
    opened.close()


@pytest.mark.parametrize("who", ["everybody", "administrator", "nobody"])
def test_the_api_holds_to_its_description(fuzz: Any, subject: Any, who: str) -> None:
    """Every operation is asked, nothing breaks, and every check of the library passes."""
    found = fuzz.fuzz(subject, who, examples=2, phases=["examples", "fuzzing"])
    assert found.failures == {}
    assert found.errors == []
    assert max(found.statuses) < 500
    described = {f"{m.upper()} {p}" for p, item in subject.app.openapi_schema["paths"].items() for m in item}
    assert found.operations == described - {"GET /api/v1/openapi.json"}  # which was read to begin with
    assert (found.statuses.get(201, 0) > 0) == (who != "nobody")
    assert subject.room.store.verify() is None
