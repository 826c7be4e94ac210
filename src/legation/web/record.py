"""The record: who changed what, when and why, what differs between two revisions, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath
from tempfile import mkdtemp
from typing import Annotated

from fastapi import Path, Query, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from legation.desk import registry
from legation.errors import NotFoundError
from legation.model.revisions import Break, Revision
from legation.review.access import Permission, may
from legation.review.people import Person
from legation.values import value
from legation.web.access import permission, routes
from legation.web.cases import BINARY, Text
from legation.web.revisions import Count, Limit, number, paged
from legation.web.room import Registry

router = routes("record")

Historian = Annotated[Person, permission(Permission.READ_HISTORY)]
Verifier = Annotated[Person, permission(Permission.VERIFY)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, examples=[7])]
Known = Annotated[int, Query(ge=0, le=2**31 - 1, description="A revision; 0 is before the first.", examples=[7])]
UNDER_REVIEW = ("dossier", "plan", "problem", "scenario", "statement")
OCTETS = "application/octet-stream"


@value
class Changed:
    """A revision and all that it changed, field by field."""

    revision: Revision
    differences: tuple[registry.Difference, ...]


@value
class Verified:
    """Whether the chain of revisions holds: the first that does not, if any, and the last there is."""

    broken: Break | None
    head: Revision | None


@router.get("/revisions")
def revisions(
    store: Registry,
    _person: Historian,
    request: Request,
    response: Response,
    case: Text = "",
    limit: Limit = 100,
    after: Count = "",
) -> list[Revision]:
    """List revisions in order, those that touched a case where one is named."""
    found = store.revisions(after=number(after), limit=limit + 1, scope=case or None)
    return paged(request, response, found, limit, lambda revision: revision.number)


@router.get("/revisions/{revision}")
def revision(revision: Number, store: Registry, person: Historian) -> Changed:
    """Return a revision and what it changed."""
    found = store.revisions(after=revision - 1, limit=1)
    if not found or found[0].number != revision:
        raise NotFoundError(f"There is no revision {revision}.")
    return Changed(found[0], tuple(_seen(person, registry.differences(store, revision - 1, revision))))


@router.get("/differences")
def differences(
    store: Registry, person: Historian, before: Known, after: Known, case: Text = ""
) -> list[registry.Difference]:
    """Say what differs between two revisions, field by field, of one case where it is named."""
    return list(_seen(person, registry.differences(store, before, after, scope=case or None)))


def _seen(person: Person, found: Iterable[registry.Difference]) -> Iterator[registry.Difference]:
    """Leave out what is under review for those who may not read that."""
    open_to_all = may(person, Permission.READ_REVIEW)
    return (d for d in found if open_to_all or d.kind not in UNDER_REVIEW)


@router.get("/verification")
def verification(store: Registry, _person: Verifier) -> Verified:
    """Walk the chain of revisions, and name the first that was tampered with."""
    return Verified(store.verify(), store.head)


@router.get(
    "/backup",
    response_class=FileResponse,
    responses={200: {"description": "All revisions, in one file.", "content": {OCTETS: BINARY}}},
)
def backup(store: Registry, _person: Verifier) -> FileResponse:
    """Take all revisions in one file, from which the record can be restored."""
    target = FilePath(mkdtemp(prefix="legation-")) / "legation.backup"
    store.backup(target)

    def remove() -> None:
        target.unlink(missing_ok=True)
        target.parent.rmdir()

    return FileResponse(target, media_type=OCTETS, filename="legation.backup", background=BackgroundTask(remove))
