"""What must stay, or may only rise, when the question is changed."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from exhaustive import plan_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.errors import InfeasibleError
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.accounts import held_forms, objective
from legation.planning.checking import check
from legation.planning.problem import Brief, Interest, Problem, Rung, Service, Site
from legation.programme.plans import plan
from legation.programme.solver import Limits

EXACT = Limits(gap=0.0)
NEARLY = Fraction(1, 10**6)  # what the solver takes for nothing
EXAMPLES = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def solve(problem):
    """Return the best plan, or None."""
    try:
        return plan(problem, limits=EXACT)
    except InfeasibleError:
        return None


def worth(found):
    """Return what a plan is worth; no plan is worth less than any."""
    return Fraction(-(10**9)) if found is None else Fraction(found.proof.objective)


def with_rules(problem, new):
    """Return the problem under other rules."""
    return replace(problem, brief=replace(problem.brief, rules=tuple(new)))


def raised(rule, by):
    """Return a rule with more money, where it is about money."""
    if isinstance(rule, rules.Ceiling):
        return replace(rule, amounts=tuple((year, amount + by) for year, amount in rule.amounts))
    return replace(rule, amount=rule.amount + by) if isinstance(rule, rules.Tail) else rule


@EXAMPLES
@given(problems(must=(rules.Ceiling, rules.Tail), most_rules=2), st.integers(1, 5))
def test_more_money_is_never_worth_less(problem, more):
    """A higher ceiling never lowers the optimum."""
    richer = with_rules(problem, [raised(rule, Decimal(more)) for rule in problem.brief.rules])
    assert worth(solve(richer)) >= worth(solve(problem)) - NEARLY


@EXAMPLES
@given(problems(must=(rules.Ceiling,)), st.randoms())
def test_fewer_rules_are_never_worth_less(problem, random):
    """Dropping a rule never lowers the optimum."""
    left = list(problem.brief.rules)
    left.remove(random.choice(left))
    assert worth(solve(with_rules(problem, left))) >= worth(solve(problem)) - NEARLY


@EXAMPLES
@given(problems(), st.randoms())
def test_order_changes_nothing(problem, random):
    """The same question in another order gets the same plan, to the last figure."""

    def shuffled(items):
        return tuple(random.sample(items, len(items)))

    other = replace(
        with_rules(problem, shuffled(problem.brief.rules)),
        sites=shuffled(problem.sites),
        interests=shuffled(problem.interests),
        services=shuffled(problem.services),
    )
    assert repr(solve(other)) == repr(solve(problem))


@EXAMPLES
@given(problems())
def test_a_site_that_may_never_rise_changes_nothing(problem):
    """Forbidding a site altogether is as if it were not there."""
    first = problem.brief.years[0]
    extra = replace(
        problem.sites[0], id="ZZZ", today=Form.NONE, first=first, last=first - 1, resident_here=False, region="nowhere"
    )
    served = tuple(replace(s, site="ZZZ") for s in problem.services if s.site == problem.sites[0].id)
    wider = replace(problem, sites=(*problem.sites, extra), services=(*problem.services, *served))
    before, after = solve(problem), solve(wider)
    assert (before is None) == (after is None)
    if before is not None:
        unmoved = objective(wider, held_forms(wider, before.measures), before.services)
        assert abs(worth(after) - unmoved) <= NEARLY
        assert all(m.site != "ZZZ" for m in after.measures)


@EXAMPLES
@given(problems())
def test_the_unit_of_money_changes_nothing(problem):
    """All costs and ceilings three times as high: the same plan stays the best, at three times the money."""

    def thrice(amounts):
        return tuple(3 * amount for amount in amounts)

    def dearer(rung):
        return replace(
            rung,
            establishing=thrice(rung.establishing),
            running=thrice(rung.running),
            closing=thrice(rung.closing),
        )

    def more(rule):
        if isinstance(rule, rules.Ceiling):
            return replace(rule, amounts=tuple((year, 3 * amount) for year, amount in rule.amounts))
        return replace(rule, amount=3 * rule.amount) if isinstance(rule, rules.Tail) else rule

    other = replace(
        with_rules(problem, [more(rule) for rule in problem.brief.rules]),
        sites=tuple(replace(site, ladder=tuple(map(dearer, site.ladder))) for site in problem.sites),
        services=tuple(replace(service, running=thrice(service.running)) for service in problem.services),
    )
    before, after = solve(problem), solve(other)
    assert abs(worth(before) - worth(after)) <= NEARLY
    if before is not None:
        same = plan_of(other, held_forms(problem, before.measures), before.services)
        assert check(other, same) == ()
        assert [3 * m.establishing for m in before.money] == [m.establishing for m in same.money]


@pytest.mark.parametrize("share", ["0.3", "1"])
def test_a_second_post_in_a_region_adds_less(share):
    """Presence in a region counts once: the second post adds no more than the first, here less."""

    def worth_of(*taken):
        rung = Rung(Form.EMBASSY, (Decimal(1),), (Decimal(1),), (Decimal(1),))
        sites = tuple(Site(s, Track.DIPLOMATIC, s, s, (rung,), region="north") for s in ("AAA", "BBB"))
        served = tuple(
            Service(s, Form.EMBASSY, "region:north", Decimal(q)) for s, q in (("AAA", "0.8"), ("BBB", share))
        )
        barred = tuple(rules.Forbid(s.id, Form.EMBASSY) for s in sites if s.id not in taken)
        forced = tuple(rules.Require(s, Form.EMBASSY, 2030) for s in taken)
        interests = (Interest("region:north", (Decimal(10),), kind="region"),)
        brief = Brief((2030,), (*barred, *forced))
        return worth(solve(Problem("north", "ZZZ", "XTS", 2030, sites, interests, served, brief)))

    nothing = worth_of()
    for one, other in (("AAA", "BBB"), ("BBB", "AAA")):
        assert worth_of("AAA", "BBB") - worth_of(one) < worth_of(other) - nothing
