"""Questions about the best plan of a case: each is a job that a worker answers, as plans and comparisons are."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from legation.counsel.orders import (
    AlternativesOrder,
    BesideOrder,
    FrontierOrder,
    LocateOrder,
    StressOrder,
    WeightRangesOrder,
    WhyNotOrder,
    WhyOrder,
)
from legation.store.jobs import Job
from legation.web.access import routes
from legation.web.bodies import said
from legation.web.cases import Name
from legation.web.planning import Planner, Seconds, asked
from legation.web.room import Registry

router = routes("inquiries")


@router.post("/cases/{case}/why", status_code=202)
def ask_why(
    case: Name,
    order: Annotated[WhyOrder, said(WhyOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask why the best plan has what it has at a site: what it serves, and what is done instead without it."""
    return asked(store, person, "why", case, (order, seconds), response)


@router.post("/cases/{case}/why-not", status_code=202)
def ask_why_not(
    case: Name,
    order: Annotated[WhyNotOrder, said(WhyNotOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask why the best plan does not hold a form at a site, what it would displace, and the least that brings it in."""
    return asked(store, person, "why-not", case, (order, seconds), response)


@router.post("/cases/{case}/frontier", status_code=202)
def ask_frontier(
    case: Name,
    order: Annotated[FrontierOrder, said(FrontierOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for the best worth for every amount of money: each breakpoint, and what enters and leaves there."""
    return asked(store, person, "frontier", case, (order, seconds), response)


@router.post("/cases/{case}/alternatives", status_code=202)
def ask_alternatives(
    case: Name,
    order: Annotated[AlternativesOrder, said(AlternativesOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for other plans that are nearly as good as the best, and what each does otherwise."""
    return asked(store, person, "alternatives", case, (order, seconds), response)


@router.post("/cases/{case}/weight-ranges", status_code=202)
def ask_weight_ranges(
    case: Name,
    order: Annotated[WeightRangesOrder, said(WeightRangesOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask how far the weight of each criterion may move while the plan stays a best one."""
    return asked(store, person, "weight-ranges", case, (order, seconds), response)


@router.post("/cases/{case}/beside", status_code=202)
def ask_beside(
    case: Name,
    order: Annotated[BesideOrder, said(BesideOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for the best plans of two cases beside each other: what both do, what only one does, what moves."""
    return asked(store, person, "beside", case, (order, seconds), response)


@router.post("/cases/{case}/stress", status_code=202)
def ask_stress(
    case: Name,
    order: Annotated[StressOrder, said(StressOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask how sure the plan is: which measures hold in nearly all futures, and which plan gives up least."""
    return asked(store, person, "stress", case, (order, seconds), response)


@router.post("/locate", status_code=202)
def ask_locate(
    order: Annotated[LocateOrder, said(LocateOrder)],
    store: Registry,
    person: Planner,
    response: Response,
    seconds: Seconds = 0,
) -> Job:
    """Ask for sites among thousands, as of consular posts among cities: least distance, or most demand in reach."""
    return asked(store, person, "locate", "", (order, seconds), response)
