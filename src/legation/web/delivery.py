"""Delivery: what has happened to posts, how far a plan has come, and how it goes on from a day."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Query, Request, Response

from legation.chancery import delivery
from legation.chancery.delivery import Replanned, Tracked
from legation.delivery.indicators import Indicator
from legation.desk import registry
from legation.model import Event
from legation.model.revisions import Revision
from legation.programme.solver import Limits
from legation.review.access import Permission
from legation.review.people import Person
from legation.web.access import permission, routes
from legation.web.bodies import said
from legation.web.cases import At, Name, Reader, Told
from legation.web.days import OnToday
from legation.web.planning import Planner
from legation.web.review import PATIENCE, DossierId
from legation.web.revisions import Count, IfMatch, Limit, number, paged, refuse_changed, tag
from legation.web.room import Registry

router = routes("delivery")

Tracker = Annotated[Person, permission(Permission.TRACK)]


@router.get("/cases/{case}/events")
def list_events(
    told: Told,
    _person: Reader,
    request: Request,
    response: Response,
    limit: Limit = 100,
    after: Count = "",
) -> list[Event]:
    """List what happened to posts, in the order of the record; after: how many were read before."""
    begin = number(after)
    page = told.events[begin : begin + limit + 1]
    return paged(request, response, page, limit, lambda _event: begin + limit)


@router.post("/cases/{case}/events", status_code=201)
def add_event(
    case: Name,
    event: Annotated[Event, said(Event)],
    store: Registry,
    person: Tracker,
    response: Response,
    if_match: IfMatch = "",
) -> Revision:
    """Record what happened to a post, or is planned to; `If-Match` may say the ETag of the case."""
    read = refuse_changed(if_match, registry.written_by(store, case)) if if_match else 0
    revision = delivery.tell_event(store, person, case, event, datetime.now(UTC), read=read)
    response.headers["ETag"] = tag(revision.number)
    return revision


@router.get("/dossiers/{id}/delivery")
def get_delivery(id: DossierId, store: Registry, person: Reader, on: OnToday, at: At = None) -> Tracked:  # noqa: A002 - as in the path
    """Say how far a plan has come by a day, when the rest is expected, and what it leaves unspent."""
    return delivery.track_dossier(store, person, id, on, at=at)


@router.get("/dossiers/{id}/delivery/indicators")
def list_indicators(
    id: DossierId,  # noqa: A002
    store: Registry,
    person: Reader,
    on: OnToday,
    growth: Annotated[float, Query(ge=-1, le=10, description="By what share a figure had to grow.")] = 0.0,
    at: At = None,
) -> list[Indicator]:
    """Say what the posts of a plan were opened for, and whether it came true by a day."""
    return list(delivery.came_true(store, person, id, on, growth=growth, at=at))


@router.post("/dossiers/{id}/delivery/replan")
def replan(
    id: DossierId,  # noqa: A002
    store: Registry,
    person: Planner,
    on: OnToday,
    after_months: Annotated[
        float, Query(ge=0, le=240, description="What is not begun takes effect so many months later at the earliest.")
    ] = 0.0,
    at: At = None,
) -> Replanned:
    """Find the best plan from a day on, keeping what is done or under way; nothing is put on record."""
    limits = Limits(PATIENCE)
    return delivery.replan_dossier(store, person, id, on, after_months=after_months, limits=limits, at=at)
