"""What the law says of a case: of its record on a day, of a plan year by year, and the breaches a plan would commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from legation import codec
from legation.cases.announced import announced_problem
from legation.cases.case import Case
from legation.cases.lawful import situation_on, situations_of
from legation.desk import documents
from legation.desk.cases import Opened
from legation.desk.proofs import Planned, read_document
from legation.errors import Finding, OutOfDateError, Severity
from legation.law.checking import Opinion, opinion
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.reports.figures import Paper
from legation.sources import read_case


def of_record(path: str, day: date | None = None) -> tuple[Case, Opinion]:
    """Read a case and return it with what the law says of its record; raise InvalidError where it cannot be read."""
    case, _ = read_case(path)
    return case, on_record(case, day)


def on_record(case: Case, day: date | None = None) -> Opinion:
    """Return what the law says of a case's own record on a day, that of the case by default."""
    return opinion(situation_on(case, day or case.as_of), case.law)


def of_plan(case: Case, problem: Problem, plan: Plan) -> tuple[Opinion, ...]:
    """Return what the law says of a plan, year by year: findings tell only what each year adds."""
    return _from_record_on(case, problem, plan)[1:]


def _from_record_on(case: Case, problem: Problem, plan: Plan) -> tuple[Opinion, ...]:
    opinions = [on_record(case)]
    for situation in situations_of(case, problem, plan):
        opinions.append(opinion(situation, case.law, opinions[-1]))
    return tuple(opinions)


def paper(opened: Opened, planned: Planned) -> Paper:
    """Put together what a report is made of, with what the law says of the plan, and of the announced one beside it."""
    made = documents.paper(opened, planned)
    judged, stated = made.announced, planned.announced
    if judged and stated:
        judged = replace(judged, law=_from_record_on(opened.case, stated.problem, stated.plan))
    return replace(made, law=_from_record_on(opened.case, planned.problem, planned.plan), announced=judged)


def of_plan_file(opened: Opened, path: Path) -> tuple[Opinion, ...]:
    """Return what the law says of a plan from a file; raise OutOfDateError where it answers another problem."""
    return of_own_plan(opened, read_document(Plan, path))


def of_own_plan(opened: Opened, plan: Plan) -> tuple[Opinion, ...]:
    """Return what the law says of a plan; raise OutOfDateError where it answers another problem than the case's."""
    problem = opened.draft.problem
    announced, _ = announced_problem(problem, opened.case.announced)
    if plan.problem not in (codec.digest(problem), codec.digest(announced)):
        raise OutOfDateError(
            f"The plan answers another problem than that of {opened.case.name}.",
            hint="For the plan of a scenario name that too: --on-record --scenario NAME, over HTTP ?scenario=NAME; for "
            f"that of a dossier: --dossier. Else plan it again: legation plan {opened.case.name} -o plan.json",
        )
    return of_plan(opened.case, problem, plan)


def breaches(opinions: Iterable[Opinion]) -> tuple[Finding, ...]:
    """Return only what breaks a rule for certain."""
    return tuple(f for o in opinions for f in o.findings if f.severity is Severity.ERROR)
