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
            op.execute(f"drop trigger keep_all_{table} on {table}")
        op.execute("drop function keep_revision")
        op.execute("drop function keep_row")
    for table in ("facts", "records", "revisions"):
        op.drop_table(table)


def _guards() -> list[str]:
    """Refuse every change but the closing of a row that still holds."""
    return POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE


def _refusal(name: str, table: str, act: str, why: str, when: str = "") -> str:
    when = f"when {when} " if when else ""
    return f"create trigger {name} before {act} on {table} {when}begin select raise(abort, '{why}'); end"


COLUMNS = {
    "records": '"row", scope, kind, id, since, position, body',
    "facts": '"row", scope, id, since, position, subject, attribute, year, value, unit, source, known, note',
}
TAKEN = {
    "records": """exists (select 1 from records where "row" = new."row" or (until is null and new.until is null
    and scope = new.scope and id = new.id and kind = new.kind))""",
    "facts": """exists (select 1 from facts where "row" = new."row" or (until is null and new.until is null
    and scope = new.scope and id = new.id))""",
    "revisions": "exists (select 1 from revisions where number = new.number)",
}
CLOSED = "old.until is not null or new.until is null"


def _kept(table: str) -> tuple[str, ...]:
    name = f"keep_{table}"
    return (
        _refusal(f"{name}_edit", table, f"update of {COLUMNS[table]}", "a row is closed, never edited"),
        _refusal(f"{name}_close", table, "update of until", "a row is closed once", CLOSED),
        _refusal(f"{name}_delete", table, "delete", "rows are never removed"),
        _refusal(f"{name}_replace", table, "insert", "a row is closed, never replaced", TAKEN[table]),
    )


SQLITE = [
    _refusal("keep_revisions_update", "revisions", "update", "revisions are never changed"),
    _refusal("keep_revisions_delete", "revisions", "delete", "revisions are never changed"),
    _refusal("keep_revisions_replace", "revisions", "insert", "revisions are never replaced", TAKEN["revisions"]),
    *(statement for table in COLUMNS for statement in _kept(table)),
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
    *(
        f"create trigger keep_all_{table} before truncate on {table} execute function keep_revision()"
        for table in ("revisions", "records", "facts")
    ),
]
