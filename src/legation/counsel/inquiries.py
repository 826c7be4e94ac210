"""Questions about the best plan of a case, asked of the core."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from legation import codec, compute
from legation.cases.siting import names_of
from legation.counsel.weights import after, directions, lowest, stated
from legation.desk.cases import Opened
from legation.desk.proofs import best, read_document
from legation.errors import NotFoundError, OutOfDateError
from legation.inquiry.alternatives import Alternative, alternatives
from legation.inquiry.asking import Question, ask, rung_of
from legation.inquiry.frontier import Frontier, frontier
from legation.inquiry.reasons import Why, WhyNot, why, why_not
from legation.inquiry.stability import intervals
from legation.model import Form
from legation.planning.brief import Class
from legation.planning.comparison import Pairing, pair
from legation.planning.outcome import Plan
from legation.programme.solver import Limits
from legation.sources.rows import like
from legation.values import value


@value
class WeightRange:
    """The shares of the weights that a criterion may have while the plan stays a best one, and what follows beyond."""

    criterion: str
    share: Decimal
    low: Decimal
    high: Decimal
    below: Pairing | None
    above: Pairing | None


@value
class Beside:
    """The best plans of two cases beside each other. first, second: their names."""

    first: str
    second: str
    plan: Plan
    other: Plan
    pairing: Pairing


def question_of(
    opened: Opened, limits: Limits, plan: Plan | None = None, *, site: str = "", form: Form | None = None
) -> tuple[Question, Plan]:
    """Return a case as a question, and its best plan: solved, or the one given if it answers the same problem.

    site, form: what is asked about; raise NotFoundError, before anything is solved, where the case has no such
    """
    if site:
        _refuse_unknown(opened, site)
    question = ask(opened.draft.problem, limits=limits)
    if site:
        rung_of(question, site, form)
    if plan is None:
        found = question.solve(question.formulation)
        return question, question.plan(found) if found else best(opened, limits).plan  # the latter says what conflicts
    if plan.problem != codec.digest(opened.draft.problem):
        raise OutOfDateError(
            f"The plan given answers another problem than {opened.case.name} asks now.",
            hint="Plan the case again: legation plan CASE -o plan.json",
        )
    return question, plan


def _refuse_unknown(opened: Opened, site: str) -> None:
    """Raise NotFoundError for a site that the case does not have, with the one that was meant."""
    names = names_of(opened.case, opened.draft.problem.sites)
    if site not in names:
        meant = like(site, names) or like(site.partition("-")[0], names)
        hint = "Its sites are those of sites.csv, and the seats of its posts; legation problem CASE lists them all."
        raise NotFoundError(f"{opened.case.name} has no site '{site}'{meant or '.'}", hint=hint)


def plan_in(path: Path) -> Plan:
    """Read the plan that is asked about from a file; raise NotFoundError or InvalidError with what is wrong."""
    return read_document(Plan, path)


def why_of(
    opened: Opened, site: str, limits: Limits, *, plan: Plan | None = None, weights: bool = False, takes: bool = True
) -> Why:
    """Say why the plan has what it has at a site; with weights, how far each could move before that changes."""
    question, made = question_of(opened, limits, plan, site=site)
    return why(question, made, site, _directions(opened) if weights else (), takes=takes)


def why_not_of(
    opened: Opened,
    site: str,
    limits: Limits,
    *,
    form: Form | None = None,
    plan: Plan | None = None,
    weights: bool = False,
    takes: bool = True,
    far: bool = False,
) -> WhyNot:
    """Say why the plan does not hold a form at a site, and what it would take; far: of money, however far off."""
    question, made = question_of(opened, limits, plan, site=site, form=form)
    return why_not(question, made, site, form, _directions(opened) if weights else (), takes=takes, far=far)


def frontier_of(
    opened: Opened,
    low: float,
    high: float,
    limits: Limits,
    *,
    year: int | None = None,
    money: Class | None = None,
    progress: Callable[[float], None] | None = None,
) -> Frontier:
    """Return the best worth for every amount of money between two shares, on all processors of this machine."""
    question = ask(opened.draft.problem, limits=limits)
    return frontier(question, low, high, year=year, money=money, progress=progress, through=compute.spread)


def alternatives_of(
    opened: Opened, limits: Limits, *, count: int, within: float, differ: int, timing: bool
) -> tuple[Alternative, ...]:
    """Return other plans of a case that are nearly as good."""
    question = ask(opened.draft.problem, limits=limits)
    return alternatives(question, count=count, within=within, differ=differ, timing=timing)


def weight_ranges(opened: Opened, limits: Limits) -> tuple[WeightRange, ...]:
    """Return how far the weight of each criterion may move while the plan of a case stays a best one."""
    question, shares = ask(opened.draft.problem, limits=limits), stated(opened.draft.appraisal)
    ways = tuple((way, lowest(shares[way[0]])) for way in _directions(opened))
    return tuple(
        WeightRange(
            i.name,
            shares[i.name],
            after(shares[i.name], -i.down.far),
            after(shares[i.name], i.up.far),
            i.down.next,
            i.up.next,
        )
        for i in intervals(question, ways)
    )


def beside(first: Opened, second: Opened, limits: Limits) -> Beside:
    """Solve two cases and pair the measures of their best plans."""
    plan, other = (best(opened, limits).plan for opened in (first, second))
    return Beside(first.case.name, second.case.name, plan, other, pair(plan.measures, other.measures))


def _directions(opened: Opened) -> tuple[tuple[str, tuple[tuple[str, Decimal], ...]], ...]:
    return directions(opened.case, opened.draft.appraisal)
