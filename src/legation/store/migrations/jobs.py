"""Jobs: long work that waits for a worker, is done by one, or was done."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, Integer, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table of jobs."""
    op.create_table(
        "jobs",
        Column("id", Text, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("scope", Text, nullable=False),
        Column("arguments", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("created", String(32), nullable=False),
        Column("state", Text, nullable=False),
        Column("worker", Text),
        Column("heartbeat", String(32)),
        Column("attempts", Integer, nullable=False),
        Column("progress", Float(53), nullable=False),
        Column("message", Text, nullable=False),
        Column("result", Text),
        Column("error", Text),
        Column("cancel", Boolean, nullable=False),
        Column("seconds", Float(53)),
        Column("started", String(32)),
        Column("finished", String(32)),
    )
    op.create_index("job_by_state", "jobs", ["state", "created"])


def downgrade() -> None:
    """Take the table away, with all that is in it."""
    op.drop_table("jobs")
