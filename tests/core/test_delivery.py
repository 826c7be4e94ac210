"""What has been done: milestones from events, forecasts given what passed, money left, the rest of the plan."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from legation.cases.drafting import draft
from legation.chancery.delivery import backtest, opened_for, published, replan, rest, track
from legation.delivery.indicators import Verdict
from legation.delivery.leadtimes import LeadTime, spread_of
from legation.errors import InvalidError
from legation.model import Event, EventKind, Fact, Form
from legation.planning.accounts import held_forms
from legation.planning.brief import Ceiling, MeasuresPerYear, Require, StaffCeiling, Window
from legation.planning.checking import check
from legation.programme.plans import plan
from legation.sources import read_case

CASE, _ = read_case("ruritania")
DRAFT = draft(CASE)
PLAN = plan(DRAFT.problem)
WHV, FORUM = PLAN.measures
K = EventKind


def told(*events: tuple[str, EventKind, str]):
    return replace(CASE, events=tuple(Event(post, kind, date.fromisoformat(day)) for post, kind, day in events))


def tracked(on: str, *events: tuple[str, EventKind, str]):
    return track(told(*events), DRAFT.problem, PLAN, date.fromisoformat(on))


def line(found, site: str):
    return next(x for x in found.lines if x.measure.site == site)


def test_the_plan_is_the_one_these_tests_are_about():
    assert [(m.site, m.year, m.after) for m in PLAN.measures] == [
        ("WHV", 2030, Form.EMBASSY), ("FORUM-port-mirth", 2031, Form.PERMANENT_MISSION),
    ]  # fmt: skip


# Lead times


def test_a_spread_is_a_distribution_and_what_is_late_takes_longer():
    spread = spread_of(published())
    assert spread.within(spread.quantile(0.5)) == pytest.approx(0.5)
    assert list(spread.draws()) == sorted(spread.draws())
    assert spread.quantile(0.5, above=30) > 30 > spread.quantile(0.5)
    share = (spread.within(40) - spread.within(30)) / (1 - spread.within(30))
    assert spread.within(spread.quantile(share, above=30)) == pytest.approx(spread.within(40))


def test_own_measures_draw_the_spread_to_themselves():
    slow = spread_of(published(), [60.0] * 50)
    assert spread_of(published()).quantile(0.5) < 25
    assert slow.quantile(0.5) > 50


def test_a_case_only_planned_counts_half():
    done, due = (LeadTime("XXX", "embassy", m, None, observed) for m, observed in ((10.0, True), (40.0, False)))
    assert spread_of((done, due)).within(20.0) == pytest.approx(2 / 3, abs=0.06)


def test_most_published_cases_fall_where_the_others_say():
    assert (sum(t.inside for t in backtest()), len(backtest())) == (8, 11)


# Milestones


def test_milestones_lie_between_the_decision_and_the_opening():
    steps = {s.milestone.kind: s.milestone.planned for s in line(tracked("2029-01-01"), "WHV").steps}
    assert list(steps)[:3] == [K.DECISION, K.FUNDING, K.CONSENT]
    assert list(steps.values()) == sorted(steps.values())
    assert (steps[K.DECISION], steps[K.FIRST_WORKING_DAY]) == (CASE.as_of, date(2030, 7, 1))


@pytest.mark.parametrize(
    ("on", "events", "state"),
    [
        ("2029-01-01", [], "ahead"),
        ("2029-03-01", [], "due"),
        ("2029-03-01", [("WHV", K.CONSENT, "2029-02-01")], "under-way"),
        ("2029-03-01", [("WHV", K.CONSENT, "2029-03-02")], "due"),
        ("2030-03-01", [("WHV", K.OFFICIAL_OPENING, "2030-02-01")], "done"),
        ("2029-03-01", [("GRK", K.CONSENT, "2029-02-01")], "due"),
    ],
)  # fmt: skip
def test_states(on: str, events: list[tuple[str, EventKind, str]], state: str):
    assert line(tracked(on, *events), "WHV").state == state


def test_a_planned_event_moves_what_is_due():
    due = Event("WHV", K.FIRST_WORKING_DAY, date(2030, 9, 1), planned=True, source="note")
    found = line(track(replace(CASE, events=(due,)), DRAFT.problem, PLAN, CASE.as_of), "WHV").effect.milestone
    assert (found.planned, found.actual, found.source) == (date(2030, 9, 1), None, "note")


def put_off(*events: tuple[EventKind, str], planned: bool = True):
    """Track with days that are due; the last of them may have come."""
    told = tuple(Event("WHV", kind, date.fromisoformat(day), planned=planned) for kind, day in events)
    found = track(replace(CASE, events=told), DRAFT.problem, PLAN, CASE.as_of)
    return {s.milestone.kind: s for s in line(found, "WHV").steps}, [f.code for f in found.findings]


def test_what_depends_on_a_step_moves_with_it():
    """A decision put off puts off all that follows by as many days; the forecast follows."""
    usual, _ = put_off()
    late, found = put_off((K.DECISION, "2029-07-01"))
    days = (date(2029, 7, 1) - CASE.as_of).days
    assert [(late[k].milestone.planned - usual[k].milestone.planned).days for k in usual] == [days] * len(usual)
    assert late[K.CONSENT].milestone.first == usual[K.CONSENT].milestone.planned
    assert late[K.FIRST_WORKING_DAY].expected > usual[K.FIRST_WORKING_DAY].expected
    assert found == []


def test_what_goes_before_an_opening_is_due_by_its_day():
    """An opening brought forward draws along its ceremonies and what must come first; a consent draws nothing."""
    usual, _ = put_off()
    early, found = put_off((K.FIRST_WORKING_DAY, "2029-03-01"))
    assert early[K.ADVANCE_TEAM].milestone.planned == date(2029, 3, 1)
    assert early[K.DECISION].milestone == usual[K.DECISION].milestone
    assert early[K.CREDENTIALS].milestone.planned < usual[K.CREDENTIALS].milestone.planned
    assert found == []
    consent, _ = put_off((K.CONSENT, "2029-01-20"))
    assert consent[K.FIRST_WORKING_DAY].milestone == usual[K.FIRST_WORKING_DAY].milestone


def test_days_that_contradict_each_other_are_told():
    """A consent that is due after the opening it is to; one put off is not expected before its day."""
    steps, found = put_off((K.CONSENT, "2031-08-01"), (K.FIRST_WORKING_DAY, "2030-06-01"))
    assert found == ["milestone-order"]
    assert steps[K.CONSENT].low >= date(2031, 8, 1)
    assert put_off((K.CONSENT, "2030-05-01"), (K.FIRST_WORKING_DAY, "2030-06-01"))[1] == []


def test_an_event_of_before_the_post_closed_is_not_of_its_reopening():
    events = [("WHV", K.DECISION, "2020-01-01"), ("WHV", K.CLOSED, "2028-01-01")]
    assert line(tracked("2029-03-01", *events), "WHV").state == "due"


# Forecasts


def test_the_longer_a_step_is_waited_for_the_later_the_opening():
    begun = ("WHV", K.DECISION, "2029-01-10")
    ahead = [line(tracked(on, begun), "WHV").effect for on in ("2029-02-01", "2030-06-01", "2031-12-01")]
    assert [e.expected for e in ahead] == sorted({e.expected for e in ahead})
    assert all(e.low <= e.expected <= e.high for e in ahead)
    assert ahead[-1].low > date(2031, 12, 1)


def test_a_step_taken_brings_it_nearer():
    begun, there = ("WHV", K.DECISION, "2029-01-10"), ("WHV", K.ADVANCE_TEAM, "2029-06-01")
    without, with_ = (line(tracked("2029-06-02", *e), "WHV").effect for e in ([begun], [begun, there]))
    assert with_.expected < without.expected
    assert with_.high - with_.low < without.high - without.low


def test_an_upgrade_and_a_ceremony():
    """What is open by a ceremony was open by then; credentials still lie ahead."""
    found = line(tracked("2030-03-01", ("WHV", K.OFFICIAL_OPENING, "2030-02-01")), "WHV")
    assert found.effect.expected == date(2030, 2, 1)
    credentials = next(s for s in found.steps if s.milestone.kind is K.CREDENTIALS)
    assert credentials.expected >= date(2030, 3, 1)


# Money


ON_TIME = [("WHV", K.FIRST_WORKING_DAY, "2030-07-01"), ("FORUM-port-mirth", K.FIRST_WORKING_DAY, "2031-07-01")]


def test_on_time_nothing_is_left():
    money = tracked("2031-08-01", *ON_TIME).money
    assert [(m.left, m.low == m.high == m.expected) for m in money] == [(0, True), (0, True)]


def test_what_measures_cost_by_plan_is_what_the_plan_says():
    money = tracked("2029-01-01").money
    baseline = [y.establishing + y.running - y.baseline for y in PLAN.money]
    assert [m.planned for m in money] == baseline


def test_a_year_of_delay_leaves_its_money_and_asks_for_it_again():
    late = [("WHV", K.FIRST_WORKING_DAY, "2031-07-01"), ON_TIME[1]]
    first, second = tracked("2031-08-01", *late).money
    rung = next(r for s in DRAFT.problem.sites if s.id == "WHV" for r in s.ladder if r.form is Form.EMBASSY)
    assert first.left == rung.establishing[0] + rung.running[0] / 2
    assert second.left == -rung.establishing[1] + rung.running[1] / 2


def test_what_may_come_later_leaves_something_between_nothing_and_all():
    first = tracked("2030-01-01", ("WHV", K.DECISION, "2029-02-01")).money[0]
    assert 0 <= first.low <= first.expected <= first.high
    assert 0 < first.left < first.planned


# Replanning


def test_replanning_keeps_what_is_under_way_and_leaves_the_past_alone():
    case = told(("WHV", K.DECISION, "2029-03-15"), ("WHV", K.ADVANCE_TEAM, "2030-11-01"))
    found = replan(case, DRAFT.problem, PLAN, date(2031, 1, 15))
    assert [(k.site, k.state, k.year) for k in found.kept] == [("WHV", "under-way", 2031)]
    assert ("WHV", Form.EMBASSY, 2031) in {(m.site, m.after, m.year) for m in found.plan.measures}
    assert {m.year for m in found.plan.measures} == {2031}
    assert found.comparison.lost < 0
    assert check(found.problem, found.plan) == ()


def test_what_is_not_begun_is_free_again():
    found = rest(CASE, DRAFT.problem, PLAN, date(2031, 1, 15))
    assert (found.first, found.kept) == (2031, ())
    assert all((s.first or 0) >= 2031 for s in found.problem.sites)


def test_after_the_month_of_effect_the_next_year_is_the_first():
    assert rest(CASE, DRAFT.problem, PLAN, date(2030, 7, 1)).first == 2030
    assert rest(CASE, DRAFT.problem, PLAN, date(2030, 7, 2)).first == 2031
    with pytest.raises(InvalidError, match="No year of the plan is left"):
        rest(CASE, DRAFT.problem, PLAN, date(2031, 7, 2))


def test_what_is_not_begun_may_be_given_its_time():
    found = rest(CASE, DRAFT.problem, PLAN, date(2029, 6, 1), after_months=20)
    assert all((s.first or 0) >= 2031 for s in found.problem.sites)


def test_what_was_not_planned_is_kept_too():
    case = replace(CASE, events=(
        Event("EMK", K.RAISED, date(2030, 2, 1), form=Form.EMBASSY),
        Event("GRK", K.CLOSED, date(2030, 3, 1)),
    ))  # fmt: skip
    found = rest(case, DRAFT.problem, PLAN, date(2030, 4, 1))
    assert [(k.site, k.before, k.after, k.year) for k in found.kept] == [
        ("EMK", Form.DIPLOMATIC_MISSION, Form.EMBASSY, 2030), ("GRK", Form.EMBASSY, Form.NONE, 2030),
    ]  # fmt: skip
    assert {s.id: s.today for s in found.problem.sites}["GRK"] is Form.NONE


def test_no_post_is_given_up_in_a_year_that_is_past():
    """However much is to be gained: a site held today, and one that opened last year."""
    hated = tuple(
        replace(s, closable=True, ladder=tuple(replace(r, merit=Decimal(-999)) for r in s.ladder))
        if s.id in ("GRK", "WHV") else s for s in DRAFT.problem.sites
    )  # fmt: skip
    problem = replace(DRAFT.problem, sites=hated)
    problem = replace(problem, brief=replace(problem.brief, rules=()))
    made = rest(told(ON_TIME[0]), problem, PLAN, date(2031, 1, 1))
    held = held_forms(made.problem, plan(made.problem).measures)
    assert held["GRK"] == (Form.EMBASSY, Form.NONE)
    assert held["WHV"] == (Form.EMBASSY, Form.EMBASSY)


def test_rules_of_years_that_are_past_no_longer_bind():
    rules = (
        Require("GRK", Form.EMBASSY, 2030), MeasuresPerYear(1, years=(2030,)), MeasuresPerYear(3),
        Ceiling(((2030, Decimal(1)), (2031, Decimal(900)))), StaffCeiling(((2030, Decimal(0)),)),
        Ceiling(((2030, Decimal(500)), (2031, Decimal(900))), carry_over=Decimal(1)),
    )  # fmt: skip
    problem = replace(DRAFT.problem, brief=replace(DRAFT.problem.brief, rules=rules))
    found = rest(CASE, problem, PLAN, date(2031, 1, 1)).problem.brief.rules
    assert [r for r in found if not isinstance(r, Window)] == [
        Require("GRK", Form.EMBASSY, 2031), MeasuresPerYear(3, years=(2031,)),
        Ceiling(((2031, Decimal(900)),)), rules[-1],
    ]  # fmt: skip


def test_under_way_beyond_the_plan_is_told():
    found = rest(told(("FORUM-port-mirth", K.DECISION, "2031-05-01")), DRAFT.problem, PLAN, date(2031, 6, 1))
    assert [f.code for f in found.findings] == ["replan-beyond"]


def test_a_plan_of_another_case_is_refused():
    other = replace(PLAN, measures=(replace(WHV, site="NOWHERE"),))
    with pytest.raises(InvalidError, match="another case"):
        track(CASE, DRAFT.problem, other, CASE.as_of)


# Indicators


def test_what_a_post_was_opened_for_and_whether_it_came_true():
    now = opened_for(CASE, DRAFT, PLAN, date(2032, 1, 1))
    trade = now[0]
    assert (trade.site, trade.attribute, trade.verdict, trade.actual) == ("WHV", "trade", Verdict.NOT_YET_KNOWN, None)

    def later(value: float, growth: float = 0.0, known: int | None = None):
        fact = replace(trade.fact, year=2031, value=value, known=known)
        return opened_for(replace(CASE, facts=(*CASE.facts, fact)), DRAFT, PLAN, date(2032, 1, 1), growth=growth)[0]

    assert later(trade.fact.value).verdict is Verdict.CAME_TRUE
    assert later(trade.fact.value - 1).verdict is Verdict.FELL_SHORT
    assert later(trade.fact.value * 1.1, growth=0.2).verdict is Verdict.FELL_SHORT
    assert later(trade.fact.value * 1.3, growth=0.2).target == pytest.approx(trade.fact.value * 1.2)
    assert later(trade.fact.value, known=2033).verdict is Verdict.NOT_YET_KNOWN


def test_what_is_as_good_as_the_scale_counts_has_only_to_stay():
    best = Decimal(str(opened_for(CASE, DRAFT, PLAN, date(2032, 1, 1))[0].fact.value))
    criteria = tuple(replace(c, best=best) if c.id == "trade" else c for c in CASE.criteria)
    trade = opened_for(replace(CASE, criteria=criteria), DRAFT, PLAN, date(2032, 1, 1), growth=0.2)[0]
    assert trade.target == trade.fact.value


def test_what_moved_elsewhere_is_told_beside():
    trade = opened_for(CASE, DRAFT, PLAN, date(2032, 1, 1))[0]
    others = [f for f in CASE.facts if f.attribute == "trade" and f.subject != "WHV"]
    moved = [Fact(f.subject, "trade", 2031, f.value * 2, f.unit, f.source) for f in others]
    case = replace(CASE, facts=(*CASE.facts, *moved, replace(trade.fact, year=2031)))
    assert opened_for(case, DRAFT, PLAN, date(2032, 1, 1))[0].elsewhere == 2.0
