"""Migrating: the tables of a registry brought to the shape this version reads, and back."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from legation.errors import OutOfDateError

HERE = Path(__file__).parent


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a registry up to a revision of its tables; nothing is kept before the connection commits."""
    command.upgrade(_config(connection), to)


def downgrade(connection: Connection, to: str) -> None:
    """Bring a registry down to an earlier revision of its tables; "base" takes all away."""
    command.downgrade(_config(connection), to)


def shape_of(engine: Engine) -> str | None:
    """Return the revision of a registry's tables, or None where it has none."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """Return the revision of the tables that this version reads."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def refuse_other(engine: Engine) -> None:
    """Raise OutOfDateError for a registry whose tables are not those this version reads."""
    found = shape_of(engine)
    if found == newest():
        return
    if found is None:
        raise OutOfDateError("The database holds no registry.", hint="Make one: legation registry init")
    raise OutOfDateError(
        f"The registry's tables are of version {found}, this Legation reads {newest()}.",
        hint="Back it up, then: legation registry migrate",
    )


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    return config
