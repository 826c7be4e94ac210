"""The curve of a plan, and the forecast of 2011 held against what became of the announced embassies."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation.cases.announced import announced_problem
from legation.cases.drafting import draft
from legation.chancery.delivery import backtest, track
from legation.chancery.delivery import published as lead_times
from legation.delivery.curve import curve
from legation.delivery.forecast import outlooks
from legation.delivery.leadtimes import spread_of
from legation.delivery.milestones import ways
from legation.model import Event, EventKind, Form
from legation.planning.accounts import measures_from
from legation.planning.outcome import Plan, Proof
from legation.planning.problem import Problem
from legation.sources import read_case

CASE = read_case("kazakhstan-2012")[0]
DRAFT = draft(CASE).problem
SPREAD = spread_of(lead_times())
OPENED = {  # the latest day that the sources of docs/explanation/kazakhstan-outcome.md allow
    "BRA": date(2013, 10, 3),
    "FIN": date(2012, 12, 31),
    "IDN": date(2012, 12, 31),
    "MAR": date(2021, 4, 30),
    "MEX": date(2016, 6, 20),
    "SWE": date(2013, 12, 31),
    "VNM": date(2015, 3, 31),
    "ZAF": date(2014, 11, 30),
}


def announced() -> tuple[Problem, Plan]:
    """Return the announced measures as a plan, each in its year."""
    fixed, _ = announced_problem(DRAFT, CASE.announced)
    rows = {a.name: a for a in CASE.announced if a.kind == "measure"}
    years = DRAFT.brief.years
    held = {
        s.id: tuple(
            rows[s.id].form or Form.EMBASSY if s.id in rows and year >= (rows[s.id].year or 0) else s.today
            for year in years
        )
        for s in DRAFT.sites
    }
    proof = Proof(*[DRAFT.change_penalty] * 3, "", "", "", 0, DRAFT.change_penalty, DRAFT.change_penalty)
    return fixed, Plan("", measures_from(DRAFT, held, ()), (), (), DRAFT.change_penalty, DRAFT.change_penalty, proof)


PLAN = announced()[1]


@settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.dictionaries(st.sampled_from(sorted(OPENED)), st.integers(0, 1500)), st.integers(0, 1500))
def test_the_curve_only_rises_to_the_whole_plan(opened: dict[str, int], passed: int) -> None:
    """Whatever opened when: nothing earned is lost, the past is what was taken, in the end all is due and expected."""
    on = CASE.as_of + timedelta(days=passed)
    events = tuple(
        Event(site, EventKind.FIRST_WORKING_DAY, CASE.as_of + timedelta(days=days + 1)) for site, days in opened.items()
    )
    case = replace(CASE, events=events)
    found = outlooks(ways(case, DRAFT, PLAN.measures, SPREAD.quantile(0.5), on), SPREAD, on)
    points = curve(found, on)
    for one, two in pairwise(points):
        assert one.day < two.day
        for name in ("steps_due", "steps_expected", "measures_due", "measures_expected"):
            assert getattr(one, name) <= getattr(two, name)
    steps = sum(len(line.steps) for line in found)
    assert (points[-1].steps_due, points[-1].steps_expected) == (steps, steps)
    assert points[-1].measures_due == len(PLAN.measures) == 11
    here = next(p for p in points if p.day == on)
    assert here.measures_done == sum(days + 1 <= passed for days in opened.values())
    for point in points:
        assert (point.steps_taken is None) == (point.day > on)
        if point.day < on:  # nothing ahead is expected on a day that is past
            assert point.steps_taken == point.steps_expected


def test_what_was_forecast_in_2011_beside_what_happened() -> None:
    """By the end of 2014 eleven were due; the forecast of the day expected eight, and five opened."""
    points = {p.day: p for p in track(CASE, DRAFT, PLAN, CASE.as_of).curve}
    end = points[date(2014, 12, 31)]
    assert end.measures_due == 11
    happened = sum(day <= end.day for day in OPENED.values())
    assert happened == 5
    assert round(end.measures_expected) == 8
    events = tuple(Event(site, EventKind.FIRST_WORKING_DAY, day) for site, day in OPENED.items())
    later = {p.day: p for p in track(replace(CASE, events=events), DRAFT, PLAN, date(2021, 12, 31)).curve}
    assert later[end.day].measures_done == happened
    assert later[date(2021, 12, 31)].measures_done == len(OPENED)


def test_published_lead_times_against_each_other() -> None:
    """Eight of eleven fall into the interval that the others give; what is too fast or too slow is told."""
    found = backtest()
    assert len(found) == len(lead_times()) == 11
    assert sum(t.inside for t in found) == 8
    assert all(t.inside == (t.low <= t.months <= t.high) for t in found)
