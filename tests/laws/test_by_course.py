"""A core in which sites choose among their courses: it holds every plan that loses less than its budget."""

import numpy as np
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
