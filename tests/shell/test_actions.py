"""Every kind of action a ministry plans, as the page on it says: what a case states, and what the plan then does."""

import csv
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from legation.sources import locate


@pytest.fixture
def call(call: Any) -> Any:
    """Return how to call the command line, and what it says without its line breaks."""

    def run(*arguments: object) -> tuple[int, str, str]:
        code, *texts = call(*arguments)
        return (code, *(" ".join(text.split()) for text in texts))

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Copy the small case, with a lower form to fall back on and posts that may be given up."""
    case = Path(shutil.copytree(locate("ruritania"), tmp_path / "case"))
    change(case, "NOL", {"forms": "diplomatic-mission|embassy", "closable": "true"})
    change(case, "GRK-haven", {"closable": "true"})
    return case


def change(case: Path, site: str, cells: Mapping[str, str]) -> None:
    """Write other cells into the row of a site."""
    with (case / "sites.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(cells if row["id"] == site else {})
    with (case / "sites.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def rule(case: Path, **keys: object) -> None:
    """Add a rule to the brief."""
    lines = "".join(f"{key} = {json.dumps(said)}\n" for key, said in keys.items())
    with (case / "case.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[[rules]]\n{lines}")


def test_a_post_is_lowered_or_closed_by_a_rule(call: Any, folder: Path) -> None:
    """A form it may no longer hold takes it one down; none at all closes it. Its money comes back."""
    rule(folder, rule="forbid", site="NOL", form="embassy")
    code, out, _ = call("plan", folder)
    assert code == 0
    assert "Norland: lower to diplomatic mission – gives RUC 30 a year back" in out
    rule(folder, rule="forbid", site="NOL", form="diplomatic-mission")
    code, out, _ = call("plan", folder)
    assert code == 0
    assert "Norland: close the embassy – gives RUC 60 a year back" in out
    assert "1 closure" in out


def test_less_money_than_today_closes_what_is_worth_least(call: Any, folder: Path) -> None:
    """Under a ceiling on the whole network below what it costs today, and only where posts may be closed."""
    text = (folder / "case.toml").read_text(encoding="utf-8")
    money = 'scope = "new"\namounts = { 2030 = 150, 2031 = 160 }'
    assert money in text
    less = text.replace(money, 'scope = "whole"\namounts = { 2030 = 190, 2031 = 190 }')
    (folder / "case.toml").write_text(less, encoding="utf-8")
    code, out, _ = call("plan", folder)
    assert code == 0
    assert "close the" in out or "lower to" in out
    change(folder, "NOL", {"closable": "false"})
    change(folder, "GRK-haven", {"closable": "false"})
    assert call("plan", folder)[0] == 3


def test_a_consulate_moves_to_another_city(call: Any, folder: Path) -> None:
    """Two sites of which one at a time is held, and the new one asked for: the plan closes and opens in one year."""
    with (folder / "sites.csv").open("a", encoding="utf-8") as file:
        file.write("GRK-fen,consular,GRK,Fen,49,12.5,consulate,,,false,,,,fiction\n")
    with (folder / "services.csv").open("a", encoding="utf-8") as file:
        file.write("GRK-fen,GRK-haven,consulate,1,,,false,true,the people of Haven go to Fen\n")
    rule(folder, rule="exclusive", sites=["GRK-haven", "GRK-fen"], limit=1)
    rule(folder, rule="require", site="GRK-fen", form="consulate", by=2031, exactly=True)
    code, out, _ = call("plan", folder, "-o", folder.parent / "plan.json")
    assert code == 0
    year = out[out.index("2031: ") :]
    assert "Fen, Graustark: open a consulate" in year
    assert "moves from Haven, Graustark" in year
    assert "Haven, Graustark: close the consulate – moves to Fen, Graustark" in year
    said = json.loads(call("consular", folder, folder.parent / "plan.json", "--json")[1])
    assert [d["site"] for d in said["before"]["districts"] if d["district"] == "GRK-haven"] == ["GRK-haven"]
    assert [d["site"] for d in said["after"]["districts"] if d["district"] == "GRK-haven"] == ["GRK-fen"]


def test_a_suspended_post_costs_nothing_and_comes_back_when_the_condition_is_met(call: Any, folder: Path) -> None:
    """An event takes it out of today's network, a condition keeps the plan from it until it is met."""
    assert call("track", "record", folder, "NOL", "suspended", "2028-05-01", "--source", "fiction")[0] == 0
    before = call("plan", "ruritania")[1]
    rule(folder, rule="conditional", site="NOL", trigger="Nordhaven is safe", met=False, reason="war")
    code, out, err = call("plan", folder)
    assert code == 0
    assert "Post NOL (embassy, Nordhaven) is suspended" in err
    assert "Norland: Nordhaven is safe (war)" in out
    assert "Norland: open" not in out
    assert baseline(before) - baseline(out) == 60
    why = call("why-not", folder, "NOL")[1]
    assert "Norland (NOL) waits for: Nordhaven is safe" in why
    assert "Neither more money nor a lower cost" in why
    text = (folder / "case.toml").read_text(encoding="utf-8")
    (folder / "case.toml").write_text(text.replace("met = false", "met = true"), encoding="utf-8")
    rule(folder, rule="require", site="NOL", form="diplomatic-mission", by=2031)
    code, out, _ = call("plan", folder)
    assert code == 0
    assert "Norland: open" in out
    assert "Waits for its condition" not in out


def baseline(told: str) -> int:
    """Return what today's network costs in 2030, from the table of money."""
    table = told[told.index("Full-year effect") :]
    return int(table[table.index("2030 ") :].split()[1])


def test_a_merit_of_ones_own_changes_the_plan_and_is_told(call: Any, folder: Path) -> None:
    """With its points and its reason, whether it brings a post in or keeps one out; without one it is warned of."""
    assert "Islea: open an embassy" not in call("plan", folder)[1]
    change(folder, "ISA", {"merit": "200", "merit_reason": "The King has promised it"})
    change(folder, "SDA", {"merit": "-50"})
    code, out, err = call("plan", folder)
    assert code == 0
    assert "Islea: open an embassy – The King has promised it" in out
    assert "Merit set by hand" in out
    assert "Islea +200 open an embassy" in out
    assert "Sudria −50 not in the plan no reason is given" in out
    assert "A merit of -50 points is set on SDA, and no reason says why." in err
