"""The record: revisions, records and facts, and the triggers that keep them as they were written."""

from alembic import op
from sqlalchemy import Column, Float, ForeignKey, Integer, String, Text, text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LIVE = text("until IS NULL")


def _lifespan() -> tuple[Column[int], ...]:
    return (
        Column("since", Integer, ForeignKey("revisions.number"), nullable=False, index=True),
        Column("until", Integer, ForeignKey("revisions.number"), index=True),
        Column("position", Integer, nullable=False),
    )


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "revisions",
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("at", String(32), nullable=False),
        Column("actor", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("digest", String(64), nullable=False),
    )
    op.create_table(
        "records",
        Column("row", Integer, primary_key=True),
        Column("scope", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("id", Text, nullable=False),
        *_lifespan(),
        Column("body", Text, nullable=False),
    )
    op.create_index(
        "current_record", "records", ["scope", "kind", "id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE
    )
    op.create_table(
        "facts",
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
    op.create_index("current_fact", "facts", ["scope", "id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
    op.create_index("fact_by_subject", "facts", ["scope", "subject", "attribute", "year"])
    for statement in _guards():
        op.execute(statement)


def downgrade() -> None:
    """Take the three tables away, with all that is in them."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("revisions", "records", "facts"):
            op.execute(f"drop trigger keep_{table} on {table}")
        op.execute("drop function keep_revision")
        op.execute("drop function keep_row")
    for table in ("facts", "records", "revisions"):
        op.drop_table(table)


def _guards() -> list[str]:
    """Refuse every change but the closing of a row that still holds."""
    return POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE


NEVER = "select raise(abort, 'revisions are never changed'); end"
COLUMNS = {
    "records": "scope, kind, id, since, position, body",
    "facts": "scope, id, since, position, subject, attribute, year, value, unit, source, known, note",
}


def _kept(table: str, columns: str) -> tuple[str, ...]:
    closing = "old.until is not null or new.until is null"
    refusals = (
        ("edit", f"update of {columns}", "", "a row is closed, never edited"),
        ("close", "update of until", f"when {closing} ", "a row is closed once"),
        ("delete", "delete", "", "rows are never removed"),
    )
    return tuple(
        f"create trigger keep_{table}_{name} before {act} on {table} {when}begin select raise(abort, '{why}'); end"
        for name, act, when, why in refusals
    )


SQLITE = [
    f"create trigger keep_revisions_update before update on revisions begin {NEVER}",
    f"create trigger keep_revisions_delete before delete on revisions begin {NEVER}",
    *(statement for table, columns in COLUMNS.items() for statement in _kept(table, columns)),
]

POSTGRESQL = [
    """create function keep_revision() returns trigger language plpgsql as $$ begin
    raise exception 'revisions are never changed'; end $$""",
    """create function keep_row() returns trigger language plpgsql as $$ begin
    if tg_op = 'DELETE' then raise exception 'rows are never removed'; end if;
    if old.until is not null or new.until is null then raise exception 'a row is closed once'; end if;
    if (to_jsonb(new) - 'until') <> (to_jsonb(old) - 'until') then
        raise exception 'a row is closed, never edited'; end if;
    return new; end $$""",
    "create trigger keep_revisions before update or delete on revisions for each row execute function keep_revision()",
    "create trigger keep_records before update or delete on records for each row execute function keep_row()",
    "create trigger keep_facts before update or delete on facts for each row execute function keep_row()",
]
