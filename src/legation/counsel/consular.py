"""Consular service of a case: today, and at the end of a year of a plan, with what is known of neither."""

from __future__ import annotations

from decimal import Decimal

from legation import codec
from legation.cases.announced import announced_problem
from legation.cases.case import ConsularAct
from legation.consular.demand import District, districts
from legation.consular.service import ConsularService, overloads, service_in, service_today
from legation.desk.cases import Opened
from legation.errors import Finding, NotFoundError, OutOfDateError
from legation.planning.outcome import Plan
from legation.values import value


@value
class ConsularAnswer:
    """Who needs a consul where, how they are served before and after a plan, and by what rates that is reckoned.

    acts: what people are taken to need; hours: working hours of one consul in a year; trip: acts on one trip of a
    mobile consulate; after: only with a plan
    """

    case: str
    acts: tuple[ConsularAct, ...]
    hours: Decimal
    trip: Decimal
    districts: tuple[District, ...]
    before: ConsularService
    after: ConsularService | None = None
    findings: tuple[Finding, ...] = ()


def consular(opened: Opened, plan: Plan | None = None, year: int | None = None) -> ConsularAnswer:
    """Return the consular service of a case today, and in a year of a plan (the last by default).

    Raise OutOfDateError where the plan answers another problem, NotFoundError for a year it does not have.
    """
    case, problem = opened.case, opened.draft.problem
    places, found = districts(case)
    before, after = service_today(case, problem, places), None
    if plan:
        when = problem.brief.years[-1] if year is None else year
        if when not in problem.brief.years:
            hint = f"Its years are {', '.join(map(str, problem.brief.years))}."
            raise NotFoundError(f"{when} is no year of the plan.", hint=hint)
        after = service_in(case, problem, _own(opened, plan), places, when)
    said, findings = case.settings.consular, (*found, *overloads(after or before))
    return ConsularAnswer(case.name, said.acts, said.hours, said.trip, places, before, after, findings)


def _own(opened: Opened, plan: Plan) -> Plan:
    """Return a plan if it answers the problem of a case, or that with the announced measures fixed."""
    announced, _ = announced_problem(opened.draft.problem, opened.case.announced)
    if plan.problem not in (codec.digest(opened.draft.problem), codec.digest(announced)):
        raise OutOfDateError(
            f"The plan answers another problem than that of {opened.case.name}.",
            hint=f"Plan it again: legation plan {opened.case.name} -o plan.json",
        )
    return plan
