"""The checker, on a plan of three sites worked out by hand."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import get_args

import pytest

from legation.errors import Finding, Severity
from legation.model import Form, Track
from legation.planning import brief as b
from legation.planning import compliance
from legation.planning.accounts import held_forms, measures_from, money, objective, reaches, tail, to_decimal
from legation.planning.brief import Brief, Kind
from legation.planning.checking import check, faults
from legation.planning.compliance import CHECKS
from legation.planning.outcome import Plan, Proof, Served, YearMoney
from legation.planning.problem import Interest, Problem, Rung, Service, Site

NONE, MISSION, EMBASSY, PERMANENT = Form.NONE, Form.DIPLOMATIC_MISSION, Form.EMBASSY, Form.PERMANENT_MISSION
CONSULATE, GENERAL = Form.CONSULATE, Form.CONSULATE_GENERAL
YEARS = (2030, 2031, 2032)


def d(*amounts):
    return tuple(Decimal(a) for a in amounts)


def rung(form, establishing, running, closing, staff=(0, 0, 0), **more):
    return Rung(form, d(*establishing), d(*running), d(closing, closing, closing), *d(*staff), **more)


SHANGHAI = Site(
    "CHN-shanghai",
    Track.CONSULAR,
    "CHN",
    "Shanghai",
    (rung(CONSULATE, (0, 0, 0), (0, 0, 0), 0), rung(GENERAL, (0, 0, 0), (0, 0, 0), 0)),
    today=CONSULATE,
    region="Asia",
)
KENYA = Site(
    "KEN",
    Track.DIPLOMATIC,
    "KEN",
    "Nairobi",
    (
        rung(MISSION, (10, 12, 14), (4, 4, 4), 1, (1, 1, 2), merit=Decimal(2)),
        rung(EMBASSY, (30, 32, 34), (10, 11, 12), 3, (3, 2, 5), lead_share=Decimal("0.5"), merit=Decimal(1)),
    ),
    closable=True,
    region="Africa",
    groups=("g",),
)
GENEVA = Site(
    "UN-geneva",
    Track.MULTILATERAL,
    "CHE",
    "Geneva",
    (rung(PERMANENT, (8, 8, 8), (6, 6, 6), 2, (2, 1, 0)),),
    today=PERMANENT,
    closable=True,
)
PROBLEM = Problem(
    name="hand",
    sender="ZZZ",
    currency="XTS",
    price_year=2030,
    sites=(SHANGHAI, KENYA, GENEVA),
    interests=(
        Interest("KEN", d(10, 10, 10), residence="KEN"),
        Interest("UGA", d(4, 4, 4), residence="UGA"),
    ),
    services=(
        Service("KEN", EMBASSY, "KEN", Decimal(1)),
        Service("KEN", EMBASSY, "UGA", Decimal("0.5"), True, d(1, 1, 1), Decimal(2), Decimal(500)),
        Service("UN-geneva", PERMANENT, "KEN", Decimal("0.25"), True, (), Decimal(1), Decimal(6000)),
    ),
    brief=Brief(YEARS, (), Decimal("0.25")),
    first_share=Decimal("0.25"),
    last_share=Decimal("0.5"),
    change_penalty=Decimal("0.03"),
)
HELD = {
    "CHN-shanghai": (GENERAL, GENERAL, GENERAL),
    "KEN": (NONE, EMBASSY, EMBASSY),
    "UN-geneva": (PERMANENT, PERMANENT, NONE),
}
COVER = Served(2030, "KEN", "UN-geneva", PERMANENT, Decimal("0.25"), True)
SERVED = (
    Served(2031, "KEN", "KEN", EMBASSY, Decimal(1), False),
    Served(2032, "KEN", "KEN", EMBASSY, Decimal(1), False),
    Served(2032, "UGA", "KEN", EMBASSY, Decimal("0.5"), True),
)


def plan_for(held=HELD, served=SERVED, problem=PROBLEM):
    """Write down a plan that is right in itself."""
    worth = to_decimal(objective(problem, held, served))
    proof = Proof(worth, worth, Decimal(0), "optimal", "hand", "1", 0, Decimal(1), Decimal(0))
    measures = measures_from(problem, held, served)
    return Plan("", measures, served, money(problem, held, served), *tail(problem, held, served), proof)


def under(*rules, problem=PROBLEM):
    return replace(problem, brief=replace(problem.brief, rules=rules))


def codes(problem, plan, **more):
    return [finding.code for finding in check(problem, plan, **more)]


# The figures


def test_money_by_hand():
    """Lead share, part years, closing and services, worked out by hand."""
    assert money(PROBLEM, HELD, SERVED) == (
        # half of the embassy's 20 above the mission is paid a year ahead
        YearMoney(2030, *d(10, 6, 6, 6, 2, 1, 0)),
        # 12 for the mission and the other 10; a quarter of 11 for the first year, and Geneva
        YearMoney(2031, *d(22, "8.75", 6, 17, 5, 3, 5)),
        # closing Geneva 2; 12 for the embassy, half of 6 for Geneva's last year, 1 for Uganda
        YearMoney(2032, *d(2, 16, 6, 13, 3, 2, 5)),
    )
    assert tail(PROBLEM, HELD, SERVED) == d(13, 6)


def test_objective_by_hand():
    """Worth 10 x 0.8 + 12 x 0.64, merit 3 x (0.8 + 0.64), less 0.03 x (4 rungs + (1 + 2 x 2 + 3) / 3000)."""
    assert objective(PROBLEM, HELD, SERVED) == Fraction(20) - Fraction("0.12008")


def test_measures_by_hand():
    measures = measures_from(PROBLEM, HELD, SERVED)
    assert [(m.year, m.site, m.kind, m.before, m.after) for m in measures] == [
        (2030, "CHN-shanghai", Kind.UPGRADE, CONSULATE, GENERAL),
        (2031, "KEN", Kind.ESTABLISH, NONE, EMBASSY),
        (2032, "UN-geneva", Kind.CLOSE, PERMANENT, NONE),
    ]
    assert [(m.establishing, m.running, m.staff, m.worth) for m in measures] == [
        d(0, 0, 0, 0),
        d(32, 11, 10, "15.68"),
        d(2, -6, -3, 0),
    ]
    assert held_forms(PROBLEM, measures) == HELD


def test_worth_of_a_measure_ends_at_the_next_and_leaves_out_what_today_gives():
    here = Service("UN-geneva", PERMANENT, "UGA", Decimal("0.25"))
    problem = replace(PROBLEM, services=(*PROBLEM.services, here))
    back = {**HELD, "UN-geneva": (NONE, PERMANENT, PERMANENT)}
    served = (Served(2031, "UGA", "UN-geneva", PERMANENT, Decimal("0.25"), False),)
    closed, reopened = (m for m in measures_from(problem, back, served) if m.site == "UN-geneva")
    assert (closed.worth, reopened.worth) == d(-1, "-0.64")


def test_a_closed_post_costs_its_establishing_again():
    back = {**HELD, "UN-geneva": (NONE, PERMANENT, PERMANENT)}
    assert tuple(m.establishing for m in money(PROBLEM, back, ())) == d(12, 30, 0)


def test_forms_of_another_track_are_never_held():
    assert reaches(KENYA, EMBASSY, Form.MICRO_EMBASSY)
    assert not reaches(KENYA, MISSION, Form.MICRO_EMBASSY)
    assert not reaches(SHANGHAI, GENERAL, MISSION)
    assert reaches(SHANGHAI, NONE, NONE)


def test_to_decimal_is_exact_where_it_can_be():
    assert to_decimal(Fraction(1, 8)) == Decimal("0.125")
    assert to_decimal(Fraction(1, 3)) == Decimal("0.333333333333")


# The rules: each broken by the plan, and kept when it asks for a little less

BROKEN = [
    (b.Ceiling(((2031, Decimal(30)),)), "2031: 30.75 is spent where 30 may be, 0.75 too much."),
    (b.Ceiling(((2031, Decimal(24)),), scope=b.Scope.NEW), "2031: 24.75 is spent where 24 may be"),
    (b.Ceiling(((2030, Decimal(9)),), money=b.Class.ESTABLISHING, scope=b.Scope.NEW), "2030: 10 is spent where 9"),
    (b.Ceiling(((2032, Decimal(15)),), money=b.Class.RUNNING), "2032: 16 is spent where 15 may be, 1 too much."),
    (b.Ceiling(((2030, Decimal(20)), (2031, Decimal("26.7"))), carry_over=Decimal("0.25")), "0.05 too much"),
    (b.Ceiling(((2030, Decimal(20)), (2031, Decimal(28))), carry_over=Decimal("0.1")), "0.75 too much"),
    (b.Ceiling(((2030, Decimal(99)), (2032, Decimal(17))), carry_over=Decimal(1)), "2032: 18 is spent where 17"),
    (b.Tail(Decimal(12)), "costs 13 where 12 may be, 1 too much."),
    (b.Tail(Decimal(6), scope=b.Scope.NEW), "costs 7 where 6 may be"),
    (b.StaffCeiling(((2031, Decimal(12)),)), "2031: 13 staff where 12 may be, 1 too many."),
    (b.StaffCeiling(((2031, Decimal(7)),), staff=b.Staff.HOME), "2031: 8 staff where 7"),
    (b.StaffCeiling(((2032, Decimal(4)),), staff=b.Staff.LOCAL), "2032: 5 staff where 4"),
    (b.MeasuresPerYear(0, years=(2032,)), "2032: 1 measures where 0 may be, 1 too many."),
    (b.MeasuresPerYear(0, kind=Kind.CLOSE), "2032: 1 measures"),
    (b.MeasuresPerYear(0, form=MISSION), "2031: 1 measures"),
    (b.MeasuresPerYear(0, form=PERMANENT, kind=Kind.CLOSE), "2032: 1 measures"),
    (b.MeasuresPerYear(0, track=Track.CONSULAR), "2030: 1 measures"),
    (b.Keep("KEN", MISSION), "2030: KEN holds less than diplomatic-mission."),
    (b.Forbid("CHN-shanghai", GENERAL), "2030: CHN-shanghai holds consulate-general or more."),
    (b.Require("KEN", EMBASSY, 2030), "2030: KEN holds less than embassy, required from 2030 on."),
    (b.Require("KEN", MISSION, 2032, exactly=True), "2031: KEN holds diplomatic-mission before 2032"),
    (b.Require("CHN-shanghai", CONSULATE, 2030, exactly=True), "holds consulate today"),
    (b.Require("KEN", EMBASSY, 2029, exactly=True), "2029 is not a year of the brief"),
    (b.Window("KEN", 2032, 2032), "2031: KEN changes form outside of 2032 to 2032."),
    (b.AtLeast(1, MISSION, 2030), "2030: 0 sites hold diplomatic-mission or more, 1 too few."),
    (b.AtLeast(1, CONSULATE, 2030, region="Africa"), "2030: 0 sites"),
    (b.AtMost(0, EMBASSY, group="g"), "2031: 1 sites hold embassy or more, 1 too many."),
    (b.AtMost(0, CONSULATE, track=Track.CONSULAR), "2030: 1 sites hold consulate or more"),
    (b.After("KEN", EMBASSY, "CHN-shanghai", GENERAL, 2), "2031: KEN holds embassy, but CHN-shanghai did not hold"),
    (b.After("KEN", EMBASSY, "UN-geneva", PERMANENT), "2032: KEN holds embassy, but UN-geneva did not hold"),
    (b.Together(("KEN", "CHN-shanghai")), "2030: CHN-shanghai hold a form without KEN."),
    (b.Exclusive(("KEN", "CHN-shanghai", "UN-geneva"), 2), "2031: KEN, CHN-shanghai, UN-geneva hold a form, 1 too"),
    (b.Reciprocate("never-before"), "2031: KEN takes up embassy where they do not reside here."),
    (b.AccreditationsPerSeat(Decimal(1)), "2032: KEN carries accreditations of load 2, 1 too much."),
    (b.AccreditationDistance(Decimal(499)), "2032: KEN serves UGA from 500 km, 1 too far."),
    (b.Conditional("KEN", "their consent"), "2031: KEN changes form before this is met: their consent."),
    (b.CloseAtMost(0), "2032: 1 sites are closed where 0 may be, 1 too many."),
]
KEPT = [
    b.Ceiling(((2030, Decimal(16)), (2031, Decimal("30.75")), (2032, Decimal(18)))),
    b.Ceiling(((2030, Decimal(20)), (2031, Decimal("26.75"))), carry_over=Decimal("0.25")),
    b.Ceiling(((2031, Decimal("24.75")),), scope=b.Scope.NEW),
    b.Tail(Decimal(13)),
    b.Tail(Decimal(7), scope=b.Scope.NEW),
    b.StaffCeiling(((2031, Decimal(13)),)),
    b.MeasuresPerYear(1),
    b.MeasuresPerYear(0, form=PERMANENT, kind=Kind.ESTABLISH),
    b.MeasuresPerYear(0, form=PERMANENT),
    b.Keep("CHN-shanghai", CONSULATE),
    b.Forbid("KEN", Form.LARGE_EMBASSY),
    b.Require("KEN", EMBASSY, 2031, exactly=True),
    b.Window("KEN", 2031, 2031),
    b.AtLeast(1, EMBASSY, 2031, region="Africa", group="g", track=Track.DIPLOMATIC),
    b.AtMost(1, EMBASSY),
    b.AtMost(0, Form.TRADE_REPRESENTATION),
    b.After("KEN", EMBASSY, "CHN-shanghai", GENERAL, 1),
    b.After("CHN-shanghai", CONSULATE, "KEN", EMBASSY),
    b.Together(("CHN-shanghai",)),
    b.Exclusive(("KEN", "CHN-shanghai")[:1]),
    b.Reciprocate("answer"),
    b.AccreditationsPerSeat(Decimal(2)),
    b.AccreditationDistance(Decimal(500)),
    b.Conditional("KEN", "their consent", met=True),
    b.CloseAtMost(1),
]


@pytest.mark.parametrize(("rule", "message"), BROKEN, ids=lambda part: getattr(part, "rule", ""))
def test_a_broken_rule_is_named_with_year_and_excess(rule, message):
    first, *_ = check(under(rule), plan_for())
    assert (first.code, first.severity) == (rule.rule, Severity.ERROR)
    assert message in first.message


def test_kept_rules_give_no_finding():
    assert check(under(*KEPT), plan_for()) == ()


def test_every_broken_rule_is_reported():
    rules = [rule for rule, _ in BROKEN]
    assert set(codes(under(*rules), plan_for())) == {rule.rule for rule in rules}


def test_mutuality_is_owed_from_the_year_named():
    sites = (SHANGHAI, replace(KENYA, resident_here=True), GENEVA)
    problem = replace(PROBLEM, sites=sites)
    for within, years in ((1, ["2030"]), (2, [])):
        found = check(under(b.Reciprocate("answer", within), problem=problem), plan_for())
        assert [f.message[:4] for f in found] == years


def test_every_rule_has_a_check():
    assert set(CHECKS) == set(get_args(b.Rule)) - {b.Custom}


class Entry:
    """An installed rule that finds fault with every plan."""

    def load(self):
        return self

    def check(self, rule, problem, plan):
        return (Finding("ours", Severity.ERROR, rule.name, f"{len(plan.measures)} measures are never enough."),)


def test_rules_of_ones_own(monkeypatch):
    problem = under(b.Custom("greed"))
    (missing,) = check(problem, plan_for())
    assert (missing.code, missing.subject) == ("custom", "greed")
    monkeypatch.setattr(compliance, "entry_points", lambda group, name: [Entry()])
    (found,) = check(problem, plan_for())
    assert found.message == "3 measures are never enough."


# The conditions of the problem itself


def test_only_closable_sites_give_up_a_form():
    problem = replace(PROBLEM, sites=(SHANGHAI, KENYA, replace(GENEVA, closable=False)))
    assert codes(problem, plan_for()) == ["not-closable"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"first": 2032}, "not-yet"), ({"last": 2030}, "too-late"), ({"first": 2031, "last": 2031}, "")],
)
def test_sites_rise_in_their_years_only(limits, code):
    problem = replace(PROBLEM, sites=(SHANGHAI, replace(KENYA, **limits), GENEVA))
    assert codes(problem, plan_for()) == [code] * bool(code)


def test_covering_ends_where_we_reside():
    assert codes(PROBLEM, plan_for(served=(COVER, *SERVED))) == []
    late = replace(COVER, year=2031)
    assert codes(PROBLEM, plan_for(served=(late, *SERVED[1:]))) == ["service-resident"]


def test_services_need_their_form():
    early = replace(SERVED[0], year=2030)
    assert codes(PROBLEM, plan_for(served=(early, *SERVED))) == ["service-form"]


def test_one_service_counts():
    plan = plan_for()
    assert codes(PROBLEM, replace(plan, services=(*SERVED, SERVED[0]))) == ["service-twice"]


def test_services_must_be_offered():
    plan = plan_for()
    assert codes(PROBLEM, replace(plan, services=(replace(SERVED[0], share=Decimal("0.9")), *SERVED[1:]))) == [
        "service"
    ]


# The plan as stated


def test_measures_must_fit_together():
    plan = plan_for()
    shanghai, kenya, geneva = plan.measures
    for wrong in (
        replace(kenya, before=MISSION),
        replace(kenya, after=GENERAL),
        replace(kenya, kind=Kind.UPGRADE),
        replace(kenya, site="XXX"),
        replace(kenya, year=2040),
    ):
        assert codes(PROBLEM, replace(plan, measures=(shanghai, wrong, geneva))) == ["measure"]
    assert "measure-twice" in codes(PROBLEM, replace(plan, measures=(*plan.measures, kenya)))


def test_figures_must_be_exact():
    plan = plan_for()
    first = replace(plan.money[0], running=plan.money[0].running + Decimal("1e-20"))
    assert codes(PROBLEM, replace(plan, money=(first, *plan.money[1:]))) == ["money"]
    assert codes(PROBLEM, replace(plan, money=plan.money[:2])) == ["money-years"]
    assert codes(PROBLEM, replace(plan, tail=Decimal(14))) == ["tail-figure"]


def test_proof_must_hold():
    plan = plan_for()

    def proven(**other):
        return codes(PROBLEM, replace(plan, proof=replace(plan.proof, **other)))

    worth = plan.proof.objective
    assert proven(objective=worth - 1, gap=1 / (worth - 1)) == ["objective", "gap-limit"]
    assert proven(bound=worth - 1) == ["bound"]
    assert proven(bound=worth + 1) == ["gap", "gap-limit"]
    assert proven(bound=worth + 1, gap=1 / worth, status="feasible") == []
    assert proven(bound=worth + 1, gap=1 / worth, gap_limit=Decimal("0.1")) == []
    assert proven(status="infeasible") == ["status"]
    assert proven(gap=Decimal("NaN")) == ["proof"]


def test_plan_must_answer_this_problem():
    plan = replace(plan_for(), problem="abc")
    assert codes(PROBLEM, plan, digest="abc") == []
    assert codes(PROBLEM, plan, digest="abd") == ["digest"]


# The problem as stated


def test_unsound_problems_are_reported_at_once():
    low = replace(KENYA.ladder[1], establishing=d(1, 1, 1))
    wrong = replace(
        PROBLEM,
        sites=(replace(SHANGHAI, today=EMBASSY), replace(KENYA, ladder=(KENYA.ladder[0], low)), GENEVA, GENEVA),
        interests=(Interest("KEN", d(1, -1)), Interest("UGA", d(1, 1, 1))),
        services=(Service("XXX", EMBASSY, "KEN", Decimal(2)),),
        brief=Brief((2030, 2032, 2031), (b.Keep("YYY", EMBASSY), b.Together(("KEN", "ZZZ")))),
    )
    found = [finding.message for finding in faults(wrong)]
    assert len(found) == 10
    for part in ("must rise", "2 things", "holds embassy today", "costs less", "2 amounts", "negative", "no such site"):
        assert any(part in message for message in found)
    assert check(wrong, plan_for()) == faults(wrong)
    assert faults(PROBLEM) == ()
