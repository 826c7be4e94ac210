"""Acceptability and regret on a problem of five sites, against every plan there is."""

from dataclasses import replace
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from legation.inquiry.acceptability import Standing, acceptability, steps, wilson
from legation.inquiry.asking import ask
from legation.inquiry.ensembles import SIZE, Batch, answers, batches, packed, unpacked
from legation.inquiry.futures import Appraised, Ceilings, Futures, Way, Weights, Worth
from legation.inquiry.regret import best_on_average, judge, minimax, sample
from legation.model import Form, Track
from legation.planning.brief import Brief, Ceiling, Class, MeasuresPerYear
from legation.planning.problem import Interest, Problem, Rung, Service, Site
from legation.programme.solver import Limits

COSTS, WORTHS = (4, 3, 5, 2, 6), (9, 7, 10, 4, 13)
EXACT = Limits(gap=0.0)
SPREAD = (Worth(0.5),)


def problem(ceiling=9):
    """Return five sites that cost and serve one interest each, and money for some."""
    sites = tuple(Site(f"S{k}", Track.MULTILATERAL, f"S{k}", "", (rung(cost),)) for k, cost in enumerate(COSTS))
    interests = tuple(Interest(f"I{k}", (Decimal(w),), kind="organisation") for k, w in enumerate(WORTHS))
    services = tuple(Service(f"S{k}", Form.PERMANENT_MISSION, f"I{k}", Decimal(1)) for k in range(len(COSTS)))
    stated = (Ceiling(((2030, Decimal(ceiling)),), Class.ESTABLISHING), MeasuresPerYear(4))
    return Problem("five", "AAA", "EUR", 2030, sites, interests, services, Brief((2030,), stated))


def rung(cost):
    """Return a rung that costs so much once."""
    return Rung(Form.PERMANENT_MISSION, (Decimal(cost),), (Decimal(0),), (Decimal(0),))


def planned(uncertainties=SPREAD, count=60, ceiling=9):
    """Return question, futures and answers."""
    asked = problem(ceiling)
    question = ask(asked, limits=EXACT)
    found = [a for b in batches(asked, uncertainties, 3, count, EXACT) for a in answers(b)]
    return question, Futures(question, uncertainties, 3), found


def every_plan(question):
    """Return the points of all plans within the brief, found without any solver."""
    points = []
    for chosen in product((0.0, 1.0), repeat=len(COSTS)):
        if np.dot(chosen, COSTS) <= 9 and sum(chosen) <= 4:
            x = np.zeros(question.formulation.columns)
            x[question.columns.x[:, 0]] = chosen
            acts = question.formulation.layout.acts
            for act in acts:
                x[act[:, 0][act[:, 0] >= 0]] = np.array(chosen)[act[:, 0] >= 0]
            points.append(x)
    return points


def values(question, futures, found, points):
    """Return what each plan is worth in each future, by the sums that define it: (P, N)."""
    worth = np.array([futures.draw(a.number).worth for a in found]) + np.array(WORTHS, dtype=float)
    chosen = np.array([p[question.columns.x[:, 0]] for p in points])
    climbed = float(question.problem.change_penalty) * (1 + np.arange(1, len(COSTS) + 1) / (1000 * len(COSTS)))
    return chosen @ (worth - climbed).T


def test_answers_are_the_best_of_all_plans():
    """No future has a better plan than the one told."""
    question, futures, found = planned()
    table = values(question, futures, found, every_plan(question))
    assert np.allclose([a.worth for a in found], table.max(axis=0))


def test_acceptability_counts_the_best_plans():
    """The share of each measure is how often enumeration finds it in the best plan."""
    question, futures, found = planned()
    points = every_plan(question)
    best = [points[k] for k in values(question, futures, found, points).argmax(axis=0)]
    counted = np.array([x[question.columns.x[:, 0]] for x in best]).sum(axis=0)
    told = {a.site: a for a in acceptability(question, found)}
    assert {s: a.share.count for s, a in told.items()} == {f"S{k}": int(n) for k, n in enumerate(counted) if n}
    assert all(a.years == ((2030, a.share),) for a in told.values())
    assert [a.share.count for a in acceptability(question, found)] == sorted(counted[counted > 0].astype(int))[::-1]


def test_measures_no_future_has_are_never():
    """A measure that only a plan given has is told with the share 0."""
    question, _, found = planned((Worth(0.0),), SIZE)
    base = {
        question.problem.sites[s].id for s, *_ in steps(question, unpacked(found[0].plan, question.formulation.columns))
    }
    other = next(p for p in every_plan(question) if p[question.columns.x[:, 0]].sum() == 1)
    site = question.problem.sites[int(np.flatnonzero(other[question.columns.x[:, 0]])[0])].id
    told = {a.site: a for a in acceptability(question, found, always=(packed(other),))}
    assert {s for s, a in told.items() if a.standing is Standing.CORE} == base
    assert site in base or told[site].standing is Standing.NEVER


def test_minimax_and_average_are_the_best_of_all_plans():
    """Both plans do as well as the best of every plan there is."""
    question, futures, found = planned()
    taken = sample(question, futures, found)
    table = values(question, futures, found, every_plan(question))
    regret = table.max(axis=0) - table
    average, robust = best_on_average(taken), minimax(taken, found[0].plan)
    assert average.average == pytest.approx(table.mean(axis=1).max())
    assert average.expected == pytest.approx(regret.mean(axis=1).min())
    assert robust.judged.worst == pytest.approx(regret.max(axis=1).min(), abs=1e-6)
    assert robust.bound == pytest.approx(robust.judged.worst, abs=1e-3)
    assert robust.judged.worst < regret.max(axis=1)[table.mean(axis=1).argmax()] + 1e-9
    assert 0 < robust.judged.worst < judge(taken, packed(np.zeros(question.formulation.columns))).worst


def test_a_plan_that_lower_ceilings_forbid_is_told_as_broken():
    """With ceilings that move, the share of futures that cannot pay for a plan is told beside its regret."""
    question, futures, found = planned((Ceilings(0.3),), 40)
    taken = sample(question, futures, found)
    best = max(every_plan(question), key=lambda x: x[question.columns.x[:, 0]] @ COSTS)
    judged = judge(taken, packed(best))
    unpaid = [9 * futures.draw(a.number).ceilings < best[question.columns.x[:, 0]] @ COSTS for a in found]
    assert 0 < judged.broken < 1
    assert judged.broken == pytest.approx(np.mean(unpaid))
    assert judged.worst >= judged.expected


def test_futures_without_a_plan_are_told():
    """Where what is held costs more than the ceiling of a future, it has no plan."""
    asked = problem()
    sites = (replace(asked.sites[0], today=Form.PERMANENT_MISSION, ladder=(costly(),)), *asked.sites[1:])
    rule = Ceiling(((2030, Decimal(10)),), Class.RUNNING)
    asked = replace(asked, sites=sites, brief=replace(asked.brief, rules=(rule,)))
    question = ask(asked)
    found = answers(Batch(asked, (Ceilings(0.3),), 1, tuple(range(30)), EXACT))
    low = [Futures(question, (Ceilings(0.3),), 1).draw(n).ceilings < 1 for n in range(30)]
    assert [not a.plan for a in found] == low


def costly():
    """Return a rung whose running takes a ceiling of ten whole."""
    return Rung(Form.PERMANENT_MISSION, (Decimal(1),), (Decimal(10),), (Decimal(0),))


@pytest.mark.parametrize("way", list(Way))
def test_weights_move_worth_in_proportion(way):
    """Drawn weights add up to 1, and the worth of an interest is their mean of its criteria."""
    question = ask(problem())
    rows = (Appraised("I0", ((0, 12.0), (1, 4.0))), Appraised("I1", ((1, 7.0),)))
    weights = Weights(("a", "b"), (0.625, 0.375), rows, way, 10.0)
    drawn = [Futures(question, (weights,), 1).draw(n).worth for n in range(400)]
    first = np.array([d[0] for d in drawn]) + 9
    assert all(abs(d[1:]).max() < 1e-12 for d in drawn)
    assert first.min() >= 4
    assert first.max() <= 12
    share = (first - 4) / 8
    means = {Way.DIRICHLET: 0.625, Way.ORDINAL: 0.75, Way.FREE: 0.5}
    assert share.mean() == pytest.approx(means[way], abs=0.04)
    if way is Way.ORDINAL:
        assert share.min() >= 0.5
    if way is Way.DIRICHLET:
        assert share.var() == pytest.approx(0.625 * 0.375 / 11, rel=0.2)


def test_intervals():
    """Wilson's interval, as published: 8 of 10 is from 49 to 94 per cent."""
    share = wilson(8, 10)
    assert (round(share.low, 4), round(share.high, 4)) == (0.4902, 0.9433)
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
