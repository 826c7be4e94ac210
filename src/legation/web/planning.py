"""Planning: scenarios of a case, and the jobs that find plans; a worker does them while the visitor waits or not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from legation import codec
from legation.cases.scenarios import Scenario
from legation.chancery import law, scenarios, working
from legation.counsel.consular import ConsularAnswer, consular
from legation.counsel.orders import LocateOrder, Order
from legation.desk import proofs
from legation.desk.cases import Opened
from legation.errors import Finding, InvalidError
from legation.law.checking import Opinion
from legation.model.revisions import Revision
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.review.access import Permission
from legation.review.people import Person
from legation.store import Store
from legation.store.jobs import Job
from legation.web.access import API, permission, routes
from legation.web.bodies import said
from legation.web.cases import At, Name, Reader, Text, read_of
from legation.web.days import On
from legation.web.revisions import Cursor, IfMatch, IfNoneMatch, Limit, paged, tag
from legation.web.room import Registry

router = routes("planning")

Planner = Annotated[Person, permission(Permission.PLAN)]
Editor = Annotated[Person, permission(Permission.EDIT)]
Reviewer = Annotated[Person, permission(Permission.READ_REVIEW)]
Administrator = Annotated[Person, permission(Permission.ADMINISTER)]
ScenarioName = Annotated[
    str, Path(pattern=r"^[^/~\x00-\x1f\x7f]{1,200}$", description="Name of a scenario.", examples=["tighter"])
]
JobId = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$", description="Id of a job.", examples=["0f8c2d"])]
Seconds = Annotated[
    float, Query(ge=0, le=working.LONGEST, description="After which it is ended; 0 for the longest there is.")
]
LOOK_EVERY = 0.5  # seconds
SILENT = 15.0  # seconds after which a line is sent so that no proxy takes the stream for dead
EVENTS = "text/event-stream"
EVENT = {  # each of the stream, as OpenAPI takes it
    "type": "object",
    "properties": {"event": {"const": "job"}, "data": {"type": "string", "contentMediaType": "application/json"}},
    "required": ["event", "data"],
}


# Scenarios


@router.get("/cases/{case}/scenarios")
def list_scenarios(
    case: Name,
    store: Registry,
    _person: Reviewer,
    request: Request,
    response: Response,
    at: At = None,
    limit: Limit = 100,
    after: Cursor = "",
) -> list[Scenario]:
    """List the scenarios of a case, by name."""
    held = sorted(scenarios.scenarios_of(store, case, at=at).values(), key=lambda s: s.name)
    return paged(request, response, [s for s in held if s.name > after], limit, lambda s: s.name)


@router.get("/cases/{case}/scenarios/{scenario}")
def get_scenario(
    case: Name, scenario: ScenarioName, store: Registry, _person: Reviewer, response: Response, at: At = None
) -> Scenario:
    """Return a scenario as it is, or was, on record."""
    found = scenarios.scenario_of(store, case, scenario, at=at)
    response.headers["ETag"] = tag(_version(store, case, scenario, at))
    return found


@router.put(
    "/cases/{case}/scenarios/{scenario}", responses={201: {"model": Revision, "description": "The scenario is new."}}
)
def put_scenario(
    case: Name,
    scenario: ScenarioName,
    written: Annotated[Scenario, said(Scenario)],
    store: Registry,
    person: Editor,
    response: Response,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> Revision:
    """Put a scenario on record; the case itself is not changed by it."""
    if (written.name, written.case) != (scenario, case):
        raise InvalidError(f"The scenario says it is '{written.name}' of '{written.case}'.", hint="Say as the address.")
    held = _version(store, case, scenario)
    read = read_of(store, held, f"scenario '{scenario}'", if_match, if_none_match)
    revision = scenarios.save_scenario(store, person, written, datetime.now(UTC), read=read)
    response.status_code = 200 if held else 201
    response.headers["ETag"] = tag(revision.number)
    return revision


@router.delete("/cases/{case}/scenarios/{scenario}")
def drop_scenario(
    case: Name, scenario: ScenarioName, store: Registry, person: Editor, if_match: IfMatch = ""
) -> Revision:
    """Take one's own scenario off the record; it stays readable as of earlier revisions."""
    read_of(store, _version(store, case, scenario), f"scenario '{scenario}'", if_match, "")
    return scenarios.drop_scenario(store, person, case, scenario, datetime.now(UTC))


def _version(store: Store, case: str, name: str, at: int | None = None) -> int | None:
    return store.version(scenarios.KIND, name, scope=case, at=at)


# Jobs


@router.post("/cases/{case}/plans", status_code=202)
def ask_plan(
    case: Name,
    order: Annotated[Order, said(Order)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for the best plan of a case or of one of its scenarios; the answer names the job that finds it."""
    return asked(store, person, "plan", case, (order, seconds), response)


@router.post("/cases/{case}/comparisons", status_code=202)
def ask_comparison(
    case: Name,
    order: Annotated[Order, said(Order)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for up to four scenarios side by side; the case itself is called baseline."""
    return asked(store, person, "compare", case, (order, seconds), response)


@router.get("/jobs")
def list_jobs(
    store: Registry,
    person: Reader,
    live: Annotated[bool, Query(description="Only those that wait or run.")] = False,
    last: Annotated[int, Query(ge=1, le=1000, description="How many, the newest first.")] = 50,
) -> list[Job]:
    """List jobs without their results: all for who reads papers in review, else one's own."""
    return list(working.jobs_of(store, person, live=live, last=last))


@router.get("/jobs/{id}")
def get_job(id: JobId, store: Registry, person: Reader) -> Job:  # noqa: A002 - as in the path
    """Return a job: how far it is, and what came of it."""
    return working.job_of(store, person, id)


@router.get(
    "/jobs/{id}/events",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The job without its result, each time that it goes on, until it ends.",
            "content": {EVENTS: {"schema": EVENT, "example": {"event": "job", "data": '{"progress": 0.5}'}}},
        }
    },
)
async def job_events(id: JobId, store: Registry, person: Reader) -> StreamingResponse:  # noqa: A002
    """Follow a job as server-sent events."""
    first = await run_in_threadpool(working.job_of, store, person, id)
    return StreamingResponse(_events(store, person, first), media_type=EVENTS)


async def _events(store: Store, person: Person, job: Job) -> AsyncIterator[str]:
    told, silent = "", 0.0
    while True:
        now = codec.compact(working.brief(job))
        if now != told:
            yield f"event: job\ndata: {now}\n\n"
            told, silent = now, 0.0
        if job.ended:
            return
        await asyncio.sleep(LOOK_EVERY)
        silent += LOOK_EVERY
        if silent >= SILENT:
            yield ": still there\n\n"
            silent = 0.0
        job = await run_in_threadpool(working.job_of, store, person, job.id)


@router.post("/jobs/{id}/cancel")
def cancel_job(id: JobId, store: Registry, person: Planner) -> Job:  # noqa: A002
    """Cancel one's own job."""
    return working.cancel(store, person, id, datetime.now(UTC))


@router.delete("/jobs/{id}")
def stop_job(id: JobId, store: Registry, person: Administrator) -> Job:  # noqa: A002
    """Cancel anybody's job."""
    return working.cancel(store, person, id, datetime.now(UTC))


def asked(
    store: Store, person: Person, kind: str, case: str, wanted: tuple[Order | LocateOrder, float], response: Response
) -> Job:
    """Put an order into the queue as a job that ends after so many seconds, and answer where it is."""
    order, seconds = wanted
    job = working.ask(store, person, kind, case, json.loads(codec.dump(order)), datetime.now(UTC), seconds=seconds)
    response.headers["Location"] = f"{API}/jobs/{job.id}"
    return job


# The law


@router.get("/cases/{case}/law")
def case_law(case: Name, store: Registry, _person: Reader, on: On = None, at: At = None) -> Opinion:
    """Say what the Vienna Conventions and the sender's own law find in a case's record on a day."""
    return law.on_record(scenarios.under(store, case, at=at), on)


# Consular service


@router.get("/cases/{case}/consular")
def case_consular(case: Name, store: Registry, _person: Reader, at: At = None) -> ConsularAnswer:
    """Say who needs a consul where, which post serves them today, and who is left unserved."""
    found = scenarios.under(store, case, at=at)
    return consular(Opened(found, scenarios.drafted(found), ()))


# A plan that is sent


@router.get("/cases/{case}/problem")
def get_problem(case: Name, store: Registry, _person: Planner, scenario: Text = "", at: At = None) -> Problem:
    """Write out the problem of a case or of a scenario of it: every number that a plan depends on."""
    return scenarios.drafted(scenarios.under(store, case, scenario, at=at)).problem


@router.post("/cases/{case}/check")
def check_plan(
    case: Name,
    plan: Annotated[Plan, said(Plan)],
    store: Registry,
    _person: Planner,
    scenario: Text = "",
    at: At = None,
) -> list[Finding]:
    """Check a plan, whoever made it, against the problem of a case, without the solver; a right one has no findings."""
    problem = scenarios.drafted(scenarios.under(store, case, scenario, at=at)).problem
    return list(proofs.faults(problem, plan))


@router.post("/cases/{case}/check/law")
def check_law(
    case: Name,
    plan: Annotated[Plan, said(Plan)],
    store: Registry,
    _person: Planner,
    scenario: Text = "",
    at: At = None,
) -> list[Opinion]:
    """Say what the law finds in a plan of a case, year by year: findings tell only what each year adds."""
    found = scenarios.under(store, case, scenario, at=at)
    return list(law.of_own_plan(Opened(found, scenarios.drafted(found), ()), plan))


@router.post("/cases/{case}/check/consular")
def check_consular(
    case: Name,
    plan: Annotated[Plan, said(Plan)],
    store: Registry,
    _person: Planner,
    scenario: Text = "",
    year: Annotated[int | None, Query(description="A year of the plan; the last where not named.")] = None,
    at: At = None,
) -> ConsularAnswer:
    """Say whom consuls serve before a plan of a case and at the end of one of its years."""
    found = scenarios.under(store, case, scenario, at=at)
    return consular(Opened(found, scenarios.drafted(found), ()), plan, year)
