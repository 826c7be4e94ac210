"""Cases on record: read as of any revision, written by those who read the last one, sent and taken as files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from legation.appraisal.claims import Judged
from legation.appraisal.scoring import Appraisal
from legation.cases.case import Case
from legation.cases.drafting import draft
from legation.cases.questions import open_questions
from legation.chancery.casefiles import CaseFile, case_in, case_out
from legation.desk import records, registry
from legation.errors import Finding, InvalidError, NotFoundError
from legation.model import Fact, Post, Standing
from legation.model.revisions import Revision
from legation.review.access import Permission
from legation.review.people import Person
from legation.store import Store
from legation.values import value
from legation.web.access import permission, routes
from legation.web.bodies import media_type, refuse_immense, said
from legation.web.days import First, On, Second
from legation.web.revisions import (
    Count,
    Cursor,
    IfMatch,
    IfNoneMatch,
    Limit,
    number,
    paged,
    read_revision,
    refuse_changed,
    refuse_present,
    tag,
    tagged,
)
from legation.web.room import InRoom, Registry

router = routes("cases")

Reader = Annotated[Person, permission(Permission.READ)]
Editor = Annotated[Person, permission(Permission.EDIT)]
At = Annotated[int | None, Query(ge=1, le=2**31 - 1, description="As of this revision; the last where left out.")]
NAME = r"^[^/\x00-\x1f\x7f]{1,200}$"
Name = Annotated[str, Path(pattern=NAME, description="Name of a case on record.", examples=["ruritania"])]
Reason = Annotated[
    str,
    Query(
        min_length=1,
        max_length=500,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="Why, for the history.",
    ),
]
Text = Annotated[str, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
KINDS = {XLSX: CaseFile.XLSX, ZIP: CaseFile.ZIP}
TYPES = {kind: name for name, kind in KINDS.items()}
BINARY = {"schema": {"type": "string", "format": "binary"}, "example": "the bytes of the file"}


@value
class Recorded:
    """A revision that was made of a file, and what its reader should know of the file."""

    revision: Revision
    findings: tuple[Finding, ...]


@router.get("/cases")
def cases(
    store: Registry,
    _person: Reader,
    request: Request,
    response: Response,
    at: At = None,
    limit: Limit = 100,
    after: Cursor = "",
) -> list[registry.Listed]:
    """List the cases on record."""
    found = [line for line in registry.listed(store, at=at) if line.name > after]
    return paged(request, response, found, limit, lambda line: line.name)


@router.get("/cases/{case}")
def case(case: Name, store: Registry, _person: Reader, request: Request, response: Response, at: At = None) -> Case:
    """Return a case as it is, or was, on record."""
    last = registry.written_by(store, case, at=at)
    tagged(request, response, last)
    return registry.case_of(store, case, at=last or at)  # that very one: others may write meanwhile


@router.put("/cases/{case}", responses={201: {"model": Revision, "description": "The case is new."}})
def put_case(
    case: Name,
    written: Annotated[Case, said(Case)],
    store: Registry,
    person: Editor,
    response: Response,
    reason: Reason,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> Revision:
    """Put a case on record as one revision; what is on record and no longer in it is dropped.

    Say `If-Match` with the ETag that was read, or `If-None-Match: *` for a case that is new.
    """
    read = read_by_writer(store, case, if_match, if_none_match)
    return record(store, case, written, (person, reason, read), response)


@router.put(
    "/cases/{case}/file",
    openapi_extra={"requestBody": {"required": True, "content": {XLSX: BINARY, ZIP: BINARY}}},
    responses={201: {"model": Recorded, "description": "The case is new."}},
)
async def put_file(
    case: Name,
    room: InRoom,
    person: Editor,
    request: Request,
    response: Response,
    reason: Reason,
    if_match: IfMatch = "",
    if_none_match: IfNoneMatch = "",
) -> Recorded:
    """Put a case on record from a workbook, or from its folder in a zip."""
    kind = KINDS[media_type(request, *KINDS)]
    body = await request.body()

    def work() -> Recorded:
        read = read_by_writer(room.store, case, if_match, if_none_match)
        written, findings = case_in(body, kind, most=room.settings.unpacked_megabytes * 2**20)
        refuse_immense(written)
        return Recorded(record(room.store, case, written, (person, reason, read), response), findings)

    return await run_in_threadpool(work)


@router.get(
    "/cases/{case}/file",
    response_class=Response,
    responses={200: {"description": "The case as a file.", "content": {XLSX: BINARY, ZIP: BINARY}}},
)
def file(
    case: Name,
    store: Registry,
    _person: Reader,
    request: Request,
    response: Response,
    format: CaseFile = CaseFile.XLSX,  # noqa: A002
    at: At = None,
) -> Response:
    """Take a case as a workbook, or as its folder in a zip."""
    last = registry.written_by(store, case, at=at)
    tagged(request, response, last)
    body = case_out(registry.case_of(store, case, at=last or at), format)
    headers = {"Content-Disposition": f'attachment; filename="case.{format}"', "ETag": tag(last)}
    return Response(body, headers=headers, media_type=TYPES[format])


def read_by_writer(store: Store, case: str, if_match: str, if_none_match: str) -> int:
    """Return the revision that a writer read; raise the problem 412 where it is not the last, 428 where unsaid."""
    held = registry.written_by(store, case) if case in registry.cases_of(store) else None
    return read_of(store, held, f"case '{case}'", if_match, if_none_match)


def read_of(store: Store, held: int | None, what: str, if_match: str, if_none_match: str) -> int:
    """Return the revision that a writer read of something last written by another; raise as `read_by_writer` does."""
    if if_match:
        read_revision(if_match)
    if if_none_match:
        refuse_present(if_none_match, held)
        head = store.head
        return head.number if head else 0
    if held is None and if_match:
        raise NotFoundError(f"There is no {what} on record.", hint="Say If-None-Match: * to make it.")
    return refuse_changed(if_match, held)


def record(store: Store, name: str, case: Case, signed: tuple[Person, str, int], response: Response) -> Revision:
    """Put a case on record under the name of its address, and answer with its revision."""
    person, reason, read = signed
    if case.name != name:
        raise InvalidError(
            f"The case is called '{case.name}', the address says '{name}'.", hint="Let both say the same."
        )
    new = name not in registry.cases_of(store)
    revision = registry.record_case(store, case, actor=person.name, reason=reason, at=datetime.now(UTC), read=read)
    response.status_code = 201 if new else 200
    response.headers["ETag"] = tag(revision.number)
    return revision


# What a case says


def _told(case: Name, store: Registry, request: Request, response: Response, at: At = None) -> Case:
    """Return a case for what follows from it, under an ETag; raise UnchangedError where its reader has that."""
    last = registry.written_by(store, case, at=at)
    tagged(request, response, last, derived=True)
    return registry.case_of(store, case, at=last or at)


Told = Annotated[Case, Depends(_told)]
"""The case that an address names, as of the revision it asks for."""


@router.get("/cases/{case}/network")
def network(told: Told, _person: Reader, on: On = None) -> records.Record:
    """Count the network on a day, beside what was announced."""
    return records.record(told, on)


@router.get("/cases/{case}/network/changes")
def network_changes(told: Told, _person: Reader, first: First, second: Second) -> records.Change:
    """Compare the network on two days."""
    return records.change(told, first, second)


@router.get("/cases/{case}/posts")
def posts(
    told: Told,
    _person: Reader,
    request: Request,
    response: Response,
    on: On = None,
    limit: Limit = 100,
    after: Cursor = "",
) -> list[Post]:
    """List one's own posts abroad on a day, by id."""
    held = sorted(told.posts.on(on or told.as_of), key=lambda post: post.id)
    return paged(request, response, [p for p in held if p.id > after][: limit + 1], limit, lambda post: post.id)


@router.get("/cases/{case}/reciprocity")
def reciprocity(told: Told, _person: Reader, on: On = None) -> list[Standing]:
    """Say of every State whether it is represented here, and we there."""
    return list(records.reciprocity(told, on))


@router.get("/cases/{case}/appraisal")
def appraisal(told: Told, _person: Reader, interest: Text = "") -> Appraisal:
    """Say what each interest is worth a year, and why: down to facts and sources."""
    found = draft(told).appraisal
    if not interest:
        return found
    scores = tuple(s for s in found.scores if s.interest == interest)
    if not scores:
        raise NotFoundError(f"{told.name} has no interest '{interest}'.")
    return Appraisal(scores, tuple(f for f in found.findings if f.subject == interest))


@router.get("/cases/{case}/claims")
def claims(told: Told, _person: Reader, on: On = None) -> list[Judged]:
    """Hold the superlatives that a case claims of States against the facts known on a day."""
    return list(records.claims(told, on))


@router.get("/cases/{case}/questions")
def questions(told: Told, _person: Reader) -> list[Finding]:
    """Say what the owner of a case must still find out or decide."""
    return list(open_questions(told))


@router.get("/cases/{case}/facts")
def facts(
    told: Told,
    _person: Reader,
    request: Request,
    response: Response,
    subject: Text = "",
    attribute: Text = "",
    limit: Limit = 100,
    after: Count = "",
) -> list[Fact]:
    """List the facts of a case, in their order; after: how many were read before."""
    begin = number(after)
    wanted = [f for f in told.facts if subject in ("", f.subject) and attribute in ("", f.attribute)]
    page = wanted[begin : begin + limit + 1]
    return paged(request, response, page, limit, lambda _fact: begin + limit)
