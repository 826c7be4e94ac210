"""Why a measure is in the plan, why another is not, and what it would take."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np

from legation.errors import RefusedError
from legation.inquiry.asking import Question, holding, money_rows, point, rung_of
from legation.inquiry.thresholds import RELAXATIONS, Known, Threshold, by_direction, by_money
from legation.inquiry.unit_costs import by_cost
from legation.model import Form
from legation.planning.accounts import height, held_forms
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Measure, Plan, Served
from legation.planning.problem import Interest, Rung
from legation.planning.wording import A_FORM, describe
from legation.programme.assembly import formulate
from legation.programme.formulation import Vector
from legation.values import value

Direction = tuple[str, tuple[tuple[str, Decimal], ...]]
"""The name of a change of worths, and what one unit of it adds to each interest's worth of a year."""

MOST_MONEY = 1.0  # twice the ceilings
SOON = 100
"""After so many relaxations, half a second or so, the search for the money that brings a form in ends, if not far."""
MOST_WORTH = 1000.0  # times the worth of the interest


@value
class Displaced:
    """The best plan once something is ruled out or in, what it does otherwise, and what is lost of the objective."""

    lost: Decimal
    pairing: Pairing
    plan: Plan


@value
class Why:
    """Why a site holds what the plan gives it.

    measures, serves: of the plan, at this site; establishing, running: what they add over all years;
    without: the best plan in which the site does not hold the form at the end, None where a rule demands it
    worth_down, money_down: by which share of its worth, of all ceilings, things may fall before it leaves the plan
    """

    site: str
    form: Form
    measures: tuple[Measure, ...]
    serves: tuple[Served, ...]
    without: Displaced | None
    worth: Threshold | None = None
    weights: tuple[tuple[str, Threshold], ...] = ()


@value
class WhyNot:
    """Why a site does not hold a form, and what it would take.

    within: the best plan that holds it, None where the rules forbid it at any price
    money: share by which all ceilings must rise; cost: share by which what the site costs must fall;
    worth: multiple of today's worth of the interests served there that must be added; weights: of each criterion,
    how far the weights must move towards that criterion alone (0 none of the way, 1 all)
    rules: where no plan holds it, the rules of the brief that name the site, in words
    """

    site: str
    form: Form
    within: Displaced | None
    money: Threshold | None = None
    cost: Threshold | None = None
    worth: Threshold | None = None
    weights: tuple[tuple[str, Threshold], ...] = ()
    rules: tuple[str, ...] = ()


def why(
    question: Question, plan: Plan, site: str, directions: tuple[Direction, ...] = (), *, takes: bool = True
) -> Why:
    """Say why the plan has what it has at a site; takes: also how far its worth may fall (some more plans)."""
    measures = tuple(m for m in plan.measures if m.site == site)
    form = measures[-1].after if measures else Form.NONE
    rung = rung_of(question, site, form if form is not Form.NONE else None)
    holds = form is not Form.NONE
    other = question.solve(holding(question, rung, held=not holds))
    down, known = -worth_direction(question, site), Known(other, point(question, plan))
    return Why(
        site,
        form,
        measures,
        tuple(s for s in plan.services if s.site == site),
        None if other is None else _displaced(plan, question.plan(other)),
        by_direction(question, rung, down, 1.0, known, held=not holds)
        if takes and other is not None and down.any()
        else None,
        _by_weights(question, rung, directions, known, held=not holds) if other is not None else (),
    )


def why_not(
    question: Question,
    plan: Plan,
    site: str,
    form: Form | None = None,
    directions: tuple[Direction, ...] = (),
    *,
    takes: bool = True,
    far: bool = False,
) -> WhyNot:
    """Say why the plan does not hold a form (the next, by default) at a site at its end, and what it would take.

    takes: also the least change of money, cost and worth that brings it in; each needs a dozen plans or more
    far: search for the money up to MOST_MONEY, however long that takes; else it is told from which share on it may do
    """
    rung = rung_of(question, site, form or _next_form(question, plan, site))
    wanted = next(r.form for r in _ladder(question, rung))
    found = question.solve(holding(question, rung, held=True))
    up, known = worth_direction(question, site), Known(found, point(question, plan))
    patience = RELAXATIONS if far else SOON
    takes_money = takes and bool(money_rows(question))
    money = by_money(question, rung, MOST_MONEY, known, relaxations=patience) if takes_money else None
    cost = by_cost(question, rung, float(plan.proof.objective)) if takes else None
    if found is None:  # no worth and no weight can bring in what the rules keep out
        return WhyNot(site, wanted, None, money, cost, rules=_naming(question, site))
    return WhyNot(
        site,
        wanted,
        _displaced(plan, question.plan(found)),
        money,
        cost,
        by_direction(question, rung, up, MOST_WORTH, known) if takes and up.any() else None,
        _by_weights(question, rung, directions, known, held=True),
    )


def _naming(question: Question, site: str) -> tuple[str, ...]:
    """Return the rules that name a site, in words; a condition that is met keeps nobody out."""
    rules = question.problem.brief.rules
    named = (r for r in rules if getattr(r, "site", "") == site or site in getattr(r, "sites", ()))
    return tuple(describe(r) for r in named if not getattr(r, "met", False))


def _next_form(question: Question, plan: Plan, site: str) -> Form | None:
    """Return the lowest form that the plan does not hold at the end; raise RefusedError where it holds the highest."""
    place = next((s for s in question.problem.sites if s.id == site), None)
    if place is None or not place.ladder:
        return None
    held = held_forms(question.problem, plan.measures)[site][-1]
    higher = place.ladder[height(place, held) :]
    if not higher:
        raise RefusedError(f"The plan holds {A_FORM[held]} at {site}, its highest form.", hint=f"Ask: why {site}")
    return higher[0].form


def worth_direction(question: Question, site: str) -> Vector:
    """Return what doubling the worth of the interests that reside at a site, or are only served there, adds."""
    problem = question.problem
    offered = {s.interest for s in problem.services if s.site == site and not s.concurrent}
    own = {i.id for i in problem.interests if i.residence == site} or offered
    return direction(question, tuple((i.id, w) for i in problem.interests if i.id in own for w in i.worth[:1]))


def direction(question: Question, added: tuple[tuple[str, Decimal], ...]) -> Vector:
    """Return what an addition to the worths of interests, the same in every year, adds to each column's objective."""
    more = dict(added)
    changed = tuple(_raised(i, more.get(i.id, Decimal(0))) for i in question.problem.interests)
    return formulate(replace(question.problem, interests=changed)).objective - question.formulation.objective


def _raised(interest: Interest, by: Decimal) -> Interest:
    return replace(interest, worth=tuple(w + by for w in interest.worth)) if by else interest


def _by_weights(
    question: Question, rung: int, directions: tuple[Direction, ...], known: Known, *, held: bool
) -> tuple[tuple[str, Threshold], ...]:
    changes = ((name, direction(question, added)) for name, added in directions)
    return tuple((name, by_direction(question, rung, d, 1.0, known, held=held)) for name, d in changes if np.any(d))


def _displaced(plan: Plan, other: Plan) -> Displaced:
    return Displaced(plan.proof.objective - other.proof.objective, pair(other.measures, plan.measures), other)


def _ladder(question: Question, rung: int) -> tuple[Rung, ...]:
    columns = question.columns
    site = int(columns.rung_site[rung])
    return columns.problem.sites[site].ladder[rung - columns.first_rung[site] :]
