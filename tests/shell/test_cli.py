"""The command line: what goes where, exit codes, help, and pure JSON."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from legation.cli.main import app, main

VERBS: Any = typer.main.get_command(app).commands  # type: ignore[attr-defined]
JSON_CALLS = [
    ["cases"],
    ["rules"],
    ["network", "ruritania"],
    ["reciprocity", "ruritania"],
    ["appraise", "ruritania"],
    ["problem", "ruritania"],
    ["plan", "ruritania"],
]


@dataclass
class Run:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return what was printed as JSON."""
        return json.loads(self.out)


Call = Callable[..., Run]


@pytest.fixture
def legation(capfd: pytest.CaptureFixture[str]) -> Call:
    """Call the command line in this process."""

    def call(*arguments: object) -> Run:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        code = stop.value.code
        return Run(code if isinstance(code, int) else int(code is not None), *capfd.readouterr())

    return call


@pytest.fixture
def case(legation: Call, tmp_path: Path) -> Path:
    """Make a case folder to spoil."""
    folder = tmp_path / "case"
    assert legation("new", folder).code == 0
    return folder


def change(path: Path, old: str, new: str) -> None:
    """Replace a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# Help


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_shows_an_example(verb: str, legation: Call) -> None:
    run = legation(verb, "--help")
    assert run.code == 0
    assert f"Example: legation {verb}" in " ".join(run.out.split())
    assert "--json" in run.out


def test_help_lists_every_verb(legation: Call) -> None:
    run = legation("--help")
    assert run.code == 0
    assert all(verb in run.out for verb in VERBS)
    assert "Exit codes" in run.out


def test_version(legation: Call) -> None:
    run = legation("--version")
    assert (run.code, run.out.split()[0]) == (0, "legation")


# What goes where


@pytest.mark.parametrize("arguments", JSON_CALLS, ids=" ".join)
def test_json_is_all_there_is_on_stdout(arguments: list[str], legation: Call) -> None:
    run = legation(*arguments, "--json")
    assert run.code == 0
    assert run.data


def test_json_is_pure_in_a_process_of_its_own() -> None:
    """HiGHS greets on the file descriptor of stdout, which no capture inside Python would show."""
    call = [sys.executable, "-c", "from legation.cli.main import main; main()", "plan", "ruritania", "--json"]
    run = subprocess.run(call, capture_output=True, text=True, check=True)
    assert json.loads(run.stdout)["format"] == "legation-plan/1"
    assert "\x1b" not in run.stdout + run.stderr


def test_no_colour_without_a_terminal(legation: Call) -> None:
    run = legation("plan", "ruritania")
    assert run.code == 0
    assert "\x1b" not in run.out + run.err


# Exit codes


@pytest.mark.parametrize(
    "arguments",
    [["plan", "ruritania", "--sekonds", "1"], ["plan"], ["pln"], ["network", "ruritania", "--on", "29 July"]],
    ids=" ".join,
)
def test_wrong_usage(arguments: list[str], legation: Call) -> None:
    run = legation(*arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err


def test_missing_case_is_suggested(legation: Call) -> None:
    run = legation("plan", "ruritanja")
    assert run.code == 2
    assert "ruritania" in run.err
    assert "Traceback" not in run.err


def test_missing_case_as_json(legation: Call) -> None:
    run = legation("plan", "ruritanja", "--json")
    assert run.code == 2
    assert run.data["error"] == "not-found"


def test_broken_case_names_the_place(legation: Call, case: Path) -> None:
    path = case / "posts.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("embassy", "embasy", 1), encoding="utf-8")
    run = legation("plan", case)
    assert (run.code, run.out) == (1, "")
    assert "posts.csv, row 3, column form" in run.err
    assert "Traceback" not in run.err


def test_infeasible_case_names_the_conflict(legation: Call, case: Path) -> None:
    settings = case / "case.toml"
    years = legation("problem", case).data["brief"]["years"]
    amounts = ", ".join(f"{year} = 1" for year in years)
    rule = f'\n[[rules]]\nrule = "ceiling"\nmoney = "total"\nscope = "whole"\namounts = {{ {amounts} }}\n'
    settings.write_text(settings.read_text(encoding="utf-8") + rule, encoding="utf-8")
    run = legation("plan", case, "--json")
    assert run.code == 3
    assert run.data["error"] == "infeasible"
    assert run.data["conflict"]
    assert run.data["relaxations"]
    assert "In conflict" in run.err


@pytest.fixture
def proof(legation: Call, tmp_path: Path) -> tuple[Path, Path]:
    """Write a problem and its plan."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    assert legation("problem", "ruritania", "-o", problem).code == 0
    assert legation("plan", "ruritania", "-o", plan).code == 0
    return problem, plan


def test_a_right_plan_passes(legation: Call, proof: tuple[Path, Path]) -> None:
    run = legation("check", *proof, "--json")
    assert run.code == 0
    assert run.data["right"] is True


def test_a_changed_plan_is_wrong(legation: Call, proof: tuple[Path, Path]) -> None:
    plan = json.loads(proof[1].read_text(encoding="utf-8"))
    plan["proof"]["objective"] = str(2 * float(plan["proof"]["objective"]))
    proof[1].write_text(json.dumps(plan), encoding="utf-8")
    run = legation("check", *proof, "--json")
    assert run.code == 1
    assert run.data["findings"]


def test_a_plan_of_another_problem_is_refused(legation: Call, proof: tuple[Path, Path]) -> None:
    problem = json.loads(proof[0].read_text(encoding="utf-8"))
    proof[0].write_text(json.dumps(problem | {"name": "another"}), encoding="utf-8")
    run = legation("check", *proof)
    assert run.code == 4
    assert "another problem" in run.err


def test_a_file_that_is_not_there(legation: Call, proof: tuple[Path, Path]) -> None:
    run = legation("check", proof[0], proof[1].with_name("none.json"))
    assert run.code == 2
    assert "none.json" in run.err


def test_new_overwrites_nothing(legation: Call, case: Path) -> None:
    before = (case / "case.toml").read_text(encoding="utf-8")
    run = legation("new", case)
    assert run.code == 4
    assert (case / "case.toml").read_text(encoding="utf-8") == before


def test_new_for_an_unknown_state(legation: Call, tmp_path: Path) -> None:
    run = legation("new", tmp_path / "x", "--sender", "ESX")
    assert run.code == 2
    assert "EST Estonia" in run.err
    assert not (tmp_path / "x").exists()
