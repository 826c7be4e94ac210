"""Verbs on the registry: cases on record, their history, whether the chain holds; how other verbs read a case there."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Annotated, Any

import typer

from legation.cli.output import Json, example, parse_day, put, put_json, show, table, tell

Registry = Annotated[
    str,
    typer.Option(
        "--registry", envvar="LEGATION_REGISTRY", metavar="FILE|URL", help="The registry: a file, or postgresql://…"
    ),
]
Actor = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="LEGATION_ACTOR",
        metavar="NAME",
        help="Who acts; the system's user by default.",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for the history.")]
Number = Annotated[
    int | None, typer.Option("--at", min=1, metavar="N", help="As of this revision.", show_default=False)
]
KnownOn = Annotated[
    date | None,
    typer.Option(
        "--known-on", metavar="DATE", parser=parse_day, help="As it was recorded by then.", show_default=False
    ),
]
FILE = "legation.db"
CASES = frozenset({"case", "first", "second"})
"""What verbs call an argument that names a case."""
OnRecord = Annotated[
    bool,
    typer.Option("--on-record", help="CASE is on record: take it from the registry, as of now, --at or --known-on."),
]
Under = Annotated[str, typer.Option("--scenario", metavar="NAME", help="The case on record under this scenario of it.")]

app = typer.Typer(
    help="Keep cases on record: every change with who, when and why.",
    epilog=example("legation registry init", "legation registry import kazakhstan-2012"),
    no_args_is_help=True,
)


def _desk() -> ModuleType:
    """Import the desk when it is asked for: the database library takes its time to start."""
    from legation.desk import registry

    return registry


def actor_of(name: str) -> str:
    """Return who acts: the name given, or the system's user."""
    return name or getpass.getuser()


@app.command(
    epilog=example("legation registry init", "legation registry init --registry postgresql://user@host/legation")
)
def init(where: Registry = FILE) -> None:
    """Make a registry, where there is none."""
    with _desk().Store(where, create=True) as store:
        put(f"The registry is ready: {store.url.render_as_string(hide_password=True)}.")


@app.command("import", epilog=example("legation registry import kazakhstan-2012 --reason 'Record of mid-2011'"))
def import_(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A folder, an .xlsx workbook, or a packaged case.")],
    reason: Reason = "Imported",
    where: Registry = FILE,
    actor: Actor = "",
    as_json: Json = False,
) -> None:
    """Put a case on record as one revision; what is on record and no longer in the case is dropped."""
    from legation.sources import read_case

    read, findings = read_case(case)
    tell(findings)
    with _desk().Store(where) as store:
        revision = _desk().record_case(store, read, actor=actor_of(actor), reason=reason, at=datetime.now(UTC))
        changed = len(store.changes(revision.number))
    if as_json:
        put_json(revision)
    else:
        put(f"Revision {revision.number}: {changed} changes to {read.name}. Digest {revision.digest}.")


@app.command(epilog=example("legation registry export kazakhstan-2012 out/kazakhstan --at 1"))
def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The case on record.")],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="A new folder, or an .xlsx workbook.")],
    at: Number = None,
    known_on: KnownOn = None,
    where: Registry = FILE,
) -> None:
    """Write a case as it was on record to a folder or a workbook."""
    from legation.sources import write_case

    with _desk().Store(where) as store:
        number = at or _desk().revision_at(store, _end_of(known_on))
        case = _desk().case_of(store, name, at=number)
    write_case(case, target)
    put(f"{name} is in {target}" + (f", as of revision {number}." if number else "."))


def recorded_case(where: str, name: str, at: int | None, known_on: date | None, scenario: str = "") -> Any:  # noqa: ANN401 - as above
    """Return a case, or a scenario of it, as it is on record, or was as of a revision or a day; raise NotFoundError."""
    from legation.chancery.scenarios import under

    with _desk().Store(where) as store:
        return under(store, name, scenario, at=at or _desk().revision_at(store, _end_of(known_on)))


@app.command(epilog=example("legation registry backup legation-2026-11-24.backup"))
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Where the backup goes; it must not be there.")],
    where: Registry = FILE,
) -> None:
    """Write all revisions to one file, while others go on working."""
    with _desk().Store(where) as store:
        last = store.backup(target)
    put(f"{target} holds {_revisions(last)}.")


@app.command(epilog=example("legation registry restore legation-2026-11-24.backup --registry new.db"))
def restore(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.", exists=True, dir_okay=False)],
    where: Registry = FILE,
) -> None:
    """Make a registry of a backup, where there is none, and verify it."""
    with _desk().Store.restored(source, where) as store:
        head = store.head
    put(f"Restored and verified: {_revisions(head.number if head else 0)}." + (f" Head {head.digest}." if head else ""))


@app.command(epilog=example("legation registry migrate"))
def migrate(where: Registry = FILE) -> None:
    """Bring the registry's tables to the shape this version reads; back it up before."""
    put(f"The tables are of version {_desk().Store.migrate(where)}.")


def history(
    name: Annotated[str, typer.Argument(metavar="[CASE]", help="Only what touched this case.")] = "",
    last: Annotated[int, typer.Option("--last", min=1, help="How many, from the end.")] = 50,
    where: Registry = FILE,
    as_json: Json = False,
) -> None:
    """List revisions: number, time, who, why, digest."""
    with _desk().Store(where) as store:
        found = store.revisions(scope=name or None, limit=10**9)[-last:]
    if as_json:
        put_json(found)
        return
    rows = ((r.number, r.at.isoformat(timespec="seconds"), r.actor, r.reason, r.digest[:16]) for r in found)
    show(table(("Revision>", "Recorded", "By", "Why", "Digest"), rows))


def verify(where: Registry = FILE, as_json: Json = False) -> None:
    """Walk the chain of revisions, and name the first that was tampered with."""
    with _desk().Store(where) as store:
        broken, head = store.verify(), store.head
    if as_json:
        put_json({"broken": broken, "head": head})
    if broken:
        if not as_json:
            put(f"Revision {broken.revision} does not verify: {broken.what}.")
        raise typer.Exit(1)
    if not as_json:
        put(f"Verified: {_revisions(head.number if head else 0)}." + (f" Head {head.digest}." if head else ""))


def diff(
    before: Annotated[int, typer.Argument(metavar="A", min=0, help="A revision; 0 is before the first.")],
    after: Annotated[int, typer.Argument(metavar="B", min=0, help="Another.")],
    name: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case.")] = "",
    where: Registry = FILE,
    as_json: Json = False,
) -> None:
    """Say what differs between two revisions, field by field."""
    with _desk().Store(where) as store:
        found = _desk().differences(store, before, after, scope=name or None)
    if as_json:
        put_json(found)
        return
    for difference in found:
        act = "changed" if difference.before and difference.after else "added" if difference.after else "removed"
        put(f"{act} {difference.kind} {difference.id}" + (f" in {difference.scope}" if difference.scope else ""))
        if act == "changed":
            for field, was, now in difference.fields:
                put(f"  {field}: {was or '(nothing)'} -> {now or '(nothing)'}")
    put(f"{len(found)} differences between revisions {before} and {after}.")


def _end_of(day: date | None) -> datetime | None:
    return datetime.combine(day, time.max, UTC) if day else None


def _revisions(count: int) -> str:
    return f"{count} revision{'' if count == 1 else 's'}"


@contextmanager
def case_there(case: str, *, on_record: bool, at: int | None, where: str) -> Iterator[str]:
    """Say where a verb reads a case from: itself a file, or put there as it is on record, or was as of a revision."""
    if not on_record:
        if at:
            raise typer.BadParameter("--at is of a case on record, or a dossier: add --on-record, or leave --plan out.")
        yield case
        return
    with _written({"case": recorded_case(where, case, at, None)}) as paths:
        yield paths["case"]


def recorded(verb: Callable[..., None]) -> Callable[..., None]:
    """Let a verb on a case take it from the registry as well, by options that are added to its own."""
    own = signature(verb, eval_str=True)
    extra = [
        Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, kind, default in (
            ("on_record", OnRecord, False),
            ("scenario", Under, ""),
            ("at", Number, None),
            ("known_on", KnownOn, None),
            ("where", Registry, FILE),
        )
        if name not in own.parameters
    ]
    last = [p for p in own.parameters.values() if p.name == "as_json"]
    first = [p for p in own.parameters.values() if p.name != "as_json"]
    every = [p.replace(kind=Parameter.KEYWORD_ONLY) for p in (*first, *extra, *last)]

    @wraps(verb)
    def wrapped(
        *,
        on_record: bool,
        scenario: str,
        at: int | None,
        known_on: date | None,
        where: str,
        **given: Any,  # noqa: ANN401 - what the verb takes
    ) -> None:
        if "where" in own.parameters:
            given["where"] = where
        if not on_record:
            if scenario or at or known_on:
                raise typer.BadParameter("--scenario, --at and --known-on are of a case on record: add --on-record.")
            verb(**given)
            return
        if given.get("dossier"):
            raise typer.BadParameter("Give one of --on-record and --dossier.")
        found = {name: recorded_case(where, given[name], at, known_on, scenario) for name in CASES & given.keys()}
        with _written(found) as paths:
            verb(**(given | paths))

    wrapped.__signature__ = own.replace(parameters=every)  # type: ignore[attr-defined]
    wrapped.__annotations__ = {p.name: p.annotation for p in every}
    return wrapped


@contextmanager
def _written(cases: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Write cases on record where verbs read cases from: each is told of and checked as any other."""
    from legation.sources import write_case

    with TemporaryDirectory() as folder:
        paths = {argument: Path(folder) / argument / case.name for argument, case in cases.items()}
        for argument, path in paths.items():
            path.parent.mkdir()
            write_case(cases[argument], path)
        yield {argument: str(path) for argument, path in paths.items()}


def register(door: typer.Typer) -> None:
    """Add the verbs to the door."""
    door.add_typer(app, name="registry", short_help="Keep cases on record.")
    door.command(short_help="Who changed what, when and why.", epilog=example("legation history kazakhstan-2012"))(
        history
    )
    door.command(short_help="Walk the chain of revisions.", epilog=example("legation verify"))(verify)
    door.command(short_help="What differs between two revisions.", epilog=example("legation diff 1 2"))(diff)
