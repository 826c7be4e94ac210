"""The least fall of one site's costs that brings a form in: right for sites that rise, fall and rise in steps."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from legation.errors import InfeasibleError
from legation.inquiry import unit_costs as module
from legation.inquiry.asking import ask, holding
from legation.inquiry.thresholds import Least
from legation.inquiry.unit_costs import by_cost
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.plans import plan
from legation.programme.solver import Limits

EXACT = Limits(gap=0.0)
NEARLY = 1e-5
LOW, HIGH = Form.HONORARY_CONSULATE, Form.CONSULATE
EXAMPLES = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def questions(draw):
    """Draw a site of two forms that may be given up, a rival, and money for one of them or the other."""
    years = draw(st.integers(1, 3))

    def amounts(low, high):
        return tuple(Decimal(n) for n in draw(st.tuples(*[st.integers(low, high)] * years)))

    def ladder(forms):
        below, found = [(Decimal(0),) * years] * 3, []
        for form in forms:
            below = [tuple(map(sum, zip(b, amounts(0, 6), strict=True))) for b in below]
            found.append(Rung(form, *below, merit=Decimal(draw(st.integers(0, 2)))))
        return tuple(found)

    wanted = Site("A", Track.CONSULAR, "AAA", "a", ladder((LOW, HIGH)), closable=draw(st.booleans()))
    rival = Site("B", Track.CONSULAR, "AAA", "b", ladder((LOW,)))
    interests = tuple(Interest(n, amounts(1, 9)) for n in ("A", "B"))
    services = (
        Service("A", LOW, "A", Decimal("0.5")),
        Service("A", HIGH, "A", Decimal(1)),
        Service("B", LOW, "B", Decimal(1)),
    )
    of = st.sampled_from(rules.Class)
    ceilings = tuple(
        rules.Ceiling(tuple((2030 + t, a) for t, a in enumerate(amounts(1, 12))), draw(of), carry_over=carry)
        for carry in draw(st.sampled_from(((Decimal(0),), (Decimal(0), Decimal("0.5")))))
    )
    brief = rules.Brief(tuple(2030 + t for t in range(years)), ceilings, Decimal(0))
    penalty = Decimal("0.0001")
    return Problem(
        "c", "ZZZ", "XTS", 2030, (wanted, rival), interests, services, brief, Decimal("0.5"), change_penalty=penalty
    )


def at_cost(problem, share, *more):
    """Return the problem in which all money of the site is less by a share, under more rules."""
    keep = 1 - Decimal(repr(share))
    names = ("establishing", "running", "closing")
    site = problem.sites[0]
    cut = tuple(replace(r, **{n: tuple(a * keep for a in getattr(r, n)) for n in names}) for r in site.ladder)
    brief = replace(problem.brief, rules=(*problem.brief.rules, *more))
    return replace(problem, sites=(replace(site, ladder=cut), *problem.sites[1:]), brief=brief)


def worth(problem):
    try:
        return float(plan(problem, limits=EXACT).proof.objective)
    except InfeasibleError:
        return float("-inf")


@EXAMPLES
@given(questions(), st.sampled_from((LOW, HIGH)))
def test_the_form_enters_at_the_share_that_is_told_and_not_before(problem, form):
    """With a little more off its costs a plan that holds the form at the end is worth the level, with less none is."""
    question = ask(problem, limits=EXACT)
    rung = question.columns.first_rung[question.columns.site_at["A"]] + (form is HIGH)
    without = question.solve(holding(question, rung, held=False))
    inside = question.solve(holding(question, rung, held=True))
    assume(without is not None)
    assume(inside is None or inside.objective < without.objective - 1e-3)
    found = by_cost(question, int(rung), without.objective)
    held = rules.Require("A", form, problem.brief.years[-1])
    if found.at is None:
        assert found.plan is None
        assert worth(at_cost(problem, 1.0, held)) < without.objective + NEARLY
        return
    at = float(found.at)
    assert found.proven == (found.plan is not None)
    assert found.proven
    assert 0.0 <= at <= 1.0
    assert worth(at_cost(problem, min(at + 1e-4, 1.0), held)) >= without.objective - NEARLY
    if at > 1e-4:
        assert worth(at_cost(problem, at - 1e-4, held)) < without.objective - NEARLY / 10


@EXAMPLES
@given(questions())
def test_a_share_with_no_plan_found_there_is_not_proven(problem):
    """Where the search for a history was cut short, the share is only one below which nothing does."""
    question = ask(problem, limits=EXACT)
    without = question.solve(holding(question, 1, held=False))
    assume(without is not None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "least_share", lambda *_: Least(0.3, None))
        found = by_cost(question, 1, without.objective)
    assert (found.at, found.plan, found.proven) == (Decimal("0.3"), None, False)


def test_a_site_with_more_histories_than_are_tried_has_no_share_told(monkeypatch):
    """The least share of some of its histories would not be the least."""
    rung = Rung(LOW, (Decimal(1), Decimal(9)), (Decimal(1), Decimal(9)), (Decimal(0), Decimal(0)))
    site = Site("A", Track.CONSULAR, "AAA", "a", (rung,))
    brief = rules.Brief((2030, 2031), (rules.Ceiling(((2030, Decimal(1)), (2031, Decimal(1)))),))
    interests, services = (Interest("A", (Decimal(9), Decimal(9))),), (Service("A", LOW, "A", Decimal(1)),)
    question = ask(Problem("c", "ZZZ", "XTS", 2030, (site,), interests, services, brief), limits=EXACT)
    monkeypatch.setattr(module, "MOST_HISTORIES", 2)
    found = by_cost(question, 0, 1.0)
    assert found is not None
    assert found.proven
    monkeypatch.setattr(module, "MOST_HISTORIES", 1)
    assert by_cost(question, 0, 1.0) is None


def test_a_site_that_holds_something_has_no_such_share():
    """A fall of its costs would free money in any plan, so no one share is told."""
    rung = Rung(LOW, (Decimal(1),), (Decimal(1),), (Decimal(0),))
    higher = Rung(HIGH, (Decimal(3),), (Decimal(3),), (Decimal(0),))
    site = Site("A", Track.CONSULAR, "AAA", "a", (rung, higher), today=LOW)
    services = (Service("A", LOW, "A", Decimal("0.5")), Service("A", HIGH, "A", Decimal(1)))
    brief = rules.Brief((2030,), (rules.Ceiling(((2030, Decimal(2)),)),))
    problem = Problem("c", "ZZZ", "XTS", 2030, (site,), (Interest("A", (Decimal(9),)),), services, brief)
    question = ask(problem, limits=EXACT)
    assert by_cost(question, 1, 4.5) is None
    free = ask(replace(problem, sites=(replace(site, today=Form.NONE),), brief=rules.Brief((2030,))), limits=EXACT)
    assert by_cost(free, 1, 4.5) is None
