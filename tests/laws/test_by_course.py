"""A core in which sites choose among their courses: it holds every plan that loses less than its budget."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from problems import problems

from legation.engine.alike import keeps
from legation.engine.by_course import Counts, by_course
from legation.engine.courses import courses
from legation.engine.prices import price
from legation.engine.tree import Experience, Tree
from legation.inquiry.asking import ask
from legation.inquiry.ensembles import counts
from legation.model import Form, Track
from legation.planning.brief import Brief, Ceiling, Class, MeasuresPerYear
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.highs import highs, relax
from legation.programme.solver import Limits, Status

EXACT = Limits(gap=0.0)
NEARLY = 1e-5
EXAMPLES = settings(
    max_examples=80,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@EXAMPLES
@given(problems(), st.sampled_from((1e-6, 0.5, 1e6)), st.booleans())
def test_the_best_plan_is_among_the_courses_that_lose_no_more_than_it(problem, room, numbered):
    """HiGHS and the tree find it there, worth the same, as a plan that keeps all rows; numbers change nothing."""
    question = ask(problem, limits=EXACT)
    f, best = question.formulation, highs(question.formulation, EXACT)
    root = relax(f, EXACT)
    if best.status is not Status.OPTIMAL or root is None:
        return
    priced = price(f, f.layout, root[1])
    found = courses(f, f.layout, priced)
    assert found.bound >= best.objective - NEARLY
    some = counts(question) if numbered else Counts.of(())
    core = by_course(f, f.layout, priced, found, max(found.bound - best.objective, 0.0) + room, some)
    if not core.formulation.columns:
        assert abs(float(f.objective @ core.fixed) + f.constant - best.objective) < NEARLY
        return
    smaller = highs(core.formulation, EXACT)
    assert abs(smaller.objective - best.objective) < NEARLY
    assert keeps(f, np.round(core.whole(smaller.x)))
    assert abs(float(f.objective @ core.whole(smaller.x)) + f.constant - best.objective) < NEARLY
    experience = Experience.none(f.columns + some.many)
    searched = Tree(core.formulation, core.branches, experience, best.objective - 1e-3, EXACT).search(4000)
    assert searched.ended
    assert abs(float(f.objective @ core.whole(searched.x)) + f.constant - best.objective) < NEARLY
    above = Tree(core.formulation, core.branches, experience, best.objective + 1e-3, EXACT).search(4000)
    assert above.ended
    assert above.x is None


@pytest.mark.parametrize(("measures", "opened"), [(1, 0), (2, 1)])
def test_what_is_given_up_counts_as_a_measure(measures, opened):
    """Where two measures are allowed, a post is given up for another that is worth more; where one is, it is not."""
    question = ask(_exchange(measures), limits=EXACT)
    f = question.formulation
    priced = price(f, f.layout, relax(f, EXACT)[1])
    core = by_course(f, f.layout, priced, courses(f, f.layout, priced), 1e6, counts(question))
    best = highs(f, EXACT).objective
    assert abs(highs(core.formulation, EXACT).objective - best) < NEARLY
    assert round(highs(f, EXACT).x[question.columns.x[1, 0]]) == opened


def _exchange(measures):
    rung = Rung(Form.PERMANENT_MISSION, (Decimal(1),), (Decimal(5),), (Decimal(0),))
    held, wished = (Site(f"S{k}", Track.MULTILATERAL, f"S{k}", "", (rung,)) for k in range(2))
    held = replace(held, today=Form.PERMANENT_MISSION, closable=True)
    interests = tuple(Interest(f"I{k}", (Decimal(w),), kind="organisation") for k, w in enumerate((1, 9)))
    services = tuple(Service(f"S{k}", Form.PERMANENT_MISSION, f"I{k}", Decimal(1)) for k in range(2))
    brief = Brief((2030,), (Ceiling(((2030, Decimal(5)),), Class.RUNNING), MeasuresPerYear(measures)))
    return Problem("exchange", "AAA", "EUR", 2030, (held, wished), interests, services, brief)
