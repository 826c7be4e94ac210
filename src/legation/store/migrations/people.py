"""People: an account names its person on record, who has the roles; those of accounts go there in one revision."""

import json
from datetime import UTC, datetime

from alembic import op
from sqlalchemy import Column, Connection, Text, text

from legation.store.chain import START, chained, line_of

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PERSON = "person"
ACTOR, REASON = "legation", "Roles that accounts had beside the record"
CURRENT = "select id, body from records where scope = '' and kind = 'person' and until is null order by position"
HEAD = "select number, at, digest from revisions order by number desc limit 1"


def upgrade() -> None:
    """Let accounts name people; who is on record keeps the roles said there, who is not is put there."""
    connection = op.get_bind()
    held = {name: json.loads(roles) for name, roles in connection.execute(text("select name, roles from accounts"))}
    op.add_column("accounts", Column("person", Text, nullable=False, server_default=""))
    op.drop_column("accounts", "roles")
    known = {row.id.casefold(): row.id for row in connection.execute(text(CURRENT))}
    for name in held:
        row = {"name": name, "person": known.get(name.casefold(), name)}
        connection.execute(text("update accounts set person = :person where name = :name"), row)
    new = {name: roles for name, roles in held.items() if roles and name.casefold() not in known}
    if new:
        _put(connection, new)


def downgrade() -> None:
    """Give accounts the roles of their people; what is on record stays there."""
    connection = op.get_bind()
    roles = {row.id: json.loads(row.body).get("roles", []) for row in connection.execute(text(CURRENT))}
    held = {row.name: row.person for row in connection.execute(text("select name, person from accounts"))}
    op.add_column("accounts", Column("roles", Text, nullable=False, server_default="[]"))
    op.drop_column("accounts", "person")
    for name, person in held.items():
        row = {"name": name, "roles": json.dumps(roles.get(person, []))}
        connection.execute(text("update accounts set roles = :roles where name = :name"), row)


def _put(connection: Connection, people: dict[str, list[str]]) -> None:
    """Put people on record as one revision, chained to the last."""
    head = connection.execute(text(HEAD)).first()
    number, before = (head.number + 1, head.digest) if head else (1, START)
    at = max(datetime.now(UTC).isoformat(timespec="microseconds"), head.at if head else "")
    last = "select max(position) from records where scope = '' and kind = 'person'"
    end = connection.scalar(text(last)) or 0
    rows = [
        {"kind": PERSON, "id": name, "position": end + n, "body": _body(name, roles), "since": number}
        for n, (name, roles) in enumerate(sorted(people.items()), start=1)
    ]
    lines = [line_of(("", PERSON, str(row["id"])), row, None) for row in rows]
    said = {"number": number, "at": at, "actor": ACTOR, "reason": REASON}
    said["digest"] = chained(number, at, ACTOR, REASON, lines, before)
    connection.execute(
        text(
            "insert into revisions (number, at, actor, reason, digest) values (:number, :at, :actor, :reason, :digest)"
        ),
        said,
    )
    columns = "scope, kind, id, since, position, body"
    put = f"insert into records ({columns}) values ('', :kind, :id, :since, :position, :body)"  # noqa: S608 - our own words
    connection.execute(text(put), rows)


def _body(name: str, roles: list[str]) -> str:
    return json.dumps({"name": name, "roles": roles}, ensure_ascii=False, separators=(",", ":"))
