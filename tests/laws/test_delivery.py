"""What holds of delivery whatever the plan and whatever happened."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import FIRST, problems

from legation.chancery.delivery import published
from legation.delivery.forecast import outlooks
from legation.delivery.leadtimes import spread_of
from legation.delivery.milestones import EFFECT, effect_month, ways
from legation.delivery.money import unspent
from legation.delivery.replanning import fresh, kept_of, unplanned
from legation.errors import InfeasibleError
from legation.model import Event, EventKind, Form, Network
from legation.planning.accounts import held_forms
from legation.planning.brief import Kind
from legation.planning.checking import check
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.sources import read_case

EXACT = Limits(gap=0.0)
NEARLY = Fraction(1, 10**6)
SPREAD = spread_of(published())
EMPTY = replace(
    read_case("ruritania")[0], posts=Network(), places=(), foreign_posts=Network(), as_of=date(FIRST - 1, 1, 1)
)
EXAMPLES = settings(
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def planned(problem):
    """Return the best plan of a problem that has one with measures."""
    try:
        found = plan(problem, limits=EXACT)
    except InfeasibleError:
        assume(False)
    assume(found.measures)
    return found


def seen(problem, measures, events, on):
    case = replace(EMPTY, events=tuple(events))
    return outlooks(ways(case, problem, measures, SPREAD.quantile(0.5), on), SPREAD, on)


def effect(problem, measure):
    """Return the event by which a measure takes effect on the day that is due."""
    day = date(measure.year, effect_month(problem, measure.kind), 1)
    return Event(measure.site, EFFECT[measure.kind], day, form=measure.after)


days = st.dates(date(FIRST - 1, 1, 1), date(FIRST + 5, 12, 31))


@EXAMPLES
@given(problems(most_rules=1, low=1), st.data())
def test_no_milestone_ahead_is_forecast_before_the_day_of_asking(problem, data):
    """Whatever has happened; what was taken stays on its day, and the interval holds what is expected."""
    found = planned(problem)
    sites = st.sampled_from([m.site for m in found.measures])
    told = data.draw(st.lists(st.builds(Event, sites, st.sampled_from(EventKind), days), max_size=6))
    on = data.draw(days)
    for outlook in seen(problem, found.measures, told, on):
        for step in outlook.steps:
            assert step.low <= step.expected <= step.high
            assert step.expected == step.milestone.actual if step.milestone.actual else step.low >= on
        assert all(day >= on for day in outlook.effects) or outlook.state == "done"


@EXAMPLES
@given(problems(most_rules=1, low=1))
def test_with_everything_on_time_no_money_is_left(problem):
    """To the last digit, in every year."""
    found = planned(problem)
    told = [effect(problem, m) for m in found.measures]
    rows = unspent(problem, seen(problem, found.measures, told, date(FIRST + 9, 1, 1)))
    assert [(row.left, row.low, row.high) for row in rows] == [(0, row.expected, row.expected) for row in rows]


@EXAMPLES
@given(problems(low=1))
def test_replanning_on_the_first_day_changes_nothing(problem):
    """With nothing done and nothing changed the worth is the same."""
    found = planned(problem)
    made = fresh(problem, kept_of(seen(problem, found.measures, [], date(FIRST, 1, 1))), date(FIRST, 1, 1))
    again = plan(made.problem, limits=EXACT)
    assert made.problem.sites == problem.sites
    assert abs(Fraction(again.proof.objective) - Fraction(found.proof.objective)) <= NEARLY


@st.composite
def histories(draw, problem):
    """Draw what happened before the last year: at some sites one opening or raise, in a year, to any higher form."""
    past, told = problem.brief.years[:-1], []
    for site in problem.sites:
        forms = [Form.NONE, *(r.form for r in site.ladder)]
        higher = forms[forms.index(site.today) + 1 :]
        if higher and draw(st.booleans()):
            kind = EventKind.OFFICIAL_OPENING if site.today is Form.NONE else EventKind.RAISED
            day = date(draw(st.sampled_from(past)), draw(st.integers(1, 12)), 3)
            told.append(Event(site.id, kind, day, form=draw(st.sampled_from(higher))))
    return told


@settings(EXAMPLES, max_examples=60)
@given(problems(most_rules=0), st.data())
def test_a_replan_cannot_change_the_past(problem, data):
    """Whatever was opened or raised stays in its year and no rung is climbed or left before; later years are free."""
    assume(len(problem.brief.years) > 1)
    told = data.draw(histories(problem))
    on = date(problem.brief.years[-1], 1, 1)
    made = fresh(problem, unplanned(problem, (), told, on), on)
    again = plan(made.problem, limits=EXACT)
    assert check(made.problem, again) == ()
    for site in problem.sites:
        event = next((e for e in told if e.post == site.id), None)
        before = [event.form if event and event.day.year <= year else site.today for year in problem.brief.years[:-1]]
        assert list(held_forms(made.problem, again.measures)[site.id][:-1]) == before


@EXAMPLES
@given(problems(most_rules=0, low=1), st.integers(0, 900))
def test_what_is_under_way_is_kept(problem, late):
    """In the year in which it is expected; a measure expected after the plan is not in it."""
    found = planned(problem)
    first = found.measures[0]
    assume(first.kind in (Kind.ESTABLISH, Kind.UPGRADE))
    begun = Event(first.site, EventKind.DECISION, date(FIRST - 1, 2, 1))
    on = date(FIRST, 1, 1) + timedelta(days=late)
    assume(on <= date(problem.brief.years[-1], effect_month(problem, Kind.ESTABLISH), 1))
    kept = kept_of(seen(problem, found.measures, [begun], on))
    again = plan(fresh(problem, kept, on).problem, limits=EXACT)
    held = held_forms(problem, again.measures)[first.site]
    ladder = [Form.NONE, *(r.form for s in problem.sites if s.id == first.site for r in s.ladder)]
    (fixed,) = (k for k in kept if k.site == first.site and k.state == "under-way")
    for year, form in zip(problem.brief.years, held, strict=True):
        reached = ladder.index(form) >= ladder.index(first.after)
        assert reached == (year >= fixed.year)
