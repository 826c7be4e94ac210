"""The whole path, from a new case to a checked and printed plan, as somebody at a planning desk walks it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from legation.cli.main import main

Call = Callable[..., str]


@pytest.fixture
def legation(capfd: pytest.CaptureFixture[str]) -> Call:
    """Call the command line, insist that it ends well, and return what it printed."""

    def call(*arguments: object) -> str:
        capfd.readouterr()
        with pytest.raises(SystemExit) as stop:
            main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        assert not stop.value.code, err
        return out

    return call


def walk(legation: Call, case: Path, interest: str, kinds: dict[str, bytes]) -> dict[str, object]:
    """Walk from the record to the papers of a case and return its plan."""
    assert "the record of" in legation("network", case)
    assert "mutual" in legation("reciprocity", case)
    assert interest in legation("appraise", case)
    assert "points a year" in legation("appraise", case, "--interest", interest)
    problem, plan, papers = case / "out/problem.json", case / "out/plan.json", case / "papers"
    legation("problem", case, "-o", problem)
    assert legation("plan", case, "-o", plan).strip()
    assert "is right" in legation("check", problem, plan)
    legation("plan", case, "--output", papers)
    assert {p.name for p in papers.iterdir()} >= {"report.html", "plan.xlsx", "problem.json", "plan.json"}
    assert "is right" in legation("check", papers / "problem.json", papers / "plan.json")
    assert (papers / "plan.json").read_bytes() == plan.read_bytes()
    for kind, mark in kinds.items():
        target = case / f"out/report.{kind}"
        legation("report", case, "--format", kind, "-o", target)
        assert target.read_bytes().startswith(mark)
        assert target.stat().st_size > 500
    made: dict[str, object] = json.loads(plan.read_text(encoding="utf-8"))
    return made


def raise_ceilings(case: Path) -> None:
    """Edit a case as its owner would: ten times the money."""
    path = case / "case.toml"
    text = path.read_text(encoding="utf-8")
    lines = [
        line if "amounts" not in line else line.replace(" }", "0 }").replace(",", "0,") for line in text.splitlines()
    ]
    assert "\n".join(lines) != text
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def objective(plan: dict[str, object]) -> float:
    """Return what a plan is worth."""
    proof = plan["proof"]
    assert isinstance(proof, dict)
    return float(proof["objective"])


def test_example_case(legation: Call, tmp_path: Path) -> None:
    case = tmp_path / "ours"
    assert f"legation plan {case}" in legation("new", case)
    before = walk(
        legation, case, first_interest(legation, case), {"html": b"<!doctype html>", "text": b"", "xlsx": b"PK"}
    )
    raise_ceilings(case)
    after = json.loads(legation("plan", case, "--json"))
    assert after["problem"] != before["problem"]
    assert objective(after) >= objective(before)


def first_interest(legation: Call, case: Path) -> str:
    """Return the interest that is worth most."""
    name = json.loads(legation("appraise", case, "--json"))["scores"][0]["interest"]
    assert isinstance(name, str)
    return name


def test_case_of_any_state(legation: Call, tmp_path: Path) -> None:
    case = tmp_path / "estonia"
    told = legation("new", case, "--sender", "EST", "--years", "2027-2028")
    assert "44 own posts" in told
    assert "Open questions" in told
    plan = walk(legation, case, "BRA", {"html": b"<!doctype html>"})
    assert plan["measures"]


def test_an_edited_record_is_counted(legation: Call, tmp_path: Path) -> None:
    case = tmp_path / "estonia"
    legation("new", case, "--sender", "Estonia", "--years", "2027")
    before, worth = standing(legation, case, "KEN"), points(legation, case, "KEN")
    with (case / "foreign_posts.csv").open("a", encoding="utf-8") as file:
        file.write("KEN,embassy,Tallinn,59.437,24.754,2026,the gazette,high,\n")
    assert (before, standing(legation, case, "KEN")) == ("absent", "owed")
    assert points(legation, case, "KEN") > worth


def standing(legation: Call, case: Path, state: str) -> str:
    """Return the balance with one State."""
    (line,) = [s for s in json.loads(legation("reciprocity", case, "--json")) if s["state"] == state]
    return str(line["balance"])


def points(legation: Call, case: Path, interest: str) -> float:
    """Return what one interest is worth a year."""
    (score,) = json.loads(legation("appraise", case, "--interest", interest, "--json"))["scores"]
    return float(score["points"])
