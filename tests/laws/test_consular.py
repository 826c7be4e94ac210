"""What holds of consular service whoever is counted where, and whatever is held."""

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from legation.cases.drafting import draft
from legation.consular.demand import districts
from legation.consular.service import service_in, service_today
from legation.model import Facts, Form, Track
from legation.planning.accounts import held_forms, reaches
from legation.planning.brief import Kind
from legation.planning.outcome import Measure, Plan, Proof, Served
from legation.sources import read_case

CASE = read_case("kazakhstan-2012")[0]
PROBLEM = draft(CASE).problem
YEARS = PROBLEM.brief.years
ZERO = Decimal(0)
NEARLY = Fraction(1, 10**6)
CONCURRENT = [s for s in PROBLEM.services if s.concurrent]
EXAMPLES = settings(
    max_examples=20, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
COUNTED = [f for f in CASE.facts if f.attribute in ("migrants", "district_migrants")]


@st.composite
def cases(draw):
    """Draw the case with other numbers of people: of some States and districts none, or unknown."""
    random = draw(st.randoms(use_true_random=False))
    kept = [f for f in CASE.facts if f.attribute not in ("migrants", "district_migrants")]
    counted = [replace(f, value=float(random.choice([0, 7, 1234, 250_000]))) for f in COUNTED if random.random() < 0.8]
    return replace(CASE, facts=(*kept, *counted))


@st.composite
def plans(draw):
    """Draw a plan: some sites take another form in the first year, some States are covered."""
    random = draw(st.randoms(use_true_random=False))
    taken = random.sample(PROBLEM.sites, 30)
    steps = [(s, random.choice([Form.NONE, *(r.form for r in s.ladder)])) for s in taken]
    measures = [measure(s, form) for s, form in steps if form is not s.today]
    covers = {s.interest: s for s in random.sample(CONCURRENT, 60)}
    held = {m.site: m.after for m in measures}
    rows = [
        Served(y, s.interest, s.site, s.form, s.share, concurrent=True)
        for s in covers.values()
        if held.get(s.site, next(p.today for p in PROBLEM.sites if p.id == s.site)) is not Form.NONE
        for y in YEARS
    ]
    return plan_of(measures, rows)


def measure(site, form):
    """Return the measure that brings a site to a form in the first year; its money is of no matter here."""
    return Measure(YEARS[0], site.id, Kind.UPGRADE, site.today, form, ZERO, ZERO, ZERO, ZERO)


def plan_of(measures, rows=()):
    """Return a plan with these measures and services."""
    proof = Proof(ZERO, ZERO, ZERO, "", "", "", 0, ZERO, ZERO)
    return Plan("", tuple(measures), tuple(rows), (), ZERO, ZERO, proof)


@EXAMPLES
@given(cases(), plans())
def test_demand_is_conserved(case, plan):
    """Whom a State has is whom its districts have; each is served once or not; every act is done, or told undone."""
    places, findings = districts(case)
    by_state = defaultdict(Fraction)
    for place in places:
        by_state[place.state] += Fraction(place.people or 0)
    facts, more = Facts(case.facts), {f.subject for f in findings if f.code == "consular-parts"}
    for state in by_state.keys() - more:
        whole = facts.latest(state, "migrants", by=case.as_of.year)
        assert whole is None or by_state[state] == Fraction(whole.value)
    assert len({p.id for p in places}) == len(places)
    for found in (service_today(case, PROBLEM, places), *(service_in(case, PROBLEM, plan, places, y) for y in YEARS)):
        for place, line in zip(places, found.districts, strict=True):
            assert line.district == place.id
            assert line.served + line.unserved == (place.people or 0)
            assert line.served >= 0 <= line.unserved
        totals = found.totals
        assert totals.served + totals.unserved == totals.people == sum(by_state.values())
        assert totals.acts == totals.online + totals.counter + totals.undone
        assert sum(w.people for w in found.posts) == totals.served
        assert abs(sum(Fraction(w.acts) for w in found.posts) - Fraction(totals.counter)) < NEARLY


@EXAMPLES
@given(plans(), st.data())
def test_a_post_more_leaves_nobody_less_served(plan, data):
    """Raising a consular post serves each district at least as well as before, and takes work from other posts only."""
    places, _ = districts(CASE)
    site = data.draw(st.sampled_from([s for s in PROBLEM.sites if s.track is Track.CONSULAR]))
    forms = [Form.NONE, *(r.form for r in site.ladder)]
    others = [m for m in plan.measures if m.site != site.id]
    served = [
        service_in(CASE, PROBLEM, plan_of([*others, measure(site, form)], plan.services), places, YEARS[-1])
        for form in forms
    ]
    for less, more in pairwise(served):
        assert all(b.share >= a.share for a, b in zip(less.districts, more.districts, strict=True))
        there = {w.site: w.people for w in less.posts}
        assert all(w.people <= there.get(w.site, ZERO) for w in more.posts if w.site != site.id)
        assert more.totals.undone <= less.totals.undone
        assert more.totals.trips <= less.totals.trips


@EXAMPLES
@given(plans())
def test_a_district_is_served_by_the_best_share_that_is_held(plan):
    """Of all forms held that serve it where they are, none serves more."""
    places, _ = districts(CASE)
    held = held_forms(PROBLEM, plan.measures)
    sites = {s.id: s for s in PROBLEM.sites}
    for line, place in zip(service_in(CASE, PROBLEM, plan, places, YEARS[-1]).districts, places, strict=True):
        if not place.rest:
            able = [
                s.share
                for s in PROBLEM.services
                if s.interest == place.id and not s.concurrent and reaches(sites[s.site], held[s.site][-1], s.form)
            ]
            assert line.share == max(able, default=ZERO)


@pytest.mark.parametrize("form", [Form.NONE, Form.EMBASSY])
def test_the_rest_of_a_state_is_served_at_its_seat_or_from_elsewhere(form):
    """An embassy serves all of it; a covering one by the share of its reach; without either, nobody."""
    places, _ = districts(CASE)
    site = next(s for s in PROBLEM.sites if s.id == "MDA")
    cover = next(s for s in CONCURRENT if s.interest == "MDA" and s.site == "ROU")
    row = Served(YEARS[-1], "MDA", "ROU", cover.form, cover.share, concurrent=True)
    lines = service_in(CASE, PROBLEM, plan_of([measure(site, form)], [row]), places, YEARS[-1]).districts
    found = next(line for line in lines if line.district == "MDA")
    assert (found.site, found.share, found.concurrent, found.km) == (
        ("MDA", Decimal(1), False, 0) if form is Form.EMBASSY else ("ROU", cover.share, True, round(cover.km))
    )
    none = service_in(CASE, PROBLEM, plan_of([]), places, YEARS[-1]).districts
    alone = next(line for line in none if line.district == "MDA")
    assert (alone.site, alone.served, alone.trips) == ("", ZERO, 1)
