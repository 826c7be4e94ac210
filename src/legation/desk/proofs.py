"""Problems and plans as the desk makes, judges and checks them."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from legation import codec
from legation.cases.announced import announced_problem
from legation.cases.case import Case
from legation.desk.cases import Opened
from legation.engine.tailored import legation
from legation.errors import Finding, InfeasibleError, InvalidError, NotFoundError, OutOfDateError
from legation.planning.checking import check
from legation.planning.comparison import Comparison, compare
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.programme.highs import highs
from legation.programme.plans import plan
from legation.programme.solver import Limits, Solver
from legation.values import value

Document = TypeVar("Document", Problem, Plan)


class Method(StrEnum):
    """How a plan is found: by the tailored method, or by HiGHS alone, the reference."""

    LEGATION = "legation"
    HIGHS = "highs"


DEFAULT = Method.LEGATION


def solver(method: Method) -> Solver:
    """Return the solver of a method."""
    return highs if method is Method.HIGHS else legation


@value
class Stated:
    """The announced plan: the problem in which it is fixed, the plan, how it compares, and what was found."""

    problem: Problem
    plan: Plan
    comparison: Comparison
    findings: tuple[Finding, ...]


@value
class Planned:
    """A problem with its digest, its best plan, and (where asked for) the announced plan beside it."""

    problem: Problem
    digest: str
    plan: Plan
    announced: Stated | None = None


def best(opened: Opened, limits: Limits, *, announced: bool = False, method: Method = DEFAULT) -> Planned:
    """Plan a case; raise InfeasibleError with the conflict where no plan satisfies its brief."""
    problem = opened.draft.problem
    digest = codec.digest(problem)
    made = plan(problem, digest=digest, solver=solver(method), limits=limits)
    return Planned(problem, digest, made, _stated(opened.case, problem, made, limits) if announced else None)


def verdict(problem_path: Path, plan_path: Path) -> tuple[Finding, ...]:
    """Check a plan against a problem, both from files; raise OutOfDateError where it answers another problem."""
    problem = read_document(Problem, problem_path)
    made = read_document(Plan, plan_path)
    return faults(problem, made, f"{problem_path}")


def faults(problem: Problem, made: Plan, name: str = "the problem") -> tuple[Finding, ...]:
    """Check a plan against a problem; raise OutOfDateError where it answers another one."""
    digest = codec.digest(problem)
    if made.problem and made.problem != digest:
        raise OutOfDateError(
            f"The plan answers another problem: it names {made.problem[:12]}…, {name} is {digest[:12]}….",
            hint="Plan this problem again, or find the problem the plan was made for.",
        )
    return check(problem, made)


def _stated(case: Case, problem: Problem, made: Plan, limits: Limits) -> Stated:
    if not any(row.kind == "measure" for row in case.announced):
        raise InvalidError(f"{case.name} has no announced plan.", hint="Add rows of kind measure to announced.csv.")
    fixed, findings = announced_problem(problem, case.announced)
    try:
        stated = plan(fixed, digest=codec.digest(fixed), limits=limits)
    except InfeasibleError as error:
        raise InfeasibleError(
            f"The announced plan cannot be carried out under this brief. {error}",
            conflict=error.conflict,
            relaxations=error.relaxations,
            hint=error.hint,
        ) from error
    return Stated(fixed, stated, compare(problem, made, stated), findings)


def read_document(kind: type[Document], path: Path) -> Document:
    """Read a document; every fault names the file, and one of another kind has no other fault worth telling."""
    name = kind.__name__.lower()
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.", hint="Give the path of a file that legation wrote.")
    try:
        document: Document = codec.load(kind, path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidError(f"{path} is not a text in UTF-8.", hint=f"Write it again with: legation {name}.") from error
    except InvalidError as error:
        other = tuple(f for f in error.findings if f.column == "format")
        found = tuple(replace(f, file=path.name) for f in other or error.findings)
        raise InvalidError(
            f"{path} is no usable {name}.", found, hint="Give the problem first, then the plan."
        ) from error
    return document
