"""The world: what the product's own tables say of a State, where one like it would be, and the atlas of all."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Annotated, Any

from fastapi import Path, Query, Response

from legation import codec
from legation.affinity.model import Card
from legation.affinity.standing import Chance
from legation.atlas.data import SheetFigures, WorldFigures, sheet_data, world_data
from legation.atlas.figures import Atlas
from legation.desk import affinity, documents, records
from legation.desk.completeness import Completeness
from legation.desk.founding import found
from legation.desk.world import look_at
from legation.errors import Finding, InvalidError
from legation.model import Standing
from legation.model.revisions import Revision
from legation.sources import read_world
from legation.values import value
from legation.web.access import routes
from legation.web.bodies import JSON, said
from legation.web.cases import NAME, Editor, Reader, Reason, Told, read_by_writer, record
from legation.web.days import OnToday
from legation.web.room import Registry

router = routes("world")

StateName = Annotated[
    str,
    Path(pattern=r"^[^/\x00-\x1f\x7f]{1,100}$", description="Code or name of a State.", examples=["KAZ"]),
]
OneOf = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$", description="Only this State.")]
Year = Annotated[int | None, Query(ge=1960, le=2100, description="Know only what was known by then.")]
HTML = "text/html"
NAMED = re.compile(NAME)
EARLIEST, LATEST, LONGEST = 1900, 2200, 30  # years that may be planned, and how many


def _page_or(figures: type) -> dict[int | str, dict[str, Any]]:
    """Describe an answer that is a page or its figures."""
    page = {HTML: {"schema": {"type": "string"}, "example": "<!DOCTYPE html>…"}}
    return {200: {"description": "A page that fetches nothing, or its figures.", "model": figures, "content": page}}


class Rendering(StrEnum):
    """In what an atlas is told."""

    HTML = "html"
    JSON = "json"


@value
class Practice:
    """Where States in a like position are: the chances of one sender, and the cards of the models they rest on."""

    sender: str
    year: int
    window: int
    chances: tuple[Chance, ...]
    findings: tuple[Finding, ...]
    cards: tuple[Card, ...]


@value
class Gaps:
    """What the record of a State's own posts probably lacks; told: the same in words."""

    record: Completeness
    told: tuple[str, ...]


@value
class NewCase:
    """A case to be made for a State.

    first, last: years to plan, the three after the day where left out; as_of: the day of the record, today by default
    """

    name: str
    first: int | None = None
    last: int | None = None
    as_of: date | None = None


@value
class Revealed:
    """The weights of a case beside those that practice shows; explained: share of the variance these explain."""

    weights: tuple[affinity.Weight, ...]
    explained: float


@router.get("/states/{state}/affinity")
def get_affinity(state: StateName, _person: Reader, year: Year = None, of: OneOf = "") -> Practice:
    """Say where States in a like position open embassies and hold them, how likely that is for this one, and why."""
    stood, names, models = _standing(state.strip().casefold(), year)
    wanted = affinity.state_code(of, names) if of else ""
    chances = tuple(c for c in stood.chances if wanted in ("", c.state))
    told = tuple(f for f in stood.findings if wanted in ("", f.subject))
    return Practice(stood.sender, stood.year, stood.window, chances, told, (models.opening.card, models.presence.card))


@router.get("/states/{state}/gaps")
def get_gaps(state: StateName, _person: Reader, on: OnToday) -> Gaps:
    """Say how complete the record of a State's posts probably is, and where an embassy may be that it lacks."""
    looked = look_at(state, on)
    assert looked.record  # noqa: S101 - of a State, and no case
    return Gaps(looked.record, looked.completeness)


@router.get("/states/{state}/network")
def get_network(state: StateName, _person: Reader, on: OnToday) -> records.Record:
    """Count a State's network on a day, by the product's own record."""
    return records.record(look_at(state, on).case, on)


@router.get("/states/{state}/reciprocity")
def get_reciprocity(state: StateName, _person: Reader, on: OnToday) -> list[Standing]:
    """Say of every other State whether it is represented in this one, and this one there."""
    return list(records.reciprocity(look_at(state, on).case, on))


@router.get("/states/{state}/atlas", response_class=Response, responses=_page_or(SheetFigures))
def get_sheet(state: StateName, _person: Reader, format: Rendering = Rendering.HTML) -> Response:  # noqa: A002 - as in the query
    """Take the sheet of one State: its posts, who is with it, who answers it, whom it covers, and a map."""
    made = _atlas()
    only = documents.atlas_sheet(made, state)
    if format is Rendering.JSON:
        return Response(codec.dump(sheet_data(made, only)), media_type=JSON)
    return _file(documents.atlas_page(made, only), f"{only.state.code}.html")


@router.get("/atlas", response_class=Response, responses=_page_or(WorldFigures))
def get_atlas(_person: Reader, format: Rendering = Rendering.HTML) -> Response:  # noqa: A002 - as in the query
    """Take the atlas of the world: who is represented where, and a sheet of every State."""
    return _file(_page(), "atlas.html") if format is Rendering.HTML else Response(_figures(), media_type=JSON)


def _file(page: str, name: str) -> Response:
    """Answer with a page to be kept: shown in place, its style would be barred by the rules of the service."""
    return Response(page, headers={"Content-Disposition": f'attachment; filename="{name}"'}, media_type=HTML)


@router.post("/states/{state}/cases", status_code=201)
def found_case(
    state: StateName,
    new: Annotated[NewCase, said(NewCase)],
    store: Registry,
    person: Editor,
    response: Response,
    reason: Reason,
) -> Revision:
    """Make a case for a State of what the product knows of it, and put it on record under a name that is free."""
    read = read_by_writer(store, new.name, "", "*")
    today = new.as_of or datetime.now(UTC).date()
    first, last = (today.year + 1, today.year + 3) if new.first is None else (new.first, new.last or new.first)
    if not NAMED.fullmatch(new.name) or not EARLIEST <= first <= last < first + LONGEST or last > LATEST:
        raise InvalidError(
            f"No case '{new.name[:40]}' can be made for {first} to {last}.",
            hint=f"A name has no slash; years run over {LONGEST} at most, from {EARLIEST} to {LATEST}.",
        )
    made = found(new.name, state, tuple(range(first, last + 1)), today, read_world()[0])
    return record(store, new.name, made, (person, reason, read), response)


@router.get("/cases/{case}/weights")
def get_weights(told: Told, _person: Reader) -> Revealed:
    """Put the weights of a case beside those that would rank States as States in its sender's position do."""
    return Revealed(*affinity.weights_in(told))


# The product's own tables do not change while the service runs


@lru_cache(maxsize=256)
def _standing(state: str, year: int | None) -> affinity.Stood:
    return affinity.stand(state, year=year)


@cache
def _atlas() -> Atlas:
    return documents.atlas_of(read_world()[0])


@cache
def _page() -> str:
    return documents.atlas_page(_atlas())


@cache
def _figures() -> str:
    return codec.dump(world_data(_atlas()))
