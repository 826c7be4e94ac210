"""A rehearsal: the road of a dossier on a registry that is gone afterwards, so that examples are really said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from legation import codec
from legation.cases.scenarios import ScaleCeilings, Scenario
from legation.chancery import announcing, countering, delivery, dossiers, law, reviewing, scenarios, versions
from legation.counsel.consular import consular
from legation.counsel.orders import Order
from legation.desk.cases import Opened
from legation.desk.registry import case_of, record_case
from legation.model import Event
from legation.model.life import EventKind
from legation.review.people import Person, Role
from legation.review.stages import PROCEDURE
from legation.sources import read_case
from legation.store import Store
from legation.store.jobs import Job, State

NOON = datetime(2012, 7, 29, 12, tzinfo=UTC)
CASE = "ruritania"


def rehearsed() -> Iterator[Any]:
    """Go through what the API says on the way of a plan."""
    with TemporaryDirectory(prefix="legation-") as folder, Store(Path(folder) / "rehearsal.db", create=True) as store:
        case = read_case(CASE)[0]
        record_case(store, case, actor="aizhan", reason="Record of the year", at=NOON)
        planner, finance = Person("aizhan", (Role.PLANNER,)), Person("daulet", (Role.FINANCE,))
        tighter = Scenario("tighter", CASE, (ScaleCeilings(Decimal("0.9")),), reason="If the budget is cut")
        scenarios.save_scenario(store, planner, tighter, NOON)
        yield scenarios.scenario_of(store, CASE, "tighter")
        filed = reviewing.open_dossier(store, planner, CASE, "New embassies", NOON)
        id_ = filed.dossier.id
        yield filed
        yield filed.dossier
        yield dossiers.papers_of(store, planner, id_)
        yield PROCEDURE.steps[0]
        yield PROCEDURE
        yield versions.trace_of(store, planner, id_)
        yield law.on_record(case)
        yield consular(Opened(case, scenarios.drafted(case), ()))
        yield from _delivered(store, planner, id_)
        yield from _countered(store, planner, finance, id_)
        yield _job(planner)


def _delivered(store: Store, planner: Person, id_: str) -> Iterator[Any]:
    papers, case = dossiers.papers_of(store, planner, id_), case_of(store, CASE)
    day = case.as_of
    yield delivery.backtest()[0]
    yield delivery.track(case, papers.problem, papers.plan, day)
    yield delivery.replan(case, papers.problem, papers.plan, day)
    yield next(iter(delivery.opened_for(case, scenarios.drafted(case), papers.plan, day)))
    site = papers.plan.measures[0].site
    yield Event(site, EventKind.DECISION, day, source="Decree 7")


def _countered(store: Store, planner: Person, finance: Person, id_: str) -> Iterator[Any]:
    head, government = Person("gulnara", (Role.HEAD,)), Person("serik", (Role.GOVERNMENT,))
    changes = (ScaleCeilings(Decimal("0.9")),)
    reviewing.take_step(store, planner, id_, "submit", NOON)
    reviewing.take_step(store, head, id_, "endorse", NOON)
    filed = countering.counter(store, finance, id_, changes, NOON, reason="The budget is cut")
    counter = filed.dossier.counters[-1].id
    beside = countering.beside(store, finance, id_, counter)
    yield beside
    yield beside.contrast
    reviewing.answer(store, planner, id_, counter, "Parliament has voted the ceilings.", NOON)
    for who, step in ((finance, "agree"), (head, "present"), (government, "approve"), (head, "announce")):
        reviewing.take_step(store, who, id_, step, NOON)
    yield announcing.statement_of(store, planner, id_, NOON)


def _job(planner: Person) -> Job:
    arguments = json.loads(codec.dump(Order()))
    return Job("0f8c2d", "plan", CASE, arguments, planner.name, NOON, State.RUNNING, 1, 0.4, "planning", cancel=False)
