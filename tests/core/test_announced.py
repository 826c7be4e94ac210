"""What was announced: fixed as a problem of its own, and counted beside the record."""

from datetime import date
from decimal import Decimal

import pytest

from legation.cases import Announced, Case, announced_problem, announced_statistics
from legation.model import Accreditation, Form, Network, Period, Post, Prices, Seat, Track
from legation.planning.brief import Brief, Forbid, Keep, Require
from legation.planning.problem import Problem, Rung, Site

NONE, MISSION, EMBASSY, LARGE = Form.NONE, Form.DIPLOMATIC_MISSION, Form.EMBASSY, Form.LARGE_EMBASSY


def site(name, today=NONE, forms=(MISSION, EMBASSY, LARGE)):
    rungs = tuple(Rung(f, (Decimal(1),) * 3, (Decimal(1),) * 3, (Decimal(0),) * 3) for f in forms)
    return Site(name, Track.DIPLOMATIC, name, name, rungs, today, closable=True, first=2012)


PROBLEM = Problem(
    "r",
    "RUR",
    "USD",
    2011,
    (site("BRA"), site("KEN"), site("SVK", MISSION), site("USA", LARGE)),
    (),
    (),
    Brief((2012, 2013, 2014), (Keep("USA", EMBASSY),)),
)


def measure(name, year, form=EMBASSY, **more):
    return Announced("measure", name, form=form, year=year, **more)


# Measures


def test_announced_measures_are_fixed_and_nothing_else_moves():
    rows = (measure("BRA", 2012, reason="large economy"), measure("SVK", 2014, from_form=MISSION))
    problem, findings = announced_problem(PROBLEM, rows)
    assert not findings
    assert problem.brief.rules == (
        Keep("USA", EMBASSY),
        Require("BRA", EMBASSY, 2012, exactly=True, reason="announced: large economy"),
        Require("SVK", EMBASSY, 2014, exactly=True, reason="announced"),
        Forbid("BRA", LARGE, reason="no more than was announced"),
        Forbid("SVK", LARGE, reason="no more than was announced"),
    )
    assert [(s.id, s.first, s.last) for s in problem.sites] == [
        ("BRA", 2012, 2012),
        ("KEN", 2011, 2011),
        ("SVK", 2014, 2014),
        ("USA", 2011, 2011),
    ]
    assert not any(s.closable for s in problem.sites)
    assert (problem.interests, problem.services) == (PROBLEM.interests, PROBLEM.services)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (measure("FIN", 2012), "announced-unusable"),
        (measure("BRA", 2015), "announced-unusable"),
        (measure("BRA", None), "announced-unusable"),
        (measure("BRA", 2012, Form.CONSULATE), "announced-unusable"),
        (measure("USA", 2012), "announced-unusable"),
        (measure("SVK", 2014), "announced-from"),
    ],
)
def test_a_measure_that_does_not_fit_is_said(row, code):
    problem, (finding,) = announced_problem(PROBLEM, (row,))
    assert (finding.code, finding.subject) == (code, row.name)
    assert any(isinstance(r, Require) for r in problem.brief.rules) == (code == "announced-from")


def test_an_embassy_is_announced_for_the_lowest_size_where_there_is_no_standard_one():
    small = Form.SMALL_EMBASSY
    problem, _ = announced_problem(
        Problem("r", "RUR", "USD", 2011, (site("BRA", forms=(small, LARGE)),), (), (), PROBLEM.brief),
        (measure("BRA", 2012),),
    )
    assert [r.form for r in problem.brief.rules if isinstance(r, Require)] == [small]


# Statistics


def post(name, form, state, sender="RUR", **more):
    return Post(name, sender, form, Seat(state, more.pop("city", "")), **more)


OURS = (
    post("a", EMBASSY, "KEN"),
    post("b", LARGE, "USA"),
    post("c", EMBASSY, "OMN", confidence="low"),
    post("d", MISSION, "SVK", confidence="medium"),
    post("e", Form.CONSULATE, "USA"),
    post("f", Form.HONORARY_CONSULATE, "FIN"),
    post("g", EMBASSY, "SWE", span=Period(date(2013, 1, 1))),
)
THEIRS = (
    post("1", EMBASSY, "RUR", "USA"),
    post("2", Form.CONSULATE, "RUR", "USA", city="Zenda"),
    post("3", EMBASSY, "RUR", "CHN"),
    post("4", Form.CONSULATE_GENERAL, "RUR", "CHN", confidence="low"),
    post("5", Form.TRADE_REPRESENTATION, "RUR", "AUT", city="Zenda"),
    post("6", Form.TRADE_REPRESENTATION, "RUR", "DNK", city="Strelsau"),
    post("7", Form.HONORARY_CONSULATE, "RUR", "PER"),
)
NUMBERS = {
    "own_establishments": (9, 4, 1, 5),  # the honorary consulate is no part of it
    "own_embassies": (4, 2, 1, 2),
    "own_diplomatic_missions": (1, 1, 0, 0),
    "own_consulates_general": (0, 0, 0, 0),
    "own_consulates": (2, 1, 0, 1),
    "own_host_countries": (5, 3, 1, 2),
    "own_concurrently_covered_countries": (3, 1, 1, 2),
    "foreign_countries_accredited": (4, 2, 0, 2),
    "foreign_countries_with_embassy_and_consulate": (2, 1, 1, 1),
    "foreign_countries_with_honorary_consul": (3, 1, 0, 2),
    "foreign_trade_representations_in_zenda": (1, 1, 0, 0),
    "planned_new_embassies_2012": (3, 2, 0, 1),
}
CASE = Case(
    "r",
    "R",
    "RUR",
    date(2011, 7, 29),
    Prices("USD", 2011),
    Brief((2012,)),
    posts=Network(OURS),
    foreign_posts=Network(THEIRS),
    accreditations=(
        Accreditation("a", "UGA"),
        Accreditation("b", "UGA", confidence="low"),
        Accreditation("b", "CUB", confidence="low"),
        Accreditation("b", "MEX", since=2012),
    ),
    announced=(
        *(Announced("statistic", name, Decimal(n)) for name, (n, *_) in NUMBERS.items()),
        Announced("statistic", "students_abroad", Decimal(20)),
        measure("BRA", 2012),
        measure("FIN", 2012),
        measure("KEN", 2013),
    ),
)
FOUND = {s.name: s for s in announced_statistics(CASE)}


@pytest.mark.parametrize("name", NUMBERS)
def test_announced_numbers_beside_the_record(name):
    statistic = FOUND[name]
    assert (statistic.announced, statistic.found, statistic.probable, statistic.gap) == NUMBERS[name]


def test_every_number_names_its_rows():
    assert FOUND["own_embassies"].rows == ("a", "b", "c")
    assert FOUND["own_concurrently_covered_countries"].rows == ("a:UGA", "b:CUB", "b:UGA")
    assert FOUND["foreign_countries_with_embassy_and_consulate"].rows == ("1", "2", "3", "4")


def test_what_the_statement_itself_leaves_unexplained():
    within = FOUND["own_establishments_by_kind"]
    assert (within.announced, within.found, within.gap) == (9, 7, 2)
    assert within.note == "4 + 1 + 0 + 2 = 7; 2 of 9 are not named by kind"
    names = [s.name for s in announced_statistics(CASE)]
    assert names.index("own_establishments_by_kind") == names.index("own_establishments") + 1


def test_a_statistic_the_record_cannot_count_is_not_counted_as_none():
    unknown = FOUND["students_abroad"]
    assert (unknown.found, unknown.gap, unknown.rows) == (None, None, ())
    assert "nothing to count" in unknown.note


def test_titles_can_be_read():
    assert FOUND["foreign_trade_representations_in_zenda"].title == "Foreign trade representations in Zenda"
