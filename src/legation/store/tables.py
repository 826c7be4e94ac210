"""The tables of the record on disk. Rows are added and closed, never edited: triggers refuse anything else."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()

revisions = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),  # ISO 8601 in UTC, with microseconds
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
