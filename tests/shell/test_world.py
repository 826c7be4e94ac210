"""The world's record: what it says of a State, how it is corrected, how complete it is, and cases made from it."""

import csv
import os
import random
from datetime import date
from pathlib import Path

import pytest
from test_cli import Call, legation  # the command line in this process

from legation.cases.drafting import draft
from legation.cases.questions import open_questions
from legation.desk.completeness import completeness
from legation.desk.founding import found
from legation.desk.gaps import chances
from legation.desk.worldrecord import state_of
from legation.errors import InvalidError, NotFoundError, Severity
from legation.model import Form
from legation.planning.brief import Forbid
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.sources import load_states, load_table, read_case, read_corrections, read_world, write_case

__all__ = ["legation"]

HEADER = "table,action,key,changes,source,note\n"
DAY = date(2026, 6, 1)
EVERY = bool(os.environ.get("LEGATION_EVERY_STATE"))  # minutes: a hundred thousand offers to cover a State, each State
YEARS = (2027, 2028, 2029)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Give a place for a file of corrections."""
    return tmp_path / "corrections.csv"


def written(path: Path, *rows: str) -> Path:
    """Write a file of corrections."""
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def refused(path: Path) -> InvalidError:
    """Return how the world refuses the file."""
    with pytest.raises(InvalidError) as error:
        read_world(path)
    return error.value


# Corrections


def test_without_corrections_the_world_is_as_shipped() -> None:
    world, found_reading = read_world()
    assert found_reading == ()
    assert (world.posts, world.states) == (load_table("posts"), load_states())


def test_every_row_of_the_world_can_be_named() -> None:
    """No two rows have one key, so a correction means one row."""
    from legation.sources.corrections import WORLD, key_of

    for name in WORLD:
        keys = [key_of(name, row) for row in load_table(name)]
        assert len(set(keys)) == len(keys) > 100, name


def test_rows_are_added_changed_and_retired(mine: Path) -> None:
    first = load_table("posts")[0]
    gone = load_table("accreditations")[0]
    world, found_reading = read_world(
        written(
            mine,
            "posts,add,SWE|brussels,form=embassy; state=BEL; city=Brussels; opened=1900,Ministry,a remark",
            f"posts,change,{first['sender']}|{first['wikidata']},city=Elsewhere,Ministry,",
            f"accreditations,retire,{gone['sender']}|{gone['resident']}|{gone['covered']},,Ministry,",
            "indicators,add,KAZ|gdp|2025,value=3e11,Budget,",
            "states,change,NLD,seat=Amsterdam; lat=52.4,Ministry,",
        )
    )
    assert found_reading == ()
    added = next(p for p in world.posts if p["wikidata"] == "brussels")
    assert (added["sender"], added["state"], added["source"], added["note"]) == ("SWE", "BEL", "Ministry", "a remark")
    assert world.posts[0] == first | {"city": "Elsewhere", "source": "Ministry", "note": ""}
    assert len(world.accreditations) == len(load_table("accreditations")) - 1
    assert world.indicators[-1]["value"] == "3e11"
    assert next(s for s in world.states if s.code == "NLD").seat == "Amsterdam"
    assert world.corrected == 5
    assert read_world()[0].posts == load_table("posts")  # the shipped table is untouched
    assert load_table("posts")[0] is first


def test_a_state_may_be_added_after_the_rows_that_name_it(mine: Path) -> None:
    world, _ = read_world(
        written(
            mine,
            "posts,add,SWE|x,form=embassy; state=XNW,Ministry,",
            "states,add,XNW,name=Newland; seat=New; lat=1; lon=2,Ministry,",
        )
    )
    assert world.states[-1].name == "Newland"
    assert world.posts[-1]["state"] == "XNW"


def test_a_state_that_is_retired_takes_its_rows_along(mine: Path) -> None:
    world, _ = read_world(written(mine, "states,retire,KIR,,Ministry,"))
    named = {"sender", "state", "located", "resident", "covered", "code"}
    rows = (*world.posts, *world.accreditations, *world.indicators)
    assert not any(row.get(name) == "KIR" for row in rows for name in named)
    assert len(found("x", "FJI", YEARS, DAY, world).states) == len(load_states()) - 1


BAD = {
    "table,add": ("postes,add,SWE|x,form=embassy; state=BEL,M,", "table"),
    "action": ("posts,delete,SWE|x,,M,", "action"),
    "no source": ("posts,add,SWE|x,form=embassy; state=BEL,,", "source"),
    "no key": ("posts,add,,form=embassy; state=BEL,M,", "key"),
    "short key": ("posts,add,SWE,form=embassy; state=BEL,M,", "key"),
    "form": ("posts,add,SWE|x,form=embasy; state=BEL,M,", "form"),
    "no form": ("posts,add,SWE|x,state=BEL,M,", "form"),
    "state": ("posts,add,SWE|x,form=embassy; state=XXX,M,", "state"),
    "sender": ("posts,add,SWX|x,form=embassy; state=BEL,M,", "sender"),
    "column": ("posts,add,SWE|x,form=embassy; state=BEL; town=Y,M,", "changes"),
    "no mark": ("posts,add,SWE|x,form=embassy; state=BEL; Brussels,M,", "changes"),
    "twice": ("posts,add,SWE|x,form=embassy; state=BEL; city=A; city=B,M,", "changes"),
    "latitude": ("posts,add,SWE|x,form=embassy; state=BEL; lat=91,M,", "lat"),
    "year": ("indicators,add,SWE|gdp|x,value=1,M,", "year"),
    "attribute": ("indicators,add,SWE|wealth|2025,value=1,M,", "attribute"),
    "number": ("indicators,add,SWE|gdp|2025,value=much,M,", "value"),
    "there already": ("indicators,add,SWE|gdp|2020,value=1,M,", "key"),
    "retire says more": ("indicators,retire,SWE|gdp|2020,value=1,M,", "changes"),
    "change says nothing": ("indicators,change,SWE|gdp|2020,,M,", "changes"),
    "formula": ("indicators,change,SWE|gdp|2020,=1+1,M,", "changes"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_wrong_correction_is_refused_at_its_place(name: str, mine: Path) -> None:
    row, column = BAD[name]
    error = refused(written(mine, "posts,add,SWE|fine,form=embassy; state=BEL,M,", row))
    assert [(f.file, f.row, f.column) for f in error.findings] == [("corrections.csv", 3, column)]
    assert all(f.remedy for f in error.findings)


def test_every_fault_is_told_at_once(mine: Path) -> None:
    rows = (
        "indicators,add,SWE|gdp|2025,value=much,M,",
        "posts,add,SWE|x,form=embasy; state=BEL; lat=91; town=Y,M,",
        "posts,change,SWE|nowhere,city=X,M,",
    )
    told = [(f.row, f.column) for f in refused(written(mine, *rows)).findings]
    assert told == [(2, "value"), (3, "changes"), (3, "form"), (3, "lat")]


def test_two_corrections_of_one_row_contradict(mine: Path) -> None:
    rows = ("indicators,change,SWE|gdp|2020,value=1,M,", "indicators,retire,SWE|gdp|2020,,M,")
    assert [(f.code, f.row) for f in refused(written(mine, *rows)).findings] == [("repeated-row", 3)]


@pytest.mark.parametrize(
    "row",
    [
        "posts,retire,SWE|Q0,,M,",
        "posts,change,SWE|Q0,city=X,M,",
        "states,change,NLD,seat=The Hague,M,",
    ],
)
def test_a_correction_that_touches_nothing_is_told(row: str, mine: Path) -> None:
    world, findings = read_world(written(mine, row))
    assert [(f.code, f.severity, f.row) for f in findings] == [("correction-idle", Severity.WARNING, 2)]
    assert world.posts == load_table("posts")


def test_a_second_embassy_is_told(mine: Path) -> None:
    held = next(p for p in load_table("posts") if (p["sender"], p["state"], p["form"]) == ("SWE", "FRA", "embassy"))
    world, findings = read_world(written(mine, "posts,add,SWE|paris,form=embassy; state=FRA,M,"))
    assert [f.code for f in findings] == ["correction-doubles"]
    assert held["wikidata"] in findings[0].message
    assert len(world.posts) == len(load_table("posts")) + 1


@pytest.mark.parametrize("text", ["", "a;b\n", "table,action\n", "table,action,key,changes,source,note\nposts,add\n"])
def test_a_file_that_is_none_is_refused(text: str, mine: Path) -> None:
    mine.write_text(text, encoding="utf-8")
    assert refused(mine).findings


def test_a_file_that_is_not_there_is_not_found(mine: Path) -> None:
    with pytest.raises(NotFoundError):
        read_world(mine)


# The verb


def test_correct_writes_a_checked_row(legation: Call, mine: Path) -> None:
    given = ("--corrections", mine)
    call = ("add", "posts", "SWE|brussels", "form=embassy", "state=BEL", "city=Brussels", "--source", "Ministry, 2026")
    assert legation("correct", *call, *given).code == 0
    assert legation("correct", "retire", "posts", "KEN|Q1", "--source", "M", *given).err.startswith("warning")
    rows = read_corrections(mine)
    assert [(r.action, r.key, r.source) for r in rows] == [
        ("add", "SWE|brussels", "Ministry, 2026"),
        ("retire", "KEN|Q1", "M"),
    ]
    listed = legation("correct", "list", *given)
    assert (listed.code, "Ministry, 2026" in listed.out, "no row" in listed.err.casefold()) == (0, True, True)
    assert len(legation("correct", "list", *given, "--json").data["corrections"]) == 2


def test_correct_writes_nothing_that_is_wrong(legation: Call, mine: Path) -> None:
    written(mine, "posts,add,SWE|x,form=embassy; state=BEL,M,")
    before = mine.read_bytes()
    for call in (
        ("add", "posts", "SWE|y", "form=palace", "state=BEL", "--source", "M"),
        ("add", "posts", "SWE|x", "form=embassy", "state=BEL", "--source", "M"),
        ("add", "palaces", "SWE|y", "--source", "M"),
    ):
        assert legation("correct", *call, "--corrections", mine).code == 1
    assert legation("correct", "add", "posts", "SWE|y", "form=embassy", "--corrections", mine).code == 2
    assert mine.read_bytes() == before
    assert [p.name for p in mine.parent.iterdir()] == [mine.name]


def test_corrections_are_found_and_said(legation: Call, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the option (a file or its folder), by the environment, or because they lie here: and stderr says so."""
    written(mine, "posts,add,SWE|brussels,form=embassy; state=BEL; city=Brussels,Ministry,")
    plain = legation("network", "SWE", "--json").data["record"]["own"][0]["proven"]
    for place in (mine, mine.parent):
        run = legation("network", "SWE", "--corrections", place)
        assert "corrected by" in run.err
        assert f"{plain + 1} establishments" in run.out
    monkeypatch.setenv("LEGATION_CORRECTIONS", str(mine))
    assert legation("network", "SWE", "--json").data["record"]["own"][0]["proven"] == plain + 1
    monkeypatch.delenv("LEGATION_CORRECTIONS")
    monkeypatch.chdir(mine.parent)
    run = legation("reciprocity", "Sweden")
    assert "corrected by" in run.err
    assert not any(line.startswith("Belgium") and "owed" in line for line in run.out.splitlines())
    assert legation("new", "sweden", "--sender", "SWE").code == 0
    case, _ = read_case("sweden")
    post = next(p for p in case.posts if p.seat.state == "BEL" and p.form is Form.EMBASSY)
    assert (post.source, post.confidence) == ("Ministry", "high")
    assert any(s.id == "Ministry" for s in case.sources)
    assert not any(isinstance(r, Forbid) and r.site == "BEL" for r in case.brief.rules)


def test_correct_lists_nothing_where_there_is_nothing(legation: Call, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "no corrections" in legation("correct", "list").out


# The record of a State


def test_network_of_a_state(legation: Call) -> None:
    by_code, by_name = legation("network", "SWE"), legation("network", "sweden")
    assert by_code.code == 0
    assert by_code.out == by_name.out
    with_sweden = [p for p in load_table("posts") if p["sender"] == "SWE"]
    career = [p for p in with_sweden if p["form"] not in ("honorary-consulate", "honorary-consulate-general")]
    assert 0 < len(career) < len(with_sweden)
    assert f"shows {len(career)} establishments" in " ".join(by_code.out.split())
    for words in ("Part of the world", "Resident here", "Covered concurrently", "No year of opening", "How complete"):
        assert words in by_code.out
    data = legation("network", "SWE", "--json").data
    assert data["completeness"]["dated"] == sum(bool(p["opened"]) for p in with_sweden)


def test_the_record_of_a_day_leaves_out_what_came_later(legation: Call) -> None:
    dated = sum(p["sender"] == "USA" and p["opened"] > "1990" for p in load_table("posts"))
    now, then = (legation("network", "USA", *on, "--json").data["record"] for on in ((), ("--on", "1990-12-31")))
    assert now["own"][0]["proven"] - then["own"][0]["proven"] == dated > 0


def test_neither_a_case_nor_a_state(legation: Call) -> None:
    run = legation("network", "Swedn")
    assert run.code == 2
    assert "SWE Sweden" in run.err


# Completeness


def test_the_expected_world_has_as_many_embassies_as_the_record() -> None:
    """A logistic regression with an intercept is calibrated in the large; and it tells apart what is there."""
    world, _ = read_world()
    made = chances(world)
    assert made.expected.sum() == pytest.approx(made.there.sum(), rel=1e-4)
    held = made.there > 0
    assert made.expected[held].mean() > 0.6
    assert made.expected[~held].mean() < 0.2


def test_a_sender_whose_rows_are_taken_out_looks_less_complete() -> None:
    world, _ = read_world()
    home = state_of("SWE", world.states)
    before = completeness(home, world, chances(world))
    kept = [p for p in world.posts if p["sender"] != "SWE" or p["state"] < "J"]
    poorer = type(world)(world.states, tuple(kept), world.accreditations, world.indicators)
    after = completeness(home, poorer, chances(poorer))
    assert after.embassies < before.embassies
    assert after.share < before.share - 0.2
    assert {"USA", "NOR"} <= {*after.likely}


def test_kazakhstan_is_known_from_its_own_case() -> None:
    world, _ = read_world()
    kaz = completeness(state_of("KAZ", world.states), world, chances(world))
    assert (kaz.share, kaz.compared) == (0.65, True)
    assert {"THA", "EGY", "UZB"} <= {*kaz.attested}
    assert not {*kaz.attested} & ({*kaz.likely} | {*kaz.possible})


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "src/legation/data").glob("*.csv")), ids=str)
def test_no_table_of_the_product_is_large(path: Path) -> None:
    assert path.stat().st_size < 1_000_000


def test_indicators_go_back_to_2000() -> None:
    years = {(r["attribute"], int(r["year"])) for r in load_table("indicators")}
    assert {(a, y) for a in ("gdp", "population") for y in range(2000, 2024)} <= years


def test_a_case_of_an_earlier_day_reads_no_later_figure(legation: Call, tmp_path: Path) -> None:
    assert legation("new", tmp_path / "old", "--sender", "EST", "--on", "2008-06-01").code == 0
    case, _ = read_case(tmp_path / "old")
    assert case.as_of == date(2008, 6, 1)
    assert case.brief.years == (2009, 2010, 2011)
    assert {f.year for f in case.facts if f.attribute == "gdp"} >= {2008}
    assert max(f.year for f in case.facts) == 2008


# Cases for every State


def test_a_case_for_every_state(tmp_path: Path) -> None:
    """Each asks what it does not know; some, or all if told so, draft a problem and read back without a finding."""
    world, _ = read_world()
    expected = chances(world)
    drawn = random.Random(7).sample(world.states, 8)
    for state in world.states:
        case = found("new", state.code, YEARS, DAY, world, expected)
        codes = {q.code for q in open_questions(case)}
        assert {"open-ceiling", "open-cost", "open-criterion", "open-fact"} <= codes
        if state in drawn or EVERY:
            drafted = draft(case)
            assert not [f for f in drafted.findings if f.severity is Severity.ERROR], state.code
            assert len(drafted.problem.sites) >= len(world.states) - 1
            write_case(case, tmp_path / state.code)
            _, findings = read_case(tmp_path / state.code)
            assert findings == (), (state.code, findings)


@pytest.mark.parametrize("code", random.Random(2027).sample([s.code for s in load_states()], 6))
def test_a_plan_for_a_sample_of_states(code: str) -> None:
    """It is proven, opens something, and opens nothing that is likely to be there already."""
    world, _ = read_world()
    case = found("new", code, YEARS, DAY, world)
    made = plan(draft(case).problem, limits=Limits(600))
    assert made.proof.status == "optimal"
    opened = {m.site for m in made.measures}
    assert opened
    assert not opened & {r.site for r in case.brief.rules if isinstance(r, Forbid)}


def test_questions_are_answered_by_changing_the_case(legation: Call, tmp_path: Path) -> None:
    case = tmp_path / "est"
    assert legation("new", case, "--sender", "EST").code == 0
    asked = {q["code"] for q in legation("questions", case, "--json").data}
    toml = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(toml.replace("Assumed: ", "Decided: "), encoding="utf-8")
    with (case / "costs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (case / "costs.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(row | {"source": "computed"} for row in rows)
    left = {q["code"] for q in legation("questions", case, "--json").data}
    assert asked - left == {"open-ceiling", "open-criterion", "open-rule", "open-cost"}
    assert "open question" in legation("questions", case).out
