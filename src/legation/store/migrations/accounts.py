"""Accounts: who may enter, how they did, and what a repeated request was answered."""

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _account() -> Column[str]:
    return Column("account", Text, ForeignKey("accounts.name", ondelete="CASCADE"), nullable=False, index=True)


def upgrade() -> None:
    """Make the tables of accounts, sessions, tokens, repeated requests and sign-ins."""
    op.create_table(
        "accounts",
        Column("name", Text, primary_key=True),
        Column("password", Text),
        Column("roles", Text, nullable=False),
        Column("disabled", Boolean, nullable=False),
        Column("must_change", Boolean, nullable=False),
        Column("oidc_subject", Text, unique=True),
        Column("failures", Integer, nullable=False),
        Column("locked_until", String(32)),
        Column("created", String(32), nullable=False),
    )
    op.create_table(
        "sessions",
        Column("digest", String(64), primary_key=True),
        _account(),
        Column("created", String(32), nullable=False),
        Column("seen", String(32), nullable=False),
        Column("expires", String(32), nullable=False),
        Column("csrf", Text, nullable=False),
    )
    op.create_table(
        "tokens",
        Column("id", Text, primary_key=True),
        Column("digest", String(64), nullable=False, unique=True),
        _account(),
        Column("title", Text, nullable=False),
        Column("scopes", Text, nullable=False),
        Column("created", String(32), nullable=False),
        Column("expires", String(32), nullable=False),
        Column("used", String(32)),
    )
    op.create_table(
        "idempotency",
        Column("key", Text, primary_key=True),
        Column("account", Text, primary_key=True),
        Column("route", Text, primary_key=True),
        Column("request", String(64), nullable=False),
        Column("status", Integer),
        Column("body", Text),
        Column("created", String(32), nullable=False, index=True),
    )
    op.create_table(
        "signins",
        Column("row", Integer, primary_key=True),
        Column("at", String(32), nullable=False, index=True),
        Column("account", Text, nullable=False, index=True),
        Column("address", Text, nullable=False),
        Column("outcome", Text, nullable=False),
    )


def downgrade() -> None:
    """Take the five tables away, with all that is in them."""
    for table in ("signins", "idempotency", "tokens", "sessions", "accounts"):
        op.drop_table(table)
