"""A plan through review by the command line, for machines: five people, one counter-proposal, what each is refused."""

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from legation.cli.main import main

Call = Callable[..., Any]
ID = "ruritania-1"


@pytest.fixture
def legation(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line as somebody, insist on its exit code, and return what it printed as JSON."""
    monkeypatch.chdir(tmp_path)

    def call(who: str, *arguments: object, code: int = 0) -> Any:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([*(str(a) for a in arguments), "--as", who, "--json"])
        out, err = capfd.readouterr()
        assert (stop.value.code or 0) == code, err
        return json.loads(out)

    with pytest.raises(SystemExit):
        main(["registry", "init"])
    call("aizhan", "registry", "import", "ruritania")
    for name, *roles in (
        ("aizhan", "administrator", "planner"),
        ("bolat", "head"),
        ("dina", "finance"),
        ("erlan", "government"),
        ("gulnar", "reader"),
    ):
        call("aizhan", "people", "add", name, *(f"--role={role}" for role in roles))
    return call


def test_a_plan_through_review(legation: Call, tmp_path: Path) -> None:
    """From draft by way of a counter-proposal to announcement; each is refused what is not theirs."""
    opened = legation("aizhan", "review", "open", "ruritania", "Two posts more")
    assert (opened["dossier"]["id"], opened["dossier"]["stage"]) == (ID, "draft")
    assert legation("dina", "review", "step", ID, "submit", code=4)["error"] == "forbidden"
    assert legation("gulnar", "review", "show", ID, code=4)["error"] == "forbidden"
    assert legation("nobody", "review", "show", ID, code=4)["error"] == "forbidden"
    assert legation("dina", "review", "show", "ruritania-2", code=2)["error"] == "not-found"
    legation("aizhan", "review", "step", ID, "submit")
    legation("bolat", "review", "step", ID, "endorse")
    legation("dina", "review", "remark", ID, "Why so early?", "--line", "WHV")
    legation("dina", "review", "counter", ID, "ceiling=2030:100", "costs=embassy:1.1", "--name", "hundred")
    beside = legation("dina", "review", "beside", ID, "p1")
    assert beside["counter"]["scenario"] == "hundred"
    assert float(dict(beside["table"]["columns"][1]["new"])[2030]) <= 100
    assert legation("dina", "review", "counter", ID, "celings=0.9", code=1)["error"] == "invalid"
    assert legation("dina", "review", "step", ID, "agree", code=4)["error"] == "refused"
    assert legation("dina", "review", "step", ID, "return", code=4)["error"] == "refused"  # for want of a reason
    legation("dina", "review", "step", ID, "return", "--reason", "See p1")
    legation("aizhan", "review", "answer", ID, "c1", "The fair.")
    legation("aizhan", "review", "adopt", ID, "p1")
    assert legation("bolat", "review", "versions", ID)["measures"]["only"]
    for who, step in (("aizhan", "resubmit"), ("bolat", "endorse"), ("dina", "agree"), ("bolat", "present")):
        legation(who, "review", "step", ID, step)
    assert legation("bolat", "review", "announcement", ID, code=4)["error"] == "refused"  # not approved yet
    legation("erlan", "review", "step", ID, "approve")
    assert legation("aizhan", "review", "revise", ID, code=4)["error"] == "refused"
    legation("bolat", "review", "embargo", ID, "2100-01-01T10:00+01:00")
    assert legation("bolat", "review", "step", ID, "announce", code=4)["error"] == "refused"
    assert not legation("dina", "review", "announcement", ID)["published"]
    assert legation("gulnar", "review", "announcement", ID, code=4)["error"] == "forbidden"
    legation("bolat", "review", "embargo", ID, "none")
    legation("bolat", "review", "step", ID, "announce")
    said = legation("gulnar", "review", "announcement", ID)
    assert said["published"]
    assert said["statement"]["number"] == 1
    assert [d["id"] for d in legation("gulnar", "review", "list")] == [ID]
    assert legation("dina", "review", "show", ID, "--at", opened["revision"])["dossier"]["stage"] == "draft"
    assert legation("gulnar", "review", "papers", ID, "-o", "frozen")["version"]["number"] == 2
    with pytest.raises(SystemExit) as stop:
        main(["check", "frozen/problem.json", "frozen/plan.json"])
    assert not stop.value.code


def test_what_was_announced_cannot_be_edited_behind_the_record(
    legation: Call, capfd: pytest.CaptureFixture[str]
) -> None:
    """The chain names the revision in which a frozen plan was changed."""
    opened = legation("aizhan", "review", "open", "ruritania", "Two posts more")
    with sqlite3.connect("legation.db") as database:
        database.execute("drop trigger keep_records_edit")
        database.execute("update records set body = replace(body, '2030', '2031') where kind = 'plan'")
    database.close()
    capfd.readouterr()
    with pytest.raises(SystemExit) as stop:
        main(["verify", "--json"])
    assert stop.value.code == 1
    assert json.loads(capfd.readouterr().out)["broken"]["revision"] == opened["revision"]


def test_scenarios_by_the_command_line(legation: Call, tmp_path: Path) -> None:
    """Put on record by words or a file, shown, nested, compared and dropped."""
    Path("facts.toml").write_text(
        '[[changes]]\nchange = "scale-facts"\nattribute = "trade"\nfactor = 0.5\n', encoding="utf-8"
    )
    words = ("ceilings=0.8", "staff=1", "costs=embassy:1.1", "costs=0.9", "weight=trade:60", "strike=WHV")
    assert legation("aizhan", "scenario", "add", "ruritania", "idle", *words, code=1)["findings"][0]["row"] == 2
    legation("aizhan", "scenario", "add", "ruritania", "less", "ceilings=0.8", "facts.toml")
    legation("aizhan", "scenario", "add", "ruritania", "later", "postpone=WHV:2031", "--on", "less")
    with pytest.raises(SystemExit):
        main(["scenario", "compare", "ruritania", "baseline", "later", "--json"])
    assert legation("dina", "scenario", "drop", "ruritania", "later", code=4)["error"] == "refused"
    legation("aizhan", "scenario", "drop", "ruritania", "later")
    for word in ("ceilings=-1", "ceiling=120", "postpone=WHV", "costs=NaN", "nothing", "strike"):
        legation("aizhan", "scenario", "add", "ruritania", "wrong", word, code=1)
