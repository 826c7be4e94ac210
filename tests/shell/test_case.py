"""A case is the same after it was written and read again, as a folder and as a workbook, to the last byte."""

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legation.appraisal.claims import Claim
from legation.appraisal.criteria import Criterion, Missing, Prefer, Shape
from legation.cases.case import (
    Announced,
    Band,
    Case,
    CostLine,
    CostMeasure,
    InterestRow,
    Organisation,
    Place,
    Reach,
    ServiceRow,
    Settings,
    Share,
)
from legation.errors import InvalidError
from legation.law.national import Condition, Decided, LeastStaff, MostAccreditations, NoPost
from legation.model import (
    Accreditation,
    Event,
    EventKind,
    Fact,
    Form,
    Mandate,
    Network,
    Objective,
    Period,
    Post,
    Prices,
    Seat,
    Source,
    State,
    Track,
)
from legation.planning import brief as b
from legation.sources import convert, load_states, packaged, read_case, write_case

D = Decimal
CONSULAR = (Form.CONSULATE, Form.CONSULATE_GENERAL)
ODD = 'Ёлки, "quoted" | piped\nsecond line; #5 \\ 1,5 % ʼ  TRUE 007 _x0041_\ttab'

RULES = (
    b.Ceiling(((2012, D("1000.50")), (2013, D(7))), b.Class.RUNNING, b.Scope.NEW, D("0.1"), ODD),
    b.Tail(D(9)),
    b.StaffCeiling(((2012, D("4.5")), (2013, D(4))), b.Staff.LOCAL),
    b.MeasuresPerYear(2, b.Kind.UPGRADE, Form.EMBASSY, Track.DIPLOMATIC, (2012,)),
    b.Keep("KEN", Form.EMBASSY),
    b.Forbid("DEU-bonn", Form.CONSULATE_GENERAL),
    b.Require("KEN", Form.EMBASSY, 2013, exactly=True),
    b.Window("KEN", 2012, 2013),
    b.AtLeast(1, Form.EMBASSY, 2013, "Africa", "new", Track.DIPLOMATIC),
    b.AtMost(3, Form.CONSULATE, group="old"),
    b.After("KEN", Form.EMBASSY, "DEU-bonn", Form.CONSULATE, 1),
    b.Together(("KEN", "DEU-bonn")),
    b.Exclusive(("KEN", "DEU-bonn"), 1),
    b.Reciprocate("answer", 2),
    b.AccreditationsPerSeat(D(4)),
    b.AccreditationDistance(D(4500)),
    b.Conditional("KEN", "peace"),
    b.CloseAtMost(0),
    b.Custom("mine", (("of what", "x"), ("7", ODD))),
)

LAW = (
    MostAccreditations(3, "art. 4", ODD, date(2004, 2, 4)),
    Decided(ODD, "art. 2", "Act", (Form.EMBASSY, Form.CONSULATE), date(2004, 2, 4)),
    NoPost(("NAM", "KEN"), "art. 1", "Order", date(2010, 1, 1)),
    LeastStaff(2, "art. 9", "Act", (Form.CONSULATE,)),
)

RICH = Case(
    name="rich",
    title=ODD,
    sender="KAZ",
    as_of=date(2011, 7, 29),
    prices=Prices("USD", 2011, ((2010, D("88.69")), (2011, D("91.60"))), (("EUR", D("1.3261")),), D("0.02"), "cpi"),
    brief=b.Brief((2012, 2013), RULES, D("0.05")),
    posts=Network(
        (
            Post(
                *("DEU-berlin", "KAZ", Form.EMBASSY, Seat("DEU", "Berlin", 52.5, 13.0), Period(date(1992, 12, 16))),
                *(12, "900000.50", "press", "high", ODD),
            ),
            Post("DEU-bonn", "KAZ", Form.CONSULATE, Seat("DEU"), Period(date(1999, 1, 1), date(2010, 5, 1))),
        )
    ),
    foreign_posts=Network(
        (
            Post("NAM-өskemen", "NAM", Form.CONSULATE, Seat("KAZ", "Өskemen", 1 / 3, -0.1), Period(date(2008, 3, 1))),
            Post("NAM-embassy", "NAM", Form.EMBASSY, Seat("KAZ"), confidence="low"),
            Post("NAM-embassy-2", "NAM", Form.EMBASSY, Seat("KAZ")),
        )
    ),
    accreditations=(Accreditation("DEU-berlin", "NLD", 2001, "press", "medium", "=no"[1:]),),
    facts=(
        Fact("NAM", "gdp", 2010, 11.1e9, "USD", "bank", 2011, ODD),
        Fact("KEN", "gdp", 2010, 0.1 + 0.2, "USD", "bank"),
        Fact("KEN", "gdp", 2009, 1e300, "USD", "bank"),
        Fact("KEN", "gdp", 2008, -5e-324, "USD", "bank"),
    ),
    places=(
        Place(
            *("KEN", Track.DIPLOMATIC, "KEN", "Nairobi", -1.28, 36.0, (Form.DIPLOMATIC_MISSION, Form.EMBASSY)),
            *(2012, 2013, True, D("-1.50"), ODD, ("new", "far away"), "press"),
        ),
        Place("DEU-bonn", Track.CONSULAR, "DEU", "Bonn", 50.7, 7.1, CONSULAR, groups=("old",)),
    ),
    costs=(
        CostLine("form:embassy", CostMeasure.RUNNING, "rent", D("12"), D("0.10"), low=D("1.0"), currency="EUR"),
        CostLine("site:KEN:embassy", CostMeasure.CLOSING, "move", amount=D("123456789012345678901.25"), year=2011),
        CostLine("form:embassy", CostMeasure.DIPLOMATIC, "people", norm=D("2.5"), high=D(3), note=ODD),
    ),
    interests=(
        InterestRow("UN-new-york", "organisation", "United Nations", "USA", "New York", 40.7, -74.0, "UN", D("10")),
        InterestRow("region:Eastern Africa", "region", "Eastern Africa"),
    ),
    services=(
        ServiceRow("KEN", "UGA", Form.EMBASSY, D("0.30"), D(5), D(2), concurrent=True, evidence=ODD),
        ServiceRow("KEN", "NAM", allowed=False),
    ),
    events=(
        Event("KEN", EventKind.DECISION, date(2011, 8, 2), source="press", note=ODD),
        Event("DEU-bonn", EventKind.RAISED, date(2009, 1, 1), form=Form.CONSULATE_GENERAL),
        Event("DEU-berlin", EventKind.RELOCATED, date(2013, 5, 1), planned=True, state="DEU", city="Bonn"),
        Event("DEU-berlin", EventKind.PROTECTED, date(2013, 6, 1), by="CHE"),
    ),
    announced=(
        Announced("statistic", "accredited", D(106), states=("KEN", "NAM"), note=ODD),
        Announced("measure", "KEN", None, Form.EMBASSY, Form.NONE, 2012, reason="trade"),
    ),
    criteria=(
        Criterion(
            *("size", ODD, "gdp", D("60.5"), "bilateral", "Leading", Prefer.LOW, Shape.STEPS, D(1), D("2.50")),
            *(((D(1), D("0.5")), (D("2.50"), D(1))), Missing.MEDIAN, "reason"),
        ),
        Criterion("plain", "Plain", "gdp", D(0)),
    ),
    settings=Settings(
        points=(("bilateral", D(100)), ("organisation", D("60.5")), ("region", D(1))),
        shares=(Share("bilateral", Form.EMBASSY, D(1)), Share("organisation", Form.NONE, D("0.5"))),
        reach=Reach(base=D("0.35"), options=3),
        band=Band.HIGH,
        unit=D("0.01"),
        opening_month=1,
        closing_month=12,
        change_penalty=D("0.000001"),
        least_confidence="low",
    ),
    mandate=Mandate(ODD, "Head of State", "29 July 2011", "press", (Objective("o", ODD, ("size", "plain")),)),
    sources=(Source("bank", ODD, "World Bank", "https://example.org/?a=1&b=2", "CC BY", "gdp"),),
    states=(
        *load_states(),
        State("ZZA", "Ruritania", "Strelsau", 50.0, 14.25, "Europe", "Central Europe", ("de", "fr"), "novel"),
    ),
    notes=(ODD, "second " * 20),
    law=LAW,
    organisations=(Organisation(ODD, "Strelsau", 1998, 2031, "fiction"),),
    claims=(Claim("BRA", "the largest in its region", "gdp", 2, Prefer.LOW, "Americas", 2011, "fiction"),),
)

TARGETS = ["case", "case.xlsx"]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_rich_case_leaves_no_field_at_its_default() -> None:
    """Else the tests below would not see that a field is lost."""
    plain = Case("", "", "", date(1, 1, 1), Prices("", 0), b.Brief(()))
    assert [f.name for f in fields(Case) if getattr(RICH, f.name) == getattr(plain, f.name)] == []
    assert {type(rule) for rule in RULES} == set(b.Rule.__args__)
    assert {type(condition) for condition in LAW} == set(Condition.__args__)


@pytest.mark.parametrize("target", TARGETS)
def test_rich_case_survives(tmp_path: Path, target: str) -> None:
    write_case(RICH, tmp_path / target)
    case, _ = read_case(tmp_path / target)
    assert case == RICH


@pytest.mark.parametrize("name", packaged())
@pytest.mark.parametrize("target", TARGETS)
def test_packaged_case_survives(tmp_path: Path, name: str, target: str) -> None:
    case, findings = read_case(name)
    write_case(case, tmp_path / target)
    assert read_case(tmp_path / target) == (case, findings)


def test_folder_to_workbook_to_folder_gives_the_same_bytes(tmp_path: Path) -> None:
    write_case(RICH, tmp_path / "first")
    for step, target in (("first", "book.xlsx"), ("book.xlsx", "second")):
        write_case(read_case(tmp_path / step)[0], tmp_path / target)
    assert files(tmp_path / "first") == files(tmp_path / "second")


@pytest.mark.parametrize("name", packaged())
def test_conversion_keeps_every_byte_and_comment(tmp_path: Path, name: str) -> None:
    from legation.sources import world

    convert(name, tmp_path / "book.xlsx")
    convert(tmp_path / "book.xlsx", tmp_path / "folder")
    original = {n: text for n, text in files(world.CASES / name).items() if n.endswith((".csv", ".toml"))}
    assert files(tmp_path / "folder") == original


def test_workbook_is_the_same_each_time(tmp_path: Path) -> None:
    write_case(RICH, tmp_path / "one.xlsx")
    write_case(RICH, tmp_path / "two.xlsx")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_numbers_in_a_workbook_are_numbers(tmp_path: Path) -> None:
    """So that its user can add them up; what Excel would round stays text."""
    write_case(RICH, tmp_path / "case.xlsx")
    page = openpyxl.load_workbook(tmp_path / "case.xlsx")["costs"]
    column = {cell.value: cell.column for cell in page[1]}
    assert page.cell(2, column["norm"]).value == 12
    assert page.cell(2, column["price"]).value == "0.10"
    assert page.cell(3, column["amount"]).value == "123456789012345678901.25"


def test_written_folder_keeps_no_table_of_the_case_before(tmp_path: Path) -> None:
    write_case(RICH, tmp_path)
    write_case(replace(RICH, services=()), tmp_path)
    assert read_case(tmp_path)[0] == replace(RICH, services=())


def test_product_states_are_left_out(tmp_path: Path) -> None:
    write_case(RICH, tmp_path)
    assert (tmp_path / "states.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "ZZA,Ruritania,Strelsau,50,14.25,Europe,Central Europe,de|fr,novel"
    ]


def test_na_is_namibia(tmp_path: Path) -> None:
    """And "NA" as a name, a source or a note is a text, not something missing."""
    case = replace(RICH, notes=("NA",), accreditations=(Accreditation("DEU-berlin", "NAM", None, "NA", "low", "NA"),))
    write_case(case, tmp_path / "case.xlsx")
    assert read_case(tmp_path / "case.xlsx")[0] == case


@settings(deadline=None, max_examples=10)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=20), max_size=5))
def test_any_text_survives(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    noted = [t for t in texts if t.strip() and not t.startswith("=") and not t.strip().startswith("#")]
    facts = tuple(Fact("KEN", f"a{n}", 2010, 1.0, "USD", "bank", note=text) for n, text in enumerate(noted))
    case = replace(RICH, notes=tuple(texts), facts=facts)
    for target in TARGETS:
        path = tmp_path_factory.mktemp("case") / target
        write_case(case, path)
        assert read_case(path)[0] == case


@settings(deadline=None, max_examples=10)
@given(
    st.lists(st.floats(-1e300, 1e300), max_size=9),
    st.lists(st.decimals(0, 10**9, allow_nan=False, places=4), max_size=5),
)
def test_any_number_survives(
    tmp_path_factory: pytest.TempPathFactory, floats: list[float], decimals: list[Decimal]
) -> None:
    facts = tuple(Fact("KEN", f"a{n}", 2010, value, "USD", "bank") for n, value in enumerate(floats))
    lines = tuple(CostLine("form:embassy", CostMeasure.RUNNING, f"{n}", amount=d) for n, d in enumerate(decimals))
    case = replace(RICH, facts=facts, costs=lines)
    for target in TARGETS:
        path = tmp_path_factory.mktemp("case") / target
        write_case(case, path)
        assert read_case(path)[0] == case


@pytest.mark.parametrize("target", TARGETS)
def test_formula_is_not_written(tmp_path: Path, target: str) -> None:
    with pytest.raises(InvalidError, match="formula"):
        write_case(replace(RICH, accreditations=(Accreditation("DEU-berlin", "NAM", note="=1+1"),)), tmp_path / target)


def test_text_too_long_for_a_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="does not fit"):
        write_case(replace(RICH, notes=("x" * 40_000,)), tmp_path / "case.xlsx")


# What people do to the files in between


def edited(tmp_path: Path, table: str, change: dict[str, object]) -> Path:
    path = tmp_path / "case.xlsx"
    write_case(RICH, path)
    book = openpyxl.load_workbook(path)
    for cell, value in change.items():
        book[table][cell] = value
    book.save(path)
    return path


def test_workbook_saved_by_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    assert read_case(edited(tmp_path, "posts", {}))[0] == RICH


def test_dates_and_flags_of_a_spreadsheet_are_read(tmp_path: Path) -> None:
    changed = edited(tmp_path, "posts", {"G2": date(1993, 2, 3), "I2": 14, "G3": 1998})
    posts = read_case(changed)[0].posts.posts
    assert (posts[0].span.start, posts[0].staff, posts[1].span.start) == (date(1993, 2, 3), 14, date(1998, 1, 1))


@pytest.mark.parametrize(
    ("table", "cell", "value", "column", "says"),
    [
        ("costs", "F3", "=1+1", "amount", "is a formula"),
        ("posts", "G2", 33954, "opened", "is not a date"),
        ("posts", "G2", date(1900, 1, 1), "opened", "no date"),
        ("posts", "D2", "#N/A", "city", "error of a spreadsheet"),
        ("facts", "D3", True, "value", "not a number"),
        ("case", "A3", "sender = 5", "sender", "should be a text"),
    ],
)
def test_fault_in_a_workbook_has_its_sheet_and_row(
    tmp_path: Path, table: str, cell: str, value: object, column: str, says: str
) -> None:
    with pytest.raises(InvalidError) as raised:
        read_case(edited(tmp_path, table, {cell: value}))
    (found,) = raised.value.findings
    assert (found.file, found.row, found.column) == (f"sheet {table}", int(cell[1:]), column)
    assert says in found.message


def test_folder_saved_by_a_spreadsheet_program_is_read(tmp_path: Path) -> None:
    """With a byte order mark, Windows line ends, and commas after the last column."""
    write_case(RICH, tmp_path)
    for path in tmp_path.iterdir():
        text = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text)
    facts = tmp_path / "facts.csv"
    facts.write_bytes(facts.read_bytes().replace(b"note\r\n", b"note,,\r\n").rstrip(b"\r\n") + b",,\r\n,,,,,,,,,\r\n")
    assert read_case(tmp_path)[0] == RICH
