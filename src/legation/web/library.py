"""The library: what comes with the product, and the papers that are made of a plan in review."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import Response

from legation.chancery import delivery, versions
from legation.delivery.leadtimes import Trial
from legation.desk import cases, documents
from legation.desk.cases import Packaged, RuleLine
from legation.desk.documents import Format
from legation.errors import NotFoundError
from legation.law.checking import Opinion
from legation.model import State
from legation.model.revisions import Revision
from legation.review.access import Permission
from legation.review.people import Person
from legation.sources import load_states, read_case
from legation.web.access import permission, routes
from legation.web.cases import BINARY, XLSX, At, Editor, Name, Reader, Reason, read_by_writer, record
from legation.web.review import DossierId, VersionNumber
from legation.web.room import Registry

router = routes("library")

Reviewer = Annotated[Person, permission(Permission.READ_REVIEW)]
TYPES = {Format.HTML: "text/html; charset=utf-8", Format.TEXT: "text/plain; charset=utf-8", Format.XLSX: XLSX}
ENDINGS = {Format.HTML: "html", Format.TEXT: "txt", Format.XLSX: "xlsx"}


@router.get("/library/cases")
def list_packaged(_person: Reader) -> list[Packaged]:
    """List the cases that come with the product."""
    return list(cases.packaged())


@router.post("/library/cases/{case}", status_code=201)
def copy_packaged(case: Name, store: Registry, person: Editor, response: Response, reason: Reason) -> Revision:
    """Put a case that comes with the product on record under its name, where there is none of it."""
    if case not in {known.name for known in cases.packaged()}:
        raise NotFoundError(f"No case '{case}' comes with the product.")
    read = read_by_writer(store, case, "", "*")
    return record(store, case, read_case(case)[0], (person, reason, read), response)


@router.get("/library/rules")
def list_rules(_person: Reader) -> list[RuleLine]:
    """List the kinds of rules that a brief may hold."""
    return list(cases.rules())


@router.get("/library/lead-times")
def list_lead_times(_person: Reader) -> list[Trial]:
    """Hold every published lead time against the interval that the others give for it."""
    return list(delivery.backtest())


@router.get("/library/states")
def list_states(_person: Reader) -> list[State]:
    """List the States, as the product knows them."""
    return list(load_states())


@router.get("/dossiers/{id}/law")
def get_dossier_law(
    id: DossierId,  # noqa: A002 - as in the path
    store: Registry,
    person: Reviewer,
    version: VersionNumber = 0,
    at: At = None,
) -> list[Opinion]:
    """Say what the law finds in the plan of a version, year by year: findings tell only what each year adds."""
    return list(versions.law_of(store, person, id, version, at=at))


@router.get(
    "/dossiers/{id}/report",
    response_class=Response,
    responses={
        200: {"description": "The report.", "content": {name.partition(";")[0]: BINARY for name in TYPES.values()}}
    },
)
def get_report(
    id: DossierId,  # noqa: A002 - as in the path
    store: Registry,
    person: Reviewer,
    format: Format = Format.HTML,  # noqa: A002 - as in the query
    version: VersionNumber = 0,
    at: At = None,
) -> Response:
    """Take the report of a version: the plan, why it is so, what it costs, and the sources."""
    made = versions.paper_of(store, person, id, version, at=at)
    name = f"report.{ENDINGS[format]}"
    with TemporaryDirectory(prefix="legation-") as folder:
        body = documents.write(made, Path(folder) / name, format).read_bytes()
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, headers=headers, media_type=TYPES[format])
