"""Answers that can be worked by hand, where random problems seldom go."""

from decimal import Decimal

from legation.inquiry.asking import ask
from legation.inquiry.frontier import frontier
from legation.inquiry.reasons import why_not
from legation.model import Form, Track
from legation.planning import brief as rules
from legation.planning.brief import Brief
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.solver import Limits


def embassy(name, establishing, first=None):
    """Return a site that may hold an embassy, at a cost by year."""
    nothing = tuple(Decimal(0) for _ in establishing)
    rung = Rung(Form.EMBASSY, tuple(Decimal(a) for a in establishing), nothing, nothing)
    return Site(name, Track.DIPLOMATIC, name, name, (rung,), first=first)


def problem(sites, worths, services, *asked, years=(2030,)):
    """Return a problem whose sites reside for the interest of their own name."""
    interests = tuple(Interest(n, (Decimal(w),) * len(years), residence=n) for n, w in worths.items())
    own = tuple(Service(n, Form.EMBASSY, n, Decimal(1)) for n in worths)
    brief = Brief(years, asked, Decimal(0))
    return Problem(
        "small", "ZZZ", "XTS", 2030, sites, interests, (*own, *services), brief, change_penalty=Decimal("0.000001")
    )


def answer(asked, site):
    """Return why the best plan of a problem has no embassy at a site."""
    question = ask(asked, limits=Limits(gap=0.0))
    return why_not(question, question.plan(question.solve(question.formulation)), site)


def test_worth_flips_only_where_the_best_other_plan_is_beaten():
    """Alba overtakes Borduria at +8, but from there on Caria, which covers half of Alba, is better still: until +12."""
    sites = tuple(embassy(n, ("1",)) for n in ("ALB", "BOR", "CAR"))
    covers = Service("CAR", Form.EMBASSY, "ALB", Decimal("0.5"), concurrent=True)
    asked = problem(sites, {"ALB": "2", "BOR": "10", "CAR": "7"}, (covers,), rules.MeasuresPerYear(1))
    found = answer(asked, "ALB")
    assert found.worth.proven
    assert abs(found.worth.at * 2 - Decimal(12)) < Decimal("0.0001")


def test_cost_takes_the_year_that_needs_least():
    """In the first year a quarter off is enough, in the second it would have to be half."""
    asked = problem(
        (embassy("ALB", ("4", "10")),),
        {"ALB": "5"},
        (),
        rules.Ceiling(((2030, Decimal(3)), (2031, Decimal(5)))),
        years=(2030, 2031),
    )
    found = answer(asked, "ALB")
    assert abs(found.cost.at - Decimal("0.25")) < Decimal("0.0001")
    assert abs(found.money.at - Decimal(1) / 3) < Decimal("0.0001")


def test_frontier_counts_what_may_be_carried_over():
    """Half of 10 may pass into a year of 10: an embassy for 12 is there until both fall by a fifth."""
    ceiling = rules.Ceiling(((2030, Decimal(10)), (2031, Decimal(10))), carry_over=Decimal("0.5"))
    asked = problem((embassy("ALB", ("12", "12"), first=2031),), {"ALB": "5"}, (), ceiling, years=(2030, 2031))
    found = frontier(ask(asked, limits=Limits(gap=0.0)), -0.5, 0.5)
    assert [round(float(p.share), 4) for p in found.points] == [-0.5, -0.2]
    assert found.points[1].change.only[0].site == "ALB"
