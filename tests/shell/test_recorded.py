"""Verbs on a case that is on record: as of a revision or a day, under a scenario, as of the exported folder."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from legation.cli.main import door
from legation.cli.registry import CASES
from legation.sources import convert

CASE = "ruritania"


@pytest.fixture
def call(call: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return how to call the command line in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return call


@pytest.fixture
def recorded(call: Any, tmp_path: Path) -> Any:
    """Put the small case on record, then with a post less; return how to call the command line."""
    assert call("registry", "init")[0] == 0
    assert call("registry", "import", CASE)[0] == 0
    folder = tmp_path / "work"
    convert(CASE, folder, name=CASE)
    posts = (folder / "posts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "posts.csv").write_text("".join(line for line in posts if not line.startswith("GRK-haven")))
    assert call("registry", "import", "work")[0] == 0
    return call


@pytest.mark.parametrize(
    "verb",
    [
        ("network", CASE),
        ("reciprocity", CASE),
        ("claims", CASE),
        ("questions", CASE),
        ("appraise", CASE),
        ("problem", CASE),
        ("law", CASE),
        ("why", CASE, "SDA", "--short"),
    ],
)
def test_a_verb_says_of_a_case_on_record_what_it_says_of_its_folder(recorded: Any, verb: tuple[str, ...]) -> None:
    """The same answer and exit code, and nothing of where it was put in between."""
    told = recorded(*verb, "--json")
    assert told[0] == 0
    assert recorded(*verb, "--json", "--on-record", "--at", 1) == told
    assert recorded(*verb, "--on-record", "--registry", "other.db")[0] == 2


def test_it_is_the_case_as_it_was_by_then_or_is_now(recorded: Any) -> None:
    """The post that was dropped is in the first revision and in what was known before it was dropped."""
    assert "GRK-haven" in recorded("network", CASE, "--on-record", "--at", 1, "--trace")[1]
    assert "GRK-haven" not in recorded("network", CASE, "--on-record", "--trace")[1]


def test_every_verb_on_a_case_takes_one_on_record() -> None:
    """By what the first argument is called; what writes a case as it is has its own verb on the registry."""
    command: Any = typer.main.get_command(door())
    on_cases = {
        name: {p.name for p in verb.params}
        for name, verb in command.commands.items()
        if verb.params and verb.params[0].name in CASES and name != "history"
    }
    assert {name for name, options in on_cases.items() if "on_record" not in options} == {"export"}
    assert {"network", "plan", "stress", "compare", "weights"} <= on_cases.keys()


def test_plans_of_scenarios_are_put_to_the_law_with_their_scenario(recorded: Any) -> None:
    """Without it they answer another problem, and what to do is said; both cases of compare may be on record."""
    assert recorded("scenario", "add", CASE, "lean", "ceilings=0.7")[0] == 0
    assert recorded("plan", CASE, "--on-record", "--scenario", "lean", "-o", "lean.json")[0] == 0
    code, _, err = recorded("law", CASE, "--plan", "lean.json")
    assert code == 4
    assert "--on-record --scenario NAME" in " ".join(err.split())
    assert recorded("law", CASE, "--plan", "lean.json", "--on-record")[0] == 4
    assert recorded("law", CASE, "--plan", "lean.json", "--on-record", "--scenario", "lean")[0] == 0
    assert recorded("plan", CASE, "--on-record", "--scenario", "meagre")[0] == 2
    code, out, _ = recorded("compare", CASE, CASE, "--on-record", "--json")
    assert code == 0
    assert json.loads(out)["first"] == CASE


def test_a_revision_that_is_not_there_is_refused(recorded: Any) -> None:
    """By its number, not by the next: of two, of a case, of a list."""
    for asked in (("diff", 1, 30), ("diff", 30, 1), ("network", CASE, "--on-record", "--at", 30)):
        code, _, err = recorded(*asked)
        assert code == 2
        assert "There is no revision 30. The last is" in err
    assert recorded("registry", "export", CASE, "there", "--at", 30)[0] == 2
    assert recorded("review", "list", "--at", 30)[0] == 2


def test_options_of_the_record_are_not_passed_over(recorded: Any) -> None:
    """Without --on-record they mean nothing, and say so; a dossier is no case."""
    for options in (("--at", 1), ("--known-on", "2026-11-24"), ("--scenario", "lean")):
        code, _, err = recorded("network", CASE, *options)
        assert code == 2
        assert "add --on-record" in " ".join(err.split())
    assert recorded("law", CASE, "--on-record", "--dossier")[0] == 2
    assert recorded("network", CASE, "--on-record", "--known-on", "2000-01-01")[0] == 2


def test_notes_are_told_where_no_report_tells_them(call: Any) -> None:
    """The first of each kind and how many more; a verb that makes a report points there."""
    told = " ".join(call("problem", "kazakhstan-2012", "-o", "problem.json")[2].split())
    assert "is recorded with low confidence" in told
    assert "(6 more of post-unproven)" in told
    assert "report" not in told
