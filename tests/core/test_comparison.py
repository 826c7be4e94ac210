"""Two plans of one problem beside each other, worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from legation.model import Form, Track
from legation.planning.accounts import measures_from, money, objective, tail, to_decimal
from legation.planning.brief import Brief, Forbid
from legation.planning.comparison import Coverage, Moved, Reason, Reciprocity, Spending, compare
from legation.planning.contrast import contrast, told
from legation.planning.outcome import Plan, Proof, Served
from legation.planning.problem import Interest, Problem, Rung, Service, Site

NONE, EMBASSY = Form.NONE, Form.EMBASSY
ONE, HALF = Decimal(1), Decimal("0.5")


def site(name, running, *, here=False):
    rung = Rung(EMBASSY, (Decimal(3),) * 2, (Decimal(running),) * 2, (Decimal(0),) * 2, diplomatic=Decimal(2))
    return Site(name, Track.DIPLOMATIC, name, name, (rung,), resident_here=here)


PROBLEM = Problem(
    "two",
    "ZZZ",
    "XTS",
    2030,
    (site("AAA", 4), site("BBB", 2, here=True), site("CCC", 2)),
    tuple(
        Interest(name, (Decimal(worth),) * 2, residence=name) for name, worth in (("AAA", 10), ("BBB", 5), ("CCC", 2))
    ),
    (
        *(Service(name, EMBASSY, name, ONE) for name in ("AAA", "BBB", "CCC")),
        *(Service(seat, EMBASSY, "BBB", HALF, concurrent=True) for seat in ("AAA", "CCC")),
    ),
    Brief((2030, 2031), (), Decimal(0)),
    first_share=ONE,
    change_penalty=Decimal(0),
)


def plan_for(held, *services):
    rows = tuple(
        Served(year, interest, seat, EMBASSY, ONE if interest == seat else HALF, interest != seat)
        for year, interest, seat in services
    )
    worth = to_decimal(objective(PROBLEM, held, rows))
    proof = Proof(worth, worth, Decimal(0), "optimal", "hand", "1", 0, ONE, Decimal(0))
    measures = measures_from(PROBLEM, held, rows)
    return Plan("", measures, rows, money(PROBLEM, held, rows), *tail(PROBLEM, held, rows), proof)


BEST = plan_for(
    {"AAA": (EMBASSY, EMBASSY), "BBB": (NONE, EMBASSY), "CCC": (NONE, NONE)},
    *((2030, "AAA", "AAA"), (2030, "BBB", "AAA"), (2031, "AAA", "AAA"), (2031, "BBB", "BBB")),
)
OTHER = plan_for(
    {"AAA": (NONE, EMBASSY), "BBB": (NONE, NONE), "CCC": (EMBASSY, EMBASSY)},
    *((2030, "CCC", "CCC"), (2030, "BBB", "CCC"), (2031, "AAA", "AAA"), (2031, "CCC", "CCC"), (2031, "BBB", "CCC")),
)


def test_a_plan_beside_itself():
    same = compare(PROBLEM, BEST, BEST)
    assert (same.kept, same.lost, same.tail) == (1, 0, 0)
    assert same.shared == BEST.measures
    assert same.moved == same.only == same.other_only == same.differences == same.coverage == ()


def test_what_differs():
    found = compare(PROBLEM, BEST, OTHER)
    # the best is worth 10 + 2.5 + 10 + 5, the other 2 + 2.5 + 10 + 2 + 2.5
    assert (found.kept, found.lost) == (to_decimal(Fraction(38, 55)), Decimal("8.5"))
    assert found.shared == ()
    assert found.moved == (Moved("AAA", EMBASSY, 2030, 2031),)
    assert [m.site for m in found.only] == ["BBB"]
    assert [m.site for m in found.other_only] == ["CCC"]


def test_why_it_differs():
    found = compare(PROBLEM, BEST, OTHER).differences
    assert [(one.site, one.worth, one.money, one.reason) for one in found] == [
        ("AAA", Decimal("12.5"), Decimal(4), Reason.GAINS),
        ("BBB", Decimal(5), Decimal(5), Reason.GAINS),
        ("CCC", Decimal(-9), Decimal(-7), Reason.SAVES),
    ]
    assert [len(one.measures) for one in found] == [1, 1, 0]
    assert [len(one.others) for one in found] == [1, 0, 1]


def test_a_difference_without_gain_comes_from_elsewhere():
    idle = plan_for({"AAA": (NONE, NONE), "BBB": (NONE, NONE), "CCC": (NONE, EMBASSY)})
    nothing = plan_for({"AAA": (NONE, NONE), "BBB": (NONE, NONE), "CCC": (NONE, NONE)})
    (found,) = compare(PROBLEM, idle, nothing).differences
    assert (found.site, found.reason) == ("CCC", Reason.ELSEWHERE)
    assert compare(PROBLEM, nothing, idle).kept is None


def test_who_represents_us_where():
    found = compare(PROBLEM, BEST, OTHER).coverage
    assert found == (
        Coverage(2030, "AAA", "AAA", ONE, "", Decimal(0)),
        Coverage(2030, "BBB", "AAA", HALF, "CCC", HALF),
        Coverage(2030, "CCC", "", Decimal(0), "CCC", ONE),
        Coverage(2031, "BBB", "BBB", ONE, "CCC", HALF),
        Coverage(2031, "CCC", "", Decimal(0), "CCC", ONE),
    )


def test_money_and_mutuality():
    found = compare(PROBLEM, BEST, OTHER)
    assert found.money == (
        Spending(2030, *map(Decimal, (0, 2, 2, 0))),
        Spending(2031, *map(Decimal, (0, 0, 0, 0))),
    )
    assert found.today == Reciprocity(mutual=0, owed=1, ahead=0, absent=2)
    assert found.reciprocity == Reciprocity(mutual=1, owed=0, ahead=1, absent=1)
    assert found.other_reciprocity == Reciprocity(mutual=0, owed=1, ahead=2, absent=0)


def test_other_figures_of_the_same_act_are_no_difference():
    dearer = replace(BEST, measures=tuple(replace(m, worth=m.worth + 1) for m in BEST.measures))
    assert compare(PROBLEM, BEST, dearer).differences == ()


def test_versions_are_told_apart_in_plain_words() -> None:
    """Rules, measures, worth by the first's own yardstick, money; the same plan says so."""
    cut = replace(PROBLEM, brief=replace(PROBLEM.brief, rules=(Forbid("BBB", EMBASSY, "no"),)))
    found = contrast(PROBLEM, BEST, cut, OTHER)
    assert found.kept == compare(PROBLEM, BEST, OTHER).kept
    assert told(found, {"BBB": "Bee"}, "XTS") == (
        "Newly asked: BBB never holds an embassy.",
        "No longer planned: an embassy in Bee in 2031.",
        "Newly planned: an embassy in CCC in 2030.",
        "Moved from 2030 to 2031: an embassy in AAA.",
        "Worth: 27.5 points before, 19.0 after; it keeps 69.1 % by the yardstick of the first.",
        "New money, XTS: 2030: 7 -> 5.",
    )
    assert told(contrast(PROBLEM, BEST, PROBLEM, BEST), {}) == ("The measures are the same: 2.",)


def test_another_yardstick_is_not_pressed_on_a_plan_that_it_does_not_fit() -> None:
    """A site, a way to serve or a year that the first problem does not know."""
    fewer = replace(PROBLEM, sites=PROBLEM.sites[:2], services=PROBLEM.services[:2])
    assert contrast(fewer, BEST, PROBLEM, OTHER).kept is None
    dearer = replace(PROBLEM, sites=(replace(PROBLEM.sites[0], ladder=site("AAA", 5).ladder), *PROBLEM.sites[1:]))
    found = contrast(PROBLEM, BEST, dearer, BEST)
    assert (found.asked.costs, found.kept) == (("AAA",), 1)
