"""Jobs on disk: long work that waits, is being done, or was done. One worker at a time holds a job."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    RowMapping,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from legation.errors import ConflictError, NotFoundError, RefusedError
from legation.store import engines
from legation.store.accounts import stamp
from legation.store.tables import jobs
from legation.values import value

ATTEMPTS = 3  # after so many workers died on it, a job has failed
MOST = 20  # jobs of one person that wait or run
LEASE = timedelta(seconds=60)  # of a worker that says nothing; more than a writer waits for its turn
KEPT = timedelta(days=90)  # for which a job that has ended is kept, with its result


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@value
class Job:
    """One piece of long work.

    scope: the case it is about
    by: who asked for it
    attempts: how often a worker took it
    progress: from 0 to 1; message: what it is at
    cancel: whether somebody wants it stopped
    seconds: the limit it has
    worker: who does it, or did it last
    result: what came of it, by name; error: why nothing did
    """

    id: str
    kind: str
    scope: str
    arguments: dict[str, Any]
    by: str
    created: datetime
    state: State
    attempts: int
    progress: float
    message: str
    cancel: bool
    seconds: float | None = None
    worker: str | None = None
    started: datetime | None = None
    finished: datetime | None = None
    result: dict[str, Any] | None = None
    error: str | None = None

    @property
    def ended(self) -> bool:
        """Say whether nothing more will come of it."""
        return self.state not in (State.WAITING, State.RUNNING)


class Jobs:
    """The queue of a registry. Only the worker that holds a job may write to it."""

    def __init__(self, engine: Engine) -> None:
        """Keep jobs in the database of a registry."""
        self.engine = engine

    def add(
        self,
        kind: str,
        scope: str,
        arguments: Mapping[str, Any],
        by: str,
        at: datetime,
        *,
        seconds: float | None = None,
        most: int = MOST,
    ) -> Job:
        """Put a job into the queue; raise RefusedError where somebody has too many in it."""
        row = {"id": uuid4().hex[:12], "kind": kind, "scope": scope, "arguments": json.dumps(dict(arguments)), "by": by}
        row |= {"created": stamp(at), "state": State.WAITING.value}
        live = select(func.count()).where(jobs.c.by == by, jobs.c.state.in_((State.WAITING, State.RUNNING)))
        with self._writing() as connection:
            if (connection.scalar(live) or 0) >= most:
                hint = "Wait for one to end, or cancel one: legation jobs cancel ID"
                raise RefusedError(f"{by} has {most} jobs waiting or running, which is the most.", hint=hint)
            connection.execute(insert(jobs), row | {"seconds": seconds})
        return self.get(row["id"])

    def get(self, id_: str) -> Job:
        """Return a job; raise NotFoundError."""
        with self.engine.connect() as connection:
            row = connection.execute(select(jobs).where(jobs.c.id == id_)).mappings().first()
        if row is None:
            raise NotFoundError(f"There is no job {id_}.", hint="legation jobs list")
        return _job(row)

    def all(self, *, by: str = "", live: bool = False, last: int = 50) -> tuple[Job, ...]:
        """Return jobs without their results, the newest first; live: only those that wait or run."""
        query = select(*(column for column in jobs.c if column.name != "result"))
        query = query.where(jobs.c.by == by) if by else query
        query = query.where(jobs.c.state.in_((State.WAITING, State.RUNNING))) if live else query
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(jobs.c.created.desc(), jobs.c.id).limit(last)).mappings()
            return tuple(_job(row) for row in rows)

    # What a worker does

    def take(self, worker: str, at: datetime) -> Job | None:
        """Take the job that has waited longest, or return None. Writers wait for each other: no two take one."""
        oldest = select(jobs.c.id).where(jobs.c.state == State.WAITING).order_by(jobs.c.created, jobs.c.id).limit(1)
        if not self._any(oldest):
            return None
        now = stamp(at)
        row = {"state": State.RUNNING.value, "worker": worker, "heartbeat": now, "started": now, "message": ""}
        with self._writing() as connection:
            found = connection.scalar(oldest)
            if found is None:
                return None
            change = update(jobs).where(jobs.c.id == found)
            connection.execute(change.values(**row, progress=0.0, attempts=jobs.c.attempts + 1))
        return self.get(found)

    def beat(self, job: Job, at: datetime, progress: float, message: str = "") -> bool:
        """Say that a job is alive and how far it is; return whether it may go on.

        Raise ConflictError where its worker holds it no more.
        """
        row = {"heartbeat": stamp(at), "progress": min(max(progress, 0.0), 1.0), "message": message}
        with self._writing() as connection:
            if not connection.execute(update(jobs).where(_held(job)).values(row)).rowcount:
                raise ConflictError(f"Job {job.id} is no longer held by {job.worker}.", hint="Another worker has it.")
            return not connection.scalar(select(jobs.c.cancel).where(jobs.c.id == job.id))

    def finish(self, job: Job, result: Mapping[str, Any], at: datetime) -> bool:
        """Keep the result; return whether the worker still held the job."""
        row = {"state": State.DONE.value, "result": json.dumps(dict(result), ensure_ascii=False), "progress": 1.0}
        return self._end(job, row | {"message": ""}, at)

    def fail(self, job: Job, error: str, at: datetime) -> bool:
        """Keep why it failed; return whether the worker still held the job."""
        return self._end(job, {"state": State.FAILED.value, "error": error}, at)

    def stop(self, job: Job, at: datetime) -> bool:
        """Note that it was stopped as somebody wanted; return whether the worker still held the job."""
        return self._end(job, {"state": State.CANCELLED.value}, at)

    def release(self, job: Job, at: datetime, *, blameless: bool = False) -> None:
        """Let a job wait again that its worker cannot do to the end; fail one that was tried too often.

        blameless: it is not the job's doing, and the attempt does not count
        """
        with self._writing() as connection:
            if blameless:
                change = update(jobs).where(_held(job))
                connection.execute(change.values(**AGAIN, attempts=jobs.c.attempts - 1))
            else:
                _give_back(connection, _held(job), at)

    def requeue(self, at: datetime, silent: timedelta = LEASE) -> None:
        """Let jobs whose worker has been silent wait again; fail those tried too often; forget those of long ago."""
        lost = and_(jobs.c.state == State.RUNNING, jobs.c.heartbeat < stamp(at - silent))
        old = jobs.c.finished < stamp(at - KEPT)
        if not self._any(select(jobs.c.id).where(or_(lost, old)).limit(1)):
            return
        with self._writing() as connection:
            _give_back(connection, lost, at)
            connection.execute(delete(jobs).where(old))

    # What others do

    def cancel(self, id_: str, at: datetime) -> Job:
        """Cancel a job that waits; ask the worker of one that runs to stop it; leave one that has ended."""
        mine = update(jobs).where(jobs.c.id == id_)
        with self._writing() as connection:
            ended = {"state": State.CANCELLED.value, "finished": stamp(at)}
            connection.execute(mine.where(jobs.c.state == State.WAITING).values(ended))
            connection.execute(mine.where(jobs.c.state == State.RUNNING).values(cancel=True))
        return self.get(id_)

    def _end(self, job: Job, row: dict[str, Any], at: datetime) -> bool:
        with self._writing() as connection:
            change = update(jobs).where(_held(job)).values(row | {"finished": stamp(at)})
            return bool(connection.execute(change).rowcount)

    def _any(self, query: Select[Any]) -> bool:
        """Look without waiting for a writer's turn."""
        with self.engine.connect() as connection:
            return connection.execute(query).first() is not None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            yield engines.writing(connection)
            connection.commit()


AGAIN = {"state": State.WAITING.value, "worker": None, "heartbeat": None}


def _held(job: Job) -> ColumnElement[bool]:
    """Ask that a worker still holds the job as it took it: a late one writes nothing."""
    return and_(
        jobs.c.id == job.id,
        jobs.c.worker == job.worker,
        jobs.c.attempts == job.attempts,
        jobs.c.state == State.RUNNING,
    )


def _give_back(connection: Connection, which: ColumnElement[bool], at: datetime) -> None:
    """Let jobs wait again, end those that were to be cancelled, and fail those that were tried too often."""
    change, ended = update(jobs).where(which), {"finished": stamp(at)}
    connection.execute(change.where(jobs.c.cancel).values(ended | {"state": State.CANCELLED.value}))
    failed = {"state": State.FAILED.value, "error": f"{ATTEMPTS} workers died over it."}
    connection.execute(change.where(jobs.c.attempts >= ATTEMPTS).values(ended | failed))
    connection.execute(change.values(AGAIN))


def _job(row: RowMapping) -> Job:
    same = ("id", "kind", "scope", "by", "attempts", "progress", "message", "worker", "seconds", "error")
    moments: dict[str, Any] = {
        name: datetime.fromisoformat(row[name]) for name in ("created", "started", "finished") if row[name]
    }
    result = row.get("result")
    return Job(
        **{name: row[name] for name in same},
        **moments,
        arguments=json.loads(row["arguments"]),
        state=State(row["state"]),
        cancel=bool(row["cancel"]),
        result=json.loads(result) if result else None,
    )
