"""What holds of single measures: one put off, one raised, one that waits for a condition, one more in a region."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from exhaustive import plan_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.cases.drafting import draft
from legation.cases.lawful import situation_on, situations_of
from legation.errors import InfeasibleError
from legation.model import EMBASSIES, Form, Track
from legation.planning import brief as rules
from legation.planning.accounts import held_forms, measures_from, money, tail
from legation.planning.brief import Brief
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.sources import read_case

EXACT = Limits(gap=0.0)
NEARLY = Fraction(1, 10**6)
EXAMPLES = settings(
    max_examples=25, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
CASE = read_case("kazakhstan-2012")[0]
PROBLEM = draft(CASE).problem


def solve(problem):
    """Return the best plan, or None."""
    try:
        return plan(problem, limits=EXACT)
    except InfeasibleError:
        return None


def alone(problem, site):
    """Return the problem of one site without services, which cost by themselves."""
    return replace(problem, sites=(site,), services=())


@EXAMPLES
@given(problems(low=1, most_rules=1), st.data())
def test_a_measure_put_off_by_a_year_moves_its_own_money_only(problem, data):
    """Establishing in the year before, its own and the next; running in its own and the next; nobody else's money."""
    years = problem.brief.years
    found = solve(problem)
    assume(found is not None and len(years) > 1)
    held = held_forms(problem, found.measures)
    times = Counter(m.site for m in found.measures)
    free = [m for m in found.measures if times[m.site] == 1 and m.year < years[-1]]
    assume(free)
    moved = data.draw(st.sampled_from(free))
    at = years.index(moved.year)
    later = (*held[moved.site][:at], moved.before, *held[moved.site][at + 1 :])
    other = held | {moved.site: later}
    site = next(s for s in problem.sites if s.id == moved.site)
    before, after = money(problem, held, ()), money(problem, other, ())
    for t, (one, two) in enumerate(zip(before, after, strict=True)):
        if t not in (at - 1, at, at + 1):
            assert one == two
        if t not in (at, at + 1):
            assert (one.running, one.full_year, one.local) == (two.running, two.full_year, two.local)
        mine, then = (money(alone(problem, site), {site.id: h[site.id]}, ())[t] for h in (held, other))
        assert one.establishing - two.establishing == mine.establishing - then.establishing
        assert one.running - two.running == mine.running - then.running
    assert tail(problem, held, ()) == tail(problem, other, ())
    assert {m.site for m in measures_from(problem, other, ())} == {m.site for m in found.measures}


@EXAMPLES
@given(problems(must=(rules.Conditional,), low=1))
def test_a_condition_that_is_not_met_takes_no_money(problem):
    """The money of the site is that of today in every year; once the condition is met the rule asks nothing."""
    rule = problem.brief.rules[0]
    waits = with_rule(problem, replace(rule, met=False))
    found = solve(waits)
    if found is not None:
        site = next(s for s in problem.sites if s.id == rule.site)
        held = held_forms(problem, found.measures)[site.id]
        assert set(held) == {site.today}
        for year in money(alone(problem, site), {site.id: held}, ()):
            assert (year.establishing, year.running) == (0, year.baseline)
    met, without = solve(with_rule(problem, replace(rule, met=True))), solve(with_rule(problem))
    assert (met is None) == (without is None)
    assert met is None or met.measures == without.measures


def with_rule(problem, *first):
    """Return the problem with another rule in place of the first, or none."""
    return replace(problem, brief=replace(problem.brief, rules=(*first, *problem.brief.rules[1:])))


@EXAMPLES
@given(st.data())
def test_each_post_more_in_a_region_adds_no_more_than_it_would_have_before(data):
    """Presence is concave: what a post adds to more posts is at most what it adds to some of them."""
    names = ("AAA", "BBB", "CCC", "DDD")
    shares = {n: Decimal(data.draw(st.integers(0, 10))) / 10 for n in names}
    points = data.draw(st.integers(1, 50))
    more = data.draw(st.sets(st.sampled_from(names), max_size=3))
    some = {n for n in more if data.draw(st.booleans())}
    new = data.draw(st.sampled_from([n for n in names if n not in more]))
    worth = {
        frozenset(taken): worth_of(in_region(shares, points), taken)
        for taken in (some, some | {new}, more, more | {new})
    }
    gain_few = worth[frozenset(some | {new})] - worth[frozenset(some)]
    gain_many = worth[frozenset(more | {new})] - worth[frozenset(more)]
    assert gain_many <= gain_few + NEARLY


def in_region(shares, points):
    """Return a problem of one region, in which each site serves its share of the presence there."""
    rung = Rung(Form.EMBASSY, (Decimal(1),), (Decimal(1),), (Decimal(1),))
    sites = tuple(Site(s, Track.DIPLOMATIC, s, s, (rung,), region="north") for s in shares)
    served = tuple(Service(s, Form.EMBASSY, "region:north", share) for s, share in shares.items())
    interests = (Interest("region:north", (Decimal(points),), kind="region"),)
    return Problem("north", "ZZZ", "XTS", 2030, sites, interests, served, Brief((2030,)), change_penalty=Decimal(0))


def worth_of(problem, taken):
    """Return what the best plan is worth in which just these sites hold an embassy at the end."""
    year = problem.brief.years[0]
    asked = (
        rules.Require(s.id, Form.EMBASSY, year) if s.id in taken else rules.Forbid(s.id, s.ladder[0].form)
        for s in problem.sites
    )
    return Fraction(solve(replace(problem, brief=Brief((year,), tuple(asked)))).proof.objective)


@pytest.mark.parametrize(
    ("region", "first", "second"),
    [("Eastern Africa", "KEN", "ETH"), ("South America", "BRA", "ARG"), ("Southern Africa", "ZAF", "NAM")],
)
def test_a_second_embassy_in_a_region_of_kazakhstan_adds_less(region, first, second):
    """Of the real case: all of a region's points come with the first embassy there, none with the second."""
    wanted = next(i for i in PROBLEM.interests if i.id == f"region:{region}")
    year = PROBLEM.brief.years[0]
    sites = tuple(replace(s, ladder=s.ladder[-1:]) for s in PROBLEM.sites if s.id in (first, second))
    small = replace(
        PROBLEM,
        sites=sites,
        interests=(wanted,),
        services=tuple(s for s in PROBLEM.services if s.interest == wanted.id and s.site in (first, second)),
        brief=Brief((year,)),
        change_penalty=Decimal(0),
    )
    assert worth_of(small, {first}) == worth_of(small, {second}) == wanted.worth[0] > 0
    assert worth_of(small, {first, second}) == wanted.worth[0]


@EXAMPLES
@given(st.sets(st.sampled_from(["BGR", "GEO", "NOR", "ROU", "SVK", "THA"])), st.data())
def test_a_mission_raised_to_an_embassy_is_the_same_post(raised, data):
    """Embassies are n more, missions n fewer, the total is the same, and every post keeps its id, seat and history."""
    years = PROBLEM.brief.years
    held = {s.id: (s.today,) * len(years) for s in PROBLEM.sites}
    for site in raised:
        at = data.draw(st.integers(0, len(years) - 1))
        held[site] = tuple(Form.DIPLOMATIC_MISSION if t < at else Form.EMBASSY for t in range(len(years)))
    made = plan_of(PROBLEM, held, ())
    before = open_posts(situation_on(CASE, CASE.as_of))
    after = open_posts(list(situations_of(CASE, PROBLEM, made))[-1])
    assert before.keys() == after.keys()
    assert all((after[i].seat, after[i].span) == (before[i].seat, before[i].span) for i in before)
    assert kinds(after)["embassy"] == kinds(before)["embassy"] + len(raised)
    assert kinds(after)["mission"] == kinds(before)["mission"] - len(raised)
    assert {i for i in before if before[i].form is not after[i].form} == raised


def open_posts(situation):
    """Return the posts at work by their ids."""
    return {p.post.id: p.post for p in situation.at_work(*Track, None)}


def kinds(posts):
    """Count embassies and missions."""
    words = {**dict.fromkeys(EMBASSIES, "embassy"), Form.DIPLOMATIC_MISSION: "mission"}
    return Counter(words.get(p.form, "other") for p in posts.values())
