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


def test_questions_are_asked_by_the_same_fields_as_over_http(
    legation: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is done by a worker; what is no question, no field or no file is refused before it waits."""
    monkeypatch.chdir(tmp_path)
    legation("registry", "init")
    legation("registry", "import", "ruritania", "--as", "aizhan")
    Path("cities.csv").write_text("id,lat,lon,demand\nA,50,8,10\nB,50,9,1\nC,50,20,9\n", encoding="utf-8")
    asked = (
        ("why", "ruritania", "site=WHV", "takes=false"),
        ("why-not", "ruritania", "site=SDA", "form=embassy", "takes=false"),
        ("alternatives", "ruritania", "scenarios=baseline", "within=0.1"),
        ("stress", "ruritania", "count=20", "weights=ordinal"),
        ("locate", "text=@cities.csv", "p=2"),
    )
    jobs = [json.loads(legation("jobs", "ask", *words, "--json"))["id"] for words in asked]
    assert "no job 'wy'" in legation("jobs", "ask", "wy", "ruritania", code=2)
    assert "strange" in legation("jobs", "ask", "why", "ruritania", "site=WHV", "strange=1", code=1)
    assert "no file" in legation("jobs", "ask", "locate", "text=@nowhere.csv", code=2)
    assert "no case" in legation("jobs", "ask", "locate", "ruritania", "text=@cities.csv", code=4)
    assert "One case" in legation("jobs", "ask", "why", "ruritania", "twin", "site=WHV", code=2)
    assert "jobs taken: 5" in legation("worker", "--once")
    assert [j["state"] for j in json.loads(legation("jobs", "list", "--json"))] == ["done"] * 5
    told = legation("jobs", "show", jobs[-1], "-o", "out")
    assert f"Job {jobs[-1]}, locate of cities.csv, for" in told
    assert {p["site"] for p in json.loads(Path("out/siting.json").read_text(encoding="utf-8"))["opened"]} == {"A", "C"}
    legation("jobs", "show", jobs[0], "-o", "out")
    assert json.loads(Path("out/why.json").read_text(encoding="utf-8"))["worth"] is None
