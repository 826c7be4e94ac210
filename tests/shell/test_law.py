"""The law on the command line: what is told of a record and of a plan, exit codes, and plans that are out of date."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from legation.errors import InvalidError
from legation.sources import locate, read_case

LAW = '\n[[law]]\ncondition = "state"\nstates = ["SDA"]\narticle = "art. 1"\ncitation = "Order"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the small case."""
    return Path(shutil.copytree(locate("ruritania"), tmp_path / "case"))


def test_a_record_with_a_breach_ends_with_one(call: Any, folder: Path) -> None:
    """The objection of Westhaven to the head in Edelweiss is told with article and remedy."""
    code, out, _ = call("law", folder)
    assert code == 0
    assert "error" not in out
    with (folder / "services.csv").open("a", encoding="utf-8") as file:
        file.write("GRK,ISA,,,,,,false,no\n")
    (folder / "accreditations.csv").write_text("seat,state,since,source,confidence,note\nGRK,ISA,2016,fiction,high,\n")
    assert call("law", folder)[0] == 1
    code, out, _ = call("law", folder, "--json")
    assert code == 1
    told = [f["message"] for f in json.loads(out)["opinions"][0]["findings"]]
    assert "The accreditation from Graustark to Islea is objected to: no (VCDR art. 5(1))." in told


def test_json_tells_every_verdict(call: Any) -> None:
    """Lines, matters and findings; the kept ones too."""
    code, out, _ = call("law", "kazakhstan-2012", "--json")
    (opinion,) = json.loads(out)["opinions"]
    assert code == 0
    assert opinion["day"] == "2011-07-29"
    told = {(m["rule"], m["subject"]): m["verdict"] for m in opinion["matters"]}
    assert told["vcdr-5-2", "CZE>SVK"] == "kept"
    assert told["vcdr-5-2", "SAU>OMN"] == "broken"
    assert told["vcdr-5-1", "UN-new-york>CUB"] == "undecided"
    (finding,) = [f for f in opinion["findings"] if f["code"] == "vcdr-5-2"]
    assert finding["severity"] == "warning"  # both rows are weak


def test_a_plan_is_judged_year_by_year_and_the_planner_warned(call: Any, folder: Path, tmp_path: Path) -> None:
    """A law against posts in Sudria: the plan that must open one breaks it, from that year on."""
    toml = folder / "case.toml"
    rule = '\n[[rules]]\nrule = "require"\nsite = "SDA"\nform = "embassy"\nby = 2031\nexactly = true\n'
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + rule + LAW, encoding="utf-8")
    code, _, err = call("plan", folder, "-o", tmp_path / "plan.json")
    assert code == 0
    assert "Sudria sits in a State where there is to be no post (Order, art. 1)" in " ".join(err.split())
    code, out, _ = call("law", folder, "--plan", tmp_path / "plan.json", "--json")
    assert code == 1
    years = [[f["code"] for f in o["findings"] if f["severity"] == "error"] for o in json.loads(out)["opinions"]]
    assert years == [[], ["law-state", "law-state"]]  # the case has such a law of its own
    toml.write_text(text.replace("150", "155"), encoding="utf-8")
    assert call("law", folder, "--plan", tmp_path / "plan.json")[0] == 4


def test_a_consent_may_name_what_it_is_to(call: Any, folder: Path) -> None:
    """An embassy agreed to where a mission sits is another class; the event is read from the case."""
    (folder / "events.csv").write_text(
        "post,kind,day,planned,form,state,city,by,source,note\nEMK,consent,2020-01-01,,embassy,,,,fiction,\n",
        encoding="utf-8",
    )
    code, out, _ = call("law", folder, "--on", "2028-01-01", "--json")
    (opinion,) = json.loads(out)["opinions"]
    assert code == 1
    told = [f["message"] for f in opinion["findings"] if f["severity"] == "error"]
    assert told == ["Eastmark has a chargé d'affaires as head, where embassy was agreed on 2020-01-01 (VCDR art. 15)."]
    assert call("law", folder, "--on", "2019-01-01")[0] == 0


def test_a_plan_and_a_day_exclude_each_other(call: Any, tmp_path: Path) -> None:
    """And a plan that is not there is not found."""
    assert call("law", "ruritania", "--on", "2029-01-01", "--plan", "x.json")[0] == 2
    assert call("law", "ruritania", "--plan", tmp_path / "x.json")[0] == 2


def test_faults_of_own_law_are_told_with_their_line(folder: Path) -> None:
    """An unknown condition, an unknown State and a number below 0."""
    toml = folder / "case.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text + LAW.replace('"state"', '"stat"'), encoding="utf-8")
    with pytest.raises(InvalidError, match="no usable case") as wrong:
        read_case(folder)
    (finding,) = wrong.value.findings
    assert "no such condition as 'stat'; did you mean 'state'?" in finding.message
    assert finding.row == len(text.splitlines()) + 2
    toml.write_text(text.replace("most = 3", "most = -3") + LAW.replace("SDA", "SDX"), encoding="utf-8")
    with pytest.raises(InvalidError) as wrong:
        read_case(folder)
    assert {(f.value, f.column) for f in wrong.value.findings} == {("SDX", "law.5.states.1"), ("-3", "law.1.most")}
