"""The page on what became of the announced plan says what its commands print."""

import re
from pathlib import Path

import pytest

from legation.cases.drafting import draft
from legation.desk import affinity
from legation.desk.cases import open_case
from legation.desk.proofs import best
from legation.programme.solver import Limits
from legation.sources import read_case

ROOT = Path(__file__).parents[2]
EVALUATION = ROOT.parent / "shared" / "data" / "evaluation"
CODES = {
    "Indonesia": "IDN", "Brazil": "BRA", "Finland": "FIN", "South Africa": "ZAF", "Vietnam": "VNM", "Sweden": "SWE",
    "Kenya": "KEN", "Morocco": "MAR", "Mexico": "MEX", "Iraq": "IRQ", "Slovakia": "SVK",
}  # fmt: skip


@pytest.fixture(scope="module")
def told() -> dict[str, list[str]]:
    """Read the table of the page: the cells of each State's row."""
    text = (ROOT / "docs/explanation/kazakhstan-outcome.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    return {CODES[row[0]]: row[1:] for row in rows if row[0] in CODES}


def test_the_eleven_are_those_announced(told: dict[str, list[str]]) -> None:
    """Each in its year."""
    case, _ = read_case("kazakhstan-2012")
    assert {code: int(row[0]) for code, row in told.items()} == {
        a.name: a.year for a in case.announced if a.kind == "measure"
    }


def test_ranks_of_the_appraisal(told: dict[str, list[str]]) -> None:
    """Among the States without a proven embassy."""
    case, _ = read_case("kazakhstan-2012")
    held = {p.seat.state for p in case.posts.on(case.as_of) if p.form == "embassy" and p.confidence != "low"}
    scores = [s for s in draft(case).appraisal.scores if s.kind == "bilateral" and s.state not in held]
    ranks = {s.state: n for n, s in enumerate(sorted(scores, key=lambda s: -s.points), start=1)}
    assert {code: int(row[1]) for code, row in told.items()} == {code: ranks[code] for code in told}
    assert len(scores) == 154


def test_years_of_the_best_plan(told: dict[str, list[str]]) -> None:
    """What `plan` opens or raises to an embassy, and when."""
    made = best(open_case("kazakhstan-2012"), Limits()).plan
    years = {m.site: m.year for m in made.measures if m.after == "embassy"}
    assert {code: row[4] for code, row in told.items()} == {code: str(years.get(code, "–")) for code in told}


@pytest.mark.skipif(not EVALUATION.is_dir(), reason="the restricted evaluation data are not beside this checkout")
def test_ranks_and_chances_of_affinity(told: dict[str, list[str]]) -> None:
    """From what was known by 2010."""
    found, _, _ = affinity.stand("KAZ", folder=EVALUATION, year=2010)
    free = [c for c in found.chances if not c.there]
    ranks = {c.state: (n, f"{c.opening:.0%}".replace("%", " %")) for n, c in enumerate(free, start=1)}
    assert {code: (int(row[2]), row[3]) for code, row in told.items()} == {code: ranks[code] for code in told}
    assert len(free) == 149
