"""Verbs on people: who takes part in reviews, and in what roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from legation.cli.output import Json, example, put, put_json, show, table
from legation.cli.registry import FILE, Actor, Registry, actor_of
from legation.review.people import Person, Role

Office = tuple[Any, Person]
"""An open registry, whose room is imported only when it is asked for, and who acts there."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="As the record is to know them.")]

app = typer.Typer(
    help="Say who takes part in reviews, and in what roles; only an administrator does.",
    epilog=example("legation people add aizhan --role administrator", "legation people list"),
    no_args_is_help=True,
)


@contextmanager
def office(where: str, actor: str) -> Iterator[Office]:
    """Open a registry for who is on record there, or, while nobody is, for whoever it is."""
    from legation.chancery.people import acting
    from legation.store import Store

    with Store(where) as store:
        yield store, acting(store, actor_of(actor))


def now() -> datetime:
    """Return this moment, as it is put on record."""
    return datetime.now(UTC)


@app.command(epilog=example("legation people add dina --role finance --as aizhan"))
def add(
    name: Name,
    role: Annotated[list[Role], typer.Option("--role", help="One of them; repeat it for several.")],
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put somebody on record, or change their roles; the first person must be an administrator."""
    from legation.chancery import people
    from legation.store import Store

    with Store(where) as store:
        revision = people.add_person(store, actor_of(actor), name, tuple(role), now())
    if as_json:
        put_json(revision)
    else:
        put(f"Revision {revision.number}: {revision.reason}.")


@app.command("list", epilog=example("legation people list"))
def list_(where: Registry = FILE, as_json: Json = False) -> None:
    """List who takes part, in what roles, and by which accounts of the service they may enter."""
    from legation.chancery import people
    from legation.store import Store

    with Store(where) as store:
        found = people.with_accounts(store)
    if as_json:
        put_json(found)
    else:
        show(table(("Name", "Roles", "Accounts"), ((p.name, ", ".join(p.roles), ", ".join(p.accounts)) for p in found)))


@app.command(epilog=example("legation people remove dina --as aizhan"))
def remove(name: Name, where: Registry = FILE, actor: Actor = "", as_json: Json = False) -> None:
    """Take somebody off the record; what they did stays in the history."""
    from legation.chancery import people
    from legation.store import Store

    with Store(where) as store:
        revision = people.remove_person(store, actor_of(actor), name, now())
    if as_json:
        put_json(revision)
    else:
        put(f"Revision {revision.number}: {revision.reason}.")


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    door.add_typer(app, name="people", short_help="Who takes part, in what roles.")
