"""The command line: what goes where, exit codes, help, and pure JSON."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer

from legation.cli.main import ROOMS, door, main
from legation.planning.brief import Forbid
from legation.sources import locate, read_case

VERBS: Any = typer.main.get_command(door()).commands  # type: ignore[attr-defined]
RUNS_UNTIL_STOPPED = {"serve", "worker"}  # they have no result to print
JSON_CALLS = [
    ["cases"],
    ["rules"],
    ["network", "ruritania"],
    ["reciprocity", "ruritania"],
    ["appraise", "ruritania"],
    ["problem", "ruritania"],
    ["plan", "ruritania"],
    ["law", "ruritania"],
    ["why", "ruritania", "WHV"],
    ["why-not", "ruritania", "SDA"],
    ["frontier", "ruritania", "--from", "-5", "--to", "5"],
    ["alternatives", "ruritania"],
    ["weight-ranges", "ruritania"],
    ["compare", "ruritania", "ruritania"],
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


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_of_verbs_is_called_in_for_its_own(room: str) -> None:
    there = typer.Typer()
    import_module(f"legation.cli.{room}").register(there)
    there.callback()(lambda: None)
    assert set(typer.main.get_command(there).commands) == set(ROOMS[room])  # type: ignore[attr-defined]


def test_a_verb_leaves_the_modules_of_others_alone() -> None:
    call = "import sys; from legation.cli.main import door; door('why'); print('legation.cli.atlas' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", call], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False"]


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_help_shows_an_example(verb: str, legation: Call) -> None:
    run = legation(verb, "--help")
    assert run.code == 0
    assert f"Example: legation {verb}" in " ".join(run.out.split())
    inner = getattr(VERBS[verb], "commands", {})  # of a group: the option stands with each that has a result
    told = {name: " ".join(legation(verb, name, "--help").out.split()) for name in inner}
    assert all(f"Example: legation {verb}" in out for out in told.values())
    if verb not in RUNS_UNTIL_STOPPED:
        assert any("--json" in out for out in (told.values() or [run.out]))


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
    run = alone("plan", "ruritania", "--json")
    assert json.loads(run.stdout)["format"] == "legation-plan/1"
    assert "\x1b" not in run.stdout + run.stderr


def test_pipes_are_utf8_whatever_the_locale() -> None:
    assert "2030–2031" in alone("plan", "ruritania", PYTHONIOENCODING="ascii").stdout


def alone(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Call the command line in a process of its own."""
    call = [sys.executable, "-c", "from legation.cli.main import main; main()", *arguments]
    return subprocess.run(
        call, capture_output=True, encoding="utf-8", check=True, env={**os.environ, **environment}, timeout=300
    )


def test_no_colour_without_a_terminal(legation: Call) -> None:
    run = legation("plan", "ruritania")
    assert run.code == 0
    assert "\x1b" not in run.out + run.err


def test_text_report_is_what_plan_prints(legation: Call) -> None:
    assert legation("report", "ruritania", "--format", "text").out == legation("plan", "ruritania").out


def test_report_on_stdout_is_one_page(legation: Call) -> None:
    run = legation("report", "ruritania")
    assert run.code == 0
    assert run.out.startswith("<!doctype html>")
    assert run.out.rstrip().endswith("</html>")


def test_report_may_make_its_folder(legation: Call, tmp_path: Path) -> None:
    target = tmp_path / "a" / "b.xlsx"
    run = legation("report", "ruritania", "--format", "xlsx", "-o", target, "--json")
    assert run.data["report"] == str(target)
    assert target.read_bytes()[:2] == b"PK"


# What the verbs say


def test_network_names_the_unexplained_residual(legation: Call) -> None:
    run = legation("network", "kazakhstan-2012", "--on", "2011-07-29")
    told = " ".join(run.out.split())
    assert "Of 75 establishments announced 66 are named by kind and 9 are unexplained." in told
    assert "In the record 61 are proven and 7 probable; 7 are missing." in told


def test_network_agrees_with_the_announced_statistics(legation: Call) -> None:
    """The counts of the record and the statistics beside the announcement are made apart and must be the same."""
    record = legation("network", "kazakhstan-2012", "--json").data["record"]
    counts = {c["name"]: (c["proven"], c["probable"]) for c in record["own"] + record["foreign"]}
    stated = {s["name"]: (s["found"], s["probable"]) for s in record["announced"]}
    both = counts.keys() & stated.keys()
    assert len(both) == 8
    assert {n: counts[n] for n in both} == {n: stated[n] for n in both}


def test_every_number_can_be_traced(legation: Call) -> None:
    record = legation("network", "ruritania", "--json").data["record"]
    traced = legation("network", "ruritania", "--trace").out
    for count in record["own"] + record["foreign"]:
        assert ", ".join(count["rows"]) in traced
    embassies = next(c for c in record["own"] if c["name"] == "own_embassies")
    assert len(embassies["rows"]) == embassies["proven"] + embassies["probable"]


def test_network_compares_two_days(legation: Call) -> None:
    changes = legation("network", "ruritania", "--compare", "2020-01-01", "--json").data["change"]
    assert changes["appeared"] == ["EMK"]
    assert changes["gone"] == []
    assert ["diplomatic missions", 0, 1] in changes["counts"]


def test_one_interest_is_taken_apart(legation: Call) -> None:
    (score,) = legation("appraise", "ruritania", "--interest", "Westhaven", "--json").data["scores"]
    assert score["points"] == pytest.approx(sum(part["points"] for part in score["parts"]))
    assert {part["fact"]["source"] for part in score["parts"] if part["fact"]}


def test_an_unknown_interest_is_suggested(legation: Call) -> None:
    run = legation("appraise", "ruritania", "--interest", "Westhafen")
    assert run.code == 2
    assert "Westhaven" in run.err


def test_the_announced_plan_is_never_better(legation: Call) -> None:
    run = legation("plan", "ruritania", "--announced", "--json").data
    best, stated = (float(p["proof"]["objective"]) for p in (run["plan"], run["announced"]["plan"]))
    assert stated <= best
    assert float(run["announced"]["comparison"]["kept"]) == pytest.approx(stated / best, rel=1e-9)
    assert "The announced plan beside the best one" in legation("plan", "ruritania", "--announced").out


def test_every_rule_is_listed_once(legation: Call) -> None:
    tags = [line["tag"] for line in legation("rules", "--json").data]
    assert len(tags) == len(set(tags)) == 19


def test_a_case_may_be_a_workbook(legation: Call, tmp_path: Path) -> None:
    book = tmp_path / "ours.xlsx"
    assert legation("new", book).code == 0
    assert legation("plan", book, "--json").data["measures"] == legation("plan", "ruritania", "--json").data["measures"]


def test_the_example_is_copied_with_its_comments(case: Path) -> None:
    """Only the name is another."""
    packaged = Path(locate("ruritania"))
    for path in packaged.iterdir():
        assert (case / path.name).read_text(encoding="utf-8") == path.read_text(encoding="utf-8").replace(
            'name = "ruritania"', 'name = "case"'
        )


def test_a_case_is_exported_to_a_workbook_and_back(legation: Call, tmp_path: Path) -> None:
    """Every file comes back as it was; nothing is overwritten unless it is asked for."""
    book, folder, packaged = tmp_path / "kz.xlsx", tmp_path / "kz", Path(locate("kazakhstan-2012"))
    assert legation("export", "kazakhstan-2012", book).code == 0
    assert legation("export", book, folder, "--json").data == {"case": str(folder)}
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {p.name: p.read_bytes() for p in packaged.iterdir()}
    refused = legation("export", "ruritania", book)
    assert (refused.code, "--force" in refused.err) == (4, True)
    assert legation("export", "ruritania", book, "--force").code == 0
    assert legation("plan", book).code == 0
    assert legation("export", book, tmp_path / "kz.ods").code == 1


def test_what_a_plan_writes_is_said_to_be_a_report(legation: Call, tmp_path: Path) -> None:
    """A file gets what its name asks for; the workbook is no case, which reading it as one says."""
    for name, begin in (("r.html", b"<!doctype html>"), ("r.xlsx", b"PK"), ("r.txt", b"Ruritania"), ("p.json", b"{")):
        run = legation("plan", "ruritania", "-o", tmp_path / name)
        assert f"Wrote {tmp_path / name}" in run.err
        assert ("not a case" in run.err) == (name == "r.xlsx")
        assert (tmp_path / name).read_bytes().lower().startswith(begin.lower())
    run = legation("report", "ruritania", "-o", tmp_path / "named.xlsx")
    assert (run.code, "not a case" in run.err) == (0, True)
    assert (tmp_path / "named.xlsx").read_bytes().startswith(b"PK")
    run = legation("plan", tmp_path / "r.xlsx")
    assert run.code == 1
    assert run.err.count("holds no case") == 1
    assert "legation export" in run.err


def test_public_names_are_where_they_are_said_to_be() -> None:
    import legation as package

    assert all(getattr(package, name) is not None for name in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'plam'"):
        package.plam  # noqa: B018


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
    told = legation(*arguments, "--json")
    assert (told.code, told.err) == (2, run.err)
    assert told.data["error"] == "usage"
    assert told.data["message"] in " ".join(told.err.split())
    assert told.data["hint"].endswith("--help")


def test_an_early_day_takes_in_what_is_not_dated_and_says_so(legation: Call) -> None:
    early = legation("network", "kazakhstan-2012", "--on", "2001-01-01")
    undated = legation("network", "kazakhstan-2012", "--on", "2001-01-01", "--json").data["record"]["undated"]
    assert undated["posts"] > 0
    assert f"{undated['posts']} own posts" in early.out
    assert f"{undated['accreditations']} accreditations have no opening date" in " ".join(early.out.split())
    assert "no opening date" not in legation("network", "kazakhstan-2012").out
    assert "no opening date" in " ".join(legation("network", "kazakhstan-2012", "--compare", "2001-01-01").out.split())


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
    assert run.err.count("posts.csv, row 3, column form") == 1
    assert "Traceback" not in run.err


def test_a_fault_of_a_rule_is_told_once_and_counted_from_one(legation: Call, case: Path) -> None:
    change(case / "case.toml", 'rule = "ceiling"', 'rule = "ceilng"')
    run = legation("plan", case)
    assert run.err.count("rule 1 (ceilng)") == 1
    assert "1 fault." in run.err


def test_a_folder_without_a_case_is_told_once(legation: Call, tmp_path: Path) -> None:
    run = legation("plan", tmp_path)
    assert run.code == 1
    assert run.err.count("holds no case") == 1
    assert [f["code"] for f in legation("plan", tmp_path, "--json").data["findings"]] == ["missing-file"]


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


def test_swapped_files_are_told_apart(legation: Call, proof: tuple[Path, Path]) -> None:
    run = legation("check", *reversed(proof))
    assert run.code == 1
    assert "Give the problem first" in run.err
    assert len(run.err.splitlines()) < 10


def test_a_place_that_cannot_be_written(legation: Call, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    run = legation("problem", "ruritania", "-o", tmp_path / "file" / "problem.json")
    assert run.code == 4
    assert "Traceback" not in run.err


def test_new_overwrites_nothing(legation: Call, case: Path) -> None:
    before = (case / "case.toml").read_text(encoding="utf-8")
    run = legation("new", case)
    assert run.code == 4
    assert (case / "case.toml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize(
    ("sender", "forbidden", "allowed"),
    [
        ("KAZ", {"TWN", "XKX"}, {"CHN", "VAT"}),
        ("VAT", {"CHN"}, {"ITA"}),
        ("XKX", {"TWN"}, {"ALB"}),
        ("TWN", {"XKX"}, {"VAT"}),
    ],
)
def test_a_new_case_opens_nothing_where_recognition_is_disputed(
    sender: str, forbidden: set[str], allowed: set[str], legation: Call, tmp_path: Path
) -> None:
    """Rules keep the plan out, which their owner may lift; a sender that is disputed itself is told so."""
    made = legation("new", tmp_path / "x", "--sender", sender, "--years", "2027")
    case, findings = read_case(tmp_path / "x")
    closed = {r.site for r in case.brief.rules if isinstance(r, Forbid) and r.reason.startswith("Assumed")}
    assert (forbidden <= closed, allowed & closed) == (True, set())
    assert sender not in {place.id for place in case.places}
    assert [f for f in findings if f.code == "unknown-source"] == []
    assert ("Not every State recognises" in made.out) == (sender in {"TWN", "XKX"})


def test_a_state_that_is_not_known_has_no_neighbours(legation: Call, tmp_path: Path) -> None:
    run = legation("new", tmp_path / "x", "--sender", "Atlantis")
    assert (run.code, "There is no State 'Atlantis'" in run.err, "legation states" in run.err) == (2, True, True)
    assert legation("states").out.count("\n") == 1 + len(legation("states", "--json").data)


def test_new_for_an_unknown_state(legation: Call, tmp_path: Path) -> None:
    run = legation("new", tmp_path / "x", "--sender", "ESX")
    assert run.code == 2
    assert "EST Estonia" in run.err
    assert not (tmp_path / "x").exists()
