"""Migrating: the tables of a registry brought to the shape this version reads, and back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from legation.errors import OutOfDateError
from legation.store.engines import writing

HERE = Path(__file__).parent


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring a registry up to a revision of its tables, all of the way or not at all."""
    _run(engine, lambda config: command.upgrade(config, to))


def downgrade(engine: Engine, to: str) -> None:
    """Bring a registry down to an earlier revision of its tables; "base" takes all away."""
    _run(engine, lambda config: command.downgrade(config, to))


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


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("version_locations", str(HERE / "migrations"))
    config.set_main_option("path_separator", "newline")
    return config


def _run(engine: Engine, step: Callable[[Config], None]) -> None:
    config = _config()
    with engine.connect() as connection:
        writing(connection)
        config.attributes["connection"] = connection
        step(config)
        connection.commit()
