"""Working: what jobs there are, who may ask for one, and how a worker does one in a process of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from legation import codec
from legation.chancery.scenarios import MOST, drafted, solve, under
from legation.compute import Tell, apart
from legation.counsel import inquiries, orders
from legation.counsel.locating import Located
from legation.counsel.orders import Order
from legation.counsel.stress import Stress
from legation.desk.cases import Opened
from legation.errors import (
    ConflictError,
    ForbiddenError,
    InfeasibleError,
    LegationError,
    LostError,
    NotFoundError,
    RefusedError,
    StoppedError,
)  # fmt: skip
from legation.inquiry.alternatives import Alternative
from legation.inquiry.frontier import Frontier
from legation.inquiry.reasons import Why, WhyNot
from legation.planning.contrast import Table, side_by_side
from legation.planning.outcome import Plan
from legation.planning.problem import Problem
from legation.review.access import Permission, may, require
from legation.review.people import Person
from legation.store import Store
from legation.store.jobs import LEASE, Job, Jobs
from legation.values import value

BEAT = 1.0  # seconds between two signs of life
IDLE = 1.0  # seconds a worker without work waits before it looks again
LONGEST = 4 * 3600.0  # seconds that any job may take


# What jobs there are


Do = Callable[[Store, str, Any, Tell], Mapping[str, object]]


@value
class Kind:
    """One kind of job: how many scenarios it takes, and the function from a case and an order to named results.

    results: the type of each result; most: 0 for what is about no case
    """

    title: str
    do: Do
    results: Mapping[str, Any]
    most: int = 1
    order: type[Order | orders.LocateOrder] = Order


def _plan(store: Store, case: str, order: Order, tell: Tell) -> Mapping[str, object]:
    (name,) = order.scenarios
    tell(0.0, f"planning {name}")
    solved = solve(under(store, case, name, at=order.revision), name, order.limits)
    return {"problem": solved.draft.problem, "plan": solved.plan}


def _compare(store: Store, case: str, order: Order, tell: Tell) -> Mapping[str, object]:
    solved = []
    for done, name in enumerate(order.scenarios):
        tell(done / len(order.scenarios), f"planning {name}")
        solved.append(solve(under(store, case, name, at=order.revision), name, order.limits))
    return {
        "table": side_by_side(case, [(s.name, s.draft.problem, s.plan) for s in solved]),
        "plans": {s.name: s.plan for s in solved},
    }


def _answer(store: Store, case: str, order: Order, tell: Tell) -> Mapping[str, object]:
    (name,) = order.scenarios
    tell(0.0, f"asking about {name}")
    made = _plan_asked_about(store, order)
    return orders.answer(order, _opened(store, case, name, order.revision), tell, made)


def _plan_asked_about(store: Store, order: Order) -> Plan | None:
    id_ = order.job if isinstance(order, orders.WhyOrder | orders.WhyNotOrder) else ""
    return _plan_in(Jobs(store.engine).get(id_)) if id_ else None


def _locate(_store: Store, _case: str, order: orders.LocateOrder, tell: Tell) -> Mapping[str, object]:
    tell(0.0, f"locating in {order.file}")
    return orders.locate(order)


def _beside(store: Store, case: str, order: orders.BesideOrder, tell: Tell) -> Mapping[str, object]:
    (name,) = order.scenarios
    tell(0.0, f"planning {case} and {order.other}")
    first = _opened(store, case, name, order.revision)
    second = _opened(store, order.other, order.other_scenario, order.revision)
    return {"beside": inquiries.beside(first, second, order.limits)}


def _opened(store: Store, case: str, scenario: str, revision: int | None) -> Opened:
    found = under(store, case, scenario, at=revision)
    return Opened(found, drafted(found), ())


KINDS: dict[str, Kind] = {
    "plan": Kind("the best plan of a case or a scenario", _plan, {"problem": Problem, "plan": Plan}),
    "compare": Kind("scenarios side by side", _compare, {"table": Table, "plans": dict[str, Plan]}, MOST),
    "why": Kind("why the best plan has what it has at a site", _answer, {"why": Why}, order=orders.WhyOrder),
    "why-not": Kind("why it has not, and what it would take", _answer, {"why-not": WhyNot}, order=orders.WhyNotOrder),
    "frontier": Kind(
        "the best worth for every amount of money", _answer, {"frontier": Frontier}, order=orders.FrontierOrder
    ),
    "alternatives": Kind(
        "other plans nearly as good",
        _answer,
        {"alternatives": tuple[Alternative, ...]},
        order=orders.AlternativesOrder,
    ),
    "weight-ranges": Kind(
        "how far the weights may move",
        _answer,
        {"weight-ranges": tuple[inquiries.WeightRange, ...]},
        order=orders.WeightRangesOrder,
    ),
    "beside": Kind(
        "two cases, their best plans side by side", _beside, {"beside": inquiries.Beside}, order=orders.BesideOrder
    ),
    "stress": Kind("how sure the plan is, in many futures", _answer, {"stress": Stress}, order=orders.StressOrder),
    "locate": Kind("sites among many, of no case", _locate, {"siting": Located}, most=0, order=orders.LocateOrder),
}


# Who may ask


def ask(
    store: Store, who: Person, kind: str, case: str, arguments: Mapping[str, Any], at: datetime, *, seconds: float = 0
) -> Job:
    """Put a job into the queue, on the record as it stands now.

    case: empty for a kind that is about none; arguments: fields of the order of that kind; seconds: after which the job
    is ended whatever it is at, the longest there is for 0. Raise ForbiddenError for who may not plan, NotFoundError for
    a kind, case, scenario or site that is not there, InvalidError for an order that says nothing sensible, RefusedError
    for too long a job and for too many of one person.
    """
    require(who, Permission.PLAN)
    if kind not in KINDS:
        raise NotFoundError(f"There is no job '{kind}'{codec.suggest(kind, KINDS) or '.'}", hint=", ".join(KINDS))
    order: Order | orders.LocateOrder = codec.parse(KINDS[kind].order, dict(arguments))
    if not 0 <= seconds <= LONGEST or not 0 < order.seconds <= LONGEST:
        raise RefusedError(f"A job, and a solve in it, may take up to {LONGEST:g} seconds.")
    if isinstance(order, Order):
        order = _settled(store, who, case, order)
        _refuse_missing(store, kind, case, order)
    elif case:
        raise RefusedError(f"A job '{kind}' is about no case.", hint=f"Leave {case} out.")
    else:
        orders.refuse_unreadable(order)
    plain = json.loads(codec.dump(order))
    return Jobs(store.engine).add(kind, case, plain, who.name, at, seconds=seconds or LONGEST)


def _settled(store: Store, who: Person, case: str, order: Order) -> Order:
    """Return an order as of a revision: the one that is asked of, that of the plan asked about, or the last."""
    if isinstance(order, orders.WhyOrder | orders.WhyNotOrder) and order.job:
        made = job_of(store, who, order.job)
        plan_found(store, who, order.job, case)
        return replace(order, scenarios=tuple(made.arguments["scenarios"]), revision=made.arguments["revision"])
    head = store.head
    return replace(order, revision=order.revision or (head.number if head else 0))


def _refuse_missing(store: Store, kind: str, case: str, order: Order) -> None:
    """Raise NotFoundError for what is not on record, InvalidError or RefusedError for what cannot be asked of it."""
    names, most = order.scenarios, KINDS[kind].most
    if not 1 <= len(set(names)) == len(names) <= most:
        raise RefusedError(f"A job '{kind}' takes one to {most} scenarios, each once.")
    for name in names:
        under(store, case, name, at=order.revision)
    if isinstance(order, orders.BesideOrder):
        under(store, order.other, order.other_scenario, at=order.revision)
    orders.refuse_strange(order, lambda: _opened(store, case, names[0], order.revision))


def plan_found(store: Store, who: Person, id_: str, case: str) -> tuple[str, Plan]:
    """Return the plan of a case that a job has found, and the name of its scenario; raise RefusedError for no such."""
    job = job_of(store, who, id_)
    if job.kind != "plan" or job.scope != case or job.result is None:
        raise RefusedError(f"Job {id_} has no plan of {case} to give: it is a {job.kind}, {job.state}.")
    (name,) = job.arguments["scenarios"]
    return str(name), _plan_in(job)


def _plan_in(job: Job) -> Plan:
    if job.result is None:
        raise RefusedError(f"Job {job.id} has no plan to give: it is {job.state}.")
    found: Plan = codec.parse(Plan, job.result["plan"])
    return found


def job_of(store: Store, who: Person, id_: str) -> Job:
    """Return a job with its result; raise ForbiddenError for who may read neither papers in review nor their own."""
    job = Jobs(store.engine).get(id_)
    if job.by != who.name:
        require(who, Permission.READ_REVIEW)
    return job


def write_results(job: Job, folder: Path) -> tuple[Path, ...]:
    """Write what came of a job to a folder, one JSON file a result; raise RefusedError while there is nothing."""
    if job.result is None:
        raise RefusedError(f"Nothing came of job {job.id} so far: it is {job.state}.", hint=job.error or "")
    folder.mkdir(parents=True, exist_ok=True)
    written = tuple(folder / f"{name}.json" for name in job.result)
    for path in written:
        path.write_text(json.dumps(job.result[path.stem], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return written


def jobs_of(store: Store, who: Person, *, live: bool = False, last: int = 50) -> tuple[Job, ...]:
    """Return jobs, the newest first: all for who reads papers in review or administers, else one's own."""
    every = may(who, Permission.READ_REVIEW) or may(who, Permission.ADMINISTER)
    return tuple(brief(job) for job in Jobs(store.engine).all(by="" if every else who.name, live=live, last=last))


def brief(job: Job) -> Job:
    """Return a job without its result, and without a file that was sent with it."""
    return replace(job, result=None, arguments={k: v for k, v in job.arguments.items() if k != "text"})


def cancel(store: Store, who: Person, id_: str, at: datetime) -> Job:
    """Cancel one's own job, or as an administrator anybody's."""
    queue = Jobs(store.engine)
    job = queue.get(id_)
    if job.by != who.name and not may(who, Permission.ADMINISTER):
        raise ForbiddenError(f"{job.by} asked for job {id_}.", hint="They or an administrator may cancel it.")
    if job.ended:
        raise RefusedError(f"Job {id_} has ended already: {job.state}.")
    return queue.cancel(id_, at)


# How they are done


@value
class Chore:
    """A job as it travels to its process; where: the registry."""

    where: str
    kind: str
    scope: str
    arguments: dict[str, Any]


class Cause(StrEnum):
    """Why a job was stopped."""

    CANCELLED = "cancelled"
    LATE = "late"
    ENDING = "ending"
    LOST = "lost"


class Worker:
    """Takes jobs from the queue of a registry, one after another, until it is told to end."""

    def __init__(
        self,
        store: Store,
        name: str,
        now: Callable[[], datetime],
        *,
        ending: Callable[[], bool] = lambda: False,
        told: Callable[[Job], None] = lambda _job: None,
        threads: int = 1,
    ) -> None:
        """Work under a name that no other worker has; `told` hears of every job when it is taken and left."""
        self.store, self.queue, self.name, self.now = store, Jobs(store.engine), name, now
        self.ending, self.told, self.threads = ending, told, threads

    def run(self, *, once: bool = False) -> int:
        """Do jobs until told to end, or (once) until none waits; return how many were taken."""
        taken = 0
        while not self.ending():
            self.queue.requeue(self.now(), LEASE)
            job = self.queue.take(self.name, self.now())
            if job:
                taken += 1
                self.told(job)
                self.do(job)
                self.told(self.queue.get(job.id))
            elif once:
                break
            else:
                time.sleep(IDLE)
        return taken

    def do(self, job: Job) -> None:
        """Do a job in a process of its own, and keep what came of it."""
        chore = Chore(self.store.url.render_as_string(hide_password=False), job.kind, job.scope, job.arguments)
        held = _Held(self, job)
        try:
            result = apart(perform, chore, tell=held.tell, stop=held.stop, threads=self.threads)
        except StoppedError:
            self._stopped(job, held.why)
        except LostError:
            self.queue.release(job, self.now())
        except LegationError as error:
            self.queue.fail(job, _told(error), self.now())
        else:
            self.queue.finish(job, result, self.now())

    def _stopped(self, job: Job, why: Cause | None) -> None:
        if why is Cause.CANCELLED:
            self.queue.stop(job, self.now())
        elif why is Cause.LATE:
            self.queue.fail(job, f"It took longer than its {job.seconds:g} seconds.", self.now())
        elif why is Cause.ENDING:
            self.queue.release(job, self.now(), blameless=True)


def _told(error: LegationError) -> str:
    """Return all that an error says, one thing a line."""
    healing = (*error.conflict, *error.relaxations) if isinstance(error, InfeasibleError) else ()
    return "\n".join(filter(None, (str(error), *healing, error.hint)))


class _Held:
    """A job while a worker holds it: says that it is alive, and why it should stop."""

    def __init__(self, worker: Worker, job: Job) -> None:
        self.worker, self.job = worker, job
        self.began = time.monotonic()
        self.beaten = 0.0
        self.fraction, self.message = 0.0, ""
        self.why: Cause | None = None

    def tell(self, fraction: float, message: str) -> None:
        """Hear how far it is."""
        self.fraction, self.message = fraction, message

    def stop(self) -> bool:
        """Say whether it has to stop."""
        moment = time.monotonic()
        if self.worker.ending():
            self.why = Cause.ENDING
        elif self.job.seconds and moment - self.began > self.job.seconds:
            self.why = Cause.LATE
        elif moment - self.beaten > BEAT:
            self.why = self._beat()
            self.beaten = time.monotonic()
        return self.why is not None

    def _beat(self) -> Cause | None:
        try:
            go_on = self.worker.queue.beat(self.job, self.worker.now(), self.fraction, self.message)
        except ConflictError:
            return Cause.LOST
        except RefusedError:  # others are writing for long; it will be told when they are done
            return None
        return None if go_on else Cause.CANCELLED


def perform(chore: Chore, tell: Tell) -> dict[str, Any]:
    """Compute a job, in its own process; return its results by name, as plain data."""
    kind = KINDS[chore.kind]
    with Store(chore.where) as store:
        made = kind.do(store, chore.scope, codec.parse(kind.order, chore.arguments), tell)
    plain: dict[str, Any] = json.loads(codec.dump(dict(made)))
    return plain
