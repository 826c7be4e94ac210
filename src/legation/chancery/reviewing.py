"""Reviewing: a plan goes into a dossier, frozen by digest, and on by the steps of the procedure; all is a revision."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from legation import codec
from legation.cases.scenarios import BASELINE, lineage
from legation.chancery.announcing import published
from legation.chancery.dossiers import KIND, Filed, Papers, filed_of, frozen, papers, put_back
from legation.chancery.people import people_of
from legation.chancery.procedures import procedure_of
from legation.chancery.scenarios import drafted, scenarios_of, under
from legation.errors import InvalidError, NotFoundError, RefusedError
from legation.model.revisions import Put
from legation.planning.checking import check
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.programme.plans import plan
from legation.programme.solver import Limits
from legation.review import advancing, decisions, remarks
from legation.review.access import Permission, may, require
from legation.review.dossiers import Dossier, Meeting, Paper, Task, Version
from legation.review.people import Person
from legation.review.stages import Procedure, Step
from legation.store import Store
from legation.values import value


@value
class Proposal:
    """What is to go into a dossier: the case, or a scenario of it, with its best plan or the one given.

    scenario: its name, empty for the case itself, None for that of the version before
    """

    scenario: str | None = None
    given: Plan | None = None
    reason: str = ""
    limits: Limits = Limits()


def open_dossier(
    store: Store,
    who: Person,
    case: str,
    title: str,
    at: datetime,
    *,
    proposal: Proposal = Proposal(),
    renews: str = "",
) -> Filed:
    """Open a dossier on a case on record, with the first version of its plan.

    renews: id of the approved dossier it is to take the place of. Raise InvalidError for a given plan that does not
    hold, InfeasibleError where there is no plan.
    """
    require(who, Permission.SUBMIT)
    if not title.strip():
        raise RefusedError("A dossier needs a title.", hint="It is what the public reads above the plan.")
    read = last(store)
    if renews:
        _refuse_unrenewable(store, case, renews)
    said = version_of(store, who, case, proposal, at, read)
    number = len(store.all(KIND, scope=case)) + 1
    first = procedure_of(store).stages[0].name
    made = Dossier(f"{case}-{number}", title.strip(), case, first, (said.version,), renews=renews)
    told = _told(f"{made.id}: opened", proposal.reason)
    return put_back(store, who, made, told, at, read, frozen(store, case, said.problem, said.plan))


def put_version(
    store: Store, who: Person, id_: str, at: datetime, *, proposal: Proposal = Proposal(), read: int = 0
) -> Filed:
    """Put another version into a dossier, of the case as it is on record now.

    read: the revision the writer saw. Raise RefusedError where the stage does not let it change, or it says the same.
    """
    require(who, Permission.SUBMIT)
    filed, now, procedure = filed_of(store, id_), last(store), procedure_of(store)
    _refuse_fixed(filed.dossier, procedure)
    scenario = filed.dossier.version.scenario if proposal.scenario is None else proposal.scenario
    said = version_of(store, who, filed.dossier.case, replace(proposal, scenario=scenario), at, now)
    made = advancing.revise(filed.dossier, said.version, procedure)
    told = _told(f"{id_}: version {made.version.number}", proposal.reason)
    fixed = frozen(store, made.case, said.problem, said.plan)
    return put_back(store, who, made, told, at, read or filed.revision, fixed)


def take_step(
    store: Store,
    who: Person,
    id_: str,
    step: str,
    at: datetime,
    *,
    reason: str = "",
    meeting: str = "",
    url: str = "",
    read: int = 0,
) -> Filed:
    """Take a step of the procedure; one that makes the plan public publishes its statement in the same revision.

    meeting: id of the one that decided it; url: where the public reads the statement. Raise ForbiddenError for who may
    not, RefusedError where the needs of the step are not met.
    """
    require(who, Permission.STEP)
    filed, procedure = filed_of(store, id_), procedure_of(store)
    known = {person.name for person in people_of(store)}
    made = advancing.advance(filed.dossier, step, who, at, reason, procedure, meeting=meeting, known=known)
    more: tuple[Put, ...] = ()
    if procedure.stage(made.stage).public and not made.announced:
        require(who, Permission.PUBLISH)
        made, statement = published(store, made, who.name, at, url=url)
        more = (statement,)
    elif url:
        raise RefusedError(f"To {step} publishes no statement, so nothing of it has an address.")
    told = _told(f"{id_}: {step}", reason)
    return put_back(store, who, made, told, at, read or filed.revision, more)


def steps_of(
    store: Store, who: Person, dossier: Dossier, *, at: int | None = None, on: datetime | None = None
) -> tuple[Step, ...]:
    """Return the steps that somebody may take, their needs aside, by the procedure as of a revision.

    on: at this moment: while an embargo holds, none of them makes anything public
    """
    return advancing.possible(dossier, who, procedure_of(store, at=at), on=on) if may(who, Permission.STEP) else ()


def remark(store: Store, who: Person, id_: str, text: str, at: datetime, *, line: str = "", read: int = 0) -> Filed:
    """Say something of a line of a dossier (a site, an interest, a year), or of the whole.

    Raise NotFoundError for a line that the version in review does not have.
    """
    require(who, Permission.COMMENT)
    filed = filed_of(store, id_)
    _refuse_unknown(papers(store, filed.dossier).problem, line)
    made = remarks.comment(filed.dossier, line, text, who, at)
    told = f"{id_}: comment {made.comments[-1].id}" + (f" on {line}" if line else "")
    return put_back(store, who, made, told, at, read or filed.revision)


def answer(
    store: Store,
    who: Person,
    id_: str,
    remark_id: str,
    text: str,
    at: datetime,
    *,
    papers: tuple[Paper, ...] = (),
    read: int = 0,
) -> Filed:
    """Answer a comment or a counter-proposal, or say what came of a task, with papers such as a legal act.

    Raise where there is none of that id, or it has its answer; ForbiddenError for who is not charged with the task.
    """
    filed = filed_of(store, id_)
    if any(task.id == remark_id for task in filed.dossier.tasks):
        require(who, Permission.STEP)
        made = decisions.fulfil(filed.dossier, remark_id, text, who, at, papers)
    elif papers:
        raise RefusedError("Only what comes of a task has papers.", hint="Charge somebody: legation review charge")
    else:
        require(who, Permission.SUBMIT)
        made = remarks.answer(filed.dossier, remark_id, text, who, at)
    return put_back(store, who, made, f"{id_}: answer to {remark_id}", at, read or filed.revision)


def meet(store: Store, who: Person, id_: str, meeting: Meeting, *, read: int = 0) -> Filed:
    """Put on record that a meeting had a dossier before it; raise RefusedError for one that was not held."""
    require(who, Permission.STEP)
    filed = filed_of(store, id_)
    made = decisions.meet(filed.dossier, meeting)
    return put_back(store, who, made, f"{id_}: meeting {made.meetings[-1].id}", meeting.at, read or filed.revision)


def charge(store: Store, who: Person, id_: str, task: Task, *, read: int = 0) -> Filed:
    """Charge a role with a task over a dossier; raise RefusedError for an empty one, NotFoundError for its meeting."""
    require(who, Permission.STEP)
    filed = filed_of(store, id_)
    made = decisions.charge(filed.dossier, task)
    told = f"{id_}: task {made.tasks[-1].id} of {task.role.value}"
    return put_back(store, who, made, told, task.at, read or filed.revision)


# For what else makes versions


def last(store: Store) -> int:
    """Return the number of the last revision, 0 before any."""
    head = store.head
    return head.number if head else 0


def version_of(store: Store, who: Person, case: str, proposal: Proposal, at: datetime, read: int) -> Papers:
    """Draft the problem of a case as of a revision, and find its best plan or check the given one."""
    name = "" if proposal.scenario in (None, BASELINE) else str(proposal.scenario)
    problem = drafted(under(store, case, name, at=read)).problem
    digest = codec.digest(problem)
    if proposal.given is not None:
        found = check(problem, proposal.given, digest=digest)
        if found:
            raise InvalidError(f"The plan given is no plan of {case} as it is on record.", found)
    chosen = proposal.given or plan(problem, digest=digest, limits=proposal.limits)
    wrote = {s.author for s in lineage(name, scenarios_of(store, case, at=read)) if s.author} - {who.name}
    made = Version(
        number=1,
        problem=digest,
        plan=codec.digest(chosen),
        author=who.name,
        at=at,
        revision=read,
        scenario=name,
        reason=proposal.reason.strip(),
        hands=tuple(sorted(wrote)),
    )
    return Papers(made, problem, chosen)


def _told(what: str, reason: str) -> str:
    return f"{what}. {reason.strip()}" if reason.strip() else what


def _refuse_unrenewable(store: Store, case: str, renews: str) -> None:
    dossier = filed_of(store, renews).dossier
    if dossier.case != case or dossier.approval is None:
        raise RefusedError(f"{renews} is no approved dossier of {case}.", hint="Name one that was approved.")


def _refuse_fixed(dossier: Dossier, procedure: Procedure) -> None:
    """Tell who would wait for a plan at once that it cannot go in."""
    other = Version(0, "", "", "", dossier.version.at, 0)
    advancing.revise(dossier, other, procedure)


def _refuse_unknown(problem: Problem, line: str) -> None:
    known = (*(s.id for s in problem.sites), *(i.id for i in problem.interests), *map(str, problem.brief.years))
    if line and line not in known:
        hint = "A line is the id of a site or of an interest, or a year."
        raise NotFoundError(f"The plan has no line '{line}'{codec.suggest(line, known) or '.'}", hint=hint)
