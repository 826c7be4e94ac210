"""Imports over HTTP: files of others, merged into a case on record as one revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from legation.chancery.casefiles import case_with
from legation.desk import importing, registry
from legation.desk.importing import Outcome
from legation.errors import Finding, InvalidError, Severity
from legation.exchange.merging import Prefer
from legation.model.revisions import Revision
from legation.store import Store
from legation.values import value
from legation.web.access import routes
from legation.web.bodies import JSON, media_type, refuse_immense
from legation.web.cases import BINARY, XLSX, ZIP, Editor, Name, Reader, Reason
from legation.web.revisions import IfMatch, refuse_changed, tag
from legation.web.room import InRoom

router = routes("imports")

GZIP = "application/gzip"
ENDINGS = {
    "text/csv": (".csv",),
    "text/tab-separated-values": (".tsv", ".tab"),
    "text/plain": (".txt",),
    JSON: (".json",),
    XLSX: (".xlsx",),
    ZIP: (".zip",),
    GZIP: (".gz",),
}
TEXT: dict[str, Any] = {"schema": {"type": "string"}, "example": "country,type,city\nGermany,Embassy,Berlin\n"}
ANSWER: dict[str, Any] = {"schema": {"type": ["object", "array"]}, "example": {"results": {"bindings": []}}}
FILES = {name: ANSWER if name == JSON else TEXT if name.startswith("text/") else BINARY for name in ENDINGS}
KINDS = sorted(importing.KINDS)
Kind = Annotated[
    str,
    Query(description="What the file is: see /library/imports.", examples=["posts"], json_schema_extra={"enum": KINDS}),
]
FileName = Annotated[
    str,
    Query(
        min_length=1,
        max_length=60,  # of four bytes each at most: what a disk takes for a name
        pattern=r"^[^/\\\x00-\x1f\x7f]+$",
        description="What the file is called; some kinds tell the year or the edition by it.",
        examples=["own-posts.csv"],
    ),
]


@value
class Brought:
    """What came of an import, and the revision it made; none after a dry run, or where it said nothing new."""

    outcome: Outcome
    revision: Revision | None = None


@dataclass(frozen=True)
class Asked:
    """What a file is, what it is called, and what to do with it."""

    kind: str
    name: str
    prefer: Prefer
    leave_out: bool
    dry: bool


def _asked(
    kind: Kind,
    name: FileName,
    prefer: Annotated[Prefer, Query(description="Which stands where the two differ.")] = Prefer.OLD,
    leave_out: Annotated[bool, Query(description="Leave rows with a fault out, where else nothing is taken.")] = False,
    dry: Annotated[bool, Query(description="Say what would be done, and record nothing.")] = False,
) -> Asked:
    return Asked(kind, name, prefer, leave_out, dry)


@router.get("/library/imports")
def list_imports(_person: Reader) -> list[importing.Importable]:
    """List the kinds of files of others that can be brought in."""
    return list(importing.kinds())


@router.post(
    "/cases/{case}/imports",
    openapi_extra={"requestBody": {"required": True, "content": FILES}},
    responses={201: {"model": Brought, "description": "A revision was made."}},
)
async def bring_in(
    case: Name,
    room: InRoom,
    person: Editor,
    request: Request,
    response: Response,
    wish: Annotated[Asked, Depends(_asked)],
    reason: Reason,
    if_match: IfMatch = "",
) -> Brought:
    """Bring a file of others into a case on record: posts, indicators, yearbooks; `prefer=new` takes an `If-Match`."""
    ending = ENDINGS[media_type(request, *ENDINGS)]
    if PurePosixPath(wish.name).suffix.lower() not in ending:
        raise _misnamed(wish.name, ending)
    body = await request.body()

    def work() -> Brought:
        held = _held(room.store, case, if_match, replaces=wish.prefer is Prefer.NEW and not wish.dry)
        most = room.settings.unpacked_megabytes * 2**20
        before = registry.case_of(room.store, case, at=held)
        merged, outcome = case_with(before, (wish.name, body), wish.kind, wish.prefer, most=most)
        if outcome.errors and not wish.leave_out:
            raise _faulty(wish.name, outcome)
        if wish.dry or merged == before:
            return Brought(outcome)
        now = datetime.now(UTC)
        refuse_immense(merged)
        made = registry.record_case(room.store, merged, actor=person.name, reason=reason, at=now, read=held)
        response.status_code = 201
        response.headers["ETag"] = tag(made.number)
        return Brought(outcome, made)

    return await run_in_threadpool(work)


def _held(store: Store, case: str, if_match: str, *, replaces: bool) -> int | None:
    """Return the revision that is merged into; what replaces says which was read, what only adds need not."""
    held = registry.written_by(store, case) or None
    return refuse_changed(if_match, held) if held and (if_match or replaces) else held


def _misnamed(name: str, ending: tuple[str, ...]) -> InvalidError:
    message, remedy = f"name: should end in {' or '.join(ending)}, as its Content-Type says", "Name the file as it is."
    found = Finding("invalid-field", Severity.ERROR, "query", message, remedy, column="name", value=name)
    return InvalidError(message, (found,), hint=remedy)


def _faulty(name: str, outcome: Outcome) -> InvalidError:
    rows = "1 fault" if outcome.errors == 1 else f"{outcome.errors} faults"
    hint = "Correct what is named, or leave those rows out: leave_out=true."
    return InvalidError(f"{name} has {rows}; nothing of it was put on record.", outcome.findings, hint=hint)
