"""The data we ship: both reference cases and the world's tables, their sources, and the tools that write them."""

from __future__ import annotations

import csv
import filecmp
import shutil
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from functools import cache
from math import ceil
from pathlib import Path

import pytest

from legation.cases.case import Case
from legation.cases.drafting import Draft, draft
from legation.errors import Severity
from legation.model import Facts, Form, Network
from legation.planning.accounts import changes, money, tail
from legation.planning.brief import Ceiling, Tail
from legation.planning.checking import check
from legation.programme.plans import plan
from legation.sources import load_states, read_case

ROOT = Path(__file__).parents[2]
DATA = ROOT / "src" / "legation" / "data"
PACK = ROOT.parent / "shared" / "data"
CASES = ("ruritania", "kazakhstan-2012")
NEVER_SHIPPED = (
    "Abel & Sander",
    "Anders, Fariss",
    "GeoDist",
    "peacesciencer",
    "ideal points",
    "np.float64",
    "emigrant_flow",
)


@cache
def case_of(name: str) -> Case:
    return read_case(name)[0]


@cache
def draft_of(name: str) -> Draft:
    return draft(case_of(name))


def attested(network: Network) -> Network:
    return Network(tuple(p for p in network if p.confidence != "low"))


def table(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / f"{name}.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("name", CASES)
def test_a_case_reads_without_a_finding_and_drafts_without_an_error(name: str) -> None:
    assert read_case(name)[1] == ()
    assert [f for f in draft_of(name).findings if f.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", CASES)
def test_every_row_cites_a_source_that_the_case_lists(name: str) -> None:
    case = case_of(name)
    rows = (*case.posts, *case.foreign_posts, *case.accreditations, *case.facts, *case.places, *case.costs)
    cited = {row.source for row in (*rows, *case.interests, *case.announced)} | {case.prices.source}
    assert cited <= {source.id for source in case.sources}


@pytest.mark.parametrize("name", CASES)
def test_every_assumption_bears_a_reason(name: str) -> None:
    case = case_of(name)
    assert [c.id for c in case.criteria if not c.reason] == []
    assert [r.rule for r in case.brief.rules if not r.reason] == []


@pytest.mark.parametrize("name", CASES)
def test_no_fact_is_read_ahead_of_the_day_of_the_record(name: str) -> None:
    case = case_of(name)
    facts, year = Facts(case.facts), case.as_of.year
    later = {(f.subject, f.attribute) for f in case.facts if f.year > year}
    assert all(f.known is not None and f.known > year for f in case.facts if f.year > year)
    assert [pair for pair in later if facts.latest(*pair, by=year)] == []


def test_the_record_of_2011_is_as_complete_as_the_pack_says() -> None:
    posts = case_of("kazakhstan-2012").posts
    proven, all_rows = attested(posts).counts, posts.counts
    expected = {
        Form.EMBASSY: (42, 43),
        Form.DIPLOMATIC_MISSION: (6, 9),
        Form.CONSULATE_GENERAL: (5, 7),
        Form.CONSULATE: (4, 4),
    }
    assert {form: (proven[form], all_rows[form]) for form in expected} == expected
    assert (len(attested(posts)), len(posts)) == (61, 68)
    assert (len(attested(posts).hosts), len(posts.hosts)) == (48, 52)


def test_nine_of_the_announced_establishments_are_not_named_by_kind() -> None:
    stated = {a.name: a.number for a in case_of("kazakhstan-2012").announced if a.kind == "statistic"}
    kinds = ("own_embassies", "own_diplomatic_missions", "own_consulates_general", "own_consulates")
    assert sum(stated[kind] or 0 for kind in kinds) == 66
    assert stated["own_establishments"] == 75
    assert len(stated) == 15


def test_eleven_measures_were_announced_and_each_has_a_site_that_can_hold_it() -> None:
    case = case_of("kazakhstan-2012")
    ladders = {p.id: p.forms for p in case.places}
    measures = [a for a in case.announced if a.kind == "measure"]
    assert Counter(a.year for a in measures) == {2012: 3, 2013: 3, 2014: 5}
    assert all(a.form in ladders[a.name] for a in measures)
    assert [a.name for a in measures if a.from_form] == ["SVK"]


def test_every_state_with_which_there_are_relations_is_a_candidate() -> None:
    case = case_of("kazakhstan-2012")
    diplomatic = {p.state for p in case.places if p.track == "diplomatic"}
    assert {s.code for s in case.states} - diplomatic == {"KAZ", "TWN", "XKX"}


def test_what_happened_later_is_not_in_the_case() -> None:
    case = case_of("kazakhstan-2012")
    assert {"ARG", "CHL", "DNK"}.isdisjoint(a.state for a in case.accreditations)
    assert {"BRA", "IDN", "FIN", "SWE", "ZAF"}.isdisjoint(p.seat.state for p in case.posts)


def test_the_ceilings_are_what_the_announced_plan_costs_rounded_up() -> None:
    problem, case = draft_of("kazakhstan-2012").problem, case_of("kazakhstan-2012")
    planned = {a.name: a for a in case.announced if a.kind == "measure"}
    held = {
        site.id: tuple(
            planned[site.id].form if site.id in planned and year >= planned[site.id].year else site.today
            for year in problem.brief.years
        )
        for site in problem.sites
    }
    assert len(list(changes(problem, held))) == 11
    spent = {row.year: row.establishing + row.running - row.baseline for row in money(problem, held, ())}
    step = Decimal(100_000)
    ceiling = next(r for r in problem.brief.rules if isinstance(r, Ceiling))
    assert {year: ceil(amount / step) * step for year, amount in spent.items()} == dict(ceiling.amounts)
    after, before = tail(problem, held, ())
    assert [r.amount for r in problem.brief.rules if isinstance(r, Tail)] == [ceil((after - before) / step) * step]


def test_ruritania_comes_out_as_on_paper() -> None:
    problem = draft_of("ruritania").problem
    found = plan(problem)
    assert [(m.year, m.site, m.after) for m in found.measures] == [
        (2030, "WHV", Form.EMBASSY),
        (2031, "FORUM-port-mirth", Form.PERMANENT_MISSION),
    ]
    today = 100 + 70 + 42 + 16 + 40 + 4 + 8  # GRK, NOL, EMK, WHV from GRK, League, Westport, Haven
    assert round(found.proof.objective, 2) == 2 * today + 2 * Decimal("87.5") + 30


@pytest.mark.parametrize(
    ("share", "later", "paid"), [("0.3", ["FORUM-port-mirth", "WHV-westport"], (118, 60)), ("0.4", ["EMK"], (100, 60))]
)
def test_what_is_due_early_counts_against_the_year_before(
    share: str, later: list[str], paid: tuple[int, int], tmp_path: Path
) -> None:
    """Three tenths of the mission's 60 fit beside the embassy of 2030 (130 of 150); four tenths do not."""
    shutil.copytree(DATA / "cases" / "ruritania", tmp_path / "case")
    with (tmp_path / "case" / "costs.csv").open("a", encoding="utf-8") as file:
        file.write(f"form:permanent-mission,lead-share,fit-out,{share},,,,,,,,\n")
    problem = draft(read_case(tmp_path / "case")[0]).problem
    found = plan(problem)
    assert [m.site for m in found.measures] == ["WHV", *later]
    assert tuple(year.establishing for year in found.money) == paid
    assert not [f for f in check(problem, found) if f.severity is Severity.ERROR]


def test_fictional_states_bear_no_real_codes() -> None:
    real = {row["code"] for row in (*table("states"), *table("territories"))}
    fictional = list(csv.DictReader((DATA / "cases/ruritania/states.csv").read_text(encoding="utf-8").splitlines()))
    assert real.isdisjoint(row["code"] for row in fictional)


def test_the_world_tables_hold_every_state_once_and_say_where_embassies_sit() -> None:
    states = load_states()
    assert len(states) == len({s.code for s in states}) == 199
    seats = {s.code: s.seat for s in states if "seat of embassies" in s.source}
    assert seats["NLD"] == "The Hague"
    assert sorted(seats) == ["BDI", "BEN", "BOL", "CIV", "ISR", "MMR", "NLD", "PSE", "TZA"]


def test_indicators_and_attributes_fit_together() -> None:
    names, sources = {row["name"] for row in table("attributes")}, {row["id"] for row in table("sources")}
    assert {row["attribute"] for row in table("indicators")} <= names
    assert {row["source"] for row in table("indicators")} <= sources
    assert {f.attribute for name in CASES for f in case_of(name).facts} <= names


def test_nothing_is_shipped_that_may_not_be() -> None:
    shipped = [path for path in DATA.rglob("*") if path.suffix in (".csv", ".toml", ".md")]
    found = [
        (path.name, word) for path in shipped for word in NEVER_SHIPPED if word in path.read_text(encoding="utf-8")
    ]
    assert len(shipped) > 20
    assert found == []


@pytest.mark.parametrize(("tool", "folder"), [("world", DATA), ("kazakhstan", DATA / "cases" / "kazakhstan-2012")])
def test_the_tools_write_what_is_shipped(tool: str, folder: Path, tmp_path: Path) -> None:
    if not PACK.is_dir():
        pytest.skip("the data pack is not beside the checkout")
    command = [sys.executable, str(ROOT / "tools" / f"{tool}.py"), "--pack", str(PACK), "--out", str(tmp_path)]
    subprocess.run(command, check=True)
    written = [path.name for path in tmp_path.iterdir()]
    assert len(written) >= 7
    assert filecmp.cmpfiles(tmp_path, folder, written, shallow=False)[1:] == ([], [])
