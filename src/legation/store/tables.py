"""The tables on disk: the record, whose rows are added and closed, never edited; accounts; and jobs.

Moments are texts as ISO 8601 in UTC, with microseconds, so that they stand in the order of time.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String(64), nullable=False),
)


def _lifespan() -> tuple[Column[int], ...]:
    """Return the columns that say from which revision to which a row holds: `until` is empty while it does."""
    return (
        Column("since", Integer, ForeignKey("revisions.number"), nullable=False, index=True),
        Column("until", Integer, ForeignKey("revisions.number"), index=True),
        Column("position", Integer, nullable=False),  # order among its kind, so that a case comes out as it went in
    )


records = Table(
    "records",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    *_lifespan(),
    Column("body", Text, nullable=False),  # the value as canonical JSON
)
Index(
    "current_record",
    records.c.scope,
    records.c.kind,
    records.c.id,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)

facts = Table(
    "facts",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("id", Text, nullable=False),
    *_lifespan(),
    Column("subject", Text, nullable=False),
    Column("attribute", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("value", Float(53), nullable=False),
    Column("unit", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("known", Integer),
    Column("note", Text, nullable=False),
)
Index(
    "current_fact",
    facts.c.scope,
    facts.c.id,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)
Index("fact_by_subject", facts.c.scope, facts.c.subject, facts.c.attribute, facts.c.year)

# Who may enter

accounts = Table(
    "accounts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password", Text),  # its hash; empty for those who enter by OIDC alone
    Column("person", Text, nullable=False, server_default=""),  # by whom the record knows them, with their roles
    Column("disabled", Boolean, nullable=False, default=False),
    Column("must_change", Boolean, nullable=False, default=False),
    Column("oidc_subject", Text, unique=True),
    Column("failures", Integer, nullable=False, default=0),
    Column("locked_until", String(32)),
    Column("created", String(32), nullable=False),
)


def _account() -> Column[str]:
    """Return the column that says whose a row is; it goes with the account."""
    return Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False, index=True)


sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),  # of the cookie: who reads the table cannot enter with it
    _account(),
    Column("created", String(32), nullable=False),
    Column("seen", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
    Column("csrf", Text, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    _account(),
    Column("title", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("expires", String(32), nullable=False),
    Column("used", String(32)),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("key", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("route", Text, primary_key=True),
    Column("request", String(64), nullable=False),  # digest of what was asked
    Column("status", Integer),  # of the answer; empty while there is none
    Column("body", Text),
    Column("created", String(32), nullable=False, index=True),
)

signins = Table(
    "signins",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("at", String(32), nullable=False, index=True),
    Column("account", Text, nullable=False, index=True),  # as it was typed: there may be no such account
    Column("address", Text, nullable=False),
    Column("outcome", Text, nullable=False),
)

# Long work

jobs = Table(
    "jobs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("arguments", Text, nullable=False),  # JSON
    Column("by", Text, nullable=False),
    Column("created", String(32), nullable=False),
    Column("state", Text, nullable=False),
    Column("worker", Text),
    Column("heartbeat", String(32)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("progress", Float(53), nullable=False, default=0.0),  # from 0 to 1
    Column("message", Text, nullable=False, default=""),
    Column("result", Text),  # JSON
    Column("error", Text),
    Column("cancel", Boolean, nullable=False, default=False),
    Column("seconds", Float(53)),  # the limit it has, empty for none
    Column("started", String(32)),
    Column("finished", String(32)),
)
Index("job_by_state", jobs.c.state, jobs.c.created)
