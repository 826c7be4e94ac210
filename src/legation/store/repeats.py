"""Repeated requests: what a request was answered, so that sending it twice does not do it twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, and_, delete, insert, select, update

from legation.store import engines
from legation.store.accounts import stamp
from legation.store.tables import idempotency
from legation.values import value

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)  # a request without an answer for so long will get none


@value
class Asked:
    """A request that carries a key: whose, on which route, and the digest of all it says."""

    key: str
    account: str
    route: str
    digest: str


@value
class Answered:
    """What a request was answered; no status while it is still being done.

    digest: of the request that used the key first
    """

    digest: str
    status: int | None
    body: str


def begin(engine: Engine, asked: Asked, now: datetime) -> Answered | None:
    """Take a key for a request; return what it was taken for before, or None where the request is to be done now."""
    with engine.connect() as connection:
        engines.writing(connection)
        old, stale = stamp(now - KEPT), stamp(now - ABANDONED)
        connection.execute(delete(idempotency).where(idempotency.c.created < old))
        unanswered = idempotency.c.status.is_(None)
        connection.execute(delete(idempotency).where(unanswered, idempotency.c.created < stale))
        row = connection.execute(select(idempotency).where(_same(asked))).mappings().first()
        if row is None:
            said = {"key": asked.key, "account": asked.account, "route": asked.route, "request": asked.digest}
            connection.execute(insert(idempotency), said | {"created": stamp(now)})
        connection.commit()
    return Answered(row["request"], row["status"], row["body"] or "") if row else None


def finish(engine: Engine, asked: Asked, status: int, body: str) -> None:
    """Keep what a request was answered."""
    with engine.connect() as connection:
        engines.writing(connection)
        connection.execute(update(idempotency).where(_same(asked)).values(status=status, body=body))
        connection.commit()


def forget(engine: Engine, asked: Asked) -> None:
    """Give a key back: the request came to nothing, and may be sent again."""
    with engine.connect() as connection:
        engines.writing(connection)
        connection.execute(delete(idempotency).where(_same(asked)))
        connection.commit()


def _same(asked: Asked) -> ColumnElement[bool]:
    table = idempotency.c
    return and_(table.key == asked.key, table.account == asked.account, table.route == asked.route)
