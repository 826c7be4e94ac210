"""Long work, by the command line: asked for, done by a worker as of when it was asked, checked, and refused."""

import json
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from legation.cli.main import main

Call = Callable[..., str]


@pytest.fixture
def legation(capfd: pytest.CaptureFixture[str]) -> Call:
    """Call the command line, insist on its exit code, and return what it printed."""

    def call(*arguments: object, code: int = 0) -> str:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        assert (stop.value.code or 0) == code, err
        return out + err

    return call


def test_a_plan_made_by_a_worker(legation: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was recorded after it was asked for does not change it; the result passes the checker."""
    monkeypatch.chdir(tmp_path)
    legation("registry", "init")
    legation("registry", "import", "ruritania", "--as", "aizhan")
    assert "did you mean 'ruritania'" in legation("jobs", "plan", "ruritanja", code=2)
    job = json.loads(legation("jobs", "plan", "ruritania", "--as", "bolat", "--json"))["id"]
    other = json.loads(legation("jobs", "compare", "ruritania", "baseline", "--json"))["id"]
    legation("registry", "import", "kazakhstan-2012", "--as", "aizhan")
    assert "Nothing came" in legation("jobs", "show", job, "-o", "out", code=4)
    assert f"Job {other} is cancelled" in legation("jobs", "cancel", other)
    before = signal.getsignal(signal.SIGTERM)
    assert "jobs taken: 1" in legation("worker", "--once")
    assert signal.getsignal(signal.SIGTERM) == before
    told = legation("jobs", "show", job, "-o", "out")
    assert "As of revision 1. Done." in told
    assert "is right" in legation("check", "out/problem.json", "out/plan.json")
    assert [j["state"] for j in json.loads(legation("jobs", "list", "--json"))] == ["cancelled", "done"]
    assert job not in legation("jobs", "list", "--live")
    assert "ended already" in legation("jobs", "cancel", job, code=4)
