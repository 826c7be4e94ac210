"""Consular service on the command line: what is told with and without a plan, and what is refused."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from legation.sources import locate


@pytest.fixture
def plan(call: Any, tmp_path: Path) -> Path:
    """Plan the small case."""
    code, _, _ = call("plan", "ruritania", "-o", tmp_path / "plan.json")
    assert code == 0
    return tmp_path / "plan.json"


def test_today_and_the_end_of_a_plan_stand_side_by_side(call: Any, plan: Path) -> None:
    """Islea has nobody today; the plan covers it or opens there, and the totals say so."""
    code, out, _ = call("consular", "ruritania", plan)
    assert code == 0
    assert "End of 2031" in out
    assert "nobody" in out
    code, out, _ = call("consular", "ruritania", plan, "--json")
    said = json.loads(out)
    assert code == 0
    assert float(said["after"]["totals"]["served"]) > float(said["before"]["totals"]["served"]) == 1550
    assert said["before"]["year"] is None
    assert said["after"]["year"] == 2031
    _, out, _ = call("consular", "ruritania", plan, "--year", 2030, "--json")
    assert json.loads(out)["after"]["year"] == 2030


def test_a_plan_of_another_case_or_year_is_refused(call: Any, plan: Path, tmp_path: Path) -> None:
    """With the exit code of what is out of date, or not found; a year without a plan is wrong usage."""
    folder = Path(shutil.copytree(locate("ruritania"), tmp_path / "other"))
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(text.replace("discount_rate = ", "discount_rate = 0.1 # "), encoding="utf-8")
    assert call("consular", folder, plan)[0] == 4
    code, _, err = call("consular", "ruritania", plan, "--year", 1999)
    assert code == 2
    assert "2030" in err
    assert call("consular", "ruritania", "--year", 2030)[0] == 2


def test_a_case_that_counts_nobody_abroad_says_so_and_what_to_do(call: Any, tmp_path: Path) -> None:
    """As every case does that `legation new` makes; nothing is shown that would look like an answer."""
    folder = Path(shutil.copytree(locate("ruritania"), tmp_path / "fresh"))
    lines = (folder / "facts.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "migrants" not in line and "citizens" not in line]
    assert len(kept) < len(lines)
    (folder / "facts.csv").write_text("".join(kept), encoding="utf-8")
    code, out, err = call("consular", folder)
    said = " ".join(err.split())
    assert (code, out) == (0, "Nothing can be reckoned yet.\n")
    assert "has no count of people abroad" in said
    assert "legation import undesa FILE --into" in said


def test_a_post_with_more_work_than_people_is_told(call: Any, tmp_path: Path) -> None:
    """And so are districts with more people than their State."""
    folder = Path(shutil.copytree(locate("ruritania"), tmp_path / "case"))
    with (folder / "facts.csv").open("a", encoding="utf-8") as file:
        file.write("GRK,citizens,2029,90000,persons,fiction,,\nGRK-haven,citizens,2029,95000,persons,fiction,,\n")
    code, out, err = call("consular", folder, "--all")
    assert code == 0
    assert "The districts of GRK hold 95000 people, the State 90000" in " ".join(err.split())
    assert "the consular work at GRK-haven takes" in " ".join(err.split())
    assert "Haven, GRK" in out
