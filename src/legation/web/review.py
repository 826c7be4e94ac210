"""Review: dossiers from the first version to the announcement; each step a revision, each asked of who takes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Path, Query, Request, Response

from legation.cases.scenarios import BASELINE, CaseChange
from legation.chancery import announcing, countering, dossiers, procedures, reviewing, versions, working
from legation.chancery.countering import Beside
from legation.chancery.dossiers import Filed, Papers
from legation.chancery.reviewing import Proposal
from legation.errors import NotFoundError, RefusedError
from legation.model.revisions import Revision
from legation.planning.contrast import Contrast
from legation.programme.solver import Limits
from legation.review.access import Permission
from legation.review.dossiers import Dossier, Meeting, Paper, Task
from legation.review.people import Person, Role
from legation.review.stages import Procedure, Step
from legation.review.statements import Statement
from legation.review.tracing import Trace
from legation.store import Store
from legation.values import value
from legation.web.access import API, permission, routes
from legation.web.bodies import said
from legation.web.cases import At, Name, Reader, Reason, Text
from legation.web.revisions import Cursor, IfMatch, Limit, paged, refuse_changed, tag
from legation.web.room import Registry

router = routes("review")

Submitter = Annotated[Person, permission(Permission.SUBMIT)]
Commenter = Annotated[Person, permission(Permission.COMMENT)]
Stepper = Annotated[Person, permission(Permission.STEP)]
Countering = Annotated[Person, permission(Permission.COUNTER)]
Publisher = Annotated[Person, permission(Permission.PUBLISH)]
Reviewer = Annotated[Person, permission(Permission.READ_REVIEW)]
Administrator = Annotated[Person, permission(Permission.ADMINISTER)]
DossierId = Annotated[
    str, Path(pattern=r"^[^/\x00-\x1f\x7f]{1,220}$", description="Id of a dossier.", examples=["ruritania-1"])
]
CounterId = Annotated[str, Path(pattern=r"^[^/\x00-\x1f\x7f]{1,40}$", description="Id of a counter-proposal.")]
TaskId = Annotated[str, Path(pattern=r"^[^/\x00-\x1f\x7f]{1,40}$", description="Id of a task.", examples=["t1"])]
VersionNumber = Annotated[int, Query(ge=0, le=10**6, description="Number of a version; 0 for the last.")]
PATIENCE = 60.0  # seconds that a request waits for the solver; ask a job for what takes longer


@value
class NewVersion:
    """What goes into a dossier: the plan that a job has found, or the best plan of a scenario, found at once.

    job: id of a job 'plan' that is done; empty to have the plan found now, within a minute
    scenario: its name, empty for the case itself
    """

    job: str = ""
    scenario: str = ""
    reason: str = ""


@value
class NewDossier:
    """A dossier to be opened.

    title: what the public will read above the plan; renews: the approved dossier whose place it is to take
    """

    title: str
    version: NewVersion = NewVersion()
    renews: str = ""


@value
class NewStep:
    """A step to be taken, by its name, and why.

    meeting: id of the one that decided it; url: where the public reads the statement of a step that announces
    """

    step: str
    reason: str = ""
    meeting: str = ""
    url: str = ""


@value
class NewMeeting:
    """A meeting that had a dossier before it; kind: such as a session of the Government; present: who was there."""

    day: date
    place: str
    present: tuple[str, ...]
    kind: str = "meeting"
    agenda: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


@value
class NewTask:
    """What a role is charged with; controller: who watches that it is done, else who charges; meeting: that charged."""

    text: str
    role: Role
    due: date | None = None
    controller: str = ""
    meeting: str = ""


@value
class Fulfilled:
    """What came of a task, and papers such as a legal act."""

    text: str
    papers: tuple[Paper, ...] = ()


@value
class NewComment:
    """Something to be said. line: the site, interest or year it is about; empty for the whole."""

    text: str
    line: str = ""


@value
class NewAnswer:
    """An answer to a comment or a counter-proposal, by its id."""

    remark: str
    text: str


@value
class NewCounter:
    """What Finance would plan under: changes to what the version was made from."""

    changes: tuple[CaseChange, ...]
    name: str = ""
    reason: str = ""


@value
class Embargo:
    """The moment before which a dossier is not to be announced; none to lift it."""

    until: datetime | None = None


@value
class Correction:
    """What was wrong in a statement that was published, and is right now."""

    correction: str


# Dossiers


@router.get("/dossiers")
def list_dossiers(
    store: Registry,
    person: Reader,
    request: Request,
    response: Response,
    case: Text = "",
    at: At = None,
    limit: Limit = 100,
    after: Cursor = "",
) -> list[Dossier]:
    """List dossiers by id: those in review for who takes part, else what was announced."""
    found = sorted(dossiers.dossiers_of(store, person, case, at=at), key=lambda d: d.id)
    return paged(request, response, [d for d in found if d.id > after], limit, lambda d: d.id)


@router.post("/cases/{case}/dossiers", status_code=201)
def open_dossier(
    case: Name,
    new: Annotated[NewDossier, said(NewDossier)],
    store: Registry,
    person: Submitter,
    response: Response,
) -> Filed:
    """Open a dossier on a case, with the first version of its plan."""
    proposal = _proposal(store, person, case, new.version)
    filed = reviewing.open_dossier(store, person, case, new.title, _now(), proposal=proposal, renews=new.renews)
    response.headers["Location"] = f"{API}/dossiers/{filed.dossier.id}"
    return _tagged(filed, response)


@router.get("/dossiers/{id}")
def get_dossier(id: DossierId, store: Registry, person: Reader, response: Response, at: At = None) -> Filed:  # noqa: A002 - as in the path
    """Return a dossier; who takes no part in reviews sees what was approved, once it is announced."""
    return _tagged(dossiers.dossier_of(store, person, id, at=at), response)


@router.get("/dossiers/{id}/papers")
def get_papers(id: DossierId, store: Registry, person: Reader, version: VersionNumber = 0, at: At = None) -> Papers:  # noqa: A002
    """Return the problem and the plan of a version, as they were frozen."""
    return dossiers.papers_of(store, person, id, version, at=at)


@router.post("/dossiers/{id}/versions", status_code=201)
def put_version(
    id: DossierId,  # noqa: A002
    new: Annotated[NewVersion, said(NewVersion)],
    store: Registry,
    person: Submitter,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Put another version into a dossier, of the case as it is on record now."""
    read = _read(store, id, if_match)
    proposal = _proposal(store, person, dossiers.case_of_id(id), new)
    return _tagged(reviewing.put_version(store, person, id, _now(), proposal=proposal, read=read), response)


@router.get("/dossiers/{id}/versions/difference")
def version_difference(
    id: DossierId,  # noqa: A002
    store: Registry,
    person: Reviewer,
    before: Annotated[int, Query(ge=1, le=10**6, examples=[1])],
    after: Annotated[int, Query(ge=1, le=10**6, examples=[2])],
) -> Contrast:
    """Say what differs between two versions: what was asked, what is done, what it is worth and costs."""
    return versions.versions_apart(store, person, id, before, after)


@router.get("/dossiers/{id}/trace")
def get_trace(id: DossierId, store: Registry, person: Reviewer, version: VersionNumber = 0, at: At = None) -> Trace:  # noqa: A002
    """Trace the measures of a version to the objectives of the instruction behind it."""
    return versions.trace_of(store, person, id, version, at=at)


# Steps


@router.get("/dossiers/{id}/steps")
def list_steps(id: DossierId, store: Registry, person: Stepper, at: At = None) -> list[Step]:  # noqa: A002
    """List the steps that the visitor may take now, or might have as of a revision."""
    found = dossiers.dossier_of(store, person, id, at=at).dossier
    return list(reviewing.steps_of(store, person, found, at=at, on=_now()))


@router.post("/dossiers/{id}/steps", status_code=201)
def take_step(
    id: DossierId,  # noqa: A002
    new: Annotated[NewStep, said(NewStep)],
    store: Registry,
    person: Stepper,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Take a step of the procedure; one that makes the plan public publishes its statement."""
    read = _read(store, id, if_match)
    said_of = {"reason": new.reason, "meeting": new.meeting, "url": new.url}
    return _tagged(reviewing.take_step(store, person, id, new.step, _now(), **said_of, read=read), response)


@router.post("/dossiers/{id}/meetings", status_code=201)
def add_meeting(
    id: DossierId,  # noqa: A002
    new: Annotated[NewMeeting, said(NewMeeting)],
    store: Registry,
    person: Stepper,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Put on record that a meeting had the version in review before it, who was there, and on what papers."""
    read = _read(store, id, if_match) if if_match else 0
    kind = new.kind or "meeting"
    meeting = Meeting("", new.day, new.place, kind, new.present, person.name, _now(), 0, new.agenda, new.papers)
    return _tagged(reviewing.meet(store, person, id, meeting, read=read), response)


@router.post("/dossiers/{id}/tasks", status_code=201)
def add_task(
    id: DossierId,  # noqa: A002
    new: Annotated[NewTask, said(NewTask)],
    store: Registry,
    person: Stepper,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Charge a role with a task over a dossier."""
    read = _read(store, id, if_match) if if_match else 0
    controller = new.controller or person.name
    task = Task("", new.text, new.role, person.name, _now(), 0, new.due, controller, new.meeting)
    return _tagged(reviewing.charge(store, person, id, task, read=read), response)


@router.post("/dossiers/{id}/tasks/{task}/outcome", status_code=201)
def add_outcome(
    id: DossierId,  # noqa: A002
    task: TaskId,
    new: Annotated[Fulfilled, said(Fulfilled)],
    store: Registry,
    person: Stepper,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Say what came of a task, by who is charged with it or controls it."""
    read = _read(store, id, if_match) if if_match else 0
    if all(held.id != task for held in dossiers.filed_of(store, id).dossier.tasks):
        raise NotFoundError(f"{id} has no task '{task}'.")
    filed = reviewing.answer(store, person, id, task, new.text, _now(), papers=new.papers, read=read)
    return _tagged(filed, response)


@router.post("/dossiers/{id}/comments", status_code=201)
def add_comment(
    id: DossierId,  # noqa: A002
    new: Annotated[NewComment, said(NewComment)],
    store: Registry,
    person: Commenter,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Say something of a line of a dossier, or of the whole; it is to be answered."""
    read = _read(store, id, if_match) if if_match else 0
    return _tagged(reviewing.remark(store, person, id, new.text, _now(), line=new.line, read=read), response)


@router.post("/dossiers/{id}/answers", status_code=201)
def add_answer(
    id: DossierId,  # noqa: A002
    new: Annotated[NewAnswer, said(NewAnswer)],
    store: Registry,
    person: Submitter,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Answer a comment or a counter-proposal."""
    read = _read(store, id, if_match) if if_match else 0
    return _tagged(reviewing.answer(store, person, id, new.remark, new.text, _now(), read=read), response)


# Counter-proposals


@router.post("/dossiers/{id}/counters", status_code=201)
def add_counter(
    id: DossierId,  # noqa: A002
    new: Annotated[NewCounter, said(NewCounter)],
    store: Registry,
    person: Countering,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Lay Finance's own plan beside the ministry's; it is solved at once."""
    read = _read(store, id, if_match)
    made = countering.counter(
        store, person, id, new.changes, _now(), name=new.name, reason=new.reason, read=read, limits=Limits(PATIENCE)
    )
    response.headers["Location"] = f"{API}/dossiers/{id}/counters/{made.dossier.counters[-1].id}"
    return _tagged(made, response)


@router.get("/dossiers/{id}/counters/{counter}")
def get_counter(id: DossierId, counter: CounterId, store: Registry, person: Reviewer, at: At = None) -> Beside:  # noqa: A002
    """Return a counter-proposal beside the version it answers."""
    return countering.beside(store, person, id, counter, at=at)


@router.post("/dossiers/{id}/counters/{counter}/adoption", status_code=201)
def adopt_counter(
    id: DossierId,  # noqa: A002
    counter: CounterId,
    store: Registry,
    person: Submitter,
    response: Response,
    reason: Text = "",
    if_match: IfMatch = "",
) -> Filed:
    """Make a counter-proposal the next version of the dossier."""
    read = _read(store, id, if_match)
    return _tagged(countering.adopt(store, person, id, counter, _now(), reason=reason, read=read), response)


# Announcing


@router.get("/statements")
def list_statements(
    store: Registry,
    person: Reader,
    case: Text = "",
    at: At = None,
) -> list[Statement]:
    """List what was published, in the order of dossiers and of their statements."""
    return list(announcing.statements_of(store, person, case, at=at))


@router.get("/dossiers/{id}/statement")
def get_statement(id: DossierId, store: Registry, person: Reader) -> Statement:  # noqa: A002
    """Return what was published of a dossier last, or, to who reviews, what is to be."""
    return announcing.statement_of(store, person, id, _now())


@router.put("/dossiers/{id}/embargo")
def put_embargo(
    id: DossierId,  # noqa: A002
    embargo: Annotated[Embargo, said(Embargo)],
    store: Registry,
    person: Publisher,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Set or lift the moment before which a dossier may not be announced."""
    read = _read(store, id, if_match)
    return _tagged(announcing.embargo(store, person, id, embargo.until, _now(), read=read), response)


@router.post("/dossiers/{id}/corrections", status_code=201)
def add_correction(
    id: DossierId,  # noqa: A002
    new: Annotated[Correction, said(Correction)],
    store: Registry,
    person: Publisher,
    response: Response,
    if_match: IfMatch = "",
) -> Filed:
    """Publish another statement in place of the last, which stays on record."""
    read = _read(store, id, if_match)
    return _tagged(announcing.correct(store, person, id, new.correction, _now(), read=read), response)


# The procedure


@router.get("/procedure")
def get_procedure(store: Registry, _person: Reader, response: Response, at: At = None) -> Procedure:
    """Return the stages and the steps that dossiers go by, or went by; the ETag "0" is of the product's own."""
    response.headers["ETag"] = tag(store.version(procedures.KIND, procedures.KIND, at=at))
    return procedures.procedure_of(store, at=at)


@router.put("/procedure")
def put_procedure(
    procedure: Annotated[Procedure, said(Procedure)],
    store: Registry,
    person: Administrator,
    response: Response,
    reason: Reason,
    if_match: IfMatch = "",
) -> Revision:
    """Put a ministry's own procedure on record."""
    read = refuse_changed(if_match, store.version(procedures.KIND, procedures.KIND))
    revision = procedures.set_procedure(store, person, procedure, reason, _now(), read=read)
    response.headers["ETag"] = tag(revision.number)
    return revision


def _now() -> datetime:
    return datetime.now(UTC)


def _tagged(filed: Filed, response: Response) -> Filed:
    response.headers["ETag"] = tag(filed.revision)
    return filed


def _read(store: Store, id_: str, if_match: str) -> int:
    """Return the revision of a dossier that a writer read; raise the problem 412 or 428 as for cases."""
    return refuse_changed(if_match, dossiers.filed_of(store, id_).revision)


def _proposal(store: Store, person: Person, case: str, new: NewVersion) -> Proposal:
    if not new.job:
        return Proposal(new.scenario, None, new.reason, Limits(PATIENCE))
    scenario, given = working.plan_found(store, person, new.job, case)
    if new.scenario not in ("", scenario):
        raise RefusedError(f"Job {new.job} planned {scenario}, not {new.scenario}.")
    return Proposal("" if scenario == BASELINE else scenario, given, new.reason)
