"""The procedure of a ministry: its own stages and steps in a TOML file, kept in the registry once they hold."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path

from legation import codec
from legation.errors import InvalidError, NotFoundError, RefusedError
from legation.model.revisions import Put, Revision
from legation.review.access import Permission, require
from legation.review.checking import faults
from legation.review.people import Person
from legation.review.stages import PROCEDURE, Procedure
from legation.store import Store

KIND = "procedure"


def procedure_of(store: Store, *, at: int | None = None) -> Procedure:
    """Return the procedure on record as of a revision, or the one that comes with the product."""
    found = store.get(KIND, KIND, at=at)
    return found if isinstance(found, Procedure) else PROCEDURE


def read_procedure(path: Path) -> Procedure:
    """Read stages and steps from a TOML file; raise InvalidError with every fault of it."""
    procedure: Procedure = codec.parse(KIND, read_toml(path))
    found = faults(procedure)
    if found:
        raise InvalidError(f"{path.name} is no procedure that could be followed.", found)
    return procedure


def read_toml(path: Path) -> dict[str, object]:
    """Read a TOML file; raise NotFoundError or InvalidError with what is wrong."""
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.")
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except (ValueError, RecursionError) as error:
        raise InvalidError(f"{path} is not TOML: {error}.", hint="Texts stand in double quotes.") from error


def set_procedure(
    store: Store, who: Person, procedure: Procedure, reason: str, at: datetime, *, read: int | None = None
) -> Revision:
    """Put a procedure on record; refuse one that would leave a dossier at a stage it does not have.

    read: the revision the writer saw, where they mind; raise ConflictError if somebody changed it since
    """
    require(who, Permission.ADMINISTER)
    broken = faults(procedure)
    if broken:
        raise InvalidError("This is no procedure that could be followed.", broken)
    if procedure == procedure_of(store):
        raise RefusedError("The procedure on record says the same.")
    names = {s.name for s in procedure.stages}
    held = (d for scope in store.scopes("dossier") for d in store.all("dossier", scope=scope).values())
    lost = [d.id for d in held if d.stage not in names]
    if lost:
        raise RefusedError(
            f"Dossiers stand at stages it does not have: {', '.join(lost)}.", hint="Keep those stages, or finish them."
        )
    return store.commit([Put(KIND, KIND, procedure)], actor=who.name, reason=reason, at=at, read=read)
